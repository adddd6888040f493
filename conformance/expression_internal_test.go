package conformance

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func testScope(t *testing.T) scope {
	t.Helper()
	value, err := decodeExact([]byte(`{"id": "a", "n": 9007199254740993, "list": [{"id": "a", "odd/name": true}, {"id": "b"}], "none": null}`))
	if err != nil {
		t.Fatal(err)
	}
	return scope{
		inputs: object{"prefix": "p-", "days": 7}, steps: map[string]object{"create-it": {"id": "a", "list": []any{"x"}}},
		request: object{"name": "sent"},
		answer:  &answer{status: 200, header: http.Header{"X-Subject-Token": {"token"}}, value: value},
	}
}

func TestExpressionValue(t *testing.T) {
	for expression, want := range map[string]any{
		"$statusCode":                              200,
		"$response.body#/id":                       "a",
		"$response.body#/n":                        json.Number("9007199254740993"),
		"$response.body#/list/1/id":                "b",
		"$response.body#/list/0/odd~1name":         true,
		"$response.body#/none":                     nil,
		"$response.body#/missing":                  nil,
		"$response.body#/list/2":                   nil,
		"$response.body#/id/deeper":                nil,
		"$response.header.X-Subject-Token":         "token",
		"$request.body#/name":                      "sent",
		"$inputs.prefix":                           "p-",
		"$inputs.days":                             7,
		"$steps.create-it.outputs.id":              "a",
		"$steps.create-it.outputs.list#/0":         "x",
		"$steps.unknown.outputs.id":                nil,
		"$workflows.other.outputs.not-implemented": nil,
	} {
		if diff := cmp.Diff(want, testScope(t).value(expression)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", expression, diff)
		}
	}
}

func TestExpressionsInTexts(t *testing.T) {
	payload := object{
		"name": "{$inputs.prefix}group", "days": "$inputs.days", "text": "{$inputs.days} days", "ids": []any{"$steps.create-it.outputs.id"},
		"plain": "{not an expression}", "number": 3,
	}
	want := object{"name": "p-group", "days": 7, "text": "7 days", "ids": []any{"a"}, "plain": "{not an expression}", "number": 3}
	if diff := cmp.Diff(any(want), testScope(t).fill(payload)); diff != "" {
		t.Errorf("fill (-want +got):\n%s", diff)
	}
}

func TestCriteria(t *testing.T) {
	for condition, want := range map[string]bool{
		"$statusCode == 200":                                      true,
		"$statusCode == 201":                                      false,
		"$statusCode != 201":                                      true,
		"$response.body#/id == 'a'":                               true,
		"$response.body#/id == 'b'":                               false,
		"$response.body#/id == $steps.create-it.outputs.id":       true,
		"$response.body#/id != $steps.create-it.outputs.id":       false,
		"$response.body#/missing != 'a'":                          false, // what is not there is not different
		"$response.body#/n == 9007199254740993":                   true,
		"$response.body#/n == 9007199254740992":                   false,
		"$response.body#/list/0/odd~1name == true":                true,
		"$response.body#/list/0/odd~1name == 'true'":              false,
		"$response.body#/none == null":                            true,
		"$inputs.prefix == 'p-'":                                  true,
		"$response.header.X-Subject-Token == 'two words and ''''": false,
	} {
		got, _, err := testScope(t).holds(criterion{Condition: condition})
		if err != nil || got != want {
			t.Errorf("%s: %t, %v, want %t", condition, got, err, want)
		}
	}
}

func TestJSONPathCriteria(t *testing.T) {
	for condition, want := range map[string]bool{
		`$[?@.list[?@.id == {$steps.create-it.outputs.id}]]`:      true,
		`$[?@.list[?@.id == "c"]]`:                                false,
		`$[?count(@.list[?@.id == "c"]) == 0]`:                    true,
		`$[?count(@.list[*]) == 2]`:                               true,
		`$[?count(@.list[*]) == 1]`:                               false,
		`$[?@.list[?@.id == "b" && !@["odd/name"]]]`:              true,
		`$[?@.list[?@.id == {$steps.create-it.outputs.unknown}]]`: false,
	} {
		got, _, err := testScope(t).holds(criterion{Context: "$response.body", Type: "jsonpath", Condition: condition})
		if err != nil || got != want {
			t.Errorf("%s: %t, %v, want %t", condition, got, err, want)
		}
	}
}

func TestCriteriaThatCannotBeRead(t *testing.T) {
	for name, c := range map[string]criterion{
		"no operator":      {Condition: "$statusCode"},
		"unknown operator": {Condition: "$statusCode >= 200"},
		"a bare word":      {Condition: "$statusCode == ok"},
		"another type":     {Condition: "//group", Type: "xpath", Context: "$response.body"},
		"broken JSONPath":  {Condition: "$[?", Type: "jsonpath", Context: "$response.body"},
	} {
		if _, _, err := testScope(t).holds(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// JSON has characters that YAML refuses, and paths are evaluated over nodes of
// YAML.
func TestFindsInAnyText(t *testing.T) {
	value := object{"list": []any{object{"name": "\x01\u0085\ufffe", "id": json.Number("9007199254740993")}, nil, true, "007"}}
	for path, want := range map[string]bool{
		`$[?@.list[?@.name == 'other']]`:        false,
		`$[?@.list[?@.id == 9007199254740993]]`: true,
		`$[?@.list[?@ == '007']]`:               true,
		`$[?@.list[?@ == 7]]`:                   false,
		`$[?@.list[?@ == true]]`:                true,
		`$[?count(@.list[*]) == 4]`:             true,
	} {
		if got, err := finds(path, value); err != nil || got != want {
			t.Errorf("finds(%s) = %t, %v; want %t", path, got, err, want)
		}
	}
}
