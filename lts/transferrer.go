package lts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
	"time"
)

// A Transferrer does what the transfers of a service ask for: once in every
// period it makes one object of the records of each stream that came since the
// last one. A stream without new records makes no object.
//
// No record is lost or transferred twice, whatever fails in between: a window is
// closed in the catalog, its object is put under a key that follows from it
// unless it is there, and only then the next window takes its place.
// [TransferWindow] says which records a window has, late ones included.
//
// One case is left: an object was put, the process ended before the catalog knew,
// and the bucket of the transfer was changed before the next attempt. Then each
// of the two buckets has the object once.
type Transferrer struct {
	service  *Service
	projects []string
	gzip     bool

	running sync.Mutex // held during a run
}

// NewTransferrer returns a transferrer for the transfers that projects have in
// the catalog of a service. It shares the service's clock. With gzip, objects are
// compressed.
func NewTransferrer(service *Service, projects []string, gzip bool) *Transferrer {
	return &Transferrer{service: service, projects: projects, gzip: gzip}
}

// RunDue runs the transfers that are switched on and due. One that fails is an
// exception ([TransferException]), hinders no other, and is due again when its
// period is over. The error joins what failed, for the operator's log. When ctx
// ends, RunDue returns soon, and what it has not finished stays due.
func (t *Transferrer) RunDue(ctx context.Context) error {
	t.running.Lock()
	defer t.running.Unlock()
	var problems []error
	for _, projectID := range t.projects {
		due, err := t.due(ctx, projectID)
		problems = append(problems, err)
		for _, transfer := range due {
			if err := t.run(ctx, projectID, transfer); err != nil {
				problems = append(problems, fmt.Errorf("transfer %s: %w", transfer.ID, err))
			}
		}
	}
	return errors.Join(problems...)
}

func (t *Transferrer) due(ctx context.Context, projectID string) ([]Transfer, error) {
	var due []Transfer
	err := t.service.catalog.View(ctx, projectID, func(tx CatalogTx) error {
		all, err := tx.Transfers()
		for _, transfer := range all {
			if transfer.Enabled && !t.service.now().Before(transfer.DueAt()) {
				due = append(due, transfer)
			}
		}
		return err
	})
	return due, err
}

// run moves what the streams of a transfer have, and notes how that went.
func (t *Transferrer) run(ctx context.Context, projectID string, transfer Transfer) error {
	began := t.service.now()
	problems := []error{t.service.requireBucket(ctx, transfer.Bucket)}
	if problems[0] == nil {
		for _, stream := range transfer.Streams {
			problems = append(problems, t.moveAll(ctx, projectID, transfer, stream))
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	err := errors.Join(problems...)
	return errors.Join(err, t.note(ctx, projectID, transfer.ID, began, err != nil))
}

// note writes down when an attempt began and whether it failed.
func (t *Transferrer) note(ctx context.Context, projectID, id string, began time.Time, failed bool) error {
	return t.service.catalog.Update(ctx, projectID, func(tx CatalogTx) error {
		transfer, ok, err := tx.Transfer(id)
		if err != nil || !ok { // it has been deleted meanwhile
			return err
		}
		transfer.RanAt, transfer.Failed = began.Truncate(time.Millisecond), failed
		return tx.UpdateTransfer(transfer)
	})
}

// moveAll moves a window that an earlier attempt has closed, if there is one, and
// then the one that is open.
func (t *Transferrer) moveAll(ctx context.Context, projectID string, transfer Transfer, stream TransferStream) error {
	for range 2 {
		window, waited, ok, err := t.closeWindow(ctx, projectID, transfer, stream)
		if err != nil || !ok {
			return err
		}
		if err := t.put(ctx, transfer, stream.ID, window); err != nil {
			return err
		}
		if err := t.advance(ctx, projectID, stream.ID, window); err != nil {
			return err
		}
		if !waited {
			return nil
		}
	}
	return nil
}

// closeWindow closes the open window of a stream, unless there is a closed one
// that waits for its object: then it gives that. It is not ok when the transfer
// reads the stream no longer.
func (t *Transferrer) closeWindow(ctx context.Context, projectID string, transfer Transfer, stream TransferStream) (window TransferWindow, waited, ok bool, err error) {
	gate := t.service.gates.of(stream.ID)
	gate.Lock()
	defer gate.Unlock()
	err = t.service.catalog.Update(ctx, projectID, func(tx CatalogTx) (err error) {
		var id string
		if id, window, ok, err = tx.TransferOfStream(stream.ID); err != nil || !ok || id != transfer.ID {
			ok = ok && id == transfer.ID
			return err
		}
		if waited = window.To != 0; waited {
			return nil
		}
		window.To = max(t.service.now().UnixNano(), window.From+1)
		window.Format = transfer.Format
		window.Key = objectKey(transfer, stream, window, t.gzip)
		return tx.UpdateTransferWindow(stream.ID, window)
	})
	return window, waited, ok, err
}

// put makes the object of a closed window, if it has records.
func (t *Transferrer) put(ctx context.Context, transfer Transfer, streamID string, window TransferWindow) error {
	next, stop := iter.Pull2(t.records(ctx, streamID, windowName(transfer.ID, window.Number), window))
	defer stop()
	first, err, any := next()
	if err != nil || !any {
		return err
	}
	return t.service.buckets.Put(ctx, transfer.Bucket, window.Key, func(out io.Writer) error {
		object := newObjectWriter(out, window)
		for record, more := first, true; more; record, err, more = next() {
			if err != nil {
				return err
			}
			if err := object.write(record); err != nil {
				return err
			}
		}
		return object.close()
	})
}

// records gives the records of a window: first those that came late, then the
// others, each in the order of the stream. They are read as they are asked for.
func (t *Transferrer) records(ctx context.Context, streamID, name string, window TransferWindow) iter.Seq2[Record, error] {
	late := Scan{Window: Always, Filter: Filter{Labels: map[string]string{windowLabel: name}}}
	timely := Scan{Window: Window{From: window.From, To: window.To}}
	return func(yield func(Record, error) bool) {
		for record, err := range t.service.records.Scan(ctx, streamID, late) {
			if !yield(record, err) || err != nil {
				return
			}
		}
		for record, err := range t.service.records.Scan(ctx, streamID, timely) {
			if _, isLate := record.Labels[windowLabel]; isLate {
				continue // it has been given, or belongs to another window
			}
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// advance puts the next window in the place of one that has been moved.
func (t *Transferrer) advance(ctx context.Context, projectID, streamID string, window TransferWindow) error {
	return t.service.catalog.Update(ctx, projectID, func(tx CatalogTx) error {
		_, now, ok, err := tx.TransferOfStream(streamID)
		if err != nil || !ok || now != window {
			return err
		}
		return tx.UpdateTransferWindow(streamID, window.next())
	})
}
