package catalogtest

import (
	"context"
	"errors"
	"testing"

	"github.com/ltskit/ltskit/lts"
)

var transactions = []sentence{
	{"a failed update leaves no trace", func(t *testing.T, c lts.Catalog) {
		oneOfEach(t, c, ours)
		before := stateOf(t, c, ours)
		err := c.Update(t.Context(), ours, func(tx lts.CatalogTx) error {
			if err := changeEverything(tx); err != nil {
				t.Errorf("the change itself: %v", err)
			}
			return errRefused
		})
		wantIdentical(t, "Update", err, errRefused)
		wantState(t, c, ours, before)
	}},
	{"an error of fn comes back as it is", func(t *testing.T, c lts.Catalog) {
		for _, want := range []error{lts.ErrGroupExists, lts.ErrInternal.CausedBy(errRefused), errRefused} {
			fail := func(lts.CatalogTx) error { return want }
			wantIdentical(t, "View", c.View(t.Context(), ours, fail), want)
			wantIdentical(t, "Update", c.Update(t.Context(), ours, fail), want)
		}
	}},
	{"an update that panics leaves no trace, and the next one goes through", func(t *testing.T, c lts.Catalog) {
		panicked := func() (v any) {
			defer func() { v = recover() }()
			update(t, c, ours, func(tx lts.CatalogTx) error {
				if err := tx.InsertGroup(group("lost")); err != nil {
					return err
				}
				panic("in fn")
			})
			return nil
		}
		if v := panicked(); v != "in fn" {
			t.Errorf("Update recovers %v from fn, want it to pass the panic on", v)
		}
		keep(t, c, ours, group("kept"))
		wantNames(t, c, "kept")
	}},
	{"a transaction sees its own changes", func(t *testing.T, c lts.Catalog) {
		oneOfEach(t, c, ours)
		var seen state
		update(t, c, ours, func(tx lts.CatalogTx) (err error) {
			if err := changeEverything(tx); err != nil {
				return err
			}
			seen, err = readAll(tx)
			return err
		})
		wantState(t, c, ours, seen)
		if len(seen.Groups) != 2 || seen.Groups[0].TTLDays != 99 || len(seen.Streams) != 1 || len(seen.Logtanks) != 1 || len(seen.Transfers) != 1 {
			t.Errorf("within the update there are %+v, want two groups, the first changed, one stream, one logtank and one transfer", seen)
		}
	}},
	{"a view changes nothing", func(t *testing.T, c lts.Catalog) {
		oneOfEach(t, c, ours)
		before := stateOf(t, c, ours)
		_ = c.View(t.Context(), ours, changeEverything) // whether it is refused is the catalog's choice
		wantState(t, c, ours, before)
	}},
	{"a context that is cancelled before fails and leaves no trace", func(t *testing.T, c lts.Catalog) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.View(ctx, ours, func(lts.CatalogTx) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("View with a cancelled context: %v, want %v", err, context.Canceled)
		}
		if err := c.Update(ctx, ours, insert(group("late"))); !errors.Is(err, context.Canceled) {
			t.Errorf("Update with a cancelled context: %v, want %v", err, context.Canceled)
		}
		wantNames(t, c)
	}},
	{"a context that is cancelled in the middle fails and leaves no trace", func(t *testing.T, c lts.Catalog) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err := c.Update(ctx, ours, func(tx lts.CatalogTx) error {
			if err := tx.InsertGroup(group("late")); err != nil {
				return err
			}
			cancel()
			return nil
		})
		if err == nil {
			t.Errorf("Update gives no error after its context was cancelled")
		}
		wantNames(t, c)
		keep(t, c, ours, group("next"))
		wantNames(t, c, "next")
	}},
	{"a deleted group takes its streams along, and no others", func(t *testing.T, c lts.Catalog) {
		doomed, _ := oneOfEach(t, c, ours)
		other := group("other")
		keep(t, c, ours, other, stream(other, "stream"))
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.DeleteGroup(doomed.ID) })

		keep(t, c, ours, doomed) // a stream that was only hidden would come back with it
		left := stateOf(t, c, ours).Streams
		if len(left) != 1 || left[0].GroupID != other.ID {
			t.Errorf("there are the streams %+v, want the one of the other group", left)
		}
	}},
}

var errRefused = errors.New("refused by the rule")

// changeEverything changes and deletes what [oneOfEach] keeps and adds what
// was not there.
func changeEverything(tx lts.CatalogTx) error {
	changed, added := group("group"), group("added")
	changed.TTLDays = 99
	return errors.Join(
		tx.UpdateGroup(changed),
		tx.DeleteStream(changed.ID, stream(changed, "stream").ID),
		tx.InsertGroup(added),
		tx.InsertStream(stream(added, "stream")),
		tx.InsertLogtank(logtank("listener")),
		tx.InsertTransfer(transfer("first", added, stream(added, "stream"))),
	)
}

// wantIdentical reports an error that is not the very value that it should be:
// callers find codes, causes and details in it.
func wantIdentical(t *testing.T, method string, got, want error) {
	t.Helper()
	if any(got) != any(want) {
		t.Errorf("%s gives %#v, want the error of fn, %#v", method, got, want)
	}
}
