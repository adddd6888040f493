package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"github.com/ltskit/ltskit/gen/apiserver"
	"github.com/ltskit/ltskit/openapi"
)

// What the quick check accepts the thorough one must accept, and the handler
// must get the same from both.
func FuzzAccept(f *testing.F) {
	for i, b := range documentedBodies(f) {
		for _, text := range b.examples {
			f.Add(uint16(i), uint64(0), text)
			f.Add(uint16(i), uint64(i), text)
		}
	}
	bodies := documentedBodies(f)
	f.Fuzz(func(t *testing.T, index uint16, seed uint64, text []byte) {
		b := bodies[int(index)%len(bodies)]
		b.compare(t, text)
		for _, other := range newMutator(seed).mutations(text) {
			b.compare(t, other)
		}
	})
}

// The same with changes that a fuzzer seldom finds, in a fixed order.
func TestAcceptAgreesWithTheSchemas(t *testing.T) {
	for i, b := range documentedBodies(t) {
		accepted := 0
		m := newMutator(uint64(i))
		for range 200 {
			for _, example := range b.examples {
				for _, text := range m.mutations(example) {
					if b.compare(t, text) {
						accepted++
					}
				}
			}
		}
		if accepted == 0 {
			t.Errorf("%s: none of the changed bodies was accepted; the test shows nothing", b.name)
		}
	}
}

// Otherwise every request would go the slow way, and no other test would fail.
func TestDocumentedBodiesAreAccepted(t *testing.T) {
	for _, b := range documentedBodies(t) {
		for _, text := range b.examples {
			if _, err := decodeJSON(text); err == nil && !b.operation.accepts.JSON(text) {
				t.Errorf("%s: undecided: %s", b.name, text)
			}
		}
	}
}

// The check knows the names of the schema, encoding/json those of the Go type
// and all that differ from them by case. A field that the schema of an edition
// does not name could be set by another name.
func TestEveryFieldIsAProperty(t *testing.T) {
	for _, b := range documentedBodies(t) {
		for _, name := range fieldsWithout(b.into, b.operation.body) {
			t.Errorf("%s: the field %s of %s is no property", b.name, name, b.into)
		}
	}
}

// fieldsWithout lists the fields for which a schema has no property.
func fieldsWithout(t reflect.Type, schema *openapi3.Schema) []string {
	if len(schema.AllOf) == 1 {
		schema = schema.AllOf[0].Value
	}
	switch t.Kind() {
	case reflect.Pointer:
		return fieldsWithout(t.Elem(), schema)
	case reflect.Slice:
		if schema.Items != nil {
			return fieldsWithout(t.Elem(), schema.Items.Value)
		}
	case reflect.Struct:
		var missing []string
		for field := range t.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			property := schema.Properties[name]
			if property == nil {
				missing = append(missing, name)
				continue
			}
			missing = append(missing, fieldsWithout(field.Type, property.Value)...)
		}
		return missing
	}
	return nil
}

// A documentedBody is the request body of an operation of an edition.
type documentedBody struct {
	name      string
	operation *operation
	into      reflect.Type // that the handler gets
	examples  [][]byte     // documented ones, and one that has every field
}

// documentedBodies lists the bodies of all editions.
func documentedBodies(tb testing.TB) []documentedBody {
	tb.Helper()
	bodies, err := loadBodies()
	if err != nil {
		tb.Fatal(err)
	}
	return bodies
}

var loadBodies = sync.OnceValues(func() ([]documentedBody, error) {
	var bodies []documentedBody
	for _, edition := range openapi.Editions() {
		doc, err := openapi.Load(edition, openapi.English)
		if err != nil {
			return nil, err
		}
		for _, documented := range openapi.Operations(doc) {
			if documented.RequestBody == nil {
				continue
			}
			o, err := newOperation(doc, documented)
			if err != nil {
				return nil, err
			}
			b := documentedBody{name: edition + "/" + o.OperationID, operation: o, into: bodyType(o.OperationID)}
			for _, example := range documented.RequestBody.Value.Content.Get(echo.MIMEApplicationJSON).Examples {
				text, err := json.Marshal(example.Value.Value)
				if err != nil {
					return nil, err
				}
				b.examples = append(b.examples, text)
			}
			slices.SortFunc(b.examples, bytes.Compare)
			b.examples = append(b.examples, fullBodies[o.OperationID])
			bodies = append(bodies, b)
		}
	}
	return bodies, nil
})

// bodyType finds the Go type of a body by the method of the handlers.
func bodyType(operationID string) reflect.Type {
	method, _ := reflect.TypeFor[apiserver.StrictServerInterface]().MethodByName(operationID)
	body, _ := method.Type.In(1).FieldByName("Body")
	return body.Type.Elem()
}

