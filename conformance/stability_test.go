package conformance_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server/embedded"
)

// Variables of `make stability`: how many runs, and the seed of the first.
const (
	stabilityRuns = "STABILITY_RUNS"
	stabilitySeed = "STABILITY_SEED"
)

// Whatever the seed, the order and the number of cases at a time, and whatever
// ran before on the same server: what keeps the contract passes. The first run
// that says otherwise ends the test.
func TestSeedsOrderAndParallelismChangeNothing(t *testing.T) {
	runs, first := numberIn(t, stabilityRuns, 3), numberIn(t, stabilitySeed, 1)
	lasting := make(map[string]*embedded.Server) // by edition
	for i := range runs {
		editions := openapi.Editions()
		edition, seed := editions[i%uint64(len(editions))], first+i
		if lasting[edition] == nil {
			lasting[edition] = startServer(t, edition)
		}
		passed := t.Run(fmt.Sprintf("run %d of %d", i+1, runs), func(t *testing.T) {
			s := lasting[edition]
			if i%4 == 3 {
				s = startServer(t, edition) // with nothing on it, as that of `lts conform`
			}
			runShuffled(t, s, edition, seed)
		})
		if !passed {
			return
		}
	}
}

// runShuffled runs the suite as a seed says, and fails with the first false
// alarms.
func runShuffled(t *testing.T, s *embedded.Server, edition string, seed uint64) {
	t.Helper()
	target := listen(t, s)
	target.Account.ExpiredToken = expiredToken(t, s)
	doorsOf(t, s).listen(t, &target)
	target.Limits.Parallelism = int(7*seed%16) + 1
	target.Limits.Timeout = time.Minute // a busy machine is no finding
	again := fmt.Sprintf("lts conform --edition %s --shuffle --seed %d --parallel %d", edition, seed, target.Limits.Parallelism)
	report, err := conformance.Run(t.Context(), target, conformance.Options{Edition: edition, Seed: seed, Shuffle: true})
	if err != nil {
		t.Fatalf("%s: %v", again, err)
	}
	if alarms := falseAlarms(report); len(alarms) > 0 {
		t.Fatalf("see it again with: %s\n%s", again, strings.Join(alarms, "\n"))
	}
	t.Logf("%d passed in %s: %s", report.Count(conformance.Passed), report.Took.Round(time.Millisecond), again)
}

// numberIn reads a number from a variable of the environment.
func numberIn(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n == 0 {
		t.Fatalf("%s: %q is no number from 1", name, text)
	}
	return n
}

// falseAlarms lists what a report says against a server that keeps the
// contract, wording included.
func falseAlarms(report *conformance.Report) []string {
	var alarms []string
	for _, r := range report.Results {
		if r.Outcome == conformance.Failed || r.Outcome == conformance.CouldNotRun || len(r.Problems) > 0 {
			alarms = append(alarms, fmt.Sprintf("%s: %s %s %v", r.Name, r.Outcome, r.Reason, r.Problems))
		}
	}
	if report.LeftBehind != "" {
		alarms = append(alarms, "left behind: "+report.LeftBehind)
	}
	return alarms
}

func TestAFalseAlarmIsSeen(t *testing.T) {
	for name, report := range map[string]*conformance.Report{
		"a failure":       {Results: []conformance.Result{{Outcome: conformance.Failed}}},
		"no answer":       {Results: []conformance.Result{{Outcome: conformance.CouldNotRun}}},
		"another wording": {Results: []conformance.Result{{Outcome: conformance.Passed, Problems: []conformance.Problem{{Level: conformance.Should}}}}},
		"something left":  {LeftBehind: "a group"},
	} {
		t.Run(name, func(t *testing.T) {
			if len(falseAlarms(report)) != 1 {
				t.Error("it is no alarm")
			}
		})
	}
}
