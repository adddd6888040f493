package site

import (
	"embed"
	"encoding/json"
	"fmt"
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
	editions, err := loadEditions()
	if err != nil {
		return nil, err
	}
	words, err := loadTexts()
	if err != nil {
		return nil, err
	}
	b := builder{files: make(Files), editions: editions, words: words, figures: newFigures(options.Runs)}
	for _, make := range []func() error{b.assets, b.bundles, b.guides, b.pages} {
		if err := make(); err != nil {
			return nil, fmt.Errorf("site: %w", err)
		}
	}
	return b.files, b.server(options.Server)
}

// A builder collects the files of a site.
type builder struct {
	files    Files
	editions []edition // of all languages
	words    map[string]texts
	offers   []bundle
	texts    []guide // of all languages
	figures  *figures
}

// in lists the editions of a language, the newest first.
func (b *builder) in(language string) []edition {
	var list []edition
	for _, e := range b.editions {
		if e.Language == language {
			list = append(list, e)
		}
	}
	return list
}

func (b *builder) assets() error {
	if err := b.files.add(static, "assets", "assets"); err != nil {
		return err
	}
	return b.files.add(static, "vendored", "assets/vendored")
}

func (b *builder) bundles() (err error) {
	if b.offers, err = bundles(b.editions); err != nil {
		return err
	}
	for _, offer := range b.offers {
		b.files[path.Join(bundleFolder, offer.Path)] = offer.Data
	}
	b.files[path.Join(bundleFolder, "SHA256SUMS")] = sums(b.offers)
	return nil
}

func (b *builder) guides() (err error) {
	b.texts, err = readGuides(docs.Files, openapi.Languages())
	return err
}

// server writes the one file that says whether there is a server. A static site
// and that of a server differ in nothing else.
func (b *builder) server(server *Server) error {
	data, err := json.Marshal(server)
	if err != nil {
		return err
	}
	b.files["assets/server.js"] = fmt.Appendf(nil, "window.ltsServer = %s;\n", data)
	return nil
}
