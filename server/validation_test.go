package server_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
)

// Every rule that the document sets for the body of an operation is broken
// once, and nothing else: the answer must be the documented one and name the
// field.
func TestBodiesThatBreakOneRule(t *testing.T) {
	t.Parallel()
	inEveryEdition(t, func(t *testing.T, edition string) {
		s := start(t, config{edition: edition, now: newClock().Now})
		of := s.populate(t, devProject, "right")
		rules := make(map[string]bool)
		messages := messagesOf(document(t, edition))
		for _, operation := range openapi.Operations(document(t, edition)) {
			if operation.RequestBody == nil {
				continue
			}
			t.Run(operation.OperationID, func(t *testing.T) {
				schema := operation.RequestBody.Value.Content[jsonType].Schema.Value
				good := rightBody(t, operation, of)
				call := callOn(t, operation, of)
				if a := s.do(t, call); a.status/100 != 2 && operation.OperationID != "CreateToken" {
					t.Fatalf("%s: %d %s; this body breaks no rule", a.what, a.status, a.body)
				}
				for _, b := range breachesOf(t, schema, good) {
					rules[b.rule] = true
					t.Run(b.String(), func(t *testing.T) {
						r := call
						r.body = encode(b.body)
						b.demand(t, messages, operation, s.do(t, r))
					})
				}
			})
		}
		want := []string{"enum", "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minimum", "null", "oneOf", "pattern", "required", "type"}
		if got := slices.Sorted(maps.Keys(rules)); !slices.Equal(got, want) && edition == openapi.Latest {
			t.Errorf("rules that were broken: %q, want %q", got, want)
		}
	})
}

// Every rule that the document sets for a parameter is broken once.
func TestParametersThatBreakOneRule(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	broken := 0
	for _, operation := range openapi.Operations(document(t, openapi.Latest)) {
		for _, ref := range operation.AllParameters() {
			parameter := ref.Value
			if parameter.Name == "project_id" || parameter.Name == "X-Project-Id" {
				continue // another project is refused before
			}
			for _, text := range brokenTexts(t, parameter.Schema.Value) {
				broken++
				t.Run(operation.OperationID+" with the "+parameter.In+" parameter "+parameter.Name+" "+quote(text), func(t *testing.T) {
					a := s.do(t, withParameter(t, operation, parameter, text))
					code, message := "LTS.0009", "Failed to validate the request body"
					if violation, ok := openapi.ViolationOf(parameter.Schema.Value); ok {
						code, message = violation.Code, violation.Message
					}
					e := a.wantError(t, 400, code, message)
					if len(e.Details) != 1 || e.Details[0].Field != parameter.Name || e.Details[0].Rule == "" {
						t.Errorf("%s: details %v, want one about %s", a.what, e.Details, parameter.Name)
					}
				})
			}
		}
	}
	if broken < 40 {
		t.Errorf("%d parameters broke a rule, want more than 40: the document has lost its limits", broken)
	}
}

// A body without the members that need not be there breaks no rule either.
func TestBodiesWithOnlyWhatIsRequired(t *testing.T) {
	t.Parallel()
	inEveryEdition(t, func(t *testing.T, edition string) {
		s := start(t, config{edition: edition, now: newClock().Now})
		of := s.populate(t, devProject, "given")
		for _, operation := range openapi.Operations(document(t, edition)) {
			if operation.RequestBody == nil || operation.OperationID == "CreateToken" {
				continue
			}
			t.Run(operation.OperationID, func(t *testing.T) {
				r := callOn(t, operation, of)
				r.body = encode(onlyRequired(operation.RequestBody.Value.Content[jsonType].Schema.Value, rightBody(t, operation, of)))
				wantSuccess(t, s.do(t, r))
				s.everything(t, of) // is held against the document, and shows what came of it
			})
		}
	})
}

// onlyRequired drops the members of a value that its schema does not require.
func onlyRequired(schema *openapi3.Schema, v any) any {
	schema = unwrap(schema)
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			if !slices.Contains(schema.Required, name) {
				delete(v, name)
				continue
			}
			v[name] = onlyRequired(schema.Properties[name].Value, v[name])
		}
	case []any:
		if schema.Items != nil {
			v[0] = onlyRequired(schema.Items.Value, v[0])
		}
	}
	return v
}

