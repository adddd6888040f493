package lts_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/catalog"
	"github.com/ltskit/ltskit/store/fault"
	"github.com/ltskit/ltskit/store/records/recordstest"
)

func TestQuotas(t *testing.T) {
	for _, tt := range []struct {
		name            string
		quotas          lts.Quotas
		groups, streams int
	}{
		{"those of the documents", lts.Quotas{}, 100, 100},
		{"one is configured", lts.Quotas{Groups: 2}, 2, 100},
		{"the other is configured", lts.Quotas{Streams: 3}, 100, 3},
		{"both are configured", lts.Quotas{Groups: 1, Streams: 1}, 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newService(t, lts.Config{Quotas: tt.quotas})
			var first lts.Group
			for i := range tt.groups {
				group := createGroup(t, s, ours, fmt.Sprint("group-", i))
				if i == 0 {
					first = group
				}
			}
			_, err := s.CreateGroup(t.Context(), ours, lts.GroupSpec{Name: "one-too-many", TTLDays: 7})
			wantError(t, "CreateGroup", err, lts.ErrGroupQuota)
			for i := range tt.streams {
				createStream(t, s, first, fmt.Sprint("stream-", i))
			}
			_, err = s.CreateStream(t.Context(), ours, first.ID, lts.StreamSpec{Name: "one-too-many"})
			wantError(t, "CreateStream", err, lts.ErrStreamQuota)
		})
	}
}

func TestQuotasAreCountedApart(t *testing.T) {
	s := newService(t, lts.Config{Quotas: lts.Quotas{Groups: 2, Streams: 1}})
	full, other := createGroup(t, s, ours, "full"), createGroup(t, s, ours, "other")
	stream := createStream(t, s, full, "stream")

	t.Run("another project has room", func(t *testing.T) { createGroup(t, s, theirs, "group") })
	t.Run("another group has room", func(t *testing.T) { createStream(t, s, other, "stream") })
	t.Run("a taken name is told before a full project", func(t *testing.T) {
		_, err := s.CreateGroup(t.Context(), ours, lts.GroupSpec{Name: "full"})
		wantError(t, "CreateGroup", err, lts.ErrGroupExists)
	})
	t.Run("a taken name is told before a full group", func(t *testing.T) {
		_, err := s.CreateStream(t.Context(), ours, full.ID, lts.StreamSpec{Name: "stream"})
		wantError(t, "CreateStream", err, lts.ErrStreamExists)
	})
	t.Run("what is deleted makes room", func(t *testing.T) {
		wantError(t, "DeleteStream", s.DeleteStream(t.Context(), ours, full.ID, stream.ID), nil)
		createStream(t, s, full, "next")
		wantError(t, "DeleteGroup", s.DeleteGroup(t.Context(), ours, full.ID), nil)
		createGroup(t, s, ours, "next")
	})
}

