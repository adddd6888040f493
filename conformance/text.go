package conformance

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// WriteText writes a report for a terminal: a table by operation, every problem
// with who says so and how to see it again, and a summary that adds up.
func (r *Report) WriteText(out io.Writer) error {
	var b strings.Builder
	r.writeTable(&b)
	for _, result := range r.Results {
		writeResult(&b, result)
	}
	r.writeSummary(&b)
	if strings.Contains(b.String(), again) {
		b.WriteString(howToSetVariables)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// writeTable writes how many cases of each operation ended how.
func (r *Report) writeTable(b *strings.Builder) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight|tabwriter.TabIndent)
	_, _ = fmt.Fprint(w, "operation\t")
	for _, outcome := range Outcomes() {
		_, _ = fmt.Fprintf(w, "%s\t", outcome)
	}
	_, _ = fmt.Fprintln(w)
	for _, row := range r.rows() {
		_, _ = fmt.Fprintf(w, "%s\t", row.operation)
		for _, outcome := range Outcomes() {
			_, _ = fmt.Fprintf(w, "%s\t", dash(row.counts[outcome]))
		}
		_, _ = fmt.Fprintln(w)
	}
	_ = w.Flush() // into memory
}

type tableRow struct {
	operation string // tag/operation, or a family of cases about several
	counts    map[Outcome]int
}

// rows counts the outcomes of each operation, in the order in which they come.
func (r *Report) rows() []tableRow {
	var rows []tableRow
	for _, result := range r.Results {
		operation := result.Tag + "/" + result.Operation
		if result.Operation == "" {
			operation, _, _ = strings.Cut(result.Name, "/")
		}
		n := slices.IndexFunc(rows, func(r tableRow) bool { return r.operation == operation })
		if n < 0 {
			n = len(rows)
			rows = append(rows, tableRow{operation, make(map[Outcome]int)})
		}
		rows[n].counts[result.Outcome]++
	}
	return rows
}

func dash(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

// writeResult writes a case that a person has to look at.
func writeResult(b *strings.Builder, result Result) {
	switch {
	case result.Outcome == CouldNotRun:
		_, _ = fmt.Fprintf(b, "\nCOULD NOT RUN %s\n  %s\n", result.Name, result.Reason)
	case len(result.Problems) > 0:
		_, _ = fmt.Fprintf(b, "\n%s %s\n", strings.ToUpper(string(result.Outcome)), result.Name)
		shown := 0
		for _, problem := range result.Problems {
			_, _ = fmt.Fprintf(b, "  %-6s %s\n", problem.Level, problem)
			shown = problem.Exchange
		}
		_, _ = fmt.Fprintf(b, "  says   %s\n", strings.Join(result.Sources, ", "))
		if len(result.Contradictions) > 0 {
			_, _ = fmt.Fprintf(b, "  see    the contradictions %s\n", strings.Join(result.Contradictions, ", "))
		}
		if i := slices.IndexFunc(result.Problems, func(p Problem) bool { return p.Script != "" }); i >= 0 {
			_, _ = fmt.Fprintf(b, "  script\n%s", result.Problems[i].Script)
		} else if shown < len(result.Exchanges) && shown >= 0 {
			b.WriteString(again + result.Exchanges[shown].Curl() + "\n")
		}
	}
}

func (r *Report) writeSummary(b *strings.Builder) {
	_, _ = fmt.Fprintf(b, "\n%s, edition %s: %d cases", r.Target, r.Edition, len(r.Results))
	for i, outcome := range Outcomes() {
		_, _ = fmt.Fprintf(b, "%s%d %s", map[bool]string{true: " = ", false: " + "}[i == 0], r.Count(outcome), outcome)
	}
	_, _ = fmt.Fprintf(b, "; %d checks in %s\n", r.Checks(), r.Took.Round(time.Millisecond))
	if r.LeftBehind != "" {
		_, _ = fmt.Fprintf(b, "left behind, see --cleanup: %s\n", strings.ReplaceAll(r.LeftBehind, "\n", "; "))
	}
	for _, reason := range r.reasons() {
		_, _ = fmt.Fprintf(b, "not supported: %s\n", reason)
	}
}

// reasons lists why cases were not supported, each once with its number.
func (r *Report) reasons() []string {
	counts := make(map[string]int)
	var order []string
	for _, result := range r.Results {
		if result.Outcome == NotSupported {
			if counts[result.Reason] == 0 {
				order = append(order, result.Reason)
			}
			counts[result.Reason]++
		}
	}
	for i, reason := range order {
		order[i] = fmt.Sprintf("%s (%d)", reason, counts[reason])
	}
	return order
}

// again stands in front of a command that sends a request once more.
const again = "  again  "

// howToSetVariables says what the variables of [Exchange.Curl] are.
const howToSetVariables = `
The commands behind "again" are for a POSIX shell. LTS_PASSWORD is the password of the user, TOKEN a token for the
project, OTHER_TOKEN one for the other project, BAD_TOKEN a text that is none. LTS_SIGNATURE is the signature of the
request, which counts for a quarter of an hour: sign it again. Put in what is in capitals:
  read -r LTS_PASSWORD
  TOKEN=$(curl -gsi IAM_ENDPOINT/v3/auth/tokens -H 'Content-Type: application/json' --data-raw '{"auth": {"identity":
    {"methods": ["password"], "password": {"user": {"name": "USER", "password": "'"$LTS_PASSWORD"'", "domain": {"name":
    "DOMAIN"}}}}, "scope": {"project": {"name": "PROJECT"}}}}' |
    tr -d '\r' | awk 'tolower($1) == "x-subject-token:" {print $2}')
`
