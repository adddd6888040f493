package conformance_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/ltskit/ltskit/conformance"
)

// A client that waits for 100 before it sends a body gets what the upstream says
// to it at once, and not after it has given up waiting.
func TestProxyThatEnforcesLetsClientsExpect(t *testing.T) {
	const groupBody = `{"log_group_name":"web","ttl_in_days":7}`
	created := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // makes net/http answer 100
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"log_group_id":"b6b9332b-091f-4b22-b810-264318d2d664"}`)
	}
	refused := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, body)
		}
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	for name, tt := range map[string]struct {
		upstream http.HandlerFunc // nil: nobody is there
		statuses []int            // that the client gets; it sends the body after 100
		withheld uint64
	}{
		"the body is wanted":         {created, []int{100, 201}, 0},
		"the request is refused":     {refused(`{"error_code":"LTS.0003","error_msg":"Invalid token"}`), []int{401}, 0},
		"the refusal is a wrong one": {refused(`{"error":"no"}`), []int{502}, 1},
		"nobody is there":            {nil, []int{502}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			upstream := gone.URL
			if tt.upstream != nil {
				s := httptest.NewServer(tt.upstream)
				defer s.Close()
				upstream = s.URL
			}
			p, address, _ := startProxy(t, upstream, conformance.ProxyOptions{Enforce: true})
			connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = connection.Close() }()
			_ = connection.SetDeadline(time.Now().Add(10 * time.Second))
			_, _ = fmt.Fprintf(connection, "POST /v2/0123456789abcdef0123456789abcdef/groups HTTP/1.1\r\nHost: x\r\n"+
				"Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", len(groupBody))
			reader := bufio.NewReader(connection)
			for _, want := range tt.statuses {
				answer, err := http.ReadResponse(reader, nil)
				if err != nil {
					t.Fatalf("in place of an answer %d: %v", want, err)
				}
				var body map[string]any
				if answer.StatusCode != http.StatusContinue {
					err = json.NewDecoder(answer.Body).Decode(&body)
				}
				_ = answer.Body.Close()
				if answer.StatusCode != want || err != nil {
					t.Fatalf("status %d, %v, %v, want %d", answer.StatusCode, body, err, want)
				}
				if want == http.StatusContinue {
					_, _ = io.WriteString(connection, groupBody)
				}
			}
			if n := p.Count(); n.Withheld != tt.withheld {
				t.Errorf("%d answers withheld, want %d", n.Withheld, tt.withheld)
			}
		})
	}
}
