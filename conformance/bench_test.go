package conformance_test

import (
	"testing"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

// BenchmarkRun measures runs against the embedded server, each from the start of
// the server to its end. Where a figure has a goal, its unit says so.
func BenchmarkRun(b *testing.B) {
	for _, bench := range []struct {
		name string
		only []string
		unit string
	}{
		{"examples", []string{"examples"}, "s/run(goal:1)"},
		{"everything", nil, "s/run(goal:5)"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			checks := 0
			for b.Loop() {
				report, err := conformance.Run(b.Context(), listen(b, startServer(b, openapi.Latest)), conformance.Options{Only: bench.only})
				if err != nil {
					b.Fatal(err)
				}
				if report.ExitStatus() != 0 {
					b.Fatalf("failed %v, could not run %v", named(report, conformance.Failed), named(report, conformance.CouldNotRun))
				}
				checks += report.Checks()
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), bench.unit)
			b.ReportMetric(float64(checks)/b.Elapsed().Seconds(), "checks/s(goal:2000)")
			b.ReportMetric(0, "ns/op")
		})
	}
}