func TestDetailsOfValidation(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	group := s.createGroup(t, devProject, "parent")
	stream := s.createStream(t, devProject, group, "stream")
	tests := map[string]struct {
		op    string
		query string
		body  string
		code  string
		want  []detail
	}{
		"missing": {
			op: "CreateLogGroup", body: `{"ttl_in_days":7}`, code: "LTS.0009",
			want: []detail{{"/log_group_name", "is required"}},
		},
		"null": {
			op: "CreateLogGroup", body: `{"log_group_name":null,"ttl_in_days":7}`, code: "LTS.0009",
			want: []detail{{"/log_group_name", "must not be null"}},
		},
		"wrong type": {
			op: "CreateLogGroup", body: `{"log_group_name":7,"ttl_in_days":7}`, code: "LTS.0009",
			want: []detail{{"/log_group_name", "must be of type string"}},
		},
		"too long": {
			op: "CreateLogGroup", body: `{"log_group_name":"` + strings.Repeat("a", 65) + `","ttl_in_days":7}`, code: "LTS.0009",
			want: []detail{{"/log_group_name", "must have at most 64 characters"}},
		},
		"two rules of one field": {
			op: "CreateLogGroup", body: `{"log_group_name":"","ttl_in_days":7}`, code: "LTS.0009",
			want: []detail{{"/log_group_name", "must have at least 1 characters"}, {"/log_group_name", `must match ^[a-zA-Z0-9-]([a-zA-Z0-9_.-]*[a-zA-Z0-9_-])?$`}},
		},
		"neither of two forms": {
			op: "CreateLogGroup", body: `{"log_group_name":"a","ttl_in_days":366}`, code: "LTS.0106",
			want: []detail{{"/ttl_in_days", "must be at most 365"}},
		},
		"below a minimum": {
			op: "CreateLogStream", body: `{"log_stream_name":"a","ttl_in_days":0}`, code: "LTS.0009",
			want: []detail{{"/ttl_in_days", "must be at least 1"}},
		},
		"more than 32 bits": {
			op: "CreateLogStream", body: `{"log_stream_name":"a","ttl_in_days":1e12}`, code: "LTS.0009",
			want: []detail{{"/ttl_in_days", "must be of format int32"}, {"/ttl_in_days", "must be at most 365"}},
		},
		"more than 64 bits": {
			op: "ReportLogs", body: `{"log_time_ns":9223372036854775808,"contents":["a"]}`, code: "LTS.0009",
			want: []detail{{"/log_time_ns", "must be of format int64"}},
		},
		"more than 64 bits in a string": {
			op: "ReportLogs", body: `{"log_time_ns":"9223372036854775808","contents":["a"]}`, code: "LTS.0009",
			want: []detail{{"/log_time_ns", "must be of format int64"}},
		},
		"more than 64 bits in a string in an element": {
			op: "ReportLogsHighAccuracy", body: `{"contents":[{"log_time_ns":1,"log":"a"},{"log_time_ns":"9999999999999999999","log":"b"}]}`, code: "LTS.0009",
			want: []detail{{"/contents/1/log_time_ns", "must be of format int64"}},
		},
		"more than 64 bits in an element of a body with spaces and a number": {
			op: "ReportLogsHighAccuracy", body: `{"contents": [{"log_time_ns": 1.0, "log": "a"}, {"log_time_ns": "1", "log": "9999999999999999999"}, {"log_time_ns": "9999999999999999999", "log": "b"}]}`, code: "LTS.0009",
			want: []detail{{"/contents/2/log_time_ns", "must be of format int64"}},
		},
		"a line of too many bytes": {
			op: "ReportLogs", body: `{"log_time_ns":1,"contents":["a","` + strings.Repeat("é", lts.MaxContent/2+1) + `"]}`, code: "LTS.0009",
			want: []detail{{"/contents/1", "must have at most 1048576 bytes"}},
		},
		"too many keywords": {
			op: "ListLogs", body: `{"start_time":1,"end_time":2,"keywords":"` + strings.Repeat("a ", lts.MaxKeywords+1) + `"}`, code: "LTS.0009",
			want: []detail{{"/keywords", "must have at most 64 words"}},
		},
		"keywords of too many bytes": {
			op: "CountKeyword", code: "LTS.0009",
			body: `{"start_time":1,"end_time":2,"step_interval":1,"group_id":"` + unknownID + `","stream_id":"` + unknownID + `","key_word":"` + strings.Repeat("a", lts.MaxKeywordsLength+1) + `"}`,
			want: []detail{{"/key_word", "must have at most 1024 bytes"}},
		},
		"not in the list": {
			op: "UpdateTransfer", body: `{"log_transfer_id":"` + unknownID + `","log_transfer_info":{"log_storage_format":"raw"}}`, code: "LTS.1901",
			want: []detail{{"/log_transfer_info/log_storage_format", `must be one of ["RAW","JSON"]`}},
		},
		"in an element": {
			op: "CreateLogGroup", body: `{"log_group_name":"a","ttl_in_days":7,"tags":[{"key":"k"},{"key":""}]}`, code: "LTS.0009",
			want: []detail{{"/tags/1/key", "must have at least 1 characters"}},
		},
		"in a member with a strange name": {
			op: "ReportLogs", body: `{"log_time_ns":1,"contents":["a"],"labels":{"a/b~c":1}}`, code: "LTS.0009",
			want: []detail{{"/labels/a~1b~0c", "must be of type string"}},
		},
		"no object": {
			op: "CreateLogGroup", body: `[]`, code: "LTS.0009",
			want: []detail{{"", "must be of type object"}},
		},
		"a field with a code of its own": {
			op: "CreateLogGroup", body: `{"log_group_name":"a","ttl_in_days":true}`, code: "LTS.0106",
			want: []detail{{"/ttl_in_days", "must be of type integer, or must be of type string"}},
		},
		"the lower of two codes wins": {
			op: "CreateOBSTransfer", body: transferBody(`"dir_prefix_name":"//","period_unit":"day"`), code: "LTS.1901",
			want: []detail{
				{"/dir_prefix_name", `must match ^$|^(/)?([a-zA-Z0-9._-]+)(/[a-zA-Z0-9._-]+)*(/)?$`}, {"/period_unit", `must be one of ["min","hour"]`},
			},
		},
		"the general code wins over one before it": {
			op: "CreateOBSTransfer", body: transferBody(`"dir_prefix_name":"//","obs_bucket_name":"b"`), code: "LTS.0009",
			want: []detail{
				{"/dir_prefix_name", `must match ^$|^(/)?([a-zA-Z0-9._-]+)(/[a-zA-Z0-9._-]+)*(/)?$`}, {"/obs_bucket_name", "must have at least 3 characters"},
			},
		},
		"of two fields with the same code the first is named": {
			op: "CreateLogtank", body: `{"logtank":{"resource_type":"BALANCER","log_group_id":"g","log_stream_id":"s"}}`, code: "GA.9001",
			want: []detail{{"/logtank/resource_id", "is required"}, {"/logtank/resource_type", `must be one of ["LISTENER"]`}},
		},
		"a logtank without what it is about": {
			op: "CreateLogtank", body: `{"logtank":{}}`, code: "GA.9001",
			want: []detail{
				{"/logtank/log_group_id", "is required"}, {"/logtank/log_stream_id", "is required"},
				{"/logtank/resource_id", "is required"}, {"/logtank/resource_type", "is required"},
			},
		},
		"no logtank": {
			op: "CreateLogtank", body: `{}`, code: "GA.9001",
			want: []detail{{"/logtank", "is required"}},
		},
		"a logtank that is none": {
			op: "CreateLogtank", body: `{"logtank":[]}`, code: "GA.9001",
			want: []detail{{"/logtank", "must be of type object"}},
		},
		"a wrong limit of logtanks": {
			op: "ListLogtanks", query: "limit=0", code: "GA.9001",
			want: []detail{{"limit", "must be at least 1"}},
		},
		"the general code wins over the field's": {
			op: "CreateLogGroup", body: `{"log_group_name":1,"ttl_in_days":true}`, code: "LTS.0009",
			want: []detail{{"/log_group_name", "must be of type string"}, {"/ttl_in_days", "must be of type integer, or must be of type string"}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do(t, request{op: tt.op, query: tt.query, group: group, stream: stream, body: tt.body})
			e := decode[errorBody](t, a.want(t, http.StatusBadRequest))
			if e.Code != tt.code || !slices.Equal(e.Details, tt.want) {
				t.Errorf("%s:\n got %s %q\nwant %s %q", a.what, e.Code, e.Details, tt.code, tt.want)
			}
		})
	}
}

