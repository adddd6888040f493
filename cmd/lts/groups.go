package main

import (
	"fmt"
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
	var format string
	cmd := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Args: cobra.NoArgs,
		Short:   "List the groups of the project",
		Example: "  lts groups list\n  lts groups list -o json",
		RunE: s.run(func(cmd *cobra.Command, c *client.Client, _ []string) error {
			groups, err := c.Groups.List(cmd.Context())
			if err != nil {
				return err
			}
			var views []groupView
			for _, group := range groups {
				views = append(views, viewGroup(group))
			}
			return showAll(cmd.OutOrStdout(), format, groupTitles, views)
		}),
	}
	addOutput(cmd, &format, outputOfThings)
	return cmd
}

func newGroupsShow(s *session) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "show GROUP", Args: takes(1, 1), ValidArgsFunction: s.completeArgs(1, listGroupNames),
		Short:   "Show a group",
		Example: "  lts groups show web -o json",
		RunE: s.run(func(cmd *cobra.Command, c *client.Client, args []string) error {
			group, err := findGroup(cmd.Context(), c, args[0])
			if err != nil {
				return err
			}
			return showOne(cmd.OutOrStdout(), format, groupTitles, viewGroup(group))
		}),
	}
	addOutput(cmd, &format, outputOfThings)
	return cmd
}

func newGroupsCreate(s *session) *cobra.Command {
	var format string
	var spec lts.GroupSpec
	var tagFlags []string
	cmd := &cobra.Command{
		Use: "create NAME", Args: takes(1, 1), ValidArgsFunction: cobra.NoFileCompletions,
		Short:   "Create a group",
		Example: "  lts groups create web\n  lts groups create web --ttl 30 --tag team=shop",
		RunE: s.run(func(cmd *cobra.Command, c *client.Client, args []string) (err error) {
			spec.Name = args[0]
			if spec.Tags, err = tags(tagFlags); err != nil {
				return err
			}
			group, err := c.Groups.Create(cmd.Context(), spec)
			if err != nil {
				return err
			}
			s.note(cmd, "lts streams create %s/NAME makes a stream in it", group.Name)
			return showOne(cmd.OutOrStdout(), format, groupTitles, viewGroup(group))
		}),
	}
	cmd.Flags().IntVar(&spec.TTLDays, "ttl", defaultTTL, "`days` that it keeps records")
	cmd.Flags().StringVar(&spec.Alias, "alias", "", "another name, for people")
	cmd.Flags().StringArrayVar(&tagFlags, "tag", nil, "`key=value`; may be repeated")
	addOutput(cmd, &format, outputOfThings)
	return cmd
}

func newGroupsUpdate(s *session) *cobra.Command {
	var format string
	var ttl int
	var tagFlags []string
	cmd := &cobra.Command{
		Use: "update GROUP", Args: takes(1, 1), ValidArgsFunction: s.completeArgs(1, listGroupNames),
		Short:   "Change how long a group keeps records, or its tags",
		Example: "  lts groups update web --ttl 30",
		RunE: s.run(func(cmd *cobra.Command, c *client.Client, args []string) error {
			newTags, err := tags(tagFlags)
			if err != nil {
				return err
			}
			group, err := findGroup(cmd.Context(), c, args[0])
			if err != nil {
				return err
			}
			change := lts.GroupChange{TTLDays: group.TTLDays, Tags: newTags}
			if cmd.Flags().Changed("ttl") {
				change.TTLDays = ttl
			}
			if group, err = c.Groups.Update(cmd.Context(), group.ID, change); err != nil {
				return err
			}
			return showOne(cmd.OutOrStdout(), format, groupTitles, viewGroup(group))
		}),
	}
	cmd.Flags().IntVar(&ttl, "ttl", 0, "`days` that it keeps records")
	cmd.Flags().StringArrayVar(&tagFlags, "tag", nil, "`key=value`, in place of the tags that it has; may be repeated")
	cmd.MarkFlagsOneRequired("ttl", "tag")
	addOutput(cmd, &format, outputOfThings)
	return cmd
}

func newGroupsDelete(s *session) *cobra.Command {
	var d deletion
	cmd := &cobra.Command{
		Use: "delete GROUP...", Aliases: []string{"rm"}, Args: takes(1, 0), ValidArgsFunction: s.completeArgs(0, listGroupNames),
		Short: "Delete groups with their streams and records",
		Long: "Delete groups with their streams and their records. It asks first, unless it is a single group\n" +
			"without streams.",
		Example: "  lts groups delete web\n  lts groups delete web shop --yes",
		RunE: s.run(func(cmd *cobra.Command, c *client.Client, args []string) error {
			ctx := cmd.Context()
			var all []doomed
			for _, name := range args {
				group, err := findGroup(ctx, c, name)
				if err != nil {
					return err
				}
				streams, err := c.Streams.List(ctx, group.ID)
				if err != nil {
					return err
				}
				all = append(all, doomed{
					what: fmt.Sprintf("group %s with %s", group.Name, plural(len(streams), "stream")), things: 1 + len(streams),
					delete: func() error { return c.Groups.Delete(ctx, group.ID) },
				})
			}
			return d.carryOut(s, cmd, all)
		}),
	}
	d.addFlags(cmd)
	return cmd
}
