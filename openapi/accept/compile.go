package accept

import (
	"encoding/json"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// unlimited stands for a limit that there is not.
const unlimited = math.MaxInt

// compile makes the rule of a schema, and the kind of the values that it
// accepts when there is but one. A keyword that the functions below do not name
// makes the schema one that is not understood, also when it comes with a later
// version of kin-openapi.
func compile(schema *openapi3.Schema) (rule, kind) {
	return compileWithin(schema, nil)
}

// compileWithin is compile with the schemas around, which would begin again
// without end where one of them is in itself.
func compileWithin(schema *openapi3.Schema, around []*openapi3.Schema) (rule, kind) {
	if schema == nil || slices.Contains(around, schema) {
		return undecided{}, kindNone
	}
	c := compiler{schema: bare(schema), around: append(slices.Clip(around), schema)}
	if !c.schema.Nullable {
		return c.compile()
	}
	c.schema.Nullable = false
	rule, _ := c.compile()
	if _, not := rule.(undecided); not {
		return rule, kindNone
	}
	return nullable{rule}, kindNone
}

// bare gives a copy of a schema without what says nothing of values.
func bare(schema *openapi3.Schema) openapi3.Schema {
	s := *schema
	s.Extensions, s.Origin = nil, nil
	s.Title, s.Description, s.ExternalDocs, s.Deprecated, s.XML = "", "", nil, false, nil
	s.Default, s.Example, s.Examples, s.Comment = nil, nil, nil, ""
	return s
}

// A compiler takes the keywords that it understands away from its copy of a
// schema.
type compiler struct {
	schema openapi3.Schema
	around []*openapi3.Schema
}

func (c *compiler) compile() (rule, kind) {
	rule, kind := c.byType()
	if isNot := rule == nil || !reflect.ValueOf(c.schema).IsZero(); isNot {
		return undecided{}, kindNone
	}
	return rule, kind
}

func (c *compiler) byType() (rule, kind) {
	schema := &c.schema
	switch {
	case len(schema.AllOf) == 1:
		only := schema.AllOf[0]
		schema.AllOf = nil
		return c.inner(only)
	case len(schema.OneOf) > 0:
		return c.choice(), kindNone
	case schema.Type == nil || len(*schema.Type) != 1:
		return nil, kindNone
	}
	name := (*schema.Type)[0]
	schema.Type = nil
	switch name {
	case openapi3.TypeString:
		return c.string(), kindString
	case openapi3.TypeInteger:
		return c.integer(), kindNumber
	case openapi3.TypeBoolean:
		return booleanRule{}, kindBoolean
	case openapi3.TypeArray:
		return c.array(), kindArray
	case openapi3.TypeObject:
		return c.object(), kindObject
	default:
		return nil, kindNone
	}
}

func (c *compiler) inner(ref *openapi3.SchemaRef) (rule, kind) {
	if ref == nil {
		return undecided{}, kindNone
	}
	return compileWithin(ref.Value, c.around)
}

// choice takes forms of different kinds. Those of one kind may both accept a
// value, which oneOf forbids.
func (c *compiler) choice() rule {
	forms := c.schema.OneOf
	c.schema.OneOf = nil
	var r choice
	for _, form := range forms {
		rule, kind := c.inner(form)
		if kind == kindNone || r[kind] != nil {
			return nil
		}
		r[kind] = rule
	}
	return &r
}

func (c *compiler) string() rule {
	schema := &c.schema
	r := &stringRule{minLength: limit(&schema.MinLength), maxLength: limit(schema.MaxLength)}
	schema.MinLength, schema.MaxLength = 0, nil
	for _, one := range schema.Enum {
		text, isString := one.(string)
		if !isString {
			return nil
		}
		r.enum = append(r.enum, text)
	}
	schema.Enum = nil
	if schema.Pattern == "" {
		return r
	}
	var err error
	if r.pattern, err = regexp.Compile(schema.Pattern); err != nil || strings.Contains(schema.Pattern, `\u`) {
		return nil // kin-openapi rewrites \u before it compiles
	}
	schema.Pattern = ""
	return r
}

func (c *compiler) integer() rule {
	schema := &c.schema
	r := &integerRule{minimum: -greatest, maximum: greatest}
	switch schema.Format {
	case "", "int64":
	case "int32":
		r.minimum, r.maximum = math.MinInt32, math.MaxInt32
	default:
		return nil
	}
	if schema.Min != nil {
		r.minimum = max(r.minimum, *schema.Min)
	}
	if schema.Max != nil {
		r.maximum = min(r.maximum, *schema.Max)
	}
	for _, one := range schema.Enum {
		number, isNumber := asFloat(one)
		if !isNumber {
			return nil
		}
		r.enum = append(r.enum, number)
	}
	schema.Format, schema.Min, schema.Max, schema.Enum = "", nil, nil, nil
	return r
}

// asFloat takes the types that numbers of a document have.
func asFloat(value any) (float64, bool) {
	switch value := value.(type) {
	case float64:
		return value, true
	case json.Number:
		number, err := value.Float64()
		return number, err == nil
	default:
		return 0, false
	}
}

func (c *compiler) array() rule {
	schema := &c.schema
	r := &arrayRule{minItems: limit(&schema.MinItems), maxItems: limit(schema.MaxItems)}
	r.items, _ = c.inner(schema.Items)
	schema.MinItems, schema.MaxItems, schema.Items = 0, nil, nil
	return r
}

func (c *compiler) object() rule {
	schema := &c.schema
	r := &objectRule{
		places: make(map[string]int), folded: make(map[string]bool),
		minCount: limit(&schema.MinProps), maxCount: limit(schema.MaxProps),
	}
	if len(schema.Properties) > maxProperties || !c.addProperties(r) {
		return nil
	}
	if r.others = c.others(); r.others == nil {
		return nil
	}
	for _, name := range schema.Required {
		place, known := r.places[name]
		if !known {
			return nil
		}
		r.required |= 1 << place
	}
	schema.Required, schema.MinProps, schema.MaxProps = nil, 0, nil
	return r
}

// addProperties fails when the name of a property is not ASCII, because of
// [objectRule.resembles].
func (c *compiler) addProperties(r *objectRule) bool {
	for name, ref := range c.schema.Properties {
		if strings.ContainsFunc(name, func(c rune) bool { return c >= 0x80 }) {
			return false
		}
		r.places[name] = len(r.properties)
		r.folded[strings.ToLower(name)] = true
		property, _ := c.inner(ref)
		r.properties = append(r.properties, property)
	}
	c.schema.Properties = nil
	return true
}

// others is the rule of members that are no properties.
func (c *compiler) others() rule {
	additional := c.schema.AdditionalProperties
	c.schema.AdditionalProperties = openapi3.AdditionalProperties{}
	switch {
	case additional.Schema != nil:
		rule, _ := c.inner(additional.Schema)
		return rule
	case additional.Has != nil && !*additional.Has:
		return undecided{}
	default:
		return anything{}
	}
}

// limit gives a limit as a number, and unlimited when there is none or it is
// beyond all numbers.
func limit(n *uint64) int {
	if n == nil || *n > unlimited {
		return unlimited
	}
	return int(*n)
}
