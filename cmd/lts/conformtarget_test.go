package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/conformance"
)

// The file for lts serve is right for it, wherever it listens.
func TestTheTargetOfServe(t *testing.T) {
	file := filepath.Join("..", "..", "examples", "targets", "lts-serve.yaml")
	s := start(t, "--faults")
	report := filepath.Join(t.TempDir(), "report.json")
	got := runIt(t, "conform", "--target", file, "--endpoint", s.url, "--only", "examples", "--parallel", "3", "--report", "json="+report)
	if got.status != 0 {
		t.Fatalf("lts conform: %d, %s\n%s", got.status, got.stderr, got.stdout)
	}
	for name, result := range resultsIn(t, report) {
		if result.Outcome != conformance.Passed {
			t.Errorf("%s: %q %s, want passed", name, result.Outcome, result.Reason)
		}
	}
}

// What flags say is not what the file says.
func TestFlagsOverrideTheTarget(t *testing.T) {
	file := filepath.Join(t.TempDir(), "target.yaml")
	data := "name: mine\nendpoints: {lts: 'http://127.0.0.1:1'}\naccount: {project: p, project_id: one, other_project_id: two, token: t, other_token: u}\nfeatures: [groups]\n"
	if err := os.WriteFile(file, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	list := func(args ...string) string {
		got := runIt(t, append([]string{"conform", "--target", file, "--dry-run"}, args...)...)
		if got.status != 0 {
			t.Fatalf("lts conform %q: %d, %s", args, got.status, got.stderr)
		}
		return got.stdout
	}
	if lacks := "does not declare the feature streams"; !strings.Contains(list(), lacks) || strings.Contains(list("--features", "groups,streams"), lacks) {
		t.Errorf("--features does not override those of the file")
	}
	for args, want := range map[string]string{
		"--endpoint=nowhere":       "Endpoints.LTS",
		"--features=grups":         "groups",
		"--other-project-id=":      "Account.OtherProjectID",
		"--access-key=a":           "Account.SecretKey",
		"--rate=-1":                "Limits.RequestsPerSecond",
		"--parallel=-3":            "Limits.Parallelism",
		"--target=" + file + ".no": "--target",
	} {
		got := runIt(t, "conform", "--target", file, "--dry-run", args)
		if got.status != 2 || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %d, %s, want 2 and %q", args, got.status, got.stderr, want)
		}
	}
}
