package client_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/server/embedded"
)

// password is the user of the embedded server.
var password = client.Password{User: embedded.DevUser, Domain: embedded.DevDomain, Password: embedded.DevPassword}

// A service is an embedded server, reached through the loopback.
type service struct {
	address  string
	embedded *embedded.Server
}

// serve starts a server.
func serve(tb testing.TB, set ...func(*embedded.Options)) service {
	tb.Helper()
	options := embedded.Options{Data: tb.TempDir(), Directory: embedded.DevDirectory(), Faults: true}
	for _, change := range set {
		change(&options)
	}
	server, err := embedded.Open(tb.Context(), options)
	if err != nil {
		tb.Fatalf("embedded.Open: %v", err)
	}
	listener := httptest.NewServer(server)
	tb.Cleanup(func() {
		listener.Close()
		if err := server.Close(); err != nil {
			tb.Errorf("closing the server: %v", err)
		}
	})
	return service{listener.URL, server}
}

// client makes a client of the server's user.
func (s service) client(tb testing.TB, opts ...client.Option) *client.Client {
	tb.Helper()
	return newClient(tb, s.address, append([]client.Option{client.WithPassword(password)}, opts...)...)
}

func newClient(tb testing.TB, endpoint string, opts ...client.Option) *client.Client {
	tb.Helper()
	c, err := client.New(endpoint, embedded.DevProjectID, opts...)
	if err != nil {
		tb.Fatalf("New(%s): %v", endpoint, err)
	}
	return c
}

// newStream makes a group with a stream.
func newStream(tb testing.TB, c *client.Client) lts.Stream {
	tb.Helper()
	group := must(c.Groups.Create(tb.Context(), lts.GroupSpec{Name: "web", TTLDays: 7}))(tb)
	return must(c.Streams.Create(tb.Context(), group.ID, lts.StreamSpec{Name: "access"}))(tb)
}

// must ends a test whose preparation fails.
func must[T any](value T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return value
	}
}

// collect reads an iteration to its end or first error.
func collect[T any](all func(func(T, error) bool)) ([]T, error) {
	var values []T
	for value, err := range all {
		if err != nil {
			return values, err
		}
		values = append(values, value)
	}
	return values, nil
}

func contents(records []lts.Record) []string {
	var lines []string
	for _, record := range records {
		lines = append(lines, record.Content)
	}
	return lines
}

// wantError checks that err is one that errors.Is finds.
func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// faulty sends a header with which the server fails below its rules.
type faulty string

func (f faulty) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	if !strings.HasPrefix(req.URL.Path, "/v3/") {
		req.Header.Set("X-Lts-Fault", string(f))
	}
	return http.DefaultTransport.RoundTrip(req)
}

// A peer answers requests without a network, so that tests can run on a clock
// of their own (testing/synctest).
type peer struct {
	answer func(*http.Request, int) (*http.Response, error) // of the request of a number, from 1

	mu       sync.Mutex
	requests []*http.Request
	bodies   [][]byte
	times    []time.Time
	count    atomic.Int64
}

func (p *peer) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
		_ = req.Body.Close()
	}
	p.mu.Lock()
	p.requests = append(p.requests, req)
	p.bodies = append(p.bodies, body)
	p.times = append(p.times, time.Now())
	p.mu.Unlock()
	number := int(p.count.Add(1))
	req.Body = io.NopCloser(bytes.NewReader(body))
	return p.answer(req, number)
}

func (p *peer) sent() int { return int(p.count.Load()) }

// respond makes an answer.
func respond(status int, body string, header ...string) (*http.Response, error) {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// errCut is a connection that was cut.
var errCut = errors.New("read: connection reset by peer")

// cutBody is an answer that ends in the middle.
func cutBody() (*http.Response, error) {
	response, err := respond(200, "")
	response.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"log_groups":[`), failing{}))
	return response, err
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errCut }

const (
	noGroups  = `{"log_groups":[]}`
	written   = `{"errorCode":"SVCSTG.ALS.200.200","errorMessage":"Report success.","result":null}`
	throttled = `{"error_code":"APIGW.0308","error_msg":"The throttling threshold has been reached","request_id":"r-1"}`
	badToken  = `{"error_code":"LTS.0003","error_msg":"Invalid token"}`
	badBody   = `{"error_code":"LTS.0009","error_msg":"Failed to validate the request body"}`
)

// peerClient is a client with a token whose requests go to a peer.
func peerClient(tb testing.TB, p *peer, opts ...client.Option) *client.Client {
	tb.Helper()
	return newClient(tb, "https://lts.example.test", append([]client.Option{
		client.WithToken("token"), client.WithTransport(p),
	}, opts...)...)
}

// once does not repeat requests.
var once = client.WithRetry(client.RetryPolicy{Attempts: 1})

// windowOf reads the window and the cursor of a query.
func windowOf(req *http.Request) (lts.Window, int64) {
	var query struct {
		Start  int64 `json:"start_time"`
		End    int64 `json:"end_time"`
		Cursor int64 `json:"line_num,string"`
	}
	if err := json.NewDecoder(req.Body).Decode(&query); err != nil {
		panic(err)
	}
	return lts.MillisWindow(query.Start, query.End), query.Cursor
}
