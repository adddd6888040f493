package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/cmd/lts/internal/terminal"
	"github.com/ltskit/ltskit/openapi/suggest"
)

// The formats of results.
const (
	asTable = "table"
	asJSON  = "json"
	asJSONL = "jsonl"
	asRaw   = "raw"
)

// A choice is a flag whose value is one of several.
type choice struct {
	value *string
	known []string
}

// String implements [pflag.Value].
func (c *choice) String() string { return *c.value }

// Type implements [pflag.Value].
func (c *choice) Type() string { return "string" }

// Set implements [pflag.Value].
func (c *choice) Set(value string) error {
	for _, known := range c.known {
		if strings.EqualFold(value, known) {
			*c.value = known
			return nil
		}
	}
	return fmt.Errorf("%q is not one of %s%s", value, strings.Join(c.known, ", "), suggest.DidYouMean(value, c.known))
}

// addOutput adds the flag that says how results are written.
func addOutput(cmd *cobra.Command, format *string, usage string) {
	*format = asTable
	formats := []string{asTable, asJSON, asJSONL, asRaw}
	cmd.Flags().VarP(&choice{format, formats}, "output", "o", usage)
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp)) // fails for unknown flags only
}

// outputOfThings says what the formats of groups, streams and the like are.
const outputOfThings = "`format`: table, json, jsonl (an object a line), raw (an ID a line)"

// A view is how a thing is shown: as JSON its fields, in a table its cells.
type view interface {
	id() string
	cells() []string // as many as there are titles
}

// showAll writes a list of things.
func showAll[V view](out io.Writer, format string, titles []string, views []V) error {
	switch format {
	case asJSON:
		if views == nil {
			views = []V{} // an empty list, not null
		}
		return writeJSON(out, views)
	case asTable:
		return writeTable(out, titles, views)
	default:
		for _, v := range views {
			if err := showLine(out, format, v); err != nil {
				return err
			}
		}
		return nil
	}
}

// showOne writes one thing.
func showOne[V view](out io.Writer, format string, titles []string, v V) error {
	switch format {
	case asJSON:
		return writeJSON(out, v)
	case asTable:
		return writeTable(out, titles, []V{v})
	default:
		return showLine(out, format, v)
	}
}

func showLine(out io.Writer, format string, v view) error {
	if format == asJSONL {
		return newEncoder(out).Encode(v)
	}
	_, err := fmt.Fprintln(out, v.id())
	return err
}

func newEncoder(out io.Writer) *json.Encoder {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder
}

func writeJSON(out io.Writer, value any) error {
	encoder := newEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

func writeTable[V view](out io.Writer, titles []string, views []V) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	writeRow(table, titles)
	for _, v := range views {
		writeRow(table, v.cells())
	}
	return table.Flush()
}

// writeRow writes into the memory of a table, which takes everything.
func writeRow(table *tabwriter.Writer, cells []string) {
	for i, cell := range cells {
		cells[i] = strings.ReplaceAll(terminal.Printable(cell), "\t", " ") // a tab would begin another cell
	}
	_, _ = fmt.Fprintln(table, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
}

// shownTime is the form of times in tables, in the local time zone.
const shownTime = "2006-01-02T15:04:05Z07:00"

// shown gives a time for a table; one that the service does not say is empty.
func shown(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format(shownTime)
}

// plural counts things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
