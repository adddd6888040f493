package openapi_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/openapi"
)

// A transcription is what testdata/documented.yaml holds.
type transcription struct {
	Examples   []printedExample
	Logs       printedLogs
	Samples    []printedExample
	Headers    []printedHeader
	Statuses   []printedStatuses
	Operations []printedOperation
	Errors     []printedErrors
}

type printedExample struct {
	Source    string
	Editions  []string
	Operation string
	Of        string // "request" or the status of an answer
	Value     any
	Printed   string // what is printed instead, where Value is not
	Because   string
}

type printedLogs struct {
	Source   string
	Editions []string
	Lines    []string
}

type printedHeader struct {
	Name, In string
	Required bool
	Source   string
	Example  string
	Answers  string // "CreateToken 201": where the header stands as one of that answer
	Printed  string
	Because  string
}

type printedStatuses struct {
	Source   string
	Editions []string
	Rows     []struct {
		Status int
		Name   string
	}
}

type printedOperation struct {
	Source    string
	Editions  []string
	Operation string
	Call      string // method and path
	Statuses  []int
}

type printedErrors struct {
	Source  string
	Edition string
	Rows    []printedError
}

type printedError struct {
	Status  int
	Code    string
	Message string
	Printed string
	Because string
}

func (p printedError) key() string { return fmt.Sprintf("%s %d", p.Code, p.Status) }

func (e printedExample) String() string {
	if e.Of == "request" {
		return "this request of " + e.Operation
	}
	return fmt.Sprintf("this answer %s of %s", e.Of, e.Operation)
}

// in lists the examples of the document that e should be one of.
func (e printedExample) in(doc *openapi3.T) []openapi.Example {
	operation, ok := operationOf(doc, e.Operation)
	if !ok {
		return nil
	}
	if e.Of == "request" {
		return operation.RequestExamples()
	}
	return slices.DeleteFunc(operation.ResponseExamples(), func(x openapi.Example) bool { return x.Status != e.Of })
}

// is gives those of the examples that have the value of e.
func (e printedExample) is(examples []openapi.Example) []openapi.Example {
	return slices.DeleteFunc(slices.Clone(examples), func(x openapi.Example) bool { return !sameJSON(x.Value, e.Value) })
}

func (d transcription) examplesOf(edition string) []printedExample {
	return slices.DeleteFunc(slices.Clone(d.Examples), func(e printedExample) bool { return !slices.Contains(e.Editions, edition) })
}

func (d transcription) operationsOf(edition string) []printedOperation {
	return slices.DeleteFunc(slices.Clone(d.Operations), func(o printedOperation) bool { return !slices.Contains(o.Editions, edition) })
}

func (d transcription) errorsOf(edition string) printedErrors {
	i := slices.IndexFunc(d.Errors, func(e printedErrors) bool { return e.Edition == edition })
	return d.Errors[i]
}

func (d transcription) examples(s subject) []string {
	var problems []string
	for _, e := range d.examplesOf(s.edition) {
		examples := e.in(s.doc)
		if len(e.is(examples)) > 0 {
			continue
		}
		problem := fmt.Sprintf("%s prints %s:\n\twant %s", e.Source, e, toJSON(e.Value))
		for _, x := range examples {
			problem += fmt.Sprintf("\n\tgot %s: %s", x.Name, toJSON(x.Value))
		}
		problems = append(problems, problem)
	}
	return problems
}

func (d transcription) exampleSources(s subject) []string {
	var problems []string
	for _, e := range d.examplesOf(s.edition) {
		same := e.is(e.in(s.doc))
		names := func(x openapi.Example) bool { return slices.Contains(x.Sources, e.Source) }
		if len(same) > 0 && !slices.ContainsFunc(same, names) {
			problems = append(problems, fmt.Sprintf("%s: no example with the value of %s names it, but %s has %v", e.Operation, e.Source, same[0].Name, same[0].Sources))
		}
	}
	return problems
}

func (d transcription) examplesPrinted(s subject) []string {
	var problems []string
	all := slices.Concat(d.Examples, d.Samples)
	for _, p := range partsOf(s.raw) {
		for _, source := range p.sources {
			prints := func(e printedExample) bool { return e.Source == source && sameJSON(e.Value, p.node["value"]) }
			if p.kind == "example" && !strings.HasPrefix(source, "vendor ") && !slices.ContainsFunc(all, prints) {
				problems = append(problems, fmt.Sprintf("%s: %s does not print %s", p.at, source, toJSON(p.node["value"])))
			}
		}
	}
	return problems
}

