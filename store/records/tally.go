package records

import "github.com/ltskit/ltskit/lts"

// A tally counts records by steps of a window.
type tally struct {
	window lts.Window
	step   int64 // nanoseconds; 0: the whole window is one step
	steps  []int64
}

func newTally(window lts.Window, stepNS int64) *tally {
	return &tally{window, stepNS, make([]int64, max(window.Steps(stepNS), 1))}
}

// at gives the step of a line in the window.
func (t *tally) at(line int64) int {
	if t.step == 0 {
		return 0
	}
	return int((uint64(line) - uint64(t.window.From)) / uint64(t.step))
}

// within tells whether all of w lies in one step.
func (t *tally) within(w lts.Window) bool {
	return t.window.From <= w.From && w.To <= t.window.To && t.at(w.From) == t.at(w.To-1)
}

func (t *tally) add(line int64, number int) { t.steps[t.at(line)] += int64(number) }

func (t *tally) addAll(other *tally) {
	for i, number := range other.steps {
		t.steps[i] += number
	}
}
