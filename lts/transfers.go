package lts

import (
	"context"
	"io"
	"slices"
	"time"
)

// A Transfer copies the new records of streams of one group to a bucket, once
// in every period. The [Transferrer] does the work.
type Transfer struct {
	ID        string
	GroupID   string
	GroupName string // as the group is called now
	Streams   []TransferStream
	Bucket    string
	Format    TransferFormat
	Period    TransferPeriod
	Prefix    string // start of the names of the objects
	Dir       string // path in the bucket under which the objects are written
	Enabled   bool
	Failed    bool      // whether the last attempt failed
	CreatedAt time.Time // in whole milliseconds
	RanAt     time.Time // when the last attempt began, at first the creation; in whole milliseconds
}

// A TransferStream is a stream that a transfer reads, and how far it has come.
// A stream belongs to at most one transfer.
type TransferStream struct {
	ID     string
	Name   string // as the stream is called now
	Window TransferWindow
}

// A TransferFormat is how objects hold records (2022-08 table 5-58).
type TransferFormat string

// The formats of objects.
const (
	FormatRAW  TransferFormat = "RAW"  // the lines
	FormatJSON TransferFormat = "JSON" // one object a line with time and labels
)

// A TransferPeriod is a number and its unit, "min" or "hour".
type TransferPeriod struct {
	Length int
	Unit   string
}

// periods are the only ones that there are (2022-08 table 5-58).
var periods = map[TransferPeriod]time.Duration{
	{2, "min"}: 2 * time.Minute, {5, "min"}: 5 * time.Minute, {30, "min"}: 30 * time.Minute,
	{1, "hour"}: time.Hour, {3, "hour"}: 3 * time.Hour, {6, "hour"}: 6 * time.Hour, {12, "hour"}: 12 * time.Hour,
}

// A TransferStatus says what a transfer is doing.
type TransferStatus string

// The states of a transfer.
const (
	TransferEnabled   TransferStatus = "ENABLE"
	TransferDisabled  TransferStatus = "DISABLE"
	TransferException TransferStatus = "EXCEPTION" // the last attempt failed, the next one is tried when it is due
)

// Status tells what the transfer is doing.
func (t Transfer) Status() TransferStatus {
	switch {
	case !t.Enabled:
		return TransferDisabled
	case t.Failed:
		return TransferException
	default:
		return TransferEnabled
	}
}

// DueAt is when the next attempt begins, if the transfer is switched on.
func (t Transfer) DueAt() time.Time { return t.RanAt.Add(periods[t.Period]) }

// reads tells whether the transfer reads the stream of a name.
func (t Transfer) reads(streamName string) bool {
	return slices.ContainsFunc(t.Streams, func(s TransferStream) bool { return s.Name == streamName })
}

// A TransferTx is the part of a transaction that concerns transfers. Names of
// groups and streams are found, not kept; those of a given transfer are ignored.
type TransferTx interface {
	Transfers() ([]Transfer, error)
	Transfer(id string) (transfer Transfer, ok bool, err error)
	TransferOfStream(streamID string) (transferID string, window TransferWindow, ok bool, err error)
	InsertTransfer(Transfer) error
	UpdateTransfer(Transfer) error // but not its group and its streams
	UpdateTransferWindow(streamID string, window TransferWindow) error
	DeleteTransfer(id string) error
}

// Buckets are where transfers write to. The names of buckets are those of an
// object store: all projects see the same ones.
type Buckets interface {
	// Exists tells whether there is a bucket of this name. It fails with
	// [ErrBucketForbidden] where one must not be used.
	Exists(ctx context.Context, bucket string) (bool, error)
	// Put makes an object of what write writes, unless there is one under the
	// key: that stays as it is, which is no failure. When Put returns nil the
	// object is there; when write or Put fails, there is none of this call. It
	// fails with [ErrBucketNotFound] and [ErrBucketForbidden].
	Put(ctx context.Context, bucket, key string, write func(io.Writer) error) error
}

// noBuckets are the buckets of a service that has none.
type noBuckets struct{}

func (noBuckets) Exists(context.Context, string) (bool, error) { return false, nil }

func (noBuckets) Put(context.Context, string, string, func(io.Writer) error) error {
	return ErrBucketNotFound
}

// Wordings of the page of the creation (2022-08 section 5.4.1), where it does
// not have those of the table.
var (
	errTransferGroup  = ErrGroupNotFound.Worded("The log group does not existed")
	errTransferPeriod = ErrNotInList.Worded("period+period_unit is not in the list [2min, 5min, 30min, 1hour, 3hour, 6hour, 12hour]")
	errTransferRead   = ErrCreateStreamFailed.Worded("Failed to query lts struct log")
)

