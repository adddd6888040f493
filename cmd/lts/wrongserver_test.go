package main

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/conformance"
)

const wrongServer = "../../examples/wrong-server"

// Every fault that the README of the wrong server names is found by the case
// that stands beside it, and for that fault.
func TestTheFaultsOfTheWrongServerAreFound(t *testing.T) {
	faults := []struct {
		name, found string // what is wrong, and the case that finds it
		where       string // of the problem
		got         string // beginning of what the problem shows
	}{
		{"the list of log groups does not ask who wants it", "auth/groups/ListLogGroups/no-credentials", "status", "200"},
		{"it gives times in seconds", "values/groups/times", "/creation_time", "1"},
		{"a log group may live for any number of days", "constraints/groups/CreateLogGroup/body.ttl_in_days/maximum/outside", "status", `"201`},
		{"two log groups may have the same name", "errors/LTS.0101/CreateLogGroup/400", "status", `"201`},
		{"what does not exist can be deleted", "examples/groups/DeleteLogGroup/400/unknown-group", "status", "204"},
	}
	readme, err := os.ReadFile(filepath.Join(wrongServer, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("WRONG_SERVER", startWrongServer(t))
	file := filepath.Join(t.TempDir(), "report.json")
	got := runIt(t, "conform", "--target", filepath.Join(wrongServer, "target.yaml"), "--report", "json="+file)
	if got.status != exitFailed {
		t.Fatalf("lts conform: %d, %s; want %d", got.status, got.stderr, exitFailed)
	}
	results := resultsIn(t, file)
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			if row := fault.name + " | `" + fault.found + "` |"; !strings.Contains(string(readme), row) {
				t.Errorf("the README has no row %q", row)
			}
			r := results[fault.found]
			if r.Outcome != conformance.Failed || !slices.ContainsFunc(r.Problems, func(p conformance.Problem) bool {
				return p.Where == fault.where && strings.HasPrefix(p.Got, fault.got)
			}) {
				t.Errorf("%s: %q with %+v, want a failure at %s with %s", fault.found, r.Outcome, r.Problems, fault.where, fault.got)
			}
		})
	}
}

// startWrongServer gives the address of the wrong server on a free port.
func startWrongServer(t *testing.T) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("the wrong server is a program for Node.js, which is not installed")
	}
	cmd := exec.CommandContext(t.Context(), node, filepath.Join(wrongServer, "server.mjs"))
	cmd.Env = append(os.Environ(), "PORT=0")
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // the context of the test has killed it
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !ok {
		t.Fatalf("the wrong server printed %q, want its address", line)
	}
	return address
}

// resultsIn reads the results of the only run of a report, by name.
func resultsIn(t *testing.T, file string) map[string]conformance.Result {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Runs []struct{ Results []conformance.Result }
	}
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	if len(document.Runs) != 1 {
		t.Fatalf("the report has %d runs, want 1", len(document.Runs))
	}
	byName := make(map[string]conformance.Result)
	for _, result := range document.Runs[0].Results {
		byName[result.Name] = result
	}
	return byName
}
