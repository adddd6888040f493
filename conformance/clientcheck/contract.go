package clientcheck

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

// object is a JSON object.
type object = map[string]any

const jsonType = "application/json"

// A contract is an edition of the document and the scenarios.
type contract struct {
	plot

	edition    string
	operations []openapi.Operation
	errors     map[string]openapi.ErrorRow
	features   []string // tags
}

// contracts has what was read of editions, by their names: a program that
// checks many clients reads a document once.
var contracts sync.Map

// loadContract reads an edition; empty means the latest.
func loadContract(edition string) (*contract, error) {
	edition = cmp.Or(edition, openapi.Latest)
	if known, ok := contracts.Load(edition); ok {
		return known.(*contract), nil
	}
	c, err := readContract(edition)
	if err == nil {
		contracts.Store(edition, c)
	}
	return c, err
}

func readContract(edition string) (*contract, error) {
	doc, err := openapi.Load(edition, openapi.English)
	if err != nil {
		return nil, err
	}
	c := &contract{edition: edition, operations: openapi.Operations(doc), errors: make(map[string]openapi.ErrorRow)}
	if c.plot, err = loadPlot(); err != nil {
		return nil, err
	}
	for _, row := range openapi.Errors(doc) {
		c.errors[row.Code] = row
	}
	for _, tag := range doc.Tags {
		c.features = append(c.features, tag.Name)
	}
	return c, nil
}

func (c *contract) creates(id string) bool { return slices.Contains(c.Creating, id) }

func (c *contract) operation(id string) openapi.Operation {
	i := slices.IndexFunc(c.operations, func(o openapi.Operation) bool { return o.OperationID == id })
	if i < 0 {
		return openapi.Operation{}
	}
	return c.operations[i]
}

// needsCredentials reports whether an operation asks who calls it.
func needsCredentials(operation openapi.Operation) bool {
	return operation.Security == nil || len(*operation.Security) > 0
}

// success gives the status of a successful answer.
func success(operation openapi.Operation) string {
	statuses := operation.Statuses()
	i := slices.IndexFunc(statuses, func(s string) bool {
		return strings.HasPrefix(s, "2") && !onlyErrors(operation, s)
	})
	return statuses[max(i, 0)]
}

// onlyErrors reports whether an edition prints nothing but errors under a
// status.
func onlyErrors(operation openapi.Operation, status string) bool {
	found := false
	for _, example := range operation.ResponseExamples() {
		if example.Status == status {
			if !isError(example.Value) {
				return false
			}
			found = true
		}
	}
	return found
}

func isError(v any) bool {
	o, _ := v.(object)
	_, is := o["error_code"]
	return is
}

// successSchema is that of the body of a success; nil when there is none.
func successSchema(operation openapi.Operation) *openapi3.Schema {
	return schemaOf(operation, success(operation))
}

func schemaOf(operation openapi.Operation, status string) *openapi3.Schema {
	response := operation.Responses.Value(status)
	if response == nil || response.Value.Content[jsonType] == nil {
		return nil
	}
	return response.Value.Content[jsonType].Schema.Value
}

// printedError is an error that the edition prints under a status of success;
// nil when there is none.
func printedError(operation openapi.Operation) any {
	for _, example := range operation.ResponseExamples() {
		if strings.HasPrefix(example.Status, "2") && isError(example.Value) {
			return example.Value
		}
	}
	return nil
}

// A match is an operation that a request is for.
type match struct {
	operation openapi.Operation
	params    map[string]string // of the path, decoded
	exact     bool              // the path is written as the document writes it
}

// find gives the operation of a request by its path, as it was sent. What is
// written nearly as the document writes it is found too.
func (c *contract) find(method, path string) (match, bool) {
	for _, exact := range []bool{true, false} {
		for _, operation := range c.operations {
			if params, ok := matchPath(operation.Path, path, exact); ok && operation.Method == method {
				return match{operation, params, exact}, true
			}
		}
	}
	return match{}, false
}

func matchPath(template, path string, exact bool) (map[string]string, bool) {
	if !exact {
		path = "/" + strings.Trim(strings.ReplaceAll(path, "//", "/"), "/")
	}
	names, segments := strings.Split(template, "/"), strings.Split(path, "/")
	if len(names) != len(segments) {
		return nil, false
	}
	params := make(map[string]string)
	for i, name := range names {
		switch {
		case strings.HasPrefix(name, "{"):
			value, err := url.PathUnescape(segments[i])
			if err != nil || value == "" {
				return nil, false
			}
			params[strings.Trim(name, "{}")] = value
		case exact && name != segments[i], !strings.EqualFold(name, segments[i]):
			return nil, false
		}
	}
	return params, true
}

// flatten gives the one schema that stands behind compositions: that of an
// allOf of one, and the first of alternatives.
func flatten(schema *openapi3.Schema) *openapi3.Schema {
	for {
		switch {
		case len(schema.AllOf) == 1 && len(schema.Properties) == 0:
			schema = schema.AllOf[0].Value
		case len(schema.OneOf) > 0:
			schema = schema.OneOf[0].Value
		case len(schema.AnyOf) > 0:
			schema = schema.AnyOf[0].Value
		default:
			return schema
		}
	}
}
