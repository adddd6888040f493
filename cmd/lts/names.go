package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi/suggest"
)

// findGroup finds a group by name or ID. A name goes before an ID.
func findGroup(ctx context.Context, c *client.Client, name string) (lts.Group, error) {
	groups, err := c.Groups.List(ctx)
	if err != nil {
		return lts.Group{}, err
	}
	names := make([]string, len(groups))
	for i, group := range groups {
		if names[i] = group.Name; group.Name == name {
			return group, nil
		}
	}
	for _, group := range groups {
		if group.ID == name {
			return group, nil
		}
	}
	return lts.Group{}, unknownName("group", name, names, "lts groups list")
}

// A place is a stream and its group.
type place struct {
	group  lts.Group
	stream lts.Stream
}

func (p place) String() string { return p.group.Name + "/" + p.stream.Name }

// findGroupOf finds the group of GROUP/STREAM, and gives what stands for the
// stream.
func findGroupOf(ctx context.Context, c *client.Client, path string) (group lts.Group, stream string, err error) {
	name, stream, err := splitPath(path)
	if err != nil {
		return lts.Group{}, "", err
	}
	group, err = findGroup(ctx, c, name)
	return group, stream, err
}

// findStream finds a stream by GROUP/STREAM, each a name or an ID.
func findStream(ctx context.Context, c *client.Client, path string) (place, error) {
	group, streamName, err := findGroupOf(ctx, c, path)
	if err != nil {
		return place{}, err
	}
	streams, err := c.Streams.List(ctx, group.ID)
	if err != nil {
		return place{}, err
	}
	names := make([]string, len(streams))
	for i, stream := range streams {
		if names[i] = stream.Name; stream.Name == streamName {
			return place{group, stream}, nil
		}
	}
	for _, stream := range streams {
		if stream.ID == streamName {
			return place{group, stream}, nil
		}
	}
	return place{}, unknownName("stream", streamName, names, "lts streams list "+group.Name)
}

func splitPath(path string) (group, stream string, err error) {
	group, stream, ok := strings.Cut(path, "/")
	if !ok || group == "" || stream == "" {
		return "", "", fmt.Errorf("%q is not GROUP/STREAM, such as web/access", path)
	}
	return group, stream, nil
}

// unknownName says that nothing has a name, which one may have been meant, or else
// how to see those that there are.
func unknownName(what, name string, names []string, list string) error {
	meant := suggest.DidYouMean(name, names)
	if meant == "" {
		meant = "; " + list + " shows those that there are"
	}
	return fmt.Errorf("there is no %s %q%s", what, name, meant)
}

// pairs reads the values of a flag of the form key=value.
func pairs(flag string, values []string) (map[string]string, error) {
	read := make(map[string]string, len(values))
	for _, value := range values {
		key, text, ok := strings.Cut(value, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("--%s: %q is not key=value", flag, value)
		}
		if _, again := read[key]; again {
			return nil, fmt.Errorf("--%s: %q is given twice", flag, key)
		}
		read[key] = text
	}
	return read, nil
}

// tags reads the values of --tag, in their order.
func tags(values []string) ([]lts.Tag, error) {
	if _, err := pairs("tag", values); err != nil {
		return nil, err
	}
	var read []lts.Tag
	for _, value := range values {
		key, text, _ := strings.Cut(value, "=")
		read = append(read, lts.Tag{Key: key, Value: text})
	}
	return read, nil
}

func tagMap(tags []lts.Tag) map[string]string {
	shown := make(map[string]string, len(tags))
	for _, tag := range tags {
		shown[tag.Key] = tag.Value
	}
	return shown
}
