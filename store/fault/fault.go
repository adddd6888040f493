// Package fault makes stores fail on demand, below the rules that use them, so
// that the documented answers to a failure come from the code that gives them
// when a disk is really full.
package fault

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ltskit/ltskit/lts"
)

// ErrInjected is the cause of every failure that this package makes.
var ErrInjected = errors.New("fault: injected on request")

// A Store names a store that can be made to fail.
type Store string

// The stores that can be made to fail.
const (
	CatalogStore Store = "catalog"
	RecordsStore Store = "records"
	BucketStore  Store = "bucket"
)

// Stores lists the stores that can be made to fail.
func Stores() []Store { return []Store{CatalogStore, RecordsStore, BucketStore} }

type key struct{}

// Inject returns a context under which a store fails.
func Inject(ctx context.Context, store Store) context.Context {
	return context.WithValue(ctx, key{}, store)
}

// InjectNamed is [Inject] for a name from outside. An unknown one is an error
// that lists the known.
func InjectNamed(ctx context.Context, name string) (context.Context, error) {
	if !slices.Contains(Stores(), Store(name)) {
		return nil, fmt.Errorf("must be one of %v", Stores())
	}
	return Inject(ctx, Store(name)), nil
}

func check(ctx context.Context, store Store) error {
	if ctx.Value(key{}) == store {
		return fmt.Errorf("%s: %w", store, ErrInjected)
	}
	return nil
}

// Catalog returns a catalog that fails under a context made by [Inject], and
// otherwise does what inner does.
func Catalog(inner lts.Catalog) lts.Catalog { return catalog{inner} }

type catalog struct{ lts.Catalog }

// View implements [lts.Catalog].
func (c catalog) View(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error {
	if err := check(ctx, CatalogStore); err != nil {
		return err
	}
	return c.Catalog.View(ctx, projectID, fn)
}

// Projects implements [lts.Catalog].
func (c catalog) Projects(ctx context.Context) ([]string, error) {
	if err := check(ctx, CatalogStore); err != nil {
		return nil, err
	}
	return c.Catalog.Projects(ctx)
}

// Update implements [lts.Catalog]. It lets fn run and fails in place of the
// commit, as a full disk does.
func (c catalog) Update(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error {
	if err := check(ctx, CatalogStore); err != nil {
		return c.Catalog.Update(ctx, projectID, func(tx lts.CatalogTx) error {
			if refused := fn(tx); refused != nil {
				return refused
			}
			return err
		})
	}
	return c.Catalog.Update(ctx, projectID, fn)
}
