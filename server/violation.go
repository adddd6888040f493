package server

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
)

// violation turns what kin-openapi says about a body into the documented
// error. A field whose schema names an error of its own (x-violation) is
// answered with that one, unless something else is wrong too: then the answer
// is LTS.0009. Every broken rule is among the details.
func violation(schema *openapi3.Schema, err error) error {
	var details []lts.Detail
	var answer *lts.Error
	for _, broken := range openapi.SchemaErrors(err) {
		pointer := broken.JSONPointer()
		details = append(details, lts.Detail{Field: "/" + strings.Join(pointer, "/"), Rule: ruleText(broken)})
		answer = worse(answer, errorOf(schema, pointer, broken.SchemaField == "required"))
	}
	if answer == nil {
		return lts.ErrInvalidBody.CausedBy(err)
	}
	slices.SortFunc(details, func(a, b lts.Detail) int { return cmp.Compare(a.Field, b.Field) })
	return answer.WithDetails(details...)
}

// worse chooses between the errors of two broken rules: the general one wins
// over one of a field, and between two of fields the lower code.
func worse(a, b *lts.Error) *lts.Error {
	switch {
	case a == nil || b.Is(lts.ErrInvalidBody):
		return b
	case a.Is(lts.ErrInvalidBody) || a.Code <= b.Code:
		return a
	default:
		return b
	}
}

// errorOf finds the error for a value at a pointer.
func errorOf(schema *openapi3.Schema, pointer []string, missing bool) *lts.Error {
	field := schemaAt(schema, pointer)
	if field == nil {
		return lts.ErrInvalidBody
	}
	v, ok := openapi.ViolationOf(field)
	if !ok || missing && !v.Missing {
		return lts.ErrInvalidBody
	}
	published := errorByCode(v.Code)
	if v.Message != "" {
		published = published.Worded(v.Message)
	}
	return published
}

// errorByCode finds a row of the error table.
func errorByCode(code string) *lts.Error {
	for _, row := range lts.Errors() {
		if row.Code == code {
			return &row
		}
	}
	return lts.ErrInvalidBody
}

// schemaAt follows a pointer through properties and items.
func schemaAt(schema *openapi3.Schema, pointer []string) *openapi3.Schema {
	for _, token := range pointer {
		next := schema.Properties[token]
		if _, err := strconv.Atoi(token); err == nil && next == nil {
			next = schema.Items
		}
		if next == nil {
			return nil
		}
		schema = next.Value
	}
	return schema
}

// firstRule gives the text of the first broken rule, or "" when err is nil.
func firstRule(err error) string {
	for _, broken := range openapi.SchemaErrors(err) {
		return ruleText(broken)
	}
	return ""
}

// ruleText says which rule is broken. Reasons of kin-openapi speak of the
// schema; those that could hold the value are put in other words, because the
// value may be a password.
func ruleText(broken *openapi3.SchemaError) string {
	switch broken.SchemaField {
	case "required":
		return "is required"
	case "oneOf", "anyOf", "allOf":
		return "must have one of the documented forms"
	case "type":
		return "must be of type " + strings.Join(broken.Schema.Type.Slice(), " or ")
	case "minLength":
		return "must have at least " + strconv.FormatUint(broken.Schema.MinLength, 10) + " characters"
	case "maxLength":
		return "must have at most " + strconv.FormatUint(*broken.Schema.MaxLength, 10) + " characters"
	case "pattern":
		return "must match " + broken.Schema.Pattern
	case "nullable":
		return "must not be null"
	default:
		return "breaks the rule " + broken.SchemaField
	}
}
