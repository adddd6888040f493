package openapi_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// limits is what testdata/limits.yaml holds.
type limits struct {
	Tables     []limitsTable
	Extensions []struct {
		Source   string
		Editions []string
		At       string
		Value    any
	}
}

type limitsTable struct {
	Table    string
	Editions []string
	Within   string
	Fields   []field
}

type field struct {
	Name, Type string
	Mandatory  bool
	Keywords   keywords `yaml:",inline"`
	Accepts    []any
	Rejects    []any
	Examples   []any
	Printed    string
	Because    string
}

type keywords struct {
	MinLength uint64   `json:"minLength,omitempty" yaml:"minLength"`
	MaxLength uint64   `json:"maxLength,omitempty" yaml:"maxLength"`
	Minimum   *float64 `json:"minimum,omitempty" yaml:"minimum"`
	Maximum   *float64 `json:"maximum,omitempty" yaml:"maximum"`
	Enum      []any    `json:"enum,omitempty" yaml:"enum"`
	Default   any      `json:"default,omitempty" yaml:"default"`
}

// add takes the keywords of a schema over where there are none yet.
func (k *keywords) add(schema *openapi3.Schema) {
	k.MinLength = max(k.MinLength, schema.MinLength)
	if schema.MaxLength != nil {
		k.MaxLength = *schema.MaxLength
	}
	if schema.Min != nil {
		k.Minimum = schema.Min
	}
	if schema.Max != nil {
		k.Maximum = schema.Max
	}
	k.Enum = append(k.Enum, schema.Enum...)
	if schema.Default != nil {
		k.Default = schema.Default
	}
}

// A target is what a row of a table is about in a document.
type target struct {
	at        string // such as "2024-03 table 5-3, ttl_in_days"
	isRequest bool
	schema    *openapi3.Schema // nil where the document has no such field
	mandatory bool
}

// each visits the rows of the tables of an edition.
func (l limits) each(s subject, visit func(field, target)) {
	for _, table := range l.Tables {
		if !slices.Contains(table.Editions, s.edition) {
			continue
		}
		id, of, _ := strings.Cut(s.known.about(table.Table), " ")
		for _, f := range table.Fields {
			found := target{at: table.Table + ", " + f.Name, isRequest: of == "request" || of == "path"}
			found.schema, found.mandatory = fieldOf(s.doc, id, of, table.Within, f.Name)
			visit(f, found)
		}
	}
}

// eachFound visits the rows whose field the document has.
func (l limits) eachFound(s subject, visit func(field, target)) {
	l.each(s, func(f field, found target) {
		if found.schema != nil {
			visit(f, found)
		}
	})
}

func (l limits) types(s subject) []string {
	var problems []string
	l.each(s, func(f field, found target) {
		if found.schema == nil {
			problems = append(problems, found.at+": there is no such field")
		} else if pathTo(found.schema, f.Type) == nil {
			problems = append(problems, fmt.Sprintf("%s: is no %s, but %s", found.at, f.Type, toJSON(found.schema)))
		}
	})
	return problems
}

func (l limits) mandatory(s subject) []string {
	var problems []string
	l.eachFound(s, func(f field, found target) {
		if found.isRequest && found.mandatory != f.Mandatory {
			problems = append(problems, fmt.Sprintf("%s: mandatory is %t, want %t", found.at, found.mandatory, f.Mandatory))
		}
	})
	return problems
}

func (l limits) limits(s subject) []string {
	var problems []string
	l.eachFound(s, func(f field, found target) {
		var got keywords
		for _, schema := range pathTo(found.schema, f.Type) {
			got.add(schema)
		}
		if !sameJSON(got, f.Keywords) {
			problems = append(problems, fmt.Sprintf("%s: the limits are %s, want %s", found.at, toJSON(got), toJSON(f.Keywords)))
		}
	})
	return problems
}

func (l limits) accepted(s subject) []string {
	var problems []string
	l.eachFound(s, func(f field, found target) {
		for _, value := range slices.Concat(f.Accepts, f.Examples) {
			if err := accepts(found.schema, value); err != nil {
				problems = append(problems, fmt.Sprintf("%s: rejects %s: %v", found.at, toJSON(value), err))
			}
		}
	})
	return problems
}

func (l limits) rejected(s subject) []string {
	var problems []string
	l.eachFound(s, func(f field, found target) {
		for _, value := range f.Rejects {
			if accepts(found.schema, value) == nil {
				problems = append(problems, fmt.Sprintf("%s: accepts %s", found.at, toJSON(value)))
			}
		}
	})
	return problems
}

func (l limits) otherFields(s subject) []string {
	var problems []string
	inTables := make(map[string][]string) // names of fields by what they are in
	for _, table := range l.Tables {
		if about := s.known.about(table.Table); slices.Contains(table.Editions, s.edition) {
			key := strings.TrimSpace(about + " " + table.Within)
			for _, f := range table.Fields {
				inTables[key] = append(inTables[key], f.Name)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(inTables)) {
		place := append(strings.Split(key, " "), "")
		if place[1] == "path" {
			continue
		}
		for name, property := range propertiesOf(s.doc, place[0], place[1], place[2]) {
			if !slices.Contains(inTables[key], name) && property.Value.Extensions["x-documented"] != false {
				problems = append(problems, fmt.Sprintf("%s: %s is in no table of the edition, and not x-documented: false", key, name))
			}
		}
	}
	return problems
}

func (l limits) extensions(s subject) []string {
	var problems []string
	for _, want := range l.Extensions {
		if got, _ := lookUp(s.raw, want.At); slices.Contains(want.Editions, s.edition) && !sameJSON(got, want.Value) {
			problems = append(problems, fmt.Sprintf("%s: is %v, want %v (%s)", want.At, got, want.Value, want.Source))
		}
	}
	return problems
}

func (l limits) decisions(s subject) []string {
	var problems []string
	l.each(s, func(f field, found target) {
		if missing := unrecorded(s.doc, f.Because); missing != "" {
			problems = append(problems, fmt.Sprintf("%s: no contradiction %s is recorded", found.at, missing))
		}
	})
	return problems
}
