package conformance

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

func TestRulesOf(t *testing.T) {
	name := openapi3.NewStringSchema().WithMinLength(2).WithMaxLength(3)
	listed := openapi3.NewStringSchema().WithEnum("RAW", "JSON")
	days := openapi3.NewInt32Schema().WithMin(1).WithMax(365)
	count := openapi3.NewInt64Schema().WithMin(0)
	dated := openapi3.NewStringSchema().WithPattern("^[a-z]+$")
	lenient := openapi3.NewOneOfSchema(openapi3.NewBoolSchema(), openapi3.NewStringSchema().WithEnum("true", "false"))
	for _, tt := range []struct {
		name            string
		schema          *openapi3.Schema
		sample          any
		rule            string
		inside, outside []any
	}{
		{
			name: "the shortest text and one character less", schema: name, sample: "ab", rule: "minLength",
			inside: []any{lengthy{2, "a", false}}, outside: []any{lengthy{1, "a", false}},
		},
		{
			name: "the longest text, in bytes and UTF-16 units too, and one character more", schema: name, sample: "ab", rule: "maxLength",
			inside: []any{lengthy{3, "a", false}, lengthy{3, "é", false}, lengthy{3, "😀", false}}, outside: []any{lengthy{4, "a", false}},
		},
		{
			name: "a text in place of which stands something else", schema: name, sample: "ab", rule: "type",
			outside: []any{7, digits("7.5"), true, []any{}, object{}, nil},
		},
		{
			name: "every value of a list, and some that are close", schema: listed, sample: "RAW", rule: "enum",
			inside: []any{"RAW", "JSON"}, outside: []any{"", "raw", "RAW ", "RAWx", "no such value", "json", "JSON ", "JSONx"},
		},
		{name: "the smallest number and one less", schema: days, sample: 7, rule: "minimum", inside: []any{int64(1)}, outside: []any{int64(0)}},
		{name: "the largest number and one more", schema: days, sample: 7, rule: "maximum", inside: []any{int64(365)}, outside: []any{int64(366)}},
		{
			name: "what 32 bits do not hold", schema: days, sample: 7, rule: "format",
			outside: []any{digits("2147483648"), digits("-2147483649"), digits("4294967303"), digits("1e400")},
		},
		{
			name: "what 64 bits hold, and what they do not", schema: count, sample: 7, rule: "format",
			inside:  []any{digits("9223372036854775807")},
			outside: []any{digits("9223372036854775808"), digits("-9223372036854775809"), digits("18446744073709551623"), digits("1e400")},
		},
		{
			name: "digits in quotes are no number", schema: days, sample: 7, rule: "type",
			outside: []any{"7", digits("7.5"), true, []any{}, object{}, nil},
		},
		{
			name: "characters that a pattern does not have", schema: dated, sample: "x", rule: "pattern",
			inside: nil, outside: []any{
				"x b", "x ", " x", "x/b", "x/", "/x", "x//b", "x//", "//x", "x.b", "x.", ".x", "x_b", "x_", "_x", "x-b", "x-", "-x", "xéb", "xé", "éx",
				"x*b", "x*", "*x", "x\nb", "x\n", "\nx", "xAb", "xA", "Ax", "x9b", "x9", "9x", "x😀b", "x😀", "😀x", "", "/", ".", "a/", "/a/b",
			},
		},
		{
			name: "both forms of a Boolean", schema: lenient, sample: true, rule: "enum",
			inside: []any{"true", "false"}, outside: []any{"", "TRUE", "true ", "truex", "no such value", "FALSE", "false ", "falsex"},
		},
		{name: "a Boolean is no number", schema: lenient, sample: true, rule: "type", inside: []any{true, false}, outside: []any{7, digits("7.5"), []any{}, object{}, nil}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, r := range rulesOf(place{in: "body", path: []string{"x"}, schema: tt.schema}, tt.sample, false) {
				if r.name != tt.rule {
					continue
				}
				if diff := cmp.Diff(rule{name: tt.rule, inside: tt.inside, outside: tt.outside}, r, cmp.AllowUnexported(rule{}, lengthy{})); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				return
			}
			t.Errorf("no rule %s", tt.rule)
		})
	}
}

func TestCombinations(t *testing.T) {
	inside, outside := combinations([]string{"5min", "1hour"})
	if want := [][2]any{{1, "hour"}, {5, "min"}}; !cmp.Equal(inside, want) {
		t.Errorf("inside %v, want %v", inside, want)
	}
	for _, want := range [][2]any{{1, "min"}, {5, "hour"}, {0, "min"}, {-2, "hour"}, {4, "min"}} {
		found := false
		for _, pair := range outside {
			found = found || pair == want
		}
		if !found {
			t.Errorf("outside %v, want %v among them", outside, want)
		}
	}
}

func TestAssign(t *testing.T) {
	for _, tt := range []struct {
		name  string
		body  any
		path  []string
		value any
		want  any
	}{
		{"a member", object{"a": 1}, []string{"b"}, 2, object{"a": 1, "b": 2}},
		{"a member in one that is missing", object{}, []string{"a", "b"}, 2, object{"a": object{"b": 2}}},
		{"the first element", object{"a": []any{1, 2}}, []string{"a", "items"}, 3, object{"a": []any{3, 2}}},
		{"an element where there is none", object{}, []string{"a", "items", "b"}, 3, object{"a": []any{object{"b": 3}}}},
		{"a value of a map", object{}, []string{"labels", "values"}, 7, object{"labels": object{"app": 7}}},
		{"nothing", object{"a": 1, "b": 2}, []string{"a"}, missing{}, object{"b": 2}},
		{"null", object{"a": 1}, []string{"a"}, nil, object{"a": nil}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := show(tt.body)
			if got := assign(tt.body, tt.path, tt.value); !cmp.Equal(got, tt.want) {
				t.Errorf("assign(%s, %v) = %v, want %v", before, tt.path, got, tt.want)
			}
			if after := show(tt.body); after != before {
				t.Errorf("the body was changed to %s", after)
			}
		})
	}
}

func TestComputed(t *testing.T) {
	for _, tt := range []struct {
		value     any
		operation string
		want      digits
	}{
		{int64(7), "+1", "8"},
		{digits("9223372036854775807"), "-1", "9223372036854775806"},
		{"1111111111111111111", "/1000000", "1111111111111"},
		{"1111111111111111111", "/1000000+1", "1111111111112"},
		{object{}, "+1", "2"},
	} {
		if got := computed(tt.value, tt.operation); got != tt.want {
			t.Errorf("computed(%v, %q) = %v, want %v", tt.value, tt.operation, got, tt.want)
		}
	}
}

func TestSaysTheSame(t *testing.T) {
	for _, tt := range []struct {
		documented, got string
		want            bool
	}{
		{"Invalid token", "Invalid token", true},
		{"Invalid token", "invalid token", false},
		{"Invalid %s: %s", "Invalid marker: there is no such logtank", true},
		{"Not found: %s", "Found: x", false},
		{"obs bucket does not exist: zhuanchu", "obs bucket does not exist: mine", true},
		{"obs bucket does not exist: zhuanchu", "bucket does not exist: mine", false},
		{"'*' and '?' not allowed as first character", "\"*\" and '?' not allowed as first character", false},
	} {
		if got := saysTheSame(tt.documented, tt.got); got != tt.want {
			t.Errorf("saysTheSame(%q, %q) = %t, want %t", tt.documented, tt.got, got, tt.want)
		}
	}
}
