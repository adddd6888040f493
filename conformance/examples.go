package conformance

import (
	"maps"
	"slices"
	"strings"

	"github.com/ltskit/ltskit/openapi"
)

// exampleCases replays every documented response example of the edition, in
// the order of tags, operations, statuses and names.
func (c *contract) exampleCases(p plan) []testCase {
	var cases []testCase
	for _, operation := range c.operations {
		for _, example := range operation.ResponseExamples() {
			cases = append(cases, exampleCase(p, operation, example))
		}
	}
	return cases
}

func exampleCase(p plan, operation openapi.Operation, example openapi.Example) testCase {
	r := replay{operation: operation, example: example}
	var known bool
	if paired, ok := requestExample(operation, example.Name); ok {
		r.request = paired
		r.recipe, known = p.Successes[operation.OperationID], true
	} else if isError(example) {
		r.recipe, known = p.recipeFor(operation.OperationID, example.Name)
		r.request, _ = requestExample(operation, "") // any good request does
	} else {
		r.recipe, known = p.Successes[operation.OperationID], true
	}
	r.placeholders = p.Placeholders
	if r.recipe.Body != nil {
		r.request = r.recipe.Body
	}
	r.request = changed(r.request, r.recipe.Change)
	id := strings.Join([]string{operation.OperationID, example.Status, example.Name}, "/")
	c := testCase{
		name: "examples/" + operation.Tag() + "/" + id, tag: operation.Tag(), operation: operation.OperationID,
		sources: example.Sources, example: id, run: r.run,
	}
	switch {
	case !known:
		c.run = func(t *trial) { t.couldNotRun("nothing says what provokes this answer") }
	case r.recipe.Fault != "":
		c.requires = append(c.requires, needsFaults)
	}
	if operation.OperationID == "CreateToken" {
		c.requires = append(c.requires, needsPassword)
	}
	return c
}

// changed gives a body with some of its members replaced.
func changed(body any, members map[string]any) any {
	o, ok := body.(object)
	if !ok || len(members) == 0 {
		return body
	}
	o = maps.Clone(o)
	maps.Copy(o, members)
	return o
}

// isError reports whether an example is the body of an error, whatever its
// status: the older editions print errors under status 200.
func isError(example openapi.Example) bool {
	body, _ := example.Value.(object)
	_, code := body["error_code"]
	return code || strings.HasPrefix(example.Status, "4") || strings.HasPrefix(example.Status, "5")
}

// A replay asks for a documented answer.
type replay struct {
	operation    openapi.Operation
	example      openapi.Example
	request      any // the body of the example's request; nil for none
	recipe       recipe
	placeholders map[string]map[string]string // see plan
}

func (r replay) run(t *trial) {
	f := r.fixtures(t)
	q := r.question(t, f)
	a, check := t.send(q)
	check.contains = make(map[string]bool)
	for _, pointer := range r.recipe.Contains {
		check.contains[pointer] = true
	}
	if got := statusText(a.status); got != r.example.Status {
		check.add(Must, "status", "the example has "+r.example.Status, a.status)
	} else if a.err == nil {
		schema := r.operation.Responses.Value(r.example.Status).Value.Content["application/json"].Schema.Value
		check.ofError = isError(r.example)
		check.checkExample("", schema, f.expected(), a.value)
	}
	t.take(a, check)
}

// fixtures creates what the recipe needs.
func (r replay) fixtures(t *trial) *filling {
	f := &filling{t: t, replay: r, ids: ids{bucket: t.target.Bucket}, shift: shiftToNow(), cursors: make(map[string]string)}
	n := r.recipe.Needs
	if n.Group != "" {
		f.ids.group = t.group(n.Group)
	}
	if n.Stream != "" {
		f.ids.stream = t.stream(f.ids.group, n.Stream)
	}
	if n.Logtank != "" {
		f.ids.logtank = t.logtank(n.Logtank)
	}
	if n.Transfer != "" {
		f.ids.transfer = t.transfer(f.ids.group, f.ids.stream, n.Transfer)
	}
	if n.Logs != "" {
		f.writeLogs(n.Logs)
	}
	if r.recipe.Group == "unknown" {
		f.ids.group = ""
	}
	if r.recipe.Stream == "unknown" {
		f.ids.stream = ""
	}
	if r.recipe.Bucket == "unknown" {
		f.ids.bucket = t.prefix + "unknown"
	}
	return f
}

// question makes the request of the example.
func (r replay) question(t *trial, f *filling) question {
	q := question{operation: r.operation.OperationID, ids: f.ids, fault: r.recipe.Fault}
	if r.recipe.Project == "other" {
		q.ids.project = t.target.Account.OtherProjectID
		if !strings.Contains(r.operation.Path, "{project_id}") {
			q.header = map[string][]string{"X-Project-Id": {q.ids.project}}
		}
	}
	switch r.recipe.Token {
	case "none":
		q.as = anonymous
	case "bad":
		q.as = byToken(badToken)
	}
	switch {
	case r.recipe.Raw != "":
		q.raw = []byte(r.recipe.Raw)
	case r.request != nil:
		q.body = f.fill(r.operation.OperationID, r.request)
	}
	return q
}

// badToken has the length of a token and is none.
var badToken = strings.Repeat("bad", 400)

// expected is the example as it has to be for what was sent.
func (f *filling) expected() any {
	v := f.fill(f.replay.operation.OperationID, f.replay.example.Value)
	o, ok := v.(object)
	if !ok {
		return v
	}
	for name, member := range o {
		whole, _ := member.(string)
		for _, printed := range slices.Sorted(maps.Keys(f.replay.recipe.Replace)) {
			if before, ok := strings.CutSuffix(whole, printed); ok {
				o[name] = before + f.expand(f.replay.recipe.Replace[printed], printed)
			}
		}
	}
	return o
}