// transferBody is the body of a creation of a transfer, with some members
// replaced by others.
func transferBody(members string) string {
	body := map[string]any{
		"log_group_id": unknownID, "log_stream_ids": []string{unknownID}, "obs_bucket_name": "bucket",
		"type": "cycle", "storage_format": "RAW", "period": 2, "period_unit": "min",
	}
	if err := json.Unmarshal([]byte("{"+members+"}"), &body); err != nil {
		panic(err)
	}
	return encode(body)
}

// A body can break a rule with every second byte. The answer stays short.
func TestDetailsAreBounded(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	tests := map[string]struct{ mistakes, details int }{
		"a few":                {3, 3},
		"a few thousand":       {5000, 100},
		"two hundred thousand": {200000, 1}, // looking for all of them would take minutes
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			n := tt.mistakes
			body := `{"log_group_name":"a","ttl_in_days":7,"tags":[1` + strings.Repeat(`,1`, n-1) + `]}`
			a := s.do(t, request{op: "CreateLogGroup", body: body})
			e := a.wantError(t, 400, "LTS.0009", "Failed to validate the request body")
			if len(e.Details) != tt.details || !strings.HasPrefix(e.Details[0].Field, "/tags/") {
				t.Errorf("%d wrong tags: %d details, want %d about /tags", n, len(e.Details), tt.details)
			}
		})
	}
}

// withParameter is a right call of an operation but for one parameter.
func withParameter(t *testing.T, operation openapi.Operation, parameter *openapi3.Parameter, text string) request {
	t.Helper()
	r := callOn(t, operation, nobodys)
	switch {
	case parameter.In == openapi3.ParameterInQuery:
		r.query = parameter.Name + "=" + strings.ReplaceAll(text, " ", "+")
	case parameter.In == openapi3.ParameterInHeader:
		r.header = map[string]string{parameter.Name: text}
	case parameter.Name == "log_group_id":
		r.group = text
	case parameter.Name == "log_stream_id":
		r.stream = text
	default:
		t.Fatalf("do not know how to send the parameter %s", parameter.Name)
	}
	return r
}

func deref[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}
