package site

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"path"
	"regexp"
	"strings"

	"github.com/ltskit/ltskit/openapi"
)

//go:embed templates
var templateFiles embed.FS

// A page is what the layout needs; Content is what the page itself needs.
type page struct {
	Path     string // below the folder of the language, such as "errors/latest.html"
	Section  string // key of its entry in the navigation
	Title    string
	Language string
	Edition  string // empty on a page that is about all of them
	English  bool   // whether the content is in English all the same
	Content  any
}

// Root is the way from the page to the folder of the site.
func (p page) Root() string { return strings.Repeat("../", 1+strings.Count(p.Path, "/")) }

// Home is the way from the page to the folder of its language.
func (p page) Home() string {
	if depth := strings.Count(p.Path, "/"); depth > 0 {
		return strings.Repeat("../", depth)
	}
	return "./"
}

// A writer writes the pages of one language.
type writer struct {
	*builder
	files     Files
	language  string
	words     texts
	editions  []edition
	templates map[string]*template.Template
	entries   []entry // of the search
}

func (b *builder) newWriter(language string, editions []edition) (*writer, error) {
	w := &writer{builder: b, files: make(Files), language: language, words: b.words[language], editions: editions}
	w.templates = make(map[string]*template.Template)
	for _, name := range []string{"home", "reference", "errors", "contradictions", "changes", "downloads", "guide", "guides", "search"} {
		t, err := template.New("layout.html").Funcs(w.functions()).ParseFS(templateFiles, "templates/layout.html", "templates/"+name+".html")
		if err != nil {
			return nil, err
		}
		w.templates[name] = t
	}
	return w, nil
}

func (w *writer) functions() template.FuncMap {
	return template.FuncMap{
		"t":         w.words.Get,
		"in":        func(language, key string) string { return w.builder.words[language].Get(key) },
		"languages": openapi.Languages,
		"editions":  func() []edition { return w.editions },
		"guides":    func() []guide { return w.guidesIn(false) },
		"code":      inlineCode,
		"join":      func(list []string) string { return strings.Join(list, ", ") },
		"latest":    func() string { return openapi.Latest },
	}
}

// write renders a page.
func (w *writer) write(name string, p page) error {
	p.Language = w.language
	var out bytes.Buffer
	if err := w.templates[name].Execute(&out, p); err != nil {
		return fmt.Errorf("%s: %w", p.Path, err)
	}
	w.files[path.Join(w.language, p.Path)] = out.Bytes()
	return nil
}

var backquoted = regexp.MustCompile("`([^`]*)`")

// inlineCode marks what stands between backquotes as code.
func inlineCode(s string) template.HTML {
	escaped := template.HTMLEscapeString(s)
	return template.HTML(backquoted.ReplaceAllString(escaped, "<code>$1</code>")) // it has been escaped
}

func (w *writer) home() error {
	newest := w.editions[0]
	content := struct {
		Operations     []openapi.Operation
		Tags           []tagged
		Examples       int
		Errors         int
		Contradictions int
	}{
		Operations:     openapi.Operations(newest.Doc),
		Tags:           byTag(newest),
		Errors:         len(failures(newest)),
		Contradictions: len(openapi.Contradictions(newest.Doc)),
	}
	for _, operation := range content.Operations {
		content.Examples += len(operation.RequestExamples()) + len(operation.ResponseExamples())
	}
	return w.write("home", page{Path: "index.html", Section: "home", Title: w.words.Get("site-long"), Content: content})
}

// A tagged is a tag with its operations.
type tagged struct {
	Title       string
	Description string
	Operations  []openapi.Operation
}

func byTag(e edition) []tagged {
	var all []tagged
	for _, tag := range e.Doc.Tags {
		title, _ := tag.Extensions["x-displayName"].(string)
		group := tagged{Title: title, Description: tag.Description}
		for _, operation := range openapi.Operations(e.Doc) {
			if operation.Tag() == tag.Name {
				group.Operations = append(group.Operations, operation)
			}
		}
		all = append(all, group)
	}
	return all
}

