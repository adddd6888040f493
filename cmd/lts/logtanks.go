package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
)

func newLogtanks(s *session) *cobra.Command {
	return newNoun("logtanks", "List, create, change and delete logtanks of Global Accelerator",
		newLogtanksList(s), newLogtanksShow(s), newLogtanksCreate(s), newLogtanksUpdate(s), newLogtanksDelete(s))
}

var logtankTitles = []string{"RESOURCE", "GROUP ID", "STREAM ID", "STATUS", "ID"}

// A logtankView is how a logtank is shown.
type logtankView struct {
	ID           string    `json:"id"`
	ResourceType string    `json:"resource_type"`
	ResourceID   string    `json:"resource_id"`
	GroupID      string    `json:"group_id"`
	StreamID     string    `json:"stream_id"`
	Status       string    `json:"status"`
	CreatedAt    time.Time `json:"created_at,omitzero"`
	UpdatedAt    time.Time `json:"updated_at,omitzero"`
}

func viewLogtank(l client.Logtank) logtankView {
	return logtankView{l.ID, l.ResourceType, l.ResourceID, l.GroupID, l.StreamID, string(l.Status), l.CreatedAt, l.UpdatedAt}
}

func (v logtankView) id() string { return v.ID }

func (v logtankView) cells() []string {
	return []string{v.ResourceType + " " + v.ResourceID, v.GroupID, v.StreamID, v.Status, v.ID}
}

func newLogtanksList(s *session) *cobra.Command {
	return lists(s, &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Args: cobra.NoArgs,
		Short: "List the logtanks of the project",
	}, logtankTitles, "lts logtanks create GROUP/STREAM --resource ID", func(cmd *cobra.Command, c *client.Client, _ []string) (views []logtankView, err error) {
		for logtank, err := range c.Logtanks.All(cmd.Context()) {
			if err != nil {
				return nil, err
			}
			views = append(views, viewLogtank(logtank))
		}
		return views, nil
	})
}

func listLogtankIDs(ctx context.Context, c *client.Client, _ string) ([]string, error) {
	var ids []string
	for logtank, err := range c.Logtanks.All(ctx) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, cobra.CompletionWithDesc(logtank.ID, logtank.ResourceType+" "+logtank.ResourceID))
	}
	return ids, nil
}

func newLogtanksShow(s *session) *cobra.Command {
	return shows(s, &cobra.Command{
		Use: "show ID", Args: takes(1, 1), ValidArgsFunction: s.completeArgs(1, listLogtankIDs),
		Short: "Show a logtank",
	}, logtankTitles, func(cmd *cobra.Command, c *client.Client, args []string) (logtankView, error) {
		logtank, err := c.Logtanks.Get(cmd.Context(), args[0])
		return viewLogtank(logtank), err
	})
}

// logtankPoll is how often the service is asked whether a logtank is active.
const logtankPoll = 500 * time.Millisecond

func newLogtanksCreate(s *session) *cobra.Command {
	var wait bool
	spec := lts.LogtankSpec{ResourceType: "LISTENER"}
	cmd := shows(s, &cobra.Command{
		Use: "create GROUP/STREAM", Args: takes(1, 1), ValidArgsFunction: s.completeArgs(1, listStreamPaths),
		Short:   "Send the access log of a listener to a stream",
		Example: "  lts logtanks create web/access --resource 3b1d2f4a-5c6e-4f70-8192-a3b4c5d6e7f8 --wait",
	}, logtankTitles, func(cmd *cobra.Command, c *client.Client, args []string) (view logtankView, err error) {
		p, err := findStream(cmd.Context(), c, args[0])
		if err != nil {
			return view, err
		}
		spec.GroupID, spec.StreamID = p.group.ID, p.stream.ID
		logtank, err := c.Logtanks.Create(cmd.Context(), spec)
		if err == nil && wait {
			logtank, err = c.Logtanks.Wait(cmd.Context(), logtank.ID, logtankPoll)
		}
		return viewLogtank(logtank), err
	})
	cmd.Flags().StringVar(&spec.ResourceID, "resource", "", "`ID` of the listener")
	cmd.Flags().StringVar(&spec.ResourceType, "resource-type", spec.ResourceType, "`type` of the resource")
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until it is active")
	_ = cmd.MarkFlagRequired("resource") // fails for unknown flags only
	return cmd
}

func newLogtanksUpdate(s *session) *cobra.Command {
	return shows(s, &cobra.Command{
		Use: "update ID GROUP/STREAM", Args: takes(2, 2), ValidArgsFunction: s.completeLogtankUpdate,
		Short: "Let a logtank send to another stream",
	}, logtankTitles, func(cmd *cobra.Command, c *client.Client, args []string) (view logtankView, err error) {
		p, err := findStream(cmd.Context(), c, args[1])
		if err != nil {
			return view, err
		}
		logtank, err := c.Logtanks.Update(cmd.Context(), args[0], p.group.ID, p.stream.ID)
		return viewLogtank(logtank), err
	})
}

func (s *session) completeLogtankUpdate(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	list := listLogtankIDs
	if len(args) > 0 {
		list = listStreamPaths
	}
	return s.completeArgs(2, list)(cmd, args, word)
}

func newLogtanksDelete(s *session) *cobra.Command {
	return deletes(s, &cobra.Command{
		Use: "delete ID...", ValidArgsFunction: s.completeArgs(0, listLogtankIDs),
		Short: "Delete logtanks",
		Long:  "Delete logtanks. It asks first when there are several.",
	}, func(ctx context.Context, c *client.Client, id string) (doomed, error) {
		logtank, err := c.Logtanks.Get(ctx, id)
		what := "logtank " + id + " of " + logtank.ResourceType + " " + logtank.ResourceID
		return doomed{what: what, things: 1, delete: func() error { return c.Logtanks.Delete(ctx, id) }}, err
	})
}