func errTransferStream(id string) error {
	return ErrStreamNotFound.Worded("Log stream id does not exist: " + id)
}

func errTransferTaken(id string) error {
	return ErrStreamInTransfer.Worded("Log stream id is associated by transfer: " + id)
}

func errTransferBucket(name string) error {
	return ErrBucketNotFound.Worded("obs bucket does not exist: " + name)
}

// A TransferSpec says what a new transfer shall be. Its form has been checked
// against the document.
type TransferSpec struct {
	GroupID   string
	StreamIDs []string // one that is named twice counts once
	Bucket    string
	Format    TransferFormat // empty means RAW
	Period    TransferPeriod
	Prefix    string
	Dir       string
	Disabled  bool
}

// CreateTransfer creates a transfer of the records that come from now on. It
// fails with [ErrNotInList] for a period that there is none of, with
// [ErrGroupNotFound], [ErrStreamNotFound], [ErrStreamInTransfer],
// [ErrBucketNotFound], [ErrBucketForbidden], with LTS.0202 when a stream cannot
// be read, and with [ErrInternal].
func (s *Service) CreateTransfer(ctx context.Context, projectID string, spec TransferSpec) (Transfer, error) {
	if _, ok := periods[spec.Period]; !ok {
		return Transfer{}, errTransferPeriod
	}
	transfer := s.newTransfer(spec)
	check := func(tx CatalogTx) error { return checkTransfer(tx, transfer) }
	if err := s.catalog.View(ctx, projectID, check); err != nil {
		return Transfer{}, orFailure(err, ErrInternal)
	}
	if err := s.requireBucket(ctx, spec.Bucket); err != nil {
		return Transfer{}, orFailure(err, ErrInternal)
	}
	for _, stream := range transfer.Streams {
		if _, err := s.read(ctx, stream.ID, Always, Filter{}, PageSpec{Limit: 1}); err != nil {
			return Transfer{}, orFailure(err, errTransferRead)
		}
	}
	err := s.catalog.Update(ctx, projectID, func(tx CatalogTx) (err error) {
		if err = check(tx); err != nil {
			return err
		}
		if err = tx.InsertTransfer(transfer); err != nil {
			return err
		}
		transfer, err = findTransfer(tx, transfer.ID) // with the names
		return err
	})
	if err != nil {
		return Transfer{}, orFailure(err, ErrInternal)
	}
	return transfer, nil
}

func (s *Service) newTransfer(spec TransferSpec) Transfer {
	now := s.now()
	transfer := Transfer{
		ID: s.newID(), GroupID: spec.GroupID, Bucket: spec.Bucket, Format: spec.Format, Period: spec.Period,
		Prefix: spec.Prefix, Dir: spec.Dir, Enabled: !spec.Disabled,
		CreatedAt: now.Truncate(time.Millisecond), RanAt: now.Truncate(time.Millisecond),
	}
	if transfer.Format == "" {
		transfer.Format = FormatRAW
	}
	for i, id := range spec.StreamIDs {
		if !slices.Contains(spec.StreamIDs[:i], id) {
			window := TransferWindow{Number: 1, From: max(now.UnixNano(), 1)}
			transfer.Streams = append(transfer.Streams, TransferStream{ID: id, Window: window})
		}
	}
	return transfer
}

// checkTransfer checks what a new transfer refers to.
func checkTransfer(tx CatalogTx, transfer Transfer) error {
	if _, ok, err := tx.Group(transfer.GroupID); err != nil {
		return err
	} else if !ok {
		return errTransferGroup
	}
	for _, stream := range transfer.Streams {
		if _, ok, err := tx.Stream(transfer.GroupID, stream.ID); err != nil {
			return err
		} else if !ok {
			return errTransferStream(stream.ID)
		}
	}
	for _, stream := range transfer.Streams {
		if _, _, taken, err := tx.TransferOfStream(stream.ID); err != nil {
			return err
		} else if taken {
			return errTransferTaken(stream.ID)
		}
	}
	return nil
}

func (s *Service) requireBucket(ctx context.Context, name string) error {
	ok, err := s.buckets.Exists(ctx, name)
	if err == nil && !ok {
		err = errTransferBucket(name)
	}
	return err
}

// MaxTransferPage is how many transfers a page has at most.
const MaxTransferPage = 100

// A TransferFilter chooses transfers by exact names; empty names choose all.
type TransferFilter struct {
	GroupName  string
	StreamName string // transfers that read a stream of this name
	Offset     int    // how many to pass over
	Limit      int    // how many to give at most; 0 means MaxTransferPage
}

