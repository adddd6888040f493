package conformance

import (
	"bytes"
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi"
)

//go:embed constraints.yaml
var constraintData []byte

// A constraintPlan is what the cases of constraints know beside the document;
// constraints.yaml explains its parts.
type constraintPlan struct {
	Bodies      map[string]object         `yaml:"bodies"`
	Needs       map[string][]string       `yaml:"needs"`
	Samples     map[string]map[string]any `yaml:"samples"`
	Named       []string                  `yaml:"named"`
	Beside      map[string]map[string]any `yaml:"beside"`
	Inside      map[string][]any          `yaml:"inside"`
	Answers     map[string]string         `yaml:"answers"`
	Unreachable []oneSided                `yaml:"unreachable"`
}

// A oneSided constraint has a side that no request can show, and why.
type oneSided struct {
	Of     string `yaml:"of"` // pattern, see [path.Match]
	Reason string `yaml:"reason"`
}

func loadConstraintPlan() (*constraintPlan, error) {
	p := new(constraintPlan)
	decoder := yaml.NewDecoder(bytes.NewReader(constraintData))
	decoder.KnownFields(true)
	if err := decoder.Decode(p); err != nil {
		return nil, fmt.Errorf("conformance: constraints.yaml: %w", err)
	}
	for _, u := range p.Unreachable {
		if _, err := path.Match(u.Of, ""); err != nil || u.Reason == "" {
			return nil, fmt.Errorf("conformance: constraints.yaml: unreachable %q: a pattern and a reason are needed", u.Of)
		}
	}
	return p, nil
}

// why gives the reason why a part of the contract cannot be reached, or "".
func why(all []oneSided, what string) string {
	for _, u := range all {
		if ok, _ := path.Match(u.Of, what); ok { // patterns have been checked
			return u.Reason
		}
	}
	return ""
}

// A constraint is one rule at one place, and what is known about asking for it.
type constraint struct {
	place
	rule
	plan *constraintPlan
}

// id names the constraint: operation/place/rule.
func (c constraint) id() string {
	return c.operation.OperationID + "/" + c.place.name() + "/" + c.rule.name
}

// constraintCases makes the cases of every constraint of the document: for each
// place of each operation and each of its rules those of the values inside and
// of those outside.
func (c *contract) constraintCases(plan *constraintPlan) []testCase {
	var cases []testCase
	for _, operation := range c.operations {
		for _, one := range plan.constraintsOf(operation) {
			cases = append(cases, one.cases()...)
		}
		cases = append(cases, bodyCases(plan, operation)...)
		cases = append(cases, unknownParameters(plan, operation))
	}
	return cases
}

// unknownParameters makes the case of parameters that an operation does not
// have, in the query and in the header: they are overlooked.
func unknownParameters(plan *constraintPlan, operation openapi.Operation) testCase {
	id := operation.OperationID + "/query/unknown"
	return testCase{
		name: strings.Join([]string{"constraints", operation.Tag(), id, "inside"}, "/"),
		tag:  operation.Tag(), operation: operation.OperationID, constraint: id, requires: requirementsOf(operation),
		sources: openapi.SourcesOf(operation.Extensions),
		run: func(t *trial) {
			b := bodyQuestions{plan, operation}
			b.accepted(t, func(q *question) {
				q.query = url.Values{"no_such_parameter": {"x"}}
				q.header = http.Header{"X-No-Such-Header": {"x"}}
			})
		},
	}
}

// constraintsOf lists the constraints of an operation that a value of one place
// keeps or breaks.
func (plan *constraintPlan) constraintsOf(operation openapi.Operation) []constraint {
	var all []constraint
	for _, p := range placesOf(operation) {
		add := func(rules ...rule) {
			for _, r := range rules {
				one := constraint{p, r, plan}
				if values, ok := plan.Inside[one.id()]; ok {
					one.inside = values
				}
				all = append(all, one)
			}
		}
		if p.in != "body" {
			if p.required && p.in != "path" {
				add(rule{name: "required", outside: []any{missing{}}})
			}
			add(parameterRules(p)...)
			continue
		}
		if len(p.path) == 0 {
			continue // see bodyCases
		}
		if p.required {
			add(rule{name: "required", outside: []any{missing{}}})
		}
		add(rulesOf(p, plan.sample(p), plan.isNamed(p))...)
		add(plan.limits(p)...)
	}
	return all
}

func (plan *constraintPlan) isNamed(p place) bool {
	return slices.Contains(plan.Named, p.operation.OperationID+"/"+p.name())
}

// sample is a value that a member of a body may have.
func (plan *constraintPlan) sample(p place) any {
	if v, ok := plan.Samples[p.operation.OperationID][p.name()]; ok {
		return v
	}
	return valueAt(any(plan.Bodies[p.operation.OperationID]), p.path)
}

