package conformance

import (
	"fmt"
	"time"
)

// An Outcome says how a case ended.
type Outcome string

// The outcomes. Each case has exactly one.
const (
	Passed       Outcome = "passed"
	Failed       Outcome = "failed"
	NotSupported Outcome = "not supported" // the target does not declare what the case needs
	CouldNotRun  Outcome = "could not run" // the case did not come to its question
)

// Outcomes lists the outcomes in the order of reports.
func Outcomes() []Outcome { return []Outcome{Passed, Failed, NotSupported, CouldNotRun} }

// A Level says how much a problem weighs.
type Level string

// The levels. Only a problem of level Must fails a case.
const (
	Must   Level = "must"
	Should Level = "should" // wording of messages
)

// A Problem is one way in which an answer is wrong.
type Problem struct {
	Level Level
	Where string // "status", a header, or the JSON pointer of a field
	Rule  string // what the contract says
	Got   string
}

// String gives the problem on one line.
func (p Problem) String() string {
	return fmt.Sprintf("%s: %s; got %s", p.Where, p.Rule, p.Got)
}

// A Result is what came of a case.
type Result struct {
	Case     string // path-like name
	Tag      string // of the operation
	Outcome  Outcome
	Reason   string // why the case was not supported or could not run
	Problems []Problem
	Sources  []string // who says so
	// Contradictions are the IDs of those between the documents about this
	// operation: where a source prints something else than was asked for, they
	// say what holds.
	Contradictions []string
	Checks         int // how many things were compared
	Exchange       *Exchange
	Took           time.Duration
}

// A Report is what came of a run.
type Report struct {
	Target  string
	Edition string
	Results []Result
	Took    time.Duration
}

// Count says how many cases ended in an outcome.
func (r *Report) Count(outcome Outcome) int {
	n := 0
	for _, result := range r.Results {
		if result.Outcome == outcome {
			n++
		}
	}
	return n
}

// ExitStatus is 0 when the target keeps the contract as far as it was asked and
// 1 when it does not. It is 2 when a case could not run, or none asked anything,
// and so nobody knows; a failure is one all the same.
func (r *Report) ExitStatus() int {
	switch {
	case r.Count(Failed) > 0:
		return 1
	case r.Count(CouldNotRun) > 0 || r.Count(Passed) == 0:
		return 2
	default:
		return 0
	}
}
