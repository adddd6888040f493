package openapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi"
)

// TestHouseRules holds every edition of the document to the rules of the
// house.
func TestHouseRules(t *testing.T) {
	checkRules(t, []rule{
		{"the document is OpenAPI 3.0.3", version, []breakage{
			{"/openapi", "3.0.2", "/openapi: is 3.0.2"},
		}},
		{"the document is valid", valid, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/responses/201/description", nil, "description"},
		}},
		{"the tags are the headings of the API, each with a description", tags, []breakage{
			{"/tags/1/name", "loggroups", "/tags: are tokens loggroups streams"},
			{"/tags/2/description", "", "/tags/2: has no description"},
		}},
		{"an operation has exactly one tag, and the tag is declared", operationTags, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/tags", []any{"groups", "logs"}, "/paths/~1v2~1{project_id}~1groups/post/tags: are [groups logs]"},
		}},
		{"an operationId is a verb and a noun in capitals, and is there once", operationIDs, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/operationId", "LogGroupCreate", "/paths/~1v2~1{project_id}~1groups/post/operationId: LogGroupCreate is not"},
			{"/paths/~1v2~1{project_id}~1log-dump~1obs/post/operationId", "CreateObsTransfer", "/paths/~1v2~1{project_id}~1log-dump~1obs/post/operationId: CreateObsTransfer is not"},
			{"/paths/~1v2~1{project_id}~1groups/get/operationId", "CreateLogGroup", "CreateLogGroup is used 2 times"},
		}},
		{"a summary is one line without a period at its end", summaries, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/summary", "Create a group.", `/paths/~1v2~1{project_id}~1groups/post/summary: "Create a group."`},
		}},
		{"an operation has a description", descriptions, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/description", " ", "/paths/~1v2~1{project_id}~1groups/post: has no description"},
		}},
		{"an extension is one of those that the README explains", extensions, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/x-internal", true, "/paths/~1v2~1{project_id}~1groups/post/x-internal: is not among the extensions"},
		}},
		{"x-documented is only ever false", onlyFalse, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/x-documented", true, "/paths/~1v2~1{project_id}~1groups/post/x-documented: is true"},
		}},
	})
}

// TestSources holds every edition to the rules about x-source.
func TestSources(t *testing.T) {
	checkRules(t, []rule{
		{"every part of the contract names its sources", everyPartHasSources, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/x-source", nil, "/paths/~1v2~1{project_id}~1groups/post: the operation has no x-source"},
			{"/components/parameters/ProjectID/x-source", []any{}, "/components/parameters/ProjectID: the parameter has no x-source"},
			{"/paths/~1v3~1auth~1tokens/post/responses/201/headers/X-Subject-Token/x-source", nil, "/headers/X-Subject-Token: the header has no x-source"},
			{"/components/responses/Unavailable/x-source", nil, "/components/responses/Unavailable: the response has no x-source"},
			{"/components/schemas/LogGroup/x-source", nil, "/components/schemas/LogGroup: the schema has no x-source"},
			{"/components/schemas/LogGroup/properties/creation_time/x-source", nil, "/components/schemas/LogGroup/properties/creation_time: the property has no x-source"},
			{"/components/examples/invalid-body/x-source", nil, "/components/examples/invalid-body: the example has no x-source"},
			{"/x-errors/3/x-source", nil, "/x-errors/3: the row has no x-source"},
		}},
		{"a source is one of x-sources, with a place that it has", sourcesExist, []breakage{
			{"/x-errors/3/x-source", []any{"2023-01 table 6-2"}, `/x-errors/3: "2023-01 table 6-2" names no source`},
			{"/x-errors/3/x-source", []any{"2022-08 table 5-63"}, `/x-errors/3: 2022-08 has no "table 5-63"`},
		}},
		{"x-sources are the sources whose places are known", sourcesKnown, []breakage{
			{"/x-sources/2025-12", map[string]any{"title": "Another page"}, "/x-sources: are 2022-08 2024-03 2025-10 2025-11 2025-12 vendor"},
		}},
		{"what ltskit adds itself is x-documented: false", ownIsUndocumented, []breakage{
			{"/components/schemas/LogGroup/properties/creation_time/x-source", []any{"ltskit"}, "/components/schemas/LogGroup/properties/creation_time: comes from ltskit"},
		}},
		{"what only the vendor knows is x-documented: false", vendorIsUndocumented, []breakage{
			{"/components/schemas/ListLogsRequest/properties/highlight/x-documented", nil, "/components/schemas/ListLogsRequest/properties/highlight: comes from vendor query semantics"},
		}},
		{"a table is named where what it is about is used", tablesBelong, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/responses/500/x-source", []any{"2022-08 table 5-16"}, "/paths/~1v2~1{project_id}~1groups/post/responses/500: 2022-08 table 5-16 is about ListLogGroups 500"},
			{"/components/schemas/LogStream/x-source", []any{"2022-08 table 5-13"}, "/components/schemas/LogStream: 2022-08 table 5-13 is about ListLogGroups 200"},
		}},
	})
}

