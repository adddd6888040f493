package conformance

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/klauspost/compress/s2"

	"github.com/ltskit/ltskit/openapi"
)

// A bodyRule is about a body as a whole.
type bodyRule struct {
	name string // rule/side
	run  func(b bodyQuestions, t *trial)
}

// bodyQuestions makes the requests of the cases about a body.
type bodyQuestions struct {
	plan      *constraintPlan
	operation openapi.Operation
}

// bodyRules are the rules that every body has.
func bodyRules() []bodyRule {
	return []bodyRule{
		{"required/inside", bodyQuestions.onlyRequired},
		{"required/outside", bodyQuestions.empty},
		{"all/inside", bodyQuestions.everything},
		{"json/outside", bodyQuestions.notJSON},
		{"object/outside", bodyQuestions.notObject},
		{"media-type/inside", bodyQuestions.mediaTypes},
		{"media-type/outside", bodyQuestions.otherMediaTypes},
		{"unknown/inside", bodyQuestions.unknownMembers},
		{"unique/outside", bodyQuestions.membersTwice},
		{"utf-8/outside", bodyQuestions.notUTF8},
	}
}

// bodyCases makes the cases about the body of an operation as a whole.
func bodyCases(plan *constraintPlan, operation openapi.Operation) []testCase {
	if operation.RequestBody == nil {
		return nil
	}
	var cases []testCase
	b := bodyQuestions{plan, operation}
	for _, r := range bodyRules() {
		ruleName, _, _ := strings.Cut(r.name, "/")
		id := operation.OperationID + "/body/" + ruleName
		one := testCase{
			name: strings.Join([]string{"constraints", operation.Tag(), operation.OperationID, "body", r.name}, "/"),
			tag:  operation.Tag(), operation: operation.OperationID, constraint: id, requires: requirementsOf(operation),
			sources: openapi.SourcesOf(operation.Extensions),
			run:     func(t *trial) { r.run(b, t) },
		}
		one.unaskable = why(plan.Unreachable, operation.OperationID+"/body/"+r.name)
		cases = append(cases, one)
	}
	return cases
}

// refused sends bodies that are wrong, and demands an answer with a code.
func (b bodyQuestions) refused(t *trial, code string, texts []string) {
	want := refusalOf(b.operation, code, "")
	for _, text := range texts {
		q := t.newFill(t.shared(), b.plan).question(b.operation)
		q.raw = []byte(text)
		a := t.ask(q)
		t.checkRefusal(a, want, "the body "+show(text))
	}
}

// accepted sends right requests, each changed by a function, and demands that
// they are accepted and that what they say is there.
func (b bodyQuestions) accepted(t *trial, changes ...func(q *question)) {
	of := t.siteFor(b.plan, b.operation)
	for i, change := range changes {
		q := t.newFill(of, b.plan).question(b.operation)
		change(&q)
		a := t.ask(q)
		if t.checkSuccess(a, fmt.Sprintf("the body of request %d", i+1)) {
			t.checkStored(q, a, of)
		}
		t.discard(q, a)
	}
}

// text is a right body, as it is sent.
func (b bodyQuestions) text(t *trial) string {
	data, err := encode(t.newFill(t.shared(), b.plan).question(b.operation).body)
	if err != nil {
		t.couldNotRun("%v", err)
	}
	return string(data)
}

func (b bodyQuestions) onlyRequired(t *trial) { b.accepted(t, func(*question) {}) }

// empty sends no body.
func (b bodyQuestions) empty(t *trial) { b.refused(t, codeNotJSON, []string{""}) }

// everything sends a body with every member that there is.
func (b bodyQuestions) everything(t *trial) {
	b.accepted(t, func(q *question) {
		f := t.newFill(site{ids: q.ids, free: q.ids.stream, cursor: b.cursor(t)}, b.plan)
		for _, p := range placesOf(b.operation) {
			sample := b.plan.Samples[b.operation.OperationID][p.name()]
			unreachable := why(b.plan.Unreachable, b.operation.OperationID+"/"+p.name()+"/type/inside") != ""
			if p.in == "body" && sample != nil && !unreachable {
				q.body = assign(q.body, p.path, f.value(sample))
			}
		}
	})
}

// cursor is the line_num of a record, for queries.
func (b bodyQuestions) cursor(t *trial) string {
	if !readsOnly[b.operation.OperationID] || b.operation.Tag() != "logs" {
		return ""
	}
	return t.shared().cursor
}

