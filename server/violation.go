package server

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
)

// maxDetails bounds what an answer says about a body with many mistakes.
const maxDetails = 100

// violation turns what kin-openapi says about a body into the documented
// error. A field whose schema names an error of its own (x-violation) is
// answered with that one, unless something else is wrong too: then the answer
// is LTS.0009. The broken rules are the details.
func violation(schema *openapi3.Schema, err error) error {
	var details []lts.Detail
	var answer *lts.Error
	rules := brokenRules(err)
	slices.SortStableFunc(rules, func(a, b *openapi3.SchemaError) int { return slices.Compare(a.JSONPointer(), b.JSONPointer()) })
	for _, broken := range rules {
		pointer := broken.JSONPointer()
		details = append(details, lts.Detail{Field: openapi.Pointer(pointer...), Rule: ruleText(broken)})
		answer = worse(answer, errorOf(schema, pointer, broken.SchemaField == "required"))
	}
	if answer == nil {
		return lts.ErrInvalidBody
	}
	slices.SortStableFunc(details, func(a, b lts.Detail) int { return cmp.Compare(a.Field, b.Field) })
	return answer.WithDetails(details[:min(len(details), maxDetails)]...)
}

// brokenRules lists the rules that a value breaks. One that has none of several
// forms (oneOf, anyOf) breaks one rule, not a rule of each form.
func brokenRules(err error) []*openapi3.SchemaError {
	switch err := err.(type) { //nolint:errorlint // the error itself, not what it wraps
	case openapi3.MultiError:
		var all []*openapi3.SchemaError
		for _, one := range err {
			all = append(all, brokenRules(one)...)
		}
		return all
	case *openapi3.SchemaError:
		if parts := partsOf(err); err.SchemaField == "allOf" && len(parts) > 0 {
			return brokenRules(parts)
		}
		return []*openapi3.SchemaError{err}
	default:
		return nil
	}
}

// partsOf gives what a value breaks in the schemas of an allOf or oneOf.
func partsOf(broken *openapi3.SchemaError) openapi3.MultiError {
	var parts openapi3.MultiError
	errors.As(broken.Origin, &parts)
	return parts
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
	return errorOfField(field, missing)
}

// errorOfField is the error for a value that breaks a schema, or is missing.
func errorOfField(field *openapi3.Schema, missing bool) *lts.Error {
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
	for _, broken := range brokenRules(err) {
		return ruleText(broken)
	}
	return ""
}

// ruleText says which rule is broken, in the words of the schema and never with
// the value, which may be a password.
func ruleText(broken *openapi3.SchemaError) string {
	schema := broken.Schema
	switch broken.SchemaField {
	case "required":
		return "is required"
	case "nullable":
		return "must not be null"
	case "type":
		return typeRule + strings.Join(schema.Type.Slice(), " or ")
	case "enum":
		return "must be one of " + jsonText(schema.Enum)
	case "format":
		return "must be of format " + schema.Format
	case "pattern":
		return "must match " + schema.Pattern
	case "minLength":
		return fmt.Sprintf("must have at least %d characters", schema.MinLength)
	case "maxLength":
		return fmt.Sprintf("must have at most %d characters", *schema.MaxLength)
	case "minimum":
		return "must be at least " + jsonText(*schema.Min)
	case "maximum":
		return "must be at most " + jsonText(*schema.Max)
	case "minItems":
		return fmt.Sprintf("must have at least %d elements", schema.MinItems)
	case "maxItems":
		return fmt.Sprintf("must have at most %d elements", *schema.MaxItems)
	case "maxProperties":
		return fmt.Sprintf("must have at most %d members", *schema.MaxProps)
	case "oneOf":
		return formsText(partsOf(broken))
	default:
		return "breaks the rule " + broken.SchemaField
	}
}

// typeRule begins the text of a rule about the type.
const typeRule = "must be of type "

// formsText says what each of several forms would have asked for.
func formsText(forms []error) string {
	var texts []string
	for _, form := range forms {
		if rule := firstRule(form); !slices.Contains(texts, rule) {
			texts = append(texts, rule)
		}
	}
	// A form of the type that was sent is the one that was meant.
	meant := slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return strings.HasPrefix(text, typeRule) })
	if len(meant) > 0 {
		texts = meant
	}
	if len(texts) == 0 {
		return "must have one of the documented forms"
	}
	return strings.Join(texts, ", or ")
}

func jsonText(v any) string {
	data, _ := json.Marshal(v) // what comes from the document can be written
	return string(data)
}