// TestExamplesAndFields holds every edition to the rules about examples and
// about the fields of requests and answers.
func TestExamplesAndFields(t *testing.T) {
	checkRules(t, []rule{
		{"a request example has an answer of its name", requestsHaveAnswers, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/responses/201/content/application~1json/examples/calling-example", nil, "CreateLogGroup: the request example calling-example has no answer"},
		}},
		{"an answer to a documented request has a request example of its name", answersHaveRequests, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/requestBody/content/application~1json/examples/calling-example", nil, "CreateLogGroup: the example calling-example of 201 has no request"},
		}},
		{"what differs from answer to answer is x-dynamic", dynamic, []breakage{
			{"/components/schemas/ResourceID/x-dynamic", nil, "/components/schemas/LogGroup/properties/log_group_id: log_group_id is not x-dynamic"},
			{"/components/schemas/LogGroup/properties/creation_time/x-dynamic", nil, "/components/schemas/LogGroup/properties/creation_time: creation_time is not x-dynamic"},
			{"/components/schemas/LineNum/x-dynamic", nil, "/components/schemas/LogContents/properties/line_num: line_num is not x-dynamic"},
			{"/paths/~1v3~1auth~1tokens/post/responses/201/headers/X-Subject-Token/schema/x-dynamic", nil, "/headers/X-Subject-Token: X-Subject-Token is not x-dynamic"},
			{"/components/schemas/LogtankDetail/properties/resource_id/x-dynamic", true, "/components/schemas/LogtankDetail/properties/resource_id: resource_id is x-dynamic and need not be an exception"},
		}},
		{"an object in an object is a schema of its own", inlineObjects, []breakage{
			{"/components/schemas/LogGroup/properties/tag/additionalProperties", map[string]any{"type": "object"}, "/components/schemas/LogGroup/properties/tag/additionalProperties: is an object within an inline object"},
			{"/paths/~1v2~1{project_id}~1groups/get/responses/200/content/application~1json/schema", map[string]any{"type": "object"}, "/responses/200/content/application~1json/schema: is no reference"},
		}},
		{"a list is always there and never null", lists, []breakage{
			{"/components/schemas/ListLogGroupsResponse/properties/log_groups/nullable", true, "/components/schemas/ListLogGroupsResponse/properties/log_groups: is nullable"},
			{"/components/schemas/ListLogGroupsResponse/required", nil, "/components/schemas/ListLogGroupsResponse: log_groups is not required"},
		}},
	})
}

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

func TestREADMEExplainsEveryExtension(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, extension := range knownExtensions {
		if want := "**`" + extension; !strings.Contains(string(readme), want) {
			t.Errorf("README.md has no paragraph that begins with %q", want)
		}
	}
}

// TestKeysAreUnique checks the files themselves: the parser of a node tree
// takes a key that stands twice, and the second value silently wins.
func TestKeysAreUnique(t *testing.T) {
	files, err := filepath.Glob("*/*.overlay.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "lts.yaml") {
		t.Run(file, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := uniqueKeys(data); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		})
	}
	t.Run("a key that stands twice is caught", func(t *testing.T) {
		if err := uniqueKeys([]byte("a: {b: 1, b: 2}")); err == nil {
			t.Error(`uniqueKeys("a: {b: 1, b: 2}") = nil, want an error`)
		}
	})
}

// uniqueKeys decodes into a map, which is where the parser looks for keys that
// stand twice.
func uniqueKeys(data []byte) error {
	var whole map[string]any
	return yaml.Unmarshal(data, &whole)
}

func version(s subject) []string {
	if s.doc.OpenAPI != "3.0.3" {
		return []string{fmt.Sprintf("/openapi: is %s, want 3.0.3", s.doc.OpenAPI)}
	}
	return nil
}

