package server_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
)

// The tests trust the contract to notice what is wrong with an answer, so it is
// given answers that are.
func TestContract(t *testing.T) {
	const group = `"creation_time":1795339393707,"log_group_id":"b6b9332b-091f-4b22-b810-264318d2d664","log_group_name":"a","ttl_in_days":7`
	tests := map[string]struct {
		method, path string
		status       int
		contentType  string
		body         string
		problem      string // part of the only problem; "" for none
	}{
		"right answer": {
			method: "GET", path: "/v2/p/groups", status: 200, contentType: "application/json",
			body: `{"log_groups":[{` + group + `}]}`,
		},
		"right answer of the gateway": {
			method: "GET", path: "/v2/p/nothing", status: 404, contentType: "application/json",
			body: `{"error_code":"APIGW.0101","error_msg":"m","request_id":"1"}`,
		},
		"right answer without a body": {method: "DELETE", path: "/v2/p/groups/g", status: 204},
		"undocumented status": {
			method: "GET", path: "/v2/p/groups", status: 418, contentType: "application/json", body: `{}`,
			problem: "status 418 is not documented",
		},
		"undocumented member": {
			method: "GET", path: "/v2/p/groups", status: 200, contentType: "application/json",
			body: `{"log_groups":[],"count":0}`, problem: `property "count" is unsupported`,
		},
		"undocumented member of an element": {
			method: "GET", path: "/v2/p/groups", status: 200, contentType: "application/json",
			body: `{"log_groups":[{` + group + `,"color":"red"}]}`, problem: `property "color" is unsupported`,
		},
		"undocumented member of an error": {
			method: "GET", path: "/v2/p/groups", status: 401, contentType: "application/json",
			body: `{"error_code":"LTS.0002","error_msg":"m","cause":"x"}`, problem: `property "cause" is unsupported`,
		},
		"missing member": {
			method: "GET", path: "/v2/p/groups", status: 200, contentType: "application/json",
			body: `{}`, problem: `property "log_groups" is missing`,
		},
		"wrong type": {
			method: "GET", path: "/v2/p/groups", status: 200, contentType: "application/json",
			body: `{"log_groups":null}`, problem: "Value is not nullable",
		},
		"undocumented code": {
			method: "GET", path: "/v2/p/groups", status: 401, contentType: "application/json",
			body: `{"error_code":"LTS.0009","error_msg":"m"}`, problem: "code LTS.0009 is not documented",
		},
		"wrong media type": {
			method: "GET", path: "/v2/p/groups", status: 200, contentType: "text/html",
			body: `{"log_groups":[]}`, problem: `Content-Type "text/html"`,
		},
		"two values": {
			method: "GET", path: "/v2/p/groups", status: 200, contentType: "application/json",
			body: `{"log_groups":[]}{}`, problem: "not one JSON value",
		},
		"no JSON": {
			method: "GET", path: "/v2/p/groups", status: 200, contentType: "application/json",
			body: `log_groups`, problem: "not one JSON value",
		},
		"body where none is documented": {
			method: "DELETE", path: "/v2/p/groups/g", status: 204, contentType: "application/json",
			body: `{}`, problem: "no body is documented",
		},
		"missing header": {
			method: "POST", path: "/v3/auth/tokens", status: 201, contentType: "application/json",
			body:    `{"token":{"expires_at":"2019-02-13T06:52:13.855000Z","methods":["password"]}}`,
			problem: "header X-Subject-Token is missing",
		},
		"another answer than the gateway's for an unknown path": {
			method: "GET", path: "/v2/p/nothing", status: 200, contentType: "application/json",
			body: `{"error_code":"APIGW.0101","error_msg":"m","request_id":"1"}`, problem: "status 200 is not documented",
		},
		"answer of the gateway without the ID": {
			method: "GET", path: "/v2/p/nothing", status: 404, contentType: "application/json",
			body: `{"error_code":"APIGW.0101","error_msg":"m"}`, problem: `request_id ""`,
		},
		"trailing slash served": {
			method: "GET", path: "/v2/p/groups/", status: 200, contentType: "application/json",
			body: `{"log_groups":[]}`, problem: "status 200 is not documented",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			header := http.Header{server.RequestIDHeader: {"1"}}
			if tt.contentType != "" {
				header.Set("Content-Type", tt.contentType)
			}
			problems := newContract(t, openapi.Latest).problems(tt.method, tt.path, tt.status, header, []byte(tt.body))
			if tt.problem == "" && len(problems) > 0 {
				t.Errorf("%s %s answered with %d %s: problems %q, want none", tt.method, tt.path, tt.status, tt.body, problems)
			}
			if tt.problem != "" && (len(problems) == 0 || !strings.Contains(strings.Join(problems, "\n"), tt.problem)) {
				t.Errorf("%s %s answered with %d %s: problems %q, want one with %q", tt.method, tt.path, tt.status, tt.body, problems, tt.problem)
			}
		})
	}
}

func TestContractNoticesRequestIDs(t *testing.T) {
	c := newContract(t, openapi.Latest)
	answer := func(id string) []string {
		return c.problems("DELETE", "/v2/p/groups/g", 204, http.Header{server.RequestIDHeader: {id}}, nil)
	}
	if problems := answer("1"); len(problems) != 0 {
		t.Errorf("an answer with the ID 1: problems %q, want none", problems)
	}
	if problems := answer("1"); len(problems) != 1 {
		t.Errorf("a second answer with the ID 1: problems %q, want one", problems)
	}
	if problems := answer(""); len(problems) != 1 {
		t.Errorf("an answer without an ID: problems %q, want one", problems)
	}
}

