package conformance

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

// A place is where a request has a value that the document constrains: a
// parameter, the body, a member of it, the elements of an array (items) or the
// values of a map (values).
type place struct {
	operation openapi.Operation
	in        string   // "path", "query", "header" or "body"
	path      []string // the name of a parameter, or the way down from the body
	schema    *openapi3.Schema
	required  bool
}

// name is that in names of cases: body.tags.items.key.
func (p place) name() string { return strings.Join(append([]string{p.in}, p.path...), ".") }

// placesOf lists the places of an operation: its parameters, then its body from
// the outside in, by name.
func placesOf(operation openapi.Operation) []place {
	var places []place
	for _, ref := range operation.AllParameters() {
		p := ref.Value
		places = append(places, place{operation, p.In, []string{p.Name}, p.Schema.Value, p.Required})
	}
	if operation.RequestBody != nil {
		media := operation.RequestBody.Value.Content["application/json"]
		body := place{operation, "body", nil, media.Schema.Value, operation.RequestBody.Value.Required}
		places = append(places, body.within()...)
	}
	return places
}

// within lists the place and those in it.
func (p place) within() []place {
	places := []place{p}
	down := func(name string, schema *openapi3.Schema, required bool) {
		inner := place{p.operation, p.in, append(slices.Clone(p.path), name), schema, required}
		places = append(places, inner.within()...)
	}
	for _, form := range formsOf(p.schema) {
		for _, name := range slices.Sorted(maps.Keys(form.Properties)) {
			down(name, form.Properties[name].Value, slices.Contains(form.Required, name))
		}
		if values := form.AdditionalProperties.Schema; values != nil {
			down("values", values.Value, false)
		}
		if form.Items != nil {
			down("items", form.Items.Value, false)
		}
	}
	return places
}

// formsOf lists the forms that a value may have, one for each type: lenient
// fields have several.
func formsOf(schema *openapi3.Schema) []*openapi3.Schema {
	schema = flatten(schema)
	if len(schema.OneOf) == 0 {
		return []*openapi3.Schema{schema}
	}
	var forms []*openapi3.Schema
	for _, form := range schema.OneOf {
		forms = append(forms, formsOf(form.Value)...)
	}
	return forms
}

// form gives the form of a type, nil when there is none.
func (p place) form(jsonType string) *openapi3.Schema {
	for _, form := range formsOf(p.schema) {
		if form.Type.Is(jsonType) {
			return form
		}
	}
	return nil
}
