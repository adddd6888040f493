package main

import (
	"bufio"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/server/config"
)

// docs/configuration.md lists what net/http answers itself. A row that the
// handler gets to see could be answered as the document says.
func TestRequestsThatTheProgramNeverSees(t *testing.T) {
	for _, tt := range []struct {
		name    string
		tls     bool
		request string
		status  int
	}{
		{"a malformed path", false, "GET /v2/%zz HTTP/1.1\r\nHost: lts\r\n\r\n", http.StatusBadRequest},
		{"no host", false, "GET /v3/projects HTTP/1.1\r\n\r\n", http.StatusBadRequest},
		{"a broken header", false, "GET /v3/projects HTTP/1.1\r\nHost: lts\r\nX Y: z\r\n\r\n", http.StatusBadRequest},
		{"headers that are too long", false, "GET /v3/projects HTTP/1.1\r\nHost: lts\r\nX: " + strings.Repeat("x", http.DefaultMaxHeaderBytes+8<<10) + "\r\n\r\n", http.StatusRequestHeaderFieldsTooLarge},
		{"another expectation", false, "GET /v3/projects HTTP/1.1\r\nHost: lts\r\nExpect: 200-ok\r\n\r\n", http.StatusExpectationFailed},
		{"another transfer encoding", false, "POST /v3/auth/tokens HTTP/1.1\r\nHost: lts\r\nTransfer-Encoding: gzip\r\n\r\n", http.StatusNotImplemented},
		{"plain HTTP where TLS is spoken", true, "GET /v3/projects HTTP/1.1\r\nHost: lts\r\n\r\n", http.StatusBadRequest},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				t.Errorf("the handler is asked %s %s", r.Method, r.URL)
			})
			s := httptest.NewUnstartedServer(nil)
			s.Config = newHTTPServer(handler, config.Timeouts{Headers: time.Minute, Request: time.Minute, Idle: time.Minute}, slog.New(slog.DiscardHandler))
			if tt.tls {
				s.StartTLS()
			} else {
				s.Start()
			}
			defer s.Close()
			if got := statusOf(t, s.Listener.Addr().String(), tt.request); got != tt.status {
				t.Errorf("status %d, want %d", got, tt.status)
			}
		})
	}
}

// statusOf sends a request as it is.
func statusOf(t *testing.T, address, request string) int {
	t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	go func() { _, _ = fmt.Fprint(conn, request) }() // it may be refused before it is read
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	defer func() { _ = answer.Body.Close() }()
	return answer.StatusCode
}
