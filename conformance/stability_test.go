package conformance_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

// Whatever the seed, the order and the number of cases at a time, and whatever
// ran before on the same server: what keeps the contract passes.
func TestSeedsOrderAndParallelismChangeNothing(t *testing.T) {
	inner := startServer(t, openapi.Latest)
	for i, parallelism := range []int{1, 8, 32} {
		t.Run(fmt.Sprintf("%d cases at a time", parallelism), func(t *testing.T) {
			target := listen(t, inner)
			target.Features = append(slices.Clone(built), conformance.FeatureQuotas)
			target.Limits.Parallelism = parallelism
			target.Limits.Timeout = time.Minute // a busy machine is no finding
			report, err := conformance.Run(t.Context(), target, conformance.Options{Seed: uint64(i) + 1, Shuffle: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, result := range report.Results {
				if result.Outcome == conformance.Failed || result.Outcome == conformance.CouldNotRun {
					t.Errorf("%s: %s %s %v", result.Name, result.Outcome, result.Reason, result.Problems)
				}
			}
			if report.LeftBehind != "" {
				t.Errorf("left behind: %s", report.LeftBehind)
			}
		})
	}
}
