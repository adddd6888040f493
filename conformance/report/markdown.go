package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ltskit/ltskit/conformance"
)

// writeMarkdown writes a table of each run, everything that a person has to
// look at, and the coverage.
func writeMarkdown(w io.Writer, runs []*conformance.Report) error {
	var b strings.Builder
	for _, r := range runs {
		fmt.Fprintf(&b, "# %s, edition %s: %s\n\n", markdownText(r.Target), r.Edition, verdict(r))
		fmt.Fprintf(&b, "%d cases, %d checks in %s, seed %d.\n\n", len(r.Results), r.Checks(), r.Took.Round(time.Millisecond), r.Seed)
		markdownTable(&b, r)
		markdownResults(&b, r)
		markdownCoverage(&b, r)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// verdict says in words what the exit status says.
func verdict(r *conformance.Report) string {
	switch r.ExitStatus() {
	case 0:
		return "the contract is kept"
	case 1:
		return "the contract is broken"
	default:
		return "nobody knows, not every case could run"
	}
}

func markdownTable(b *strings.Builder, r *conformance.Report) {
	header, rule := "| |", "|---|"
	for _, outcome := range conformance.Outcomes() {
		header += " " + string(outcome) + " |"
		rule += "--:|"
	}
	fmt.Fprintf(b, "%s\n%s\n", header, rule)
	for _, s := range sections(r.Results) {
		fmt.Fprintf(b, "| %s |", s.Name)
		for _, outcome := range conformance.Outcomes() {
			fmt.Fprintf(b, " %d |", s.Count(outcome))
		}
		b.WriteString("\n")
	}
	b.WriteString("| **all** |")
	for _, outcome := range conformance.Outcomes() {
		fmt.Fprintf(b, " **%d** |", r.Count(outcome))
	}
	b.WriteString("\n\n")
}

func markdownResults(b *strings.Builder, r *conformance.Report) {
	for _, outcome := range []conformance.Outcome{conformance.Failed, conformance.CouldNotRun, conformance.Waived} {
		if r.Count(outcome) == 0 {
			continue
		}
		fmt.Fprintf(b, "## %s%s\n\n", strings.ToUpper(string(outcome[:1])), outcome[1:])
		for _, result := range r.Results {
			if result.Outcome == outcome {
				markdownResult(b, result)
			}
		}
	}
}

func markdownResult(b *strings.Builder, r conformance.Result) {
	fmt.Fprintf(b, "### `%s`\n\n", r.Name)
	if r.Reason != "" {
		fmt.Fprintf(b, "%s\n\n", markdownText(r.Reason))
	}
	if len(r.Problems) > 0 {
		fmt.Fprintf(b, "%s\n\n", fenced(explain(r)))
	}
}

func markdownCoverage(b *strings.Builder, r *conformance.Report) {
	b.WriteString("## Coverage\n\n| | reached | of |\n|---|--:|--:|\n")
	for _, s := range r.Coverage.Sections() {
		fmt.Fprintf(b, "| %s | %d | %d |\n", s.Name, s.Reached(), len(s.Parts))
	}
	b.WriteString("\n")
}

// fenced makes a code block of a text, with a fence that does not stand in it.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "\n" + text + "\n" + fence
}

// markdownText escapes what Markdown would take for its own.
func markdownText(s string) string {
	return strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "<", "&lt;", "|", "\\|", "[", "\\[", "\n", " ").Replace(s)
}
