package openapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// An ErrorRow is one row of the error table, the root extension x-errors.
type ErrorRow struct {
	Code        string   `json:"code"`
	Status      int      `json:"status"`
	Message     string   `json:"message"`
	Description string   `json:"description"`
	Remedy      string   `json:"remedy"`
	Documented  *bool    `json:"x-documented"` // nil means true
	Sources     []string `json:"x-source"`
}

// Errors returns the error table of the document: the rows of the documents'
// own table in its order, then those of the neighbouring services.
func Errors(doc *openapi3.T) []ErrorRow {
	return decode[[]ErrorRow](doc.Extensions["x-errors"])
}

// ErrorCodes lists the error codes that a response may carry (x-error-codes).
func ErrorCodes(response *openapi3.Response) []string {
	return decode[[]string](response.Extensions["x-error-codes"])
}

// A Violation says which error answers a value that breaks the schema of a
// field (x-violation). Without one it is LTS.0009.
type Violation struct {
	Code    string `json:"code"`
	Message string `json:"message"` // empty means the message of the table
	Missing bool   `json:"missing"` // whether a missing field has the same answer
}

// ViolationOf returns the violation of a schema, and whether it has one.
func ViolationOf(schema *openapi3.Schema) (Violation, bool) {
	raw, ok := schema.Extensions["x-violation"]
	return decode[Violation](raw), ok
}

// Dynamic reports whether the values of a schema differ from answer to answer,
// such as IDs and times, and so cannot be compared with those of an example
// (x-dynamic).
func Dynamic(schema *openapi3.Schema) bool {
	dynamic, _ := schema.Extensions["x-dynamic"].(bool)
	return dynamic
}

// documented reads x-documented; absent means true.
func documented(extensions map[string]any) bool {
	v, ok := extensions["x-documented"].(bool)
	return v || !ok
}

// A Source is a published document that the contract is curated from.
type Source struct {
	Name   string `json:"-"` // such as "2024-03"
	Title  string `json:"title"`
	Issued string `json:"issued"` // date, empty for "vendor"
}

// Sources lists the sources (x-sources) by name.
func Sources(doc *openapi3.T) []Source {
	byName := decode[map[string]Source](doc.Extensions["x-sources"])
	var list []Source
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		source := byName[name]
		source.Name = name
		list = append(list, source)
	}
	return list
}

// SourcesOf reads x-source: where the documents say what a part of the
// contract says, each as the name of a source and a place in it, such as
// "2024-03 table 5-3".
func SourcesOf(extensions map[string]any) []string {
	return decode[[]string](extensions["x-source"])
}

// A Header is a header that the documents describe for all operations alike
// (x-headers).
type Header struct {
	Name        string   `json:"name"`
	In          string   `json:"in"` // "request" or "response"
	Required    bool     `json:"required"`
	Everywhere  bool     `json:"everywhere"` // every answer has it, also one that no document prints with it
	Description string   `json:"description"`
	Example     string   `json:"example"`
	Sources     []string `json:"x-source"`
}

// Headers lists the headers common to all operations.
func Headers(doc *openapi3.T) []Header {
	return decode[[]Header](doc.Extensions["x-headers"])
}

// decode turns the generic value of an extension into a typed one. [Validate]
// has refused documents with extensions of another shape, so for a document
// from [Load] it cannot fail; for any other it panics.
func decode[T any](raw any) T {
	v, err := tryDecode[T](raw)
	if err != nil {
		panic(fmt.Sprintf("openapi: extension of an unexpected shape: %v", err))
	}
	return v
}

func tryDecode[T any](raw any) (T, error) {
	var v T
	if raw == nil {
		return v, nil
	}
	data, err := json.Marshal(raw)
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	return v, err
}
