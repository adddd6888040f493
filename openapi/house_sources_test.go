package openapi_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/openapi"
)

// TestSources holds every edition to the rules about x-source.
func TestSources(t *testing.T) {
	checkRules(t, []rule{
		{"every part of the contract names its sources", everyPartHasSources, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/x-source", nil, "/paths/~1v2~1{project_id}~1groups/post: the operation has no x-source"},
			{"/components/parameters/ProjectID/x-source", []any{}, "/components/parameters/ProjectID: the parameter has no x-source"},
			{"/paths/~1v3~1auth~1tokens/post/responses/201/headers/X-Subject-Token/x-source", nil, "/headers/X-Subject-Token: the header has no x-source"},
			{"/components/responses/Unavailable/x-source", nil, "/components/responses/Unavailable: the response has no x-source"},
			{"/components/schemas/LogGroup/x-source", nil, "/components/schemas/LogGroup: the schema has no x-source"},
			{"/components/schemas/LogGroup/properties/creation_time/x-source", nil, "/components/schemas/LogGroup/properties/creation_time: the property has no x-source"},
			{"/components/examples/invalid-body/x-source", nil, "/components/examples/invalid-body: the example has no x-source"},
			{"/x-errors/3/x-source", nil, "/x-errors/3: the row has no x-source"},
		}},
		{"a source is one of x-sources, with a place that it has", sourcesExist, []breakage{
			{"/x-errors/3/x-source", []any{"2023-01 table 6-2"}, `/x-errors/3: "2023-01 table 6-2" names no source`},
			{"/x-errors/3/x-source", []any{"2022-08 table 5-63"}, `/x-errors/3: 2022-08 has no "table 5-63"`},
		}},
		{"x-sources are the sources whose places are known", sourcesKnown, []breakage{
			{"/x-sources/2025-12", map[string]any{"title": "Another page"}, "/x-sources: are 2022-08 2024-03 2025-10 2025-11 2025-12 vendor"},
		}},
		{"what ltskit adds itself is x-documented: false", ownIsUndocumented, []breakage{
			{"/components/schemas/LogGroup/properties/creation_time/x-source", []any{"ltskit"}, "/components/schemas/LogGroup/properties/creation_time: comes from ltskit"},
		}},
		{"what only the vendor knows is x-documented: false", vendorIsUndocumented, []breakage{
			{"/components/schemas/ListLogsRequest/properties/highlight/x-documented", nil, "/components/schemas/ListLogsRequest/properties/highlight: comes from vendor query semantics"},
		}},
		{"a table is named where what it is about is used", tablesBelong, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/responses/500/x-source", []any{"2022-08 table 5-16"}, "/paths/~1v2~1{project_id}~1groups/post/responses/500: 2022-08 table 5-16 is about ListLogGroups 500"},
			{"/components/schemas/LogStream/x-source", []any{"2022-08 table 5-13"}, "/components/schemas/LogStream: 2022-08 table 5-13 is about ListLogGroups 200"},
		}},
	})
}

func everyPartHasSources(s subject) []string {
	var problems []string
	for _, p := range partsOf(s.raw) {
		if len(p.sources) == 0 {
			problems = append(problems, fmt.Sprintf("%s: the %s has no x-source", p.at, p.kind))
		}
	}
	return problems
}

func sourcesExist(s subject) []string {
	var problems []string
	for _, p := range partsOf(s.raw) {
		for _, source := range p.sources {
			if source == "ltskit" {
				continue
			}
			if problem := s.known.check(source); problem != "" {
				problems = append(problems, p.at+": "+problem)
			}
		}
	}
	return problems
}

func sourcesKnown(s subject) []string {
	var got []string
	for _, source := range openapi.Sources(s.doc) {
		got = append(got, source.Name)
	}
	if want := slices.Sorted(maps.Keys(s.known)); !slices.Equal(got, want) {
		return []string{fmt.Sprintf("/x-sources: are %s, want %s", strings.Join(got, " "), strings.Join(want, " "))}
	}
	return nil
}

func ownIsUndocumented(s subject) []string {
	var problems []string
	for _, p := range partsOf(s.raw) {
		if slices.Contains(p.sources, "ltskit") && (p.documented || len(p.sources) > 1) {
			problems = append(problems, p.at+": comes from ltskit, and must be x-documented: false and have no other source")
		}
	}
	return problems
}

// vendorIsUndocumented leaves alone what only undocumented operations use, and
// examples: they stand or fall with what they are examples of.
func vendorIsUndocumented(s subject) []string {
	var problems []string
	used := documentedUses(s.raw)
	for _, p := range partsOf(s.raw) {
		published := func(source string) bool { return source != "ltskit" && !strings.HasPrefix(source, "vendor ") }
		if p.kind != "example" && p.documented && used[rootOf(p.at)] && !slices.ContainsFunc(p.sources, published) {
			problems = append(problems, fmt.Sprintf("%s: comes from %s alone, and is not x-documented: false", p.at, strings.Join(p.sources, ", ")))
		}
	}
	return problems
}

func tablesBelong(s subject) []string {
	var problems []string
	uses := usesOf(s.raw)
	for _, p := range partsOf(s.raw) {
		for _, source := range p.sources {
			about := s.known.about(source)
			if p.kind == "schema" || p.kind == "property" {
				about, _, _ = strings.Cut(about, " ") // a field of a request may say what it is in an answer
			}
			if about != "" && !uses.has(p.at, about) {
				problems = append(problems, fmt.Sprintf("%s: %s is about %s", p.at, source, s.known.about(source)))
			}
		}
	}
	return problems
}

// places lists the places of each source.
type places map[string]struct {
	Sections, Figures, Parts []string
	Tables                   map[string]string // what each is about, such as "CreateLogGroup 201"
}

// check gives what is wrong with a source such as "2022-08 table 5-3".
func (p places) check(source string) string {
	name, place, _ := strings.Cut(source, " ")
	known, ok := p[name]
	if !ok {
		return fmt.Sprintf("%q names no source", source)
	}
	kind, number, _ := strings.Cut(place, " ")
	_, isTable := known.Tables[number]
	switch {
	case slices.Contains(known.Parts, place),
		kind == "section" && slices.Contains(known.Sections, number),
		kind == "figure" && slices.Contains(known.Figures, number),
		kind == "table" && isTable:
		return ""
	}
	return fmt.Sprintf("%s has no %q", name, place)
}

// about says which request or answer a source is a table of, if it is one.
func (p places) about(source string) string {
	name, place, _ := strings.Cut(source, " ")
	number, isTable := strings.CutPrefix(place, "table ")
	if !isTable {
		return ""
	}
	return p[name].Tables[number]
}
