package lts_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/bucket"
	"github.com/ltskit/ltskit/store/fault"
)

func TestCreateTransfer(t *testing.T) {
	at := time.Date(2024, 2, 28, 12, 0, 0, 123_456_789, time.UTC)
	s := newService(t, lts.Config{Now: func() time.Time { return at }, Buckets: newBuckets(t)})
	group := createGroup(t, s, ours, "group")
	a, b := createStream(t, s, group, "a"), createStream(t, s, group, "b")
	got, err := s.CreateTransfer(t.Context(), ours, lts.TransferSpec{
		GroupID: group.ID, StreamIDs: []string{b.ID, a.ID, b.ID}, Bucket: someBucket, Period: lts.TransferPeriod{Length: 5, Unit: "min"},
		Prefix: "prefix", Dir: "/dir/",
	})
	wantError(t, "CreateTransfer", err, nil)
	window := lts.TransferWindow{Number: 1, From: at.UnixNano()}
	want := lts.Transfer{
		ID: "00000000-0000-0000-0000-000000000004", GroupID: group.ID, GroupName: "group",
		Streams: []lts.TransferStream{{ID: b.ID, Name: "b", Window: window}, {ID: a.ID, Name: "a", Window: window}},
		Bucket:  someBucket, Format: lts.FormatRAW, Period: lts.TransferPeriod{Length: 5, Unit: "min"}, Prefix: "prefix", Dir: "/dir/",
		Enabled: true, CreatedAt: at.Truncate(time.Millisecond), RanAt: at.Truncate(time.Millisecond),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("CreateTransfer (-want +got):\n%s", diff)
	}
	wantTransfers(t, s, lts.TransferFilter{}, want)
}

func TestCreateTransferRefuses(t *testing.T) {
	s := newService(t, lts.Config{Buckets: newBuckets(t)})
	group, other := createGroup(t, s, ours, "group"), createGroup(t, s, ours, "other")
	foreign := createGroup(t, s, theirs, "foreign")
	free, taken := createStream(t, s, group, "free"), createStream(t, s, group, "taken")
	createTransfer(t, s, taken)
	const text = "period+period_unit is not in the list [2min, 5min, 30min, 1hour, 3hour, 6hour, 12hour]"
	for _, tt := range []struct {
		name    string
		change  func(*lts.TransferSpec)
		want    error
		message string
	}{
		{"1min", func(x *lts.TransferSpec) { x.Period.Length = 1 }, lts.ErrNotInList, text},
		{"30hour", func(x *lts.TransferSpec) { x.Period = lts.TransferPeriod{Length: 30, Unit: "hour"} }, lts.ErrNotInList, text},
		{"no group", func(x *lts.TransferSpec) { x.GroupID = "missing" }, lts.ErrGroupNotFound, "The log group does not existed"},
		{"a group of another project", func(x *lts.TransferSpec) { x.GroupID = foreign.ID }, lts.ErrGroupNotFound, "The log group does not existed"},
		{"one stream of two is missing", func(x *lts.TransferSpec) { x.StreamIDs = []string{free.ID, "missing"} }, lts.ErrStreamNotFound, "Log stream id does not exist: missing"},
		{"a stream of another group", func(x *lts.TransferSpec) { x.GroupID = other.ID }, lts.ErrStreamNotFound, "Log stream id does not exist: " + free.ID},
		{"a stream of another transfer", func(x *lts.TransferSpec) { x.StreamIDs = []string{free.ID, taken.ID} }, lts.ErrStreamInTransfer, "Log stream id is associated by transfer: " + taken.ID},
		{"no bucket", func(x *lts.TransferSpec) { x.Bucket = "zhuanchu" }, lts.ErrBucketNotFound, "obs bucket does not exist: zhuanchu"},
		{"a bucket of no name", func(x *lts.TransferSpec) { x.Bucket = "../" + someBucket }, lts.ErrBucketNotFound, "obs bucket does not exist: ../" + someBucket},
	} {
		t.Run(tt.name, func(t *testing.T) {
			spec := transferOf(free)
			tt.change(&spec)
			_, err := s.CreateTransfer(t.Context(), ours, spec)
			got, ok := errors.AsType[*lts.Error](err)
			if !ok || !errors.Is(got, tt.want) || got.Message != tt.message {
				t.Errorf("CreateTransfer gives %v, want %v with %q", err, tt.want, tt.message)
			}
		})
	}
	t.Run("without buckets there is none", func(t *testing.T) {
		s := newService(t, lts.Config{})
		_, err := s.CreateTransfer(t.Context(), ours, transferOf(createStream(t, s, createGroup(t, s, ours, "group"), "stream")))
		wantError(t, "CreateTransfer", err, lts.ErrBucketNotFound)
	})
}

