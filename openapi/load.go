package openapi

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi/suggest"
)

// Latest is the edition that the document describes without an overlay.
const Latest = "latest"

// English is the language that the document is written in.
const English = "en"

//go:embed lts.yaml editions/*.overlay.yaml i18n/*.overlay.yaml
var embedded embed.FS

// Editions lists the editions, oldest first.
func Editions() []string { return []string{"2022-08", "2024-03", Latest} }

// Languages lists the languages of the texts.
func Languages() []string { return []string{English, "zh"} }

// Load returns an edition of the document with its texts in a language,
// references resolved, validated, and with every example checked against its
// schema. The document is the caller's own.
//
// An unknown edition or language is an error that lists the known ones. Any
// other error names the file, the line or the JSON pointer, and the rule.
func Load(edition, language string) (*openapi3.T, error) {
	return LoadFS(embedded, edition, language)
}

// LoadFS is [Load] for documents outside this package: fsys holds lts.yaml,
// editions/<edition>.overlay.yaml, i18n/<language>.overlay.yaml and
// i18n/<language>.<edition>.overlay.yaml.
func LoadFS(fsys fs.FS, edition, language string) (*openapi3.T, error) {
	root, err := merge(fsys, edition, language)
	if err != nil {
		return nil, err
	}
	name := strings.Join(layers(edition, language), " + ")
	if err := checkReferences(root); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	data, err := EncodeJSON(root)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := Validate(doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return doc, nil
}

// Validate checks a document against OpenAPI 3.0, the shape of its extensions,
// and each of its examples against the schema that it stands under. The error
// lists every wrong extension and example, with its JSON pointer and the rule
// that it breaks.
func Validate(doc *openapi3.T) error {
	if err := doc.Validate(context.Background(), openapi3.DisableExamplesValidation()); err != nil {
		return err
	}
	return errors.Join(append(checkExtensions(doc), checkExamples(doc)...)...)
}

// layers lists the files that make up an edition in a language, in the order
// in which they are applied.
func layers(edition, language string) []string {
	files := []string{"lts.yaml"}
	if language != English {
		files = append(files, "i18n/"+language+".overlay.yaml")
	}
	if edition != Latest {
		files = append(files, "editions/"+edition+".overlay.yaml")
		if language != English {
			files = append(files, "i18n/"+language+"."+edition+".overlay.yaml")
		}
	}
	return files
}

// merge reads the document and applies the overlays of an edition and a
// language to it.
func merge(fsys fs.FS, edition, language string) (*yaml.Node, error) {
	if err := CheckEdition(edition); err != nil {
		return nil, err
	}
	if !slices.Contains(Languages(), language) {
		return nil, unknown("language", language, Languages())
	}
	files := layers(edition, language)
	root, err := readYAML(fsys, files[0])
	if err != nil {
		return nil, err
	}
	for _, file := range files[1:] {
		if err := applyOverlay(fsys, file, root); err != nil {
			return nil, err
		}
	}
	if err := declareHeaders(root.Content[0]); err != nil {
		return nil, fmt.Errorf("%s: %w", files[0], err)
	}
	return root, nil
}

// CheckEdition refuses what is no edition. The error lists the editions.
func CheckEdition(edition string) error {
	if !slices.Contains(Editions(), edition) {
		return unknown("edition", edition, Editions())
	}
	return nil
}

// unknown is the error for a name that there is not, with those that there are.
func unknown(kind, name string, known []string) error {
	return fmt.Errorf("unknown %s %q: the %ss are %s%s", kind, name, kind, strings.Join(known, ", "), suggest.DidYouMean(name, known))
}

// readYAML parses a file into a document node. Its errors name the file and,
// from the parser, the line.
func readYAML(fsys fs.FS, file string) (*yaml.Node, error) {
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var unique map[string]any // decoding refuses keys that stand twice
	if err := root.Decode(&unique); err != nil && root.Kind == yaml.DocumentNode && root.Content[0].Kind == yaml.MappingNode {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if root.Kind != yaml.DocumentNode || root.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s:1: a document must be a mapping", file)
	}
	return &root, nil
}