// A failed store is answered as the pages of the operations word it.
func TestAFailedStoreIsADocumentedError(t *testing.T) {
	s := newService(t, lts.Config{})
	group := createGroup(t, s, ours, "group")
	stream := createStream(t, s, group, "stream")
	logtank := createLogtank(t, s, "listener")
	for _, tt := range []struct {
		name          string
		call          func(ctx context.Context) error
		code, message string
	}{
		{"CreateGroup", func(ctx context.Context) error {
			_, err := s.CreateGroup(ctx, ours, lts.GroupSpec{Name: "new"})
			return err
		}, "LTS.0102", "Failed to create log group"},
		{"Groups", func(ctx context.Context) error {
			_, err := s.Groups(ctx, ours)
			return err
		}, "LTS.0010", "The system encountered an internal error"},
		{"UpdateGroup", func(ctx context.Context) error {
			_, err := s.UpdateGroup(ctx, ours, group.ID, lts.GroupChange{TTLDays: 1})
			return err
		}, "LTS.0107", "Current user does not have the permission to operate this group"},
		{"DeleteGroup", func(ctx context.Context) error {
			return s.DeleteGroup(ctx, ours, group.ID)
		}, "LTS.0103", "Failed to delete log group"},
		{"CreateStream", func(ctx context.Context) error {
			_, err := s.CreateStream(ctx, ours, group.ID, lts.StreamSpec{Name: "new"})
			return err
		}, "LTS.0202", "Failed to create Log stream"},
		{"Streams", func(ctx context.Context) error {
			_, err := s.Streams(ctx, ours, group.ID)
			return err
		}, "LTS.0010", "The system encountered an internal error"},
		{"ProjectStreams", func(ctx context.Context) error {
			_, err := s.ProjectStreams(ctx, ours, lts.StreamFilter{})
			return err
		}, "LTS.0010", "The system encountered an internal error"},
		{"UpdateStream", func(ctx context.Context) error {
			_, err := s.UpdateStream(ctx, ours, group.ID, stream.ID, lts.StreamChange{TTLDays: 1})
			return err
		}, "LTS.0010", "The system encountered an internal error"},
		{"DeleteStream", func(ctx context.Context) error {
			return s.DeleteStream(ctx, ours, group.ID, stream.ID)
		}, "LTS.0203", "Failed to delete Log stream"},
		{"CreateLogtank", func(ctx context.Context) error {
			_, err := s.CreateLogtank(ctx, ours, lts.LogtankSpec{ResourceID: "new"})
			return err
		}, "LTS.0010", "The system encountered an internal error"},
		{"Logtanks", func(ctx context.Context) error {
			_, err := s.Logtanks(ctx, ours, "", 0)
			return err
		}, "LTS.0010", "The system encountered an internal error"},
		{"Logtank", func(ctx context.Context) error {
			_, err := s.Logtank(ctx, ours, logtank.ID)
			return err
		}, "LTS.0010", "The system encountered an internal error"},
		{"UpdateLogtank", func(ctx context.Context) error {
			_, err := s.UpdateLogtank(ctx, ours, logtank.ID, "group", "stream")
			return err
		}, "LTS.0010", "The system encountered an internal error"},
		{"DeleteLogtank", func(ctx context.Context) error {
			return s.DeleteLogtank(ctx, ours, logtank.ID)
		}, "LTS.0010", "The system encountered an internal error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.call(fault.Inject(t.Context(), fault.CatalogStore))
			got, ok := errors.AsType[*lts.Error](err)
			if !ok || got.Code != tt.code || got.Status != 500 || got.Message != tt.message {
				t.Errorf("%s gives %#v, want 500 %s %s", tt.name, err, tt.code, tt.message)
			}
			if !errors.Is(err, fault.ErrInjected) {
				t.Errorf("%s gives %v, want its cause in it", tt.name, err)
			}
		})
	}
	wantGroups(t, s, []lts.Group{group})
	wantStreams(t, s, group, []lts.Stream{effective(stream, group)})
	wantLogtanks(t, s, "listener")
}

func TestARefusalIsToldBeforeAFailedStore(t *testing.T) {
	s := newService(t, lts.Config{})
	createGroup(t, s, ours, "taken")
	failing := fault.Inject(t.Context(), fault.CatalogStore)
	_, err := s.CreateGroup(failing, ours, lts.GroupSpec{Name: "taken"})
	wantError(t, "CreateGroup", err, lts.ErrGroupExists)
	wantError(t, "DeleteGroup", s.DeleteGroup(failing, ours, "missing"), lts.ErrGroupNotFound)
}

// callers is how many goroutines call at the same time.
const callers = 50

func TestOfManyWhoCreateTheSameOneWins(t *testing.T) {
	s := newService(t, lts.Config{})
	group := createGroup(t, s, ours, "group")
	t.Run("group", func(t *testing.T) {
		wantWinners(t, 1, lts.ErrGroupExists, func(int) error {
			_, err := s.CreateGroup(t.Context(), ours, lts.GroupSpec{Name: "same"})
			return err
		})
	})
	t.Run("stream", func(t *testing.T) {
		wantWinners(t, 1, lts.ErrStreamExists, func(int) error {
			_, err := s.CreateStream(t.Context(), ours, group.ID, lts.StreamSpec{Name: "same"})
			return err
		})
	})
}