// Transfers lists the transfers that a filter chooses, in the order of their
// creation.
func (s *Service) Transfers(ctx context.Context, projectID string, filter TransferFilter) ([]Transfer, error) {
	var chosen []Transfer
	err := s.catalog.View(ctx, projectID, func(tx CatalogTx) error {
		all, err := tx.Transfers()
		chosen = filter.choose(all)
		return err
	})
	return chosen, orFailure(err, errListFailed)
}

func (f TransferFilter) choose(all []Transfer) []Transfer {
	limit := f.Limit
	if limit == 0 || limit > MaxTransferPage {
		limit = MaxTransferPage
	}
	chosen := slices.DeleteFunc(all, func(t Transfer) bool {
		return f.GroupName != "" && f.GroupName != t.GroupName || f.StreamName != "" && !t.reads(f.StreamName)
	})
	chosen = chosen[min(f.Offset, len(chosen)):]
	return chosen[:min(limit, len(chosen))]
}

// A TransferChange says what a transfer shall become. What is nil stays.
type TransferChange struct {
	Enabled      *bool
	Format       *TransferFormat
	PeriodLength *int
	PeriodUnit   *string
	Bucket       *string
	Prefix       *string
	Dir          *string
}

// UpdateTransfer changes a transfer and returns what it is now. Switched off,
// nothing moves; switched on again, it goes on where it stopped, and an
// exception is forgotten until the next attempt. Another period counts from the
// last attempt. It fails with [ErrTransferNotFound], with [ErrNotInList] for a
// period that there is none of, with [ErrBucketNotFound], [ErrBucketForbidden]
// and [ErrInternal].
func (s *Service) UpdateTransfer(ctx context.Context, projectID, id string, change TransferChange) (Transfer, error) {
	var transfer Transfer
	apply := func(tx CatalogTx) (err error) {
		if transfer, err = findTransfer(tx, id); err != nil {
			return err
		}
		transfer = change.apply(transfer)
		if _, ok := periods[transfer.Period]; !ok {
			return errTransferPeriod
		}
		return nil
	}
	if err := s.catalog.View(ctx, projectID, apply); err != nil {
		return Transfer{}, orFailure(err, errListFailed)
	}
	if change.Bucket != nil {
		if err := s.requireBucket(ctx, *change.Bucket); err != nil {
			return Transfer{}, orFailure(err, errListFailed)
		}
	}
	err := s.catalog.Update(ctx, projectID, func(tx CatalogTx) error {
		if err := apply(tx); err != nil {
			return err
		}
		return tx.UpdateTransfer(transfer)
	})
	if err != nil {
		return Transfer{}, orFailure(err, errListFailed)
	}
	return transfer, nil
}

func (c TransferChange) apply(t Transfer) Transfer {
	if c.Enabled != nil {
		t.Enabled, t.Failed = *c.Enabled, false
	}
	replace(&t.Format, c.Format)
	replace(&t.Period.Length, c.PeriodLength)
	replace(&t.Period.Unit, c.PeriodUnit)
	replace(&t.Bucket, c.Bucket)
	replace(&t.Prefix, c.Prefix)
	replace(&t.Dir, c.Dir)
	return t
}

func replace[T any](field, with *T) {
	if with != nil {
		*field = *with
	}
}

// DeleteTransfer ends a transfer and returns it as it was. What it has written
// stays, and what it has not written yet is not written any more. It fails with
// [ErrTransferNotFound].
func (s *Service) DeleteTransfer(ctx context.Context, projectID, id string) (Transfer, error) {
	var transfer Transfer
	err := s.catalog.Update(ctx, projectID, func(tx CatalogTx) (err error) {
		if transfer, err = findTransfer(tx, id); err != nil {
			return err
		}
		return tx.DeleteTransfer(id)
	})
	if err != nil {
		return Transfer{}, orFailure(err, errListFailed)
	}
	return transfer, nil
}

func findTransfer(tx TransferTx, id string) (Transfer, error) {
	transfer, ok, err := tx.Transfer(id)
	if err == nil && !ok {
		err = ErrTransferNotFound
	}
	return transfer, err
}

// groupIsFree fails with [ErrGroupInTransfer] while a transfer reads a stream of
// the group.
func groupIsFree(tx TransferTx, groupID string) error {
	all, err := tx.Transfers()
	if err == nil && slices.ContainsFunc(all, func(t Transfer) bool { return t.GroupID == groupID }) {
		err = ErrGroupInTransfer
	}
	return err
}

// streamIsFree fails with [ErrStreamInTransfer] while a transfer reads the
// stream.
func streamIsFree(tx TransferTx, streamID string) error {
	_, _, taken, err := tx.TransferOfStream(streamID)
	if err == nil && taken {
		err = ErrStreamInTransfer
	}
	return err
}
