package site

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"path"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/docs"
	"github.com/ltskit/ltskit/openapi"
)

//go:embed assets vendored/*.js vendored/*.txt vendored/SHA256SUMS
var static embed.FS

// A Server is the running server that shows the site.
type Server struct {
	Edition     string `json:"edition"`     // that it has; only there can requests be sent
	Development bool   `json:"development"` // whether it has the development credentials
}

// Options say what to build.
type Options struct {
	Server *Server               // nil for a site without one
	Runs   []*conformance.Report // whose figures the conformance guide shows, the newest edition first
}

// Build makes the site. The same document and options give the same bytes.
func Build(options Options) (Files, error) {
	b, err := newBuilder(options)
	if err != nil {
		return nil, err
	}
	all := make(Files)
	for _, p := range b.parts() {
		files, err := p.files()
		if err != nil {
			return nil, err
		}
		maps.Copy(all, files)
	}
	return all, nil
}

// Bundles makes the files for other tools alone, with their sums: what a site
// has in its folder "bundles".
func Bundles() (Files, error) {
	offers, err := newEditions().bundles()
	if err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	files := make(Files)
	for _, offer := range offers {
		files[offer.Path] = offer.Data
	}
	files["SHA256SUMS"] = sums(offers)
	return files, nil
}

// A builder makes the parts of a site.
type builder struct {
	options  Options
	editions *editions
	words    map[string]texts
	texts    []guide // of all languages
	figures  *figures
}

func newBuilder(options Options) (*builder, error) {
	words, err := loadTexts()
	if err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	guides, err := readGuides(docs.Files, openapi.Languages())
	if err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	return &builder{options: options, editions: newEditions(), words: words, texts: guides, figures: newFigures(options.Runs)}, nil
}

// fixed makes what is the same in every language: libraries, styles, and the
// page that leads to the languages.
func (b *builder) fixed() (Files, error) {
	files := make(Files)
	if err := files.add(static, "assets", "assets"); err != nil {
		return nil, err
	}
	if err := files.add(static, "vendored", "assets/vendored"); err != nil {
		return nil, err
	}
	front, err := templateFiles.ReadFile("templates/front.html")
	if err != nil {
		return nil, err
	}
	files["index.html"] = front
	// The one file that says whether there is a server. A static site and that of
	// a server differ in nothing else.
	server, err := json.Marshal(b.options.Server)
	if err != nil {
		return nil, err
	}
	files["assets/server.js"] = fmt.Appendf(nil, "window.ltsServer = %s;\n", server)
	return files, nil
}

// pages makes the pages of a language and what their scripts need.
func (b *builder) pages(language string) (Files, error) {
	editions, err := b.editions.in(language)
	if err != nil {
		return nil, err
	}
	w, err := b.newWriter(language, editions)
	if err != nil {
		return nil, err
	}
	for _, write := range []func() error{
		w.home, w.reference, w.errors, w.contradictions, w.changes, w.guides, w.search,
	} {
		if err := write(); err != nil {
			return nil, err
		}
	}
	return w.files, nil
}

// downloads makes the bundles, and the page about them in every language.
func (b *builder) downloads() (Files, error) {
	offers, err := b.editions.bundles()
	if err != nil {
		return nil, err
	}
	files := make(Files)
	for _, offer := range offers {
		files[path.Join(bundleFolder, offer.Path)] = offer.Data
	}
	files[path.Join(bundleFolder, "SHA256SUMS")] = sums(offers)
	for _, language := range openapi.Languages() {
		w, err := b.newWriter(language, nil)
		if err != nil {
			return nil, err
		}
		if err := w.downloads(offers); err != nil {
			return nil, err
		}
		maps.Copy(files, w.files)
	}
	return files, nil
}
