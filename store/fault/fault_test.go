package fault_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/catalog"
	"github.com/ltskit/ltskit/store/catalog/catalogtest"
	"github.com/ltskit/ltskit/store/fault"
)

func TestCatalogWithoutFaultsKeepsTheContract(t *testing.T) {
	catalogtest.Run(t, open)
}

func TestViewFailsBeforeItBegins(t *testing.T) {
	ctx := fault.Inject(t.Context(), fault.CatalogStore)
	err := open(t).View(ctx, project, func(lts.CatalogTx) error {
		t.Errorf("View runs its function")
		return nil
	})
	if !errors.Is(err, fault.ErrInjected) {
		t.Errorf("View gives %v, want %v", err, fault.ErrInjected)
	}
}

func TestUpdateFailsInPlaceOfTheCommit(t *testing.T) {
	c, ran := open(t), false
	err := c.Update(fault.Inject(t.Context(), fault.CatalogStore), project, func(tx lts.CatalogTx) error {
		ran = true
		return tx.InsertGroup(lts.Group{ID: "g", Name: "group"})
	})
	if !errors.Is(err, fault.ErrInjected) {
		t.Errorf("Update gives %v, want %v", err, fault.ErrInjected)
	}
	if !ran {
		t.Errorf("Update does not run its function")
	}
	wantGroups(t, c, 0)
}

func TestWhatARuleRefusesIsRefusedWithAFaultToo(t *testing.T) {
	err := open(t).Update(fault.Inject(t.Context(), fault.CatalogStore), project, func(lts.CatalogTx) error {
		return lts.ErrGroupExists
	})
	if any(err) != any(lts.ErrGroupExists) {
		t.Errorf("Update gives %v, want %v", err, lts.ErrGroupExists)
	}
}

func TestOtherContextsDoNotFail(t *testing.T) {
	c := open(t)
	_ = fault.Inject(t.Context(), fault.CatalogStore)
	for name, ctx := range map[string]context.Context{
		"no fault":           t.Context(),
		"a fault of nothing": fault.Inject(t.Context(), ""),
		"a fault of another": fault.Inject(t.Context(), "another"),
	} {
		if err := c.View(ctx, project, func(lts.CatalogTx) error { return nil }); err != nil {
			t.Errorf("%s: View gives %v", name, err)
		}
		if err := c.Update(ctx, project, func(lts.CatalogTx) error { return nil }); err != nil {
			t.Errorf("%s: Update gives %v", name, err)
		}
	}
}

func TestStoresHasAll(t *testing.T) {
	if got, want := fault.Stores(), []fault.Store{fault.CatalogStore, fault.RecordsStore, fault.BucketStore}; !slices.Equal(got, want) {
		t.Errorf("Stores gives %q, want %q", got, want)
	}
}

const project = "0123456789abcdef0123456789abcdef"

// open makes a catalog that can be made to fail.
func open(t *testing.T) lts.Catalog {
	t.Helper()
	c, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return fault.Catalog(c)
}

func wantGroups(t *testing.T, c lts.Catalog, want int) {
	t.Helper()
	err := c.View(t.Context(), project, func(tx lts.CatalogTx) error {
		got, err := tx.CountGroups()
		if got != want {
			t.Errorf("there are %d groups, want %d", got, want)
		}
		return err
	})
	if err != nil {
		t.Errorf("View: %v", err)
	}
}