// fullBodies have every field of their schema.
var fullBodies = map[string][]byte{
	"CreateToken":            []byte(`{"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"u","name":"n","password":"\u003c\"p","domain":{"id":"d","name":"dn"}}}},"scope":{"project":{"id":"p","name":"pn"},"domain":{"id":"d","name":"dn"}}}}`),
	"CreateLogGroup":         []byte(`{"log_group_name":"lts-group","ttl_in_days":7,"log_group_name_alias":"näme","tags":[{"key":"k","value":"v"},{"key":"l"}]}`),
	"UpdateLogGroup":         []byte(`{"ttl_in_days":"7","tags":[{"key":"k","value":"v"}]}`),
	"CreateLogStream":        []byte(`{"log_stream_name":"s","ttl_in_days":30,"enterprise_project_name":"e","log_stream_name_alias":"","tags":[]}`),
	"UpdateLogStreamTTL":     []byte(`{"ttl_in_days":7,"tags":[{"key":"k","value":"v"}]}`),
	"ListLogs":               []byte(`{"start_time":"1700000000000","end_time":1700000000001,"labels":{"a":"b","A":"c"},"keywords":"x \"y\"","line_num":"1700000000000000001","is_desc":"true","search_type":"init","limit":"3","is_count":true,"highlight":false}`),
	"ListLogContext":         []byte(`{"line_num":"1700000000000000001","backwards_size":0,"forwards_size":500}`),
	"CountKeyword":           []byte(`{"start_time":1,"end_time":"2","step_interval":"60000","group_id":"g","stream_id":"s","key_word":"k"}`),
	"ReportLogs":             []byte(`{"log_time_ns":1700000000000000001,"contents":["a \"b\"\n","é"],"labels":{"a":"b","c":"d"},"tenant_project_id":""}`),
	"ReportLogsHighAccuracy": []byte(`{"contents":[{"log_time_ns":"1700000000000000001","log":"a"},{"log_time_ns":-1,"log":"b\\"}],"labels":{},"tenant_project_id":"p"}`),
	"CreateOBSTransfer":      []byte(`{"log_group_id":"45e7f609-xxxx-4cd3-835b-xxxx4a124718","log_stream_ids":["a","b"],"obs_bucket_name":"bucket","type":"cycle","storage_format":"RAW","switch_on":true,"prefix_name":"p","dir_prefix_name":"/d/e","period":5,"period_unit":"min"}`),
	"UpdateTransfer":         []byte(`{"log_transfer_id":"45e7f609-xxxx-4cd3-835b-xxxx4a124718","log_transfer_info":{"log_storage_format":"JSON","log_transfer_status":"DISABLE","log_transfer_detail":{"obs_period":2,"obs_period_unit":"hour","obs_bucket_name":"abc","obs_prefix_name":"","obs_dir_pre_fix_name":"a/b"}}}`),
	"CreateLogtank":          []byte(`{"logtank":{"resource_type":"LISTENER","resource_id":"r","log_group_id":"g","log_stream_id":"s"}}`),
	"UpdateLogtank":          []byte(`{"logtank":{"log_group_id":"g","log_stream_id":"s"}}`),
}

// compare reports whether the quick check accepts a text, and fails when the
// thorough one does not or when the two give handlers something else.
func (b documentedBody) compare(t *testing.T, text []byte) (accepted bool) {
	t.Helper()
	if !b.operation.accepts.JSON(text) {
		return false
	}
	value, err := decodeJSON(text)
	if err == nil {
		err = b.operation.checkValue(value, len(text))
	}
	if err != nil {
		t.Fatalf("%s: accepted %s, but it is wrong: %v", b.name, text, err)
	}
	quick, quickErr := b.bind(acceptedBody{raw: text})
	thorough, thoroughErr := b.bind(validatedBody{value: value})
	if (quickErr == nil) != (thoroughErr == nil) {
		t.Fatalf("%s: %s: handlers get an error %v, want %v", b.name, text, quickErr, thoroughErr)
	}
	if thoroughErr == nil && !reflect.DeepEqual(quick, thorough) {
		t.Fatalf("%s: %s: handlers get something else (-want +got):\n%s", b.name, text, cmp.Diff(thorough, quick))
	}
	return true
}

// bind gives what the handler gets of a body.
func (b documentedBody) bind(body any) (any, error) {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/", http.NoBody)
	switch body := body.(type) {
	case acceptedBody:
		r.Body = body
	case validatedBody:
		r.Body = body
	}
	into := reflect.New(b.into)
	err := bodyBinder{}.Bind(into.Interface(), echo.New().NewContext(r, nil))
	return into.Interface(), err
}

// A mutator changes texts in ways that matter to readers of JSON.
type mutator struct{ *rand.Rand }

func newMutator(seed uint64) mutator { return mutator{rand.New(rand.NewPCG(seed, 1))} } // no secret

// mutations gives some texts that differ from one by more and more changes.
func (m mutator) mutations(text []byte) [][]byte {
	all := make([][]byte, 0, 4)
	for range cap(all) {
		text = m.mutation(text)
		all = append(all, text)
	}
	return all
}

