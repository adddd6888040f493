package lts_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
)

func TestErrorsMatchByCode(t *testing.T) {
	for _, tt := range []struct {
		name        string
		err, target error
		want        bool
	}{
		{"itself", lts.ErrGroupExists, lts.ErrGroupExists, true},
		{"another code", lts.ErrGroupExists, lts.ErrGroupQuota, false},
		{"another status of the code", lts.ErrTokenProject, lts.ErrWrongProject, true},
		{"other words", lts.ErrGroupExists.Worded("other words"), lts.ErrGroupExists, true},
		{"with a cause", lts.ErrGroupExists.CausedBy(fs.ErrExist), lts.ErrGroupExists, true},
		{"its cause", lts.ErrGroupExists.CausedBy(fs.ErrExist), fs.ErrExist, true},
		{"another cause", lts.ErrGroupExists.CausedBy(fs.ErrExist), fs.ErrClosed, false},
		{"with details", lts.ErrGroupExists.WithDetails(lts.Detail{Field: "/name"}), lts.ErrGroupExists, true},
		{"made by somebody else", &lts.Error{Code: "LTS.0101"}, lts.ErrGroupExists, true},
		{"wrapped", fmt.Errorf("call: %w", lts.ErrGroupExists), lts.ErrGroupExists, true},
		{"an error without a code", fs.ErrExist, lts.ErrGroupExists, false},
		{"nothing", nil, lts.ErrGroupExists, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := errors.Is(tt.err, tt.target); got != tt.want {
				t.Errorf("errors.Is(%v, %v) is %v, want %v", tt.err, tt.target, got, tt.want)
			}
		})
	}
}

func TestErrorGivesCodeMessageAndCause(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"of the table", lts.ErrGroupNotFound, "LTS.0201: The log group is not existed"},
		{"in other words", lts.ErrInvalidToken, "LTS.0003: Invalid token"},
		{"with a cause", lts.ErrInternal.CausedBy(fs.ErrClosed), "LTS.0010: Internal Server Error: file already closed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.err.Error(); got != tt.want {
				t.Errorf("Error() is %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCopiesAddUp(t *testing.T) {
	detail := lts.Detail{Field: "/log_group_name", Rule: "required"}
	got := lts.ErrInvalidBody.Worded("in other words").CausedBy(fs.ErrClosed).WithDetails(detail)
	want := &lts.Error{Code: "LTS.0009", Status: 400, Message: "in other words", Details: []lts.Detail{detail}}
	if diff := cmp.Diff(want, got, published); diff != "" {
		t.Errorf("the copy (-want +got):\n%s", diff)
	}
	if !got.IsWorded() || !errors.Is(got, fs.ErrClosed) {
		t.Errorf("the copy is worded: %v, its cause: %v, want true and %v", got.IsWorded(), errors.Unwrap(got), fs.ErrClosed)
	}
}

func TestACopyLeavesTheRowAlone(t *testing.T) {
	for _, tt := range []struct {
		name string
		copy *lts.Error
		row  *lts.Error
	}{
		{"in other words", lts.ErrInvalidBody.Worded("in other words"), lts.ErrInvalidBody},
		{"with a cause", lts.ErrGroupTTL.CausedBy(fs.ErrClosed), lts.ErrGroupTTL},
		{"with details", lts.ErrLimit.WithDetails(lts.Detail{Field: "/limit"}), lts.ErrLimit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.copy == tt.row || tt.copy.Code != tt.row.Code || tt.copy.Status != tt.row.Status {
				t.Errorf("the copy of %p %v is %p %v", tt.row, tt.row, tt.copy, tt.copy)
			}
			if row := tt.row; row.IsWorded() || errors.Unwrap(row) != nil || row.Details != nil {
				t.Errorf("the row is worded: %v, its cause: %v, its details: %v, want none of them",
					row.IsWorded(), errors.Unwrap(row), row.Details)
			}
		})
	}
}