// A contract is an [http.RoundTripper] that holds every answer that comes
// through it against the document of an edition: status, headers, media type,
// schema of the body, no member and no error code that the document does not
// know, and an ID that no other answer has. What breaks it fails the test.
type contract struct {
	t          testing.TB
	next       http.RoundTripper
	doc        *openapi3.T
	operations []openapi.Operation

	mu  sync.Mutex
	ids map[string]bool // of the answers so far
}

func newContract(t testing.TB, edition string) *contract {
	t.Helper()
	doc := closedDocument(t, edition)
	return &contract{t: t, doc: doc, operations: openapi.Operations(doc), ids: make(map[string]bool)}
}

// RoundTrip implements [http.RoundTripper].
func (c *contract) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := c.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	for _, problem := range c.problems(r.Method, r.URL.EscapedPath(), answer.StatusCode, answer.Header, body) {
		c.t.Errorf("%s %s: %s; got %d with the body %.300s", r.Method, r.URL.EscapedPath(), problem, answer.StatusCode, body)
	}
	return answer, nil
}

// problems lists how an answer breaks the contract.
func (c *contract) problems(method, path string, status int, header http.Header, body []byte) []string {
	problems := c.checkID(header.Get(server.RequestIDHeader))
	operation, known := c.operationAt(method, path)
	if !known {
		return append(problems, c.checkGateway(method, status, header, body)...)
	}
	response := operation.Responses.Status(status)
	if response == nil {
		return append(problems, fmt.Sprintf("status %d is not documented for %s", status, operation.OperationID))
	}
	for name, h := range response.Value.Headers {
		if h.Value.Required && header.Get(name) == "" {
			problems = append(problems, "header "+name+" is missing")
		}
	}
	return append(problems, checkContent(response.Value, header, body)...)
}

func (c *contract) checkID(id string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id == "" || c.ids[id] {
		return []string{fmt.Sprintf("%s %q is empty or taken", server.RequestIDHeader, id)}
	}
	c.ids[id] = true
	return nil
}

// checkGateway checks the answer to a path or method that the document does not
// know.
func (c *contract) checkGateway(method string, status int, header http.Header, body []byte) []string {
	if status != http.StatusNotFound {
		return []string{fmt.Sprintf("status %d is not documented for an unknown path or method, want 404", status)}
	}
	if method == http.MethodHead {
		return nil // has no body
	}
	problems := checkContent(c.doc.Components.Responses["NoSuchAPI"].Value, header, body)
	var e errorBody
	if err := json.Unmarshal(body, &e); err != nil || e.RequestID != header.Get(server.RequestIDHeader) {
		problems = append(problems, fmt.Sprintf("request_id %q is not the one of the header", e.RequestID))
	}
	return problems
}

func checkContent(response *openapi3.Response, header http.Header, body []byte) []string {
	media := response.Content["application/json"]
	if media == nil {
		if len(body) > 0 {
			return []string{"no body is documented"}
		}
		return nil
	}
	var problems []string
	if got := header.Get("Content-Type"); got != "application/json" {
		problems = append(problems, fmt.Sprintf("Content-Type %q, want application/json", got))
	}
	value, err := exactly(body)
	if err != nil {
		return append(problems, "the body is not one JSON value")
	}
	err = media.Schema.Value.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsResponse(), openapi3.EnableFormatValidation())
	if err != nil {
		problems = append(problems, "schema: "+err.Error())
	}
	return append(problems, checkCode(response, value)...)
}

func checkCode(response *openapi3.Response, value any) []string {
	object, _ := value.(map[string]any)
	code, isError := object["error_code"].(string)
	if isError && !slices.Contains(openapi.ErrorCodes(response), code) {
		return []string{fmt.Sprintf("code %s is not documented for this status", code)}
	}
	return nil
}

// operationAt finds the operation of a method and a path as sent: a parameter
// is one segment that is not empty.
func (c *contract) operationAt(method, path string) (openapi.Operation, bool) {
	segments := strings.Split(path, "/")
	for _, operation := range c.operations {
		if operation.Method == method && slices.EqualFunc(strings.Split(operation.Path, "/"), segments, segmentFits) {
			return operation, true
		}
	}
	return openapi.Operation{}, false
}

func segmentFits(template, segment string) bool {
	return template == segment || strings.HasPrefix(template, "{") && segment != ""
}

// exactly decodes one JSON value and keeps the digits of its numbers.
func exactly(body []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value, at byte " + strconv.FormatInt(decoder.InputOffset(), 10))
	}
	return v, nil
}

var openDocuments, closedDocuments sync.Map // edition to func() (*openapi3.T, error)

// document gives an edition of the document, which nobody may change.
func document(t testing.TB, edition string) *openapi3.T {
	t.Helper()
	return cached(t, &openDocuments, edition, func() (*openapi3.T, error) {
		return openapi.Load(edition, openapi.English)
	})
}

// closedDocument gives an edition of the document in which no object may have
// members that are not described.
func closedDocument(t testing.TB, edition string) *openapi3.T {
	t.Helper()
	return cached(t, &closedDocuments, edition, func() (*openapi3.T, error) {
		doc, err := openapi.Load(edition, openapi.English)
		if err != nil {
			return nil, err
		}
		no := false
		for _, schema := range doc.Components.Schemas {
			if len(schema.Value.Properties) > 0 {
				schema.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: &no}
			}
		}
		return doc, nil
	})
}

func cached(t testing.TB, documents *sync.Map, edition string, load func() (*openapi3.T, error)) *openapi3.T {
	t.Helper()
	once, _ := documents.LoadOrStore(edition, sync.OnceValues(load))
	doc, err := once.(func() (*openapi3.T, error))()
	if err != nil {
		t.Fatalf("document of edition %s: %v", edition, err)
	}
	return doc
}
