package conformance

import (
	"strings"
	"testing"
)

// Test runs the cases of the latest edition against a target, inside the tests
// of an implementation: each case is a subtest, which fails, or is skipped with
// the reason. [TestWith] runs other cases.
func Test(t *testing.T, target Target) {
	t.Helper()
	TestWith(t, target, Options{})
}

// TestWith is [Test] with options.
func TestWith(t *testing.T, target Target, options Options) {
	t.Helper()
	report, err := Run(t.Context(), target, options)
	if err != nil {
		t.Fatal(err)
	}
	report.Tell(t)
	if t.Failed() {
		t.Logf("again with the same choices: seed %d", report.Seed)
	}
}

// Tell makes the cases of a report subtests.
func (r *Report) Tell(t *testing.T) {
	t.Helper()
	if r.Count(Passed)+r.Count(Failed) == 0 {
		t.Error("no case asked anything")
	}
	if r.LeftBehind != "" {
		t.Logf("left behind: %s", r.LeftBehind)
	}
	for _, result := range r.Results {
		t.Run(result.Name, func(t *testing.T) { result.tell(t) })
	}
}

// tell makes a result that of a test.
func (r Result) tell(t testing.TB) {
	t.Helper()
	for _, problem := range r.Problems {
		t.Logf("%s %s", problem.Level, problem)
		switch {
		case problem.Script != "":
			t.Logf("script:\n%s", problem.Script)
		case problem.Exchange >= 0 && problem.Exchange < len(r.Exchanges):
			t.Logf("again: %s", r.Exchanges[problem.Exchange].Curl())
		}
	}
	switch r.Outcome {
	case Failed:
		t.Errorf("the contract is broken; it says so in %s", strings.Join(r.Sources, ", "))
	case CouldNotRun:
		t.Errorf("could not run: %s", r.Reason)
	case Waived, NotSupported:
		t.Skipf("%s: %s", r.Outcome, r.Reason)
	case Passed:
	}
}
