package records

import (
	"cmp"
	"slices"

	"github.com/ltskit/ltskit/lts"
)

const (
	// newestRuns is how many runs are kept at least, all of them the newest.
	newestRuns = 128
	// longRuns is how many older ones are kept at most.
	longRuns = 64
	maxRuns  = 2*newestRuns + longRuns
)

// runs are windows of line numbers that are known to be taken, ascending and
// apart from each other. Of the line numbers from complete on, no others are
// taken.
//
// Writers that run side by side are late by a few records all the time: the
// newest runs tell them what is free. Many records of equal times make long
// runs; without knowing them, every further one would have to find the end of
// its run again.
type runs struct {
	windows  []lts.Window
	complete int64
}

// end gives the line behind the run in which line lies.
func (r *runs) end(line int64) (end int64, ok bool) {
	i := r.behind(line)
	if i == 0 || !r.windows[i-1].Contains(line) {
		return 0, false
	}
	return r.windows[i-1].To, true
}

// behind gives the place of the first run that begins behind line. Most often
// that is behind all others.
func (r *runs) behind(line int64) int {
	n := len(r.windows)
	if n == 0 || r.windows[n-1].From <= line {
		return n
	}
	i, _ := slices.BinarySearchFunc(r.windows, line, func(w lts.Window, line int64) int {
		if w.From <= line {
			return -1
		}
		return cmp.Compare(w.From, line)
	})
	return i
}

// take notes that line is taken, if that is worth knowing: among the newest
// runs, or at the end of one.
func (r *runs) take(line int64) {
	if _, follows := r.end(line - 1); follows || line >= r.complete {
		r.add(lts.Window{From: line, To: line + 1})
	}
}

// add takes in a window whose lines are all taken.
func (r *runs) add(w lts.Window) {
	from, to := r.behind(w.From), r.behind(w.To)
	if from > 0 && r.windows[from-1].To >= w.From {
		from--
		w.From = r.windows[from].From
	}
	if to > from {
		w.To = max(w.To, r.windows[to-1].To)
	}
	r.windows = slices.Replace(r.windows, from, to, w)
	if len(r.windows) > maxRuns {
		r.forget()
	}
}

// forget keeps the newest runs and, of the others, the longest.
func (r *runs) forget() {
	older, newest := r.windows[:len(r.windows)-newestRuns], r.windows[len(r.windows)-newestRuns:]
	r.complete = max(r.complete, newest[0].From)
	lengths := make([]int64, len(older))
	for i, w := range older {
		lengths[i] = w.To - w.From
	}
	slices.Sort(lengths)
	longest := max(lengths[len(lengths)-longRuns], 1) // a single line is no run
	kept := slices.DeleteFunc(older, func(w lts.Window) bool { return w.To-w.From <= longest })
	r.windows = slices.Delete(r.windows, len(kept), len(older))
}

// cut forgets what lies below line.
func (r *runs) cut(line int64) {
	for len(r.windows) > 0 && r.windows[0].To <= line {
		r.windows = slices.Delete(r.windows, 0, 1)
	}
	if len(r.windows) > 0 {
		r.windows[0].From = max(r.windows[0].From, line)
	}
}
