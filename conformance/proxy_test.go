package conformance_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server/embedded"
)

// startProxy starts a proxy; stop ends it and waits for it.
func startProxy(t testing.TB, upstream string, options conformance.ProxyOptions) (p *conformance.Proxy, address string, stop func()) {
	t.Helper()
	p, err := conformance.NewProxy(upstream, options)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- p.Serve(ctx, listener) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	return p, listener.Addr().String(), stop
}

// scripted accepts one connection, reads as many bytes as are expected, notes
// them, and sends an answer.
func scripted(t *testing.T, expect int, answer string) (address string, got func() string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	received := make(chan string, 1)
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			received <- err.Error()
			return
		}
		defer func() { _ = connection.Close() }()
		data := make([]byte, expect)
		n, _ := io.ReadFull(connection, data)
		received <- string(data[:n])
		_, _ = io.WriteString(connection, answer)
	}()
	return listener.Addr().String(), func() string {
		select {
		case s := <-received:
			return s
		case <-time.After(10 * time.Second):
			return "nothing within 10 seconds"
		}
	}
}

func TestProxyPassesEveryByte(t *testing.T) {
	const path = "/v2/0123456789abcdef0123456789abcdef/groups"
	for name, tt := range map[string]struct{ request, answer string }{
		"odd headers": {
			"GET " + path + "?a=%2f&&b HTTP/1.1\r\nhOST: x\r\nX-aUTH-tOKEN:  t \r\naccept:*/*\r\n\r\n",
			"HTTP/1.1 200 Fine, thanks\r\ncontent-TYPE: application/json\r\nX-Odd:   1 \r\ncontent-length: 17\r\n\r\n{\"log_groups\":[]}",
		},
		"chunks": {
			"POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\n{\"a\":\r\n2\r\n1}\r\n0\r\nTrailer-A: b\r\n\r\n",
			"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"x\r\n4\r\n\":1}\r\n0\r\n\r\n",
		},
		"an answer behind its announcement": {
			"GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n",
			"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
		},
		"two requests at once": {
			"GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\nGET /other HTTP/1.1\r\nHost: x\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
		},
		"no HTTP": {"HELLO\r\n\x00\x01\x02", "\xff\xfe what?"},
	} {
		t.Run(name, func(t *testing.T) {
			upstream, got := scripted(t, len(tt.request), tt.answer)
			_, address, _ := startProxy(t, "http://"+upstream, conformance.ProxyOptions{})
			answer := talk(t, address, tt.request)
			if request := got(); request != tt.request {
				t.Errorf("the upstream got %q, want %q", request, tt.request)
			}
			if answer != tt.answer {
				t.Errorf("the client got %q, want %q", answer, tt.answer)
			}
		})
	}
}

// talk sends bytes and reads all that comes back until the connection ends.
func talk(t *testing.T, address, request string) string {
	t.Helper()
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(connection, request); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(connection)
	if err != nil {
		t.Errorf("after %q: %v", answer, err)
	}
	return string(answer)
}

func TestProxyEnforces(t *testing.T) {
	good := "HTTP/1.1 200 OK\r\nconTENT-type: application/json\r\nContent-Length: 17\r\n\r\n{\"log_groups\":[]}"
	bad := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"log_group\":[]}"
	request := "GET /v2/0123456789abcdef0123456789abcdef/groups HTTP/1.1\r\nHost: x\r\n\r\n"
	t.Run("what is good passes as it is", func(t *testing.T) {
		upstream, _ := scripted(t, len(request), good)
		p, address, _ := startProxy(t, "http://"+upstream, conformance.ProxyOptions{Enforce: true})
		connection, answer := exchange(t, address, request, len(good))
		defer func() { _ = connection.Close() }()
		if answer != good {
			t.Errorf("the client got %q, want %q", answer, good)
		}
		if n := p.Count(); n.Answers != 1 || n.Withheld != 0 {
			t.Errorf("count %+v", n)
		}
	})
	t.Run("what is bad does not, and the connection lives on", func(t *testing.T) {
		upstream, _ := scripted(t, 2*len(request), bad+good)
		p, address, _ := startProxy(t, "http://"+upstream, conformance.ProxyOptions{Enforce: true})
		connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = connection.Close() }()
		if _, err := io.WriteString(connection, request+request); err != nil {
			t.Fatal(err)
		}
		reader := bufio.NewReader(connection)
		for i, want := range []int{http.StatusBadGateway, http.StatusOK} {
			answer, err := http.ReadResponse(reader, nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			if err != nil || answer.StatusCode != want {
				t.Errorf("answer %d: status %d, error %v, want %d", i, answer.StatusCode, err, want)
			}
			if want == http.StatusBadGateway && !strings.Contains(string(body), "log_groups") {
				t.Errorf("the body %s does not say what is wrong", body)
			}
		}
		if n := p.Count(); n.Answers != 2 || n.Withheld != 1 {
			t.Errorf("count %+v", n)
		}
	})
	t.Run("what cannot be read does not", func(t *testing.T) {
		upstream, _ := scripted(t, len(request), "\xff\xfe\r\n\r\n")
		_, address, _ := startProxy(t, "http://"+upstream, conformance.ProxyOptions{Enforce: true})
		if answer := talk(t, address, request); !strings.HasPrefix(answer, "HTTP/1.1 502 ") {
			t.Errorf("the client got %q, want 502", answer)
		}
	})
}

