package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/conformance"
)

// simpleClient names the variable that makes the test program a client: one that
// gets a token, lists the groups and gives up at the first error.
const simpleClient = "LTSKIT_TEST_SIMPLE_CLIENT"

// beSimpleClient gives the exit status of that client.
func beSimpleClient() int {
	if err := listGroups(os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// listGroups is what a simple client does.
func listGroups(env func(string) string) error {
	body, err := json.Marshal(map[string]any{"auth": map[string]any{
		"identity": map[string]any{"methods": []string{"password"}, "password": map[string]any{"user": map[string]any{
			"name": env("LTS_USER"), "password": env("LTS_PASSWORD"), "domain": map[string]any{"name": env("LTS_DOMAIN")},
		}}},
		"scope": map[string]any{"project": map[string]any{"id": env("LTS_PROJECT_ID")}},
	}})
	if err != nil {
		return err
	}
	answer, err := call(env, http.MethodPost, "/v3/auth/tokens", "", body)
	if err != nil {
		return err
	}
	_, err = call(env, http.MethodGet, "/v2/"+env("LTS_PROJECT_ID")+"/groups", answer.Get("X-Subject-Token"), nil)
	return err
}

func call(env func(string) string, method, path, token string, body []byte) (http.Header, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, env("LTS_ENDPOINT")+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if token != "" {
		r.Header.Set("X-Auth-Token", token)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode > 299 {
		return nil, fmt.Errorf("%s %s: %s", method, path, answer.Status)
	}
	return answer.Header, nil
}

func TestConformOfAClientProgram(t *testing.T) {
	t.Setenv(simpleClient, "1")
	got := runIt(t, "conform", "--client", "--report", "json",
		"--only", "client/ListLogGroups/documented,client/ListLogGroups/unknown-status,client/ListLogGroups/throttled,client/DeleteLogGroup/documented",
		"--", os.Args[0])
	if got.status != exitFailed {
		t.Fatalf("lts conform --client: %d, %q, want %d", got.status, got.stderr, exitFailed)
	}
	var written struct {
		Runs []conformance.Report `json:"runs"`
	}
	if err := json.Unmarshal([]byte(got.stdout), &written); err != nil || len(written.Runs) != 1 {
		t.Fatalf("the report: %v\n%s", err, got.stdout)
	}
	want := map[string]conformance.Outcome{
		"client/ListLogGroups/documented":     conformance.Passed,
		"client/ListLogGroups/unknown-status": conformance.Passed,
		"client/ListLogGroups/throttled":      conformance.Failed,
		"client/DeleteLogGroup/documented":    conformance.NotSupported,
	}
	for _, result := range written.Runs[0].Results {
		if result.Outcome != want[result.Name] {
			t.Errorf("%s: %s %v, want %s", result.Name, result.Outcome, result.Problems, want[result.Name])
		}
		delete(want, result.Name)
	}
	for name := range want {
		t.Errorf("no result of %s", name)
	}
}

// A waiver of a client counts as one of a server does: while the case fails so,
// and no longer.
func TestConformOfAClientWithWaivers(t *testing.T) {
	t.Setenv(simpleClient, "1")
	const repeats = "requests: it repeats the request"
	for name, tt := range map[string]struct {
		only, scope, fails string
		status             int
		says               string
	}{
		"it still fails so":     {"client/ListLogGroups/throttled", "client/ListLogGroups/throttled", "", 0, "1 waived"},
		"it passes":             {"client/ListLogGroups/documented", "client/ListLogGroups/documented", repeats, exitFailed, "the case still fails"},
		"it fails otherwise":    {"client/ListLogGroups/throttled", "client/ListLogGroups/throttled", repeats, exitFailed, "the case fails as before"},
		"it is about nothing":   {"client/ListLogGroups/documented", "client/Nothing", repeats, exitFailed, "its scope selects a case"},
		"it is about no server": {"client/ListLogGroups/documented", "examples", repeats, exitFailed, "its scope selects a case"},
	} {
		t.Run(name, func(t *testing.T) {
			fails := []string{tt.fails}
			if tt.fails == "" {
				fails = problemsOfSimpleClient(t, tt.only)
			}
			got := runIt(t, "conform", "--client", "--only", tt.only, "--only", "client/ListLogGroups/documented", "--client-waivers", waiversFile(t, tt.scope, fails), "--", os.Args[0])
			if got.status != tt.status || !strings.Contains(got.stdout, tt.says) {
				t.Errorf("lts conform --client: %d, %q, want %d and %q:\n%s", got.status, got.stderr, tt.status, tt.says, got.stdout)
			}
		})
	}
}

// problemsOfSimpleClient gives the keys of the problems that the simple client
// has in a case.
func problemsOfSimpleClient(t *testing.T, name string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	runIt(t, "conform", "--client", "--only", name, "--report", "json="+file, "--", os.Args[0])
	var keys []string
	for _, p := range resultsIn(t, file)[name].Problems {
		keys = append(keys, p.Key())
	}
	return keys
}

func waiversFile(t *testing.T, scope string, fails []string) string {
	t.Helper()
	quoted, err := json.Marshal(fails) // is YAML
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "waivers.yaml")
	text := fmt.Sprintf("waivers:\n  - {id: known, scope: %s, reason: old, owner: team, since: 2026-01-01, expires: 9999-12-31, fails: %s}\n", scope, quoted)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestConformOfAClientThatSomebodyStarts(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var stdout, stderr buffer
	status := make(chan int)
	go func() {
		status <- run(ctx, []string{"conform", "--client", "--only", "client/ListLogGroups"}, &stdout, &stderr)
	}()
	printed := regexp.MustCompile(`(?s)  documented +(\S+)\n.*project \S+ \(ID (\S+)\)\n.*user (\S+) of the domain (\S+), password (\S+)\n`)
	var found []string
	for found == nil {
		select {
		case got := <-status:
			t.Fatalf("it ended with %d: %s", got, stderr.String())
		case <-time.After(10 * time.Millisecond):
			found = printed.FindStringSubmatch(stderr.String())
		}
	}
	env := map[string]string{"LTS_ENDPOINT": found[1], "LTS_PROJECT_ID": found[2], "LTS_USER": found[3], "LTS_DOMAIN": found[4], "LTS_PASSWORD": found[5]}
	if err := listGroups(func(name string) string { return env[name] }); err != nil {
		t.Error(err)
	}
	stop()
	if got := <-status; got != 0 {
		t.Errorf("exit status %d, want 0: %s", got, stderr.String())
	}
	for _, want := range []string{"1 passed", "nobody called the operation in this scenario"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("the report has no %q:\n%s", want, stdout.String())
		}
	}
}

func TestConformListsTheCasesOfAClient(t *testing.T) {
	got := runIt(t, "conform", "--client", "--list", "--only", "client/DeleteLogGroup")
	if got.status != 0 || !strings.HasPrefix(got.stdout, "client/DeleteLogGroup/documented\n") {
		t.Errorf("lts conform --client --list: %d, %q, %q", got.status, got.stdout, got.stderr)
	}
}

func TestConformRefusesFlagsThatContradictAClient(t *testing.T) {
	for name, tt := range map[string]struct {
		arguments []string
		says      string
	}{
		"a flag about a server":      {[]string{"--client", "--endpoint", "http://127.0.0.1:1"}, "--endpoint: is about a server"},
		"a flag about a client":      {[]string{"--client-auth", "key"}, "--client-auth: is about a client"},
		"an unknown way to call":     {[]string{"--client", "--client-auth", "magic"}, `"magic"`},
		"all editions":               {[]string{"--client", "--edition", "all"}, "--edition: "},
		"a pattern without cases":    {[]string{"--client", "--only", "client/Nothing"}, `the pattern "client/Nothing" selects no case`},
		"waivers that are not there": {[]string{"--client", "--client-waivers", "nowhere.yaml"}, "--client-waivers: "},
		"waivers of a server":        {[]string{"--client-waivers", "x.yaml"}, "--client-waivers: is about a client"},
		"an address that is none":    {[]string{"--client", "--client-listen", "nowhere"}, "address: "},
	} {
		t.Run(name, func(t *testing.T) {
			got := runIt(t, append([]string{"conform"}, tt.arguments...)...)
			if got.status != exitBroken || !strings.Contains(got.stderr, tt.says) {
				t.Errorf("status %d, %q, want %d and %q", got.status, got.stderr, exitBroken, tt.says)
			}
		})
	}
}
