package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/openapi"
)

// Nothing that a project can call tells it of what is in another one, and
// nothing changes there.
func TestProjectsAreApart(t *testing.T) {
	t.Parallel()
	s := start(t, config{now: newClock().Now})
	theirs := s.populate(t, otherProject, "their")
	mine := s.populate(t, devProject, "my")
	token := s.token(t, devProject)
	before := s.everything(t, theirs)
	for _, name := range []string{"their-group", "their-stream", "their-resource", "their-transferred", "their-line"} {
		if !strings.Contains(before, name) {
			t.Fatalf("the other project is %s, want %s in it", before, name)
		}
	}
	for _, operation := range stateful(t) {
		call := func(of possessions) request {
			of.project = devProject
			return callOn(t, operation, of)
		}
		if namesSomething(operation) {
			t.Run(operation.OperationID+" with their IDs is answered like one with IDs that nothing has", func(t *testing.T) {
				got, want := s.do(t, call(theirs)), s.do(t, call(nobodys))
				if text := theirs.hide(string(got.body)); got.status != want.status || text != string(want.body) {
					t.Errorf("%s: %d %s; with IDs that nothing has %d %s", got.what, got.status, got.body, want.status, want.body)
				}
				if decode[errorBody](t, got).Code == "" {
					t.Errorf("%s: %d %s, want an error", got.what, got.status, got.body)
				}
			})
		}
		if strings.Contains(operation.Path, "{log_stream_id}") {
			t.Run(operation.OperationID+" with their stream in my group", func(t *testing.T) {
				mixed := mine
				mixed.stream = theirs.stream
				s.do(t, call(mixed)).wantError(t, 400, "LTS.0208", "The log stream does not existed")
			})
		}
		if operation.Service() == "lts" {
			t.Run(operation.OperationID+" with their project in the path", func(t *testing.T) {
				r := callOn(t, operation, theirs)
				r.header = withToken(nil, token)
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
		"ListLogGroups": "", "ListLogtanks": "", "ListTransfers": "log_group_name=their-transferred",
		"ListProjectLogStreams": "log_group_name=their-group&log_stream_name=their-stream",
	} {
		if a := s.do(t, request{op: op, query: query}).want(t, http.StatusOK); strings.Contains(string(a.body), "their-") {
			t.Errorf("%s: %s tells of another project", a.what, a.body)
		}
	}
	if after := s.everything(t, theirs); after != before {
		t.Errorf("the other project\n was %s\nand is %s\nwant no difference", before, after)
	}
}

// namesSomething reports whether a call of an operation names a thing that must
// be there, in its path, query or body.
func namesSomething(operation openapi.Operation) bool {
	inPath := slices.ContainsFunc([]string{"{log_group_id}", "{logtank_id}"}, func(parameter string) bool {
		return strings.Contains(operation.Path, parameter)
	})
	return inPath || slices.Contains([]string{"CountKeyword", "CreateOBSTransfer", "UpdateTransfer", "DeleteTransfer"}, operation.OperationID)
}

// hide replaces the IDs of what a project has by one that nothing has.
func (p possessions) hide(text string) string {
	return strings.NewReplacer(p.group, unknownID, p.stream, unknownID, p.logtank, unknownID, p.transfer, unknownID).Replace(text)
}
