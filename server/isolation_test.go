package server_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/openapi"
)

// Nothing that a project can call tells it of what is in another one, and
// nothing changes there.
func TestProjectsAreApart(t *testing.T) {
	s := start(t, config{now: newClock().Now})
	theirs := s.populate(t, otherProject, "their")
	mine := s.populate(t, devProject, "my")
	before := s.everything(t, otherProject, theirs)
	for _, name := range []string{"their-group", "their-stream", "their-resource", "their-line"} {
		if !strings.Contains(before, name) {
			t.Fatalf("the other project is %s, want %s in it", before, name)
		}
	}
	token := s.token(t, devProject)

	for _, operation := range stateful(t) {
		call := func(of possessions) request {
			return request{
				op: operation.OperationID, group: of.group, stream: of.stream, logtank: of.logtank,
				body: bodyFor(t, operation, of.group, of.stream),
			}
		}
		if namesSomething(operation) {
			t.Run(operation.OperationID+" with their IDs is answered like one with IDs that nothing has", func(t *testing.T) {
				got, want := s.do(t, call(theirs)), s.do(t, call(nobodys))
				if text := strings.ReplaceAll(string(got.body), theirs.logtank, unknownID); got.status != want.status || text != string(want.body) {
					t.Errorf("%s: %d %s; with IDs that nothing has %d %s", got.what, got.status, got.body, want.status, want.body)
				}
				if got.status < 400 {
					t.Errorf("%s: %d, want an error", got.what, got.status)
				}
			})
		}
		if strings.Contains(operation.Path, "{log_stream_id}") {
			t.Run(operation.OperationID+" with their stream in my group", func(t *testing.T) {
				s.do(t, call(possessions{group: mine.group, stream: theirs.stream})).wantError(t, 400, "LTS.0208", "The log stream does not existed")
			})
		}
		if operation.Service() == "lts" {
			t.Run(operation.OperationID+" with their project in the path", func(t *testing.T) {
				r := call(theirs)
				r.project, r.header = otherProject, withToken(nil, token)
				s.do(t, r).wantError(t, 403, "LTS.0001", wrongProject)
			})
		}
		t.Run(operation.OperationID+" with their project in a header", func(t *testing.T) {
			r := call(theirs)
			r.header = withToken(map[string]string{"X-Project-Id": otherProject}, token)
			s.do(t, r).wantError(t, 403, "LTS.0001", wrongProject)
		})
	}
	for op, query := range map[string]string{
		"ListLogGroups": "", "ListLogtanks": "", "ListProjectLogStreams": "log_group_name=their-group&log_stream_name=their-stream",
	} {
		if a := s.do(t, request{op: op, query: query}).want(t, http.StatusOK); strings.Contains(string(a.body), "their-") {
			t.Errorf("%s: %s tells of another project", a.what, a.body)
		}
	}
	if after := s.everything(t, otherProject, theirs); after != before {
		t.Errorf("the other project\n was %s\nand is %s\nwant no difference", before, after)
	}
}

// stateful lists the operations on what a project owns, as far as the server
// has them.
func stateful(t testing.TB) []openapi.Operation {
	t.Helper()
	tags := map[string]int{"groups": 4, "streams": 5, "logs": 5, "logtanks": 5}
	var list []openapi.Operation
	for _, operation := range openapi.Operations(document(t, openapi.Latest)) {
		if _, has := tags[operation.Tag()]; has {
			list = append(list, operation)
			tags[operation.Tag()]--
		}
	}
	for tag, n := range tags {
		if n != 0 {
			t.Errorf("the document has %d operations more or fewer under %s than these tests know", n, tag)
		}
	}
	return list
}

// namesSomething reports whether a call of an operation names a thing that must
// be there.
func namesSomething(operation openapi.Operation) bool {
	return slices.ContainsFunc([]string{"{log_group_id}", "{logtank_id}"}, func(parameter string) bool {
		return strings.Contains(operation.Path, parameter)
	}) || operation.OperationID == "CountKeyword"
}

// possessions are the IDs of what a project has.
type possessions struct{ group, stream, logtank string }

var nobodys = possessions{group: unknownID, stream: unknownID, logtank: unknownID}

// populate gives a project one of everything, under names with a prefix.
func (s *service) populate(t testing.TB, project, prefix string) possessions {
	t.Helper()
	group := s.createGroup(t, project, prefix+"-group")
	p := possessions{group: group, stream: s.createStream(t, project, group, prefix+"-stream"), logtank: s.createLogtank(t, project, prefix+"-resource")}
	s.do(t, request{
		op: "ReportLogs", project: project, group: p.group, stream: p.stream,
		body: `{"log_time_ns":"1795339393707000000","contents":["` + prefix + `-line"],"labels":{"of":"` + prefix + `"}}`,
	}).want(t, http.StatusOK)
	return p
}

// everything writes down all that a project has.
func (s *service) everything(t testing.TB, project string, of possessions) string {
	t.Helper()
	var all strings.Builder
	for _, r := range []request{
		{op: "ListLogGroups"}, {op: "ListProjectLogStreams"}, {op: "ListLogtanks"},
		{op: "ListLogs", body: `{"start_time":1795339000000,"end_time":1795340000000}`},
	} {
		r.project, r.group, r.stream = project, of.group, of.stream
		body := decode[map[string]json.RawMessage](t, s.do(t, r).want(t, http.StatusOK))
		delete(body, "request_id")
		all.WriteString(encode(body) + "\n")
	}
	return all.String()
}

// createLogtank creates a logtank and gives its ID.
func (s *service) createLogtank(t testing.TB, project, resource string) string {
	t.Helper()
	body := `{"logtank":{"resource_type":"LISTENER","resource_id":` + quote(resource) + `,"log_group_id":"g","log_stream_id":"s"}}`
	a := s.do(t, request{op: "CreateLogtank", project: project, body: body}).want(t, http.StatusCreated)
	return decode[struct {
		Logtank struct {
			ID string `json:"id"`
		} `json:"logtank"`
	}](t, a).Logtank.ID
}
