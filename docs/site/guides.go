package site

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/ltskit/ltskit/openapi"
)

// repository is where links go that leave the guides.
const repository = "https://github.com/ltskit/ltskit/blob/main/"

// firstGuides are the guides that a reader wants first; the others follow by
// name.
var firstGuides = []string{"quickstart", "authentication", "conformance", "configuration"}

// A guide is a page written in Markdown.
type guide struct {
	Name       string // such as "quickstart" or "adr/0001-source-of-record-and-editions"
	Language   string // of the site that it is in
	Translated bool   // whether it is in that language; otherwise it is in English
	Title      string
	Headings   []heading
	HTML       template.HTML
	Plain      string   // for the search
	Figures    *figures // only in the guide that shows them, and only where there are some
}

type heading struct {
	ID, Text string
}

// Decision reports whether the guide is one of the decisions.
func (g guide) Decision() bool { return strings.HasPrefix(g.Name, "adr/") }

// readGuides reads every guide in every language, in the order in which they
// are listed. The headings of a translation have the IDs of the English ones, so
// that a link to one leads to the same place in every language.
func readGuides(fsys fs.FS, languages []string) ([]guide, error) {
	names, err := guideNames(fsys)
	if err != nil {
		return nil, err
	}
	var all []guide
	for _, language := range languages {
		for _, name := range names {
			english, err := fs.ReadFile(fsys, name+".md")
			if err != nil {
				return nil, err
			}
			g := guide{Name: name, Language: language, Translated: true}
			data, err := fs.ReadFile(fsys, name+"."+language+".md")
			if err != nil {
				g.Translated = language == openapi.English
				data = english
			}
			if err := g.render(data, english); err != nil {
				return nil, fmt.Errorf("guide %s in %s: %w", name, language, err)
			}
			all = append(all, g)
		}
	}
	return all, nil
}

// guideNames lists the guides without language and extension.
func guideNames(fsys fs.FS) ([]string, error) {
	var names []string
	for _, pattern := range []string{"*.md", "adr/*.md"} {
		files, err := fs.Glob(fsys, pattern)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if name := strings.TrimSuffix(file, ".md"); path.Ext(name) == "" {
				names = append(names, name)
			}
		}
	}
	rank := func(name string) int {
		switch i := slices.Index(firstGuides, name); {
		case i >= 0:
			return i
		case name == "adr/README":
			return len(firstGuides) + 1
		case strings.HasPrefix(name, "adr/"):
			return len(firstGuides) + 2
		default:
			return len(firstGuides)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return names, nil
}

var markdown = goldmark.New(
	goldmark.WithExtensions(extension.GFM),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
)

// render turns Markdown into HTML. The heading that it begins with becomes the
// title. The IDs of the headings are those of english.
func (g *guide) render(source, english []byte) error {
	root := markdown.Parser().Parse(text.NewReader(source))
	if err := takeIDs(headings(root), headings(markdown.Parser().Parse(text.NewReader(english)))); err != nil {
		return err
	}
	var plain strings.Builder
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			g.heading(n, source)
		case *ast.Link:
			n.Destination = []byte(g.link(string(n.Destination)))
		case *ast.Text:
			plain.Write(n.Value(source))
			plain.WriteByte(' ')
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return err
	}
	if g.Title == "" {
		return fmt.Errorf("it does not begin with a heading")
	}
	root.RemoveChild(root, root.FirstChild()) // the page has its title above the contents
	var out bytes.Buffer
	if err := markdown.Renderer().Render(&out, source, root); err != nil {
		return err
	}
	g.Plain = plain.String()
	g.HTML = template.HTML(strings.NewReplacer( // goldmark escapes; raw HTML is off
		"<table>", `<div class="scroll" tabindex="0"><table>`, "</table>", "</table></div>",
		"<pre>", `<pre tabindex="0">`).Replace(out.String()))
	return nil
}

// headings lists the headings of a text. They are never inside anything.
func headings(root ast.Node) []*ast.Heading {
	var all []*ast.Heading
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			all = append(all, h)
		}
	}
	return all
}

// takeIDs gives headings the IDs of those of another text with the same outline.
func takeIDs(own, english []*ast.Heading) error {
	sameLevel := func(a, b *ast.Heading) bool { return a.Level == b.Level }
	if !slices.EqualFunc(own, english, sameLevel) {
		return fmt.Errorf("it does not have the headings of the English text, one for one: %d, in English %d", len(own), len(english))
	}
	for i, h := range own {
		id, _ := english[i].AttributeString("id")
		h.SetAttributeString("id", id)
	}
	return nil
}

func (g *guide) heading(n *ast.Heading, source []byte) {
	var words strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		_ = ast.Walk(c, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if t, ok := n.(*ast.Text); ok && entering {
				words.Write(t.Value(source))
			}
			return ast.WalkContinue, nil
		})
	}
	id, _ := n.AttributeString("id")
	switch {
	case n.Level == 1 && n.PreviousSibling() == nil:
		g.Title = words.String()
	case n.Level == 2:
		g.Headings = append(g.Headings, heading{fmt.Sprintf("%s", id), words.String()})
	}
}

// link turns a link of the repository into one of the site: another guide into
// its page, any other file into its page in the repository.
func (g *guide) link(to string) string {
	if to == "" || strings.Contains(to, "://") || strings.HasPrefix(to, "#") {
		return to
	}
	file, fragment, _ := strings.Cut(to, "#")
	if fragment != "" {
		fragment = "#" + fragment
	}
	target := path.Join("docs", path.Dir(g.Name), file)
	if inside, ok := strings.CutPrefix(target, "docs/"); ok && strings.HasSuffix(inside, ".md") {
		return strings.TrimSuffix(file, ".md") + ".html" + fragment
	}
	return repository + target + fragment
}