// limits makes the rules of what a schema cannot say (x-limits).
func (plan *constraintPlan) limits(p place) []rule {
	limits, _ := p.schema.Extensions["x-limits"].(map[string]any)
	var rules []rule
	if texts, ok := limits["combinations"].([]any); ok {
		var allowed []string
		for _, text := range texts {
			allowed = append(allowed, fmt.Sprint(text))
		}
		r := rule{name: "combinations"}
		inside, outside := combinations(allowed)
		for _, pair := range inside {
			r.inside = append(r.inside, together{"body.period": pair[0], "body.period_unit": pair[1]})
		}
		for _, pair := range outside {
			r.outside = append(r.outside, together{"body.period": pair[0], "body.period_unit": pair[1]})
		}
		rules = append(rules, r)
	}
	if days, ok := limits["windowDays"].(float64); ok {
		const day = 24 * 60 * 60 * 1000
		span := int64(days) * day
		rules = append(rules, rule{
			name:    "windowDays",
			inside:  []any{together{"body.start_time": int64(day), "body.end_time": day + span}},
			outside: []any{together{"body.start_time": int64(day), "body.end_time": day + span + 1}},
		})
	}
	return rules
}

// together are values of several places, where the rule is about all of them.
type together map[string]any

// limitCodes are the answers to what breaks a rule of [constraintPlan.limits],
// by the name of the rule: the error table describes them.
var limitCodes = map[string]string{"combinations": "LTS.1901", "windowDays": "LTS.0701"}

// cases makes the cases of a constraint.
func (c constraint) cases() []testCase {
	var cases []testCase
	if len(c.inside) > 0 {
		cases = append(cases, c.newCase("inside", c.runInside))
	}
	if len(c.outside) > 0 {
		cases = append(cases, c.newCase("outside", c.runOutside))
	}
	return cases
}

func (c constraint) newCase(side string, run func(*trial)) testCase {
	operation := c.operation
	one := testCase{
		name: strings.Join([]string{"constraints", operation.Tag(), c.id(), side}, "/"),
		tag:  operation.Tag(), operation: operation.OperationID, constraint: c.id(), run: run,
		sources: sourcesOr(c.schema.Extensions, operation.Extensions),
	}
	one.requires = slices.Clone(requirementsOf(operation))
	if side == "inside" && c.anyName {
		one.requires = append(one.requires, FeatureNames)
	}
	one.unaskable = why(c.plan.Unreachable, c.id()+"/"+side)
	return one
}

// requirementsOf lists what cases of an operation need beside its tag.
func requirementsOf(operation openapi.Operation) []string {
	if operation.OperationID == "CreateToken" {
		return []string{needsPassword}
	}
	return tagsBefore[operation.Tag()]
}

// tagsBefore are the tags of what has to be there before anything of a tag.
var tagsBefore = map[string][]string{
	"streams": {"groups"}, "logs": {"groups", "streams"}, "transfers": {"groups", "streams"},
}

func sourcesOr(extensions ...map[string]any) []string {
	for _, e := range extensions {
		if sources := openapi.SourcesOf(e); len(sources) > 0 {
			return sources
		}
	}
	return nil
}

// runOutside sends the values that break the rule: each is refused with the
// documented error. That nothing has changed is told by [unchangedCases].
func (c constraint) runOutside(t *trial) {
	want := c.refusal()
	for _, v := range c.outside {
		of := t.shared()
		q := c.question(t, of, v, false)
		a := t.ask(q)
		t.checkRefusal(a, want, c.id()+" of "+show(v))
	}
}

// refusal is how a value that breaks the rule is answered.
func (c constraint) refusal() refusal {
	if code := limitCodes[c.rule.name]; code != "" {
		return refusalOf(c.operation, code, "")
	}
	switch {
	case c.in == "body":
		return c.violation(c.rule.name == "required")
	case c.in == "path" && c.path[0] == "logtank_id":
		return refusalOf(c.operation, codeNoSuchAPI, "") // a path that ends before its last segment
	case c.path[0] == "project_id" || c.path[0] == "X-Project-Id":
		// It is no ID, and not that of the caller's project.
		return append(refusalOf(c.operation, codeInvalid, ""), refusalOf(c.operation, codeWrongProject, "")...)
	default:
		return c.violation(c.rule.name == "required")
	}
}

// runInside sends the values that keep the rule: each is accepted, and is there
// afterwards.
func (c constraint) runInside(t *trial) {
	want := c.answerInside()
	of := t.siteFor(c.plan, c.operation)
	for _, v := range c.inside {
		q := c.question(t, of, v, true)
		a := t.ask(q)
		if len(want) > 0 {
			t.checkRefusal(a, want, c.id()+" of "+show(v)+", which names nothing that exists,")
			continue
		}
		if t.checkSuccess(a, c.id()+" of "+show(v)) {
			t.checkStored(q, a, of)
		}
		t.discard(q, a)
	}
}