// exchange sends a request and reads that many bytes.
func exchange(t *testing.T, address, request string, length int) (net.Conn, string) {
	t.Helper()
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(connection, request); err != nil {
		t.Fatal(err)
	}
	data := make([]byte, length)
	n, err := io.ReadFull(connection, data)
	if err != nil {
		t.Errorf("after %q: %v", data[:n], err)
	}
	return connection, string(data[:n])
}

func TestProxyWithoutUpstream(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	p, address, _ := startProxy(t, closed.URL, conformance.ProxyOptions{})
	if answer := talk(t, address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); !strings.HasPrefix(answer, "HTTP/1.1 502 ") || !strings.Contains(answer, "refused") {
		t.Errorf("the client got %q, want 502 and the reason", answer)
	}
	if n := p.Count(); n.Unreachable != 1 {
		t.Errorf("count %+v", n)
	}
}

// The whole suite passes through a proxy that enforces, and the proxy finds
// nothing; so it finds no fault where there is none, and alters nothing.
func TestProxyFindsNothingInTheReferenceServer(t *testing.T) {
	for _, enforce := range []bool{false, true} {
		t.Run(fmt.Sprintf("enforce %t", enforce), func(t *testing.T) {
			target := listen(t, startServer(t, openapi.Latest))
			p, address, stop := startProxy(t, target.Endpoints.LTS, conformance.ProxyOptions{Enforce: enforce, HAR: 100_000})
			target.Endpoints.LTS = "http://" + address
			if report := run(t, target, openapi.Latest); report.ExitStatus() != 0 {
				t.Errorf("failed %v, could not run %v", named(report, conformance.Failed), named(report, conformance.CouldNotRun))
			}
			stop()
			report, err := p.Report()
			if err != nil {
				t.Fatal(err)
			}
			for _, result := range report.Results {
				if result.Outcome == conformance.Failed {
					t.Errorf("%s: %v", result.Name, result.Problems)
				}
			}
			if n := p.Count(); n.Answers < 100 || n.Unchecked != 0 || n.Withheld != 0 {
				t.Errorf("count %+v", n)
			}
			checkHAR(t, p)
		})
	}
}

func checkHAR(t *testing.T, p *conformance.Proxy) {
	t.Helper()
	var out bytes.Buffer
	if err := p.WriteHAR(&out); err != nil {
		t.Fatal(err)
	}
	type harEntry struct {
		Request  struct{ Method, URL string }
		Response struct {
			Status  int
			Content struct{ Size *int } // which the format demands, also where there is nothing
		}
	}
	var archive struct {
		Log struct {
			Version string
			Entries []harEntry
		}
	}
	if err := json.Unmarshal(out.Bytes(), &archive); err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(archive.Log.Entries, func(e harEntry) bool { return e.Response.Content.Size == nil }) {
		t.Error("a content has no size")
	}
	if n := len(archive.Log.Entries); n != int(p.Count().Answers) || archive.Log.Version != "1.2" {
		t.Errorf("version %s with %d entries, want 1.2 with %d", archive.Log.Version, n, p.Count().Answers)
	}
	for _, secret := range []string{password, "eyJ", embedded.DevSecretKey} { // eyJ begins every token
		if strings.Contains(out.String(), secret) {
			t.Errorf("the archive shows %q", secret)
		}
	}
}

