package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

func TestServe(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	first := serveOn(t, folder)
	token := first.login(t)
	created := first.call(t, "POST", "/v2/"+embedded.DevProjectID+"/groups", token, `{"log_group_name":"kept","ttl_in_days":30}`)
	created.want(t, http.StatusCreated)
	list := first.call(t, "GET", "/v2/"+embedded.DevProjectID+"/groups", token, "")
	list.want(t, http.StatusOK)
	if status := first.stop(); status != 0 {
		t.Fatalf("lts serve ended with %d, want 0; it wrote %s", status, first.stderr.String())
	}

	t.Run("what it prints is enough to use it", func(t *testing.T) {
		text := first.stdout.String()
		for _, part := range []string{
			"edition latest", first.address, folder, embedded.DevDomain, embedded.DevUser, embedded.DevPassword,
			embedded.DevProjectID, embedded.DevAccessKey, embedded.DevSecretKey,
			embedded.OtherProjectID, embedded.OtherAccessKey, embedded.OtherSecretKey,
		} {
			if !strings.Contains(text, part) {
				t.Errorf("lts serve printed %q, want %q in it", text, part)
			}
		}
	})
	t.Run("what it logs has no secrets", func(t *testing.T) {
		for _, secret := range []string{token, `"password"`, "kept"} {
			if text := first.stderr.String(); strings.Contains(text, secret) || text == "" {
				t.Errorf("lts serve logged %.1000q, want something without %.20q", text, secret)
			}
		}
	})
	t.Run("data and tokens outlive it", func(t *testing.T) {
		again := serveOn(t, folder).call(t, "GET", "/v2/"+embedded.DevProjectID+"/groups", token, "")
		again.want(t, http.StatusOK)
		if again.body != list.body {
			t.Errorf("groups after a restart %s, want %s", again.body, list.body)
		}
	})
}

// A request that has begun when the server is told to stop is answered, and
// what it did is kept.
func TestServeStopsGracefully(t *testing.T) {
	folder := t.TempDir()
	p := serveOn(t, folder)
	token := p.login(t)
	connection, answers := p.begin(t, token)
	stopped := make(chan int, 1)
	go func() { stopped <- p.stop() }()
	p.awaitClosed(t)

	if _, err := io.WriteString(connection, slowBody); err != nil {
		t.Fatalf("send the body after the server was told to stop: %v", err)
	}
	answer, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatalf("read the answer after the server was told to stop: %v", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusCreated {
		t.Errorf("a request that had begun was answered with %d, want 201", answer.StatusCode)
	}
	if status := <-stopped; status != 0 {
		t.Errorf("lts serve ended with %d, want 0; it wrote %s", status, p.stderr.String())
	}
	again := serveOn(t, folder).call(t, "GET", "/v2/"+embedded.DevProjectID+"/groups", token, "")
	if !strings.Contains(again.body, `"slow"`) {
		t.Errorf("groups after a restart %s, want the one that was created while the server stopped", again.body)
	}
}

func TestServeListensOnLoopbackOnly(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0", "localhost.example.com:0", "127.0.0.1.example.com:0", "[::ffff:192.0.2.1]:0", "*:0"} {
		t.Run(listen, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "data")
			got := runIt(t, "serve", "--listen", listen, "--data", folder)
			if got.status != exitBroken || !strings.Contains(got.stderr, "loopback") || got.stdout != "" {
				t.Errorf("lts serve --listen %s: %d, %q, %q; want %d and that the address must be a loopback one", listen, got.status, got.stdout, got.stderr, exitBroken)
			}
			if _, err := os.Stat(folder); !os.IsNotExist(err) {
				t.Errorf("lts serve --listen %s made the data folder (%v), want nothing", listen, err)
			}
		})
	}
	for _, listen := range []string{"127.0.0.1:0", "127.0.0.2:0", "localhost:0", "[::1]:0"} {
		t.Run(listen+" is one", func(t *testing.T) {
			if probe, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", listen); err != nil {
				t.Skipf("this machine has no %s: %v", listen, err)
			} else if err := probe.Close(); err != nil {
				t.Fatal(err)
			}
			serveOn(t, t.TempDir(), "--listen", listen).login(t)
		})
	}
}

func TestServeThatCannotBegin(t *testing.T) {
	busy, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	used := t.TempDir()
	serveOn(t, used)

	tests := map[string]struct {
		args []string
		want []string
	}{
		"busy port":                    {[]string{"--listen", busy.Addr().String()}, []string{busy.Addr().String(), "address already in use"}},
		"address without a port":       {[]string{"--listen", "127.0.0.1"}, []string{"--listen", `"127.0.0.1"`, "such as 127.0.0.1:8080"}},
		"no address":                   {[]string{"--listen", ""}, []string{"--listen", "such as 127.0.0.1:8080"}},
		"port that there is not":       {[]string{"--listen", "127.0.0.1:99999"}, []string{"99999"}},
		"port that is no number":       {[]string{"--listen", "127.0.0.1:web-cache-x"}, []string{"web-cache-x"}},
		"file in place of the folder":  {[]string{"--data", file}, []string{file}},
		"folder in use":                {[]string{"--data", used}, []string{used, "in use"}},
		"no folder":                    {[]string{"--data", ""}, []string{"data folder"}},
		"edition that there is not":    {[]string{"--edition", "2023-01"}, openapi.Editions()},
		"edition in another spelling":  {[]string{"--edition", "Latest"}, openapi.Editions()},
		"edition that is not complete": {[]string{"--edition", ""}, openapi.Editions()},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0"}, tt.args...)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			got := runWith(ctx, args...)
			if got.status != exitBroken || ctx.Err() != nil {
				t.Errorf("lts %q ended with %d (%v) and %q, want %d at once", args, got.status, ctx.Err(), got.stderr, exitBroken)
			}
			for _, part := range tt.want {
				if !strings.Contains(got.stderr, part) {
					t.Errorf("lts %q wrote %q, want %q in it", args, got.stderr, part)
				}
			}
		})
	}
}

