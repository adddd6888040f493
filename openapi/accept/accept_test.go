package accept_test

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi/accept"
)

// Each schema with texts that it accepts. What is wrong or undecided is in the
// table of TestUndecided.
func TestAccepted(t *testing.T) {
	for _, tt := range []struct {
		name, schema string
		texts        []string
	}{
		{"a string", `{"type":"string"}`, []string{`""`, `"a"`, ` "a" `, "\t\r\n\"a\"\n", `"\"\\\/\b\f\n\r\t\u00e9\uD7FF\uFFFF"`, `"héé"`, `"😀"`}},
		{"minLength in characters", `{"type":"string","minLength":2}`, []string{`"ab"`, `"éé"`, `"😀😀"`, `"\n\n"`, `"\u0041b"`, `"aaaaaaaaaaaaa"`}},
		{"maxLength in characters", `{"type":"string","maxLength":2}`, []string{`""`, `"éé"`, `"😀😀"`, `"\u0041\""`}},
		{"enum of strings", `{"type":"string","enum":["a","b"]}`, []string{`"a"`, `"b"`}},
		{"pattern", `{"type":"string","pattern":"^[a-c]+$"}`, []string{`"a"`, `"abc"`}},
		{"pattern without anchors", `{"type":"string","pattern":"[0-9]"}`, []string{`"a1b"`, `"é1"`}},
		{"an integer", `{"type":"integer"}`, []string{`0`, `7`, `-7`, `10`, `9223372036854774784`, `-9223372036854774784`, ` 7 `}},
		{"int32", `{"type":"integer","format":"int32"}`, []string{`2147483647`, `-2147483648`}},
		{"int64", `{"type":"integer","format":"int64"}`, []string{`1763800000000000001`}},
		{"minimum and maximum", `{"type":"integer","minimum":1,"maximum":365}`, []string{`1`, `365`}},
		{"enum of integers", `{"type":"integer","enum":[7,-1]}`, []string{`7`, `-1`}},
		{"a boolean", `{"type":"boolean"}`, []string{`true`, `false`}},
		{"nullable", `{"type":"string","nullable":true,"minLength":1}`, []string{`null`, `"a"`}},
		{"an array", `{"type":"array","items":{"type":"integer"}}`, []string{`[]`, `[ ]`, `[1]`, `[ 1 , 2 ]`}},
		{"minItems and maxItems", `{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":2}`, []string{`[1]`, `[1,2]`}},
		{"an object", `{"type":"object","required":["a"],"properties":{"a":{"type":"string"},"B":{"type":"integer"}}}`,
			[]string{`{"a":""}`, `{"B":1,"a":"x"}`, ` { "a" : "" , "B" : 1 } `}},
		{"unknown members", `{"type":"object","properties":{"ab":{"type":"string"}}}`,
			[]string{`{"x":1}`, `{"x":null,"y":[true,{"a":"\n","z":{}}],"abc":-1}`, `{"x":{"AB":1,"ab":1}}`}},
		{"additionalProperties", `{"type":"object","additionalProperties":{"type":"string"}}`,
			[]string{`{}`, `{"a":"x","A":"y","é":"z","":""}`}},
		{"minProperties and maxProperties", `{"type":"object","minProperties":1,"maxProperties":2}`, []string{`{"a":1}`, `{"a":1,"b":2}`}},
		{"allOf of one", `{"allOf":[{"type":"integer","minimum":3}],"default":3}`, []string{`3`}},
		{"integer or digits", `{"oneOf":[{"type":"integer","format":"int64"},{"type":"string","pattern":"^-?[0-9]{1,19}$"}]}`,
			[]string{`7`, `"7"`, `"-7"`}},
		{"boolean or text", `{"oneOf":[{"type":"boolean"},{"type":"string","enum":["true","false"]}]}`, []string{`true`, `"false"`}},
		{"array or string", `{"oneOf":[{"type":"array","minItems":1,"items":{"type":"string"}},{"type":"string","minLength":1}]}`,
			[]string{`["a"]`, `"a"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			check := accept.Compile(schemaOf(t, tt.schema))
			for _, text := range tt.texts {
				if !check.JSON([]byte(text)) {
					t.Errorf("JSON(%s) under %s: undecided, want accepted", text, tt.schema)
				}
			}
		})
	}
}

// What is undecided, because it is wrong or because nobody needs to know better.
func TestUndecided(t *testing.T) {
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	many := `{"type":"object"}`
	for _, tt := range []struct {
		name, schema string
		texts        []string
	}{
		{"not one value", `{"type":"integer"}`, []string{``, ` `, `7 7`, `7,`, `7}`, "7\x00", "7\ufeff", "\ufeff7"}},
		{"numbers", `{"type":"integer"}`,
			[]string{`7.0`, `7e0`, `7E0`, `07`, `00`, `-0`, `-`, `+7`, `- 7`, `7a`, `9223372036854775807`, `9223372036854775808`, `18446744073709551623`, `99999999999999999999999999`}},
		{"strings", `{"type":"string"}`,
			[]string{`"`, `"a`, `a`, `'a'`, `"\"`, `"\x"`, `"\u12"`, `"\u12`, `"\u12g4"`, `"\ud83d\ude00"`, `"\uD800"`, "\"\n\"", "\"\x00\"", "\"\xff\"", `"a"b`}},
		{"other types", `{"type":"string"}`, []string{`1`, `true`, `null`, `[]`, `{}`}},
		{"minLength", `{"type":"string","minLength":2}`, []string{`"a"`, `"é"`, `"😀"`, `"\n"`, `"\u0041"`}},
		{"maxLength", `{"type":"string","maxLength":2}`, []string{`"abc"`, `"ééé"`, `"\n\n\n"`}},
		{"a minLength beyond all", `{"type":"string","minLength":9223372036854775807}`, []string{`"a"`}},
		{"enum of strings", `{"type":"string","enum":["a"]}`, []string{`"A"`, `""`, `"\u0061"`}},
		{"pattern", `{"type":"string","pattern":"^[a-c]+$"}`, []string{`""`, `"d"`, `"a\n"`, `"\u0061"`}},
		{"a pattern that takes the escape itself", `{"type":"string","pattern":"^[^b]*$"}`, []string{`"\u0062"`}},
		{"an enum that has the escape itself", `{"type":"string","enum":["\\u0061"]}`, []string{`"\u0061"`}},
		{"int32", `{"type":"integer","format":"int32"}`, []string{`2147483648`, `-2147483649`}},
		{"minimum and maximum", `{"type":"integer","minimum":1,"maximum":365}`, []string{`0`, `366`, `-1`}},
		{"a boolean", `{"type":"boolean"}`, []string{`True`, `tru`, `truefalse`, `"true"`, `0`}},
		{"null", `{"type":"object","properties":{"a":{"type":"string"}}}`, []string{`{"a":null}`, `null`}},
		{"arrays", `{"type":"array","items":{"type":"integer"}}`, []string{`[`, `[1`, `[1,`, `[1,]`, `[,1]`, `[1 2]`, `[1}`, `["1"]`}},
		{"minItems and maxItems", `{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":2}`, []string{`[]`, `[1,2,3]`}},
		{"objects", many, []string{`{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{"a" 1}`, `{a:1}`, `{1:1}`, `{"a":1 "b":2}`, `{"a":1]`}},
		{"a name twice", `{"type":"object","properties":{"a":{"type":"integer"}}}`,
			[]string{`{"a":1,"a":1}`, `{"b":1,"b":1}`, `{"b":{"c":1,"c":2}}`, `{"b":[{"c":1,"c":2}]}`}},
		{"a name twice, in a map", `{"type":"object","additionalProperties":{"type":"string"}}`, []string{`{"a":"","a":""}`}},
		{"an escaped name", `{"type":"object","properties":{"a":{"type":"integer"}}}`, []string{`{"\u0061":1}`, `{"\n":1}`}},
		{"a name in another case", `{"type":"object","properties":{"task":{"type":"integer"},"Id":{"type":"integer"}}}`,
			[]string{`{"Task":1}`, `{"task":1,"TASK":2}`, `{"taſk":1}`, "{\"tas\u212a\":1}", `{"id":1}`, `{"é":1}`,
				`{"` + strings.Repeat("x", 65) + `":1}`}},
		{"required", `{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}`, []string{`{}`, `{"b":1}`}},
		{"required without a property", `{"type":"object","required":["a"]}`, []string{`{"a":1}`}},
		{"additionalProperties", `{"type":"object","additionalProperties":{"type":"string"}}`, []string{`{"a":1}`}},
		{"no additionalProperties", `{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string"}}}`, []string{`{"b":1}`}},
		{"minProperties and maxProperties", `{"type":"object","minProperties":1,"maxProperties":2}`, []string{`{}`, `{"a":1,"b":2,"c":3}`}},
		{"deep", many, []string{`{"a":` + deep + `}`}},
		{"forms of one kind", `{"oneOf":[{"type":"integer","minimum":1},{"type":"integer","maximum":9}]}`, []string{`5`}},
		{"a nullable form", `{"oneOf":[{"type":"integer","nullable":true},{"type":"string"}]}`, []string{`null`, `5`}},
		{"none of the forms", `{"oneOf":[{"type":"integer"},{"type":"boolean"}]}`, []string{`"a"`, `[]`, ``}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			check := accept.Compile(schemaOf(t, tt.schema))
			for _, text := range tt.texts {
				if check.JSON([]byte(text)) {
					t.Errorf("JSON(%q) under %s: accepted, want undecided", text, tt.schema)
				}
			}
		})
	}
}

// A keyword that is not understood makes everything under it undecided.
func TestSchemasNotUnderstood(t *testing.T) {
	for _, tt := range []struct{ schema, text string }{
		{`{}`, `1`},
		{`{"type":"number"}`, `1`},
		{`{"enum":["a"]}`, `"a"`},
		{`{"type":"string","format":"date-time"}`, `"2024-01-01T00:00:00Z"`},
		{`{"type":"string","pattern":"\\u0061"}`, `"a"`},
		{`{"type":"string","pattern":"("}`, `"a"`},
		{`{"type":"string","enum":[1]}`, `"a"`},
		{`{"type":"string","minimum":1}`, `"a"`},
		{`{"type":"integer","format":"uint8"}`, `1`},
		{`{"type":"integer","multipleOf":2}`, `2`},
		{`{"type":"integer","minimum":1,"exclusiveMinimum":true}`, `2`},
		{`{"type":"integer","enum":["1"]}`, `1`},
		{`{"type":"boolean","enum":[true]}`, `true`},
		{`{"type":"array"}`, `[1]`},
		{`{"type":"array","items":{"type":"integer"},"uniqueItems":true}`, `[1,2]`},
		{`{"type":"object","properties":{"é":{"type":"string"}}}`, `{}`},
		{`{"type":"object","properties":{"a":{"type":"string","readOnly":true}}}`, `{"a":"x"}`},
		{`{"type":"object","not":{"type":"string"}}`, `{}`},
		{`{"anyOf":[{"type":"string"}]}`, `"a"`},
		{`{"allOf":[{"type":"string"},{"maxLength":1}]}`, `"a"`},
		{`{"allOf":[{"type":"string"}],"maxLength":1}`, `"a"`},
		{`{"oneOf":[{"type":"string"}],"discriminator":{"propertyName":"a"}}`, `"a"`},
		{`{"type":["string","integer"]}`, `"a"`},
		{`{"type":"string","const":"a"}`, `"a"`},
	} {
		if check := accept.Compile(schemaOf(t, tt.schema)); check.JSON([]byte(tt.text)) {
			t.Errorf("JSON(%s) under %s: accepted, want undecided", tt.text, tt.schema)
		}
	}
}

func TestASchemaInItselfIsUndecided(t *testing.T) {
	list := openapi3.NewArraySchema()
	list.Items = openapi3.NewSchemaRef("", list)
	check := accept.Compile(list)
	if !check.JSON([]byte(`[]`)) {
		t.Error("JSON([]): undecided, want accepted")
	}
	if check.JSON([]byte(`[[]]`)) {
		t.Error("JSON([[]]): accepted, want undecided")
	}
}

func TestText(t *testing.T) {
	const schema = `{"type":"string","minLength":2,"maxLength":3,"pattern":"^[^x]*$"}`
	for _, tt := range []struct {
		schema, text string
		want         bool
	}{
		{schema, `ab`, true},
		{schema, `"\n`, true},
		{schema, `ééé`, true},
		{schema, `é`, false},
		{schema, `éééé`, false},
		{schema, `ax`, false},
		{schema, "a\xff", false},
		{`{"type":"string","enum":["a"]}`, `a`, true},
		{`{"type":"string","enum":["a"]}`, `b`, false},
		{`{"type":"integer"}`, `1`, false},
		{`{"type":"string","format":"date-time"}`, `2024-01-01T00:00:00Z`, false},
	} {
		if got := accept.Compile(schemaOf(t, tt.schema)).Text(tt.text); got != tt.want {
			t.Errorf("Text(%q) under %s = %t, want %t", tt.text, tt.schema, got, tt.want)
		}
	}
}

// Names are compared with each other, so that there must not be too many.
func TestManyNames(t *testing.T) {
	check := accept.Compile(schemaOf(t, `{"type":"object","additionalProperties":{"type":"integer"}}`))
	for _, tt := range []struct {
		members int
		want    bool
	}{{100, true}, {1000, false}} {
		var members []string
		for i := range tt.members {
			members = append(members, `"`+strings.Repeat("n", i)+`":1`)
		}
		if got := check.JSON([]byte("{" + strings.Join(members, ",") + "}")); got != tt.want {
			t.Errorf("JSON of an object of %d members = %t, want %t", tt.members, got, tt.want)
		}
	}
}

func schemaOf(t *testing.T, text string) *openapi3.Schema {
	t.Helper()
	schema := new(openapi3.Schema)
	if err := schema.UnmarshalJSON([]byte(text)); err != nil {
		t.Fatalf("schema %s: %v", text, err)
	}
	return schema
}