func valid(s subject) []string {
	if err := s.doc.Validate(context.Background()); err != nil {
		return []string{err.Error()}
	}
	return nil
}

// headings are the tags in their order. Each is the base name of a file in
// every layer.
var headings = []string{"tokens", "groups", "streams", "logs", "transfers", "logtanks"}

func tags(s subject) []string {
	var names, problems []string
	for i, tag := range s.doc.Tags {
		names = append(names, tag.Name)
		if strings.TrimSpace(tag.Description) == "" {
			problems = append(problems, fmt.Sprintf("/tags/%d: has no description", i))
		}
	}
	if !slices.Equal(names, headings) {
		problems = append(problems, fmt.Sprintf("/tags: are %s, want %s", strings.Join(names, " "), strings.Join(headings, " ")))
	}
	return problems
}

func operationTags(s subject) []string {
	var problems []string
	for _, o := range openapi.Operations(s.doc) {
		if len(o.Tags) != 1 || s.doc.Tags.Get(o.Tags[0]) == nil {
			problems = append(problems, fmt.Sprintf("%s/tags: are %v, want one that is declared", pointerOf(o), o.Tags))
		}
	}
	return problems
}

var (
	verbNoun = regexp.MustCompile(`^(Count|Create|Delete|List|Report|Show|Update)([A-Z]+[a-z]*)+$`)
	// badInitialism finds initialisms that are written like words.
	badInitialism = regexp.MustCompile(`(Ak|Ga|Http|Iam|Id|Lts|Obs|Sk|Ttl|Url)s?([A-Z]|$)`)
)

func operationIDs(s subject) []string {
	var problems []string
	times := make(map[string]int)
	for _, o := range openapi.Operations(s.doc) {
		times[o.OperationID]++
		if !verbNoun.MatchString(o.OperationID) || badInitialism.MatchString(o.OperationID) {
			problems = append(problems, fmt.Sprintf("%s/operationId: %s is not a verb and a noun such as CreateOBSTransfer", pointerOf(o), o.OperationID))
		}
	}
	for id, n := range times {
		if n > 1 {
			problems = append(problems, fmt.Sprintf("/paths: the operationId %s is used %d times", id, n))
		}
	}
	return problems
}

func summaries(s subject) []string {
	var problems []string
	for _, o := range openapi.Operations(s.doc) {
		if o.Summary == "" || strings.Contains(o.Summary, "\n") || strings.HasSuffix(o.Summary, ".") {
			problems = append(problems, fmt.Sprintf("%s/summary: %q is not one line without a period", pointerOf(o), o.Summary))
		}
	}
	return problems
}

func descriptions(s subject) []string {
	var problems []string
	for _, o := range openapi.Operations(s.doc) {
		if strings.TrimSpace(o.Description) == "" {
			problems = append(problems, pointerOf(o)+": has no description")
		}
	}
	return problems
}

// knownExtensions are the extensions that the README explains.
var knownExtensions = []string{
	"x-source", "x-sources", "x-documented", "x-contradictions", "x-dynamic", "x-errors", "x-error-codes",
	"x-violation", "x-headers", "x-statuses", "x-limits", "x-service", "x-displayName",
}

func extensions(s subject) []string {
	var problems []string
	walk(s.raw, func(at []string, node map[string]any) {
		if at[len(at)-1] == "headers" {
			return // names of headers
		}
		for key := range node {
			if strings.HasPrefix(key, "x-") && !slices.Contains(knownExtensions, key) {
				problems = append(problems, fmt.Sprintf("%s: is not among the extensions %s", pointer(append(at, key)), strings.Join(knownExtensions, ", ")))
			}
		}
	})
	return problems
}

func onlyFalse(s subject) []string {
	var problems []string
	walk(s.raw, func(at []string, node map[string]any) {
		if v, ok := node["x-documented"]; ok && v != false {
			problems = append(problems, fmt.Sprintf("%s/x-documented: is %v, want false or nothing", pointer(at), v))
		}
	})
	return problems
}

func everyPartHasSources(s subject) []string {
	var problems []string
	for _, p := range partsOf(s.raw) {
		if len(p.sources) == 0 {
			problems = append(problems, fmt.Sprintf("%s: the %s has no x-source", p.at, p.kind))
		}
	}
	return problems
}

