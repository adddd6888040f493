package lts_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/catalog"
	"github.com/ltskit/ltskit/store/fault"
	"github.com/ltskit/ltskit/store/records/recordstest"
)

const day = 24 * time.Hour

func TestSweepRemovesWhatHasOutlivedItsStream(t *testing.T) {
	r := newRetention(t)
	week := createGroup(t, r.Service, ours, "a week")
	inherits := createStream(t, r.Service, week, "the lifetime of the group")
	longer, err := r.CreateStream(t.Context(), ours, week.ID, lts.StreamSpec{Name: "a lifetime of its own", TTLDays: 30})
	wantError(t, "CreateStream", err, nil)
	other := createGroup(t, r.Service, theirs, "of another project")
	foreign, err := r.CreateStream(t.Context(), theirs, other.ID, lts.StreamSpec{Name: "stream", TTLDays: 1})
	wantError(t, "CreateStream", err, nil)
	for _, id := range []string{inherits.ID, longer.ID, foreign.ID} {
		r.write(t, id, 40*day, 20*day, 7*day+time.Second, 7*day-time.Second, time.Hour)
	}

	r.sweep(t, lts.Swept{Streams: 3})
	for _, tt := range []struct {
		name, id string
		want     int
	}{
		{"the lifetime of the group", inherits.ID, 2},
		{"a lifetime of its own", longer.ID, 4},
		{"a stream of another project", foreign.ID, 1},
	} {
		if got := r.stored(t, tt.id); got != tt.want {
			t.Errorf("%s: %d records are stored, want %d", tt.name, got, tt.want)
		}
	}

	r.clock.now = r.clock.now.Add(day)
	r.sweep(t, lts.Swept{Streams: 3})
	if got := r.stored(t, inherits.ID); got != 1 {
		t.Errorf("a day later %d records are stored, want 1", got)
	}
}

func TestSweepDropsStreamsThatTheCatalogDoesNotHave(t *testing.T) {
	r := newRetention(t)
	group := createGroup(t, r.Service, ours, "group")
	kept := createStream(t, r.Service, group, "kept")
	r.write(t, kept.ID, time.Hour)
	deleted := createStream(t, r.Service, group, "deleted")
	wantError(t, "DeleteStream", r.DeleteStream(t.Context(), ours, group.ID, deleted.ID), nil)
	r.write(t, deleted.ID, time.Hour) // as a crash before Records.Drop leaves them

	r.sweep(t, lts.Swept{Streams: 1, Orphans: 1})
	if got, err := r.records.StreamIDs(t.Context()); err != nil || !slices.Equal(got, []string{kept.ID}) {
		t.Errorf("streams %q, %v are stored, want %q", got, err, kept.ID)
	}
	r.sweep(t, lts.Swept{Streams: 1})
}

// A deletion is one thing: the catalog has forgotten the stream, so the answer
// is not that it failed because the records are still there.
func TestADeletionWhoseRecordsCannotBeRemovedIsSwept(t *testing.T) {
	r := newRetention(t)
	group := createGroup(t, r.Service, ours, "group")
	alone, left := createStream(t, r.Service, group, "alone"), createStream(t, r.Service, group, "left")
	r.write(t, alone.ID, time.Hour)
	r.write(t, left.ID, time.Hour)
	full := fault.Inject(t.Context(), fault.RecordsStore)
	wantError(t, "DeleteStream", r.DeleteStream(full, ours, group.ID, alone.ID), nil)
	wantError(t, "DeleteGroup", r.DeleteGroup(full, ours, group.ID), nil)
	wantError(t, "DeleteGroup once more", r.DeleteGroup(t.Context(), ours, group.ID), lts.ErrGroupNotFound)
	if got := r.stored(t, alone.ID) + r.stored(t, left.ID); got != 2 {
		t.Errorf("%d records are stored, want 2", got)
	}
	r.sweep(t, lts.Swept{Orphans: 2})
	if got := r.stored(t, alone.ID) + r.stored(t, left.ID); got != 0 {
		t.Errorf("after a sweep %d records are stored, want none", got)
	}
}

// A stream that is created and written to between the two looks of a sweep is
// no orphan.
func TestSweepDoesNotTakeANewStreamForAnOrphan(t *testing.T) {
	r := newRetention(t)
	group := createGroup(t, r.Service, ours, "group")
	createStream(t, r.Service, group, "old")
	var born lts.Stream
	service := r.service(r.records, catalogHook{r.catalog, func() {
		born = createStream(t, r.Service, group, "new")
		r.write(t, born.ID, time.Hour)
	}})
	if got, err := service.Sweep(t.Context()); err != nil || got.Orphans != 0 {
		t.Errorf("Sweep gives %+v, %v, want no orphans", got, err)
	}
	if got := r.stored(t, born.ID); got != 1 {
		t.Errorf("the new stream has %d records, want 1", got)
	}
}

