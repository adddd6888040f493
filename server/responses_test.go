package server_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

func TestAnswersThatBreakTheDocumentAreLoggedAndCountedAndSent(t *testing.T) {
	for _, tt := range []struct {
		name    string
		change  func(*openapi3.Operation) // of a document that the server was not made for
		problem string
	}{
		{"a status", func(o *openapi3.Operation) { o.Responses.Delete("200") }, "the status is not documented"},
		{"a member", func(o *openapi3.Operation) { bodyOf(o).Required = append(bodyOf(o).Required, "total") }, "/total is required"},
		{"a header", func(o *openapi3.Operation) {
			header := &openapi3.Header{Parameter: openapi3.Parameter{Required: true}}
			o.Responses.Value("200").Value.Headers = openapi3.Headers{"X-Total": {Value: header}}
		}, "the header X-Total is missing"},
		{"a body", func(o *openapi3.Operation) { o.Responses.Value("200").Value.Content = nil }, "there is a body, and none is documented"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc := load(t)
			tt.change(doc.Paths.Value("/v2/{project_id}/groups").Get)
			var book logBook
			var counted tally
			s := newServer(t, server.Options{Document: doc, ValidateResponses: true, Log: book.logger(), Monitor: &counted})
			answer := do(t, s, http.MethodGet, groupsPath, tokenFor(t, s, embedded.DevProject), "")
			if want := `{"log_groups":[]}`; answer.Code != http.StatusOK || strings.TrimSpace(answer.Body.String()) != want {
				t.Errorf("answer %d %s, want 200 %s", answer.Code, answer.Body, want)
			}
			if !strings.Contains(book.String(), tt.problem) {
				t.Errorf("the log does not say %q:\n%s", tt.problem, book.String())
			}
			if diff := cmp.Diff([]string{"ListLogGroups"}, counted.violations); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnswersThatKeepTheDocumentAreNotLogged(t *testing.T) {
	var book logBook
	var counted tally
	s := newServer(t, server.Options{ValidateResponses: true, Log: book.logger(), Monitor: &counted})
	token := tokenFor(t, s, embedded.DevProject)
	do(t, s, http.MethodPost, groupsPath, token, `{"log_group_name": "group", "ttl_in_days": 7}`)
	do(t, s, http.MethodPost, groupsPath, token, `{"log_group_name": "group", "ttl_in_days": 7}`)
	do(t, s, http.MethodPost, groupsPath, token, `{`)
	do(t, s, http.MethodGet, groupsPath, token, "")
	do(t, s, http.MethodGet, groupsPath, "", "")
	do(t, s, http.MethodGet, "/nowhere", "", "")
	if strings.Contains(book.String(), "breaks the document") || len(counted.violations) > 0 {
		t.Errorf("violations %q:\n%s", counted.violations, book.String())
	}
	want := []call{
		{"CreateToken", 201}, {"CreateLogGroup", 201}, {"CreateLogGroup", 400}, {"CreateLogGroup", 400},
		{"ListLogGroups", 200}, {"ListLogGroups", 401}, {"", 404},
	}
	if diff := cmp.Diff(want, counted.calls); diff != "" {
		t.Errorf("monitored calls (-want +got):\n%s", diff)
	}
}

func TestTheMonitorSeesErrorsWithoutValidation(t *testing.T) {
	var counted tally
	s := newServer(t, server.Options{Monitor: &counted})
	do(t, s, http.MethodGet, groupsPath, "", "")
	if diff := cmp.Diff([]call{{"ListLogGroups", 401}}, counted.calls); diff != "" {
		t.Errorf("monitored calls (-want +got):\n%s", diff)
	}
}

func bodyOf(o *openapi3.Operation) *openapi3.Schema {
	return o.Responses.Value("200").Value.Content.Get("application/json").Schema.Value
}

func load(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi.Load(openapi.Latest, openapi.English)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

type call struct {
	Operation string
	Status    int
}

// A tally is a monitor that remembers.
type tally struct {
	mu         sync.Mutex
	calls      []call
	violations []string
}

func (m *tally) Begin(operation string) func(int, int64, time.Duration) {
	return func(status int, _ int64, _ time.Duration) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.calls = append(m.calls, call{operation, status})
	}
}

func (m *tally) Violation(operation string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.violations = append(m.violations, operation)
}
