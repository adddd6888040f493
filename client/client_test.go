package client_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/client"
)

func TestNewRefuses(t *testing.T) {
	token := client.WithToken("t")
	tests := map[string]struct {
		endpoint string
		project  string
		options  []client.Option
		want     string // part of the error
	}{
		"no endpoint":               {"", "p", []client.Option{token}, "endpoint"},
		"an endpoint of no scheme":  {"127.0.0.1:8080", "p", []client.Option{token}, "want an address such as https://"},
		"an endpoint with a space":  {"https://lts example", "p", []client.Option{token}, "want an address such as https://"},
		"no hook":                   {"https://lts.example.test", "p", []client.Option{token, client.WithHook(nil)}, "WithHook"},
		"no clock":                  {"https://lts.example.test", "p", []client.Option{token, client.WithClock(nil)}, "WithClock"},
		"no source of tokens":       {"https://lts.example.test", "p", []client.Option{client.WithTokenSource(nil)}, "WithTokenSource"},
		"a name of two lines":       {"https://lts.example.test", "p", []client.Option{token, client.WithUserAgent("a\nb")}, "WithUserAgent"},
		"an endpoint of no host":    {"https://", "p", []client.Option{token}, "endpoint"},
		"another scheme":            {"ftp://lts.example.test", "p", []client.Option{token}, "endpoint"},
		"a query":                   {"https://lts.example.test?a=b", "p", []client.Option{token}, "more than"},
		"a wrong IAM endpoint":      {"https://lts.example.test", "p", []client.Option{token, client.WithIAMEndpoint("iam")}, `"iam"`},
		"a wrong GA endpoint":       {"https://lts.example.test", "p", []client.Option{token, client.WithGAEndpoint("ga")}, `"ga"`},
		"no project":                {"https://lts.example.test", "", []client.Option{token}, "project"},
		"nobody":                    {"https://lts.example.test", "p", nil, "WithPassword"},
		"two who call":              {"https://lts.example.test", "p", []client.Option{token, client.WithAccessKey(client.AccessKey{ID: "a", Secret: "s"})}, "contradict"},
		"an empty token":            {"https://lts.example.test", "p", []client.Option{client.WithToken("")}, "empty"},
		"half a pair of keys":       {"https://lts.example.test", "p", []client.Option{client.WithAccessKey(client.AccessKey{ID: "a"})}, "secret key"},
		"a user without a domain":   {"https://lts.example.test", "p", []client.Option{client.WithPassword(client.Password{User: "u", Password: "p"})}, "domain"},
		"no time":                   {"https://lts.example.test", "p", []client.Option{token, client.WithTimeout(0)}, "timeout"},
		"a negative wait":           {"https://lts.example.test", "p", []client.Option{token, client.WithRetry(client.RetryPolicy{Wait: -1})}, "negative"},
		"no file of certificates":   {"https://lts.example.test", "p", []client.Option{token, client.WithCAFile("/no/such/file")}, "/no/such/file"},
		"a file of no certificates": {"https://lts.example.test", "p", []client.Option{token, client.WithCAFile("client_test.go")}, "no certificate"},
		"certificates and a transport": {"https://lts.example.test", "p",
			[]client.Option{token, client.WithCAFile("client_test.go"), client.WithTransport(http.DefaultTransport)}, "contradicts"},
		"two transports": {"https://lts.example.test", "p",
			[]client.Option{token, client.WithHTTPClient(new(http.Client)), client.WithTransport(http.DefaultTransport)}, "contradict"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := client.New(tt.endpoint, tt.project, tt.options...)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("New(%q, %q): %v, want an error with %q", tt.endpoint, tt.project, err, tt.want)
			}
		})
	}
}

func TestEndpointsOfTheServices(t *testing.T) {
	tests := map[string]struct {
		endpoint string
		options  []client.Option
		want     [3]string // of LTS, IAM, GA
	}{
		"the vendor's": {"https://lts.region.example.test", nil, [3]string{
			"https://lts.region.example.test", "https://iam.region.example.test", "https://ga.region.example.test"}},
		"one server": {"http://127.0.0.1:8080", nil, [3]string{
			"http://127.0.0.1:8080", "http://127.0.0.1:8080", "http://127.0.0.1:8080"}},
		"under a path": {"https://gateway.example.test/logs/", nil, [3]string{
			"https://gateway.example.test/logs", "https://gateway.example.test/logs", "https://gateway.example.test/logs"}},
		"named": {"https://lts.region.example.test",
			[]client.Option{client.WithIAMEndpoint("https://who.example.test"), client.WithGAEndpoint("https://fast.example.test")},
			[3]string{"https://lts.region.example.test", "https://who.example.test", "https://fast.example.test"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &peer{answer: func(*http.Request, int) (*http.Response, error) { return respond(500, "") }}
			c := newClient(t, tt.endpoint, append(tt.options, client.WithToken("t"), client.WithTransport(p))...)
			_, _ = c.Groups.List(t.Context())
			_, _ = c.Tokens.Domains(t.Context())
			_, _ = c.Logtanks.Get(t.Context(), "id")
			for i, path := range []string{"/v2/0123456789abcdef0123456789abcdef/groups", "/v3/auth/domains", "/v1/logtanks/id"} {
				if got, want := p.requests[i].URL.String(), tt.want[i]+path; got != want {
					t.Errorf("request %d went to %s, want %s", i, got, want)
				}
			}
		})
	}
}

func TestHeadersOfARequest(t *testing.T) {
	p := &peer{answer: func(*http.Request, int) (*http.Response, error) { return respond(200, noGroups) }}
	c := peerClient(t, p, client.WithUserAgent("shop/1.2"))
	if _, err := c.Groups.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	header := p.requests[0].Header
	if got := header.Get("User-Agent"); !strings.HasPrefix(got, "shop/1.2 ltskit-go/") {
		t.Errorf("User-Agent: %q, want that of the program before that of the module", got)
	}
	if got := header.Get("X-Auth-Token"); got != "token" {
		t.Errorf("X-Auth-Token: %q, want the token", got)
	}
}

func TestHooksAreToldOfEveryAttempt(t *testing.T) {
	p := &peer{answer: func(_ *http.Request, n int) (*http.Response, error) {
		if n == 1 {
			return respond(429, throttled, "X-Request-Id", "first")
		}
		return respond(201, `{"log_group_id":"g"}`, "X-Request-Id", "second")
	}}
	var attempts []client.Attempt
	c := peerClient(t, p, client.WithRetry(client.RetryPolicy{Wait: time.Microsecond}),
		client.WithHook(func(_ context.Context, a client.Attempt) { attempts = append(attempts, a) }))
	if _, err := c.Groups.Create(t.Context(), groupSpec); err != nil {
		t.Fatal(err)
	}
	if len(attempts) != 2 {
		t.Fatalf("the hook was called %d times, want 2: %+v", len(attempts), attempts)
	}
	for i, want := range []client.Attempt{
		{Number: 1, Status: 429, RequestID: "first"},
		{Number: 2, Status: 201, RequestID: "second"},
	} {
		got := attempts[i]
		if got.Operation != "CreateLogGroup" || got.Method != "POST" || got.URL != p.requests[i].URL.String() ||
			got.Number != want.Number || got.Status != want.Status || got.RequestID != want.RequestID ||
			got.Sent != len(p.bodies[i]) || (got.Err == nil) != (want.Status == 201) {
			t.Errorf("attempt %d: %+v, want %+v", i, got, want)
		}
	}
}
