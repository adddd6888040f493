package conformance

import (
	"fmt"
	"testing"
)

// recorder is a test that notes how it ends.
type recorder struct {
	testing.TB
	failed, skipped, logged string
}

func (r *recorder) Helper()                           {}
func (r *recorder) Logf(format string, args ...any)   { r.logged += fmt.Sprintf(format, args...) + "\n" }
func (r *recorder) Errorf(format string, args ...any) { r.failed = fmt.Sprintf(format, args...) }
func (r *recorder) Skipf(format string, args ...any)  { r.skipped = fmt.Sprintf(format, args...) }

func TestResultsAsTests(t *testing.T) {
	for name, tt := range map[string]struct {
		result          Result
		failed, skipped string
	}{
		"passed": {result: Result{Outcome: Passed}},
		"failed": {
			result: Result{Case: Case{Sources: []string{"2024-03 table 5-1"}}, Outcome: Failed, Problems: []Problem{{Level: Must, Exchange: -1}}},
			failed: "the contract is broken; it says so in 2024-03 table 5-1",
		},
		"could not run": {result: Result{Outcome: CouldNotRun, Reason: "EOF"}, failed: "could not run: EOF"},
		"waived":        {result: Result{Outcome: Waived, Reason: "known"}, skipped: "waived: known"},
		"not supported": {result: Result{Outcome: NotSupported, Reason: "no faults"}, skipped: "not supported: no faults"},
	} {
		t.Run(name, func(t *testing.T) {
			var r recorder
			tt.result.tell(&r)
			if r.failed != tt.failed || r.skipped != tt.skipped {
				t.Errorf("failed %q, skipped %q; want %q, %q", r.failed, r.skipped, tt.failed, tt.skipped)
			}
		})
	}
}

// A history is shown again by its script, and not by its last request alone.
func TestScriptIsTold(t *testing.T) {
	var r recorder
	Result{Outcome: Failed, Exchanges: []*Exchange{{Method: "GET"}}, Problems: []Problem{{Level: Must, Where: "status", Rule: "it is 200", Got: "404", Script: "client0\n"}}}.tell(&r)
	if want := "must status: it is 200; got 404\nscript:\nclient0\n\n"; r.logged != want {
		t.Errorf("logged %q, want %q", r.logged, want)
	}
}

func TestCaseWithoutComparisonFails(t *testing.T) {
	for name, tt := range map[string]struct {
		result Result
		want   Outcome
	}{
		"nothing was compared":               {Result{}, Failed},
		"something was compared":             {Result{Checks: 1}, Passed},
		"a problem":                          {Result{Checks: 1, Problems: []Problem{{Level: Must}}}, Failed},
		"a matter of wording":                {Result{Checks: 1, Problems: []Problem{{Level: Should}}}, Passed},
		"a problem, then the connection cut": {Result{Checks: 1, Problems: []Problem{{Level: Must}}, Outcome: CouldNotRun}, Failed},
		"the connection cut":                 {Result{Outcome: CouldNotRun}, CouldNotRun},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.result.Settle(); tt.result.Outcome != tt.want {
				t.Errorf("%s, want %s", tt.result.Outcome, tt.want)
			}
		})
	}
}

func TestPatterns(t *testing.T) {
	const name = "examples/groups/CreateLogGroup/400/invalid-body"
	for pattern, want := range map[string]bool{
		"examples":                             true,
		"examples/groups":                      true,
		"examples/*/CreateLogGroup":            true,
		"*/*/*/4??":                            true,
		name:                                   true,
		"examples/*/CreateLogGroup/*/invalid*": true,
		"example":                              false,
		"groups":                               false,
		"examples/streams":                     false,
		name + "/more":                         false,
		"":                                     false,
		"[":                                    false,
	} {
		if got := matches(pattern, name); got != want {
			t.Errorf("matches(%q) = %t, want %t", pattern, got, want)
		}
	}
}
