// Package report writes what came of conformance runs, for people and for
// programs. Every format is written from the same [conformance.Report].
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ltskit/ltskit/conformance"
)

// A Format is a way to write reports down.
type Format string

// The formats.
const (
	Text     Format = "text"     // for a terminal
	HTML     Format = "html"     // one page that needs nothing else
	JSON     Format = "json"     // everything; schema.json says how
	JUnit    Format = "junit"    // XML, as CI systems read it
	Markdown Format = "markdown" // a summary for a page or a comment
	SARIF    Format = "sarif"    // version 2.1.0, for code scanning
	GitHub   Format = "github"   // workflow commands that annotate a run
)

// Formats lists the formats.
func Formats() []Format { return []Format{Text, HTML, JSON, JUnit, Markdown, SARIF, GitHub} }

// ParseFormat finds a format by its name.
func ParseFormat(name string) (Format, error) {
	if slices.Contains(Formats(), Format(name)) {
		return Format(name), nil
	}
	names := make([]string, 0, len(Formats()))
	for _, format := range Formats() {
		names = append(names, string(format))
	}
	return "", fmt.Errorf("unknown format %q: the formats are %s", name, strings.Join(names, ", "))
}

// Write writes the reports of some runs, such as one of each edition.
func Write(w io.Writer, format Format, runs []*conformance.Report) error {
	switch format {
	case Text:
		return writeText(w, runs)
	case HTML:
		return writeHTML(w, runs)
	case JSON:
		return writeJSON(w, runs)
	case JUnit:
		return writeJUnit(w, runs)
	case Markdown:
		return writeMarkdown(w, runs)
	case SARIF:
		return writeSARIF(w, runs)
	case GitHub:
		return writeGitHub(w, runs)
	default:
		_, err := ParseFormat(string(format))
		return err
	}
}

func writeText(w io.Writer, runs []*conformance.Report) error {
	for _, run := range runs {
		if err := run.WriteText(w); err != nil {
			return err
		}
	}
	return nil
}

// group names what a result is told under: its operation, or its family.
func group(r conformance.Result) string {
	if r.Operation != "" {
		return r.Tag + "/" + r.Operation
	}
	family, _, _ := strings.Cut(r.Name, "/")
	return family
}

// A section is the results of one group.
type section struct {
	Name    string
	Results []conformance.Result
}

// Count says how many results of a section ended in an outcome.
func (s section) Count(outcome conformance.Outcome) int {
	n := 0
	for _, r := range s.Results {
		if r.Outcome == outcome {
			n++
		}
	}
	return n
}

// sections groups results, in the order in which the groups come.
func sections(results []conformance.Result) []section {
	var all []section
	index := make(map[string]int)
	for _, r := range results {
		name := group(r)
		i, ok := index[name]
		if !ok {
			i = len(all)
			index[name] = i
			all = append(all, section{Name: name})
		}
		all[i].Results = append(all[i].Results, r)
	}
	return all
}

// decisive is the exchange that shows a result's first problem of level must,
// or else its last exchange; nil when there is none.
func decisive(r conformance.Result) *conformance.Exchange {
	if len(r.Exchanges) == 0 {
		return nil
	}
	for _, p := range r.Problems {
		if p.Level == conformance.Must && p.Exchange >= 0 && p.Exchange < len(r.Exchanges) {
			return r.Exchanges[p.Exchange]
		}
	}
	return r.Exchanges[len(r.Exchanges)-1]
}

// explain tells the problems of a result, who says so, and how to see it again.
func explain(r conformance.Result) string {
	var lines []string
	for _, p := range r.Problems {
		lines = append(lines, string(p.Level)+" "+p.String())
	}
	if len(r.Sources) > 0 {
		lines = append(lines, "says "+strings.Join(r.Sources, ", "))
	}
	if len(r.Contradictions) > 0 {
		lines = append(lines, "see the contradictions "+strings.Join(r.Contradictions, ", "))
	}
	if i := slices.IndexFunc(r.Problems, func(p conformance.Problem) bool { return p.Script != "" }); i >= 0 {
		lines = append(lines, "script", r.Problems[i].Script)
	} else if e := decisive(r); e != nil {
		lines = append(lines, "again "+e.Curl())
	}
	return strings.Join(lines, "\n")
}
