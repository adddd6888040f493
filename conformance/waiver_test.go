package conformance_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

// theFault makes one case fail: its answer has a member too many.
const theFault = createStream

// waived runs the case with the fault, and another one, under a waiver.
func waived(t *testing.T, waiver conformance.Waiver, faultyServer bool, only ...string) *conformance.Report {
	t.Helper()
	handler := &faulty{inner: startServer(t, openapi.Latest)}
	if faultyServer {
		surprise := set("surprise", true)
		handler.response = func(r *http.Request, a *answer) {
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/streams") && a.status == http.StatusCreated {
				surprise(a)
			}
		}
	}
	target := listen(t, handler)
	target.Waivers = []conformance.Waiver{waiver}
	report, err := conformance.Run(t.Context(), target, conformance.Options{Only: only})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestWaivers(t *testing.T) {
	good := func(change func(*conformance.Waiver)) conformance.Waiver {
		w := conformance.Waiver{
			ID: "surprise", Scope: theFault, Reason: "an old client reads it", Owner: "the team", Since: "2026-01-01", Expires: "9999-12-31",
			Fails: []string{"/surprise: the document does not know this member"},
		}
		change(&w)
		return w
	}
	for name, tt := range map[string]struct {
		waiver  conformance.Waiver
		correct bool // the server
		only    []string
		outcome conformance.Outcome // of the case
		verdict conformance.Outcome // of the waiver
		says    string              // about the waiver
		exit    int
	}{
		"it still fails so": {
			waiver: good(func(*conformance.Waiver) {}), only: []string{theFault, listStreams},
			outcome: conformance.Waived, verdict: conformance.Passed, exit: 0,
		},
		"it passes": {
			waiver: good(func(*conformance.Waiver) {}), correct: true, only: []string{theFault},
			outcome: conformance.Passed, verdict: conformance.Failed, says: "passes", exit: 1,
		},
		"it fails otherwise": {
			waiver: good(func(w *conformance.Waiver) { w.Fails = []string{"status: the example has 201"} }), only: []string{theFault},
			outcome: conformance.Failed, verdict: conformance.Failed, says: "/surprise: the document does not know this member", exit: 1,
		},
		"it does not fail in one of the ways": {
			waiver: good(func(w *conformance.Waiver) { w.Fails = append(w.Fails, "status: the example has 201") }), only: []string{theFault, listStreams},
			outcome: conformance.Waived, verdict: conformance.Failed, says: "status: the example has 201", exit: 1,
		},
		"it has expired": {
			waiver: good(func(w *conformance.Waiver) { w.Expires = "2026-01-02" }), only: []string{theFault},
			outcome: conformance.Failed, verdict: conformance.Failed, says: "2026-01-02", exit: 1,
		},
		"it has not begun": {
			waiver: good(func(w *conformance.Waiver) { w.Since = "9999-12-30" }), only: []string{theFault},
			outcome: conformance.Failed, verdict: conformance.Failed, says: "9999-12-30", exit: 1,
		},
		"it matches nothing": {
			waiver: good(func(w *conformance.Waiver) { w.Scope = "examples/nothing" }), only: []string{theFault},
			outcome: conformance.Failed, verdict: conformance.Failed, says: "examples/nothing", exit: 1,
		},
		"its case is not selected": {
			waiver: good(func(*conformance.Waiver) {}), only: []string{listStreams},
			verdict: conformance.NotSupported, says: "none of its cases was asked", exit: 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			report := waived(t, tt.waiver, !tt.correct, tt.only...)
			if tt.outcome != "" {
				if got := resultOf(t, report, theFault); got.Outcome != tt.outcome {
					t.Errorf("the case %s, want %s: %v", got.Outcome, tt.outcome, got.Problems)
				}
			}
			verdict := resultOf(t, report, "waivers/surprise")
			said := verdict.Reason
			for _, problem := range verdict.Problems {
				said += problem.String()
			}
			if verdict.Outcome != tt.verdict || !strings.Contains(said, tt.says) {
				t.Errorf("the waiver %s %q, want %s with %q", verdict.Outcome, said, tt.verdict, tt.says)
			}
			if got := report.ExitStatus(); got != tt.exit {
				t.Errorf("exit status %d, want %d", got, tt.exit)
			}
		})
	}
}

func TestWaiversThatAreIncomplete(t *testing.T) {
	target := listen(t, startServer(t, openapi.Latest))
	target.Waivers = []conformance.Waiver{{ID: "a", Since: "yesterday"}, {ID: "a"}}
	err := target.Check()
	if err == nil {
		t.Fatal("incomplete waivers are accepted")
	}
	for _, want := range []string{
		`waiver "a": scope is missing`, `waiver "a": reason is missing`, `waiver "a": owner is missing`, `waiver "a": fails is missing`,
		`since must be a day such as 2026-11-22, not "yesterday"`, `expires must be a day`, `two waivers have the id "a"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
}
