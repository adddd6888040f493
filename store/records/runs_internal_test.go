package records

import (
	"math/rand/v2"
	"testing"

	"github.com/ltskit/ltskit/lts"
)

// TestRunsKnowNothingWrong compares with a set: what runs say is taken is, the
// run ends where they say, they are ascending and apart, and from complete on
// they know every line that is taken.
func TestRunsKnowNothingWrong(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	for range 20 {
		var r runs
		taken := map[int64]bool{}
		last, cut := int64(0), int64(0)
		for range 2000 {
			switch n := random.IntN(500); {
			case n == 0:
				cut = max(cut, last-random.Int64N(2000))
				r.cut(cut)
			case n < 50:
				from := cut + 1 + random.Int64N(max(last-cut, 1))
				w := lts.Window{From: from, To: from + 1 + random.Int64N(4)}
				last = max(last, w.To-1)
				r.add(w)
				for line := w.From; line < w.To; line++ {
					taken[line] = true
				}
			default:
				line := max(last+7-random.Int64N(10), cut+1)
				last = max(last, line)
				r.take(line)
				taken[line] = true
			}
			checkRuns(t, r, taken)
		}
		if r.complete == 0 {
			t.Error("nothing has been forgotten")
		}
		checkComplete(t, r, taken, cut, last)
	}
}

func checkRuns(t *testing.T, r runs, taken map[int64]bool) {
	t.Helper()
	if len(r.windows) > maxRuns {
		t.Fatalf("%d runs, more than %d", len(r.windows), maxRuns)
	}
	for i, w := range r.windows {
		if w.Empty() || i > 0 && r.windows[i-1].To >= w.From {
			t.Fatalf("runs %v: %v is empty or not apart", r, w)
		}
		for line := w.From; line < w.To; line++ {
			if end, ok := r.end(line); !taken[line] || !ok || end != w.To {
				t.Fatalf("end(%d) = %d, %v, want %d; taken: %v", line, end, ok, w.To, taken[line])
			}
		}
	}
}

func checkComplete(t *testing.T, r runs, taken map[int64]bool, cut, last int64) {
	t.Helper()
	for line := max(r.complete, cut); line <= last; line++ {
		if _, known := r.end(line); known != taken[line] {
			t.Fatalf("line %d is taken: %v; runs, complete from %d on: %v", line, taken[line], r.complete, known)
		}
	}
}

// Writers that run side by side come late by a few records: those must not be
// looked up in the database.
func TestRunsStayComplete(t *testing.T) {
	var r runs
	for line := int64(10); line < 100_000; line += 10 {
		r.take(line)
		if late := line - 10*newestRuns/2; late >= 10 && late < r.complete {
			t.Fatalf("at line %d, runs are complete from %d on, want %d at most", line, r.complete, late)
		}
	}
}

// A long run is not forgotten for many short ones that come behind it.
func TestRunsKeepLongOnes(t *testing.T) {
	var r runs
	r.add(lts.Window{From: 10, To: 10_000})
	for line := int64(20_000); line < 40_000; line += 2 {
		r.take(line)
	}
	if end, ok := r.end(10); !ok || end != 10_000 {
		t.Errorf("end(10) = %d, %v, want 10000", end, ok)
	}
}
