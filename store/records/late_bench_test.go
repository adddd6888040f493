package records_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/records"
)

// BenchmarkAppendLate appends batches of records that are older than what is
// there, in several places. A batch of ten times the size shall not cost more
// per record.
func BenchmarkAppendLate(b *testing.B) {
	const stored = 100_000
	places := []struct {
		name  string
		batch func(g *generator, batch, n int) []lts.NewRecord
	}{
		{"before all blocks", func(g *generator, batch, n int) []lts.NewRecord {
			return g.lateBatch(g.start-int64(batch+1)*int64(n)*1000, 1000, n)
		}},
		{"within one block", func(g *generator, batch, n int) []lts.NewRecord {
			return g.lateBatch(g.start+int64(batch+1)*1_000_000, 100, n)
		}},
		{"over all blocks", func(g *generator, batch, n int) []lts.NewRecord {
			return g.lateBatch(g.start+int64(batch), (g.clock-g.start)/int64(n), n)
		}},
		{"among the newest rows", func(g *generator, batch, n int) []lts.NewRecord {
			return g.lateBatch(g.clock-int64(batch%500+1)*1_000_000, 100, n)
		}},
	}
	for _, place := range places {
		for _, n := range []int{1, 100, 1000, 10_000} {
			b.Run(fmt.Sprintf("%s/%d", place.name, n), func(b *testing.B) {
				s := open(b, b.TempDir(), records.Options{Sealers: -1})
				defer closeStore(b, s)
				g := newGenerator(1)
				for g.number < stored {
					g.append(b, s, "stream", 1000)
					seal(b, s)
				}
				batch := 0
				for b.Loop() {
					late := place.batch(g, batch, n)
					if err := s.Append(context.Background(), "stream", hostLabels, late); err != nil {
						b.Fatalf("Append: %v", err)
					}
					batch++
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/record")
			})
		}
	}
}

// lateBatch makes records from a time on that do not move the clock.
func (g *generator) lateBatch(from, step int64, n int) []lts.NewRecord {
	batch := make([]lts.NewRecord, n)
	for i := range batch {
		batch[i] = lts.NewRecord{TimeNS: from + int64(i)*step, Content: "late"}
	}
	return batch
}

func seal(b *testing.B, s *records.Store) {
	b.Helper()
	if err := s.Seal(context.Background()); err != nil {
		b.Fatalf("Seal: %v", err)
	}
}