func TestOfManyWhoCreateTheQuotaWins(t *testing.T) {
	s := newService(t, lts.Config{Quotas: lts.Quotas{Groups: 8, Streams: 5}})
	group := createGroup(t, s, ours, "group")
	t.Run("groups", func(t *testing.T) {
		wantWinners(t, 7, lts.ErrGroupQuota, func(i int) error {
			_, err := s.CreateGroup(t.Context(), ours, lts.GroupSpec{Name: fmt.Sprint("group-", i)})
			return err
		})
	})
	t.Run("streams", func(t *testing.T) {
		wantWinners(t, 5, lts.ErrStreamQuota, func(i int) error {
			_, err := s.CreateStream(t.Context(), ours, group.ID, lts.StreamSpec{Name: fmt.Sprint("stream-", i)})
			return err
		})
	})
}

func TestOfManyWhoDeleteTheSameOneWins(t *testing.T) {
	s := newService(t, lts.Config{})
	group := createGroup(t, s, ours, "group")
	stream := createStream(t, s, group, "stream")
	t.Run("stream", func(t *testing.T) {
		wantWinners(t, 1, lts.ErrStreamNotFound, func(int) error {
			return s.DeleteStream(t.Context(), ours, group.ID, stream.ID)
		})
	})
	t.Run("group", func(t *testing.T) {
		wantWinners(t, 1, lts.ErrGroupNotFound, func(int) error {
			return s.DeleteGroup(t.Context(), ours, group.ID)
		})
	})
}

// Two projects.
const (
	ours   = alpha
	theirs = beta
)

// newService is a service on a SQLite catalog that can be made to fail. Its
// clock shows one millisecond more at each call, its IDs are counted.
func newService(t *testing.T, config lts.Config) *lts.Service {
	t.Helper()
	kept, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	var calls, ids atomic.Int64
	config.Catalog = fault.Catalog(kept)
	config.Records = fault.Records(new(recordstest.Memory))
	if config.Now == nil {
		config.Now = func() time.Time { return newClock().now.Add(time.Duration(calls.Add(1)) * time.Millisecond) }
	}
	config.NewID = func() string { return fmt.Sprintf("00000000-0000-0000-0000-%012d", ids.Add(1)) }
	return lts.NewService(config)
}

func createGroup(t *testing.T, s *lts.Service, projectID, name string) lts.Group {
	t.Helper()
	group, err := s.CreateGroup(t.Context(), projectID, lts.GroupSpec{Name: name, TTLDays: 7})
	if err != nil {
		t.Fatalf("CreateGroup(%q): %v", name, err)
	}
	return group
}

// createStream creates a stream of our project.
func createStream(t *testing.T, s *lts.Service, group lts.Group, name string) lts.Stream {
	t.Helper()
	stream, err := s.CreateStream(t.Context(), ours, group.ID, lts.StreamSpec{Name: name})
	if err != nil {
		t.Fatalf("CreateStream(%q): %v", name, err)
	}
	return stream
}

// wantWinners calls f from many goroutines at the same time and reports when
// another number than want succeeds, or the others fail with another error
// than lost.
func wantWinners(t *testing.T, want int64, lost error, f func(i int) error) {
	t.Helper()
	var won atomic.Int64
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range callers {
		all.Go(func() {
			<-start
			if err := f(i); err == nil {
				won.Add(1)
			} else if !errors.Is(err, lost) {
				t.Errorf("caller %d gets %v, want %v", i, err, lost)
			}
		})
	}
	close(start)
	all.Wait()
	if got := won.Load(); got != want {
		t.Errorf("%d of %d callers succeed, want %d", got, callers, want)
	}
}

func wantError(t *testing.T, call string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s gives %v, want %v", call, got, want)
	}
}
