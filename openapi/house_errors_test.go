package openapi_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

// TestErrorsAndContradictions holds every edition to the rules about the error
// table and the contradictions.
func TestErrorsAndContradictions(t *testing.T) {
	checkRules(t, []rule{
		{"a code has one row for each status", errorRowsOnce, []breakage{
			{"/x-errors/1/code", "LTS.0007", "x-errors: LTS.0007 400 is there twice"},
		}},
		{"a row has a code, a status, a message, a description and a remedy", errorRowsWhole, []breakage{
			{"/x-errors/1/remedy", "", "/x-errors/1: the row of LTS.0009 is not whole"},
		}},
		{"a code that is named is in the table", codesKnown, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/responses/500/x-error-codes", []any{"LTS.0403"}, "CreateLogGroup 500: LTS.0403 is not in x-errors"},
			{"/components/schemas/ListLogsRequest/properties/limit/x-violation/code", "LTS.1904", "/components/schemas/ListLogsRequest/properties/limit: LTS.1904 is not in x-errors"},
		}},
		{"a code that a violation names is named by an answer of the same operation", violationsAnswered, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/responses/400/x-error-codes", []any{"LTS.0009"}, "CreateLogGroup: LTS.0106, for a violation of /components/schemas/CreateLogGroupRequest/properties/ttl_in_days, is the error of none of its answers"},
		}},
		{"a row of the table is the error of some answer", codesUsed, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/responses/400/x-error-codes", []any{"LTS.0009"}, "x-errors: LTS.0101 is the error of no answer"},
		}},
		{"a code is named under the status of its row", codesUnderTheirStatus, []breakage{
			{"/components/responses/WrongProject/x-error-codes", []any{"LTS.0001", "LTS.0101"}, "CreateLogGroup 403: LTS.0101 has no row with this status"},
		}},
		{"the example of an error has a code of its answer", exampleCodes, []breakage{
			{"/components/examples/invalid-token/value/error_code", "LTS.0101", "CreateLogGroup 401: the example invalid-token has the code LTS.0101"},
		}},
		{"a contradiction is whole and has an ID of its own", contradictions, []breakage{
			{"/x-contradictions/1/id", "case-sensitive-paths", "case-sensitive-paths: is the ID of 2 contradictions"},
			{"/x-contradictions/0/prints", []any{}, "case-sensitive-paths: prints nothing"},
			{"/x-contradictions/0/prints/0/source", "2022-08 table 7-1", `case-sensitive-paths: 2022-08 has no "table 7-1"`},
			{"/x-contradictions/0/holds", "", "case-sensitive-paths: has no holds"},
			{"/x-contradictions/0/because", "", "case-sensitive-paths: has no because"},
		}},
		{"every contradiction is listed", contradictionsListed, []breakage{
			{"/components/parameters/ProjectID/x-contradictions", []any{map[string]any{"id": "hidden"}}, "/components/parameters/ProjectID: hidden is not among openapi.Contradictions"},
		}},
	})
}

func errorRowsOnce(s subject) []string {
	var problems []string
	seen := make(map[string]bool)
	for _, row := range openapi.Errors(s.doc) {
		key := fmt.Sprintf("%s %d", row.Code, row.Status)
		if seen[key] {
			problems = append(problems, fmt.Sprintf("x-errors: %s is there twice", key))
		}
		seen[key] = true
	}
	return problems
}

func errorRowsWhole(s subject) []string {
	var problems []string
	for i, row := range openapi.Errors(s.doc) {
		if row.Code == "" || row.Status < 400 || row.Status > 599 || row.Message == "" || row.Description == "" || row.Remedy == "" {
			problems = append(problems, fmt.Sprintf("/x-errors/%d: the row of %s is not whole: %+v", i, row.Code, row))
		}
	}
	return problems
}

func codesKnown(s subject) []string {
	var problems []string
	statuses := statusesOfCodes(s.doc)
	eachCode(s.doc, func(at, _, code string) {
		if statuses[code] == nil {
			problems = append(problems, fmt.Sprintf("%s: %s is not in x-errors", at, code))
		}
	})
	walk(s.raw, func(at []string, node map[string]any) {
		violation, _ := node["x-violation"].(map[string]any)
		if code, _ := violation["code"].(string); violation != nil && statuses[code] == nil {
			problems = append(problems, fmt.Sprintf("%s: %s is not in x-errors", openapi.Pointer(at...), code))
		}
	})
	return problems
}

