package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Waiver says that cases are known to fail, how, why, who cares, and until
// when. The cases still run. Each of them must still fail in the way that the
// waiver says; otherwise it is out of date, and that fails the run.
type Waiver struct {
	ID     string `yaml:"id"`     // unique
	Scope  string `yaml:"scope"`  // pattern of names of cases, as of [Options].Only
	Reason string `yaml:"reason"` // why it is not repaired
	Owner  string `yaml:"owner"`  // who repairs it

	// Since and Expires are days, such as 2026-11-22. The waiver counts from the
	// beginning of the one, wherever on earth, to the end of the other (UTC).
	Since   string `yaml:"since"`
	Expires string `yaml:"expires"`

	// Fails are the problems that the cases have, as [Problem.Key] gives them;
	// each of them at least one of the cases.
	Fails []string `yaml:"fails"`
}

// Key tells problems apart, whatever was got: where and rule.
func (p Problem) Key() string { return p.Where + ": " + p.Rule }

// check reports what a waiver lacks.
func (w Waiver) check() error {
	var problems []error
	add := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("waiver %q: "+format, append([]any{w.ID}, args...)...))
	}
	for _, required := range []struct{ field, value string }{
		{"id", w.ID}, {"scope", w.Scope}, {"reason", w.Reason}, {"owner", w.Owner},
	} {
		if required.value == "" {
			add("%s is missing", required.field)
		}
	}
	for _, day := range []struct{ field, value string }{{"since", w.Since}, {"expires", w.Expires}} {
		if _, err := time.Parse(time.DateOnly, day.value); err != nil {
			add("%s must be a day such as 2026-11-22, not %q", day.field, day.value)
		}
	}
	if w.Since > w.Expires {
		add("it expires before it begins")
	}
	if len(w.Fails) == 0 {
		add("fails is missing: it lists how the cases fail")
	}
	if strings.ContainsAny(w.ID, "/") {
		add("id must not have a slash")
	}
	return errors.Join(problems...)
}

// CheckWaivers reports what waivers lack, and two that have the same ID.
func CheckWaivers(waivers []Waiver) error {
	var problems []error
	seen := make(map[string]bool)
	for _, w := range waivers {
		problems = append(problems, w.check())
		if seen[w.ID] {
			problems = append(problems, fmt.Errorf("two waivers have the id %q", w.ID))
		}
		seen[w.ID] = true
	}
	return errors.Join(problems...)
}

// Waive applies waivers to the results of a report, and adds a result for each
// of them that says whether it is in order. all are the names of all cases of
// the edition, also of those that were not selected.
func (r *Report) Waive(waivers []Waiver, all []string) {
	now := time.Now()
	var verdicts []Result
	for _, w := range waivers {
		verdicts = append(verdicts, w.apply(r.Results, all, now))
	}
	r.Results = append(r.Results, verdicts...)
}

// apply waives the results that a waiver is about.
func (w Waiver) apply(results []Result, all []string, now time.Time) Result {
	verdict := Result{Case: Case{Name: "waivers/" + w.ID, Sources: []string{"the waiver"}}}
	problem := func(rule, got string) {
		verdict.Problems = append(verdict.Problems, Problem{Level: Must, Where: "waiver " + w.ID, Rule: rule, Got: got})
	}
	verdict.Checks++
	if !slices.ContainsFunc(all, func(name string) bool { return matches(w.Scope, name) }) {
		problem("its scope selects a case", w.Scope)
	}
	verdict.Checks++
	const easternmost = 14 * time.Hour // before UTC
	early, expired := now.UTC().Add(easternmost).Format(time.DateOnly) < w.Since, now.UTC().Format(time.DateOnly) > w.Expires
	if early {
		problem("it has begun", "the beginning of "+w.Since)
	}
	if expired {
		problem("it has not expired", "the end of "+w.Expires)
	}
	seen := make(map[string]bool)
	asked := 0
	for i := range results {
		r := &results[i]
		if !matches(w.Scope, r.Name) || r.Outcome == NotSupported || r.Outcome == CouldNotRun {
			continue
		}
		asked++
		verdict.Checks++
		if r.Outcome == Passed {
			problem("the case still fails", r.Name+" passes")
			continue
		}
		other := w.others(r, seen)
		if len(other) > 0 {
			problem("the case fails as before", r.Name+" fails with: "+strings.Join(other, "; "))
			continue
		}
		if !early && !expired {
			r.Outcome = Waived
			r.Reason = fmt.Sprintf("waiver %s (%s, until %s): %s", w.ID, w.Owner, w.Expires, w.Reason)
		}
	}
	for _, key := range w.Fails {
		if asked > 0 && !seen[key] {
			problem("a case still fails with", key)
		}
	}
	verdict.Settle()
	if asked == 0 && verdict.Outcome == Passed {
		verdict.Outcome, verdict.Reason = NotSupported, "none of its cases was asked"
	}
	return verdict
}

// others gives the problems of a result that the waiver does not speak of, and
// notes those that it does.
func (w Waiver) others(r *Result, seen map[string]bool) []string {
	var other []string
	for _, p := range r.Problems {
		switch {
		case p.Level != Must:
		case slices.Contains(w.Fails, p.Key()):
			seen[p.Key()] = true
		default:
			other = append(other, p.Key())
		}
	}
	return other
}
