package conformance

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

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

//go:embed unreachable.yaml
var unreachableData []byte

// unreachable says what no suite can cause from outside, and why.
type unreachable struct {
	Statuses map[string]string `yaml:"statuses"` // by status
	Codes    map[string]string `yaml:"codes"`    // by code, or operation/code
}

func loadUnreachable() (unreachable, error) {
	var u unreachable
	if err := yaml.Unmarshal(unreachableData, &u); err != nil {
		return u, fmt.Errorf("conformance: unreachable.yaml: %w", err)
	}
	return u, nil
}

// coverage finds what the results have reached of a contract. all are its cases,
// also those that were not selected.
func (c *contract) coverage(all []testCase, results []Result) (Coverage, error) {
	u, err := loadUnreachable()
	if err != nil {
		return Coverage{}, err
	}
	reach := newReach(results)
	var coverage Coverage
	for _, operation := range c.operations {
		id := operation.OperationID
		why := reach.whyNot(func(r Case) bool { return r.Operation == id })
		coverage.Operations = append(coverage.Operations, reach.part(id, why))
		for _, status := range operation.Statuses() {
			name := id + " " + status
			coverage.Statuses = append(coverage.Statuses, reach.part(name, first(u.Statuses[status], why, "no case leads to it")))
			for _, code := range openapi.ErrorCodes(operation.Responses.Value(status).Value) {
				reason := first(u.Codes[id+"/"+code], u.Codes[code], u.Statuses[status],
					reach.whyNot(func(r Case) bool { return r.Operation == id && strings.HasSuffix(r.ErrorRow, code) }), why, "no case leads to it")
				coverage.Codes = append(coverage.Codes, reach.part(name+" "+code, reason))
			}
		}
	}
	coverage.Examples = reach.ofCases(all, func(r Case) string { return r.Example })
	coverage.Constraints = reach.ofCases(all, func(r Case) string { return r.Constraint })
	coverage.Features = reach.features(all)
	return coverage, nil
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
	results []Result
	names   map[string]bool
}

func newReach(results []Result) reach {
	r := reach{results: results, names: make(map[string]bool)}
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

// whyNot gives the reason why cases did not ask: that of the first of them.
// Empty means that one did, or that there is none.
func (r reach) whyNot(about func(Case) bool) string {
	why := ""
	for _, result := range r.results {
		if !about(result.Case) {
			continue
		}
		if result.asked() {
			return ""
		}
		why = first(why, result.Reason)
	}
	return why
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

const notSelected = "not selected"

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
