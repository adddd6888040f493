package openapi_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
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
