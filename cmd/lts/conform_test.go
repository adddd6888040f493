package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

func TestConformOfEmbeddedServer(t *testing.T) {
	got := runIt(t, "conform", "--edition", "all")
	if got.status != 0 || got.stderr != "" {
		t.Errorf("lts conform --edition all: %d, %q, want 0 and silence; it printed\n%s", got.status, got.stderr, got.stdout)
	}
	for _, edition := range openapi.Editions() {
		if !strings.Contains(got.stdout, "embedded reference server, edition "+edition+": ") {
			t.Errorf("lts conform --edition all printed no summary of edition %s:\n%s", edition, got.stdout)
		}
	}
}

func TestConformOfEndpoint(t *testing.T) {
	right := func(*http.Response, string) string { return "" }
	tests := map[string]struct {
		change func(answer *http.Response, body string) string // gives the new body, or "" for the same
		status int
		says   string
	}{
		"right answers": {right, 0, ": "},
		"a member in another spelling": {
			change: func(_ *http.Response, body string) string {
				return strings.ReplaceAll(body, "log_group_name", "logGroupName")
			},
			status: exitFailed, says: "FAILED examples/groups/ListLogGroups/200/one-group",
		},
		"another code": {
			change: func(_ *http.Response, body string) string { return strings.ReplaceAll(body, "LTS.0201", "LTS.0208") },
			status: exitFailed, says: "FAILED examples/groups/DeleteLogGroup/400/unknown-group",
		},
		"another wording is only reported": {
			change: func(_ *http.Response, body string) string {
				return strings.ReplaceAll(body, "is not existed", "does not exist")
			},
			status: 0, says: "should",
		},
		"answers that are cut off": {
			change: func(answer *http.Response, body string) string {
				if strings.Contains(answer.Request.URL.Path, "/v3/") {
					return ""
				}
				return strings.TrimSuffix(strings.TrimSpace(body), "}")
			},
			status: exitFailed, says: "COULD NOT RUN examples/groups/ListLogGroups/200/one-group",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := start(t, "--faults") // what cannot be found in cut answers stays behind, up to the quota
			got := conformAt(t, proxyTo(t, s.url, tt.change), embedded.DevPassword, "--features", "groups", "--fault-header", server.FaultHeader)
			if got.status != tt.status || !strings.Contains(got.stdout, tt.says) || tt.status == 0 && strings.Contains(got.stdout, "FAILED") {
				t.Errorf("lts conform against %s: %d, want %d and %q in what it printed:\n%s%s", name, got.status, tt.status, tt.says, got.stdout, got.stderr)
			}
		})
	}
}

