package conformance_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/conformance"
)

func lookup(name string) (string, bool) {
	value, set := map[string]string{"LTS_PASSWORD": "00123: #x", "EMPTY": ""}[name]
	return value, set
}

func TestReadTarget(t *testing.T) {
	got, err := conformance.ReadTarget(strings.NewReader(`
name: gateway
endpoints: {lts: http://127.0.0.1:1, iam: http://127.0.0.1:2}
account:
  domain: d
  user: u
  password: ${LTS_PASSWORD}
  project_id: "1"
features: [groups, quotas]
limits: {requests_per_second: 2.5, parallelism: 3, timeout: 5s}
waivers:
  - {id: w, scope: examples/*, reason: because, owner: me, since: 2026-01-01, expires: 2027-01-01, fails: ["status: it is 200"]}
`), lookup)
	if err != nil {
		t.Fatal(err)
	}
	want := conformance.Target{
		Name:      "gateway",
		Endpoints: conformance.Endpoints{LTS: "http://127.0.0.1:1", IAM: "http://127.0.0.1:2"},
		Account:   conformance.Account{Domain: "d", User: "u", Password: "00123: #x", ProjectID: "1"},
		Features:  []string{"groups", "quotas"},
		Limits:    conformance.Limits{RequestsPerSecond: 2.5, Parallelism: 3, Timeout: 5 * time.Second},
		Waivers: []conformance.Waiver{{
			ID: "w", Scope: "examples/*", Reason: "because", Owner: "me", Since: "2026-01-01", Expires: "2027-01-01", Fails: []string{"status: it is 200"},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ReadTarget (-want +got):\n%s", diff)
	}
}

func TestTargetsThatCannotBeRead(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"nothing":                    {"", "there is no target in it"},
		"no YAML":                    {"a: [", "did not find"},
		"a key that there is not":    {"name: a\nendpont: {}", "line 2: unknown key endpont: the keys here are account, bucket, endpoints"},
		"one further in":             {"account:\n  passwort: a", "line 2: unknown key account.passwort"},
		"one in a list":              {"waivers:\n- {idd: a}", "line 2: unknown key waivers.idd"},
		"a variable that is not set": {"name: a\naccount: {password: '${NOBODY_SETS_ME}'}", "line 2: the variable NOBODY_SETS_ME is not set"},
		"a variable that is empty":   {"name: ${EMPTY}", "line 1: the variable EMPTY is not set"},
		"a value of another type":    {"limits: {parallelism: many}", "many"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := conformance.ReadTarget(strings.NewReader(tt.text), lookup)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestReadTargetFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "target.yaml")
	if err := os.WriteFile(path, []byte("endpoints: {lts: http://127.0.0.1:1}"), 0o600); err != nil {
		t.Fatal(err)
	}
	target, err := conformance.ReadTargetFile(path)
	if err != nil || target.Name != "http://127.0.0.1:1" {
		t.Errorf("name %q, error %v; want the endpoint as the name", target.Name, err)
	}
	if _, err := conformance.ReadTargetFile(path + ".missing"); err == nil {
		t.Error("a file that is not there was read")
	}
}
