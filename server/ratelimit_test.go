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

func TestACallerThatSendsTooMuchIsRefusedUntilTimePasses(t *testing.T) {
	now := time.Date(2024, 2, 28, 12, 0, 0, 0, time.UTC)
	s := newServer(t, server.Options{Now: func() time.Time { return now }, RateLimit: server.RateLimit{PerSecond: 0.5, Burst: 2}})
	token := tokenFor(t, s, embedded.DevProject)
	list := func() *httptest.ResponseRecorder { return do(t, s, http.MethodGet, groupsPath, token, "") }

	for i := range 2 {
		if answer := list(); answer.Code != http.StatusOK {
			t.Fatalf("request %d of the burst gives %d", i, answer.Code)
		}
	}
	for range 2 { // a refused request does not make the wait longer
		answer := list()
		wantError(t, answer, http.StatusTooManyRequests, "APIGW.0308")
		if got, want := answer.Header().Get("Retry-After"), "2"; got != want {
			t.Errorf("Retry-After %q, want %q", got, want)
		}
	}
	now = now.Add(2 * time.Second)
	if answer := list(); answer.Code != http.StatusOK {
		t.Errorf("after the wait the answer is %d, want 200", answer.Code)
	}
	wantError(t, list(), http.StatusTooManyRequests, "APIGW.0308")
}

func TestCallersAreLimitedApart(t *testing.T) {
	now := time.Date(2024, 2, 28, 12, 0, 0, 0, time.UTC)
	s := newServer(t, server.Options{Now: func() time.Time { return now }, RateLimit: server.RateLimit{PerSecond: 0.1}})
	from := func(address string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v3/auth/tokens", strings.NewReader(tokenRequest(embedded.DevProject)))
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = address
		answer := httptest.NewRecorder()
		s.ServeHTTP(answer, r)
		return answer.Code
	}
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
		if got := from(tt.address); got != tt.want {
			t.Errorf("%s: status %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestAUserHasOneLimitForAllProjects(t *testing.T) {
	now := time.Date(2024, 2, 28, 12, 0, 0, 0, time.UTC)
	s := newServer(t, server.Options{Now: func() time.Time { return now }, RateLimit: server.RateLimit{PerSecond: 0.5, Burst: 1}})
	first := tokenFor(t, s, embedded.DevProject)
	now = now.Add(2 * time.Second)
	second := tokenFor(t, s, embedded.OtherProject)
	if answer := do(t, s, http.MethodGet, groupsPath, first, ""); answer.Code != http.StatusOK {
		t.Fatalf("the first request gives %d", answer.Code)
	}
	other := "/v2/" + embedded.OtherProjectID + "/groups"
	wantError(t, do(t, s, http.MethodGet, other, second, ""), http.StatusTooManyRequests, "APIGW.0308")
}

func TestManyCallersDoNotWashOutTheLimitOfOne(t *testing.T) {
	now := time.Date(2024, 2, 28, 12, 0, 0, 0, time.UTC)
	s := newServer(t, server.Options{Now: func() time.Time { return now }, RateLimit: server.RateLimit{PerSecond: 0.1}})
	from := func(address string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v3/auth/tokens", nil)
		r.RemoteAddr = address + ":1"
		answer := httptest.NewRecorder()
		s.ServeHTTP(answer, r)
		return answer.Code
	}
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
	s := newServer(t, server.Options{})
	token := tokenFor(t, s, embedded.DevProject)
	for i := range 200 {
		if answer := do(t, s, http.MethodGet, groupsPath, token, ""); answer.Code != http.StatusOK {
			t.Fatalf("request %d gives %d", i, answer.Code)
		}
	}
}

func TestThePublicURLIsInTheCatalogOfTokens(t *testing.T) {
	for _, tt := range []struct{ name, publicURL, want string }{
		{"configured", "https://logs.example.com", "https://logs.example.com/v2/" + embedded.DevProjectID},
		{"not configured", "", "http://example.com/v2/" + embedded.DevProjectID},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, server.Options{PublicURL: tt.publicURL})
			var body api.CreateTokenResponse
			unmarshal(t, askToken(t, s, embedded.DevProject), &body)
			for _, entry := range body.Token.Catalog {
				if *entry.Type == "lts" && *entry.Endpoints[0].URL != tt.want {
					t.Errorf("URL of lts %q, want %q", *entry.Endpoints[0].URL, tt.want)
				}
			}
		})
	}
}
