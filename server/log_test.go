package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

// Everything that a caller sends in headers, query and body has the word needle
// in it. None of it may be in the log, whatever becomes of the request.
func TestLogHasNoSecrets(t *testing.T) {
	t.Parallel()
	var log logBuffer
	s := start(t, config{faults: true, options: server.Options{Log: log.logger()}})
	of := s.populate(t, devProject, "needle")
	secrets := []string{"needle", s.token(t, devProject), s.token(t, otherProject), "sesame", `"` + embedded.DevPassword + `"`}

	for _, r := range []request{
		{op: "CreateToken", body: loginBody("sesame", "")},
		{op: "CreateToken", body: loginBody(embedded.DevPassword, `{"project":{"name":"needle"}}`)},
		{op: "CreateToken", body: loginBody("sesame", `"needle"`)},
		{op: "CreateToken", body: loginBody("sesame", "{")},
		{op: "CreateToken", query: "nocatalog=needle", header: map[string]string{"Content-Type": "needle/plain"}, body: loginBody("sesame", "")},
		{op: "ListProjects", query: "name=needle"},
		{op: "ListLogGroups", query: "needle=needle", header: map[string]string{"User-Agent": "needle", "Cookie": "needle"}},
		{op: "ListLogGroups", header: withToken(nil, "needle")},
		{op: "ListLogGroups", header: withToken(nil, encodePart(`{"alg":"needle","typ":"JWT"}`)+"."+encodePart(`{"sub":"needle","exp":"needle"}`)+".needle")},
		{op: "ListLogGroups", header: map[string]string{"X-Auth-Token": "", "Authorization": "SDK-HMAC-SHA256 Access=needle, SignedHeaders=needle, Signature=needle"}},
		{op: "ListLogGroups", project: otherProject},
		{op: "ListLogGroups", header: map[string]string{server.FaultHeader: "catalog"}},
		{op: "CreateLogGroup", body: `{"log_group_name":"needle","ttl_in_days":7}`},
		{op: "CreateLogGroup", body: `{"log_group_name":"needle","ttl_in_days":7}`},
		{op: "CreateLogGroup", body: `{"log_group_name":"needle-2","ttl_in_days":7}`, header: map[string]string{server.FaultHeader: "catalog"}},
		{op: "CreateLogGroup", body: `{"log_group_name":"needle-3","ttl_in_days":7}`, header: map[string]string{server.FaultHeader: "needle"}},
		{op: "CreateLogGroup", body: `{"log_group_name":"_needle","ttl_in_days":"needle"}`},
		{op: "CreateLogGroup", body: `{"log_group_name":["needle"],"ttl_in_days":7.5,"needle":1}`},
		{op: "CreateLogGroup", body: `{"needle":1,"needle":2}`},
		{op: "CreateLogGroup", body: `{"log_group_name":"needle`},
		{op: "CreateLogGroup", body: `needle`},
		{op: "CreateLogGroup", body: "\xffneedle"},
		{op: "CreateLogGroup", body: strings.Repeat(`{"needle":`, 2000)},
		{op: "CreateLogGroup", header: map[string]string{"Content-Type": "text/needle"}, body: `needle`},
		{op: "CreateLogStream", group: of.group, body: `{"log_stream_name":"needle","tags":[{"key":"","value":"needle"}]}`},
		{op: "CreateLogStream", group: of.group, body: `{"log_stream_name":"needle"}`, header: map[string]string{server.FaultHeader: "catalog"}},
		{op: "ReportLogs", group: of.group, stream: of.stream, body: `{"log_time_ns":1,"contents":["needle"]}`, header: map[string]string{server.FaultHeader: "records"}},
		{op: "ListLogs", group: of.group, stream: of.stream, body: `{"start_time":1,"end_time":2,"keywords":"*needle"}`},
		{op: "ListLogs", group: of.group, stream: of.stream, body: `{"start_time":1,"end_time":2,"keywords":"needle","line_num":"needleneedleneedlen"}`},
	} {
		s.do(t, r)
	}
	text := log.String()
	for _, secret := range secrets {
		if i := strings.Index(text, secret); i >= 0 {
			t.Errorf("the log has %.20q in %q", secret, text[max(0, i-300):min(len(text), i+300)])
		}
	}
	for _, want := range []string{"fault: injected on request", devProject, `"status":500`, `"status":401`} {
		if !strings.Contains(text, want) {
			t.Errorf("the log lacks %q, so that it says nothing; it is %.2000s", want, text)
		}
	}
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		request request
		want    map[string]any
	}{
		"success": {
			request: request{op: "ListLogGroups"},
			want:    map[string]any{"method": "GET", "path": "/v2/" + devProject + "/groups", "status": 200.0},
		},
		"refused": {
			request: request{op: "CreateLogGroup", body: "}"},
			want:    map[string]any{"method": "POST", "path": "/v2/" + devProject + "/groups", "status": 400.0},
		},
		"no API": {
			request: request{method: "OPTIONS", path: "/nothing"},
			want:    map[string]any{"method": "OPTIONS", "path": "/nothing", "status": 404.0},
		},
		"panic": {
			request: request{op: "ListLogStreams", group: panicGroup},
			want:    map[string]any{"method": "GET", "path": "/v2/" + devProject + "/groups/" + panicGroup + "/streams", "status": 500.0},
		},
	}
	for name, tt := range tests {
		t.Run(name+" has one line", func(t *testing.T) {
			var log logBuffer
			s := start(t, config{options: server.Options{Log: log.logger()}, catalog: panicking})
			a := s.do(t, tt.request)
			var lines []map[string]any
			for _, line := range log.lines(t) {
				if line["msg"] == "request" && line["id"] == a.header.Get(server.RequestIDHeader) {
					lines = append(lines, line)
				}
			}
			if len(lines) != 1 {
				t.Fatalf("%s: %d lines in the access log, want one; the log is %s", a.what, len(lines), log.String())
			}
			for key, want := range tt.want {
				if lines[0][key] != want {
					t.Errorf("%s: %s is %v in the access log, want %v", a.what, key, lines[0][key], want)
				}
			}
			if size := lines[0]["bytes"]; size != float64(len(a.body)) {
				t.Errorf("%s: bytes is %v in the access log, want %d", a.what, size, len(a.body))
			}
		})
	}
}