// answerInside is the answer to values that name nothing that exists; empty
// when they are accepted.
func (c constraint) answerInside() refusal {
	keys := []string{c.id(), c.operation.OperationID + "/" + c.place.name(), c.place.name()}
	if c.rule.name == "type" || c.rule.name == "combinations" {
		keys = keys[:1]
	}
	for _, key := range keys {
		if code := c.plan.Answers[key]; code != "" {
			return refusalOf(c.operation, code, "")
		}
	}
	return nil
}

// checkSuccess checks that an answer is that to a request that is right: the
// first documented status below 300 that has no errors.
func (t *trial) checkSuccess(a *answer, what string) bool {
	ok := a.status >= 200 && a.status < 300 && errorCode(a) == "" || strings.HasPrefix(errorCode(a), "SVCSTG.ALS.200")
	return t.check(ok, a, "status", what+" is accepted", strings.TrimSpace(fmt.Sprint(a.status, " ", errorCode(a))))
}

// siteFor gives a site of its own to cases of operations that change something,
// and the shared one to the others.
func (t *trial) siteFor(plan *constraintPlan, operation openapi.Operation) site {
	if operation.Method == http.MethodGet || readsOnly[operation.OperationID] {
		return t.shared()
	}
	needs := map[string]bool{
		"group":   strings.Contains(operation.Path, "{log_group_id}"),
		"stream":  strings.Contains(operation.Path, "{log_stream_id}"),
		"logtank": strings.Contains(operation.Path, "{logtank_id}"),
	}
	needs["transfer"] = operation.OperationID == "UpdateTransfer" || operation.OperationID == "DeleteTransfer"
	for _, need := range plan.Needs[operation.OperationID] {
		needs[need] = true
	}
	return t.ownSite(needs)
}

// discard deletes what a request has created, so that a case with many values
// takes no more room than one with few.
func (t *trial) discard(q question, a *answer) {
	if a.status != http.StatusCreated || len(t.created) == 0 || !creates[q.operation] {
		return
	}
	last := t.created[len(t.created)-1]
	t.created = t.created[:len(t.created)-1]
	_, _ = t.session.send(t.ctx, question{operation: last.operation, ids: last.ids, as: q.as}) // the end of the run finds what stays
}

var creates = map[string]bool{"CreateLogGroup": true, "CreateOBSTransfer": true, "CreateLogtank": true}

// question makes the request with a value at the place of the constraint.
func (c constraint) question(t *trial, of site, v any, inside bool) question {
	f := t.newFill(of, c.plan)
	if c.in != "body" {
		return c.parameterQuestion(f, v)
	}
	q := f.question(c.operation)
	set, together := v.(together)
	if !together {
		set = c.besides(f, v, inside)
		set[c.place.name()] = v
	}
	for _, name := range sortedByDepth(set) {
		q.body = assign(q.body, strings.Split(name, ".")[1:], f.value(set[name]))
	}
	return q
}

// besides gives what is sent along with a value. What follows from the value
// goes only with one that is right: it would be wrong too.
func (c constraint) besides(f *fill, v any, inside bool) map[string]any {
	set := make(map[string]any)
	f.probed = f.value(v)
	for _, key := range []string{c.operation.OperationID + "/" + c.place.name(), c.id()} {
		for name, template := range c.plan.Beside[key] {
			if inside || !strings.HasPrefix(fmt.Sprint(template), "{{value") {
				set[name] = template
			}
		}
	}
	return set
}

// parameterQuestion puts a value into a parameter.
func (c constraint) parameterQuestion(f *fill, v any) question {
	q := f.question(c.operation)
	name, value := c.path[0], fmt.Sprint(f.value(v))
	switch c.in {
	case "path":
		// The path is filled as for any other request, but for this parameter.
		q.path = q.ids.pathWith(c.operation, f.t.target.Account.ProjectID, name, value)
	case "header":
		q.header = http.Header{name: {value}}
	default:
		q.query = url.Values{name: {value}}
	}
	if v == (missing{}) {
		q.query = url.Values{name: nil}
	}
	if name == "Content-Encoding" {
		compress(&q, value)
	}
	return q
}

// pathWith fills the path of an operation with another value of one parameter.
func (i ids) pathWith(operation openapi.Operation, projectID, name, value string) string {
	operation.Path = strings.ReplaceAll(operation.Path, "{"+name+"}", url.PathEscape(value))
	if i.project == "" {
		i.project = projectID
	}
	return i.path(operation)
}

// bodyOf gives the schema of an operation's body.
func bodyOf(operation openapi.Operation) *openapi3.Schema {
	return flatten(operation.RequestBody.Value.Content["application/json"].Schema.Value)
}
