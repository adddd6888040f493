package records

import (
	"cmp"
	"slices"

	"github.com/ltskit/ltskit/lts"
)

// maxRuns is how many runs of line numbers are kept in mind.
const maxRuns = 64

// runs are windows of line numbers that are known to be taken, ascending and
// apart from each other. Many records of equal times make long runs; without
// knowing them, every further one would have to find the end of its run again.
type runs []lts.Window

// end gives the line behind the run in which line lies.
func (r runs) end(line int64) (end int64, ok bool) {
	i := r.behind(line)
	if i == 0 || !r[i-1].Contains(line) {
		return 0, false
	}
	return r[i-1].To, true
}

// behind gives the place of the first run that begins behind line.
func (r runs) behind(line int64) int {
	i, _ := slices.BinarySearchFunc(r, line, func(w lts.Window, line int64) int {
		if w.From <= line {
			return -1
		}
		return cmp.Compare(w.From, line)
	})
	return i
}

// add takes in a window whose lines are all taken. When there are too many runs,
// it forgets the shortest.
func (r *runs) add(w lts.Window) {
	from, to := r.behind(w.From), r.behind(w.To)
	if from > 0 && (*r)[from-1].To >= w.From {
		from--
		w.From = (*r)[from].From
	}
	if to > from {
		w.To = max(w.To, (*r)[to-1].To)
	}
	*r = slices.Replace(*r, from, to, w)
	if len(*r) > maxRuns {
		r.forget()
	}
}

// forget drops the shortest run but the last.
func (r *runs) forget() {
	shortest := 0
	for i, w := range (*r)[:len(*r)-1] {
		if w.To-w.From < (*r)[shortest].To-(*r)[shortest].From {
			shortest = i
		}
	}
	*r = slices.Delete(*r, shortest, shortest+1)
}

// push adds a line behind all others. A last run of one line makes way: lines
// that do not follow each other are no runs.
func (r *runs) push(line int64) {
	if n := len(*r); n > 0 {
		switch last := &(*r)[n-1]; {
		case last.To == line:
			last.To++
			return
		case last.To == last.From+1:
			*last = lts.Window{From: line, To: line + 1}
			return
		}
	}
	r.add(lts.Window{From: line, To: line + 1})
}

// touches tells whether line follows a run.
func (r runs) touches(line int64) bool {
	_, ok := r.end(line - 1)
	return ok
}

// cut forgets what lies below line.
func (r *runs) cut(line int64) {
	for len(*r) > 0 && (*r)[0].To <= line {
		*r = slices.Delete(*r, 0, 1)
	}
	if len(*r) > 0 {
		(*r)[0].From = max((*r)[0].From, line)
	}
}