func (w *writer) reference() error {
	for _, e := range w.editions {
		script, err := referenceScript(e, w.words)
		if err != nil {
			return err
		}
		w.files[path.Join(w.language, "reference", e.Name+".js")] = script
		title := w.words.Get("reference") + w.words.Get("of-edition") + e.Name
		if err := w.write("reference", page{Path: "reference/" + e.Name + ".html", Section: "reference", Title: title, Edition: e.Name}); err != nil {
			return err
		}
		for _, operation := range openapi.Operations(e.Doc) {
			w.note(entry{
				Kind: "operation", Edition: e.Name, Title: operation.Summary, Name: operation.OperationID,
				Text: operation.Description, Words: strings.Join(append(codesOf(operation), operation.Method, operation.Path), " "),
				URL: "reference/" + e.Name + ".html#" + operation.OperationID,
			})
		}
	}
	return nil
}

func (w *writer) errors() error {
	for _, e := range w.editions {
		all := failures(e)
		title := w.words.Get("errors") + w.words.Get("of-edition") + e.Name
		if err := w.write("errors", page{Path: "errors/" + e.Name + ".html", Section: "errors", Title: title, Edition: e.Name, Content: all}); err != nil {
			return err
		}
		for _, f := range all {
			for _, row := range f.Rows {
				w.note(entry{
					Kind: "error", Edition: e.Name, Title: row.Message, Name: f.Code, Text: row.Description + " " + row.Remedy,
					URL: "errors/" + e.Name + ".html#" + f.Code,
				})
			}
		}
	}
	return nil
}

func (w *writer) contradictions() error {
	all := openapi.Contradictions(w.editions[0].Doc)
	content := struct {
		Sources        []openapi.Source
		Contradictions []openapi.Contradiction
	}{openapi.Sources(w.editions[0].Doc), all}
	for _, c := range all {
		w.note(entry{Kind: "contradiction", Title: c.Topic, Name: c.ID, Text: c.Holds + " " + c.Because, URL: "contradictions.html#" + c.ID})
	}
	title := w.words.Get("contradictions")
	return w.write("contradictions", page{Path: "contradictions.html", Section: "contradictions", Title: title, Content: content})
}

func (w *writer) changes() error {
	all, err := steps(w.editions, w.words)
	if err != nil {
		return err
	}
	title := w.words.Get("changes")
	w.note(entry{Kind: "page", Title: title, Text: w.words.Get("changes-intro"), URL: "changes.html"})
	w.note(entry{Kind: "page", Title: w.words.Get("downloads"), Text: w.words.Get("downloads-intro"), URL: downloadsPage})
	return w.write("changes", page{Path: "changes.html", Section: "changes", Title: title, Content: all})
}

// downloads writes the page of the bundles.
func (w *writer) downloads(offers []bundle) error {
	type group struct {
		Kind  string
		Files []bundle
	}
	var groups []group
	for _, offer := range offers {
		if i := len(groups) - 1; i < 0 || groups[i].Kind != offer.Kind {
			groups = append(groups, group{Kind: offer.Kind})
		}
		groups[len(groups)-1].Files = append(groups[len(groups)-1].Files, offer)
	}
	title := w.words.Get("downloads")
	return w.write("downloads", page{Path: downloadsPage, Section: "downloads", Title: title, Content: groups})
}

// guidesIn lists the guides of the language, or the decisions among them.
func (w *writer) guidesIn(decisions bool) []guide {
	var list []guide
	for _, g := range w.texts {
		if g.Language == w.language && g.Decision() == decisions {
			list = append(list, g)
		}
	}
	return list
}

func (w *writer) guides() error {
	for _, g := range w.texts {
		if g.Language != w.language {
			continue
		}
		w.note(entry{Kind: "page", Title: g.Title, Text: g.Plain, URL: "guides/" + g.Name + ".html"})
		if g.Name == figuresGuide && w.figures != nil {
			g.Figures = w.figures
			g.Headings = append(g.Headings, heading{"figures", w.words.Get("figures")})
		}
		section := "guides"
		if g.Name == "quickstart" {
			section = "start"
		}
		p := page{Path: "guides/" + g.Name + ".html", Section: section, Title: g.Title, English: !g.Translated, Content: g}
		if err := w.write("guide", p); err != nil {
			return err
		}
	}
	return w.write("guides", page{Path: "guides/index.html", Section: "guides", Title: w.words.Get("guides"), Content: w.guidesIn(true)})
}
