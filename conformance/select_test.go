package conformance_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

func TestListSelects(t *testing.T) {
	all, err := conformance.List(conformance.Options{})
	if err != nil {
		t.Fatal(err)
	}
	some, err := conformance.List(conformance.Options{Only: []string{"examples/groups", listStreams}, Skip: []string{"examples/*/*/500"}})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, c := range all {
		if (strings.HasPrefix(c.Name, "examples/groups/") || c.Name == listStreams) && !strings.Contains(c.Name, "/500/") {
			want = append(want, c.Name)
		}
	}
	var got []string
	for _, c := range some {
		got = append(got, c.Name)
	}
	if !slices.Equal(got, want) || len(want) < 10 {
		t.Errorf("selected %v, want %v", got, want)
	}
}

func TestPatternThatSelectsNothing(t *testing.T) {
	for name, options := range map[string]conformance.Options{
		"only":       {Only: []string{"examples", "nothing"}},
		"skip":       {Skip: []string{"nothing"}},
		"everything": {Skip: []string{"*"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := conformance.List(options); err == nil || !strings.Contains(err.Error(), "pattern") {
				t.Errorf("error %v, want one about the pattern", err)
			}
		})
	}
}

func TestDryRunSendsNothing(t *testing.T) {
	target := listen(t, nil)
	target.Endpoints.LTS = "http://127.0.0.1:1"
	target.FaultHeader = ""
	results, err := conformance.DryRun(target, conformance.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range results {
		faults := slices.Contains(result.Requires, "faults")
		if faults != (result.Outcome == conformance.NotSupported) && result.Example != "" {
			t.Errorf("%s requires %v: %q", result.Name, result.Requires, result.Outcome)
		}
	}
}

// What no target can be asked is known before, and with the same words.
func TestDryRunForeseesWhatIsNotSupported(t *testing.T) {
	target := listen(t, startServer(t, openapi.Latest))
	options := conformance.Options{Only: []string{"errors/408", "errors/LTS.0001", "errors/LTS.0202", "constraints/logs/ListLogs"}}
	report, err := conformance.Run(t.Context(), target, options)
	if err != nil {
		t.Fatal(err)
	}
	foreseen, err := conformance.DryRun(target, options)
	if err != nil {
		t.Fatal(err)
	}
	if n := report.Count(conformance.NotSupported); n < 40 {
		t.Errorf("%d cases are not supported, which is too few to compare", n)
	}
	for i, result := range report.Results {
		if result.Outcome == conformance.NotSupported && (foreseen[i].Name != result.Name || foreseen[i].Reason != result.Reason) {
			t.Errorf("%s: %s; foreseen was %s: %q", result.Name, result.Reason, foreseen[i].Name, foreseen[i].Reason)
		}
	}
}

// What is chosen at random, the order of the cases, and how many of them run at
// the same time must not matter.
func TestOrderDoesNotMatter(t *testing.T) {
	target := listen(t, startServer(t, openapi.Latest))
	var names []string
	for _, parallelism := range []int{1, 8, 32} {
		target.Limits.Parallelism = parallelism
		report, err := conformance.Run(t.Context(), target, conformance.Options{Shuffle: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := report.ExitStatus(); got != 0 {
			t.Errorf("seed %d: failed %v, could not run %v", report.Seed, named(report, conformance.Failed), named(report, conformance.CouldNotRun))
		}
		var order []string
		for _, result := range report.Results {
			order = append(order, result.Name)
		}
		if names != nil && !slices.Equal(names, order) {
			t.Error("the results are in another order than before")
		}
		names = order
	}
}

func TestCleanupDeletesWhatAKilledRunLeft(t *testing.T) {
	inner := startServer(t, openapi.Latest)
	target := listen(t, &faulty{inner: inner, request: func(r *http.Request) {
		if r.Method == "DELETE" {
			r.URL.Path = "/nowhere"
		}
	}})
	report, err := conformance.Run(t.Context(), target, conformance.Options{Only: []string{listStreams, createDump, createTank}})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(report.LeftBehind, "DeleteLogGroup") {
		t.Errorf("left behind %q, want what could not be deleted", report.LeftBehind)
	}
	for _, want := range []int{4, 0} { // two groups, a transfer, a logtank
		removed, err := conformance.Cleanup(t.Context(), listen(t, inner), openapi.Latest)
		if err != nil || len(removed) != want {
			t.Errorf("removed %v, error %v; want %d", removed, err, want)
		}
	}
}
