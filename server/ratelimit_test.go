package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

const throttled = "The throttling threshold has been reached"

func TestACallerThatSendsTooMuchIsRefusedUntilTimePasses(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := start(t, config{now: clock.Now, options: server.Options{RateLimit: server.RateLimit{PerSecond: 0.5, Burst: 2}}})
	list := request{op: "ListLogGroups"}
	for range 2 { // the burst
		s.do(t, list).want(t, http.StatusOK)
	}
	for range 2 { // a refused request does not make the wait longer
		a := s.do(t, list)
		a.wantError(t, http.StatusTooManyRequests, "APIGW.0308", throttled)
		if got, want := a.header.Get("Retry-After"), "2"; got != want {
			t.Errorf("Retry-After %q, want %q", got, want)
		}
	}
	clock.Advance(2 * time.Second)
	s.do(t, list).want(t, http.StatusOK)
	s.do(t, list).wantError(t, http.StatusTooManyRequests, "APIGW.0308", throttled)
}

func TestCallersAreLimitedApart(t *testing.T) {
	t.Parallel()
	s := start(t, config{now: newClock().Now, options: server.Options{RateLimit: server.RateLimit{PerSecond: 0.1}}})
	login := loginBody(embedded.DevPassword, "")
	for _, tt := range []struct {
		name, address string
		want          int
	}{
		{"the first of an address", "192.0.2.1:1000", http.StatusCreated},
		{"another port is no other caller", "192.0.2.1:1001", http.StatusTooManyRequests},
		{"another address", "192.0.2.2:1000", http.StatusCreated},
		{"an address of version 6", "[2001:db8::1]:1000", http.StatusCreated},
		{"the same again", "[2001:db8::1]:1001", http.StatusTooManyRequests},
	} {
		if got := s.loginFrom(t, tt.address, login); got != tt.want {
			t.Errorf("%s: status %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestAUserHasOneLimitForAllProjects(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := start(t, config{now: clock.Now, options: server.Options{RateLimit: server.RateLimit{PerSecond: 0.5, Burst: 1}}})
	s.token(t, devProject)
	clock.Advance(2 * time.Second)
	s.token(t, otherProject)
	s.do(t, request{op: "ListLogGroups"}).want(t, http.StatusOK)
	s.do(t, request{op: "ListLogGroups", project: otherProject}).wantError(t, http.StatusTooManyRequests, "APIGW.0308", throttled)
}

func TestManyCallersDoNotWashOutTheLimitOfOne(t *testing.T) {
	t.Parallel()
	s := start(t, config{now: newClock().Now, options: server.Options{RateLimit: server.RateLimit{PerSecond: 0.1}}})
	from := func(address string) int { return s.loginFrom(t, address+":1", "") }
	from("192.0.2.1")
	for i := range 10_000 {
		from(fmt.Sprintf("10.0.%d.%d", i/256, i%256))
		if i%1000 != 0 {
			continue
		}
		if got := from("192.0.2.1"); got != http.StatusTooManyRequests {
			t.Fatalf("after %d other callers the status is %d, want 429", i, got)
		}
	}
}

func TestWithoutALimitNobodyIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	for range 200 {
		s.do(t, request{op: "ListLogGroups"}).want(t, http.StatusOK)
	}
}

func TestThePublicURLIsInTheCatalogOfTokens(t *testing.T) {
	t.Parallel()
	s := start(t, config{options: server.Options{PublicURL: "https://logs.example.com"}})
	a := s.do(t, request{op: "CreateToken", body: loginBody(embedded.DevPassword, `{"project":{"name":"dev"}}`)}).want(t, http.StatusCreated)
	urls := make(map[string]string)
	for _, entry := range decode[api.CreateTokenResponse](t, a).Token.Catalog {
		urls[*entry.Type] = *entry.Endpoints[0].URL
	}
	if got, want := urls["lts"], "https://logs.example.com/v2/"+devProject; got != want {
		t.Errorf("URL of lts %q, want %q", got, want)
	}
}

// loginFrom asks for a token from an address and gives the status of the answer.
func (s *service) loginFrom(t testing.TB, address, body string) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v3/auth/tokens", strings.NewReader(body))
	r.Header.Set("Content-Type", jsonType)
	r.RemoteAddr = address
	recorder := httptest.NewRecorder()
	s.handler.ServeHTTP(recorder, r)
	return recorder.Code
}
