package site

import (
	"slices"

	"github.com/ltskit/ltskit/openapi"
)

// A failure is a code of the error table with all of its rows.
type failure struct {
	Code       string
	Rows       []openapi.ErrorRow
	Operations []openapi.Operation // that answer it, in their order
}

// failures lists the codes of an edition in the order of its error table.
func failures(e edition) []failure {
	operations := answeredBy(e)
	var all []failure
	for _, row := range openapi.Errors(e.Doc) {
		i := slices.IndexFunc(all, func(f failure) bool { return f.Code == row.Code })
		if i < 0 {
			i = len(all)
			all = append(all, failure{Code: row.Code, Operations: operations[row.Code]})
		}
		all[i].Rows = append(all[i].Rows, row)
	}
	return all
}

// answeredBy gives the operations that may answer each code.
func answeredBy(e edition) map[string][]openapi.Operation {
	by := make(map[string][]openapi.Operation)
	for _, operation := range openapi.Operations(e.Doc) {
		for _, code := range codesOf(operation) {
			by[code] = append(by[code], operation)
		}
	}
	return by
}

// codesOf lists the codes that an operation may answer, each once.
func codesOf(operation openapi.Operation) []string {
	var codes []string
	for _, status := range operation.Statuses() {
		for _, code := range openapi.ErrorCodes(operation.Responses.Value(status).Value) {
			if !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
	}
	return codes
}
