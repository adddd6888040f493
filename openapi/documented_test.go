package openapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/openapi"
)

// TestDocumentedExamples looks in each edition for every example, sample,
// header and status that the sources print, and in the sources for every
// example that an edition says it has from them.
func TestDocumentedExamples(t *testing.T) {
	printed := readTestdata[transcription](t, "documented.yaml")
	checkRules(t, []rule{
		{"what a source prints is an example of the same operation", printed.examples, []breakage{
			{groups + "/post/requestBody/content/application~1json/examples/calling-example/value/ttl_in_days", 7, `2024-03 section 4 prints this request of CreateLogGroup`},
			{groups + "/post/responses/201/content/application~1json/examples/create-a-group", nil, `2024-03 section 5.1.1 prints this answer 201 of CreateLogGroup`},
			{"/components/examples/wrong-project/value/error_msg", "Invalid project", `2024-03 section 5.1.2 prints this answer 403 of ListLogGroups`},
		}},
		{"an example names the source that prints it", printed.exampleSources, []breakage{
			{groups + "/post/requestBody/content/application~1json/examples/calling-example/x-source", []any{"2022-08 section 4"}, "CreateLogGroup: no example with the value of 2024-03 section 4 names it"},
		}},
		{"an example is printed where it says it is", printed.examplesPrinted, []breakage{
			{groups + "/post/requestBody/content/application~1json/examples/calling-example/x-source/0", "2022-08 section 5.1.1", "/calling-example: 2022-08 section 5.1.1 does not print"},
			{"/components/examples/unknown-group/value/error_msg", "No such group", "/components/examples/unknown-group: 2022-08 section 5.1.3 does not print"},
		}},
		{"a sample of an error body is an example", printed.samples, []breakage{
			{"/components/examples/not-authenticated/value/error_code", "LTS.0003", "2024-03 section 6.2 prints the error body"},
		}},
		{"the answers of the query are the logs of its stream", printed.contents, []breakage{
			{query + "/post/responses/200/content/application~1json/examples/first-query/value/logs/4/content", "this is Error NO 5\n", `first-query, log 5: is "this is Error NO 5", want "2020-07-25/14:44:46 this log is Error NO 5" and a line feed`},
		}},
		{"the headers of all operations are the printed ones", printed.headers, []breakage{
			{"/x-headers/3/example", "e9993fc787d94b6c886cb aa340f9c0f4", "X-Project-Id: the example"},
			{"/x-headers/5", map[string]any{"name": "X-Other", "in": "request"}, "Authorization: is not among the headers"},
			{tokens + "/post/responses/201/headers/X-Subject-Token/example", "MII", "x-subject-token: the example"},
		}},
		{"the statuses are the printed ones", printed.statuses, []breakage{
			{"/x-statuses/3/name", "Bad", "x-statuses: are"},
		}},
		{"the documented operations are those of the edition", printed.operations, []breakage{
			{groups + "/get/x-documented", false, "2024-03 section 5.1.2: ListLogGroups is x-documented: false"},
			{"/paths/~1v2~1{project_id}~1transfers/get/x-documented", nil, "ListTransfers is a documented operation, but no source of the edition has it"},
			{groups + "/get/operationId", "ListGroups", "GET /v2/{project_id}/groups is not ListLogGroups"},
		}},
		{"a correction of what is printed is a contradiction of the document", printed.decisions, []breakage{
			{groups + "/post/x-contradictions/0/id", "other", "2024-03 section 4, this request of CreateLogGroup: no contradiction calling-example-not-json"},
			{"/x-contradictions", []any{}, "LTS.0301 400: no contradiction message-lts-0301"},
		}},
		{"an operation has the statuses that its page lists", printed.answers, []breakage{
			{groups + "/get/responses/503", nil, "2024-03 section 5.1.2: ListLogGroups has no 503"},
			{transfers + "/post/responses/200", map[string]any{"description": "Done."}, "2025-11 page: CreateOBSTransfer has 200, which is not on the page"},
		}},
	})
}

