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
	return lists(s, &cobra.Command{
		Use: "list [GROUP]", Aliases: []string{"ls"}, Args: takes(0, 1), ValidArgsFunction: s.completeArgs(1, listGroupNames),
		Short:   "List the streams of a group, or of all groups",
		Example: "  lts streams list\n  lts streams list web -o json",
	}, streamTitles, "lts streams create GROUP/NAME", func(cmd *cobra.Command, c *client.Client, args []string) (views []streamView, err error) {
		groups, err := chosenGroups(cmd.Context(), c, args)
		if err != nil {
			return nil, err
		}
		for _, group := range groups {
			streams, err := c.Streams.List(cmd.Context(), group.ID)
			if err != nil {
				return nil, err
			}
			for _, stream := range streams {
				views = append(views, viewStream(place{group, stream}))
			}
		}
		return views, nil
	})
}

func chosenGroups(ctx context.Context, c *client.Client, args []string) ([]lts.Group, error) {
	if len(args) == 0 {
		return c.Groups.List(ctx)
	}
	group, err := findGroup(ctx, c, args[0])
	return []lts.Group{group}, err
}

func newStreamsShow(s *session) *cobra.Command {
	return shows(s, &cobra.Command{
		Use: "show GROUP/STREAM", Args: takes(1, 1), ValidArgsFunction: s.completeArgs(1, listStreamPaths),
		Short:   "Show a stream",
		Example: "  lts streams show web/access -o json",
	}, streamTitles, func(cmd *cobra.Command, c *client.Client, args []string) (streamView, error) {
		p, err := findStream(cmd.Context(), c, args[0])
		return viewStream(p), err
	})
}

func newStreamsCreate(s *session) *cobra.Command {
	var spec lts.StreamSpec
	var tagFlags []string
	cmd := shows(s, &cobra.Command{
		Use: "create GROUP/NAME", Args: takes(1, 1), ValidArgsFunction: s.completeArgs(1, listGroupsOfNewStream),
		Short:   "Create a stream in a group",
		Example: "  lts streams create web/access\n  lts streams create web/access --ttl 3",
	}, streamTitles, func(cmd *cobra.Command, c *client.Client, args []string) (view streamView, err error) {
		if spec.Tags, err = tags(tagFlags); err != nil {
			return view, err
		}
		p, err := createStream(cmd.Context(), c, args[0], spec)
		if err != nil {
			return view, err
		}
		s.note(cmd, "lts write %s FILE writes lines to it", p)
		return viewStream(p), nil
	})
	cmd.Flags().IntVar(&spec.TTLDays, "ttl", 0, "`days` that it keeps records; default as many as the group")
	cmd.Flags().StringVar(&spec.Alias, "alias", "", "another name, for people")
	cmd.Flags().StringVar(&spec.EnterpriseProject, "enterprise-project", "", "`name` of its enterprise project")
	cmd.Flags().StringArrayVar(&tagFlags, "tag", nil, "`key=value`; may be repeated")
	return cmd
}

// createStream creates a stream GROUP/NAME, and gives it as the list has it, which
// says more than the answer.
func createStream(ctx context.Context, c *client.Client, path string, spec lts.StreamSpec) (place, error) {
	group, name, err := findGroupOf(ctx, c, path)
	if err != nil {
		return place{}, err
	}
	spec.Name = name
	stream, err := c.Streams.Create(ctx, group.ID, spec)
	if err != nil {
		return place{}, err
	}
	if listed, err := findStream(ctx, c, group.ID+"/"+stream.ID); err == nil {
		return listed, nil
	}
	if stream.TTLDays == 0 {
		stream.TTLDays = group.TTLDays
	}
	return place{group, stream}, nil
}

// listGroupsOfNewStream completes the group; the name of the stream is a new one.
func listGroupsOfNewStream(ctx context.Context, c *client.Client, word string) ([]string, error) {
	if strings.Contains(word, "/") {
		return nil, nil
	}
	return listStreamPaths(ctx, c, word)
}

func newStreamsUpdate(s *session) *cobra.Command {
	var l lifetime
	cmd := shows(s, &cobra.Command{
		Use: "update GROUP/STREAM", Args: takes(1, 1), ValidArgsFunction: s.completeArgs(1, listStreamPaths),
		Short:   "Change how long a stream keeps records, or its tags",
		Example: "  lts streams update web/access --ttl 14",
	}, streamTitles, func(cmd *cobra.Command, c *client.Client, args []string) (view streamView, err error) {
		p, err := findStream(cmd.Context(), c, args[0])
		if err != nil {
			return view, err
		}
		var change lts.StreamChange
		if change.TTLDays, change.Tags, err = l.change(cmd, p.stream.TTLDays); err != nil {
			return view, err
		}
		if _, err = c.Streams.Update(cmd.Context(), p.group.ID, p.stream.ID, change); err != nil {
			return view, err
		}
		p, err = findStream(cmd.Context(), c, args[0]) // the answer has less than the list
		return viewStream(p), err
	})
	l.addFlags(cmd)
	return cmd
}

func newStreamsDelete(s *session) *cobra.Command {
	return deletes(s, &cobra.Command{
		Use: "delete GROUP/STREAM...", ValidArgsFunction: s.completeArgs(0, listStreamPaths),
		Short:   "Delete streams with their records",
		Long:    "Delete streams with their records. It asks first when there are several.",
		Example: "  lts streams delete web/access\n  lts streams delete web/access web/error --yes",
	}, func(ctx context.Context, c *client.Client, path string) (doomed, error) {
		p, err := findStream(ctx, c, path)
		return doomed{what: "stream " + p.String(), things: 1, delete: func() error {
			return c.Streams.Delete(ctx, p.group.ID, p.stream.ID)
		}}, err
	})
}
