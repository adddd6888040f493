package records

import (
	"math/rand/v2"
	"testing"

	"github.com/ltskit/ltskit/lts"
)

// TestRunsKnowNothingWrong compares with a set: what runs say is taken is, the
// run ends where they say, and they are ascending and apart.
func TestRunsKnowNothingWrong(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	for range 200 {
		var r runs
		taken := map[int64]bool{}
		last := int64(0)
		for range 300 {
			from := 1 + random.Int64N(500)
			switch random.IntN(4) {
			case 0:
				last += 1 + random.Int64N(3)
				r.push(last)
				taken[last] = true
			case 1:
				r.cut(random.Int64N(50))
			default:
				w := lts.Window{From: from, To: min(from+1+random.Int64N(4), last+1)}
				if w.Empty() {
					continue
				}
				r.add(w)
				for line := w.From; line < w.To; line++ {
					taken[line] = true
				}
			}
			checkRuns(t, r, taken)
		}
	}
}

func checkRuns(t *testing.T, r runs, taken map[int64]bool) {
	t.Helper()
	if len(r) > maxRuns {
		t.Fatalf("%d runs, more than %d", len(r), maxRuns)
	}
	for i, w := range r {
		if w.Empty() || i > 0 && r[i-1].To >= w.From {
			t.Fatalf("runs %v: %v is empty or not apart", r, w)
		}
		for line := w.From; line < w.To; line++ {
			if end, ok := r.end(line); !taken[line] || !ok || end != w.To {
				t.Fatalf("end(%d) = %d, %v, want %d; taken: %v", line, end, ok, w.To, taken[line])
			}
		}
	}
}
