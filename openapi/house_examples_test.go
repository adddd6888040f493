package openapi_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/openapi"
)

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
			problems = append(problems, openapi.Pointer(at...)+": is no reference to a schema of its own")
		}
		if isObject(node) && objectsAbove(s.raw, at) > 1 {
			problems = append(problems, openapi.Pointer(at...)+": is an object within an inline object")
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
		if node["nullable"] == true && !slices.Contains(mayBeNull, openapi.Pointer(at...)) {
			problems = append(problems, openapi.Pointer(at...)+": is nullable")
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