func sourcesExist(s subject) []string {
	var problems []string
	for _, p := range partsOf(s.raw) {
		for _, source := range p.sources {
			if source == "ltskit" {
				continue
			}
			if problem := s.known.check(source); problem != "" {
				problems = append(problems, p.at+": "+problem)
			}
		}
	}
	return problems
}

func sourcesKnown(s subject) []string {
	var got []string
	for _, source := range openapi.Sources(s.doc) {
		got = append(got, source.Name)
	}
	if want := slices.Sorted(maps.Keys(s.known)); !slices.Equal(got, want) {
		return []string{fmt.Sprintf("/x-sources: are %s, want %s", strings.Join(got, " "), strings.Join(want, " "))}
	}
	return nil
}

func ownIsUndocumented(s subject) []string {
	var problems []string
	for _, p := range partsOf(s.raw) {
		if slices.Contains(p.sources, "ltskit") && (p.documented || len(p.sources) > 1) {
			problems = append(problems, p.at+": comes from ltskit, and must be x-documented: false and have no other source")
		}
	}
	return problems
}

// vendorIsUndocumented leaves alone what only undocumented operations use, and
// examples: they stand or fall with what they are examples of.
func vendorIsUndocumented(s subject) []string {
	var problems []string
	used := documentedUses(s.raw)
	for _, p := range partsOf(s.raw) {
		published := func(source string) bool { return source != "ltskit" && !strings.HasPrefix(source, "vendor ") }
		if p.kind != "example" && p.documented && used[rootOf(p.at)] && !slices.ContainsFunc(p.sources, published) {
			problems = append(problems, fmt.Sprintf("%s: comes from %s alone, and is not x-documented: false", p.at, strings.Join(p.sources, ", ")))
		}
	}
	return problems
}

func tablesBelong(s subject) []string {
	var problems []string
	uses := usesOf(s.raw)
	for _, p := range partsOf(s.raw) {
		for _, source := range p.sources {
			about := s.known.about(source)
			if p.kind == "schema" || p.kind == "property" {
				about, _, _ = strings.Cut(about, " ") // a field of a request may say what it is in an answer
			}
			if about != "" && !uses.has(p.at, about) {
				problems = append(problems, fmt.Sprintf("%s: %s is about %s", p.at, source, s.known.about(source)))
			}
		}
	}
	return problems
}

func requestsHaveAnswers(s subject) []string {
	var problems []string
	for _, o := range openapi.Operations(s.doc) {
		answers := successNames(o)
		for _, example := range o.RequestExamples() {
			if _, ok := answers[example.Name]; !ok {
				problems = append(problems, fmt.Sprintf("%s: the request example %s has no answer", o.OperationID, example.Name))
			}
		}
	}
	return problems
}

func answersHaveRequests(s subject) []string {
	var problems []string
	for _, o := range openapi.Operations(s.doc) {
		if !o.Documented() || o.RequestBody == nil {
			continue
		}
		requests := make(map[string]bool)
		for _, example := range o.RequestExamples() {
			requests[example.Name] = true
		}
		for name, status := range successNames(o) {
			if !requests[name] {
				problems = append(problems, fmt.Sprintf("%s: the example %s of %s has no request", o.OperationID, name, status))
			}
		}
	}
	return problems
}

// successNames gives the status of each named answer that is a success. A 200
// that carries an error, as a transfer's does in older editions, is none.
func successNames(o openapi.Operation) map[string]string {
	names := make(map[string]string)
	for _, example := range o.ResponseExamples() {
		body, _ := example.Value.(map[string]any)
		if _, isError := body["error_code"]; strings.HasPrefix(example.Status, "2") && !isError {
			names[example.Name] = example.Status
		}
	}
	return names
}

var (
	// dynamicName matches what names IDs, times, tokens and cursors.
	dynamicName = regexp.MustCompile(`(?i)(^|_|-)(id|token|date|marker)$|_(time|at)$|^(startTime|endTime|line_num)$`)
	// notDynamic lists the fields that are named so and yet need no x-dynamic,
	// with the reason.
	notDynamic = map[string]string{
		"/components/schemas/HistogramStep/properties/startTime":     "follows from the request",
		"/components/schemas/HistogramStep/properties/endTime":       "follows from the request",
		"/components/schemas/LogtankDetail/properties/resource_id":   "repeats the request",
		"/components/schemas/LogtankDetail/properties/log_group_id":  "repeats the request",
		"/components/schemas/LogtankDetail/properties/log_stream_id": "repeats the request",
		"/components/schemas/CatalogEntry/properties/id":             "the catalog around it is x-dynamic",
		"/components/schemas/CatalogEndpoint/properties/id":          "the catalog around it is x-dynamic",
		"/components/schemas/CatalogEndpoint/properties/region_id":   "the catalog around it is x-dynamic",
	}
)

