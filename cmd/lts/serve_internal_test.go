package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

const mainVariable = "LTS_TEST_MAIN" // environment: be the program, not the test

func TestMain(m *testing.M) {
	if os.Getenv(mainVariable) != "" {
		main()
		return
	}
	if begin := os.Getenv(crashClockEnv); begin != "" {
		os.Exit(serveUntilKilled(begin))
	}
	if os.Getenv(simpleClient) != "" {
		os.Exit(beSimpleClient())
	}
	os.Exit(m.Run())
}

func TestServeAnswersUntilItIsToldToStop(t *testing.T) {
	s := start(t)
	if got := status(t, http.DefaultClient, s.url+"/v3/auth/domains"); got != http.StatusUnauthorized {
		t.Errorf("a request without a token gives %d, want 401", got)
	}
	s.stop(t, 0)
}

// A request that has begun is answered, although the server has been told to
// stop before its body was there.
func TestStoppingLosesNoRequest(t *testing.T) {
	s := start(t)
	slow := begin(t, s.address())
	s.cancel()
	untilRefused(t, s.address())
	answer := slow.finish(t)
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusCreated {
		t.Errorf("the slow request gives %d, want 201", answer.StatusCode)
	}
	s.stop(t, 0)
}

func TestARequestThatTakesTooLongIsCutOff(t *testing.T) {
	s := start(t, "--timeouts-shutdown", "1ms")
	begin(t, s.address())
	s.stop(t, exitBroken)
	if want := "requests have been cut off"; !strings.Contains(s.stderr.String(), want) {
		t.Errorf("the server does not say %q:\n%s", want, s.stderr.String())
	}
}

func TestASecondSignalEndsTheProcessAtOnce(t *testing.T) {
	program := exec.CommandContext(t.Context(), os.Args[0], "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--timeouts-shutdown", "1h", "--timeouts-request", "1h")
	program.Env = append(os.Environ(), mainVariable+"=1")
	output, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	messages, err := program.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	s := &running{url: greeted(t, bufio.NewReader(output))}
	begin(t, s.address())
	if err := program.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for said := bufio.NewScanner(messages); said.Scan() && said.Text() != stopping; {
	}
	untilRefused(t, s.address())
	if err := program.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = program.Wait() // ended by a signal
	state, _ := program.ProcessState.Sys().(syscall.WaitStatus)
	if !state.Signaled() || state.Signal() != syscall.SIGTERM {
		t.Errorf("the process ends with %v, want by SIGTERM", program.ProcessState)
	}
}

func TestOneSignalEndsTheProcessWithSuccess(t *testing.T) {
	program := exec.CommandContext(t.Context(), os.Args[0], "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir())
	program.Env = append(os.Environ(), mainVariable+"=1")
	output, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	greeted(t, bufio.NewReader(output))
	if err := program.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := program.Wait(); err != nil {
		t.Errorf("the process ends with %v, want 0", err)
	}
}

func TestASecondServerOnTheSameFolderIsRefused(t *testing.T) {
	s := start(t)
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"serve", "--listen", "127.0.0.1:0", "--data", s.data}, io.Discard, &stderr)
	if want := "the data folder " + s.data + " is in use by another server"; code != exitBroken || !strings.Contains(stderr.String(), want) {
		t.Errorf("status %d, %q, want %d and %q", code, stderr.String(), exitBroken, want)
	}
	s.stop(t, 0)
}

func TestASelfSignedCertificateHasThePrintedFingerprint(t *testing.T) {
	s := start(t, "--tls-self-signed")
	match := regexp.MustCompile(`SHA-256 ([0-9A-F:]+)`).FindStringSubmatch(s.greeting())
	if match == nil {
		t.Fatalf("no fingerprint is printed:\n%s", s.greeting())
	}
	var got string
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{
		InsecureSkipVerify: true, // the fingerprint is compared
		VerifyConnection: func(state tls.ConnectionState) error {
			sum := sha256.Sum256(state.PeerCertificates[0].Raw)
			got = strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":")
			return nil
		},
	}}}
	defer client.CloseIdleConnections()
	if !strings.HasPrefix(s.url, "https://") || status(t, client, s.url+"/v3/auth/domains") != http.StatusUnauthorized {
		t.Errorf("%s does not answer", s.url)
	}
	if got != match[1] {
		t.Errorf("fingerprint %s, printed is %s", got, match[1])
	}
	client.CloseIdleConnections()
	s.stop(t, 0)
}

