package site

import (
	_ "embed"
	"fmt"

	"gopkg.in/yaml.v3"
)

// textsFile has the words of the interface: for each key the words in each
// language.
//
//go:embed texts.yaml
var textsFile []byte

// texts are the words of the interface in one language.
type texts map[string]string

// Get gives the words under a key. A key that there is not is a mistake of the
// program, and panics.
func (t texts) Get(key string) string {
	words, ok := t[key]
	if !ok {
		panic(fmt.Sprintf("site: texts.yaml has nothing under %q", key))
	}
	return words
}

// loadTexts reads the words of all languages.
func loadTexts() (map[string]texts, error) {
	var byKey map[string]map[string]string
	if err := yaml.Unmarshal(textsFile, &byKey); err != nil {
		return nil, fmt.Errorf("texts.yaml: %w", err)
	}
	all := make(map[string]texts)
	for key, words := range byKey {
		for language, word := range words {
			if all[language] == nil {
				all[language] = make(texts)
			}
			all[language][key] = word
		}
	}
	return all, nil
}
