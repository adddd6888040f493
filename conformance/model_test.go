package conformance_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

// A failing history is told as a script, which fails at the server that the
// history failed at and at no other.
func TestScriptsShowTheProblemAgain(t *testing.T) {
	for _, name := range []string{"sh", "curl", "awk"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("no %s to run scripts with", name)
		}
	}
	for _, f := range stateFaults() {
		if !slices.Contains([]string{
			"a deleted stream is still there", "groups are listed as they were before the deletion", "a name cannot be used again",
			"an update of a transfer is swallowed", "an update of a logtank is swallowed", "records of even number are lost",
		}, f.name) {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			inner := startServer(t, openapi.Latest)
			faulty := listen(t, f.handler(inner))
			faulty.Limits.Parallelism = 1
			report, err := conformance.Run(t.Context(), faulty, conformance.Options{Only: []string{"model"}, Seed: 6})
			if err != nil {
				t.Fatal(err)
			}
			script := firstScript(report)
			if script == "" {
				t.Fatalf("no script; failed: %v", named(report, conformance.Failed))
			}
			good := listen(t, inner)
			if code, output := runScript(t, script, faulty); code != 1 || !strings.Contains(output, "WRONG") {
				t.Errorf("exit status %d at the faulty server, want 1:\n%s\n%s", code, output, script)
			}
			if code, output := runScript(t, script, good); code != 0 {
				t.Errorf("exit status %d at the reference server, want 0:\n%s\n%s", code, output, script)
			}
			if asks := strings.Count(script, "\nask "); asks > 12 {
				t.Errorf("%d steps, want few:\n%s", asks, script)
			}
		})
	}
}

func firstScript(report *conformance.Report) string {
	for _, result := range report.Results {
		for _, problem := range result.Problems {
			if problem.Script != "" {
				return problem.Script
			}
		}
	}
	return ""
}

// runScript runs a script against a target and returns its exit status.
func runScript(t *testing.T, script string, target conformance.Target) (int, string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "sh")
	command.Stdin = strings.NewReader(script)
	command.Env = append(os.Environ(), "TOKEN="+login(t, target), "LTS="+target.Endpoints.LTS)
	output, err := command.CombinedOutput()
	if command.ProcessState == nil {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), string(output)
}

// login gets a token for the project of a target.
func login(t *testing.T, target conformance.Target) string {
	t.Helper()
	a := target.Account
	body, err := json.Marshal(map[string]any{"auth": map[string]any{
		"identity": map[string]any{"methods": []string{"password"}, "password": map[string]any{"user": map[string]any{
			"name": a.User, "password": a.Password, "domain": map[string]any{"name": a.Domain},
		}}},
		"scope": map[string]any{"project": map[string]any{"id": a.ProjectID}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target.Endpoints.LTS+"/v3/auth/tokens", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	token := answer.Header.Get("X-Subject-Token")
	if token == "" {
		t.Fatalf("no token: status %d", answer.StatusCode)
	}
	return token
}

func TestHistoriesAreReproducible(t *testing.T) {
	operations := func(seed uint64) string {
		target := listen(t, startServer(t, openapi.Latest))
		report, err := conformance.Run(t.Context(), target, conformance.Options{Only: []string{"model/2", "model/12"}, Seed: seed, Histories: 12})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, result := range report.Results {
			b.WriteString(result.Name + ":")
			for _, exchange := range result.Exchanges {
				b.WriteString(" " + exchange.Operation)
			}
			b.WriteString("\n")
		}
		return b.String()
	}
	first := operations(3)
	if again := operations(3); again != first {
		t.Errorf("the same seed gives\n%s\nand\n%s", first, again)
	}
	if other := operations(4); other == first {
		t.Errorf("seeds 3 and 4 give the same:\n%s", first)
	}
	if !strings.Contains(first, "model/12:") {
		t.Errorf("no twelfth history:\n%s", first)
	}
}
