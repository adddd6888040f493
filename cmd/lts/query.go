package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/client"
)

// defaultSpan is how far a query looks back that is told nothing else.
const defaultSpan = time.Hour

// A search is the flags that say which records are wanted, and how they look.
type search struct {
	appearance

	labels    []string
	highlight bool
}

func (q *search) addFlags(cmd *cobra.Command) {
	q.appearance.addFlags(cmd)
	cmd.Flags().StringArrayVarP(&q.labels, "label", "l", nil, "only records with this label, `key=value`; may be repeated")
	cmd.Flags().BoolVar(&q.highlight, "highlight", true, "show the words found in colour, where there are colours")
}

type queryCommand struct {
	*session
	search
	timeRange
	descending, count bool
	limit             int
}

func newQuery(s *session) *cobra.Command {
	q := &queryCommand{session: s}
	cmd := &cobra.Command{
		Use: "query GROUP/STREAM [KEYWORDS...]", Args: takes(1, 0), ValidArgsFunction: s.completeArgs(1, listStreamPaths),
		Short: "Find records of a stream",
		Long: "Find the records of a stream that have all keywords, the oldest first, of the last hour unless\n" +
			"--since, --from or --to say otherwise. Keywords take AND, OR and NOT, * at the end of a word, and\n" +
			"\"phrases in quotation marks\".",
		Example: "  lts query web/access\n" +
			"  lts query web/access error --since 7d\n" +
			"  lts query web/access 'GET AND NOT 200' --label host=a --desc --limit 20\n" +
			"  lts query web/access --from '2026-11-22 13:00' --to '2026-11-22 14:00' -o jsonl\n" +
			"  lts query web/access login --count",
		RunE: s.run(q.run),
	}
	q.timeRange.addFlags(cmd.Flags())
	q.search.addFlags(cmd)
	cmd.Flags().BoolVar(&q.descending, "desc", false, "the newest first")
	cmd.Flags().IntVarP(&q.limit, "limit", "n", 0, "at most this `number` of records; 0: all")
	cmd.Flags().BoolVar(&q.count, "count", false, "print nothing but how many records there are")
	cmd.MarkFlagsMutuallyExclusive("since", "from")
	cmd.MarkFlagsMutuallyExclusive("count", "limit")
	cmd.MarkFlagsMutuallyExclusive("count", "output")
	cmd.MarkFlagsMutuallyExclusive("count", "desc")
	return cmd
}

func (q *queryCommand) run(cmd *cobra.Command, c *client.Client, args []string) error {
	if q.limit < 0 {
		return fmt.Errorf("--limit: %d is less than 0", q.limit)
	}
	labels, err := pairs("label", q.labels)
	if err != nil {
		return err
	}
	from, to, err := q.times(q.now(), defaultSpan)
	if err != nil {
		return err
	}
	p, err := findStream(cmd.Context(), c, args[0])
	if err != nil {
		return err
	}
	printer := q.printer(cmd.OutOrStdout())
	query := client.Query{
		Stream: p.stream, From: from, To: to, Keywords: strings.Join(args[1:], " "), Labels: labels, Descending: q.descending,
		Highlight: q.highlight && printer.marks(), PageSize: min(q.limit, 1000),
	}
	if q.count {
		return printCount(cmd, c, query)
	}
	err = q.printAll(cmd, c, query, printer)
	if err == nil && printer.written == 0 {
		q.note(cmd, "%s", q.nothing(from))
	}
	return err
}

func printCount(cmd *cobra.Command, c *client.Client, query client.Query) error {
	n, err := c.Records.Count(cmd.Context(), query)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), n)
	return err
}

func (q *queryCommand) printAll(cmd *cobra.Command, c *client.Client, query client.Query, printer *recordPrinter) error {
	for record, err := range c.Records.Query(cmd.Context(), query) {
		if err != nil {
			_ = printer.out.Flush() // what came before it; the error counts
			return err
		}
		if err := printer.print(record); err != nil {
			return err
		}
		if printer.written == q.limit {
			break
		}
	}
	return printer.close()
}