func TestAllPeriods(t *testing.T) {
	s := newService(t, lts.Config{Buckets: newBuckets(t)})
	stream := createStream(t, s, createGroup(t, s, ours, "group"), "stream")
	for period, want := range map[lts.TransferPeriod]time.Duration{
		{Length: 2, Unit: "min"}: 2 * time.Minute, {Length: 5, Unit: "min"}: 5 * time.Minute, {Length: 30, Unit: "min"}: 30 * time.Minute,
		{Length: 1, Unit: "hour"}: time.Hour, {Length: 3, Unit: "hour"}: 3 * time.Hour, {Length: 6, Unit: "hour"}: 6 * time.Hour,
		{Length: 12, Unit: "hour"}: 12 * time.Hour,
	} {
		spec := transferOf(stream)
		spec.Period = period
		transfer, err := s.CreateTransfer(t.Context(), ours, spec)
		wantError(t, "CreateTransfer", err, nil)
		if got := transfer.DueAt().Sub(transfer.CreatedAt); got != want {
			t.Errorf("%v is due after %v, want %v", period, got, want)
		}
		deleteTransfer(t, s, transfer)
	}
}

func TestTransfersAreFilteredAndPaged(t *testing.T) {
	s := newService(t, lts.Config{Buckets: newBuckets(t)})
	one, two := createGroup(t, s, ours, "one"), createGroup(t, s, ours, "two")
	a := createTransfer(t, s, createStream(t, s, one, "x"))
	b := createTransfer(t, s, createStream(t, s, one, "y"), createStream(t, s, one, "z"))
	c := createTransfer(t, s, createStream(t, s, two, "x"))
	for _, tt := range []struct {
		name   string
		filter lts.TransferFilter
		want   []lts.Transfer
	}{
		{"all", lts.TransferFilter{}, []lts.Transfer{a, b, c}},
		{"of a group", lts.TransferFilter{GroupName: "one"}, []lts.Transfer{a, b}},
		{"of a stream", lts.TransferFilter{StreamName: "z"}, []lts.Transfer{b}},
		{"of streams of one name", lts.TransferFilter{StreamName: "x"}, []lts.Transfer{a, c}},
		{"of both", lts.TransferFilter{GroupName: "two", StreamName: "x"}, []lts.Transfer{c}},
		{"of nothing", lts.TransferFilter{GroupName: "One"}, nil},
		{"the first", lts.TransferFilter{Limit: 1}, []lts.Transfer{a}},
		{"the second", lts.TransferFilter{Offset: 1, Limit: 1}, []lts.Transfer{b}},
		{"behind the last", lts.TransferFilter{Offset: 4}, nil},
		{"a page of a filter", lts.TransferFilter{StreamName: "x", Offset: 1}, []lts.Transfer{c}},
	} {
		t.Run(tt.name, func(t *testing.T) { wantTransfers(t, s, tt.filter, tt.want...) })
	}
	t.Run("another project has none", func(t *testing.T) {
		all, err := s.Transfers(t.Context(), theirs, lts.TransferFilter{})
		if err != nil || len(all) != 0 {
			t.Errorf("Transfers gives %v, %v, want nothing", all, err)
		}
	})
}

