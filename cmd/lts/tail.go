package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
)

type tailCommand struct {
	*session
	search
	since  span
	lines  int
	follow bool
}

func newTail(s *session) *cobra.Command {
	t := &tailCommand{session: s}
	cmd := &cobra.Command{
		Use: "tail GROUP/STREAM [KEYWORDS...]", Args: takes(1, 0), ValidArgsFunction: s.completeArgs(1, listStreamPaths),
		Short: "Show the last records of a stream, and follow it",
		Long: "Show the last records of a stream that have all keywords, and with --follow those that come,\n" +
			"until Ctrl-C. While the service cannot be reached it goes on trying.",
		Example: "  lts tail web/access\n" +
			"  lts tail -f web/access error\n" +
			"  lts tail -f web/access --since 10m -o raw",
		RunE: s.run(t.run),
	}
	cmd.Flags().BoolVarP(&t.follow, "follow", "f", false, "wait for more")
	cmd.Flags().IntVarP(&t.lines, "lines", "n", 10, "begin with this `number` of the last records")
	cmd.Flags().Var(&t.since, "since", "begin with the records of so long ago, such as 30s, 15m, 1h, in place of --lines")
	t.search.addFlags(cmd)
	cmd.MarkFlagsMutuallyExclusive("lines", "since")
	return cmd
}

func (t *tailCommand) run(cmd *cobra.Command, c *client.Client, args []string) error {
	if t.lines < 0 {
		return fmt.Errorf("--lines: %d is less than 0", t.lines)
	}
	if t.follow && t.format == asJSON {
		return errors.New("--output: json has an end, and --follow has none; use jsonl")
	}
	labels, err := pairs("label", t.labels)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	p, err := findStream(ctx, c, args[0])
	if err != nil {
		return err
	}
	printer := t.printer(cmd.OutOrStdout())
	query := client.TailQuery{
		Stream: p.stream, Keywords: strings.Join(args[1:], " "), Labels: labels, Highlight: t.highlight && printer.marks(),
	}
	if query.From, err = t.begin(ctx, c, query); err != nil {
		return err
	}
	if t.follow {
		return t.print(cmd, c, query, printer)
	}
	return printLast(ctx, c, query, printer)
}

// begin is the moment of the first record.
func (t *tailCommand) begin(ctx context.Context, c *client.Client, query client.TailQuery) (time.Time, error) {
	now := t.now()
	if t.since != 0 {
		return now.Add(-time.Duration(t.since)), nil
	}
	if t.lines == 0 {
		return now, nil
	}
	begin := now
	n := 0
	last := client.Query{Stream: query.Stream, Keywords: query.Keywords, Labels: query.Labels, Descending: true, PageSize: min(t.lines, 1000)}
	for record, err := range c.Records.Query(ctx, last) {
		if err != nil {
			return begin, err
		}
		begin = time.Unix(0, record.LineNum)
		if n++; n == t.lines {
			break
		}
	}
	return begin, nil
}

// printLast prints what there is now.
func printLast(ctx context.Context, c *client.Client, query client.TailQuery, printer *recordPrinter) error {
	for record, err := range c.Records.Query(ctx, client.Query{
		Stream: query.Stream, From: query.From, Keywords: query.Keywords, Labels: query.Labels, Highlight: query.Highlight,
	}) {
		if err != nil {
			return err
		}
		if err := printer.print(record); err != nil {
			return err
		}
	}
	return printer.close()
}

// print prints what there is and what comes, until the context ends or the
// service says that it never will.
func (t *tailCommand) print(cmd *cobra.Command, c *client.Client, query client.TailQuery, printer *recordPrinter) error {
	failing := false
	for record, err := range c.Records.Tail(cmd.Context(), query) {
		switch {
		case err == nil:
			failing = false
			if err := errors.Join(printer.print(record), printer.out.Flush()); err != nil {
				return err
			}
		case cmd.Context().Err() != nil || !mayPass(err):
			return err
		case !failing:
			failing = true
			say(cmd.ErrOrStderr(), "lts: warning: %v; going on", hinted(err))
		}
	}
	return nil
}

// mayPass tells whether an error is one of those that go away by themselves: the
// service cannot be reached, is out of order or has too much to do.
func mayPass(err error) bool {
	if answer, ok := errors.AsType[*client.Error](err); ok {
		return answer.Status >= http.StatusInternalServerError || answer.Status == http.StatusTooManyRequests
	}
	return !errors.Is(err, client.ErrIncomplete) && !errors.Is(err, lts.ErrInvalidBody)
}
