package conformance

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ltskit/ltskit/openapi"
)

// otherMethods are those that are tried where no operation has them. DELETE is
// not among them: what an implementation makes of it at the path of a list may
// be more than this run has created.
var otherMethods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch}

// methodCases make a case of each path of the document: a method that no
// operation has there is an API that does not exist (APIGW.0101), and nothing
// else, such as 405.
func (c *contract) methodCases() []testCase {
	var cases []testCase
	seen := make(map[string]bool)
	for _, operation := range c.operations {
		if seen[operation.Path] || !listsError(operation, http.StatusNotFound, codeNoSuchAPI) {
			continue
		}
		seen[operation.Path] = true
		row := c.row(http.StatusNotFound, codeNoSuchAPI)
		cases = append(cases, testCase{
			name: strings.Join([]string{"errors", row.Code, operation.OperationID, "method"}, "/"),
			tag:  operation.Tag(), operation: operation.OperationID, row: rowName(row),
			sources: append(slices.Clone(openapi.SourcesOf(operation.Extensions)), row.Sources...),
			run:     func(t *trial) { t.otherMethods(operation, row) },
		})
	}
	return cases
}

// listsError reports whether an operation lists an error.
func listsError(operation openapi.Operation, status int, code string) bool {
	response := operation.Responses.Value(statusText(status))
	return response != nil && slices.Contains(openapi.ErrorCodes(response.Value), code)
}

// otherMethods asks for what is no operation at the path of one, with IDs of
// nothing that exists.
func (t *trial) otherMethods(operation openapi.Operation, row openapi.ErrorRow) {
	for _, method := range otherMethods {
		if operation.Item.GetOperation(method) != nil {
			continue
		}
		q := question{operation: operation.OperationID, method: method, as: t.own.credentials}
		if method != http.MethodGet {
			q.raw = []byte("{}")
		}
		a, _ := t.send(q)
		what := method + ", which no operation of " + operation.Path + " has,"
		if t.checkRefusal(a, refusal{{Status: row.Status, Code: row.Code}}, what) {
			check := &comparison{}
			check.answer(operation, a)
			t.take(a, check)
		}
	}
}

// everywhere notes the headers that the document has on every answer, and that
// this one lacks. The published documents do not have them, so they should be
// there.
func (c *comparison) everywhere(names []string, a *answer) {
	for _, name := range names {
		c.checks++
		if a.header.Get(name) == "" {
			c.add(Should, "header "+name, "every answer has it", missing{})
		}
	}
}
