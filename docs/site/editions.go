package site

import (
	"errors"
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

// An edition is an edition of the document in a language.
type edition struct {
	Name     string
	Language string
	Doc      *openapi3.T
	YAML     []byte // the document in OpenAPI 3.0
}

// editions loads the editions of each language when they are wanted first.
type editions struct {
	byLanguage map[string]func() ([]edition, error)
}

func newEditions() *editions {
	all := &editions{make(map[string]func() ([]edition, error))}
	for _, language := range openapi.Languages() {
		all.byLanguage[language] = sync.OnceValues(func() ([]edition, error) { return loadEditions(language) })
	}
	return all
}

// in lists the editions of a language, the newest first.
func (e *editions) in(language string) ([]edition, error) { return e.byLanguage[language]() }

// all lists the editions of every language.
func (e *editions) all() ([]edition, error) {
	var all []edition
	for _, language := range openapi.Languages() {
		some, err := e.in(language)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// loadEditions loads the editions of a language side by side: validating the
// examples takes most of the time.
func loadEditions(language string) ([]edition, error) {
	var all []edition
	for _, name := range slices.Backward(openapi.Editions()) {
		all = append(all, edition{Name: name, Language: language})
	}
	return all, sideBySide(len(all), func(i int) error { return all[i].load() })
}

func (e *edition) load() (err error) {
	if e.YAML, err = openapi.Bundle(e.Name, e.Language, "yaml"); err != nil {
		return err
	}
	// Bundle has validated it; openapi.Load would do so a second time.
	e.Doc, err = openapi3.NewLoader().LoadFromData(e.YAML)
	return err
}

// sideBySide calls do with 0 to n-1, all at once, and gives every error.
func sideBySide(n int, do func(i int) error) error {
	problems := make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { problems[i] = do(i) })
	}
	wait.Wait()
	return errors.Join(problems...)
}
