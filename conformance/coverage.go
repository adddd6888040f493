package conformance

import (
	"maps"
	"slices"
	"strings"

	"github.com/ltskit/ltskit/openapi"
)

// Coverage says which parts of the contract a run has reached, and of the
// others why not.
type Coverage struct {
	Operations  []Part `json:"operations"`  // operationId
	Statuses    []Part `json:"statuses"`    // operationId status
	Codes       []Part `json:"codes"`       // operationId status code
	Examples    []Part `json:"examples"`    // operationId/status/name
	Constraints []Part `json:"constraints"` // operation and place
	Features    []Part `json:"features"`    // tags, and what targets declare
}

// A Part is something that the contract has.
type Part struct {
	Name    string `json:"name"`
	Reached bool   `json:"reached"`
	Why     string `json:"why,omitempty"` // it was not reached
}

// A Section is the parts of one kind.
type Section struct {
	Name  string
	Parts []Part
}

// Sections lists the parts by kind, in the order of reports.
func (c Coverage) Sections() []Section {
	return []Section{
		{"operations", c.Operations}, {"statuses", c.Statuses}, {"error codes", c.Codes},
		{"examples", c.Examples}, {"constraints", c.Constraints}, {"features", c.Features},
	}
}

// Reached says how many parts of a section were.
func (s Section) Reached() int {
	n := 0
	for _, part := range s.Parts {
		if part.Reached {
			n++
		}
	}
	return n
}

// coverage finds what the results have reached of a contract. all are its cases,
// also those that were not selected.
func (c *contract) coverage(all []testCase, results []Result) Coverage {
	reach := newReach(all, results)
	var coverage Coverage
	for _, operation := range c.operations {
		id := operation.OperationID
		why := reach.whyNot(id)
		coverage.Operations = append(coverage.Operations, reach.part(id, why))
		for _, status := range operation.Statuses() {
			name := id + " " + status
			reason := reach.whyNoError(status, id)
			for _, code := range openapi.ErrorCodes(operation.Responses.Value(status).Value) {
				whyCode := reach.whyNoError(code, id, status)
				coverage.Codes = append(coverage.Codes, reach.part(name+" "+code, first(whyCode, why, noCase)))
				reason = first(reason, whyCode)
			}
			coverage.Statuses = append(coverage.Statuses, reach.part(name, first(reason, why, noCase)))
		}
	}
	coverage.Examples = reach.ofCases(all, func(r Case) string { return r.Example })
	coverage.Constraints = reach.ofCases(all, func(r Case) string { return r.Constraint })
	coverage.Features = reach.features(all)
	return coverage
}

func first(reasons ...string) string {
	for _, reason := range reasons {
		if reason != "" {
			return reason
		}
	}
	return ""
}

// reach is what results have reached.
type reach struct {
	cases   map[string]bool    // their names, also of those that were not selected
	byName  map[string]*Result // those of cases
	results []Result
	names   map[string]bool // of the parts that were reached
}

func newReach(all []testCase, results []Result) reach {
	r := reach{cases: make(map[string]bool), byName: make(map[string]*Result), results: results, names: make(map[string]bool)}
	for _, c := range all {
		r.cases[c.name] = true
	}
	for i := range results {
		r.byName[results[i].Name] = &results[i]
	}
	for _, result := range results {
		for _, exchange := range result.Exchanges {
			if exchange.Operation == "" {
				continue
			}
			status := exchange.Operation + " " + statusText(exchange.Status)
			r.names[exchange.Operation], r.names[status] = true, true
			if exchange.Code != "" {
				r.names[status+" "+exchange.Code] = true
			}
		}
	}
	return r
}

func (r reach) part(name, why string) Part {
	if r.names[name] {
		return Part{Name: name, Reached: true}
	}
	return Part{Name: name, Why: why}
}

// whyNot gives the reason why the cases of an operation did not ask: that of the
// first of them. Empty means that one did, or that there is none.
func (r reach) whyNot(operationID string) string {
	why := ""
	for _, result := range r.results {
		if result.Operation != operationID {
			continue
		}
		if result.asked() {
			return ""
		}
		why = first(why, result.Reason)
	}
	return why
}

// whyNoError gives the reason why the case of an error, errors/CODE/OPERATION and
// perhaps the status, did not lead to it. Empty means that there is none.
func (r reach) whyNoError(elements ...string) string {
	name := "errors/" + strings.Join(elements, "/")
	result := r.byName[name]
	switch {
	case !r.cases[name]:
		return ""
	case result == nil:
		return notSelected
	case result.asked():
		return "another answer came to " + name
	default:
		return result.Reason
	}
}

// asked reports whether a case came to its question.
func (r Result) asked() bool { return r.Outcome != NotSupported && r.Outcome != CouldNotRun }

// ofCases covers what cases are about, by a name that each of them may have.
func (r reach) ofCases(all []testCase, name func(Case) string) []Part {
	var parts []Part
	known := make(map[string]int)
	add := func(part Part) {
		i, ok := known[part.Name]
		switch {
		case !ok:
			known[part.Name] = len(parts)
			parts = append(parts, part)
		case part.Reached:
			parts[i] = part
		case parts[i].Why == notSelected:
			parts[i].Why = part.Why
		}
	}
	for _, c := range all {
		if n := name(c.info()); n != "" {
			add(Part{Name: n, Why: notSelected})
		}
	}
	for _, result := range r.results {
		if n := name(result.Case); n != "" {
			add(Part{Name: n, Reached: result.asked(), Why: result.Reason})
		}
	}
	for i := range parts {
		if parts[i].Reached {
			parts[i].Why = ""
		}
	}
	return parts
}

// Reasons that are no case's.
const (
	notSelected = "not selected"
	noCase      = "no case leads to it"
)

// features covers the tags, and what targets declare beside them.
func (r reach) features(all []testCase) []Part {
	of := func(c Case) []string { return append([]string{c.Tag}, c.Requires...) }
	reached := make(map[string]bool)
	why := make(map[string]string)
	for _, c := range all {
		for _, feature := range of(c.info()) {
			why[feature] = notSelected
		}
	}
	for _, result := range r.results {
		for _, feature := range of(result.Case) {
			if result.asked() {
				reached[feature] = true
			} else if why[feature] == notSelected {
				why[feature] = result.Reason
			}
		}
	}
	var parts []Part
	for _, feature := range slices.Sorted(maps.Keys(why)) {
		part := Part{Name: feature, Reached: reached[feature]}
		if !part.Reached {
			part.Why = why[feature]
		}
		if feature != "" {
			parts = append(parts, part)
		}
	}
	return parts
}