func TestErrorsGivesCopies(t *testing.T) {
	rows := lts.Errors()
	rows[0].Message = "changed"
	if got := lts.Errors()[0].Message; got == "changed" {
		t.Errorf("after a caller changed its list the table says %q", got)
	}
}

// Every row stands in the document, and every row of the document in the
// table, in the same order.
func TestTheTableIsThatOfTheDocument(t *testing.T) {
	type row struct {
		Code    string
		Status  int
		Message string
	}
	var got, want []row
	for _, e := range lts.Errors() {
		got = append(got, row{e.Code, e.Status, e.Message})
	}
	for _, e := range openapi.Errors(document(t, openapi.Latest)) {
		want = append(want, row{e.Code, e.Status, e.Message})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table (-document +lts):\n%s", diff)
	}
}

func TestTheTableBeginsWithThe30RowsOfTheDocuments(t *testing.T) {
	var rows int
	for _, e := range openapi.Errors(document(t, openapi.Latest)) {
		if slices.ContainsFunc(e.Sources, func(source string) bool { return source == "2024-03 table 6-2" }) {
			rows++
		}
	}
	if rows != 30 {
		t.Errorf("%d rows of the document name 2024-03 table 6-2 as their source, want 30", rows)
	}
	if got := lts.Errors()[29]; !errors.Is(&got, lts.ErrDeleteStreamFailed) {
		t.Errorf("row 30 is %v, want %v", &got, lts.ErrDeleteStreamFailed)
	}
}

func TestEveryCodeOfEveryEditionIsInTheTable(t *testing.T) {
	for _, edition := range openapi.Editions() {
		t.Run(edition, func(t *testing.T) {
			mentioned := codesOf(t, document(t, edition))
			if len(mentioned) < 30 {
				t.Errorf("the edition mentions only the codes %q", slices.Sorted(maps.Keys(mentioned)))
			}
			for _, e := range lts.Errors() {
				delete(mentioned, e.Code)
			}
			delete(mentioned, "AS.0001")            // of another service, in a sample of the format
			delete(mentioned, "SVCSTG.ALS.200.200") // success, in the answer of the intake
			for _, code := range slices.Sorted(maps.Keys(mentioned)) {
				t.Errorf("%s stands in %s and not in the table", code, mentioned[code])
			}
		})
	}
}

// published compares what an answer may show of an error.
var published = cmp.Comparer(func(a, b lts.Error) bool {
	return a.Code == b.Code && a.Status == b.Status && a.Message == b.Message && slices.Equal(a.Details, b.Details)
})

func document(t *testing.T, edition string) *openapi3.T {
	t.Helper()
	doc, err := openapi.Load(edition, openapi.English)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// codesOf finds the codes that a document mentions, each with a place: in the
// table, as the codes of an answer, as the answer to a broken rule, and in
// bodies of examples.
func codesOf(t *testing.T, doc *openapi3.T) map[string]string {
	t.Helper()
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var root any
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	codes := make(map[string]string)
	walk("", root, func(at, key string, value any) {
		switch key {
		case "error_code", "errorCode":
			addCode(codes, at, value)
		case "x-violation":
			addCode(codes, at, field(value, "code"))
		case "x-error-codes", "x-errors":
			rows, _ := value.([]any)
			for _, row := range rows {
				addCode(codes, at, row)
				addCode(codes, at, field(row, "code"))
			}
		}
	})
	return codes
}

// walk visits every field of every object.
func walk(at string, v any, visit func(at, key string, value any)) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			visit(at+"/"+key, key, value)
			walk(at+"/"+key, value, visit)
		}
	case []any:
		for i, value := range v {
			walk(fmt.Sprintf("%s/%d", at, i), value, visit)
		}
	}
}

// addCode adds a value that is a string; schemas have fields of the same names.
func addCode(codes map[string]string, at string, value any) {
	if code, ok := value.(string); ok {
		codes[code] = at
	}
}

func field(v any, name string) any {
	object, _ := v.(map[string]any)
	return object[name]
}