func TestWhatIsForOperatorsIsOnTheirAddressOnly(t *testing.T) {
	s := start(t, "--admin-listen", "127.0.0.1:0")
	match := regexp.MustCompile(`(http://\S+)/metrics`).FindStringSubmatch(s.greeting())
	if match == nil {
		t.Fatalf("no address for operators is printed:\n%s", s.greeting())
	}
	for _, path := range []string{"/metrics", "/healthz", "/readyz", "/debug/pprof/", "/debug/pprof/cmdline"} {
		if got := status(t, http.DefaultClient, match[1]+path); got != http.StatusOK {
			t.Errorf("%s on the address for operators gives %d, want 200", path, got)
		}
		if got := status(t, http.DefaultClient, s.url+path); got != http.StatusNotFound {
			t.Errorf("%s on the main address gives %d, want 404", path, got)
		}
	}
	if got := status(t, http.DefaultClient, match[1]+"/v3/auth/domains"); got != http.StatusNotFound {
		t.Errorf("an operation on the address for operators gives %d, want 404", got)
	}
	s.stop(t, 0)
}

func TestThereIsNoAddressForOperatorsByDefault(t *testing.T) {
	s := start(t)
	if strings.Contains(s.greeting(), "operators") {
		t.Errorf("there is one:\n%s", s.greeting())
	}
	s.stop(t, 0)
}

func TestTheLogHasNoSecrets(t *testing.T) {
	s := start(t, "--log-format", "json", "--log-level", "debug")
	slow := begin(t, s.address())
	answer := slow.finish(t)
	_ = answer.Body.Close()
	s.stop(t, 0)
	log := s.stderr.String()
	if !strings.Contains(log, `"msg":"request"`) {
		t.Errorf("the request is not in the log:\n%s", log)
	}
	for _, secret := range []string{`"dev"`, answer.Header.Get("X-Subject-Token")} {
		if strings.Contains(log, secret) {
			t.Errorf("%.20s is in the log:\n%s", secret, log)
		}
	}
}

func TestPrintConfigStartsNothing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"serve", "--data", data, "--print-config"}, &stdout, &stderr)
	if code != 0 || !strings.Contains(stdout.String(), "data: "+data+" # --data\n") {
		t.Errorf("status %d, %s%s", code, stdout.String(), stderr.String())
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("the data folder is made: %v", err)
	}
}

// A running is a server that runs in this process.
type running struct {
	url    string
	data   string
	head   string
	cancel context.CancelFunc
	ended  chan int
	stderr buffer
}

// start starts a server on a free port and waits until it has greeted.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &running{data: t.TempDir(), cancel: cancel, ended: make(chan int, 1)}
	out, in := io.Pipe()
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--data", s.data}, args...)
	done := make(chan struct{})
	go func() {
		defer close(done)
		code := run(ctx, args, in, &s.stderr)
		_ = in.Close()
		s.ended <- code
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	lines := bufio.NewReader(out)
	s.url = greeted(t, io.TeeReader(lines, (*stringSink)(&s.head)))
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return s
}

func (s *running) greeting() string { return s.head }

func (s *running) address() string { return s.url[strings.LastIndex(s.url, "/")+1:] }

func (s *running) stop(t *testing.T, want int) {
	t.Helper()
	s.cancel()
	if got := <-s.ended; got != want {
		t.Errorf("the server ends with %d, want %d:\n%s", got, want, s.stderr.String())
	}
}

// greeted reads the greeting up to its end and gives the URL in it.
func greeted(t *testing.T, out io.Reader) string {
	t.Helper()
	var url string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, after, ok := strings.Cut(lines.Text(), " at "); ok {
			url = after
		}
		if strings.HasPrefix(lines.Text(), "go on with ") {
			return url
		}
	}
	t.Fatalf("the server does not greet: %v", lines.Err())
	return ""
}

const tokenRequest = `{"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "dev", "password": "dev", "domain": {"name": "dev"}}}}}}`

// A slowRequest is one whose body has not been sent.
type slowRequest struct {
	conn   net.Conn
	answer *bufio.Reader
}

// begin sends the headers of a token request and waits until its handler asks
// for the body.
func begin(t *testing.T, address string) *slowRequest {
	t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_, _ = fmt.Fprintf(conn, "POST /v3/auth/tokens HTTP/1.1\r\nHost: lts\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", len(tokenRequest))
	r := &slowRequest{conn, bufio.NewReader(conn)}
	if line, err := r.answer.ReadString('\n'); !strings.Contains(line, " 100 ") {
		t.Fatalf("the handler does not ask for the body: %q, %v", line, err)
	}
	_, _ = r.answer.ReadString('\n')
	return r
}

func (r *slowRequest) finish(t *testing.T) *http.Response {
	t.Helper()
	_, _ = io.WriteString(r.conn, tokenRequest)
	answer, err := http.ReadResponse(r.answer, nil)
	if err != nil {
		t.Fatalf("the slow request has no answer: %v", err)
	}
	return answer
}

// untilRefused connects until nobody listens any more.
func untilRefused(t *testing.T, address string) {
	t.Helper()
	var dialer net.Dialer
	for {
		conn, err := dialer.DialContext(t.Context(), "tcp", address)
		if err != nil {
			return
		}
		_ = conn.Close()
	}
}

func status(t *testing.T, client *http.Client, url string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatalf("GET %s: %v", url, err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

type stringSink string

func (s *stringSink) Write(data []byte) (int, error) {
	*s += stringSink(data)
	return len(data), nil
}
