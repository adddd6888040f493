package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/cmd/lts/internal/terminal"
	"github.com/ltskit/ltskit/lts"
)

type histogramCommand struct {
	*session
	timeRange
	step   span
	format string
}

func newHistogram(s *session) *cobra.Command {
	h := &histogramCommand{session: s}
	cmd := &cobra.Command{
		Use: "histogram GROUP/STREAM [KEYWORDS...]", Args: takes(1, 0), ValidArgsFunction: s.completeArgs(1, listStreamPaths),
		Short: "Count the records of a stream over time",
		Long: "Count the records of a stream that have all keywords, step by step, in the last hour unless --since,\n" +
			"--from or --to say otherwise. On a terminal each count has a bar. Keywords are those of lts query;\n" +
			"labels cannot be counted so.",
		Example: "  lts histogram web/access\n" +
			"  lts histogram web/access error --since 7d --step 1d\n" +
			"  lts histogram web/access --from 13:00 --to 14:00 --step 5m -o jsonl",
		RunE: s.run(h.run),
	}
	h.timeRange.addFlags(cmd.Flags())
	cmd.Flags().Var(&h.step, "step", "length of a step, such as 10s, 5m, 1h, 1d; default one that makes some 30 of them at most")
	cmd.MarkFlagsMutuallyExclusive("since", "from")
	addOutput(cmd, &h.format, "`format`: table, json, jsonl (a step a line), raw (a count a line)")
	return cmd
}

func (h *histogramCommand) run(cmd *cobra.Command, c *client.Client, args []string) error {
	now := h.now()
	from, to, err := h.times(now, defaultSpan)
	if err != nil {
		return err
	}
	if to.IsZero() {
		to = now
	}
	step := time.Duration(h.step)
	if step == 0 {
		step = handyStep(to.Sub(from))
	}
	// What no flag says is moved to where a step begins, so that all are whole.
	if h.from == "" {
		from = stepBegin(from, step)
	}
	if h.to == "" {
		to = stepBegin(to.Add(step-1), step)
	}
	p, err := findStream(cmd.Context(), c, args[0])
	if err != nil {
		return err
	}
	query := client.Query{Stream: p.stream, From: from, To: to, Keywords: strings.Join(args[1:], " ")}
	histogram, err := c.Records.Histogram(cmd.Context(), query, step)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	views := viewSteps(histogram, barWidth(terminal.Width(out)))
	if histogram.Count == 0 {
		h.note(cmd, "%s", h.nothing(from))
	}
	return showAll(out, h.format, stepTitles, views)
}

// handySteps are the lengths of steps that are chosen for a person.
var handySteps = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// handyStep is the shortest of them that cuts a span into at most 30 steps, or
// else a number of days.
func handyStep(span time.Duration) time.Duration {
	const most, day = 30, 24 * time.Hour
	for _, step := range handySteps {
		if span <= most*step {
			return step
		}
	}
	return (span + most*day - 1) / (most * day) * day
}

// stepBegin is the beginning of the step that a moment is in, where steps begin at
// the midnight of the local time zone.
func stepBegin(t time.Time, step time.Duration) time.Time {
	_, east := t.Local().Zone()
	zone := time.Duration(east) * time.Second
	return t.Add(zone).Truncate(step).Add(-zone)
}

var stepTitles = []string{"FROM", "COUNT", ""}

// A stepView is how a step is shown.
type stepView struct {
	From  time.Time `json:"from"` // included
	To    time.Time `json:"to"`   // excluded
	Count int64     `json:"count"`

	number, bar string // in the table
}

// viewSteps gives each step a bar; the greatest count has one of that width.
func viewSteps(histogram lts.Histogram, width int) []stepView {
	var most int64
	for _, step := range histogram.Steps {
		most = max(most, step.Count)
	}
	views := make([]stepView, len(histogram.Steps))
	for i, step := range histogram.Steps {
		views[i] = stepView{
			From: time.UnixMilli(step.StartMS).UTC(), To: time.UnixMilli(step.EndMS).UTC(), Count: step.Count,
			number: fmt.Sprintf("%*d", max(len(stepTitles[1]), len(strconv.FormatInt(most, 10))), step.Count),
			bar:    bar(step.Count, most, width),
		}
	}
	return views
}

// barWidth is the room for bars on a terminal of so many columns, beside the time
// and a count.
func barWidth(columns int) int {
	const count, longest = 12, 60
	return min(max(columns-len(shownTime)-count, 0), longest)
}

// bar is a row of blocks; whatever is not nothing has one.
func bar(count, most int64, width int) string {
	if count == 0 || width == 0 {
		return ""
	}
	return strings.Repeat("█", max(1, int(float64(count)/float64(most)*float64(width)+0.5)))
}

func (v stepView) id() string { return strconv.FormatInt(v.Count, 10) }

func (v stepView) cells() []string {
	return []string{shown(v.From), v.number, v.bar}
}