func (b bodyQuestions) notJSON(t *trial) {
	right := b.text(t)
	b.refused(t, codeNotJSON, []string{
		right[:len(right)-1], right + "}", right + right, right + " x", "{'a':1}", "nul", `{"a":1,}`, `{"a":01}`, `{a:1}`, "<a/>", " ",
	})
}

func (b bodyQuestions) notObject(t *trial) {
	b.refused(t, codeInvalid, []string{"null", "[]", `"text"`, "7", "true", "[" + b.text(t) + "]"})
}

// mediaTypes are those of JSON, with any parameters.
func (b bodyQuestions) mediaTypes(t *trial) {
	var changes []func(*question)
	for _, mediaType := range []string{"application/json", "application/json;charset=utf8", "application/json; charset=UTF-8", "Application/JSON"} {
		changes = append(changes, func(q *question) { q.mediaType = mediaType })
	}
	b.accepted(t, changes...)
}

func (b bodyQuestions) otherMediaTypes(t *trial) {
	want := refusal{{Status: http.StatusUnsupportedMediaType, Code: codeNotJSON}}
	for _, mediaType := range []string{"text/plain", "application/xml", "application/x-www-form-urlencoded", "application/jsonp", "-"} {
		q := t.newFill(t.shared(), b.plan).question(b.operation)
		q.mediaType = mediaType
		a := t.ask(q)
		t.checkRefusal(a, want, "the media type "+mediaType)
	}
}

// unknownMembers are overlooked, at every depth: no schema closes its objects.
func (b bodyQuestions) unknownMembers(t *trial) {
	b.accepted(t, func(q *question) { q.body = withUnknown(q.body, bodyOf(b.operation)) })
}

// withUnknown adds a member to each object but those whose names are free.
func withUnknown(v any, schema *openapi3.Schema) any {
	switch v := v.(type) {
	case object:
		o := maps.Clone(v)
		for name, member := range v {
			if p := property(schema, name); p != nil {
				o[name] = withUnknown(member, p)
			}
		}
		if flatten(schema).AdditionalProperties.Schema == nil {
			o["no_such_member"] = object{"a": []any{nil, 1, "x"}}
		}
		return o
	case []any:
		array := slices.Clone(v)
		for i := range array {
			if of := items(schema); of != nil {
				array[i] = withUnknown(array[i], of)
			}
		}
		return array
	}
	return v
}

// membersTwice stand in an object under one name. Who accepts that reads one of
// the two, and the next reader the other: they should be refused.
func (b bodyQuestions) membersTwice(t *trial) {
	right := b.text(t)
	first := slices.Sorted(maps.Keys(bodyOf(b.operation).Properties))
	for _, name := range first {
		if !strings.HasPrefix(right, `{"`+name+`":`) {
			continue
		}
		b.shouldRefuse(t, []byte(`{"`+name+`":null,`+right[1:]))
	}
}

// notUTF8 bytes are not JSON, though many readers put another character in their
// place.
func (b bodyQuestions) notUTF8(t *trial) {
	b.shouldRefuse(t, []byte(`{"no_such_member":"`+"\xff"+`",`+b.text(t)[1:]))
}

// shouldRefuse sends a body that RFC 8259 warns of, and the documents do not
// speak of.
func (b bodyQuestions) shouldRefuse(t *trial, raw []byte) {
	of := t.siteFor(b.plan, b.operation)
	q := t.newFill(of, b.plan).question(b.operation)
	q.raw = raw
	a := t.ask(q)
	want := append(refusalOf(b.operation, codeNotJSON, ""), refusalOf(b.operation, codeInvalid, "")...)
	t.check(a.status < http.StatusInternalServerError, a, "status", "it is an answer to the request", a.status)
	t.judge(Should, slices.ContainsFunc(want, func(row openapi.ErrorRow) bool { return row.Status == a.status }), a,
		"status", "the body is refused with "+want.String(), a.status)
	t.discard(q, a)
}

// compress sends a body in a coding of its contents.
func compress(q *question, coding string) {
	data, err := encode(q.body)
	if err != nil {
		return // what cannot be encoded cannot be sent, which says why
	}
	var out bytes.Buffer
	switch coding {
	case "gzip":
		w := gzip.NewWriter(&out)
		_, _ = w.Write(data) // into memory
		_ = w.Close()
	case "snappy":
		out.Write(s2.EncodeSnappy(nil, data))
	default:
		out.Write(data)
	}
	q.raw = out.Bytes()
}