// oddValues are put in the place of values.
var oddValues = []string{
	`null`, `true`, `false`, `"true"`, `"false"`, `"True"`, `0`, `-0`, `1`, `7`, `7.0`, `7e0`, `7E2`, `0.5`, `-1`, `01`, `"7"`, `" 7"`, `"-1"`, `"007"`,
	`365`, `366`, `500`, `501`, `5000`, `5001`, `2147483647`, `2147483648`, `-2147483649`, `4294967303`, `9007199254740993`,
	`9223372036854774784`, `9223372036854775807`, `9223372036854775808`, `-9223372036854775808`, `18446744073709551615`, `1e400`,
	`"9223372036854775807"`, `"9999999999999999999"`, `"1700000000000000001"`, `1700000000000000001`,
	`""`, `"a"`, `"é"`, `"😀"`, `"\u0041"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\u0000"`, `"\n"`, `"\\"`, `"a b"`, `"/"`, `"//"`, `"a\u002fb"`,
	`"` + strings.Repeat("x", 64) + `"`, `"` + strings.Repeat("é", 64) + `"`, `"` + strings.Repeat("x", 65) + `"`, "\"\xff\"", "\"\x01\"",
	`[]`, `{}`, `[""]`, `["a","a"]`, `[[]]`, `[null]`, `{"a":"b"}`, `{"a":"b","a":"c"}`, `{"a":"b","A":"c"}`, `{"a":1}`, `[1,]`, `nul`, ``,
}

// oddNames are put in the place of names.
var oddNames = []string{``, `a`, `KEY`, `Key`, `key`, "\u212aey", `tagſ`, `TAGS`, `k\u0065y`, `labels`, `Labels`, `é`, `type`, `x-y`, `ttl_in_days `}

func (m mutator) mutation(text []byte) []byte {
	tokens := tokensOf(text)
	if len(tokens) == 0 {
		return []byte(oddValues[m.IntN(len(oddValues))])
	}
	i := m.IntN(len(tokens))
	switch m.IntN(10) {
	case 0, 1, 2: // another value, or another name
		odd := oddValues[m.IntN(len(oddValues))]
		if isName(tokens, i) {
			odd = `"` + oddNames[m.IntN(len(oddNames))] + `"`
		}
		tokens[i] = odd
	case 3: // other case, more often than not in names
		tokens[i] = m.otherCase(tokens[i])
	case 4: // something is missing
		tokens = slices.Delete(tokens, i, min(len(tokens), i+1+m.IntN(4)))
	case 5: // something stands twice
		end := min(len(tokens), i+1+m.IntN(4))
		tokens = slices.Insert(tokens, end, tokens[i:end]...)
	case 6: // white space, or what is none
		tokens = slices.Insert(tokens, i, []string{" ", "\n\t\r ", "\v", "\u00a0", ",", "//"}[m.IntN(6)])
	case 7: // an unknown member
		if j := slices.Index(tokens[i:], "{"); j >= 0 {
			tokens = slices.Insert(tokens, i+j+1, `"`+oddNames[m.IntN(len(oddNames))]+`"`, ":", oddValues[m.IntN(len(oddValues))], ",")
		}
	case 8: // an escape
		tokens[i] = m.escaped(tokens[i])
	case 9: // any byte
		token := []byte(tokens[i])
		token[m.IntN(len(token))] = byte(m.IntN(256))
		tokens[i] = string(token)
	}
	return []byte(strings.Join(tokens, ""))
}

func isName(tokens []string, i int) bool { return i+1 < len(tokens) && tokens[i+1] == ":" }

func (m mutator) otherCase(token string) string {
	switch m.IntN(4) {
	case 0:
		return strings.ToUpper(token)
	case 1:
		return strings.Title(token) //nolint:staticcheck // words are what it is about
	case 2:
		return strings.Replace(token, "s", "ſ", 1)
	default:
		return strings.Replace(token, "k", "\u212a", 1)
	}
}

// escaped writes one character of a string as an escape.
func (m mutator) escaped(token string) string {
	if len(token) < 3 || token[0] != '"' {
		return token
	}
	i := 1 + m.IntN(len(token)-2)
	return token[:i] + fmt.Sprintf(`\u%04x`, token[i]) + token[i+1:]
}

// tokensOf takes a text apart. Together, the tokens are the text.
func tokensOf(text []byte) []string {
	var tokens []string
	for at := 0; at < len(text); {
		end := tokenEnd(text, at)
		tokens = append(tokens, string(text[at:end]))
		at = end
	}
	return tokens
}

func tokenEnd(text []byte, at int) int {
	const marks = `{}[]:,"`
	switch c := text[at]; {
	case c == '"':
		for i := at + 1; i < len(text); i++ {
			if text[i] == '\\' {
				i++
			} else if text[i] == '"' {
				return i + 1
			}
		}
		return len(text)
	case strings.IndexByte(marks, c) >= 0:
		return at + 1
	}
	if i := bytes.IndexAny(text[at+1:], marks); i >= 0 {
		return at + 1 + i
	}
	return len(text)
}
