package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

// A breach is a body that breaks one rule of a schema.
type breach struct {
	field     string // JSON pointer
	rule      string // word of the schema
	shown     string // the value that breaks it
	body      any
	violation openapi.Violation // how the document wants it answered
}

func (b breach) String() string {
	return fmt.Sprintf("%s breaks %s with %.40s", orElse(b.field, "the body"), b.rule, b.shown)
}

// demand holds an answer against what the document says of the breach.
func (b breach) demand(t *testing.T, messages map[string]string, operation openapi.Operation, a answer) {
	t.Helper()
	if operation.Service() == "iam" {
		want := "; " // and the rule alone, where it is about the whole body
		if b.field != "" {
			want += b.field + ": "
		}
		if message := a.wantIdentityError(t, http.StatusBadRequest); !strings.Contains(message, want) {
			t.Errorf("%s: message %q, want one with %q", a.what, message, want)
		}
		return
	}
	status := statusOfCode(t, operation, b.violation.Code)
	e := a.wantError(t, status, b.violation.Code, orElse(b.violation.Message, messages[b.violation.Code]))
	if len(e.Details) == 0 {
		t.Fatalf("%s: no details, want some about %q", a.what, b.field)
	}
	for _, d := range e.Details {
		if d.Field != b.field || d.Rule == "" {
			t.Errorf("%s: details %q, want only some about %q", a.what, e.Details, b.field)
		}
	}
}

