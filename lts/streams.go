package lts

import (
	"context"
	"time"
)

// A Stream is a log stream.
type Stream struct {
	ID        string
	GroupID   string
	Name      string // unique in its group
	Alias     string
	TTLDays   int // 0 means the group's
	Tags      []Tag
	CreatedAt time.Time // in whole milliseconds
}

// A StreamSpec says what a new stream shall be. Its form has been checked
// against the document.
type StreamSpec struct {
	Name              string
	Alias             string
	TTLDays           int    // 0 means the group's
	EnterpriseProject string // for clients to send; a [Service] has none, and no answer shows it
	Tags              []Tag
}

// A StreamTx is the part of a transaction that concerns streams.
type StreamTx interface {
	Streams(groupID string) ([]Stream, error)
	Stream(groupID, id string) (stream Stream, ok bool, err error)
	StreamByName(groupID, name string) (stream Stream, ok bool, err error)
	CountStreams(groupID string) (int, error)
	InsertStream(Stream) error
	UpdateStream(Stream) error
	DeleteStream(groupID, id string) error
}

// CreateStream creates a stream in a group. It fails with [ErrGroupNotFound],
// with [ErrStreamExists] when the name is taken, with [ErrStreamQuota] when the
// group is full, and with [ErrCreateStreamFailed] when the stream cannot be
// stored.
func (s *Service) CreateStream(ctx context.Context, projectID, groupID string, spec StreamSpec) (Stream, error) {
	stream := Stream{
		ID:        s.newID(),
		GroupID:   groupID,
		Name:      spec.Name,
		Alias:     spec.Alias,
		TTLDays:   spec.TTLDays,
		Tags:      spec.Tags,
		CreatedAt: s.now().Truncate(time.Millisecond),
	}
	err := s.catalog.Update(ctx, projectID, func(tx CatalogTx) error {
		if _, err := findGroup(tx, groupID); err != nil {
			return err
		}
		if _, taken, err := tx.StreamByName(groupID, stream.Name); err != nil {
			return err
		} else if taken {
			return ErrStreamExists
		}
		if n, err := tx.CountStreams(groupID); err != nil {
			return err
		} else if n >= s.quotas.Streams {
			return ErrStreamQuota
		}
		return tx.InsertStream(stream)
	})
	if err != nil {
		return Stream{}, orFailure(err, errCreateStreamFailed)
	}
	return stream, nil
}

// Streams lists the streams of a group in the order of their creation, with
// the lifetime that holds for each. It fails with [ErrGroupNotFound].
func (s *Service) Streams(ctx context.Context, projectID, groupID string) ([]Stream, error) {
	var streams []Stream
	err := s.catalog.View(ctx, projectID, func(tx CatalogTx) error {
		group, err := findGroup(tx, groupID)
		if err != nil {
			return err
		}
		streams, err = streamsOf(tx, group)
		return err
	})
	return streams, orFailure(err, errListFailed)
}

// A StreamFilter chooses streams by exact names; empty names choose all.
type StreamFilter struct {
	GroupName  string
	StreamName string
}

// ProjectStreams lists the streams of all groups that a filter chooses.
func (s *Service) ProjectStreams(ctx context.Context, projectID string, filter StreamFilter) ([]Stream, error) {
	var chosen []Stream
	err := s.catalog.View(ctx, projectID, func(tx CatalogTx) error {
		groups, err := tx.Groups()
		if err != nil {
			return err
		}
		for _, group := range groups {
			if filter.GroupName != "" && filter.GroupName != group.Name {
				continue
			}
			streams, err := streamsOf(tx, group)
			if err != nil {
				return err
			}
			for _, stream := range streams {
				if filter.StreamName == "" || filter.StreamName == stream.Name {
					chosen = append(chosen, stream)
				}
			}
		}
		return nil
	})
	return chosen, orFailure(err, errListFailed)
}

// A StreamChange says what a stream shall become. Nil tags stay as they are.
type StreamChange struct {
	TTLDays int
	Tags    []Tag
}

// UpdateStream changes a stream and returns what it is now. It fails with
// [ErrGroupNotFound] and [ErrStreamNotFound].
func (s *Service) UpdateStream(ctx context.Context, projectID, groupID, id string, change StreamChange) (Stream, error) {
	var stream Stream
	err := s.catalog.Update(ctx, projectID, func(tx CatalogTx) (err error) {
		if stream, err = findStream(tx, groupID, id); err != nil {
			return err
		}
		stream.TTLDays = change.TTLDays
		if change.Tags != nil {
			stream.Tags = change.Tags
		}
		return tx.UpdateStream(stream)
	})
	if err != nil {
		return Stream{}, orFailure(err, errListFailed)
	}
	return stream, nil
}

// DeleteStream deletes a stream with its records. It fails with [ErrGroupNotFound],
// [ErrStreamNotFound], with [ErrStreamInTransfer] while a transfer reads the
// stream and, when it cannot be deleted, with [ErrDeleteStreamFailed].
func (s *Service) DeleteStream(ctx context.Context, projectID, groupID, id string) error {
	err := s.catalog.Update(ctx, projectID, func(tx CatalogTx) error {
		if _, err := findStream(tx, groupID, id); err != nil {
			return err
		}
		if err := streamIsFree(tx, id); err != nil {
			return err
		}
		return tx.DeleteStream(groupID, id)
	})
	if err != nil {
		return orFailure(err, errDeleteStreamFailed)
	}
	s.drop(ctx, id)
	return nil
}

// drop removes the records of a stream that has been deleted. From the moment at
// which the catalog no longer has it, it is gone for everybody, and asking again
// would not find it: so a failure is none of the deletion, and what it leaves is
// removed by [Service.Sweep].
func (s *Service) drop(ctx context.Context, id string) { _ = s.records.Drop(ctx, id) }

// streamsOf lists the streams of a group with the lifetime that holds for each.
func streamsOf(tx StreamTx, group Group) ([]Stream, error) {
	streams, err := tx.Streams(group.ID)
	for i := range streams {
		if streams[i].TTLDays == 0 {
			streams[i].TTLDays = group.TTLDays
		}
	}
	return streams, err
}

func findStream(tx CatalogTx, groupID, id string) (Stream, error) {
	if _, err := findGroup(tx, groupID); err != nil {
		return Stream{}, err
	}
	stream, ok, err := tx.Stream(groupID, id)
	if err == nil && !ok {
		err = ErrStreamNotFound
	}
	return stream, err
}
