package openapi_test

import (
	"testing"

	"github.com/ltskit/ltskit/openapi"
)

func TestLoad(t *testing.T) {
	for _, edition := range openapi.Editions() {
		t.Run(edition, func(t *testing.T) {
			doc, err := openapi.Load(edition, "en")
			if err != nil {
				t.Fatal(err)
			}
			t.Log(len(openapi.Operations(doc)), len(openapi.Contradictions(doc)), len(openapi.Errors(doc)))
		})
	}
}
