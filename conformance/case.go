package conformance

import (
	"path"
	"strings"
)

// A testCase is one thing to find out about the target.
type testCase struct {
	// name is path-like and begins with the family of the case:
	// examples/groups/CreateLogGroup/201/create-a-group.
	name      string
	tag       string // of the document; the target has to declare it as a feature
	operation string // operationId that the case is about; empty for several
	sources   []string
	requires  []string // other features, see [Features]
	alone     bool     // no other case may run at the same time
	last      bool     // it speaks of what the others have seen

	example    string // documented response example that the case replays: operation/status/name
	constraint string // constraint of the document that the case asks for: operation and place
	row        string // row of the error table that the case provokes: status and code

	contradictions []string

	// unaskable says why no target can be asked this; empty for almost all cases.
	unaskable string

	run func(t *trial)
}

// info describes a case for lists.
func (c testCase) info() Case {
	return Case{
		Name: c.name, Tag: c.tag, Operation: c.operation, Sources: c.sources, Requires: c.requires,
		Example: c.example, Constraint: c.constraint, ErrorRow: c.row,
	}
}

// A Case describes one thing that a run finds out.
type Case struct {
	Name       string   `json:"name"`                // path-like: family, tag, operation and more
	Tag        string   `json:"tag"`                 // of the document
	Operation  string   `json:"operation,omitempty"` // operationId; empty for several
	Sources    []string `json:"sources,omitempty"`   // who says so
	Requires   []string `json:"requires,omitempty"`  // features beside the tag
	Example    string   `json:"example,omitempty"`   // documented example: operation/status/name
	Constraint string   `json:"constraint,omitempty"`
	ErrorRow   string   `json:"errorRow,omitempty"` // status and code
}

// Matches reports whether a pattern selects the case, as in [Options].
func (c Case) Matches(pattern string) bool { return matches(pattern, c.Name) }

// matches reports whether a pattern selects a case: each of its elements
// matches that of the name as in [path.Match], and what stands below in the
// name is selected too.
func matches(pattern, name string) bool {
	elements := strings.Split(name, "/")
	n := strings.Count(pattern, "/") + 1
	if n > len(elements) {
		return false
	}
	ok, err := path.Match(pattern, strings.Join(elements[:n], "/"))
	return err == nil && ok
}