// A question that cannot be asked is no answer.
func TestConformThatCannotAsk(t *testing.T) {
	s := start(t)
	unreachable := unusedAddress(t)
	tests := map[string]struct {
		endpoint string
		password string
		args     []string
		want     string // part of the message
	}{
		"unreachable endpoint":     {unreachable, embedded.DevPassword, nil, "connection refused"},
		"no password":              {s.url, "", nil, "the variable LTS_PASSWORD"},
		"wrong password":           {s.url, "sesame", nil, "no token for user"},
		"endpoint without scheme":  {"127.0.0.1:8080", embedded.DevPassword, nil, `--endpoint: must be an http or https URL with a host, such as http://127.0.0.1:8080`},
		"endpoint without host":    {"http:///v2", embedded.DevPassword, nil, `--endpoint: "http:///v2" must be an http or https URL with a host`},
		"endpoint by ftp":          {"ftp://127.0.0.1", embedded.DevPassword, nil, `--endpoint: "ftp://127.0.0.1" must be an http or https URL with a host`},
		"endpoint with a query":    {"http://127.0.0.1?x=y", embedded.DevPassword, nil, `--endpoint: "http://127.0.0.1?x=y" must be a base URL: without user, query and fragment`},
		"endpoint with a password": {"http://dev:sesame@127.0.0.1", embedded.DevPassword, nil, `--endpoint: "http://dev:xxxxx@127.0.0.1" must be a base URL`},
		"IAM without scheme":       {s.url, embedded.DevPassword, []string{"--iam-endpoint", "iam:80"}, `--iam-endpoint: "iam:80" must be an http or https URL with a host`},
		"unknown feature":          {s.url, embedded.DevPassword, []string{"--features", "group"}, `unknown feature "group"`},
		"no feature":               {s.url, embedded.DevPassword, []string{"--features", ""}, "there is nothing to ask"},
		"no edition":               {s.url, embedded.DevPassword, []string{"--edition", ""}, "2022-08, 2024-03, latest"},
		"endpoint that is not set": {"", embedded.DevPassword, nil, "--endpoint does not name one"},
		"format to export":         {"", "", []string{"--export", "postman"}, `--export: unknown format "postman": the format is arazzo`},
		"edition to export":        {"", "", []string{"--export", "arazzo", "--edition", "2023"}, "2022-08, 2024-03, latest"},
		"output of a run":          {"", "", []string{"--output", "x"}, "--output is for --export"},
		"access key, no secret":    {s.url, embedded.DevPassword, []string{"--access-key", "AK"}, "the variable LTS_SECRET_KEY"},
		"other key, no secret":     {s.url, embedded.DevPassword, []string{"--other-access-key", "AK"}, "the variable LTS_OTHER_SECRET_KEY"},
		"unknown flag":             {s.url, embedded.DevPassword, []string{"--quick"}, "unknown flag: --quick"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := conformAt(t, tt.endpoint, tt.password, tt.args...)
			if got.status != exitBroken || !strings.Contains(got.stderr, tt.want) {
				t.Errorf("lts conform: %d, %q, want %d and %q; it printed\n%s", got.status, got.stderr, exitBroken, tt.want, got.stdout)
			}
			if strings.Contains(got.stdout+got.stderr, "sesame") {
				t.Errorf("lts conform shows the password: %q, %q", got.stdout, got.stderr)
			}
		})
	}
	t.Run("told to stop", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if got := runWith(ctx, "conform"); got.status != exitBroken || !strings.Contains(got.stderr, context.Canceled.Error()) {
			t.Errorf("lts conform with a context that has ended: %d, %q, want %d and that it was canceled", got.status, got.stderr, exitBroken)
		}
	})
}

// conformAt runs lts conform against an endpoint.
func conformAt(t *testing.T, endpoint, password string, args ...string) result {
	t.Helper()
	t.Setenv("LTS_PASSWORD", password)
	return runIt(t, append([]string{
		"conform", "--endpoint", endpoint, "--domain", embedded.DevDomain, "--user", embedded.DevUser,
		"--project", embedded.DevProject, "--project-id", embedded.DevProjectID, "--other-project-id", embedded.OtherProjectID,
	}, args...)...)
}

// proxyTo starts a server that gives the answers of another one after a change.
func proxyTo(t *testing.T, address string, change func(answer *http.Response, body string) string) string {
	t.Helper()
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ModifyResponse: func(answer *http.Response) error {
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				return err
			}
			if changed := change(answer, string(body)); changed != "" {
				body = []byte(changed)
			}
			answer.Body = io.NopCloser(bytes.NewReader(body))
			answer.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return nil
		},
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// unusedAddress gives an address that nothing listens on.
func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return "http://" + listener.Addr().String()
}

// Without a password a run signs its requests, or has a token.
func TestConformWithOtherCredentials(t *testing.T) {
	s := start(t)
	args := []string{
		"conform", "--endpoint", s.url, "--project-id", embedded.DevProjectID, "--other-project-id", embedded.OtherProjectID,
		"--only", "scenarios/groups", "--only", "isolation/groups", "--only", "auth/signatures",
	}
	keys := []string{"--access-key", embedded.DevAccessKey, "--other-access-key", embedded.OtherAccessKey}
	token := s.login(t)
	for name, tt := range map[string]struct {
		env  map[string]string
		args []string
		says string
	}{
		"keys of both projects": {
			map[string]string{"LTS_SECRET_KEY": embedded.DevSecretKey, "LTS_OTHER_SECRET_KEY": embedded.OtherSecretKey}, keys,
			"neither a password nor a token (1)",
		},
		"a token": {map[string]string{"LTS_TOKEN": token}, nil, "the target declares no access key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("LTS_PASSWORD", "")
			for name, value := range tt.env {
				t.Setenv(name, value)
			}
			got := runIt(t, slices.Concat(args, tt.args)...)
			if got.status != 0 || !strings.Contains(got.stdout, tt.says) {
				t.Errorf("lts conform with %s: %d, want 0 and %q; it printed\n%s%s", name, got.status, tt.says, got.stdout, got.stderr)
			}
			if strings.Contains(got.stdout, token) {
				t.Error("lts conform shows the token")
			}
		})
	}
}
