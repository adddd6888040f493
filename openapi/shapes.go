package openapi

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// shapes says, for each extension that has an accessor, whether a value has
// the shape that the accessor needs.
var shapes = map[string]func(any) error{
	"x-sources":        shape[map[string]Source],
	"x-source":         shape[[]string],
	"x-errors":         shape[[]ErrorRow],
	"x-error-codes":    shape[[]string],
	"x-violation":      shape[Violation],
	"x-headers":        shape[[]Header],
	"x-contradictions": shape[[]Contradiction],
	"x-dynamic":        shape[bool],
	"x-documented":     shape[bool],
	"x-service":        shape[string],
	"x-displayName":    shape[string],
	"x-limits":         shape[map[string]any],
	"x-statuses":       shape[[]map[string]any],
}

func shape[T any](raw any) error {
	_, err := tryDecode[T](raw)
	return err
}

// checkExtensions gives an error for each extension, anywhere in the document,
// that does not have its shape.
func checkExtensions(doc *openapi3.T) []error {
	var problems []error
	check := func(at string, extensions map[string]any) {
		for _, name := range slices.Sorted(maps.Keys(extensions)) {
			hasShape, known := shapes[name]
			if !known {
				problems = append(problems, fmt.Errorf("%s/%s: unknown extension: the extensions are %s",
					at, name, strings.Join(slices.Sorted(maps.Keys(shapes)), ", ")))
			} else if err := hasShape(extensions[name]); err != nil {
				problems = append(problems, fmt.Errorf("%s/%s: %w", at, name, err))
			}
		}
	}
	check("", doc.Extensions)
	for _, operation := range Operations(doc) {
		checkOperation(operation, check)
	}
	for _, schema := range schemasOf(doc) {
		checkSchema("/components/schemas/"+schema.name, schema.ref, check)
	}
	return problems
}

func checkOperation(operation Operation, check func(string, map[string]any)) {
	at := operation.pointer()
	check(at, operation.Extensions)
	for _, server := range operation.Item.Servers {
		check(at+"/servers", server.Extensions)
	}
	for _, parameter := range operation.AllParameters() {
		where := at + "/parameters/" + parameter.Value.Name
		check(where, parameter.Value.Extensions)
		checkSchema(where+"/schema", parameter.Value.Schema, check)
	}
	for _, status := range operation.Statuses() {
		response := operation.Responses.Value(status).Value
		where := at + "/responses/" + status
		check(where, response.Extensions)
		for _, name := range slices.Sorted(maps.Keys(response.Headers)) {
			header := response.Headers[name].Value
			check(where+"/headers/"+name, header.Extensions)
			checkSchema(where+"/headers/"+name+"/schema", header.Schema, check)
		}
		checkMedia(where, response.Content, check)
	}
	if operation.RequestBody != nil {
		checkMedia(at+"/requestBody", operation.RequestBody.Value.Content, check)
	}
}

func checkMedia(at string, content openapi3.Content, check func(string, map[string]any)) {
	for _, mediaType := range slices.Sorted(maps.Keys(content)) {
		media := content[mediaType]
		for _, name := range slices.Sorted(maps.Keys(media.Examples)) {
			check(at+Pointer("content", mediaType, "examples", name), media.Examples[name].Value.Extensions)
		}
	}
}

// checkSchema goes down until the next reference: what is behind it stands
// among the components too.
func checkSchema(at string, ref *openapi3.SchemaRef, check func(string, map[string]any)) {
	if ref == nil || ref.Ref != "" {
		return
	}
	check(at, ref.Value.Extensions)
	for _, name := range slices.Sorted(maps.Keys(ref.Value.Properties)) {
		checkSchema(at+"/properties/"+name, ref.Value.Properties[name], check)
	}
	checkSchema(at+"/items", ref.Value.Items, check)
	checkSchema(at+"/additionalProperties", ref.Value.AdditionalProperties.Schema, check)
	for keyword, parts := range map[string]openapi3.SchemaRefs{"allOf": ref.Value.AllOf, "anyOf": ref.Value.AnyOf, "oneOf": ref.Value.OneOf} {
		for i, part := range parts {
			checkSchema(fmt.Sprintf("%s/%s/%d", at, keyword, i), part, check)
		}
	}
}

// A namedSchema is a schema of the components.
type namedSchema struct {
	name string
	ref  *openapi3.SchemaRef
}

// schemasOf lists the schemas of the components by name.
func schemasOf(doc *openapi3.T) []namedSchema {
	if doc.Components == nil {
		return nil
	}
	var list []namedSchema
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		list = append(list, namedSchema{name, doc.Components.Schemas[name]})
	}
	return list
}
