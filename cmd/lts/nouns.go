package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/cmd/lts/internal/terminal"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi/suggest"
)

// newNoun is a command that has others, and does nothing by itself.
func newNoun(use, short string, verbs ...*cobra.Command) *cobra.Command {
	noun := &cobra.Command{Use: use, Short: short, RunE: helpOrUnknown}
	noun.AddCommand(verbs...)
	return noun
}

// helpOrUnknown helps with a command that does nothing by itself, and says which
// of those below it may have been meant by one that there is not.
func helpOrUnknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	var names []string
	for _, below := range cmd.Commands() {
		names = append(names, below.Name())
	}
	return fmt.Errorf("unknown command %q for %q%s", args[0], cmd.CommandPath(), suggest.DidYouMean(args[0], names))
}

// shows makes a command show the thing that it finds, makes or changes.
func shows[V view](s *session, cmd *cobra.Command, titles []string, one func(*cobra.Command, *client.Client, []string) (V, error)) *cobra.Command {
	var format string
	cmd.RunE = s.run(func(cmd *cobra.Command, c *client.Client, args []string) error {
		v, err := one(cmd, c, args)
		if err != nil {
			return err
		}
		return showOne(cmd.OutOrStdout(), format, titles, v)
	})
	addOutput(cmd, &format, outputOfThings)
	return cmd
}

// lists makes a command list things. Where there are none, it tells a person what
// makes one.
func lists[V view](s *session, cmd *cobra.Command, titles []string, first string, all func(*cobra.Command, *client.Client, []string) ([]V, error)) *cobra.Command {
	var format string
	cmd.RunE = s.run(func(cmd *cobra.Command, c *client.Client, args []string) error {
		views, err := all(cmd, c, args)
		if err != nil {
			return err
		}
		if len(views) == 0 {
			s.note(cmd, "there are none; %s makes one", first)
		}
		return showAll(cmd.OutOrStdout(), format, titles, views)
	})
	addOutput(cmd, &format, outputOfThings)
	return cmd
}

// deletes makes a command delete the things that its arguments name.
func deletes(s *session, cmd *cobra.Command, find func(ctx context.Context, c *client.Client, name string) (doomed, error)) *cobra.Command {
	var d deletion
	cmd.Aliases, cmd.Args = []string{"rm"}, takes(1, 0)
	cmd.RunE = s.run(func(cmd *cobra.Command, c *client.Client, args []string) error {
		var all []doomed
		for _, name := range args {
			one, err := find(cmd.Context(), c, name)
			if err != nil {
				return err
			}
			all = append(all, one)
		}
		return d.carryOut(s, cmd, all)
	})
	d.addFlags(cmd)
	return cmd
}

// A lifetime is the flags that change how long a group or a stream keeps records,
// and its tags.
type lifetime struct {
	ttl  int
	tags []string
}

func (l *lifetime) addFlags(cmd *cobra.Command) {
	cmd.Flags().IntVar(&l.ttl, "ttl", 0, "`days` that it keeps records")
	cmd.Flags().StringArrayVar(&l.tags, "tag", nil, "`key=value`, in place of the tags that it has; may be repeated")
	cmd.MarkFlagsOneRequired("ttl", "tag")
}

// change gives the days, which stay what they are where no flag says otherwise,
// and the tags.
func (l *lifetime) change(cmd *cobra.Command, ttl int) (int, []lts.Tag, error) {
	if cmd.Flags().Changed("ttl") {
		ttl = l.ttl
	}
	newTags, err := tags(l.tags)
	return ttl, newTags, err
}

// takes are the arguments of a command, least to most of them; 0 is any number.
func takes(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || most > 0 && len(args) > most {
			return fmt.Errorf("%s given; the usage is: %s", plural(len(args), "argument"), cmd.UseLine())
		}
		return nil
	}
}

// A deletion asks before it deletes more than one thing.
type deletion struct {
	yes    bool
	dryRun bool
}

func (d *deletion) addFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&d.yes, "yes", "y", false, "delete several things without asking")
	cmd.Flags().BoolVar(&d.dryRun, "dry-run", false, "say what would be deleted, and delete nothing")
}

// A doomed is a thing to be deleted.
type doomed struct {
	what   string // such as: stream web/access
	things int    // that go with it, itself included
	delete func() error
}

// carryOut deletes things, or says what it would delete.
func (d *deletion) carryOut(s *session, cmd *cobra.Command, all []doomed) error {
	things := 0
	for _, one := range all {
		things += one.things
		if d.dryRun {
			if _, err := fmt.Fprintf(cmd.OutOrStdout(), "would delete %s\n", terminal.Printable(one.what)); err != nil {
				return err
			}
		}
	}
	if d.dryRun {
		return nil
	}
	if things > 1 && !d.yes {
		if err := confirm(cmd, all); err != nil {
			return err
		}
	}
	for _, one := range all {
		if err := one.delete(); err != nil {
			return &worded{one.what + ": " + strings.TrimPrefix(err.Error(), "client: "), err}
		}
		s.note(cmd, "deleted %s", one.what)
	}
	return nil
}

func confirm(cmd *cobra.Command, all []doomed) error {
	whats := make([]string, len(all))
	for i, one := range all {
		whats[i] = one.what
	}
	list := strings.Join(whats, ", ")
	answer, err := terminal.Ask(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr(), "Delete "+list+"? [y/N] ")
	if errors.Is(err, terminal.ErrNobody) {
		return fmt.Errorf("this would delete %s, and nobody can be asked; --yes deletes without asking, --dry-run only looks", list)
	}
	if err != nil {
		return err
	}
	if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
		say(cmd.ErrOrStderr(), "lts: nothing was deleted")
		return errNo
	}
	return nil
}