func TestSweepLeavesOrphansToRecordsThatCannotListThem(t *testing.T) {
	r := newRetention(t)
	r.write(t, "orphan", time.Hour)
	service := r.service(struct{ lts.Records }{r.records}, r.catalog)
	if got, err := service.Sweep(t.Context()); err != nil || got != (lts.Swept{}) {
		t.Errorf("Sweep gives %+v, %v, want nothing", got, err)
	}
	if got := r.stored(t, "orphan"); got != 1 {
		t.Errorf("the orphan has %d records, want 1", got)
	}
}

func TestSweepOfAFailedStoreRemovesNothing(t *testing.T) {
	for _, store := range []fault.Store{fault.CatalogStore, fault.RecordsStore} {
		t.Run(string(store), func(t *testing.T) {
			r := newRetention(t)
			r.write(t, "orphan", time.Hour)
			if _, err := r.Sweep(fault.Inject(t.Context(), store)); err == nil {
				t.Errorf("Sweep gives no error")
			}
			if got := r.stored(t, "orphan"); got != 1 {
				t.Errorf("the orphan has %d records, want 1", got)
			}
		})
	}
}

func TestSweepGoesOnBehindAStreamThatCannotBeSwept(t *testing.T) {
	r := newRetention(t)
	group := createGroup(t, r.Service, ours, "group")
	broken, whole := createStream(t, r.Service, group, "broken"), createStream(t, r.Service, group, "whole")
	r.write(t, broken.ID, 8*day)
	r.write(t, whole.ID, 8*day)
	r.write(t, "orphan", day)
	got, err := r.service(brokenStream{r.records, broken.ID}, r.catalog).Sweep(t.Context())
	wantError(t, "Sweep", err, errBroken)
	if want := (lts.Swept{Streams: 1, Orphans: 1}); got != want {
		t.Errorf("Sweep gives %+v, want %+v", got, want)
	}
	if got := r.stored(t, whole.ID); got != 0 {
		t.Errorf("%d records are left, want none", got)
	}
}

var errBroken = errors.New("broken")

// brokenStream is records of which one stream cannot be cut.
type brokenStream struct {
	*recordstest.Memory

	id string
}

func (b brokenStream) DropBefore(ctx context.Context, streamID string, lineNum int64) error {
	if streamID == b.id {
		return errBroken
	}
	return b.Memory.DropBefore(ctx, streamID, lineNum)
}

// A retention is a service with a look into its stores.
type retention struct {
	*lts.Service
	clock   *clock
	catalog lts.Catalog
	records *recordstest.Memory
}

func newRetention(t *testing.T) *retention {
	t.Helper()
	kept, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	r := &retention{clock: newClock(), catalog: kept, records: new(recordstest.Memory)}
	r.Service = r.service(fault.Records(r.records), fault.Catalog(kept))
	return r
}

func (r *retention) service(records lts.Records, catalog lts.Catalog) *lts.Service {
	return lts.NewService(lts.Config{Catalog: catalog, Records: records, Now: r.clock.Now, NewID: uuid.NewString})
}

// write writes records of the given ages.
func (r *retention) write(t *testing.T, streamID string, ages ...time.Duration) {
	t.Helper()
	for _, age := range ages {
		record := lts.NewRecord{TimeNS: r.clock.now.Add(-age).UnixNano()}
		if err := r.records.Append(t.Context(), streamID, nil, []lts.NewRecord{record}); err != nil {
			t.Fatal(err)
		}
	}
}

func (r *retention) stored(t *testing.T, streamID string) int {
	t.Helper()
	n, err := r.records.Count(t.Context(), streamID, lts.Always, lts.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

func (r *retention) sweep(t *testing.T, want lts.Swept) {
	t.Helper()
	if got, err := r.Sweep(t.Context()); err != nil || got != want {
		t.Errorf("Sweep gives %+v, %v, want %+v", got, err, want)
	}
}

// A catalogHook does something before it lists the projects.
type catalogHook struct {
	lts.Catalog

	before func()
}

func (c catalogHook) Projects(ctx context.Context) ([]string, error) {
	c.before()
	return c.Catalog.Projects(ctx)
}