func (d transcription) samples(s subject) []string {
	var problems []string
	ofSchema, _ := lookUp(s.raw, schemas+"/Error/example")
	values := []any{ofSchema}
	for _, p := range partsOf(s.raw) {
		if p.kind == "example" {
			values = append(values, p.node["value"])
		}
	}
	for _, e := range d.Samples {
		is := func(value any) bool { return sameJSON(value, e.Value) }
		if slices.Contains(e.Editions, s.edition) && !slices.ContainsFunc(values, is) {
			problems = append(problems, fmt.Sprintf("%s prints the error body %s, which is no example", e.Source, toJSON(e.Value)))
		}
	}
	return problems
}

// highlight matches the tags around the words that a query found.
var highlight = regexp.MustCompile(`</?HighLightTag>`)

func (d transcription) contents(s subject) []string {
	if !slices.Contains(d.Logs.Editions, s.edition) {
		return nil
	}
	value, _ := lookUp(s.raw, query+"/post/responses/200/content/application~1json/examples/first-query/value/logs")
	logs, _ := value.([]any)
	if len(logs) != len(d.Logs.Lines) {
		return []string{fmt.Sprintf("first-query: has %d logs, want the %d of %s", len(logs), len(d.Logs.Lines), d.Logs.Source)}
	}
	var problems []string
	for i, log := range logs {
		content := log.(map[string]any)["content"].(string)
		if got, want := highlight.ReplaceAllString(content, ""), d.Logs.Lines[i]; got != want+"\n" {
			problems = append(problems, fmt.Sprintf("first-query, log %d: is %q, want %q and a line feed", i+1, strings.TrimSuffix(got, "\n"), want))
		}
	}
	return problems
}

func (d transcription) headers(s subject) []string {
	var problems []string
	got := openapi.Headers(s.doc)
	for _, want := range d.Headers {
		i := slices.IndexFunc(got, func(h openapi.Header) bool { return h.Name == want.Name && h.In == want.In })
		if i < 0 {
			problems = append(problems, want.Name+": is not among the headers of all operations")
			continue
		}
		if example := want.exampleIn(s.doc, got[i]); example != want.Example {
			problems = append(problems, fmt.Sprintf("%s: the example is %q, want %q (%s)", want.Name, example, want.Example, want.Source))
		}
		if got[i].Required != want.Required || !slices.Contains(got[i].Sources, want.Source) {
			problems = append(problems, fmt.Sprintf("%s: required is %t with %v, want %t with %s", want.Name, got[i].Required, got[i].Sources, want.Required, want.Source))
		}
	}
	return problems
}

// exampleIn gives the example of a header: its own, or that of the answer that
// it stands at.
func (h printedHeader) exampleIn(doc *openapi3.T, got openapi.Header) string {
	id, status, ok := strings.Cut(h.Answers, " ")
	if !ok {
		return got.Example
	}
	operation, _ := operationOf(doc, id)
	for name, header := range operation.Responses.Value(status).Value.Headers {
		if strings.EqualFold(name, h.Name) {
			return fmt.Sprint(header.Value.Example)
		}
	}
	return ""
}

func (d transcription) statuses(s subject) []string {
	var got, want []string
	rows, _ := lookUp(s.raw, "/x-statuses")
	for _, row := range rows.([]any) {
		row := row.(map[string]any)
		got = append(got, fmt.Sprintf("%v %v", row["status"], row["name"]))
	}
	for _, printed := range d.Statuses {
		if slices.Contains(printed.Editions, s.edition) {
			for _, row := range printed.Rows {
				want = append(want, fmt.Sprintf("%d %s", row.Status, row.Name))
			}
		}
	}
	if !slices.Equal(got, want) {
		return []string{fmt.Sprintf("x-statuses: are %q, want %q", got, want)}
	}
	return nil
}

func (d transcription) operations(s subject) []string {
	var problems []string
	printed := make(map[string]bool)
	for _, want := range d.operationsOf(s.edition) {
		printed[want.Operation] = true
		operation, ok := operationOf(s.doc, want.Operation)
		if !ok || operation.Method+" "+operation.Path != want.Call {
			problems = append(problems, fmt.Sprintf("%s: %s is not %s", want.Source, want.Call, want.Operation))
		} else if !operation.Documented() {
			problems = append(problems, fmt.Sprintf("%s: %s is x-documented: false", want.Source, want.Operation))
		}
	}
	for _, operation := range openapi.Operations(s.doc) {
		if operation.Documented() && !printed[operation.OperationID] {
			problems = append(problems, operation.OperationID+" is a documented operation, but no source of the edition has it")
		}
	}
	return problems
}

