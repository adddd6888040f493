package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/server/embedded"
)

// A proxied is a proxy that runs.
type proxied struct {
	url    string
	stop   context.CancelFunc
	ended  chan int
	stdout buffer
	stderr buffer
}

var listening = regexp.MustCompile(`listening on (http://\S+) `)

// startProxy runs lts proxy on a free port, and waits until it listens.
func startProxy(t *testing.T, upstream string, args ...string) *proxied {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	p := &proxied{stop: cancel, ended: make(chan int, 1)}
	go func() {
		p.ended <- run(ctx, append([]string{"proxy", "--upstream", upstream, "--listen", "127.0.0.1:0"}, args...), &p.stdout, &p.stderr)
	}()
	for {
		select {
		case status := <-p.ended:
			t.Fatalf("lts proxy ended with %d: %s", status, p.stderr.String())
		case <-time.After(5 * time.Millisecond):
		}
		if found := listening.FindStringSubmatch(p.stderr.String()); found != nil {
			p.url = found[1]
			return p
		}
	}
}

// end stops the proxy and gives what came of it.
func (p *proxied) end() result {
	p.stop()
	status := <-p.ended
	return result{status, p.stdout.String(), p.stderr.String()}
}

// status sends a request and gives the status of the answer.
func (p *proxied) status(t *testing.T, method, path, token string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Auth-Token", token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// misspelt stands before a server and misspells a member of the list of groups.
func misspelt(t *testing.T, s *running) string {
	t.Helper()
	to, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	good := httputil.NewSingleHostReverseProxy(to)
	wrong := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/groups") {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"logGroups":[]}`))
			return
		}
		good.ServeHTTP(w, r)
	}))
	t.Cleanup(wrong.Close)
	return wrong.URL
}

func TestProxyOfGoodTraffic(t *testing.T) {
	s := start(t)
	token := s.login(t)
	folder := t.TempDir()
	har, report := filepath.Join(folder, "traffic.har"), filepath.Join(folder, "report.json")
	p := startProxy(t, s.url, "--har", har, "--har-limit", "2", "--report", "json="+report)
	const groups = "/v2/" + embedded.DevProjectID + "/groups"
	for range 3 {
		if got := p.status(t, http.MethodGet, groups, token); got != http.StatusOK {
			t.Errorf("through the proxy: %d, want 200", got)
		}
	}
	if got := p.status(t, http.MethodGet, "/docs/", token); got != http.StatusOK {
		t.Errorf("what is no operation: %d, want 200", got)
	}
	got := p.end()
	const counts = "4 answers passed, 1 of them to requests that are no operation, 0 not checked; 0 withheld; 0 connections the upstream did not take"
	if got.status != 0 || !strings.Contains(got.stderr, counts) || !strings.Contains(got.stdout, "1 passed") {
		t.Errorf("lts proxy: %d, %q, want 0 and %q; it printed\n%s", got.status, got.stderr, counts, got.stdout)
	}
	r := resultsIn(t, report)["traffic/groups/ListLogGroups"]
	if r.Outcome != conformance.Passed || len(r.Exchanges) != 1 {
		t.Errorf("ListLogGroups: %s with %d samples, want passed with the first one", r.Outcome, len(r.Exchanges))
	}
	if never := resultsIn(t, report)["traffic/groups/CreateLogGroup"]; never.Outcome != conformance.NotSupported {
		t.Errorf("what nobody called: %s, want not supported", never.Outcome)
	}
	checkHAR(t, har, 2, token)
}

// checkHAR reads an HTTP archive, counts its entries and looks for a secret.
func checkHAR(t *testing.T, file string, entries int, secret string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var archive struct {
		Log struct {
			Version string
			Entries []struct {
				Request  struct{ Method, URL string }
				Response struct{ Status int }
			}
		}
	}
	if err := json.Unmarshal(data, &archive); err != nil {
		t.Fatalf("the archive: %v\n%s", err, data)
	}
	if archive.Log.Version != "1.2" || len(archive.Log.Entries) != entries {
		t.Fatalf("the archive has version %q and %d entries, want 1.2 and %d", archive.Log.Version, len(archive.Log.Entries), entries)
	}
	if e := archive.Log.Entries[0]; e.Request.Method != http.MethodGet || !strings.HasSuffix(e.Request.URL, "/groups") || e.Response.Status != http.StatusOK {
		t.Errorf("the first entry is %+v, want the list of groups", e)
	}
	if strings.Contains(string(data), secret) {
		t.Error("the archive shows the token")
	}
}

func TestProxyOfTrafficThatBreaksTheContract(t *testing.T) {
	const groups = "/v2/" + embedded.DevProjectID + "/groups"
	for name, tt := range map[string]struct {
		args   []string
		status int // that clients get
		says   string
	}{
		"told":     {nil, http.StatusOK, "; 0 withheld;"},
		"enforced": {[]string{"--enforce"}, http.StatusBadGateway, "; 2 withheld;"},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			p := startProxy(t, misspelt(t, s), tt.args...)
			for range 2 {
				if got := p.status(t, http.MethodGet, groups, s.login(t)); got != tt.status {
					t.Errorf("through the proxy: %d, want %d", got, tt.status)
				}
			}
			got := p.end()
			if got.status != exitFailed || !strings.Contains(got.stderr, tt.says) {
				t.Errorf("lts proxy: %d, %q, want %d and %q", got.status, got.stderr, exitFailed, tt.says)
			}
			for _, want := range []string{"FAILED traffic/groups/ListLogGroups", "/logGroups: the document does not know this member", "curl "} {
				if !strings.Contains(got.stdout, want) {
					t.Errorf("the report has no %q:\n%s", want, got.stdout)
				}
			}
		})
	}
}

func TestProxyThatNobodyKnowsAnythingOf(t *testing.T) {
	t.Run("nobody asks", func(t *testing.T) {
		got := startProxy(t, unusedAddress(t)).end()
		if got.status != exitBroken || !strings.Contains(got.stderr, "nothing passed that could be checked") {
			t.Errorf("lts proxy: %d, %q, want %d and the reason", got.status, got.stderr, exitBroken)
		}
	})
	t.Run("the upstream is not there", func(t *testing.T) {
		p := startProxy(t, unusedAddress(t))
		if got := p.status(t, http.MethodGet, "/v3/projects", "none"); got != http.StatusBadGateway {
			t.Errorf("through the proxy: %d, want 502", got)
		}
		if got := p.end(); got.status != exitBroken || !strings.Contains(got.stderr, "1 connections the upstream did not take") {
			t.Errorf("lts proxy: %d, %q, want %d and the count", got.status, got.stderr, exitBroken)
		}
	})
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"no upstream":         {nil, "--upstream is missing"},
		"a path":              {[]string{"--upstream", "http://127.0.0.1:1/v2"}, "must not have a path"},
		"an unknown edition":  {[]string{"--upstream", "http://127.0.0.1:1", "--edition", "2023"}, "2022-08"},
		"an unknown report":   {[]string{"--upstream", "http://127.0.0.1:1", "--report", "pdf"}, "--report"},
		"an address nowhere":  {[]string{"--upstream", "http://127.0.0.1:1", "--listen", "nowhere"}, "--listen"},
		"an address in words": {[]string{"--upstream", "lts"}, "--upstream"},
	} {
		t.Run(name, func(t *testing.T) {
			got := runIt(t, append([]string{"proxy"}, tt.args...)...)
			if got.status != exitBroken || !strings.Contains(got.stderr, tt.says) {
				t.Errorf("lts proxy: %d, %q, want %d and %q", got.status, got.stderr, exitBroken, tt.says)
			}
		})
	}
}
