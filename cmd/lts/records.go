package main

import (
	"bufio"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/cmd/lts/internal/terminal"
	"github.com/ltskit/ltskit/lts"
)

// outputOfRecords says what the formats of records are.
const outputOfRecords = "`format`: table (time, content, labels), json, jsonl (an object a line), raw (the content alone)"

// recordTime is the form of the time of a record, in the local time zone.
const recordTime = "2006-01-02T15:04:05.000Z07:00"

// A recordView is how a record is shown as JSON.
type recordView struct {
	Time    time.Time         `json:"time"`
	LineNum string            `json:"line_num"`
	Content string            `json:"content"`
	Labels  map[string]string `json:"labels,omitempty"`
}

// An appearance is the flags that say how records look.
type appearance struct {
	format   string
	color    string
	lineNums bool
}

func (a *appearance) addFlags(cmd *cobra.Command) {
	a.color = string(terminal.Auto)
	colors := []string{string(terminal.Auto), string(terminal.Always), string(terminal.Never)}
	cmd.Flags().Var(&choice{&a.color, colors}, "color", "`when` there are colours: auto (on a terminal, unless NO_COLOR is set), always, never")
	_ = cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions(colors, cobra.ShellCompDirectiveNoFileComp)) // fails for unknown flags only
	cmd.Flags().BoolVar(&a.lineNums, "line-num", false, "show the number of each record in the table, which lts context takes")
	addOutput(cmd, &a.format, outputOfRecords)
}

// A recordPrinter writes records one by one. It has to be closed.
type recordPrinter struct {
	appearance

	out     *bufio.Writer
	colored bool
	cleaned bool  // control characters are written out, because this is a terminal
	sought  int64 // line number of the record that stands out; 0: none
	written int
}

func (a appearance) printer(out io.Writer) *recordPrinter {
	return &recordPrinter{appearance: a, out: bufio.NewWriter(out), colored: terminal.When(a.color).Colors(out), cleaned: terminal.Is(out)}
}

// marks tells whether words that were found can be shown.
func (p *recordPrinter) marks() bool { return p.colored && (p.format == asTable || p.format == asRaw) }

func (p *recordPrinter) print(record lts.Record) error {
	p.written++
	switch p.format {
	case asJSON:
		separator := ",\n  "
		if p.written == 1 {
			separator = "[\n  "
		}
		return p.printJSON(separator, record, "")
	case asJSONL:
		return p.printJSON("", record, "\n")
	case asRaw:
		return p.printText(p.content(record), "\n")
	default:
		moment := time.Unix(0, record.LineNum).Local().Format(recordTime)
		if p.lineNums {
			moment = lts.FormatLineNum(record.LineNum) + "  " + moment
		}
		return p.printText(p.dim(moment), "  ", p.content(record), p.dim(labelText(record.Labels)), "\n")
	}
}

// close writes what is still to be written.
func (p *recordPrinter) close() error {
	if p.format == asJSON {
		end := "\n]\n"
		if p.written == 0 {
			end = "[]\n"
		}
		if err := p.printText(end); err != nil {
			return err
		}
	}
	return p.out.Flush()
}

func (p *recordPrinter) printText(texts ...string) error {
	for _, text := range texts {
		if _, err := p.out.WriteString(text); err != nil {
			return err
		}
	}
	return nil
}

func (p *recordPrinter) printJSON(before string, record lts.Record, after string) error {
	text, err := jsonText(recordView{
		Time: time.Unix(0, record.LineNum).UTC(), LineNum: lts.FormatLineNum(record.LineNum), Content: record.Content, Labels: record.Labels,
	}, "")
	if err != nil {
		return err
	}
	return p.printText(before, text, after)
}

// found replaces the marks of the service by colours.
var found = strings.NewReplacer("<HighLightTag>", terminal.Bold, "</HighLightTag>", terminal.Plain)

func (p *recordPrinter) content(record lts.Record) string {
	content := record.Content
	if p.cleaned {
		content = terminal.Printable(content)
	}
	switch {
	case p.marks() && p.sought != 0 && record.LineNum == p.sought:
		content = terminal.Bold + content + terminal.Plain
	case p.marks():
		content = found.Replace(content)
	}
	return content
}

func (p *recordPrinter) dim(text string) string {
	if p.cleaned {
		text = terminal.Printable(text)
	}
	if !p.colored || text == "" {
		return text
	}
	return terminal.Dim + text + terminal.Plain
}

// labelText gives labels as key=value, in the order of their keys, each behind
// two spaces. A value that would run into the next one is quoted.
func labelText(labels map[string]string) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		value := labels[key]
		if strings.ContainsAny(value, " \t\n\"") || value == "" {
			value = strconv.Quote(value)
		}
		b.WriteString("  " + key + "=" + value)
	}
	return b.String()
}
