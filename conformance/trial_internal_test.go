package conformance

import (
	"strings"
	"testing"
)

// A case that panics, as over an answer that nobody thought of, ends itself and
// not the run.
func TestACasePanics(t *testing.T) {
	surprised := func(elements ...string) {
		_ = elements[0] // line 12
	}
	for name, run := range map[string]func(*trial){
		"itself":         func(*trial) { surprised() },
		"in its clients": func(t *trial) { t.clients(2, func(int) { surprised() }) },
	} {
		t.Run(name, func(t *testing.T) {
			s := &session{target: Target{Features: []string{"groups"}}, answers: newAnswers(), secrets: newSecrets(Account{})}
			result := s.try(t.Context(), testCase{name: "a/b", tag: "groups", run: run})
			if result.Outcome != CouldNotRun || !strings.Contains(result.Reason, "index out of range") || !strings.Contains(result.Reason, "trial_internal_test.go:12") {
				t.Errorf("%s %s, want could not run, with why and where", result.Outcome, result.Reason)
			}
		})
	}
}
