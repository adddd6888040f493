package conformance_test

import (
	"net/http"
	"testing"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

// methodMutants are servers that make something else of a method that no
// operation has at a path of the document.
func methodMutants() []accessMutant {
	const (
		groups = "errors/APIGW.0101/ListLogGroups/method"
		stream = "errors/APIGW.0101/DeleteLogStream/method"
		tokens = "errors/APIGW.0101/CreateToken/method"
	)
	notAllowed := func(_ *http.Request, a *answer) {
		a.status, a.body = http.StatusMethodNotAllowed, []byte(`{"error_code":"APIGW.0101","error_msg":"method not allowed"}`)
	}
	return []accessMutant{
		{name: "PATCH is not allowed", caughtBy: groups, wrap: answering(`^PATCH /v2/[^/]+/groups$`, notAllowed)},
		{name: "PUT of a list is not allowed", caughtBy: groups, wrap: answering(`^PUT /v2/[^/]+/groups$`, notAllowed)},
		{name: "POST of a stream is not allowed", caughtBy: stream, wrap: answering(`^POST /v2/[^/]+/groups/[^/]+/streams/[^/]+$`, notAllowed)},
		{name: "GET of tokens is not allowed", caughtBy: tokens, wrap: answering(`^GET /v3/auth/tokens$`, notAllowed)},
		{name: "PATCH has no code", caughtBy: groups, wrap: answering(`^PATCH `, func(_ *http.Request, a *answer) { without("error_code")(a) })},
		{name: "PATCH is an invalid request", caughtBy: groups, wrap: answering(`^PATCH `, func(_ *http.Request, a *answer) { code("APIGW.0101", "LTS.0009")(a) })},
		{name: "PATCH is taken for GET", caughtBy: groups, wrap: on(`^PATCH `, func(_ *world, r *http.Request) { r.Method = http.MethodGet })},
	}
}

// The documents do not print X-Request-Id: that it is missing is told, once for
// an operation, and fails nothing.
func TestAnswersShouldHaveTheIDOfTheRequest(t *testing.T) {
	target := listen(t, &faulty{inner: startServer(t, openapi.Latest), response: func(r *http.Request, a *answer) {
		if r.Method == http.MethodGet {
			a.header.Del("X-Request-Id")
		}
	}})
	report, err := conformance.Run(t.Context(), target, conformance.Options{Only: []string{"examples/groups", "answers/groups"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := report.ExitStatus(); got != 0 {
		t.Errorf("exit status %d, want 0: %v", got, named(report, conformance.Failed))
	}
	for name, want := range map[string]int{"answers/groups/ListLogGroups": 1, "answers/groups/CreateLogGroup": 0, "examples/groups/ListLogGroups/200/one-group": 0} {
		r := resultOf(t, report, name)
		if len(r.Problems) != want {
			t.Errorf("%s: %v, want %d problems", name, r.Problems, want)
			continue
		}
		for _, p := range r.Problems {
			if p.Level != conformance.Should || p.Where != "header X-Request-Id" {
				t.Errorf("%s: %+v, want that X-Request-Id should be there", name, p)
			}
		}
	}
}
