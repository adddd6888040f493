package server_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// sample makes a value that breaks no rule of a schema and has every member
// that the schema describes.
func sample(t testing.TB, schema *openapi3.Schema) any {
	t.Helper()
	schema = unwrap(schema)
	switch {
	case len(schema.OneOf) > 0:
		return sample(t, schema.OneOf[0].Value)
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case schema.Type.Is(openapi3.TypeString):
		return sampleText(t, schema)
	case schema.Type.Is(openapi3.TypeInteger):
		return max(7, int(deref(schema.Min)))
	case schema.Type.Is(openapi3.TypeBoolean):
		return true
	case schema.Type.Is(openapi3.TypeArray):
		return []any{sample(t, schema.Items.Value)}
	default:
		return sampleObject(t, schema)
	}
}

func sampleText(t testing.TB, schema *openapi3.Schema) string {
	t.Helper()
	n := max(1, int(schema.MinLength))
	for _, text := range []string{strings.Repeat("7", n), strings.Repeat("a", n)} {
		if schema.Pattern == "" || regexp.MustCompile(schema.Pattern).MatchString(text) {
			return text
		}
	}
	t.Fatalf("no text of %d characters known that matches %s", n, schema.Pattern)
	return ""
}

func sampleObject(t testing.TB, schema *openapi3.Schema) map[string]any {
	t.Helper()
	object := make(map[string]any)
	for name, property := range schema.Properties {
		object[name] = sample(t, property.Value)
	}
	if more := schema.AdditionalProperties.Schema; more != nil {
		object["key"] = sample(t, more.Value)
	}
	return object
}
