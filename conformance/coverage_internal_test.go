package conformance

import (
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

func contractOf(t *testing.T, edition string) *contract {
	t.Helper()
	c, err := loadContract(edition)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func casesOf(t *testing.T, edition string) []testCase {
	t.Helper()
	cases, err := contractOf(t, edition).cases()
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// The document is walked here once more, by its keywords, so that a place or a
// keyword that the generator forgets is missed.
func TestEveryConstraintHasCasesOnBothSides(t *testing.T) {
	for _, edition := range openapi.Editions() {
		t.Run(edition, func(t *testing.T) {
			sides := make(map[string]bool)
			for _, c := range casesOf(t, edition) {
				if c.constraint != "" {
					sides[c.constraint+"/"+path.Base(c.name)] = true
				}
			}
			for _, want := range constraintsOfDocument(contractOf(t, edition)) {
				if !sides[want] {
					t.Errorf("no case of %s", want)
				}
			}
		})
	}
}

// constraintsOfDocument lists every constraint with its sides.
func constraintsOfDocument(c *contract) []string {
	var all []string
	for _, operation := range c.operations {
		id := operation.OperationID
		for _, p := range operation.AllParameters() {
			at := id + "/" + p.Value.In + "." + p.Value.Name
			all = append(all, schemaWords(at, p.Value.Schema.Value)...)
			if p.Value.Required && p.Value.In != "path" {
				all = append(all, at+"/required/outside")
			}
		}
		if operation.RequestBody == nil {
			continue
		}
		all = append(all, id+"/body/required/inside", id+"/body/required/outside", id+"/body/all/inside", id+"/body/object/outside")
		walkMembers(id+"/body", operation.RequestBody.Value.Content["application/json"].Schema.Value, func(at string, schema *openapi3.Schema, required bool) {
			all = append(all, schemaWords(at, schema)...)
			all = append(all, at+"/type/outside")
			if required {
				all = append(all, at+"/required/outside")
			}
		})
	}
	return all
}

// schemaWords lists the constraints that a schema and those that it is made of
// have, with both sides.
func schemaWords(at string, schema *openapi3.Schema) []string {
	var all []string
	for _, part := range slices.Concat(schema.AllOf, schema.OneOf, schema.AnyOf) {
		all = append(all, schemaWords(at, part.Value)...)
	}
	list := len(schema.Enum) > 0
	for keyword, has := range map[string]bool{
		"minLength": schema.MinLength > 0, "maxLength": schema.MaxLength != nil, "pattern": schema.Pattern != "", "enum": list,
		"minimum": schema.Min != nil, "maximum": schema.Max != nil, "minItems": schema.MinItems > 0, "maxItems": schema.MaxItems != nil,
		"minProperties": schema.MinProps > 0, "maxProperties": schema.MaxProps != nil, "multipleOf": schema.MultipleOf != nil,
		"uniqueItems": schema.UniqueItems,
	} {
		if has {
			all = append(all, at+"/"+keyword+"/inside", at+"/"+keyword+"/outside")
		}
	}
	if schema.Format != "" {
		all = append(all, at+"/format/outside")
		if !list && (schema.Min == nil || schema.Max == nil) {
			all = append(all, at+"/format/inside")
		}
	}
	limits, _ := schema.Extensions["x-limits"].(map[string]any)
	for limit := range limits {
		all = append(all, at+"/"+limit+"/inside", at+"/"+limit+"/outside")
	}
	return all
}

// walkMembers visits what is in a schema, outer places first.
func walkMembers(at string, schema *openapi3.Schema, visit func(at string, schema *openapi3.Schema, required bool)) {
	for _, part := range slices.Concat(schema.AllOf, schema.OneOf, schema.AnyOf) {
		walkMembers(at, part.Value, visit)
	}
	down := func(name string, inner *openapi3.Schema, required bool) {
		visit(at+"."+name, inner, required)
		walkMembers(at+"."+name, inner, visit)
	}
	for name, member := range schema.Properties {
		down(name, member.Value, slices.Contains(schema.Required, name))
	}
	if schema.Items != nil {
		down("items", schema.Items.Value, false)
	}
	if values := schema.AdditionalProperties.Schema; values != nil {
		down("values", values.Value, false)
	}
}

func TestEveryErrorOfEveryOperationIsACase(t *testing.T) {
	for _, edition := range openapi.Editions() {
		t.Run(edition, func(t *testing.T) {
			c := contractOf(t, edition)
			names, rows := make(map[string]bool), make(map[string]bool)
			for _, one := range casesOf(t, edition) {
				names[one.name] = true
				rows[one.row] = true
			}
			for _, operation := range c.operations {
				for _, status := range operation.Statuses() {
					for _, code := range openapi.ErrorCodes(operation.Responses.Value(status).Value) {
						if name := "errors/" + code + "/" + operation.OperationID + "/" + status; !names[name] {
							t.Errorf("no case %s", name)
						}
					}
				}
			}
			for _, row := range c.errors {
				if !rows[rowName(row)] {
					t.Errorf("no case of the row %s", rowName(row))
				}
			}
		})
	}
}

// What stands in the data and speaks of nothing is out of date.
func TestDataSpeaksOfTheDocument(t *testing.T) {
	plan, err := loadConstraintPlan()
	if err != nil {
		t.Fatal(err)
	}
	causes, err := loadCauses()
	if err != nil {
		t.Fatal(err)
	}
	places, constraints, used := make(map[string]bool), make(map[string]bool), make(map[string]bool)
	for _, edition := range openapi.Editions() {
		c := contractOf(t, edition)
		for _, operation := range c.operations {
			for _, p := range placesOf(operation) {
				places[p.name()] = true
				places[operation.OperationID+"/"+p.name()] = true
			}
			for _, one := range plan.constraintsOf(operation) {
				constraints[one.id()] = true
			}
			for _, e := range c.errorsOf(operation) {
				for key := range causes {
					if found, ok := causeOf(map[string]cause{key: {}}, e); ok {
						_ = found
						used[key] = true
					}
				}
			}
		}
	}
	for operation, samples := range plan.Samples {
		for name := range samples {
			if !places[operation+"/"+name] {
				t.Errorf("samples: %s has no %s", operation, name)
			}
		}
	}
	for _, keys := range [][]string{slices.Collect(maps.Keys(plan.Beside)), slices.Collect(maps.Keys(plan.Inside)), slices.Collect(maps.Keys(plan.Answers)), plan.Named} {
		for _, key := range keys {
			if !places[key] && !constraints[key] {
				t.Errorf("there is no place and no constraint %s", key)
			}
		}
	}
	for _, u := range plan.Unreachable {
		pattern := u.Of[:strings.LastIndex(u.Of, "/")]
		if !slices.ContainsFunc(slices.Collect(maps.Keys(constraints)), func(id string) bool { ok, _ := path.Match(pattern, id); return ok }) {
			t.Errorf("unreachable: there is no constraint %s", u.Of)
		}
	}
	for key := range causes {
		if !used[key] && key != "LTS.0010/400" {
			t.Errorf("errors: no operation lists %s", key)
		}
	}
}

// Every member that is not required has a sample, or it would never be sent.
func TestEveryMemberIsSent(t *testing.T) {
	plan, err := loadConstraintPlan()
	if err != nil {
		t.Fatal(err)
	}
	for _, operation := range contractOf(t, openapi.Latest).operations {
		for _, p := range placesOf(operation) {
			if p.in != "body" || len(p.path) == 0 || p.path[len(p.path)-1] == "items" {
				continue
			}
			unreachable := why(plan.Unreachable, operation.OperationID+"/"+p.name()+"/type/inside") != ""
			if plan.sample(p) == nil && !unreachable {
				t.Errorf("%s: nothing says a value of %s", operation.OperationID, p.name())
			}
		}
	}
}