// What a caller does wrong is no failure of the server, and does not look like
// one in its log.
func TestWrongRequestsAreNoFailures(t *testing.T) {
	t.Parallel()
	var log logBuffer
	s := start(t, config{options: server.Options{Log: log.logger()}})
	s.do(t, request{op: "CreateToken", body: loginBody("wrong", "")})
	s.do(t, request{op: "CreateToken", body: loginBody(embedded.DevPassword, `{"project":{"name":"nothing"}}`)})
	s.do(t, request{op: "ListLogGroups", header: withToken(nil, "bad")})
	s.do(t, request{op: "CreateLogGroup", body: "}"})
	for _, line := range log.lines(t) {
		if line["level"] == slog.LevelError.String() || line["level"] == slog.LevelWarn.String() {
			t.Errorf("the log has %v, want no line above the level %s", line, slog.LevelInfo)
		}
	}
}

func TestPanic(t *testing.T) {
	t.Parallel()
	var log logBuffer
	s := start(t, config{options: server.Options{Log: log.logger()}, catalog: panicking})
	for range 3 {
		a := s.do(t, request{op: "ListLogStreams", group: panicGroup})
		a.wantError(t, 500, "LTS.0010", "Internal Server Error")
		if strings.Contains(string(a.body), "panic") || strings.Contains(string(a.body), ".go") {
			t.Errorf("%s: body %s tells of the panic", a.what, a.body)
		}
	}
	s.createGroup(t, devProject, "after")
	if text := log.String(); !strings.Contains(text, "panic: the catalog is on fire") || !strings.Contains(text, "log_test.go") {
		t.Errorf("the log is %s, want the panic and where it happened", text)
	}
}

// panicGroup is a group that the panicking catalog cannot stand.
const panicGroup = "99999999-0000-4000-8000-000000000000"

// panicking gives a catalog that panics when it is asked for panicGroup.
func panicking(inner lts.Catalog) lts.Catalog { return panicCatalog{inner} }

type panicCatalog struct{ lts.Catalog }

func (c panicCatalog) View(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error {
	return c.Catalog.View(ctx, projectID, func(tx lts.CatalogTx) error { return fn(panicTx{tx}) })
}

type panicTx struct{ lts.CatalogTx }

func (tx panicTx) Group(id string) (lts.Group, bool, error) {
	if id == panicGroup {
		panic(errors.New("the catalog is on fire"))
	}
	return tx.CatalogTx.Group(id)
}

// A logBuffer keeps what is logged, at every level.
type logBuffer struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (b *logBuffer) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug - 4, AddSource: true}))
}

// Write implements [io.Writer].
func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.String()
}

func (b *logBuffer) lines(t testing.TB) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for line := range strings.Lines(b.String()) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("the log has %q: %v", line, err)
		}
		lines = append(lines, v)
	}
	return lines
}
