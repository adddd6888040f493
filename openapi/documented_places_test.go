package openapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

// A table is a table about a request or an answer of an operation.
type table struct {
	source    string // such as "2024-03 table 5-3"
	operation string
	of        string // path, header, request or a status
}

// tables lists the tables that hold for an edition. The latest one has each
// operation from the newest source that describes it.
func (p places) tables(edition string) []table {
	sources := []string{edition}
	if edition == openapi.Latest {
		sources = []string{"2025-11", "2025-10", "2024-03", "2022-08"}
	}
	var tables []table
	newer := make(map[string]string) // the source that an operation is taken from
	for _, source := range sources {
		for _, number := range slices.Sorted(maps.Keys(p[source].Tables)) {
			id, of, ok := strings.Cut(p[source].Tables[number], " ")
			if taken := newer[id]; ok && (taken == "" || taken == source) {
				newer[id] = source
				tables = append(tables, table{source + " table " + number, id, of})
			}
		}
	}
	return tables
}

// missingIn lists the tables of fields that a transcription does not have for
// an edition.
func (p places) missingIn(l limits) []string {
	var problems []string
	for _, edition := range openapi.Editions() {
		for _, want := range p.tables(edition) {
			ofFields := want.of == "path" || want.of == "request" || want.of[0] == '2'
			is := func(t limitsTable) bool { return t.Table == want.source && slices.Contains(t.Editions, edition) }
			if ofFields && !slices.ContainsFunc(l.Tables, is) {
				problems = append(problems, fmt.Sprintf("testdata/limits.yaml: %s (%s %s) is missing", want.source, want.operation, want.of))
			}
		}
	}
	return problems
}

// contradictionID finds the ID of a contradiction in a reason: all of it, or at
// its end in parentheses.
var contradictionID = regexp.MustCompile(`(?:^|\()([a-z0-9]+(?:-[a-z0-9]+)+)\)?$`)

// unrecorded gives the ID in a reason when no contradiction of the document has
// it.
func unrecorded(doc *openapi3.T, because string) string {
	id := contradictionID.FindStringSubmatch(because)
	if id == nil || contradictionIDs(doc)[id[1]] {
		return ""
	}
	return id[1]
}

func operationOf(doc *openapi3.T, id string) (openapi.Operation, bool) {
	for _, operation := range openapi.Operations(doc) {
		if operation.OperationID == id {
			return operation, true
		}
	}
	return openapi.Operation{}, false
}

// fieldOf gives the schema of a field and whether it is mandatory.
func fieldOf(doc *openapi3.T, id, of, within, name string) (*openapi3.Schema, bool) {
	if operation, ok := operationOf(doc, id); ok && of == "path" {
		if p := operation.AllParameters().GetByInAndName("path", name); p != nil {
			return p.Schema.Value, p.Required
		}
		return nil, false
	}
	body := bodyOf(doc, id, of, within)
	if body == nil || body.Properties[name] == nil {
		return nil, false
	}
	return body.Properties[name].Value, slices.Contains(body.Required, name)
}

func propertiesOf(doc *openapi3.T, id, of, within string) openapi3.Schemas {
	if body := bodyOf(doc, id, of, within); body != nil {
		return body.Properties
	}
	return nil
}

// bodyOf gives the schema of a request or an answer, or of the objects in one
// of its fields.
func bodyOf(doc *openapi3.T, id, of, within string) *openapi3.Schema {
	operation, ok := operationOf(doc, id)
	if !ok {
		return nil
	}
	var content openapi3.Content
	if response := operation.Responses.Value(of); response != nil {
		content = response.Value.Content
	} else if of == "request" && operation.RequestBody != nil {
		content = operation.RequestBody.Value.Content
	}
	media := content["application/json"]
	if media == nil || media.Schema == nil {
		return nil
	}
	body := media.Schema.Value
	if holder := body.Properties[within]; holder != nil {
		body = holder.Value
	}
	if body.Items != nil {
		body = body.Items.Value
	}
	return body
}

// pathTo gives the schemas from a schema down to its branch of a type: itself,
// or one that it is made of.
func pathTo(schema *openapi3.Schema, typ string) []*openapi3.Schema {
	if isOfType(schema, typ) {
		return []*openapi3.Schema{schema}
	}
	for _, part := range slices.Concat(schema.AllOf, schema.OneOf, schema.AnyOf) {
		if path := pathTo(part.Value, typ); path != nil {
			return append([]*openapi3.Schema{schema}, path...)
		}
	}
	return nil
}

// isOfType knows the types that tables print.
func isOfType(schema *openapi3.Schema, typ string) bool {
	items := func(itemType string) bool {
		return schema.Type.Is("array") && schema.Items != nil && schema.Items.Value.Type.Is(itemType)
	}
	switch typ {
	case "integer":
		return schema.Type.Is("integer") && schema.Format == "int32"
	case "long":
		return schema.Type.Is("integer") && schema.Format == "int64"
	case "map":
		values := schema.AdditionalProperties.Schema
		return schema.Type.Is("object") && values != nil && values.Value.Type.Is("string")
	case "strings":
		return items("string")
	case "objects":
		return items("object")
	default:
		return schema.Type.Is(typ)
	}
}

// accepts validates a value as a server would.
func accepts(schema *openapi3.Schema, value any) error {
	var decoded any
	if err := json.Unmarshal([]byte(toJSON(value)), &decoded); err != nil {
		return err
	}
	return schema.VisitJSON(decoded, openapi3.EnableFormatValidation())
}

func sameJSON(a, b any) bool { return toJSON(a) == toJSON(b) }

func toJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(data)
}
