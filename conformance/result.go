package conformance

import (
	"fmt"
	"slices"
	"time"
)

// An Outcome says how a case ended.
type Outcome string

// The outcomes. Each case has exactly one.
const (
	Passed       Outcome = "passed"
	Failed       Outcome = "failed"
	Waived       Outcome = "waived"        // failed as a waiver of the target says
	NotSupported Outcome = "not supported" // the target does not declare what the case needs
	CouldNotRun  Outcome = "could not run" // the case did not come to its question
)

// Outcomes lists the outcomes in the order of reports.
func Outcomes() []Outcome { return []Outcome{Passed, Failed, Waived, NotSupported, CouldNotRun} }

// A Level says how much a problem weighs.
type Level string

// The levels. Only a problem of level Must fails a case.
const (
	Must   Level = "must"
	Should Level = "should" // wording of messages
)

// A Problem is one way in which an answer is wrong.
type Problem struct {
	Level    Level  `json:"level"`
	Where    string `json:"where"` // "status", a header, or the JSON pointer of a field
	Rule     string `json:"rule"`  // what the contract says
	Got      string `json:"got"`
	Exchange int    `json:"exchange"` // which of the result's it is about
	// Script shows the problem again, where it takes more than one request: for a
	// POSIX shell with curl and awk.
	Script string `json:"script,omitempty"`
}

// String gives the problem on one line.
func (p Problem) String() string {
	return fmt.Sprintf("%s: %s; got %s", p.Where, p.Rule, p.Got)
}

// A Result is what came of a case.
type Result struct {
	Case
	Outcome  Outcome   `json:"outcome"`
	Reason   string    `json:"reason,omitempty"` // why the case was not supported, could not run or is waived
	Problems []Problem `json:"problems,omitempty"`
	// Contradictions are the IDs of those between the documents about this
	// operation: where a source prints something else than was asked for, they
	// say what holds.
	Contradictions []string      `json:"contradictions,omitempty"`
	Checks         int           `json:"checks"` // how many things were compared
	Exchanges      []*Exchange   `json:"exchanges,omitempty"`
	Took           time.Duration `json:"took"` // nanoseconds
}

// Settle gives a result that did not end early its outcome. A case that has
// compared nothing has found out nothing, which is a defect of the case; it
// must not look like success.
func (r *Result) Settle() {
	switch {
	case slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Level == Must }):
		r.Outcome, r.Reason = Failed, "" // what was found before the end counts
	case r.Outcome != "":
	case r.Checks == 0:
		r.Outcome = Failed
		r.Problems = append(r.Problems, Problem{Level: Must, Where: "case", Rule: "something is compared", Got: "nothing"})
	default:
		r.Outcome = Passed
	}
}

// A Report is what came of a run.
type Report struct {
	Target   string        `json:"target"`
	Edition  string        `json:"edition"`
	Seed     uint64        `json:"seed,string"`
	Results  []Result      `json:"results"`
	Took     time.Duration `json:"took"` // nanoseconds
	Coverage Coverage      `json:"coverage"`
	// LeftBehind says what the run has created and could not delete; empty when
	// there is nothing.
	LeftBehind string `json:"leftBehind,omitempty"`
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

// Checks says how many things were compared.
func (r *Report) Checks() int {
	n := 0
	for _, result := range r.Results {
		n += result.Checks
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

// ExitStatus is that of several runs: 1 when one of them failed, or else 2 when
// of one nobody knows, or there is none.
func ExitStatus(runs ...*Report) int {
	status := 0
	for _, r := range runs {
		switch r.ExitStatus() {
		case 1:
			return 1
		case 2:
			status = 2
		}
	}
	if len(runs) == 0 {
		return 2
	}
	return status
}
