package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/client"
)

// mostAround is how many records the service gives on each side.
const mostAround = 500

type contextCommand struct {
	*session
	appearance
	before, after int
}

func newContext(s *session) *cobra.Command {
	k := &contextCommand{session: s}
	cmd := &cobra.Command{
		Use: "context GROUP/STREAM LINE_NUM", Args: takes(2, 2), ValidArgsFunction: s.completeArgs(1, listStreamPaths),
		Short: "Show the records around one",
		Long: "Show the record of a line number with those before and after it in the stream, whatever they say.\n" +
			"lts query --line-num shows the numbers of the records that it finds.",
		Example: "  lts query web/access error --line-num\n" +
			"  lts context web/access 1763823600000000000\n" +
			"  lts context web/access 1763823600000000000 --before 50 --after 0 -o raw",
		RunE: s.run(k.run),
	}
	cmd.Flags().IntVarP(&k.before, "before", "B", 10, "`number` of records before it, at most 500")
	cmd.Flags().IntVarP(&k.after, "after", "A", 10, "`number` of records after it, at most 500")
	k.appearance.addFlags(cmd)
	return cmd
}

func (k *contextCommand) run(cmd *cobra.Command, c *client.Client, args []string) error {
	lineNum, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil || lineNum <= 0 {
		return fmt.Errorf("%q is no line number; lts query --line-num shows those of the records that it finds", args[1])
	}
	if err := errors.Join(checkAround("before", k.before), checkAround("after", k.after)); err != nil {
		return err
	}
	p, err := findStream(cmd.Context(), c, args[0])
	if err != nil {
		return err
	}
	around, err := c.Records.Context(cmd.Context(), p.stream, lineNum, k.before, k.after)
	if err != nil {
		return err
	}
	printer := k.printer(cmd.OutOrStdout())
	printer.sought = lineNum
	for _, record := range around.Records {
		if err := printer.print(record); err != nil {
			return err
		}
	}
	if printer.written == 0 {
		k.note(cmd, "%s has no record %d", p, lineNum)
	}
	return printer.close()
}

func checkAround(flag string, number int) error {
	if number < 0 || number > mostAround {
		return fmt.Errorf("--%s: %d is not between 0 and %d", flag, number, mostAround)
	}
	return nil
}
