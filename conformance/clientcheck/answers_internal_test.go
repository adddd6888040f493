package clientcheck

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

// What the service answers keeps the document itself, in every edition and
// whatever the times.
func TestAnswersKeepTheDocument(t *testing.T) {
	for _, edition := range openapi.Editions() {
		c, err := loadContract(edition)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range c.Scenarios {
			if s.Moves == nil {
				p := newService(c, s, newSession("http://127.0.0.1", s, "", Password))
				for _, operation := range c.operations {
					checkAnswer(t, edition+" "+s.Name, operation, p.documented(&inspection{service: p, match: match{operation: operation}, body: windowOf(p)}))
					checkAnswer(t, edition+" "+s.Name, operation, p.failure(operation, http.StatusBadRequest, ""))
					checkAnswer(t, edition+" "+s.Name, operation, p.failure(operation, http.StatusTooManyRequests, ""))
				}
			}
		}
	}
}

// windowOf is the body of a query for all records.
func windowOf(p *service) object {
	return object{"start_time": json.Number("0"), "end_time": json.Number("9223372036854"), "is_count": true, "line_num": p.lineNum(2)}
}

func checkAnswer(t *testing.T, where string, operation openapi.Operation, a answer) {
	t.Helper()
	text := http.StatusText(a.status)
	response := operation.Responses.Status(a.status)
	if response == nil {
		t.Errorf("%s: %s: status %d %s is not documented", where, operation.OperationID, a.status, text)
		return
	}
	media := response.Value.Content[jsonType]
	if media == nil {
		if a.body != nil {
			t.Errorf("%s: %s: a body where there is none: %v", where, operation.OperationID, a.body)
		}
		return
	}
	v, err := decodeExact(a.bytes())
	if err != nil {
		t.Fatalf("%s: %s: %v", where, operation.OperationID, err)
	}
	if err := media.Schema.Value.VisitJSON(v, openapi3.VisitAsResponse(), openapi3.EnableFormatValidation(), openapi3.MultiErrors()); err != nil {
		t.Errorf("%s: %s %d: %v\n%s", where, operation.OperationID, a.status, err, a.bytes())
	}
}

// What scenarios.yaml names is there, and every scenario can be told from the
// others.
func TestScenariosAreWhole(t *testing.T) {
	c, err := loadContract("")
	if err != nil {
		t.Fatal(err)
	}
	if c.Scenarios[0].Name != documented || c.Scenarios[0].Moves != nil {
		t.Errorf("the first scenario is %+v, want the documented one", c.Scenarios[0])
	}
	for _, id := range slices.Concat(c.Creating, c.Paging) {
		if c.operation(id).Operation == nil {
			t.Errorf("there is no operation %s", id)
		}
	}
	names := make(map[string]bool)
	for _, s := range c.Scenarios {
		if names[s.Name] || s.Rule == "" {
			t.Errorf("%q: a name that stands twice, or no rule", s.Name)
		}
		names[s.Name] = true
		for _, e := range []*expectation{&s.Expect, s.Creating} {
			if e != nil && (!slices.Contains([]string{succeeds, fails, either}, e.Result) || e.Sends[0] < 1 || e.Sends[1] < e.Sends[0]) {
				t.Errorf("%s: expects %+v", s.Name, *e)
			}
		}
		concerned := slices.ContainsFunc(openapi.Editions(), func(edition string) bool {
			c, err := loadContract(edition)
			return err == nil && slices.ContainsFunc(c.cases(), func(one clientCase) bool { return one.scenario.Name == s.Name })
		})
		if !concerned {
			t.Errorf("%s concerns no operation of any edition", s.Name)
		}
	}
	for _, operation := range c.operations {
		if strings.HasPrefix(operation.OperationID, "Create") && operation.OperationID != "CreateToken" && !c.creates(operation.OperationID) {
			t.Errorf("%s creates something and is not listed", operation.OperationID)
		}
	}
}

func TestDecodeExact(t *testing.T) {
	for name, tt := range map[string]struct {
		body  string
		wrong bool
	}{
		"a value":             {`{"a": [1, {"a": 2}, "x"], "b": null}`, false},
		"a name twice":        {`{"a": 1, "a": 1}`, true},
		"a name twice inside": {`[{"b": {"a": 1, "a": 1}}]`, true},
		"two values":          {`{} {}`, true},
		"cut off":             {`{"a": 1`, true},
		"nothing":             {"", true},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := decodeExact([]byte(tt.body)); (err != nil) != tt.wrong {
				t.Errorf("decodeExact(%s): %v", tt.body, err)
			}
		})
	}
}

func TestAccepts(t *testing.T) {
	for accept, want := range map[string]bool{
		"application/json": true, "*/*": true, "text/html, application/*;q=0.8": true, "APPLICATION/JSON; charset=utf-8": true,
		"text/html": false, "application/json;q=0": false, "application/xml, */*; q=0.000": false,
	} {
		if got := accepts(accept); got != want {
			t.Errorf("accepts(%q) = %t, want %t", accept, got, want)
		}
	}
}
