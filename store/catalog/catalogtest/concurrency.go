package catalogtest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ltskit/ltskit/lts"
)

var concurrency = []sentence{
	{"a check and its change are one", func(t *testing.T, c lts.Catalog) {
		const callers, quota = 24, 5
		var inserted atomic.Int64
		together(callers, func(i int) {
			err := insertBelow(t.Context(), c, quota, strconv.Itoa(i))
			if err == nil {
				inserted.Add(1)
			} else if !errors.Is(err, errRefused) {
				t.Errorf("Update number %d: %v", i, err)
			}
		})
		if n := inserted.Load(); n != quota {
			t.Errorf("%d of %d updates found room, want %d", n, callers, quota)
		}
		if n := len(stateOf(t, c, ours).Groups); n != quota {
			t.Errorf("there are %d groups, want %d", n, quota)
		}
	}},
	{"updates of different projects all go through", func(t *testing.T, c lts.Catalog) {
		const callers = 24
		together(callers, func(i int) {
			g := group(strconv.Itoa(i))
			if err := c.Update(t.Context(), fmt.Sprintf("%032d", i), insert(g)); err != nil {
				t.Errorf("Update number %d: %v", i, err)
			}
		})
		for i := range callers {
			if n := len(stateOf(t, c, fmt.Sprintf("%032d", i)).Groups); n != 1 {
				t.Errorf("project %d has %d groups, want 1", i, n)
			}
		}
	}},
	{"readers see a consistent state while a writer works", func(t *testing.T, c lts.Catalog) {
		const readers, changes = 4, 50
		keep(t, c, ours, group("0"))
		keep(t, c, ours, stream(group("0"), "stream"))
		var done atomic.Bool
		together(readers+1, func(i int) {
			if i == 0 {
				defer done.Store(true)
				replaceAgainAndAgain(t, c, changes)
				return
			}
			for !done.Load() {
				wantOneOfEach(t, c)
			}
		})
	}},
}

// together runs f in n goroutines that start at the same time, and waits for
// all of them.
func together(n int, f func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	all.Wait()
}

// insertBelow inserts a group when there are fewer than quota.
func insertBelow(ctx context.Context, c lts.Catalog, quota int, name string) error {
	return c.Update(ctx, ours, func(tx lts.CatalogTx) error {
		n, err := tx.CountGroups()
		if err != nil {
			return err
		}
		if n >= quota {
			return errRefused
		}
		return tx.InsertGroup(group(name))
	})
}

// replaceAgainAndAgain puts a new group with a stream in place of the old one.
func replaceAgainAndAgain(t *testing.T, c lts.Catalog, times int) {
	for i := range times {
		old, fresh := group(strconv.Itoa(i)), group(strconv.Itoa(i+1))
		err := c.Update(t.Context(), ours, func(tx lts.CatalogTx) error {
			return errors.Join(
				tx.DeleteGroup(old.ID), tx.InsertGroup(fresh), tx.InsertStream(stream(fresh, "stream")))
		})
		if err != nil {
			t.Errorf("Update number %d: %v", i, err)
			return
		}
	}
}

// wantOneOfEach reports when a view shows anything else than one group, its
// stream and the counts of both.
func wantOneOfEach(t *testing.T, c lts.Catalog) {
	err := c.View(t.Context(), ours, func(tx lts.CatalogTx) error {
		all, err := readAll(tx)
		if err != nil {
			return err
		}
		n, err := tx.CountGroups()
		if len(all.Groups) != 1 || len(all.Streams) != 1 || n != 1 {
			t.Errorf("a view shows %d groups (counted: %d) and %d streams, want one of each", len(all.Groups), n, len(all.Streams))
		}
		return err
	})
	if err != nil {
		t.Errorf("View: %v", err)
	}
}
