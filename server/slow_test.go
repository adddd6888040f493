package server_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/ltskit/ltskit/gen/api"
)

// The time-out itself is that of net/http; what the server makes of it is 408.
func TestABodyThatDoesNotArriveInTimeIsATimeOut(t *testing.T) {
	s := start(t, config{})
	token := s.token(t, devProject)
	slow := httptest.NewUnstartedServer(s.handler)
	slow.Config.ReadTimeout = 50 * time.Millisecond
	slow.Start()
	defer slow.Close()
	for _, tt := range []struct{ name, path, header string }{
		{"a token", "/v3/auth/tokens", ""},
		{"a group", "/v2/" + devProject + "/groups", "X-Auth-Token: " + token + "\r\n"},
		{"a logtank", "/v1/logtanks", "X-Auth-Token: " + token + "\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var dialer net.Dialer
			conn, err := dialer.DialContext(t.Context(), "tcp", slow.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: lts\r\nContent-Type: application/json\r\n%sContent-Length: 100\r\n\r\n{", tt.path, tt.header)
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatalf("no answer: %v", err)
			}
			defer func() { _ = answer.Body.Close() }()
			var body api.Error
			if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
				t.Errorf("the body is not an error: %v", err)
			}
			if answer.StatusCode != http.StatusRequestTimeout || body.ErrorCode == "" {
				t.Errorf("answer %d %q, want 408 with a code", answer.StatusCode, body.ErrorCode)
			}
		})
	}
}