func dynamic(s subject) []string {
	var problems []string
	inAnswers := usesOf(s.raw).inAnswers()
	for _, p := range fieldsOf(s.raw) {
		outside := p.kind == "property" && !inAnswers[rootOf(p.at)]
		if outside || !dynamicName.MatchString(p.name) || isObject(resolve(s.raw, p.node)) {
			continue
		}
		_, except := notDynamic[p.at]
		switch is := isDynamic(s.raw, p.node); {
		case is && except:
			problems = append(problems, fmt.Sprintf("%s: %s is x-dynamic and need not be an exception", p.at, p.name))
		case !is && !except:
			problems = append(problems, fmt.Sprintf("%s: %s is not x-dynamic", p.at, p.name))
		}
	}
	return problems
}

func inlineObjects(s subject) []string {
	var problems []string
	walk(s.raw, func(at []string, node map[string]any) {
		last := at[len(at)-1]
		if _, isRef := node["$ref"]; isRef || (last != "schema" && !isSchema(at)) {
			return
		}
		if last == "schema" && at[len(at)-2] == "application/json" {
			problems = append(problems, pointer(at)+": is no reference to a schema of its own")
		}
		if isObject(node) && objectsAbove(s.raw, at) > 1 {
			problems = append(problems, pointer(at)+": is an object within an inline object")
		}
	})
	return problems
}

// mayBeNull lists the fields that are nullable: they are always null.
var mayBeNull = []string{
	"/components/schemas/ReportLogsResponse/properties/result",
	"/components/schemas/TransferInfo/properties/log_agency_transfer",
}

func lists(s subject) []string {
	var problems []string
	walk(s.raw, func(at []string, node map[string]any) {
		if node["nullable"] == true && !slices.Contains(mayBeNull, pointer(at)) {
			problems = append(problems, pointer(at)+": is nullable")
		}
	})
	for name, ref := range s.doc.Components.Schemas {
		if !strings.HasPrefix(name, "List") || !strings.HasSuffix(name, "Response") {
			continue
		}
		for field, property := range ref.Value.Properties {
			if property.Value.Type.Is("array") && !slices.Contains(ref.Value.Required, field) {
				problems = append(problems, fmt.Sprintf("/components/schemas/%s: %s is not required", name, field))
			}
		}
	}
	return problems
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
			problems = append(problems, fmt.Sprintf("%s: %s is not in x-errors", pointer(at), code))
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
			if violation == nil || !uses[rootOf(pointer(at))][o.OperationID+" request"] {
				continue
			}
			if code := fmt.Sprint(violation["code"]); !codes[o.OperationID+" "+code] {
				problems = append(problems, fmt.Sprintf("%s: %s, for a violation of %s, is the error of none of its answers", o.OperationID, code, pointer(at)))
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
				problems = append(problems, fmt.Sprintf("%s: %s is not among openapi.Contradictions", pointer(at), id))
			}
		}
	})
	return problems
}

// A rule is something that holds in every edition.
type rule struct {
	name     string
	check    func(subject) []string // the problems that it finds
	breakage []breakage
}

// A breakage is a change of the latest edition that a rule must notice: with
// the value to (none where that is nil) at the JSON pointer at, the check
// reports a problem that contains caught, which it does not report without.
type breakage struct {
	at     string
	to     any
	caught string
}

// A subject is a document in two forms: as kin-openapi reads it, and as plain
// JSON with its references. Checks only read it.
type subject struct {
	edition string
	doc     *openapi3.T
	raw     any
	known   places
}

func checkRules(t *testing.T, rules []rule) {
	problems := make(map[string][]string) // of the latest edition, which comes last, by rule
	for _, edition := range openapi.Editions() {
		s := subjectOf(t, edition)
		for _, r := range rules {
			t.Run(edition+"/"+r.name, func(t *testing.T) {
				problems[r.name] = r.check(s)
				for _, problem := range problems[r.name] {
					t.Errorf("edition %s: %s", edition, problem)
				}
			})
		}
	}
	for _, r := range rules {
		without := problems[r.name]
		t.Run("a breach is caught/"+r.name, func(t *testing.T) {
			t.Parallel()
			if len(r.breakage) == 0 {
				t.Error("nothing shows that the check can fail")
			}
			for _, b := range r.breakage {
				b.check(t, without, r.check(brokenSubject(t, b)))
			}
		})
	}
}

