package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
)

func newStreams(s *session) *cobra.Command {
	return newNoun("streams", "List, create, change and delete log streams",
		newStreamsList(s), newStreamsShow(s), newStreamsCreate(s), newStreamsUpdate(s), newStreamsDelete(s))
}

var streamTitles = []string{"STREAM", "TTL", "CREATED", "ID"}

// A streamView is how a stream is shown.
type streamView struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	GroupID   string            `json:"group_id"`
	GroupName string            `json:"group_name"`
	Alias     string            `json:"alias,omitempty"`
	TTLDays   int               `json:"ttl_days"`
	Tags      map[string]string `json:"tags,omitempty"`
	CreatedAt time.Time         `json:"created_at,omitzero"`
}

func viewStream(p place) streamView {
	stream := p.stream
	return streamView{
		stream.ID, stream.Name, p.group.ID, p.group.Name, stream.Alias, stream.TTLDays, tagMap(stream.Tags), stream.CreatedAt,
	}
}

func (v streamView) id() string { return v.ID }

func (v streamView) cells() []string {
	return []string{v.GroupName + "/" + v.Name, days(v.TTLDays), shown(v.CreatedAt), v.ID}
}

func newStreamsList(s *session) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "list [GROUP]", Aliases: []string{"ls"}, Args: takes(0, 1), ValidArgsFunction: s.completeArgs(1, listGroupNames),
		Short:   "List the streams of a group, or of all groups",
		Example: "  lts streams list\n  lts streams list web -o json",
		RunE: s.run(func(cmd *cobra.Command, c *client.Client, args []string) error {
			groups, err := chosenGroups(cmd.Context(), c, args)
			if err != nil {
				return err
			}
			var views []streamView
			for _, group := range groups {
				streams, err := c.Streams.List(cmd.Context(), group.ID)
				if err != nil {
					return err
				}
				for _, stream := range streams {
					views = append(views, viewStream(place{group, stream}))
				}
			}
			return showAll(cmd.OutOrStdout(), format, streamTitles, views)
		}),
	}
	addOutput(cmd, &format, outputOfThings)
	return cmd
}

func chosenGroups(ctx context.Context, c *client.Client, args []string) ([]lts.Group, error) {
	if len(args) == 0 {
		return c.Groups.List(ctx)
	}
	group, err := findGroup(ctx, c, args[0])
	return []lts.Group{group}, err
}

func newStreamsShow(s *session) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "show GROUP/STREAM", Args: takes(1, 1), ValidArgsFunction: s.completeArgs(1, listStreamPaths),
		Short:   "Show a stream",
		Example: "  lts streams show web/access -o json",
		RunE: s.run(func(cmd *cobra.Command, c *client.Client, args []string) error {
			p, err := findStream(cmd.Context(), c, args[0])
			if err != nil {
				return err
			}
			return showOne(cmd.OutOrStdout(), format, streamTitles, viewStream(p))
		}),
	}
	addOutput(cmd, &format, outputOfThings)
	return cmd
}

func newStreamsCreate(s *session) *cobra.Command {
	var format string
	var spec lts.StreamSpec
	var tagFlags []string
	cmd := &cobra.Command{
		Use: "create GROUP/NAME", Args: takes(1, 1),
		Short:             "Create a stream in a group",
		Example:           "  lts streams create web/access\n  lts streams create web/access --ttl 3",
		ValidArgsFunction: s.completeArgs(1, listGroupsOfNewStream),
		RunE: s.run(func(cmd *cobra.Command, c *client.Client, args []string) error {
			groupName, streamName, err := splitPath(args[0])
			if err != nil {
				return err
			}
			if spec.Tags, err = tags(tagFlags); err != nil {
				return err
			}
			group, err := findGroup(cmd.Context(), c, groupName)
			if err != nil {
				return err
			}
			spec.Name = streamName
			stream, err := c.Streams.Create(cmd.Context(), group.ID, spec)
			if err != nil {
				return err
			}
			if stream.TTLDays == 0 {
				stream.TTLDays = group.TTLDays
			}
			p := place{group, stream}
			s.note(cmd, "lts write %s FILE writes lines to it", p)
			return showOne(cmd.OutOrStdout(), format, streamTitles, viewStream(p))
		}),
	}
	cmd.Flags().IntVar(&spec.TTLDays, "ttl", 0, "`days` that it keeps records; default as many as the group")
	cmd.Flags().StringVar(&spec.Alias, "alias", "", "another name, for people")
	cmd.Flags().StringVar(&spec.EnterpriseProject, "enterprise-project", "", "`name` of its enterprise project")
	cmd.Flags().StringArrayVar(&tagFlags, "tag", nil, "`key=value`; may be repeated")
	addOutput(cmd, &format, outputOfThings)
	return cmd
}

// listGroupsOfNewStream completes the group; the name of the stream is a new one.
func listGroupsOfNewStream(ctx context.Context, c *client.Client, word string) ([]string, error) {
	if strings.Contains(word, "/") {
		return nil, nil
	}
	return listStreamPaths(ctx, c, word)
}

func newStreamsUpdate(s *session) *cobra.Command {
	var format string
	var ttl int
	var tagFlags []string
	cmd := &cobra.Command{
		Use: "update GROUP/STREAM", Args: takes(1, 1), ValidArgsFunction: s.completeArgs(1, listStreamPaths),
		Short:   "Change how long a stream keeps records, or its tags",
		Example: "  lts streams update web/access --ttl 14",
		RunE: s.run(func(cmd *cobra.Command, c *client.Client, args []string) error {
			newTags, err := tags(tagFlags)
			if err != nil {
				return err
			}
			p, err := findStream(cmd.Context(), c, args[0])
			if err != nil {
				return err
			}
			change := lts.StreamChange{TTLDays: p.stream.TTLDays, Tags: newTags}
			if cmd.Flags().Changed("ttl") {
				change.TTLDays = ttl
			}
			if _, err = c.Streams.Update(cmd.Context(), p.group.ID, p.stream.ID, change); err != nil {
				return err
			}
			if p, err = findStream(cmd.Context(), c, args[0]); err != nil { // the answer has less than the list
				return err
			}
			return showOne(cmd.OutOrStdout(), format, streamTitles, viewStream(p))
		}),
	}
	cmd.Flags().IntVar(&ttl, "ttl", 0, "`days` that it keeps records")
	cmd.Flags().StringArrayVar(&tagFlags, "tag", nil, "`key=value`, in place of the tags that it has; may be repeated")
	cmd.MarkFlagsOneRequired("ttl", "tag")
	addOutput(cmd, &format, outputOfThings)
	return cmd
}

func newStreamsDelete(s *session) *cobra.Command {
	var d deletion
	cmd := &cobra.Command{
		Use: "delete GROUP/STREAM...", Aliases: []string{"rm"}, Args: takes(1, 0), ValidArgsFunction: s.completeArgs(0, listStreamPaths),
		Short:   "Delete streams with their records",
		Long:    "Delete streams with their records. It asks first when there are several.",
		Example: "  lts streams delete web/access\n  lts streams delete web/access web/error --yes",
		RunE: s.run(func(cmd *cobra.Command, c *client.Client, args []string) error {
			ctx := cmd.Context()
			var all []doomed
			for _, path := range args {
				p, err := findStream(ctx, c, path)
				if err != nil {
					return err
				}
				all = append(all, doomed{what: "stream " + p.String(), things: 1, delete: func() error {
					return c.Streams.Delete(ctx, p.group.ID, p.stream.ID)
				}})
			}
			return d.carryOut(s, cmd, all)
		}),
	}
	d.addFlags(cmd)
	return cmd
}