// TestDocumentedErrors compares the error table of each edition with the
// printed one.
func TestDocumentedErrors(t *testing.T) {
	printed := readTestdata[transcription](t, "documented.yaml")
	checkRules(t, []rule{
		{"a row that is printed is in the table, in its place", printed.errors, []breakage{
			{"/x-errors/6/message", "The log group TTL day must be 7", "LTS.0106 400: the message is"},
			{"/x-errors/9/code", "LTS.9999", "LTS.0206 400: is not in x-errors"},
			{"/x-errors/0/code", "LTS.0009", "x-errors: the rows of 2024-03 table 6-2 are in another order"},
		}},
		{"a row names the tables that print it", printed.errorSources, []breakage{
			{"/x-errors/1/x-source", []any{"2022-08 table 6-2"}, "LTS.0009 400: has the sources [2022-08 table 6-2], want [2022-08 table 6-2 2024-03 table 6-2]"},
			{"/x-errors/31/x-source", []any{"2024-03 table 6-2"}, "LTS.0405 400: has the sources [2024-03 table 6-2], want []"},
		}},
		{"a row that is not printed is x-documented: false", printed.otherErrors, []breakage{
			{"/x-errors/31/x-documented", nil, "LTS.0405 400: is not printed"},
		}},
	})
}

// TestDocumentedLimits holds the fields of each edition to what the tables
// print about them.
func TestDocumentedLimits(t *testing.T) {
	printed := readTestdata[limits](t, "limits.yaml")
	checkRules(t, []rule{
		{"a field has the type of its table", printed.types, []breakage{
			{schemas + "/LogGroup/properties/creation_time/type", "string", "2024-03 table 5-13, creation_time: is no long"},
			{schemas + "/LogGroup/properties/creation_time/format", "int32", "2024-03 table 5-13, creation_time: is no long"},
			{schemas + "/LogGroup/properties/tag/additionalProperties", true, "2024-03 table 5-13, tag: is no map"},
			{schemas + "/LogGroup/properties/tag", nil, "2024-03 table 5-13, tag: there is no such field"},
		}},
		{"a field is mandatory where its table says so", printed.mandatory, []breakage{
			{schemas + "/CreateLogStreamRequest/required", nil, "2024-03 table 5-25, log_stream_name: mandatory is false, want true"},
			{schemas + "/ListLogsRequest/required", []any{"start_time", "end_time", "limit"}, "2022-08 table 5-49, limit: mandatory is true, want false"},
		}},
		{"a field has the limits of its table and no others", printed.limits, []breakage{
			{schemas + "/CreateLogStreamRequest/properties/log_stream_name/maxLength", 63, "2024-03 table 5-25, log_stream_name: the limits are"},
			{schemas + "/QueryLimit/oneOf/0/maximum", 500, "2022-08 table 5-49, limit: the limits are"},
			{schemas + "/ListLogsRequest/properties/limit/default", nil, "2022-08 table 5-49, limit: the limits are"},
			{schemas + "/ListLogsRequest/properties/keywords/enum", []any{"error"}, "2022-08 table 5-49, keywords: the limits are"},
			{schemas + "/LogStream/properties/filter_count/maximum", nil, "2024-03 table 5-35, filter_count: the limits are"},
			{"/components/parameters/ProjectID/schema/minLength", nil, "2024-03 table 5-1, project_id: the limits are"},
		}},
		{"a field accepts what its table allows", printed.accepted, []breakage{
			{schemas + "/CreateLogGroupRequest/properties/log_group_name/pattern", "^[a-z]*$", `2024-03 table 5-3, log_group_name: rejects "lts-group-01nh"`},
			{schemas + "/LenientBoolean/oneOf/1", map[string]any{"type": "integer"}, `2022-08 table 5-49, is_desc: rejects "true"`},
			{schemas + "/QueryLimit/oneOf/1/pattern", "^[0-9]$", `2022-08 table 5-49, limit: rejects "50"`},
		}},
		{"a field rejects what its table forbids", printed.rejected, []breakage{
			{schemas + "/CreateLogGroupRequest/properties/log_group_name/pattern", nil, `2024-03 table 5-3, log_group_name: accepts ".a"`},
			{schemas + "/LenientMillis/oneOf/1/pattern", nil, `2022-08 table 5-49, end_time: accepts "x"`},
			{schemas + "/LenientStringArray/oneOf/0/minItems", nil, `2025-11 table 3, log_stream_ids: accepts []`},
		}},
		{"a field that no table has is x-documented: false", printed.otherFields, []breakage{
			{schemas + "/LogGroup/properties/log_group_name_alias/x-documented", nil, "ListLogGroups 200 log_groups: log_group_name_alias is in no table"},
			{schemas + "/ListLogsRequest/properties/highlight/x-documented", nil, "ListLogs request: highlight is in no table"},
		}},
		{"a limit that is not enforced is in x-limits", printed.extensions, []breakage{
			{"/components/securitySchemes/Token/x-limits/minLength", 1, "/components/securitySchemes/Token/x-limits: is"},
			{schemas + "/CreateOBSTransferRequest/properties/period/x-limits", nil, "/period/x-limits/combinations: is <nil>"},
		}},
		{"a decision against the print is a contradiction of the document", printed.decisions, []breakage{
			{schemas + "/CreateLogStreamRequest/properties/log_stream_name/x-contradictions", nil, "2024-03 table 5-35, log_stream_name: no contradiction stream-name-length"},
		}},
		{"every operation with a table of headers takes the token", authenticated, []breakage{
			{groups + "/get/security", []any{}, "2024-03 table 5-11: ListLogGroups takes no token"},
		}},
		{"every table of an error body is an answer with a code and a message", errorBodies, []breakage{
			{schemas + "/Error/properties/error_code/enum", []any{"LTS.0403"}, "2024-03 table 5-5: CreateLogGroup 400: error_code is no string without an enumeration"},
			{"/components/responses/Unavailable/content", map[string]any{"text/plain": map[string]any{}}, "2024-03 table 5-31: CreateLogStream 503: has no JSON body"},
		}},
	})
}