func TestUpdateTransfer(t *testing.T) {
	s := newService(t, lts.Config{Buckets: newBuckets(t)})
	transfer := createTransfer(t, s, createStream(t, s, createGroup(t, s, ours, "group"), "stream"))
	off, json, three, hour, second, prefix, dir, none, unknown := false, lts.FormatJSON, 3, "hour", otherBucket, "p-", "d", "", "zhuanchu"
	for _, tt := range []struct {
		name   string
		change lts.TransferChange
		apply  func(*lts.Transfer)
		want   error
	}{
		{"nothing", lts.TransferChange{}, func(*lts.Transfer) {}, nil},
		{"switched off", lts.TransferChange{Enabled: &off}, func(x *lts.Transfer) { x.Enabled = false }, nil},
		{"format", lts.TransferChange{Format: &json}, func(x *lts.Transfer) { x.Format = json }, nil},
		{"a unit that does not fit the length", lts.TransferChange{PeriodUnit: &hour}, func(*lts.Transfer) {}, lts.ErrNotInList},
		{"a length that does not fit the unit", lts.TransferChange{PeriodLength: &three}, func(*lts.Transfer) {}, lts.ErrNotInList},
		{"period", lts.TransferChange{PeriodLength: &three, PeriodUnit: &hour}, func(x *lts.Transfer) { x.Period = lts.TransferPeriod{Length: 3, Unit: "hour"} }, nil},
		{"an unknown bucket", lts.TransferChange{Bucket: &unknown, Prefix: &prefix}, func(*lts.Transfer) {}, lts.ErrBucketNotFound},
		{"bucket", lts.TransferChange{Bucket: &second}, func(x *lts.Transfer) { x.Bucket = otherBucket }, nil},
		{"prefixes", lts.TransferChange{Prefix: &prefix, Dir: &dir}, func(x *lts.Transfer) { x.Prefix, x.Dir = "p-", "d" }, nil},
		{"no prefix", lts.TransferChange{Prefix: &none}, func(x *lts.Transfer) { x.Prefix = "" }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := s.UpdateTransfer(t.Context(), ours, transfer.ID, tt.change)
			wantError(t, "UpdateTransfer", err, tt.want)
			tt.apply(&transfer)
			wantTransfers(t, s, lts.TransferFilter{}, transfer)
			if diff := cmp.Diff(transfer, got); tt.want == nil && diff != "" {
				t.Errorf("UpdateTransfer (-want +got):\n%s", diff)
			}
		})
	}
	_, err := s.UpdateTransfer(t.Context(), theirs, transfer.ID, lts.TransferChange{})
	wantError(t, "UpdateTransfer of another project", err, lts.ErrTransferNotFound)
}

func TestDeleteTransfer(t *testing.T) {
	s := newService(t, lts.Config{Buckets: newBuckets(t)})
	stream := createStream(t, s, createGroup(t, s, ours, "group"), "stream")
	transfer := createTransfer(t, s, stream)
	_, err := s.DeleteTransfer(t.Context(), theirs, transfer.ID)
	wantError(t, "DeleteTransfer of another project", err, lts.ErrTransferNotFound)
	got, err := s.DeleteTransfer(t.Context(), ours, transfer.ID)
	if diff := cmp.Diff(transfer, got); err != nil || diff != "" {
		t.Errorf("DeleteTransfer gives %v (-want +got):\n%s", err, diff)
	}
	wantTransfers(t, s, lts.TransferFilter{})
	_, err = s.DeleteTransfer(t.Context(), ours, transfer.ID)
	wantError(t, "DeleteTransfer once more", err, lts.ErrTransferNotFound)
	createTransfer(t, s, stream) // it is free again
}

func TestWhatATransferReadsIsNotDeleted(t *testing.T) {
	s := newService(t, lts.Config{Buckets: newBuckets(t)})
	group := createGroup(t, s, ours, "group")
	read, unread := createStream(t, s, group, "read"), createStream(t, s, group, "unread")
	transfer := createTransfer(t, s, read)
	wantError(t, "DeleteGroup", s.DeleteGroup(t.Context(), ours, group.ID), lts.ErrGroupInTransfer)
	wantError(t, "DeleteStream", s.DeleteStream(t.Context(), ours, group.ID, read.ID), lts.ErrStreamInTransfer)
	wantError(t, "DeleteStream", s.DeleteStream(t.Context(), ours, group.ID, unread.ID), nil)
	deleteTransfer(t, s, transfer)
	wantError(t, "DeleteStream", s.DeleteStream(t.Context(), ours, group.ID, read.ID), nil)
	wantError(t, "DeleteGroup", s.DeleteGroup(t.Context(), ours, group.ID), nil)
}

