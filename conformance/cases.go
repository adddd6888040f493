package conformance

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

// A testCase is one question to the target.
type testCase struct {
	name      string // tag/operation/status/example
	operation openapi.Operation
	example   openapi.Example
	request   any // the body of the example's request; nil for none
	recipe    recipe
	known     bool // whether the plan says how to come to the answer
}

// casesOf makes a case of every documented response example of an edition, in
// the order of tags, operations, statuses and names.
func casesOf(doc *openapi3.T, p plan) []testCase {
	var cases []testCase
	for _, operation := range openapi.Operations(doc) {
		requests := operation.RequestExamples()
		for _, example := range operation.ResponseExamples() {
			cases = append(cases, caseOf(p, operation, requests, example))
		}
	}
	return cases
}

func caseOf(p plan, operation openapi.Operation, requests []openapi.Example, example openapi.Example) testCase {
	c := testCase{
		name:      strings.Join([]string{operation.Tag(), operation.OperationID, example.Status, example.Name}, "/"),
		operation: operation,
		example:   example,
	}
	i := slices.IndexFunc(requests, func(r openapi.Example) bool { return r.Name == example.Name })
	switch {
	case i >= 0:
		c.request = requests[i].Value
		c.recipe, c.known = p.Successes[operation.OperationID], true
	case isError(example):
		c.recipe, c.known = p.recipeFor(operation.OperationID, example.Name)
		if len(requests) > 0 { // any good request does
			c.request = requests[0].Value
		}
	default:
		c.recipe, c.known = p.Successes[operation.OperationID], true
	}
	if c.recipe.Body != nil {
		c.request = c.recipe.Body
	}
	c.request = changed(c.request, c.recipe.Change)
	return c
}

// changed gives a body with some of its members replaced.
func changed(body any, members map[string]any) any {
	object, ok := body.(map[string]any)
	if !ok || len(members) == 0 {
		return body
	}
	object = maps.Clone(object)
	maps.Copy(object, members)
	return object
}

// isError reports whether an example is the body of an error, whatever its
// status: the older editions print errors under status 200.
func isError(example openapi.Example) bool {
	body, _ := example.Value.(map[string]any)
	_, code := body["error_code"]
	return code || strings.HasPrefix(example.Status, "4") || strings.HasPrefix(example.Status, "5")
}

// run asks the question.
func (c testCase) run(ctx context.Context, s *session) Result {
	result := Result{
		Case: c.name, Tag: c.operation.Tag(),
		Sources: c.example.Sources, Contradictions: s.contradictions[c.operation.OperationID],
	}
	switch {
	case !s.target.has(c.operation.Tag()):
		return result.notSupported("the target does not declare the feature " + c.operation.Tag())
	case c.recipe.Fault != "" && s.target.FaultHeader == "":
		return result.notSupported("the target declares no way to make a store fail")
	case !c.known:
		return result.couldNotRun("nothing says what provokes this answer")
	}
	fixtures, err := s.create(ctx, c.recipe.Needs)
	defer fixtures.remove(ctx)
	if err != nil {
		return result.couldNotRun("fixture: " + err.Error())
	}
	i := s.idsFor(c, fixtures)
	exchange, err := send(ctx, s.client, s.requestFor(c, i))
	if err != nil {
		return result.couldNotRun(err.Error())
	}
	fixtures.adopt(c.operation.OperationID, exchange)
	result.Exchange = exchange
	return c.judge(s, i, result, exchange)
}

// judge compares the answer to a question about ids with the document and with
// the example.
func (c testCase) judge(s *session, i ids, result Result, exchange *Exchange) Result {
	check := comparison{contains: make(map[string]bool)}
	for _, pointer := range c.recipe.Contains {
		check.contains[pointer] = true
	}
	check.answer(c.operation, exchange)
	if got := statusText(exchange.Status); got != c.example.Status {
		check.add(Must, "status", "the example has "+c.example.Status, exchange.Status)
	} else if got, err := decodeExact(exchange.Body); err == nil {
		schema := c.operation.Responses.Value(c.example.Status).Value.Content["application/json"].Schema.Value
		check.checkExample("", schema, s.expected(c, i), got)
	}
	result.Problems, result.Checks = check.problems, check.checks
	result.Outcome = Passed
	if slices.ContainsFunc(check.problems, func(p Problem) bool { return p.Level == Must }) {
		result.Outcome = Failed
	}
	return result
}

func (r Result) notSupported(reason string) Result {
	r.Outcome, r.Reason = NotSupported, reason
	return r
}

func (r Result) couldNotRun(reason string) Result {
	r.Outcome, r.Reason = CouldNotRun, reason
	return r
}
