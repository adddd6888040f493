package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/store/fault"
)

// Every operation answers a store that fails with its documented 500, worded as
// its page does, and nothing of the call stays.
func TestFaults(t *testing.T) {
	t.Parallel()
	inEveryEdition(t, func(t *testing.T, edition string) {
		s := start(t, config{edition: edition, faults: true, now: newClock().Now})
		of := s.populate(t, devProject, "kept")
		before := s.everything(t, of)
		for _, operation := range stateful(t) {
			operation = s.operations[operation.OperationID]
			for _, store := range fault.Stores() {
				if !uses(operation, store) {
					continue
				}
				t.Run(operation.OperationID+" without the "+string(store), func(t *testing.T) {
					wantDocumentedFailure(t, operation, s.do(t, failing(callOn(t, operation, of), string(store))))
					if after := s.everything(t, of); after != before {
						t.Errorf("the project\n was %s\nand is %s\nwant no difference", before, after)
					}
				})
			}
		}
	})
}

func TestFaultsEndWithTheRequest(t *testing.T) {
	t.Parallel()
	s := start(t, config{faults: true, now: newClock().Now})
	of := s.populate(t, devProject, "given")
	for _, operation := range stateful(t) {
		t.Run(operation.OperationID, func(t *testing.T) {
			for _, store := range fault.Stores() {
				if uses(operation, store) {
					s.do(t, failing(callOn(t, operation, of), string(store)))
				}
			}
			wantSuccess(t, s.do(t, callOn(t, operation, of)))
		})
		if strings.HasPrefix(operation.OperationID, "Delete") {
			of = s.populate(t, devProject, operation.OperationID)
		}
	}
}

func TestFaultsThatAreNotAllowed(t *testing.T) {
	t.Parallel()
	s := start(t, config{now: newClock().Now})
	stores := []string{"catalog", "records", "bucket", "nothing"}
	of := s.populate(t, devProject, "given")
	for i, operation := range stateful(t) {
		store := stores[i%len(stores)]
		t.Run(operation.OperationID+" with the "+store+" to fail", func(t *testing.T) {
			wantSuccess(t, s.do(t, failing(callOn(t, operation, of), store)))
		})
		if strings.HasPrefix(operation.OperationID, "Delete") {
			of = s.populate(t, devProject, operation.OperationID)
		}
	}
}

func TestFaultsThatThereAreNot(t *testing.T) {
	t.Parallel()
	s := start(t, config{faults: true})
	for _, store := range []string{"nothing", "Catalog", "catalog,records", "catalog "} {
		t.Run(quote(store), func(t *testing.T) {
			r := request{op: "CreateLogGroup", header: map[string]string{server.FaultHeader: store}, body: `{"log_group_name":"a","ttl_in_days":7}`}
			if strings.TrimSpace(store) == "catalog" {
				s.do(t, r).wantError(t, 500, "LTS.0102", "Failed to create log group") // white space around values does not count
				return
			}
			e := s.do(t, r).wantError(t, 400, "LTS.0009", invalidBody)
			if want := []detail{{server.FaultHeader, fmt.Sprintf("must be one of %v", fault.Stores())}}; !slices.Equal(e.Details, want) {
				t.Errorf("store %q: details %q, want %q", store, e.Details, want)
			}
		})
	}
	if names := s.groupNames(t, devProject); len(names) != 0 {
		t.Errorf("groups: %q, want none", names)
	}
}

// uses reports whether an operation can only succeed with a store.
func uses(operation openapi.Operation, store fault.Store) bool {
	switch store {
	case fault.CatalogStore:
		return true
	case fault.RecordsStore:
		return operation.Tag() == "logs"
	default:
		return operation.OperationID == "CreateOBSTransfer" || operation.OperationID == "UpdateTransfer"
	}
}

// failing is a request during which a store shall fail.
func failing(r request, store string) request {
	r.header = map[string]string{server.FaultHeader: store}
	return r
}

// wantDocumentedFailure demands a 500 that the page of the operation prints. An
// operation whose page prints none may answer as others of its tag do, or as
// the error table does, with a code that it lists.
func wantDocumentedFailure(t *testing.T, operation openapi.Operation, a answer) {
	t.Helper()
	a.want(t, http.StatusInternalServerError)
	got := decode[errorBody](t, a)
	want := printedFailures(operation)
	if len(want) == 0 {
		want = usualFailures(t, operation)
	}
	if text := got.Code + " " + got.Message; !slices.Contains(want, text) || got.Details != nil {
		t.Errorf("%s: %s, want one of %q and nothing else", a.what, a.body, want)
	}
}

// printedFailures lists code and message of the failures that the page of an
// operation prints.
func printedFailures(operation openapi.Operation) []string {
	var printed []string
	for _, example := range operation.ResponseExamples() {
		if body, _ := example.Value.(map[string]any); example.Status == "500" {
			printed = append(printed, body["error_code"].(string)+" "+body["error_msg"].(string))
		}
	}
	return printed
}

func usualFailures(t *testing.T, operation openapi.Operation) []string {
	t.Helper()
	doc := document(t, openapi.Latest)
	var usual []string
	for _, row := range openapi.Errors(doc) {
		if row.Status == http.StatusInternalServerError {
			usual = append(usual, row.Code+" "+row.Message)
		}
	}
	for _, other := range openapi.Operations(doc) {
		if other.Tag() == operation.Tag() {
			usual = append(usual, printedFailures(other)...)
		}
	}
	listed := openapi.ErrorCodes(operation.Responses.Status(http.StatusInternalServerError).Value)
	return slices.DeleteFunc(usual, func(text string) bool {
		code, _, _ := strings.Cut(text, " ")
		return !slices.Contains(listed, code)
	})
}

func wantSuccess(t *testing.T, a answer) {
	t.Helper()
	if a.status/100 != 2 {
		t.Errorf("%s: %d %s, want success", a.what, a.status, a.body)
	}
}
