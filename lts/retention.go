package lts

import (
	"context"
	"fmt"
)

// A StreamLister is an ability that [Records] may have: to say which streams it
// keeps something of.
type StreamLister interface {
	StreamIDs(ctx context.Context) ([]string, error)
}

// A Swept says what a sweep has done.
type Swept struct {
	Streams int // whose outlived records are gone
	Orphans int // streams that were gone from the catalog, dropped with their records
}

// Sweep removes what answers no longer show: the records of every project that
// have outlived the lifetime of their stream and, where the store of records is
// a [StreamLister], the streams that are no longer in the catalog (a crash
// or a full disk between the two steps of a deletion leaves them). What cannot be removed does
// not keep it from the rest.
func (s *Service) Sweep(ctx context.Context) (Swept, error) {
	// What is stored comes first: a stream that is created meanwhile is then
	// not taken for one that has been deleted.
	stored, err := s.storedStreams(ctx)
	if err != nil {
		return Swept{}, err
	}
	streams, err := s.allStreams(ctx)
	if err != nil {
		return Swept{}, err
	}
	var failed failures
	for _, stream := range streams {
		failed.note(s.records.DropBefore(ctx, stream.ID, s.kept(stream, Always).From))
	}
	uncut, gone := failed.number, orphans(stored, streams)
	for _, id := range gone {
		failed.note(s.records.Drop(ctx, id))
	}
	return Swept{
		Streams: len(streams) - uncut,
		Orphans: len(gone) - (failed.number - uncut),
	}, failed.err()
}

// failures keep the first of many errors, which are likely to be the same.
type failures struct {
	number int
	first  error
}

func (f *failures) note(err error) {
	if err == nil {
		return
	}
	if f.number++; f.number == 1 {
		f.first = err
	}
}

func (f *failures) err() error {
	if f.number == 0 {
		return nil
	}
	return fmt.Errorf("%d streams could not be swept, the first because: %w", f.number, f.first)
}

func (s *Service) storedStreams(ctx context.Context) ([]string, error) {
	lister, ok := s.records.(StreamLister)
	if !ok {
		return nil, nil
	}
	return lister.StreamIDs(ctx)
}

// allStreams lists the streams of all projects, with the lifetime that holds
// for each.
func (s *Service) allStreams(ctx context.Context) ([]Stream, error) {
	projects, err := s.catalog.Projects(ctx)
	if err != nil {
		return nil, err
	}
	var all []Stream
	for _, projectID := range projects {
		streams, err := s.ProjectStreams(ctx, projectID, StreamFilter{})
		if err != nil {
			return nil, err
		}
		all = append(all, streams...)
	}
	return all, nil
}

// orphans gives those of the stored streams that are not among the others.
func orphans(stored []string, streams []Stream) []string {
	known := make(map[string]bool, len(streams))
	for _, stream := range streams {
		known[stream.ID] = true
	}
	var gone []string
	for _, id := range stored {
		if !known[id] {
			gone = append(gone, id)
		}
	}
	return gone
}
