package server_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
)

func TestAnswersThatBreakTheDocumentAreLoggedAndCountedAndSent(t *testing.T) {
	t.Parallel()
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
			var log logBuffer
			var counted tally
			s := start(t, config{options: server.Options{Document: doc, ValidateResponses: true, Log: log.logger(), Monitor: &counted}})
			a := s.do(t, request{op: "ListLogGroups"}).want(t, http.StatusOK)
			if got, want := strings.TrimSpace(string(a.body)), `{"log_groups":[]}`; got != want {
				t.Errorf("answer %s, want %s", got, want)
			}
			s.finish()
			if !strings.Contains(log.String(), tt.problem) {
				t.Errorf("the log does not say %q:\n%s", tt.problem, log.String())
			}
			if diff := cmp.Diff([]string{"ListLogGroups"}, counted.violations); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnswersThatKeepTheDocumentAreNotLogged(t *testing.T) {
	t.Parallel()
	var log logBuffer
	var counted tally
	s := start(t, config{options: server.Options{ValidateResponses: true, Log: log.logger(), Monitor: &counted}})
	noToken := map[string]string{"X-Auth-Token": ""}
	for _, r := range []request{
		{op: "CreateLogGroup", body: `{"log_group_name": "group", "ttl_in_days": 7}`},
		{op: "CreateLogGroup", body: `{"log_group_name": "group", "ttl_in_days": 7}`},
		{op: "CreateLogGroup", body: `{`},
		{op: "ListLogGroups"},
		{op: "ListLogGroups", header: noToken},
		{method: http.MethodGet, path: "/nowhere", header: noToken},
	} {
		s.do(t, r)
	}
	s.finish()
	if strings.Contains(log.String(), "breaks the document") || len(counted.violations) > 0 {
		t.Errorf("violations %q:\n%s", counted.violations, log.String())
	}
	want := []call{
		{"CreateToken", 201}, {"CreateLogGroup", 201}, {"CreateLogGroup", 400}, {"CreateLogGroup", 400},
		{"ListLogGroups", 200}, {"ListLogGroups", 401}, {"", 404},
	}
	if diff := cmp.Diff(want, counted.calls); diff != "" {
		t.Errorf("monitored calls (-want +got):\n%s", diff)
	}
}

// The longest line that may be written comes back, also with highlight tags
// around each of its words, and keeps the document of every edition.
func TestTheLongestLineKeepsTheDocument(t *testing.T) {
	t.Parallel()
	inEveryEdition(t, func(t *testing.T, edition string) {
		var log logBuffer
		var counted tally
		s := start(t, config{edition: edition, options: server.Options{ValidateResponses: true, Log: log.logger(), Monitor: &counted}})
		group := s.createGroup(t, devProject, "group")
		stream := s.createStream(t, devProject, group, "stream")
		line := strings.Repeat("word ", lts.MaxContent/len("word ")) + "x"
		now := time.Now()
		s.do(t, request{op: "ReportLogs", group: group, stream: stream, body: encode(map[string]any{
			"log_time_ns": now.UnixNano(), "contents": []string{line},
		})}).want(t, http.StatusOK)
		for keywords, want := range map[string]string{"": line, "word": strings.ReplaceAll(line, "word", "<HighLightTag>word</HighLightTag>")} {
			a := s.do(t, request{op: "ListLogs", group: group, stream: stream, body: encode(map[string]any{
				"start_time": now.UnixMilli() - 1000, "end_time": now.UnixMilli() + 1000, "keywords": keywords,
			})}).want(t, http.StatusOK)
			logs := decode[struct {
				Logs []struct{ Content string }
			}](t, a).Logs
			if len(logs) != 1 || logs[0].Content != want {
				t.Errorf("a query for %q does not give the line of %d bytes, but %.200s", keywords, len(line), a.body)
			}
		}
		s.finish()
		if len(counted.violations) > 0 {
			t.Errorf("violations of %q:\n%.500s", counted.violations, log.String())
		}
	})
}

func TestTheMonitorSeesErrorsWithoutValidation(t *testing.T) {
	t.Parallel()
	var counted tally
	s := start(t, config{options: server.Options{Monitor: &counted}})
	s.do(t, request{op: "ListLogGroups", header: map[string]string{"X-Auth-Token": ""}})
	s.finish()
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