func violationsAnswered(s subject) []string {
	var problems []string
	uses, codes := usesOf(s.raw), make(map[string]bool) // such as "CreateLogGroup LTS.0106"
	for _, o := range openapi.Operations(s.doc) {
		eachCodeOf(o, func(_, code string) { codes[o.OperationID+" "+code] = true })
	}
	walk(s.raw, func(at []string, node map[string]any) {
		violation, _ := node["x-violation"].(map[string]any)
		for _, o := range openapi.Operations(s.doc) {
			if violation == nil || !uses[rootOf(openapi.Pointer(at...))][o.OperationID+" request"] {
				continue
			}
			if code := fmt.Sprint(violation["code"]); !codes[o.OperationID+" "+code] {
				problems = append(problems, fmt.Sprintf("%s: %s, for a violation of %s, is the error of none of its answers", o.OperationID, code, openapi.Pointer(at...)))
			}
		}
	})
	return problems
}

func codesUsed(s subject) []string {
	var problems []string
	used := make(map[string]bool)
	eachCode(s.doc, func(_, _, code string) { used[code] = true })
	for _, row := range openapi.Errors(s.doc) {
		if !used[row.Code] {
			problems = append(problems, fmt.Sprintf("x-errors: %s is the error of no answer", row.Code))
		}
	}
	return problems
}

// otherStatuses lists the codes that are sent under a status that no row of
// the table has, with the reason.
var otherStatuses = map[string]string{
	"415 LTS.0007": "the gateway's status for a body that is not JSON; the documents know 400",
	"503 LTS.0010": "the documents print a body for 503, and no code for it",
}

func codesUnderTheirStatus(s subject) []string {
	var problems []string
	statuses := statusesOfCodes(s.doc)
	eachCode(s.doc, func(at, status, code string) {
		if status == "200" { // a transfer that could not be created, in older editions
			return
		}
		if otherStatuses[status+" "+code] == "" && statuses[code] != nil && !slices.Contains(statuses[code], status) {
			problems = append(problems, fmt.Sprintf("%s: %s has no row with this status, but %v", at, code, statuses[code]))
		}
	})
	return problems
}

func exampleCodes(s subject) []string {
	var problems []string
	for _, o := range openapi.Operations(s.doc) {
		for _, example := range o.ResponseExamples() {
			body, _ := example.Value.(map[string]any)
			code, isError := body["error_code"].(string)
			if codes := openapi.ErrorCodes(o.Responses.Value(example.Status).Value); isError && !slices.Contains(codes, code) {
				problems = append(problems, fmt.Sprintf("%s %s: the example %s has the code %s, which is not among %v", o.OperationID, example.Status, example.Name, code, codes))
			}
		}
	}
	return problems
}

func contradictions(s subject) []string {
	var problems []string
	times := make(map[string]int)
	for _, c := range openapi.Contradictions(s.doc) {
		times[c.ID]++
		for field, text := range map[string]string{"id": c.ID, "topic": c.Topic, "holds": c.Holds, "because": c.Because} {
			if strings.TrimSpace(text) == "" {
				problems = append(problems, fmt.Sprintf("%s: has no %s", c.ID, field))
			}
		}
		if len(c.Prints) == 0 {
			problems = append(problems, c.ID+": prints nothing")
		}
		for _, print := range c.Prints {
			if problem := s.known.check(print.Source); problem != "" || print.Says == "" {
				problems = append(problems, fmt.Sprintf("%s: %s (it says %q)", c.ID, problem, print.Says))
			}
		}
	}
	for id, n := range times {
		if n > 1 {
			problems = append(problems, fmt.Sprintf("%s: is the ID of %d contradictions", id, n))
		}
	}
	return problems
}

func contradictionsListed(s subject) []string {
	var problems []string
	listed := contradictionIDs(s.doc)
	walk(s.raw, func(at []string, node map[string]any) {
		all, _ := node["x-contradictions"].([]any)
		for _, c := range all {
			if id := c.(map[string]any)["id"].(string); !listed[id] {
				problems = append(problems, fmt.Sprintf("%s: %s is not among openapi.Contradictions", openapi.Pointer(at...), id))
			}
		}
	})
	return problems
}

// eachCode visits every error code that an answer names.
func eachCode(doc *openapi3.T, visit func(at, status, code string)) {
	for _, o := range openapi.Operations(doc) {
		eachCodeOf(o, func(status, code string) { visit(o.OperationID+" "+status, status, code) })
	}
}

func eachCodeOf(o openapi.Operation, visit func(status, code string)) {
	for _, status := range o.Statuses() {
		for _, code := range openapi.ErrorCodes(o.Responses.Value(status).Value) {
			visit(status, code)
		}
	}
}

func statusesOfCodes(doc *openapi3.T) map[string][]string {
	statuses := make(map[string][]string)
	for _, row := range openapi.Errors(doc) {
		statuses[row.Code] = append(statuses[row.Code], strconv.Itoa(row.Status))
	}
	return statuses
}

func contradictionIDs(doc *openapi3.T) map[string]bool {
	ids := make(map[string]bool)
	for _, c := range openapi.Contradictions(doc) {
		ids[c.ID] = true
	}
	return ids
}