func TestProxyCountsFaults(t *testing.T) {
	upstream := httptest.NewServer(&faulty{inner: startServer(t, openapi.Latest), response: func(_ *http.Request, a *answer) {
		a.edit(func(o map[string]any) { o["surprise"] = true })
	}})
	t.Cleanup(upstream.Close)
	p, address, stop := startProxy(t, upstream.URL, conformance.ProxyOptions{HAR: 2})
	for range 3 {
		answer, err := http.Get("http://" + address + "/v2/" + embedded.DevProjectID + "/groups") //nolint:noctx // a test server
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	stop()
	report, err := p.Report()
	if err != nil {
		t.Fatal(err)
	}
	result := resultOf(t, report, "traffic/groups/ListLogGroups")
	if result.Outcome != conformance.Failed || len(result.Problems) != 1 || result.Problems[0].Where != "/surprise" {
		t.Errorf("%s %v, want one problem about /surprise", result.Outcome, result.Problems)
	}
	if report.ExitStatus() != 1 {
		t.Errorf("exit status %d, want 1", report.ExitStatus())
	}
	if other := resultOf(t, report, "traffic/groups/CreateLogGroup"); other.Outcome != conformance.NotSupported {
		t.Errorf("nobody called CreateLogGroup, and it %s", other.Outcome)
	}
}

// A server that takes what the document refuses breaks the contract, though its
// answer looks well.
func TestProxySeesWhatShouldHaveBeenRefused(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"log_group_id":"b6b9332b-091f-4b22-b810-264318d2d664"}`)
	}))
	t.Cleanup(upstream.Close)
	p, address, stop := startProxy(t, upstream.URL, conformance.ProxyOptions{})
	answer, err := http.Post("http://"+address+"/v2/"+embedded.DevProjectID+"/groups", "application/json", strings.NewReader(`{"ttl_in_days":7}`)) //nolint:noctx // a test server
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	stop()
	report, err := p.Report()
	if err != nil {
		t.Fatal(err)
	}
	if result := resultOf(t, report, "traffic/groups/CreateLogGroup"); result.Outcome != conformance.Failed || result.Problems[0].Where != "request body" {
		t.Errorf("%s %v, want a problem about the request body", result.Outcome, result.Problems)
	}
}

func TestProxyThatStopsLetsAnswersFinish(t *testing.T) {
	begun, finish := make(chan bool), make(chan bool)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-finish
		_, _ = io.WriteString(w, "whole")
	}))
	t.Cleanup(upstream.Close)
	_, address, stop := startProxy(t, upstream.URL, conformance.ProxyOptions{})
	got := make(chan string, 1)
	go func() {
		answer, err := http.Get("http://" + address + "/slow") //nolint:noctx // a test server
		if err != nil {
			got <- err.Error()
			return
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			got <- "broken off: " + err.Error()
			return
		}
		got <- string(body)
	}()
	<-begun
	go func() {
		// The proxy stops meanwhile. Were it slower than this, the test would show
		// less, and would not fail.
		time.Sleep(50 * time.Millisecond)
		close(finish)
	}()
	stop()
	if s := <-got; s != "whole" {
		t.Errorf("the client got %q", s)
	}
}

func TestUpstreamsThatAreRefused(t *testing.T) {
	for _, upstream := range []string{"", "127.0.0.1:80", "ftp://127.0.0.1", "http://127.0.0.1/base", "http://127.0.0.1?x=1"} {
		if _, err := conformance.NewProxy(upstream, conformance.ProxyOptions{}); err == nil {
			t.Errorf("%q is accepted", upstream)
		}
	}
	if _, err := conformance.NewProxy("http://127.0.0.1", conformance.ProxyOptions{Edition: "2001"}); err == nil {
		t.Error("an unknown edition is accepted")
	}
}

// BenchmarkProxy measures requests a second through a proxy that checks a list
// of ten groups, beside the same upstream without it.
func BenchmarkProxy(b *testing.B) {
	var groups []map[string]any
	for i := range 10 {
		groups = append(groups, map[string]any{
			"log_group_id": "b6b9332b-091f-4b22-b810-264318d2d664", "log_group_name": fmt.Sprintf("group-%d", i), "creation_time": 1630547141853, "ttl_in_days": 7,
		})
	}
	body, err := json.Marshal(map[string]any{"log_groups": groups})
	if err != nil {
		b.Fatal(err)
	}
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}))
	b.Cleanup(upstream.Close)
	bench := func(b *testing.B, base, unit string) {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
		target, err := url.JoinPath(base, "/v2/0123456789abcdef0123456789abcdef/groups")
		if err != nil {
			b.Fatal(err)
		}
		b.SetParallelism(16)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				answer, err := client.Get(target) //nolint:noctx // a benchmark
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), unit)
		client.CloseIdleConnections()
	}
	b.Run("without", func(b *testing.B) { bench(b, upstream.URL, "requests/s") })
	for _, enforce := range []bool{false, true} {
		b.Run(fmt.Sprintf("enforce=%t", enforce), func(b *testing.B) {
			_, address, _ := startProxy(b, upstream.URL, conformance.ProxyOptions{Enforce: enforce})
			bench(b, "http://"+address, "requests/s(goal:8000)")
		})
	}
}
