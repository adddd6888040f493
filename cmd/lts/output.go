package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rivo/uniseg"
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
	text := v.id()
	if terminal.Is(out) {
		text = terminal.Printable(text)
	}
	if format == asJSONL {
		var err error
		if text, err = jsonText(v, ""); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(out, text)
	return err
}

func writeJSON(out io.Writer, value any) error {
	text, err := jsonText(value, "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, text)
	return err
}

// jsonText is a value as JSON, without the end of line. Package encoding/json
// leaves control characters above 0x7e as they are, and some of them steer
// terminals.
func jsonText(value any, indent string) (string, error) {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return escapeControls(strings.TrimSuffix(text.String(), "\n")), nil
}

func escapeControls(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x7f && r < 0xa0 }) {
		return text
	}
	return controlEscapes.Replace(text)
}

var controlEscapes = func() *strings.Replacer {
	var pairs []string
	for r := rune(0x7f); r < 0xa0; r++ {
		pairs = append(pairs, string(r), fmt.Sprintf(`\u%04x`, r))
	}
	return strings.NewReplacer(pairs...)
}()

// say writes a message for people. What a service or a file has put into it
// cannot steer a terminal.
func say(out io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintln(out, terminal.Message(fmt.Sprintf(format, args...)))
}

// writeTable writes a row for every view, in columns as wide as the widest cell
// and two spaces apart. A Chinese character is as wide as two letters.
func writeTable[V view](out io.Writer, titles []string, views []V) error {
	rows := [][]string{titles}
	for _, v := range views {
		rows = append(rows, v.cells())
	}
	widths := make([]int, len(titles))
	for _, row := range rows {
		for i, cell := range row {
			row[i] = strings.ReplaceAll(terminal.Printable(cell), "\t", " ")
			widths[i] = max(widths[i], uniseg.StringWidth(row[i]))
		}
	}
	var table strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell)+2))
		}
		table.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := io.WriteString(out, table.String())
	return err
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
