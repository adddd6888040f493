package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A rule is a constraint of a place, with values just inside and just outside.
// Texts in values may have parts in {{ }}, see constraints.yaml.
type rule struct {
	name            string // as in the schema: maxLength
	inside, outside []any
	anyName         bool // the values inside are too short to carry the prefix
}

// A text that is as long as a number of characters. It begins with the prefix
// of the case where it has room for it and named says so.
type lengthy struct {
	length int
	fill   string
	named  bool
}

// digits is a JSON number of exactly these digits.
type digits = json.Number

// namedStart stands for what begins names.
const namedStart = "{{prefix}}a"

// rulesOf makes the rules of a place in a body. Sample is a value that the
// place may have; named says that its texts begin with the prefix. That values
// of the right type are accepted is shown by the cases of the body as a whole.
func rulesOf(p place, sample any, named bool) []rule {
	rules := []rule{{name: "type", outside: append(wrongTypes(p), nil)}}
	if p.form(openapi3.TypeBoolean) != nil {
		rules[0].inside = []any{true, false} // the other form has a list
	}
	for _, form := range formsOf(p.schema) {
		switch {
		case form.Type.Is(openapi3.TypeString):
			rules = append(rules, stringRules(form, sample, named)...)
		case form.Type.Is(openapi3.TypeInteger):
			rules = append(rules, integerRules(form)...)
		case form.Type.Is(openapi3.TypeArray) && form.MinItems > 0:
			rules = append(rules, rule{name: "minItems", inside: []any{sample}, outside: []any{[]any{}}})
		case form.Type.Is(openapi3.TypeObject) && form.MaxProps != nil:
			most := int(*form.MaxProps)
			rules = append(rules, rule{name: "maxProperties", inside: []any{members(most)}, outside: []any{members(most + 1)}})
		}
	}
	return merged(rules)
}

// merged joins rules of one name, as two forms may have them.
func merged(rules []rule) []rule {
	var all []rule
	for _, r := range rules {
		if i := slices.IndexFunc(all, func(other rule) bool { return other.name == r.name }); i >= 0 {
			all[i].inside = append(all[i].inside, r.inside...)
			all[i].outside = append(all[i].outside, r.outside...)
			continue
		}
		all = append(all, r)
	}
	return all
}

// members makes a map of as many members.
func members(n int) object {
	o := make(object, n)
	for i := range n {
		o["label"+strconv.Itoa(i)] = strconv.Itoa(i)
	}
	return o
}

// wrongTypes gives a value of each JSON type that a place must not have.
func wrongTypes(p place) []any {
	var wrong []any
	for _, one := range []struct {
		jsonType string
		value    any
	}{
		{openapi3.TypeString, "text"}, {openapi3.TypeInteger, 7}, {"fraction", digits("7.5")},
		{openapi3.TypeBoolean, true}, {openapi3.TypeArray, []any{}}, {openapi3.TypeObject, object{}},
	} {
		if p.form(one.jsonType) == nil {
			wrong = append(wrong, one.value)
		}
	}
	if p.form(openapi3.TypeInteger) != nil && p.form(openapi3.TypeString) == nil {
		wrong[0] = "7" // digits, where no document says that they may be a text
	}
	return wrong
}

// stringRules makes the rules of a text.
func stringRules(schema *openapi3.Schema, sample any, named bool) []rule {
	if len(schema.Enum) > 0 {
		return append(lengthsOfEnum(schema), rule{name: "enum", inside: schema.Enum, outside: others(schema.Enum)})
	}
	pattern := patternOf(schema)
	fill := filler(schema, pattern)
	var rules []rule
	if n := int(schema.MinLength); n > 0 {
		r := rule{name: "minLength", inside: []any{lengthy{n, fill, named}}, outside: []any{lengthy{n - 1, fill, false}}, anyName: named}
		rules = append(rules, r)
	}
	if schema.MaxLength != nil {
		most := int(*schema.MaxLength)
		r := rule{name: "maxLength", inside: []any{lengthy{most, fill, named}}, outside: []any{lengthy{most + 1, fill, named}}}
		if pattern == nil && most <= 1000 && most > int(schema.MinLength) {
			// A character is one, however many bytes or UTF-16 units it takes.
			r.inside = append(r.inside, lengthy{most, "é", named}, lengthy{most, "😀", named})
		}
		rules = append(rules, r)
	}
	if pattern != nil {
		rules = append(rules, patternRule(schema, pattern, sample, named))
	}
	return rules
}