func TestServeFaults(t *testing.T) {
	for allowed, status := range map[string]int{"true": http.StatusInternalServerError, "false": http.StatusOK} {
		t.Run(allowed, func(t *testing.T) {
			p := serveOn(t, t.TempDir(), "--faults="+allowed)
			p.header = http.Header{server.FaultHeader: {"catalog"}}
			p.call(t, "GET", "/v2/"+embedded.DevProjectID+"/groups", p.login(t), "").want(t, status)
		})
	}
}

func TestServeEdition(t *testing.T) {
	p := serveOn(t, t.TempDir(), "--edition", "2024-03")
	got := p.call(t, "POST", "/v2/"+embedded.DevProjectID+"/groups", p.login(t), `{"log_group_name":"a","ttl_in_days":30}`)
	got.want(t, http.StatusBadRequest)
	if !strings.Contains(got.body, "The log group TTL day must be 7") || !strings.Contains(p.stdout.String(), "edition 2024-03") {
		t.Errorf("lts serve --edition 2024-03 printed %q and answered %s, want the edition and its rule", p.stdout.String(), got.body)
	}
}

// What is about the server as a whole is no API either.
func TestServeHasNoOptionsOfItsOwn(t *testing.T) {
	p := serveOn(t, t.TempDir())
	connection := p.dial(t)
	if _, err := fmt.Fprintf(connection, "OPTIONS * HTTP/1.1\r\nHost: %s\r\n\r\n", strings.TrimPrefix(p.address, "http://")); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	id := answer.Header.Get(server.RequestIDHeader)
	if answer.StatusCode != http.StatusNotFound || id == "" || !strings.Contains(string(body), id) {
		t.Errorf("OPTIONS *: %d, %s %q, %s; want 404 with an ID", answer.StatusCode, server.RequestIDHeader, id, body)
	}
}

// A process is a run of lts serve.
type process struct {
	address string // http://host:port
	header  http.Header
	stdout  *buffer
	stderr  *buffer
	cancel  context.CancelFunc
	ended   chan struct{}
	status  int // once it has ended
}

// serveOn starts lts serve on a data folder and a free port, and waits until it
// says where it serves. It is stopped at the end of the test.
func serveOn(t *testing.T, folder string, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	p := &process{stdout: &buffer{}, stderr: &buffer{}, cancel: cancel, ended: make(chan struct{})}
	args = append([]string{"serve", "--data", folder, "--listen", "127.0.0.1:0"}, args...)
	out, in := io.Pipe()
	go func() {
		defer close(p.ended)
		p.status = run(ctx, args, io.MultiWriter(p.stdout, in), p.stderr)
		_ = in.Close() // never fails
	}()
	t.Cleanup(func() {
		if status := p.stop(); status != 0 {
			t.Errorf("lts %q ended with %d, want 0; it wrote %s", args, status, p.stderr.String())
		}
	})
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	found := regexp.MustCompile(`http://\S+`).FindString(line)
	if found == "" {
		t.Fatalf("lts %q printed %q (%v) and logged %s, want its address", args, line, err, p.stderr.String())
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // ends with the program
	p.address = found
	return p
}

// stop tells the program to end and gives its exit status.
func (p *process) stop() int {
	p.cancel()
	<-p.ended
	return p.status
}

// A reply is the answer to a call.
type reply struct {
	what   string
	status int
	header http.Header
	body   string
}

func (p *process) call(t *testing.T, method, path, token, body string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(r.Header, p.header)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Auth-Token", token)
	transport := &http.Transport{DisableKeepAlives: true}
	answer, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return reply{method + " " + path, answer.StatusCode, answer.Header, string(data)}
}

func (r reply) want(t *testing.T, status int) {
	t.Helper()
	if r.status != status {
		t.Fatalf("%s: %d %s, want %d", r.what, r.status, r.body, status)
	}
}

func (p *process) login(t *testing.T) string {
	t.Helper()
	got := p.call(t, "POST", "/v3/auth/tokens", "", `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"dev","password":"dev","domain":{"name":"dev"}}}},"scope":{"project":{"name":"dev"}}}}`)
	got.want(t, http.StatusCreated)
	return got.header.Get("X-Subject-Token")
}

// slowBody is what is left of the request that begin has sent.
const slowBody = `{"log_group_name":"slow","ttl_in_days":7}`

// begin sends a request without its body and waits until the server asks for
// that.
func (p *process) begin(t *testing.T, token string) (io.Writer, *bufio.Reader) {
	t.Helper()
	connection := p.dial(t)
	answers := bufio.NewReader(connection)
	_, err := fmt.Fprintf(connection, "POST /v2/%s/groups HTTP/1.1\r\nHost: x\r\nX-Auth-Token: %s\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", embedded.DevProjectID, token, len(slowBody))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"HTTP/1.1 100 Continue\r\n", "\r\n"} {
		if line, err := answers.ReadString('\n'); err != nil || line != want {
			t.Fatalf("a request without its body was answered with %q (%v), want %q", line, err, want)
		}
	}
	return connection, answers
}

func (p *process) dial(t *testing.T) net.Conn {
	t.Helper()
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(p.address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

// awaitClosed waits until the server takes no more connections.
func (p *process) awaitClosed(t *testing.T) {
	t.Helper()
	for {
		connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(p.address, "http://"))
		if err != nil {
			return
		}
		_ = connection.Close() // closed anyway
	}
}