// check looks for what must be caught among the problems with the breakage,
// and for nothing like it among those without.
func (b breakage) check(t *testing.T, without, with []string) {
	t.Helper()
	caught := func(problem string) bool { return strings.Contains(problem, b.caught) }
	if slices.ContainsFunc(without, caught) {
		t.Errorf("the rule reports %q also without %v at %s", b.caught, b.to, b.at)
	}
	if !slices.ContainsFunc(with, caught) {
		t.Errorf("with %v at %s the rule reports\n\t%s\nwant a problem with %q", b.to, b.at, strings.Join(with, "\n\t"), b.caught)
	}
}

// subjectOf gives an edition as the package loads it.
func subjectOf(t *testing.T, edition string) subject {
	t.Helper()
	doc, err := openapi.Load(edition, openapi.English)
	if err != nil {
		t.Fatal(err)
	}
	return subject{edition: edition, doc: doc, raw: rawEdition(t, edition), known: readTestdata[places](t, "places.yaml")}
}

// brokenSubject gives the latest edition with a breakage in it.
func brokenSubject(t *testing.T, b breakage) subject {
	t.Helper()
	s := subject{edition: openapi.Latest, raw: rawEdition(t, openapi.Latest), known: readTestdata[places](t, "places.yaml")}
	path := strings.Split(b.at, "/")
	parent, ok := lookUp(s.raw, strings.Join(path[:len(path)-1], "/"))
	if !ok {
		t.Fatalf("the document has nothing above %s", b.at)
	}
	replace(parent, unescapePointer(path[len(path)-1]), b.to)
	data, err := json.Marshal(s.raw)
	if err != nil {
		t.Fatal(err)
	}
	if s.doc, err = openapi3.NewLoader().LoadFromData(data); err != nil {
		t.Fatal(err)
	}
	return s
}

// bundles keeps the bundles, which take long to make.
var bundles sync.Map

func rawEdition(t *testing.T, edition string) any {
	t.Helper()
	data, ok := bundles.Load(edition)
	if !ok {
		made, err := openapi.Bundle(edition, openapi.English, "json")
		if err != nil {
			t.Fatal(err)
		}
		data, _ = bundles.LoadOrStore(edition, made)
	}
	var raw any
	if err := json.Unmarshal(data.([]byte), &raw); err != nil {
		t.Fatal(err)
	}
	return raw
}

func replace(parent any, key string, to any) {
	switch parent := parent.(type) {
	case []any:
		i, _ := strconv.Atoi(key)
		parent[i] = to
	case map[string]any:
		parent[key] = to
		if to == nil {
			delete(parent, key)
		}
	}
}

// lookUp gives the value at a JSON pointer, and whether there is one.
func lookUp(root any, pointer string) (any, bool) {
	node := root
	for _, token := range strings.Split(pointer, "/")[1:] {
		switch parent := node.(type) {
		case map[string]any:
			node = parent[unescapePointer(token)]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(parent) {
				return nil, false
			}
			node = parent[i]
		default:
			return nil, false
		}
	}
	return node, node != nil
}

func pointer(at []string) string {
	var out strings.Builder
	for _, token := range at {
		out.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(token))
	}
	return out.String()
}

func unescapePointer(token string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
}

func pointerOf(o openapi.Operation) string {
	return pointer([]string{"paths", o.Path, strings.ToLower(o.Method)})
}

// nameMaps are the members whose keys are names that the document chose.
var nameMaps = []string{
	"examples", "headers", "parameters", "paths", "properties", "requestBodies", "responses", "schemas",
	"securitySchemes", "variables", "x-sources",
}

// walk visits every object of a document but those within values of examples,
// in the order of their keys. at has at least one element, "" for the root.
func walk(raw any, visit func(at []string, node map[string]any)) {
	root := raw.(map[string]any)
	visit([]string{""}, root)
	for _, key := range slices.Sorted(maps.Keys(root)) {
		walkNode([]string{key}, root[key], visit)
	}
}

