package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/cmd/lts/internal/profile"
)

// completionTime is how long the service may take to answer somebody who has
// pressed the tab key.
const completionTime = 3 * time.Second

// A lister lists what a word may become.
type lister func(ctx context.Context, c *client.Client, word string) ([]string, error)

// completeArgs completes at most so many arguments by asking the service; 0 is
// any number.
func (s *session) completeArgs(most int, list lister) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if most > 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return s.complete(cmd, list, word)
	}
}

func (s *session) complete(cmd *cobra.Command, list lister, word string) ([]string, cobra.ShellCompDirective) {
	c, err := profile.Connect(s.profile, append(s.options(cmd), client.WithRetry(client.RetryPolicy{Attempts: 1}))...)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	names, err := list(ctx, c, word)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	directive := cobra.ShellCompDirectiveNoFileComp
	if len(names) > 0 && strings.HasSuffix(names[0], "/") {
		directive |= cobra.ShellCompDirectiveNoSpace // the stream follows
	}
	return names, directive
}

func listGroupNames(ctx context.Context, c *client.Client, _ string) ([]string, error) {
	groups, err := c.Groups.List(ctx)
	names := make([]string, len(groups))
	for i, group := range groups {
		names[i] = group.Name
	}
	return names, err
}

// listStreamPaths lists the groups, each with a slash, until a word has one, and
// then the streams of that group.
func listStreamPaths(ctx context.Context, c *client.Client, word string) ([]string, error) {
	groupName, _, inGroup := strings.Cut(word, "/")
	if !inGroup {
		names, err := listGroupNames(ctx, c, word)
		for i := range names {
			names[i] += "/"
		}
		return names, err
	}
	group, err := findGroup(ctx, c, groupName)
	if err != nil {
		return nil, err
	}
	streams, err := c.Streams.List(ctx, group.ID)
	paths := make([]string, len(streams))
	for i, stream := range streams {
		paths[i] = groupName + "/" + stream.Name
	}
	return paths, err
}

func completeProfiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	file, err := profile.Load()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return file.Names(), cobra.ShellCompDirectiveNoFileComp
}
