package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

// What the embedded server can show, its target declares.
func TestTheEmbeddedTargetDeclaresAllThatItHas(t *testing.T) {
	got := runIt(t, "conform", "--dry-run", "--edition", allEditions)
	if got.status != 0 || strings.Count(got.stdout, " cases would run") != len(openapi.Editions()) {
		t.Fatalf("lts conform --dry-run: %d, %s", got.status, got.stderr)
	}
	for line := range strings.Lines(got.stdout) {
		if strings.Contains(line, "the target") {
			t.Errorf("not declared: %s", line)
		}
	}
}

// What the target of lts serve declares beside the server itself is there when
// it is started as the file says.
func TestTheTargetOfServeWithItsDoors(t *testing.T) {
	t.Setenv("LTS_TOKEN_KEY", strings.Repeat("k", 32))
	data, err := os.ReadFile(filepath.Join("..", "..", "examples", "targets", "lts-serve-doors.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	target := string(data)
	var s *running
	for address, args := range map[string][]string{
		"127.0.0.1:8080": {"--faults"},
		"127.0.0.1:8081": {"--rate-limit-requests", "0.02"},
		"127.0.0.1:8082": {"--timeouts-request", "100ms"},
	} {
		one := start(t, args...)
		if !strings.Contains(target, strings.Join(args, " ")) || !strings.Contains(target, ": http://"+address) {
			t.Errorf("the file does not start a server at %s with %q", address, args)
		}
		target = strings.Replace(target, "http://"+address, one.url, 1)
		if args[0] == "--faults" {
			s = one
		}
	}
	if err := os.Mkdir(filepath.Join(s.data, "buckets", "lts-forbidden"), 0o500); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "target.yaml")
	if err := os.WriteFile(file, []byte(target), 0o600); err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(t.TempDir(), "report.json")
	got := runIt(t, "conform", "--target", file, "--only", "errors/APIGW.0308,errors/408,errors/LTS.0018", "--report", "json="+report)
	if got.status != 0 {
		t.Fatalf("lts conform: %d, %s\n%s", got.status, got.stderr, got.stdout)
	}
	results := resultsIn(t, report)
	for _, name := range []string{
		"errors/APIGW.0308/ListLogGroups/429", "errors/APIGW.0308/CreateToken/429", "errors/408/CreateLogGroup", "errors/LTS.0018/CreateOBSTransfer/403",
	} {
		if r := results[name]; r.Outcome != conformance.Passed {
			t.Errorf("%s: %q %s, want passed", name, r.Outcome, r.Reason)
		}
	}
}
