package site

import (
	"errors"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

// An edition is an edition of the document in a language.
type edition struct {
	Name     string
	Language string
	Doc      *openapi3.T
	OpenAPI  map[string][]byte // the document in YAML, by version: "3.0", "3.1"
}

// loadEditions loads every edition in every language, the newest first, side by
// side: validating the examples takes most of the time of a build.
func loadEditions() ([]edition, error) {
	var all []edition
	for _, language := range openapi.Languages() {
		names := openapi.Editions()
		for i := range names {
			all = append(all, edition{Name: names[len(names)-1-i], Language: language})
		}
	}
	problems := make([]error, len(all))
	var wait sync.WaitGroup
	for i := range all {
		wait.Go(func() { problems[i] = all[i].load() })
	}
	wait.Wait()
	return all, errors.Join(problems...)
}

func (e *edition) load() (err error) {
	e.OpenAPI = make(map[string][]byte)
	if e.OpenAPI["3.0"], err = openapi.Bundle(e.Name, e.Language, "yaml"); err != nil {
		return err
	}
	if e.OpenAPI["3.1"], err = openapi.Upgrade(e.OpenAPI["3.0"]); err != nil {
		return err
	}
	// Bundle has validated it; openapi.Load would do so a second time.
	e.Doc, err = openapi3.NewLoader().LoadFromData(e.OpenAPI["3.0"])
	return err
}
