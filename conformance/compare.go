package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

// messageMembers say what is wrong, to people: their wording should be as
// documented.
var messageMembers = []string{"error_msg", "errorMessage"}

// A comparison holds an answer against its schema and a documented example.
type comparison struct {
	contains map[string]bool // pointers of arrays that may hold more than the example
	ofError  bool            // the example is the body of an error
	problems []Problem
	checks   int
}

func (c *comparison) add(level Level, where, rule string, got any) {
	c.problems = append(c.problems, Problem{Level: level, Where: where, Rule: rule, Got: show(got)})
}

// checkSchema holds a value against its schema and reports members that no
// schema knows.
func (c *comparison) checkSchema(schema *openapi3.Schema, got any) {
	c.checks++
	err := schema.VisitJSON(got, openapi3.MultiErrors(), openapi3.VisitAsResponse(), openapi3.EnableFormatValidation())
	for _, broken := range openapi.SchemaErrors(err) {
		pointer := "/" + strings.Join(broken.JSONPointer(), "/")
		c.add(Must, pointer, "schema: "+broken.Reason, broken.Value)
	}
	c.checkMembers("", schema, got)
}

// checkMembers reports members that the document does not know.
func (c *comparison) checkMembers(at string, schema *openapi3.Schema, got any) {
	schema = flatten(schema)
	switch v := got.(type) {
	case map[string]any:
		if len(schema.Properties) == 0 {
			return // a map of any names
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			c.checks++
			member := schema.Properties[name]
			if member == nil {
				c.add(Must, at+"/"+name, "the document does not know this member", v[name])
				continue
			}
			c.checkMembers(at+"/"+name, member.Value, v[name])
		}
	case []any:
		for i, element := range v {
			if schema.Items != nil {
				c.checkMembers(at+"/"+strconv.Itoa(i), schema.Items.Value, element)
			}
		}
	}
}

// flatten gives the one schema that an allOf of one wraps.
func flatten(schema *openapi3.Schema) *openapi3.Schema {
	for len(schema.AllOf) == 1 && len(schema.Properties) == 0 {
		schema = schema.AllOf[0].Value
	}
	return schema
}

// checkExample holds a value against an example: members of the example must
// be there and equal, but for those whose values differ from answer to answer.
func (c *comparison) checkExample(at string, schema *openapi3.Schema, want, got any) {
	if schema != nil && (openapi.Dynamic(schema) || openapi.Dynamic(flatten(schema))) {
		return // its form has been checked against the schema
	}
	c.checks++
	switch want := want.(type) {
	case map[string]any:
		c.checkObject(at, schema, want, got)
	case []any:
		c.checkArray(at, schema, want, got)
	default:
		if !equal(want, got) {
			level := Must
			if c.ofError && slices.Contains(messageMembers, strings.TrimPrefix(at, "/")) {
				level = Should
			}
			c.add(level, pointerOr(at), "the example has "+show(want), got)
		}
	}
}

func (c *comparison) checkObject(at string, schema *openapi3.Schema, want map[string]any, got any) {
	object, ok := got.(map[string]any)
	if !ok {
		c.add(Must, pointerOr(at), "the example has an object", got)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		value, present := object[name]
		if !present {
			c.add(Must, at+"/"+name, "the example has "+show(want[name]), missing{})
			continue
		}
		c.checkExample(at+"/"+name, property(schema, name), want[name], value)
	}
}

func (c *comparison) checkArray(at string, schema *openapi3.Schema, want []any, got any) {
	array, ok := got.([]any)
	if !ok {
		c.add(Must, pointerOr(at), "the example has an array", got)
		return
	}
	element := items(schema)
	if c.contains[at] {
		for _, one := range want {
			if !slices.ContainsFunc(array, func(x any) bool { return alike(element, one, x) }) {
				c.add(Must, at, "one element is like "+show(one), got)
			}
		}
		return
	}
	if len(array) != len(want) {
		c.add(Must, pointerOr(at), fmt.Sprintf("the example has %d elements", len(want)), got)
		return
	}
	for i := range want {
		c.checkExample(at+"/"+strconv.Itoa(i), element, want[i], array[i])
	}
}

// alike reports whether a value is like an example in everything that must
// be.
func alike(schema *openapi3.Schema, want, got any) bool {
	var c comparison
	c.checkExample("", schema, want, got)
	return !slices.ContainsFunc(c.problems, func(p Problem) bool { return p.Level == Must })
}

func property(schema *openapi3.Schema, name string) *openapi3.Schema {
	if schema == nil {
		return nil
	}
	if ref := flatten(schema).Properties[name]; ref != nil {
		return ref.Value
	}
	return nil
}

func items(schema *openapi3.Schema) *openapi3.Schema {
	if schema == nil || flatten(schema).Items == nil {
		return nil
	}
	return flatten(schema).Items.Value
}

// equal compares scalars. Numbers are compared as they are written, exactly:
// 9007199254740993 is not 9007199254740992.
func equal(want, got any) bool {
	w, wantNumber := number(want)
	g, gotNumber := number(got)
	if wantNumber || gotNumber {
		return wantNumber && gotNumber && w.Cmp(g) == 0
	}
	return want == got
}

func number(v any) (*big.Rat, bool) {
	switch n := v.(type) {
	case json.Number:
		return new(big.Rat).SetString(n.String())
	case float64:
		return new(big.Rat).SetFloat64(n), true
	case int, int64, uint64:
		return new(big.Rat).SetString(fmt.Sprint(n))
	default:
		return nil, false
	}
}

// missing stands for what is not there.
type missing struct{}

// show gives a value as short JSON.
func show(v any) string {
	if v == (missing{}) {
		return "nothing"
	}
	const most = 200
	data, err := encode(v)
	if err != nil {
		return fmt.Sprintf("%T", v)
	}
	if len(data) > most {
		return string(data[:most]) + "..."
	}
	return string(data)
}

func pointerOr(at string) string {
	if at == "" {
		return "body"
	}
	return at
}