func walkNode(at []string, node any, visit func(at []string, node map[string]any)) {
	switch node := node.(type) {
	case []any:
		for i, element := range node {
			walkNode(append(slices.Clone(at), strconv.Itoa(i)), element, visit)
		}
	case map[string]any:
		visit(slices.Clone(at), node)
		names := slices.Contains(nameMaps, at[len(at)-1])
		for _, key := range slices.Sorted(maps.Keys(node)) {
			if !names && slices.Contains([]string{"default", "enum", "example", "value"}, key) {
				continue
			}
			walkNode(append(slices.Clone(at), key), node[key], visit)
		}
	}
}

// A part is a part of the contract that names its sources.
type part struct {
	at         string // JSON pointer
	kind       string
	name       string
	node       map[string]any
	documented bool // neither it nor what it is in is x-documented: false
	sources    []string
}

// partsOf lists the parts of a document that are no references.
func partsOf(raw any) []part {
	var parts []part
	undocumented := "-" // the outermost part around the current one that is x-documented: false
	walk(raw, func(at []string, node map[string]any) {
		p := part{at: pointer(at), kind: kindOf(at), name: at[len(at)-1], node: node}
		if p.documented = !strings.HasPrefix(p.at+"/", undocumented); p.documented && node["x-documented"] == false {
			p.documented, undocumented = false, p.at+"/"
		}
		sources, _ := node["x-source"].([]any)
		for _, source := range sources {
			p.sources = append(p.sources, fmt.Sprint(source))
		}
		if _, isRef := node["$ref"]; p.kind != "" && !isRef {
			parts = append(parts, p)
		}
	})
	return parts
}

// kinds gives the kind of the members of an object.
var kinds = map[string]string{
	"parameters": "parameter", "headers": "header", "responses": "response", "schemas": "schema",
	"properties": "property", "examples": "example", "securitySchemes": "security scheme",
	"x-errors": "row", "x-headers": "row", "x-statuses": "row",
}

func kindOf(at []string) string {
	switch {
	case len(at) < 2:
		return ""
	case at[0] == "paths" && len(at) == 3 && at[2] != "parameters" && at[2] != "servers":
		return "operation"
	default:
		return kinds[at[len(at)-2]]
	}
}

// fieldsOf lists the properties of schemas, references included, and the
// headers of answers: those of an operation and those of all.
func fieldsOf(raw any) []part {
	var fields []part
	walk(raw, func(at []string, node map[string]any) {
		kind, name := kindOf(at), at[len(at)-1]
		if kind == "row" && node["in"] == "response" {
			kind, name = "header", node["name"].(string)
		}
		if kind == "property" || kind == "header" {
			fields = append(fields, part{at: pointer(at), kind: kind, name: name, node: node})
		}
	})
	return fields
}

// isDynamic reports whether a field, its schema or what they refer to is
// x-dynamic.
func isDynamic(raw any, node map[string]any) bool {
	node = resolve(raw, node)
	schema, _ := node["schema"].(map[string]any)
	return node["x-dynamic"] == true || schema["x-dynamic"] == true
}

// resolve follows a reference.
func resolve(raw any, node map[string]any) map[string]any {
	if ref, ok := node["$ref"].(string); ok {
		target, _ := lookUp(raw, strings.TrimPrefix(ref, "#"))
		node, _ = target.(map[string]any)
	}
	return node
}

func isSchema(at []string) bool {
	last := at[len(at)-1]
	kind := kindOf(at)
	part := len(at) > 1 && slices.Contains([]string{"allOf", "anyOf", "oneOf"}, at[len(at)-2])
	return part || kind == "schema" || kind == "property" || last == "items" || last == "additionalProperties"
}

func isObject(node map[string]any) bool {
	_, properties := node["properties"]
	return properties || node["type"] == "object"
}

// objectsAbove counts the object schemas that a schema stands in.
func objectsAbove(raw any, at []string) int {
	n := 0
	for i := range len(at) - 1 {
		node, _ := lookUp(raw, pointer(at[:i+1]))
		if object, ok := node.(map[string]any); ok && isObject(object) && (isSchema(at[:i+1]) || at[i] == "schema") {
			n++
		}
	}
	return n
}

// uses says for each component, as "/components/schemas/LogGroup", and each
// inline part of an operation what uses it, such as "ListLogGroups 200".
type uses map[string]map[string]bool

func (u uses) add(at, use string) {
	if u[at] == nil {
		u[at] = make(map[string]bool)
	}
	u[at][use] = true
	operation, _, _ := strings.Cut(use, " ")
	u[at][operation] = true
}

