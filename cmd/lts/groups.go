package main

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
)

// defaultTTL is how many days a new group keeps records that is told nothing
// else. Every edition takes it.
const defaultTTL = 7

func newGroups(s *session) *cobra.Command {
	return newNoun("groups", "List, create, change and delete log groups",
		newGroupsList(s), newGroupsShow(s), newGroupsCreate(s), newGroupsUpdate(s), newGroupsDelete(s))
}

var groupTitles = []string{"NAME", "TTL", "CREATED", "ID"}

// A groupView is how a group is shown.
type groupView struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Alias     string            `json:"alias,omitempty"`
	TTLDays   int               `json:"ttl_days"`
	Tags      map[string]string `json:"tags,omitempty"`
	CreatedAt time.Time         `json:"created_at,omitzero"`
}

func viewGroup(g lts.Group) groupView {
	return groupView{g.ID, g.Name, g.Alias, g.TTLDays, tagMap(g.Tags), g.CreatedAt}
}

func (v groupView) id() string { return v.ID }

func (v groupView) cells() []string {
	return []string{v.Name, days(v.TTLDays), shown(v.CreatedAt), v.ID}
}

func days(n int) string { return strconv.Itoa(n) + "d" }

func newGroupsList(s *session) *cobra.Command {
	return lists(s, &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Args: cobra.NoArgs,
		Short:   "List the groups of the project",
		Example: "  lts groups list\n  lts groups list -o json",
	}, groupTitles, "lts groups create NAME", func(cmd *cobra.Command, c *client.Client, _ []string) (views []groupView, err error) {
		groups, err := c.Groups.List(cmd.Context())
		for _, group := range groups {
			views = append(views, viewGroup(group))
		}
		return views, err
	})
}

func newGroupsShow(s *session) *cobra.Command {
	return shows(s, &cobra.Command{
		Use: "show GROUP", Args: takes(1, 1), ValidArgsFunction: s.completeArgs(1, listGroupNames),
		Short:   "Show a group",
		Example: "  lts groups show web -o json",
	}, groupTitles, func(cmd *cobra.Command, c *client.Client, args []string) (groupView, error) {
		group, err := findGroup(cmd.Context(), c, args[0])
		return viewGroup(group), err
	})
}

func newGroupsCreate(s *session) *cobra.Command {
	var spec lts.GroupSpec
	var tagFlags []string
	cmd := shows(s, &cobra.Command{
		Use: "create NAME", Args: takes(1, 1), ValidArgsFunction: cobra.NoFileCompletions,
		Short:   "Create a group",
		Example: "  lts groups create web\n  lts groups create web --ttl 30 --tag team=shop",
	}, groupTitles, func(cmd *cobra.Command, c *client.Client, args []string) (view groupView, err error) {
		spec.Name = args[0]
		if spec.Tags, err = tags(tagFlags); err != nil {
			return view, err
		}
		group, err := c.Groups.Create(cmd.Context(), spec)
		if err != nil {
			return view, err
		}
		if listed, err := findGroup(cmd.Context(), c, group.ID); err == nil { // the answer has less than the list
			group = listed
		}
		s.note(cmd, "lts streams create %s/NAME makes a stream in it", group.Name)
		return viewGroup(group), nil
	})
	cmd.Flags().IntVar(&spec.TTLDays, "ttl", defaultTTL, "`days` that it keeps records")
	cmd.Flags().StringVar(&spec.Alias, "alias", "", "another name, for people")
	cmd.Flags().StringArrayVar(&tagFlags, "tag", nil, "`key=value`; may be repeated")
	return cmd
}

func newGroupsUpdate(s *session) *cobra.Command {
	var l lifetime
	cmd := shows(s, &cobra.Command{
		Use: "update GROUP", Args: takes(1, 1), ValidArgsFunction: s.completeArgs(1, listGroupNames),
		Short:   "Change how long a group keeps records, or its tags",
		Example: "  lts groups update web --ttl 30",
	}, groupTitles, func(cmd *cobra.Command, c *client.Client, args []string) (view groupView, err error) {
		group, err := findGroup(cmd.Context(), c, args[0])
		if err != nil {
			return view, err
		}
		var change lts.GroupChange
		if change.TTLDays, change.Tags, err = l.change(cmd, group.TTLDays); err != nil {
			return view, err
		}
		group, err = c.Groups.Update(cmd.Context(), group.ID, change)
		return viewGroup(group), err
	})
	l.addFlags(cmd)
	return cmd
}

func newGroupsDelete(s *session) *cobra.Command {
	return deletes(s, &cobra.Command{
		Use: "delete GROUP...", ValidArgsFunction: s.completeArgs(0, listGroupNames),
		Short: "Delete groups with their streams and records",
		Long: "Delete groups with their streams and their records. It asks first, unless it is a single group\n" +
			"without streams.",
		Example: "  lts groups delete web\n  lts groups delete web shop --yes",
	}, func(ctx context.Context, c *client.Client, name string) (doomed, error) {
		group, err := findGroup(ctx, c, name)
		if err != nil {
			return doomed{}, err
		}
		streams, err := c.Streams.List(ctx, group.ID)
		if err != nil {
			return doomed{}, err
		}
		what := "group " + group.Name
		if len(streams) > 0 {
			what += " with " + plural(len(streams), "stream")
		}
		return doomed{what: what, things: 1 + len(streams), delete: func() error { return c.Groups.Delete(ctx, group.ID) }}, nil
	})
}