// TestEveryTableIsTranscribed looks in the transcription for every table about
// the fields of a request or of a successful answer.
func TestEveryTableIsTranscribed(t *testing.T) {
	known, printed := readTestdata[places](t, "places.yaml"), readTestdata[limits](t, "limits.yaml")
	for _, problem := range known.missingIn(printed) {
		t.Error(problem)
	}
	t.Run("a missing table is caught", func(t *testing.T) {
		printed.Tables = printed.Tables[1:]
		want := []string{"testdata/limits.yaml: 2022-08 table 5-1 (CreateLogGroup path) is missing"}
		if diff := cmp.Diff(want, known.missingIn(printed)); diff != "" {
			t.Errorf("without the first table (-want +got):\n%s", diff)
		}
	})
}

// Where the breakages are.
const (
	groups    = "/paths/~1v2~1{project_id}~1groups"
	query     = "/paths/~1v2~1{project_id}~1groups~1{log_group_id}~1streams~1{log_stream_id}~1content~1query"
	transfers = "/paths/~1v2~1{project_id}~1log-dump~1obs"
	tokens    = "/paths/~1v3~1auth~1tokens"
	schemas   = "/components/schemas"
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

// limits is what testdata/limits.yaml holds.
type limits struct {
	Tables     []limitsTable
	Extensions []struct {
		Source   string
		Editions []string
		At       string
		Value    any
	}
}

type limitsTable struct {
	Table    string
	Editions []string
	Within   string
	Fields   []field
}

type field struct {
	Name, Type string
	Mandatory  bool
	Keywords   keywords `yaml:",inline"`
	Accepts    []any
	Rejects    []any
	Examples   []any
	Printed    string
	Because    string
}

type keywords struct {
	MinLength uint64   `json:"minLength,omitempty" yaml:"minLength"`
	MaxLength uint64   `json:"maxLength,omitempty" yaml:"maxLength"`
	Minimum   *float64 `json:"minimum,omitempty" yaml:"minimum"`
	Maximum   *float64 `json:"maximum,omitempty" yaml:"maximum"`
	Enum      []any    `json:"enum,omitempty" yaml:"enum"`
	Default   any      `json:"default,omitempty" yaml:"default"`
}

// add takes the keywords of a schema over where there are none yet.
func (k *keywords) add(schema *openapi3.Schema) {
	k.MinLength = max(k.MinLength, schema.MinLength)
	if schema.MaxLength != nil {
		k.MaxLength = *schema.MaxLength
	}
	if schema.Min != nil {
		k.Minimum = schema.Min
	}
	if schema.Max != nil {
		k.Maximum = schema.Max
	}
	k.Enum = append(k.Enum, schema.Enum...)
	if schema.Default != nil {
		k.Default = schema.Default
	}
}

// A target is what a row of a table is about in a document.
type target struct {
	at        string // such as "2024-03 table 5-3, ttl_in_days"
	isRequest bool
	schema    *openapi3.Schema // nil where the document has no such field
	mandatory bool
}

// each visits the rows of the tables of an edition.
func (l limits) each(s subject, visit func(field, target)) {
	for _, table := range l.Tables {
		if !slices.Contains(table.Editions, s.edition) {
			continue
		}
		id, of, _ := strings.Cut(s.known.about(table.Table), " ")
		for _, f := range table.Fields {
			found := target{at: table.Table + ", " + f.Name, isRequest: of == "request" || of == "path"}
			found.schema, found.mandatory = fieldOf(s.doc, id, of, table.Within, f.Name)
			visit(f, found)
		}
	}
}

// eachFound visits the rows whose field the document has.
func (l limits) eachFound(s subject, visit func(field, target)) {
	l.each(s, func(f field, found target) {
		if found.schema != nil {
			visit(f, found)
		}
	})
}

func (l limits) types(s subject) []string {
	var problems []string
	l.each(s, func(f field, found target) {
		if found.schema == nil {
			problems = append(problems, found.at+": there is no such field")
		} else if pathTo(found.schema, f.Type) == nil {
			problems = append(problems, fmt.Sprintf("%s: is no %s, but %s", found.at, f.Type, toJSON(found.schema)))
		}
	})
	return problems
}

func (l limits) mandatory(s subject) []string {
	var problems []string
	l.eachFound(s, func(f field, found target) {
		if found.isRequest && found.mandatory != f.Mandatory {
			problems = append(problems, fmt.Sprintf("%s: mandatory is %t, want %t", found.at, found.mandatory, f.Mandatory))
		}
	})
	return problems
}

func (l limits) limits(s subject) []string {
	var problems []string
	l.eachFound(s, func(f field, found target) {
		var got keywords
		for _, schema := range pathTo(found.schema, f.Type) {
			got.add(schema)
		}
		if !sameJSON(got, f.Keywords) {
			problems = append(problems, fmt.Sprintf("%s: the limits are %s, want %s", found.at, toJSON(got), toJSON(f.Keywords)))
		}
	})
	return problems
}

func (l limits) accepted(s subject) []string {
	var problems []string
	l.eachFound(s, func(f field, found target) {
		for _, value := range slices.Concat(f.Accepts, f.Examples) {
			if err := accepts(found.schema, value); err != nil {
				problems = append(problems, fmt.Sprintf("%s: rejects %s: %v", found.at, toJSON(value), err))
			}
		}
	})
	return problems
}

func (l limits) rejected(s subject) []string {
	var problems []string
	l.eachFound(s, func(f field, found target) {
		for _, value := range f.Rejects {
			if accepts(found.schema, value) == nil {
				problems = append(problems, fmt.Sprintf("%s: accepts %s", found.at, toJSON(value)))
			}
		}
	})
	return problems
}

func (l limits) otherFields(s subject) []string {
	var problems []string
	inTables := make(map[string][]string) // names of fields by what they are in
	for _, table := range l.Tables {
		if about := s.known.about(table.Table); slices.Contains(table.Editions, s.edition) {
			key := strings.TrimSpace(about + " " + table.Within)
			for _, f := range table.Fields {
				inTables[key] = append(inTables[key], f.Name)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(inTables)) {
		place := append(strings.Split(key, " "), "")
		if place[1] == "path" {
			continue
		}
		for name, property := range propertiesOf(s.doc, place[0], place[1], place[2]) {
			if !slices.Contains(inTables[key], name) && property.Value.Extensions["x-documented"] != false {
				problems = append(problems, fmt.Sprintf("%s: %s is in no table of the edition, and not x-documented: false", key, name))
			}
		}
	}
	return problems
}

func (l limits) extensions(s subject) []string {
	var problems []string
	for _, want := range l.Extensions {
		if got, _ := lookUp(s.raw, want.At); slices.Contains(want.Editions, s.edition) && !sameJSON(got, want.Value) {
			problems = append(problems, fmt.Sprintf("%s: is %v, want %v (%s)", want.At, got, want.Value, want.Source))
		}
	}
	return problems
}

func (l limits) decisions(s subject) []string {
	var problems []string
	l.each(s, func(f field, found target) {
		if missing := unrecorded(s.doc, f.Because); missing != "" {
			problems = append(problems, fmt.Sprintf("%s: no contradiction %s is recorded", found.at, missing))
		}
	})
	return problems
}

func authenticated(s subject) []string {
	var problems []string
	for _, table := range s.known.tables(s.edition) {
		operation, ok := operationOf(s.doc, table.operation)
		if !ok || table.of != "header" {
			continue
		}
		security := s.doc.Security
		if operation.Security != nil {
			security = *operation.Security
		}
		takesToken := func(r openapi3.SecurityRequirement) bool { return r["Token"] != nil }
		if !slices.ContainsFunc(security, takesToken) {
			problems = append(problems, fmt.Sprintf("%s: %s takes no token", table.source, table.operation))
		}
	}
	return problems
}

func errorBodies(s subject) []string {
	var problems []string
	for _, table := range s.known.tables(s.edition) {
		if table.of[0] != '4' && table.of[0] != '5' {
			continue
		}
		at := fmt.Sprintf("%s: %s %s", table.source, table.operation, table.of)
		properties := propertiesOf(s.doc, table.operation, table.of, "")
		if properties == nil {
			problems = append(problems, at+": has no JSON body")
		}
		for _, name := range []string{"error_code", "error_msg"} {
			if p := properties[name]; properties != nil && (p == nil || !p.Value.Type.Is("string") || p.Value.Enum != nil) {
				problems = append(problems, fmt.Sprintf("%s: %s is no string without an enumeration", at, name))
			}
		}
	}
	return problems
}

// A table is a table about a request or an answer of an operation.
type table struct {
	source    string // such as "2024-03 table 5-3"
	operation string
	of        string // path, header, request or a status
}

// tables lists the tables that hold for an edition. The latest one has each
// operation from the newest source that describes it.
func (p places) tables(edition string) []table {
	sources := []string{edition}
	if edition == openapi.Latest {
		sources = []string{"2025-11", "2025-10", "2024-03", "2022-08"}
	}
	var tables []table
	newer := make(map[string]string) // the source that an operation is taken from
	for _, source := range sources {
		for _, number := range slices.Sorted(maps.Keys(p[source].Tables)) {
			id, of, ok := strings.Cut(p[source].Tables[number], " ")
			if taken := newer[id]; ok && (taken == "" || taken == source) {
				newer[id] = source
				tables = append(tables, table{source + " table " + number, id, of})
			}
		}
	}
	return tables
}

// missingIn lists the tables of fields that a transcription does not have for
// an edition.
func (p places) missingIn(l limits) []string {
	var problems []string
	for _, edition := range openapi.Editions() {
		for _, want := range p.tables(edition) {
			ofFields := want.of == "path" || want.of == "request" || want.of[0] == '2'
			is := func(t limitsTable) bool { return t.Table == want.source && slices.Contains(t.Editions, edition) }
			if ofFields && !slices.ContainsFunc(l.Tables, is) {
				problems = append(problems, fmt.Sprintf("testdata/limits.yaml: %s (%s %s) is missing", want.source, want.operation, want.of))
			}
		}
	}
	return problems
}

// contradictionID finds the ID of a contradiction in a reason: all of it, or at
// its end in parentheses.
var contradictionID = regexp.MustCompile(`(?:^|\()([a-z0-9]+(?:-[a-z0-9]+)+)\)?$`)

// unrecorded gives the ID in a reason when no contradiction of the document has
// it.
func unrecorded(doc *openapi3.T, because string) string {
	id := contradictionID.FindStringSubmatch(because)
	if id == nil || contradictionIDs(doc)[id[1]] {
		return ""
	}
	return id[1]
}

func operationOf(doc *openapi3.T, id string) (openapi.Operation, bool) {
	for _, operation := range openapi.Operations(doc) {
		if operation.OperationID == id {
			return operation, true
		}
	}
	return openapi.Operation{}, false
}

// fieldOf gives the schema of a field and whether it is mandatory.
func fieldOf(doc *openapi3.T, id, of, within, name string) (*openapi3.Schema, bool) {
	if operation, ok := operationOf(doc, id); ok && of == "path" {
		if p := operation.AllParameters().GetByInAndName("path", name); p != nil {
			return p.Schema.Value, p.Required
		}
		return nil, false
	}
	body := bodyOf(doc, id, of, within)
	if body == nil || body.Properties[name] == nil {
		return nil, false
	}
	return body.Properties[name].Value, slices.Contains(body.Required, name)
}

func propertiesOf(doc *openapi3.T, id, of, within string) openapi3.Schemas {
	if body := bodyOf(doc, id, of, within); body != nil {
		return body.Properties
	}
	return nil
}

// bodyOf gives the schema of a request or an answer, or of the objects in one
// of its fields.
func bodyOf(doc *openapi3.T, id, of, within string) *openapi3.Schema {
	operation, ok := operationOf(doc, id)
	if !ok {
		return nil
	}
	var content openapi3.Content
	if response := operation.Responses.Value(of); response != nil {
		content = response.Value.Content
	} else if of == "request" && operation.RequestBody != nil {
		content = operation.RequestBody.Value.Content
	}
	media := content["application/json"]
	if media == nil || media.Schema == nil {
		return nil
	}
	body := media.Schema.Value
	if holder := body.Properties[within]; holder != nil {
		body = holder.Value
	}
	if body.Items != nil {
		body = body.Items.Value
	}
	return body
}

// pathTo gives the schemas from a schema down to its branch of a type: itself,
// or one that it is made of.
func pathTo(schema *openapi3.Schema, typ string) []*openapi3.Schema {
	if isOfType(schema, typ) {
		return []*openapi3.Schema{schema}
	}
	for _, part := range slices.Concat(schema.AllOf, schema.OneOf, schema.AnyOf) {
		if path := pathTo(part.Value, typ); path != nil {
			return append([]*openapi3.Schema{schema}, path...)
		}
	}
	return nil
}

// isOfType knows the types that tables print.
func isOfType(schema *openapi3.Schema, typ string) bool {
	items := func(itemType string) bool {
		return schema.Type.Is("array") && schema.Items != nil && schema.Items.Value.Type.Is(itemType)
	}
	switch typ {
	case "integer":
		return schema.Type.Is("integer") && schema.Format == "int32"
	case "long":
		return schema.Type.Is("integer") && schema.Format == "int64"
	case "map":
		values := schema.AdditionalProperties.Schema
		return schema.Type.Is("object") && values != nil && values.Value.Type.Is("string")
	case "strings":
		return items("string")
	case "objects":
		return items("object")
	default:
		return schema.Type.Is(typ)
	}
}

// accepts validates a value as a server would.
func accepts(schema *openapi3.Schema, value any) error {
	var decoded any
	if err := json.Unmarshal([]byte(toJSON(value)), &decoded); err != nil {
		return err
	}
	return schema.VisitJSON(decoded, openapi3.EnableFormatValidation())
}

func sameJSON(a, b any) bool { return toJSON(a) == toJSON(b) }

func toJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(data)
}