func (d transcription) answers(s subject) []string {
	var problems []string
	for _, want := range d.operationsOf(s.edition) {
		operation, ok := operationOf(s.doc, want.Operation)
		if !ok || len(want.Statuses) == 0 {
			continue
		}
		got := operation.Statuses()
		for _, status := range want.Statuses {
			if !slices.Contains(got, strconv.Itoa(status)) {
				problems = append(problems, fmt.Sprintf("%s: %s has no %d, but %v", want.Source, want.Operation, status, got))
			}
		}
		for _, status := range got {
			if n, err := strconv.Atoi(status); err != nil || n < 300 && !slices.Contains(want.Statuses, n) {
				problems = append(problems, fmt.Sprintf("%s: %s has %s, which is not on the page", want.Source, want.Operation, status))
			}
		}
	}
	return problems
}

func (d transcription) errors(s subject) []string {
	var problems, order, wantOrder []string
	printed := d.errorsOf(s.edition)
	rows := make(map[string]openapi.ErrorRow)
	for _, row := range openapi.Errors(s.doc) {
		key := fmt.Sprintf("%s %d", row.Code, row.Status)
		rows[key] = row
		order = append(order, key)
	}
	for _, want := range printed.Rows {
		wantOrder = append(wantOrder, want.key())
		got, ok := rows[want.key()]
		switch {
		case !ok:
			problems = append(problems, fmt.Sprintf("%s: is not in x-errors, but in %s", want.key(), printed.Source))
		case got.Message != want.Message:
			problems = append(problems, fmt.Sprintf("%s: the message is %q, want %q (%s)", want.key(), got.Message, want.Message, printed.Source))
		}
	}
	order = slices.DeleteFunc(order, func(key string) bool { return !slices.Contains(wantOrder, key) })
	if !slices.Equal(order, wantOrder) {
		problems = append(problems, fmt.Sprintf("x-errors: the rows of %s are in another order (-want +got):\n%s", printed.Source, cmp.Diff(wantOrder, order)))
	}
	return problems
}

func (d transcription) errorSources(s subject) []string {
	var problems []string
	for _, row := range openapi.Errors(s.doc) {
		var got, want []string
		key := fmt.Sprintf("%s %d", row.Code, row.Status)
		for _, edition := range openapi.Editions() {
			printed := d.errorsOf(edition)
			is := func(row printedError) bool { return row.key() == key }
			if edition != openapi.Latest && slices.ContainsFunc(printed.Rows, is) {
				want = append(want, printed.Source)
			}
		}
		for _, source := range row.Sources {
			if strings.HasSuffix(source, " table 6-2") {
				got = append(got, source)
			}
		}
		if !slices.Equal(got, want) {
			problems = append(problems, fmt.Sprintf("%s: has the sources %v, want %v", key, got, want))
		}
	}
	return problems
}

// otherErrors takes the codes of samples as printed too: they stand outside
// the table.
func (d transcription) otherErrors(s subject) []string {
	var problems []string
	printed := make(map[string]bool)
	for _, row := range d.errorsOf(s.edition).Rows {
		printed[row.key()] = true
	}
	for _, sample := range d.Samples {
		if slices.Contains(sample.Editions, s.edition) {
			printed[sample.Value.(map[string]any)["error_code"].(string)] = true
		}
	}
	for _, row := range openapi.Errors(s.doc) {
		documented := row.Documented == nil || *row.Documented
		if key := fmt.Sprintf("%s %d", row.Code, row.Status); documented && !printed[key] && !printed[row.Code] {
			problems = append(problems, fmt.Sprintf("%s: is not printed in %s, and not x-documented: false", key, d.errorsOf(s.edition).Source))
		}
	}
	return problems
}

func (d transcription) decisions(s subject) []string {
	var problems []string
	for _, e := range d.examplesOf(s.edition) {
		if missing := unrecorded(s.doc, e.Because); missing != "" {
			problems = append(problems, fmt.Sprintf("%s, %s: no contradiction %s is recorded", e.Source, e, missing))
		}
	}
	for _, row := range d.errorsOf(s.edition).Rows {
		if missing := unrecorded(s.doc, row.Because); missing != "" {
			problems = append(problems, fmt.Sprintf("%s: no contradiction %s is recorded", row.key(), missing))
		}
	}
	return problems
}