func TestAFailedStoreIsADocumentedErrorOfTransfers(t *testing.T) {
	s := newService(t, lts.Config{Buckets: fault.Buckets(newBuckets(t))})
	group := createGroup(t, s, ours, "group")
	free, taken := createStream(t, s, group, "free"), createStream(t, s, group, "taken")
	transfer := createTransfer(t, s, taken)
	create := func(ctx context.Context) error {
		_, err := s.CreateTransfer(ctx, ours, transferOf(free))
		return err
	}
	bucketName := otherBucket
	for _, tt := range []struct {
		name          string
		store         fault.Store
		call          func(ctx context.Context) error
		code, message string
	}{
		{"CreateTransfer without catalog", fault.CatalogStore, create, "LTS.0010", "Internal Server Error"},
		{"CreateTransfer without bucket", fault.BucketStore, create, "LTS.0010", "Internal Server Error"},
		{"CreateTransfer without records", fault.RecordsStore, create, "LTS.0202", "Failed to query lts struct log"},
		{"Transfers", fault.CatalogStore, func(ctx context.Context) error {
			_, err := s.Transfers(ctx, ours, lts.TransferFilter{})
			return err
		}, "LTS.0010", "The system encountered an internal error"},
		{"UpdateTransfer", fault.CatalogStore, func(ctx context.Context) error {
			_, err := s.UpdateTransfer(ctx, ours, transfer.ID, lts.TransferChange{})
			return err
		}, "LTS.0010", "The system encountered an internal error"},
		{"UpdateTransfer without bucket", fault.BucketStore, func(ctx context.Context) error {
			_, err := s.UpdateTransfer(ctx, ours, transfer.ID, lts.TransferChange{Bucket: &bucketName})
			return err
		}, "LTS.0010", "The system encountered an internal error"},
		{"DeleteTransfer", fault.CatalogStore, func(ctx context.Context) error {
			_, err := s.DeleteTransfer(ctx, ours, transfer.ID)
			return err
		}, "LTS.0010", "The system encountered an internal error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.call(fault.Inject(t.Context(), tt.store))
			got, ok := errors.AsType[*lts.Error](err)
			if !ok || got.Code != tt.code || got.Status != 500 || got.Message != tt.message || !errors.Is(err, fault.ErrInjected) {
				t.Errorf("%s gives %#v, want 500 %s %s and its cause", tt.name, err, tt.code, tt.message)
			}
		})
	}
	wantTransfers(t, s, lts.TransferFilter{}, transfer)
}

func TestOfManyWhoTransferAStreamOneWins(t *testing.T) {
	s := newService(t, lts.Config{Buckets: newBuckets(t)})
	stream := createStream(t, s, createGroup(t, s, ours, "group"), "stream")
	wantWinners(t, 1, lts.ErrStreamInTransfer, func(int) error {
		_, err := s.CreateTransfer(t.Context(), ours, transferOf(stream))
		return err
	})
}

// Two buckets.
const (
	someBucket  = "lts-test"
	otherBucket = "lts-other"
)

// newBuckets are two buckets in folders.
func newBuckets(t *testing.T) *bucket.Buckets {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{someBucket, otherBucket} {
		if err := bucket.MakeFolder(dir, name); err != nil {
			t.Fatal(err)
		}
	}
	buckets := bucket.Folder(dir)
	t.Cleanup(func() { _ = buckets.Close() })
	return buckets
}

// transferOf is the plainest transfer of some streams of a group.
func transferOf(streams ...lts.Stream) lts.TransferSpec {
	spec := lts.TransferSpec{GroupID: streams[0].GroupID, Bucket: someBucket, Period: lts.TransferPeriod{Length: 2, Unit: "min"}}
	for _, stream := range streams {
		spec.StreamIDs = append(spec.StreamIDs, stream.ID)
	}
	return spec
}

// createTransfer creates a transfer in our project.
func createTransfer(t *testing.T, s *lts.Service, streams ...lts.Stream) lts.Transfer {
	t.Helper()
	transfer, err := s.CreateTransfer(t.Context(), ours, transferOf(streams...))
	if err != nil {
		t.Fatalf("CreateTransfer: %v", err)
	}
	return transfer
}

func deleteTransfer(t *testing.T, s *lts.Service, transfer lts.Transfer) {
	t.Helper()
	_, err := s.DeleteTransfer(t.Context(), ours, transfer.ID)
	wantError(t, "DeleteTransfer", err, nil)
}

// wantTransfers reports when a list of our project is another.
func wantTransfers(t *testing.T, s *lts.Service, filter lts.TransferFilter, want ...lts.Transfer) {
	t.Helper()
	got, err := s.Transfers(t.Context(), ours, filter)
	if diff := cmp.Diff(want, got); err != nil || len(want)+len(got) > 0 && diff != "" {
		t.Errorf("Transfers gives %v (-want +got):\n%s", err, diff)
	}
}