// lengthsOfEnum makes the rules of the lengths that a list has too.
func lengthsOfEnum(schema *openapi3.Schema) []rule {
	var rules []rule
	lengths := func(compare func(a, b int) int) any {
		return slices.MaxFunc(schema.Enum, func(a, b any) int { return compare(len(fmt.Sprint(a)), len(fmt.Sprint(b))) })
	}
	if n := int(schema.MinLength); n > 0 {
		shortest := lengths(func(a, b int) int { return b - a })
		rules = append(rules, rule{name: "minLength", inside: []any{shortest}, outside: []any{lengthy{n - 1, "a", false}}})
	}
	if schema.MaxLength != nil {
		longest := lengths(func(a, b int) int { return a - b })
		rules = append(rules, rule{name: "maxLength", inside: []any{longest}, outside: []any{lengthy{int(*schema.MaxLength) + 1, "a", false}}})
	}
	return rules
}

// others gives values that are not in a list of values, but close to it.
func others(enum []any) []any {
	var close []any
	add := func(v any) {
		same := func(other any) bool { return equal(other, v) }
		if !slices.ContainsFunc(enum, same) && !slices.ContainsFunc(close, same) {
			close = append(close, v)
		}
	}
	for _, v := range enum {
		switch v := v.(type) {
		case string:
			for _, other := range []string{"", strings.ToUpper(v), strings.ToLower(v), v + " ", v + "x", "no such value"} {
				add(other)
			}
		case float64:
			add(int64(v) - 1)
			add(int64(v) + 1)
		}
	}
	return close
}

func patternOf(schema *openapi3.Schema) *regexp.Regexp {
	if schema.Pattern == "" {
		return nil
	}
	return regexp.MustCompile(schema.Pattern) // the document has been validated
}

// filler gives the character of which texts of any length that a schema allows
// can consist.
func filler(schema *openapi3.Schema, pattern *regexp.Regexp) string {
	for _, c := range []string{"a", "1"} {
		if pattern == nil || pattern.MatchString(strings.Repeat(c, max(1, int(schema.MinLength)))) {
			return c
		}
	}
	panic("conformance: no text of one character matches " + schema.Pattern)
}

// oddTexts are put into the middle and at the ends of texts.
var oddTexts = []string{" ", "/", "//", ".", "_", "-", "é", "*", "\n", "A", "9", "😀"}

// oddNumbers are texts of numbers, and nearly so.
var oddNumbers = []string{
	"", "0", "1", "7", "9", "10", "99", "100", "364", "365", "366", "400", "999", "1000", "4999", "5000", "5001", "9999", "10000",
	"007", "-1", "-0", "+7", "7.0", "7e0", "0x7", " 7", "7 ", "seven", "٧", "9223372036854775808", "99999999999999999999",
}

// patternRule finds texts that a pattern allows and texts that it does not.
func patternRule(schema *openapi3.Schema, pattern *regexp.Regexp, sample any, named bool) rule {
	r := rule{name: "pattern"}
	var candidates []string
	text, isText := sample.(string)
	switch {
	case named:
		for _, c := range oddTexts {
			candidates = append(candidates, namedStart+c+"b", namedStart+c)
			if !pattern.MatchString(c + "a") {
				candidates = append(candidates, c+namedStart)
			}
		}
	case !isText || filler(schema, pattern) == "1":
		candidates = oddNumbers
		if schema.MinLength > 0 {
			candidates = numbersOf(int(schema.MinLength))
		}
	default:
		for _, c := range oddTexts {
			candidates = append(candidates, text+c+"b", text+c, c+text)
		}
		candidates = append(candidates, "", "/", ".", "a/", "/a/b")
	}
	for _, candidate := range candidates {
		if pattern.MatchString(strings.ReplaceAll(candidate, namedStart, "a")) {
			r.inside = append(r.inside, candidate)
		} else {
			r.outside = append(r.outside, candidate)
		}
	}
	return r
}

