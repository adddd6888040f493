package openapi

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

const jsonType = "application/json"

// An Example is a documented request or response of an operation.
type Example struct {
	Name    string
	Summary string
	Status  string // of the response; empty for a request
	Value   any    // as JSON decodes it
	Sources []string
}

// RequestExamples lists the request examples of the operation by name.
func (o Operation) RequestExamples() []Example {
	if o.RequestBody == nil {
		return nil
	}
	return examples("", o.RequestBody.Value.Content)
}

// ResponseExamples lists the response examples of the operation by status and
// name.
func (o Operation) ResponseExamples() []Example {
	var all []Example
	for _, status := range o.Statuses() {
		all = append(all, examples(status, o.Responses.Value(status).Value.Content)...)
	}
	return all
}

func examples(status string, content openapi3.Content) []Example {
	media := content[jsonType]
	if media == nil {
		return nil
	}
	var list []Example
	for _, name := range slices.Sorted(maps.Keys(media.Examples)) {
		example := media.Examples[name].Value
		list = append(list, Example{
			Name:    name,
			Summary: example.Summary,
			Status:  status,
			Value:   example.Value,
			Sources: SourcesOf(example.Extensions),
		})
	}
	return list
}

// checkExamples checks every example of the document against the schema that
// it stands under. kin-openapi's own check stops at the first wrong example of
// a media type; this one reports all.
func checkExamples(doc *openapi3.T) []error {
	var problems []error
	for _, operation := range Operations(doc) {
		at := operation.pointer()
		for _, parameter := range operation.AllParameters() {
			if parameter.Value.Example != nil {
				where := at + Pointer("parameters", parameter.Value.Name)
				problems = append(problems, checkValue(where, parameter.Value.Schema, parameter.Value.Example)...)
			}
		}
		if operation.RequestBody != nil {
			problems = append(problems, checkContent(at+"/requestBody", operation.RequestBody.Value.Content)...)
		}
		for _, status := range operation.Statuses() {
			response := operation.Responses.Value(status).Value
			problems = append(problems, checkContent(at+Pointer("responses", status), response.Content)...)
			for _, name := range slices.Sorted(maps.Keys(response.Headers)) {
				if header := response.Headers[name].Value; header.Example != nil {
					where := at + Pointer("responses", status, "headers", name)
					problems = append(problems, checkValue(where, header.Schema, header.Example)...)
				}
			}
		}
	}
	for _, schema := range schemasOf(doc) {
		if example := schema.ref.Value.Example; example != nil {
			problems = append(problems, checkValue(Pointer("components", "schemas", schema.name, "example"), schema.ref, example)...)
		}
	}
	return problems
}

func checkContent(at string, content openapi3.Content) []error {
	var problems []error
	for _, mediaType := range slices.Sorted(maps.Keys(content)) {
		media := content[mediaType]
		for _, name := range slices.Sorted(maps.Keys(media.Examples)) {
			where := at + Pointer("content", mediaType, "examples", name)
			problems = append(problems, checkValue(where, media.Schema, media.Examples[name].Value.Value)...)
		}
	}
	return problems
}

// checkValue gives one error for each way in which a value breaks a schema.
func checkValue(at string, schema *openapi3.SchemaRef, v any) []error {
	err := schema.Value.VisitJSON(v, openapi3.MultiErrors(), openapi3.EnableFormatValidation())
	if err == nil {
		return nil
	}
	var problems []error
	for _, broken := range SchemaErrors(err) {
		where := at + "/value" + Pointer(broken.JSONPointer()...)
		problems = append(problems, fmt.Errorf("%s: %s: %s", where, broken.SchemaField, broken.Reason))
	}
	return problems
}

// SchemaErrors lists the single broken rules in what kin-openapi reports with
// MultiErrors.
func SchemaErrors(err error) []*openapi3.SchemaError {
	if many, ok := errors.AsType[openapi3.MultiError](err); ok {
		var all []*openapi3.SchemaError
		for _, one := range many {
			all = append(all, SchemaErrors(one)...)
		}
		return all
	}
	if broken, ok := errors.AsType[*openapi3.SchemaError](err); ok {
		return []*openapi3.SchemaError{broken}
	}
	return nil
}
