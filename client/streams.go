package client

import (
	"cmp"
	"context"
	"time"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/lts"
)

// Streams are the log streams of the project.
type Streams struct{ *core }

// Create creates a stream in a group. The answer of the service has nothing but
// the ID, so that the stream is returned as it was asked for, without the time of
// its creation. It fails with [lts.ErrGroupNotFound], with [lts.ErrStreamExists]
// when the name is taken, with [lts.ErrStreamQuota] when the group is full, and
// with [lts.ErrInvalidBody] for a specification that breaks a rule.
func (s *Streams) Create(ctx context.Context, groupID string, spec lts.StreamSpec) (lts.Stream, error) {
	created, err := createdStream(s.lts.CreateLogStream(as(ctx, "CreateLogStream", 0), s.project, groupID, api.CreateLogStreamRequest{
		LogStreamName:         spec.Name,
		LogStreamNameAlias:    optional(spec.Alias),
		TTLInDays:             optional(int32(spec.TTLDays)),
		EnterpriseProjectName: optional(spec.EnterpriseProject),
		Tags:                  toTags(spec.Tags),
	}))
	if err != nil {
		return lts.Stream{}, err
	}
	return lts.Stream{
		ID: created.LogStreamID, GroupID: groupID, Name: spec.Name, Alias: spec.Alias, TTLDays: spec.TTLDays,
		Tags: spec.Tags,
	}, nil
}

var createdStream = decodeWith(func(a api.CreateLogStreamResponse) bool { return a.LogStreamID != "" }, "log_stream_id")

// List lists the streams of a group, with the lifetime that holds for each. It
// fails with [lts.ErrGroupNotFound].
func (s *Streams) List(ctx context.Context, groupID string) ([]lts.Stream, error) {
	answer, err := decode[api.ListLogStreamsResponse](s.lts.ListLogStreams(as(ctx, "ListLogStreams", repeatable), s.project, groupID))
	if err != nil {
		return nil, err
	}
	return fromStreams(answer, groupID), nil
}

// ListAll lists the streams of all groups that a filter chooses. GroupID is
// empty where a service does not say which group a stream is in.
func (s *Streams) ListAll(ctx context.Context, filter lts.StreamFilter) ([]lts.Stream, error) {
	answer, err := decode[api.ListLogStreamsResponse](s.lts.ListProjectLogStreams(
		as(ctx, "ListProjectLogStreams", repeatable), s.project, &api.ListProjectLogStreamsParams{
			LogGroupName:  optional(filter.GroupName),
			LogStreamName: optional(filter.StreamName),
		}))
	if err != nil {
		return nil, err
	}
	return fromStreams(answer, ""), nil
}

// ByName finds a stream by its name and that of its group. It fails with
// [lts.ErrGroupNotFound] and [lts.ErrStreamNotFound].
func (s *Streams) ByName(ctx context.Context, groupName, streamName string) (lts.Stream, error) {
	group, err := (&Groups{s.core}).ByName(ctx, groupName)
	if err != nil {
		return lts.Stream{}, err
	}
	streams, err := s.List(ctx, group.ID)
	if err != nil {
		return lts.Stream{}, err
	}
	for _, stream := range streams {
		if stream.Name == streamName {
			return stream, nil
		}
	}
	return lts.Stream{}, notListed("ListLogStreams", lts.ErrStreamNotFound, streamName)
}

// Update changes a stream and returns what the service says of it: ID, group,
// name, lifetime and creation. It fails with [lts.ErrGroupNotFound] and
// [lts.ErrStreamNotFound].
func (s *Streams) Update(ctx context.Context, groupID, id string, change lts.StreamChange) (lts.Stream, error) {
	answer, err := decode[api.UpdateLogStreamTTLResponse](s.lts.UpdateLogStreamTTLWithBody(
		as(ctx, "UpdateLogStreamTTL", repeatable), s.project, groupID, id, jsonType, lifetime(change.TTLDays, change.Tags)))
	if err != nil {
		return lts.Stream{}, err
	}
	return lts.Stream{
		ID: answer.LogTopicID, GroupID: groupID, Name: answer.LogTopicName, TTLDays: int(answer.TTLInDays),
		CreatedAt: time.UnixMilli(answer.CreationTime).UTC(),
	}, nil
}

// Delete deletes a stream with its records. It fails with
// [lts.ErrGroupNotFound], [lts.ErrStreamNotFound] and, while a transfer reads the
// stream, with [lts.ErrStreamInTransfer].
func (s *Streams) Delete(ctx context.Context, groupID, id string) error {
	return gone(s.lts.DeleteLogStream(as(ctx, "DeleteLogStream", repeatable), s.project, groupID, id))
}

func fromStreams(answer api.ListLogStreamsResponse, groupID string) []lts.Stream {
	streams := make([]lts.Stream, len(answer.LogStreams))
	for i, stream := range answer.LogStreams {
		streams[i] = lts.Stream{
			ID:        stream.LogStreamID,
			GroupID:   cmp.Or(deref(stream.LogGroupID), groupID),
			Name:      stream.LogStreamName,
			Alias:     deref(stream.LogStreamNameAlias),
			TTLDays:   int(deref(stream.TTLInDays)),
			Tags:      fromTagMap(stream.Tag),
			CreatedAt: time.UnixMilli(stream.CreationTime).UTC(),
		}
	}
	return streams
}