// statusOfCode finds the one status under which an operation lists a code.
func statusOfCode(t *testing.T, operation openapi.Operation, code string) int {
	t.Helper()
	var found []string
	for _, status := range operation.Statuses() {
		if status != "415" && slices.Contains(openapi.ErrorCodes(operation.Responses.Value(status).Value), code) {
			found = append(found, status)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s lists %s under the statuses %q, want one", operation.OperationID, code, found)
	}
	status, _ := strconv.Atoi(found[0])
	return status
}

// messagesOf gives the messages of the error table for wrong requests, by code.
func messagesOf(doc *openapi3.T) map[string]string {
	messages := make(map[string]string)
	for _, row := range openapi.Errors(doc) {
		if row.Status == http.StatusBadRequest {
			messages[row.Code] = row.Message
		}
	}
	return messages
}

// general answers what has no answer of its own.
var general = openapi.Violation{Code: "LTS.0009"}

// breachesOf breaks each rule of a schema in turn. The body good breaks none.
func breachesOf(t *testing.T, schema *openapi3.Schema, good any) []breach {
	t.Helper()
	list := breachesAt(t, schema, good, func(v any) any { return v })
	for i := range list {
		if list[i].violation.Code == "" {
			list[i].violation = general
		}
	}
	return list
}

// breachesAt breaks each rule of a part of a body. The function put gives the
// whole body with another value for the part.
func breachesAt(t *testing.T, schema *openapi3.Schema, good any, put func(any) any) []breach {
	t.Helper()
	violation, _ := openapi.ViolationOf(schema)
	var list []breach
	add := func(rule string, values ...any) {
		for _, v := range values {
			list = append(list, breach{rule: rule, shown: encode(v), body: put(v), violation: violation})
		}
	}
	inner := unwrap(schema)
	if len(inner.OneOf) > 0 {
		add("oneOf", brokenForms(t, inner)...)
		return list
	}
	if !inner.Nullable {
		add("null", nil)
	}
	add("type", valuesOfOtherTypes(inner)...)
	for rule, values := range brokenValues(t, inner, good) {
		add(rule, values...)
	}
	switch good := good.(type) {
	case map[string]any:
		list = append(list, breachesOfObject(t, inner, good, put)...)
	case []any:
		element := func(v any) any { return put([]any{v}) }
		list = append(list, under("0", breachesAt(t, inner.Items.Value, good[0], element))...)
	}
	return list
}

func breachesOfObject(t *testing.T, schema *openapi3.Schema, good map[string]any, put func(any) any) []breach {
	t.Helper()
	var list []breach
	for _, name := range schema.Required {
		without := maps.Clone(good)
		delete(without, name)
		violation, _ := openapi.ViolationOf(schema.Properties[name].Value)
		if !violation.Missing {
			violation = general
		}
		list = append(list, breach{field: "/" + name, rule: "required", shown: "nothing", body: put(without), violation: violation})
	}
	for _, name := range slices.Sorted(maps.Keys(good)) {
		member := func(v any) any {
			with := maps.Clone(good)
			with[name] = v
			return put(with)
		}
		of := schema.AdditionalProperties.Schema
		if property := schema.Properties[name]; property != nil {
			of = property
		}
		list = append(list, under(name, breachesAt(t, of.Value, good[name], member))...)
	}
	return list
}

// under puts a member's name in front of the fields.
func under(name string, list []breach) []breach {
	for i := range list {
		list[i].field = "/" + name + list[i].field
	}
	return list
}

// unwrap gives the one schema that an allOf of one wraps.
func unwrap(schema *openapi3.Schema) *openapi3.Schema {
	for len(schema.AllOf) == 1 {
		schema = schema.AllOf[0].Value
	}
	return schema
}

// valuesOfOtherTypes gives a value of each type that a schema does not have.
func valuesOfOtherTypes(schema *openapi3.Schema) []any {
	var values []any
	for _, of := range []struct {
		kind  string
		value any
	}{
		{openapi3.TypeString, "7"}, {openapi3.TypeInteger, 7}, {openapi3.TypeNumber, 7.5}, {openapi3.TypeBoolean, true},
		{openapi3.TypeArray, []any{}}, {openapi3.TypeObject, map[string]any{}},
	} {
		if !schema.Type.Is(of.kind) {
			values = append(values, of.value)
		}
	}
	return values
}

// brokenValues gives, by the word of the schema, values of the right type that
// break a rule.
func brokenValues(t *testing.T, schema *openapi3.Schema, good any) map[string][]any {
	t.Helper()
	if schema.Not != nil || schema.UniqueItems || schema.MultipleOf != nil || schema.MaxItems != nil || schema.MinProps > 0 ||
		schema.ExclusiveMin.IsSet() || schema.ExclusiveMax.IsSet() || len(schema.AnyOf) > 0 || len(schema.AllOf) > 1 {
		t.Fatalf("a schema of a request has a rule that this test does not know how to break: %+v", schema)
	}
	broken := make(map[string][]any)
	if schema.Type.Is(openapi3.TypeString) {
		for rule, texts := range brokenStrings(schema) {
			for _, text := range texts {
				broken[rule] = append(broken[rule], text)
			}
		}
	}
	if schema.Min != nil {
		broken["minimum"] = []any{*schema.Min - 1, json.Number("-9223372036854775808")}
	}
	if schema.Max != nil {
		broken["maximum"] = []any{*schema.Max + 1, json.Number("4294967303"), json.Number("1e300")}
	}
	if schema.MinItems > 0 {
		broken["minItems"] = []any{[]any{}}
	}
	if schema.MaxProps != nil {
		broken["maxProperties"] = []any{crowd(good, *schema.MaxProps+1)}
	}
	return broken
}

// crowd gives an object of n members like those of another.
func crowd(good any, n uint64) map[string]any {
	object := make(map[string]any)
	for _, value := range good.(map[string]any) {
		for i := range n {
			object[strconv.FormatUint(i, 10)] = value
		}
	}
	return object
}

// brokenStrings gives, by the word of the schema, strings that break a rule
// and, where that is possible, no other.
func brokenStrings(schema *openapi3.Schema) map[string][]string {
	broken := make(map[string][]string)
	if schema.MinLength > 0 {
		broken["minLength"] = []string{strings.Repeat("a", int(schema.MinLength)-1)}
	}
	if schema.MaxLength != nil {
		n := int(*schema.MaxLength) + 1
		broken["maxLength"] = []string{strings.Repeat("a", n)}
		if n < 1000 { // the length is in characters
			broken["maxLength"] = append(broken["maxLength"], strings.Repeat("志", n))
		}
	}
	if schema.Pattern != "" {
		pattern := regexp.MustCompile(schema.Pattern)
		for _, text := range []string{".a", "_a", "a.", "a b", "a\n", "a\x00", "a//b", "-", "+1", "ä", "志", "a*"} {
			if !pattern.MatchString(text) {
				broken["pattern"] = append(broken["pattern"], text)
			}
		}
	}
	for _, value := range schema.Enum {
		text := value.(string)
		broken["enum"] = append(broken["enum"], text+"x", swapCase(text))
	}
	return broken
}

// swapCase writes small letters for capital ones and the other way round.
func swapCase(text string) string {
	if lower := strings.ToLower(text); lower != text {
		return lower
	}
	return strings.ToUpper(text)
}

// brokenForms gives values that break every form of a oneOf.
func brokenForms(t *testing.T, schema *openapi3.Schema) []any {
	t.Helper()
	candidates := []any{nil, 7.5, map[string]any{}, map[string]any{"a": "7"}, []any{}, []any{7}, []any{nil}, "", " 7", "7 ", "seven", "0x7", "٧"}
	for _, form := range schema.OneOf {
		candidates = append(candidates, valuesOfOtherTypes(form.Value)...)
		for _, values := range brokenValues(t, form.Value, nil) {
			candidates = append(candidates, values...)
		}
	}
	var broken []any
	for _, v := range candidates {
		fits := func(form *openapi3.SchemaRef) bool { return form.Value.VisitJSON(v) == nil }
		if !slices.ContainsFunc(schema.OneOf, fits) {
			broken = append(broken, v)
		}
	}
	return broken
}

// brokenTexts gives texts of a parameter that break its schema.
func brokenTexts(t *testing.T, schema *openapi3.Schema) []string {
	t.Helper()
	var texts []string
	if schema.Type.Is(openapi3.TypeInteger) {
		texts = append(texts, "x", "7.5", "99999999999999999999", "0x7", "7 ")
		for _, values := range brokenValues(t, schema, nil) {
			for _, v := range values {
				texts = append(texts, encode(v))
			}
		}
	}
	for _, broken := range brokenStrings(schema) {
		for _, text := range broken {
			if text != "" && schema.Type.Is(openapi3.TypeString) {
				texts = append(texts, strings.TrimSpace(text))
			}
		}
	}
	return texts
}
