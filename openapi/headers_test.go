package openapi_test

import (
	"bytes"
	"testing"

	"github.com/ltskit/ltskit/openapi"
)

// Every answer has an ID. A client must not rely on it: no edition says so.
func TestEveryResponseDeclaresTheIDOfTheRequest(t *testing.T) {
	const name = "X-Request-Id"
	for _, edition := range openapi.Editions() {
		doc, err := openapi.Load(edition, openapi.English)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range openapi.Operations(doc) {
			for _, status := range o.Statuses() {
				header := o.Responses.Value(status).Value.Headers[name]
				if header == nil || header.Value == nil {
					t.Errorf("edition %s: %s %s does not declare %s", edition, o.OperationID, status, name)
					continue
				}
				if h := header.Value; h.Required || h.Description == "" || !h.Schema.Value.Type.Is("string") || !openapi.Dynamic(h.Schema.Value) {
					t.Errorf("edition %s: %s %s declares %s as %+v, want a described text that may be missing and changes", edition, o.OperationID, status, name, h)
				}
			}
		}
	}
}

func TestHeadersOfEveryAnswerAreDeclaredOnce(t *testing.T) {
	bundle := mustBundle(t, openapi.Latest, "yaml")
	if n := bytes.Count(bundle, []byte("\n    X-Request-Id:\n")); n != 1 {
		t.Errorf("the bundle has %d components X-Request-Id, want 1", n)
	}
}