// numbersOf gives texts of a length, of digits and nearly so.
func numbersOf(length int) []string {
	ones := strings.Repeat("1", length)
	return []string{ones, "-" + ones[1:], ones[1:] + " ", " " + ones[1:], ones[1:] + "a", ones[2:] + ".0", ones[2:] + "é"}
}

// integerRules makes the rules of an integer: its bounds, those of the bits that
// it has, and its list.
func integerRules(schema *openapi3.Schema) []rule {
	var rules []rule
	if len(schema.Enum) > 0 {
		rules = append(rules, rule{name: "enum", inside: schema.Enum, outside: others(schema.Enum)})
	}
	least, most := schema.Min, schema.Max
	if least != nil {
		rules = append(rules, rule{name: "minimum", inside: []any{int64(*least)}, outside: []any{int64(*least) - 1}})
	}
	if most != nil {
		rules = append(rules, rule{name: "maximum", inside: []any{int64(*most)}, outside: []any{int64(*most) + 1}})
	}
	bits := map[string]int{"int32": 32, "int64": 64}[schema.Format]
	if bits == 0 {
		return rules
	}
	r := rule{name: "format"}
	last := big.NewInt(math.MaxInt32)
	if bits == 64 {
		last = big.NewInt(math.MaxInt64)
	}
	first := new(big.Int).Not(last)
	next, before := new(big.Int).Add(last, big.NewInt(1)), new(big.Int).Sub(first, big.NewInt(1))
	wrapped := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), uint(bits)), big.NewInt(7)) // 7 to who drops the bits above
	r.outside = []any{digits(next.String()), digits(before.String()), digits(wrapped.String()), digits("1e400")}
	if most == nil && len(schema.Enum) == 0 {
		r.inside = append(r.inside, digits(last.String()))
	}
	if least == nil && len(schema.Enum) == 0 {
		r.inside = append(r.inside, digits(first.String()))
	}
	return append(rules, r)
}

// parameterRules makes the rules of a parameter, whose values are texts.
func parameterRules(p place) []rule {
	schema := flatten(p.schema)
	if schema.Type.Is(openapi3.TypeInteger) {
		rules := []rule{{name: "type", inside: []any{"7"}, outside: []any{"seven", "1.5", "", "true", " 7", "0x7", "1e1"}}}
		for _, r := range integerRules(schema) {
			rules = append(rules, rule{name: r.name, inside: asTexts(r.inside), outside: asTexts(r.outside)})
		}
		return rules
	}
	rules := []rule{{name: "type", inside: []any{"any text, 任意 & more"}}}
	if len(schema.Enum) > 0 || schema.MinLength > 0 || schema.Format != "" {
		rules = nil
	}
	rules = append(rules, stringRules(schema, "a", false)...)
	if p.in == "header" && len(schema.Enum) > 0 {
		rules[0].outside = []any{"br", "deflate", "no such value"} // case and white space do not count in headers
	}
	return rules
}

func asTexts(values []any) []any {
	texts := make([]any, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	return texts
}

// combinations gives the pairs of a number and a unit that a list of texts such
// as 5min has, and such that it has not.
func combinations(allowed []string) (inside, outside [][2]any) {
	units := make(map[string]bool)
	numbers := map[int]bool{0: true, -2: true, 4: true, 24: true}
	is := make(map[string]bool)
	for _, text := range allowed {
		unit := strings.TrimLeft(text, "0123456789")
		number, _ := strconv.Atoi(strings.TrimSuffix(text, unit))
		units[unit], numbers[number], is[text] = true, true, true
	}
	for _, number := range slices.Sorted(maps.Keys(numbers)) {
		for _, unit := range slices.Sorted(maps.Keys(units)) {
			if is[strconv.Itoa(number)+unit] {
				inside = append(inside, [2]any{number, unit})
			} else {
				outside = append(outside, [2]any{number, unit})
			}
		}
	}
	return inside, outside
}