// has reports whether the part at a pointer belongs to a use.
func (u uses) has(at, use string) bool {
	for prefix := at; prefix != ""; prefix = prefix[:strings.LastIndex(prefix, "/")] {
		if u[prefix] != nil {
			return u[prefix][use]
		}
	}
	return true // parts of the API as a whole
}

func (u uses) inAnswers() map[string]bool {
	used := make(map[string]bool)
	for at, by := range u {
		for use := range by {
			if _, of, _ := strings.Cut(use, " "); of != "" && of[0] >= '1' && of[0] <= '5' {
				used[at] = true
			}
		}
	}
	return used
}

func usesOf(raw any) uses {
	u := make(uses)
	eachOperation(raw, func(at []string, id string, item, operation map[string]any) {
		for _, parameters := range []any{item["parameters"], operation["parameters"]} {
			u.follow(raw, pointer(at), parameters, id+" path")
		}
		u.follow(raw, pointer(append(at, "requestBody")), operation["requestBody"], id+" request")
		responses, _ := operation["responses"].(map[string]any)
		for status, response := range responses {
			u.follow(raw, pointer(append(at, "responses", status)), response, id+" "+status)
		}
		if _, anonymous := operation["security"]; !anonymous {
			u.add("/components/securitySchemes/Token", id+" header")
		}
	})
	return u
}

// follow adds a use of a node and of all that it refers to.
func (u uses) follow(raw any, at string, node any, use string) {
	if u[at][use] {
		return
	}
	u.add(at, use)
	walkNode([]string{"-"}, node, func(_ []string, node map[string]any) {
		if ref, ok := node["$ref"].(string); ok {
			target, _ := lookUp(raw, strings.TrimPrefix(ref, "#"))
			u.follow(raw, strings.TrimPrefix(ref, "#"), target, use)
		}
	})
}

// documentedUses gives the components that documented operations use, and the
// operations themselves.
func documentedUses(raw any) map[string]bool {
	used := make(map[string]bool)
	documented := make(map[string]bool)
	eachOperation(raw, func(at []string, id string, _, operation map[string]any) {
		documented[id] = operation["x-documented"] != false
		used[pointer(at)] = documented[id]
	})
	for at, by := range usesOf(raw) {
		for use := range by {
			id, _, _ := strings.Cut(use, " ")
			used[at] = used[at] || documented[id]
		}
	}
	return used
}

// rootOf gives the component or the operation that a pointer leads into.
func rootOf(at string) string {
	tokens := strings.Split(at, "/")
	return strings.Join(tokens[:min(4, len(tokens))], "/")
}

func eachOperation(raw any, visit func(at []string, id string, item, operation map[string]any)) {
	paths, _ := raw.(map[string]any)["paths"].(map[string]any)
	for path, item := range paths {
		item := item.(map[string]any)
		for method, operation := range item {
			if operation, ok := operation.(map[string]any); ok {
				id, _ := operation["operationId"].(string)
				visit([]string{"paths", path, method}, id, item, operation)
			}
		}
	}
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

// places lists the places of each source.
type places map[string]struct {
	Sections, Figures, Parts []string
	Tables                   map[string]string // what each is about, such as "CreateLogGroup 201"
}

// check gives what is wrong with a source such as "2022-08 table 5-3".
func (p places) check(source string) string {
	name, place, _ := strings.Cut(source, " ")
	known, ok := p[name]
	if !ok {
		return fmt.Sprintf("%q names no source", source)
	}
	kind, number, _ := strings.Cut(place, " ")
	_, isTable := known.Tables[number]
	switch {
	case slices.Contains(known.Parts, place),
		kind == "section" && slices.Contains(known.Sections, number),
		kind == "figure" && slices.Contains(known.Figures, number),
		kind == "table" && isTable:
		return ""
	}
	return fmt.Sprintf("%s has no %q", name, place)
}

// about says which request or answer a source is a table of, if it is one.
func (p places) about(source string) string {
	name, place, _ := strings.Cut(source, " ")
	number, isTable := strings.CutPrefix(place, "table ")
	if !isTable {
		return ""
	}
	return p[name].Tables[number]
}

// readTestdata decodes a file of testdata; a member that T does not have is an
// error.
func readTestdata[T any](t *testing.T, file string) T {
	t.Helper()
	var v T
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("testdata/%s: %v", file, err)
	}
	return v
}
