package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/conformance/report"
	"github.com/ltskit/ltskit/openapi"
)

// An output is a report that was asked for.
type output struct {
	format report.Format
	file   string // empty means standard output
}

// parseReports reads the values of --report. Standard output can have one; the
// text goes there unless another one does.
func parseReports(values []string) ([]output, error) {
	var outputs []output
	for _, value := range values {
		name, file, named := strings.Cut(value, "=")
		format, err := report.ParseFormat(name)
		if err != nil {
			return nil, fmt.Errorf("--report: %w", err)
		}
		if named && file == "" {
			return nil, fmt.Errorf("--report %s: the file has no name", value)
		}
		outputs = append(outputs, output{format, file})
	}
	switch n := len(slices.DeleteFunc(slices.Clone(outputs), func(o output) bool { return o.file != "" })); {
	case n > 1:
		return nil, errors.New("--report: only one report can go to standard output; give the others a file, such as html=report.html")
	case n == 0:
		outputs = append(outputs, output{report.Text, ""})
	}
	return outputs, nil
}

// writeReports writes every report, and says of each that it could not write
// why.
func writeReports(stdout io.Writer, outputs []output, runs []*conformance.Report) error {
	var problems []error
	for _, o := range outputs {
		if o.file == "" {
			problems = append(problems, report.Write(stdout, o.format, runs))
			continue
		}
		problems = append(problems, writeReport(o, runs))
	}
	return errors.Join(problems...)
}

func writeReport(o output, runs []*conformance.Report) error {
	file, err := os.Create(o.file)
	if err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	if err := errors.Join(report.Write(file, o.format, runs), file.Close()); err != nil {
		return fmt.Errorf("--report: %s: %w", o.file, err)
	}
	return nil
}

// listCases prints the names of the cases, a line each.
func listCases(w io.Writer, editions []string, o conformOptions) error {
	for _, edition := range editions {
		o.run.Edition = edition
		cases, err := conformance.List(o.run)
		if err != nil {
			return err
		}
		for _, c := range cases {
			name := c.Name
			if len(editions) > 1 {
				name = edition + "\t" + name
			}
			if _, err := fmt.Fprintln(w, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// dryRun prints what a run would ask, a line for each case.
func dryRun(w io.Writer, editions []string, o conformOptions) error {
	target := o.target
	const anywhere = "http://127.0.0.1"
	if target.Endpoints.LTS == "" {
		target = embeddedServer{endpoints: conformance.Endpoints{LTS: anywhere, Throttled: anywhere, Impatient: anywhere, Provisioning: anywhere}, expiredToken: "one"}.target(o.target)
	}
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, edition := range editions {
		o.run.Edition = edition
		results, err := conformance.DryRun(target, o.run)
		if err != nil {
			return err
		}
		runs := 0
		for _, r := range results {
			says := "would run"
			if r.Outcome != "" {
				says = string(r.Outcome) + ": " + r.Reason
			} else {
				runs++
			}
			if _, err := fmt.Fprintf(out, "%s\t%s\n", r.Name, says); err != nil {
				return err
			}
		}
		if err := out.Flush(); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "edition %s: %d of %d cases would run\n", edition, runs, len(results)); err != nil {
			return err
		}
	}
	return nil
}

// cleanup deletes what runs have left behind on another implementation.
func cleanup(ctx context.Context, w io.Writer, edition string, o conformOptions) error {
	if o.target.Endpoints.LTS == "" {
		return errors.New("--cleanup needs --endpoint or --target: the embedded server leaves nothing behind")
	}
	removed, err := conformance.Cleanup(ctx, o.target, edition)
	for _, name := range removed {
		if _, err := fmt.Fprintln(w, "deleted", name); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%d deleted\n", len(removed))
	return err
}

// A progress shows on a terminal how far a run is. On anything else it shows
// nothing.
type progress struct {
	out     io.Writer // nil for none
	edition string
	done    int
	failed  int
	last    int
}

func newProgress(w io.Writer, edition string) *progress {
	p := &progress{edition: edition, last: -1}
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.out = w
	}
	return p
}

// result counts a case that has ended. The line is written anew at every
// thousandth part.
func (p *progress) result(r conformance.Result, total int) {
	p.done++
	if r.Outcome == conformance.Failed {
		p.failed++
	}
	if p.out == nil || 1000*p.done/total == p.last {
		return
	}
	p.last = 1000 * p.done / total
	const width = 30
	filled := width * p.done / total
	_, _ = fmt.Fprintf(p.out, "\r\x1b[K%s %s%s %d/%d, %d failed", p.edition,
		strings.Repeat("█", filled), strings.Repeat("░", width-filled), p.done, total, p.failed)
}

// end clears the line.
func (p *progress) end() {
	if p.out != nil && p.done > 0 {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K")
	}
}

// export writes the scenarios of an edition in a format that other runners
// read.
func export(out io.Writer, o conformOptions) error {
	if o.export != "arazzo" {
		return fmt.Errorf("--export: unknown format %q: the format is arazzo", o.export)
	}
	if err := openapi.CheckEdition(o.edition); err != nil {
		return fmt.Errorf("--edition: %w", err)
	}
	data, err := conformance.ExportArazzo(o.edition, "")
	if err != nil {
		return err
	}
	if o.output != "" {
		return os.WriteFile(o.output, data, 0o666)
	}
	_, err = out.Write(data)
	return err
}
