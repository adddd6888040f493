package catalogtest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/catalog"
	"github.com/ltskit/ltskit/store/catalog/catalogtest"
)

// A mistake makes a wrong catalog of a right one.
type mistake struct {
	name   string
	wrong  func(lts.Catalog) lts.Catalog
	caught string // the sentence of the suite that must catch it
}

var mistakes = []mistake{
	{"has one project for all", oneProject, "what another project has is not seen, also when its ID is known"},
	{"has one project for logtanks", oneProject, "a logtank of another project is not seen, also when its ID is known"},
	{"has one project for transfers", oneProject, "a transfer of another project is not seen, also when its ID is known"},
	{"keeps what a failed update did", keepsFailures, "a failed update leaves no trace"},
	{"wraps errors", wrapsErrors, "an error of fn comes back as it is"},
	{"swallows panics", swallowsPanics, "an update that panics leaves no trace, and the next one goes through"},
	{"writes in a view", writesInViews, "a view changes nothing"},
	{"does not look at the context", ignoresContexts, "a context that is cancelled before fails and leaves no trace"},
	{"commits after the context ended", ignoresContexts, "a context that is cancelled in the middle fails and leaves no trace"},
	{"sorts by name", withTx(byName), "groups are in the order of their creation"},
	{"forgets the object of a window", withTx(withoutKeys), "every field of a transfer survives, and those that may change can be changed"},
	{"keeps seconds", withTx(inSeconds), "the time of creation survives to the millisecond and does not change"},
	{"makes no tags of an empty list", withTx(withoutEmptyTags), "tags survive"},
	{"cuts long names", withTx(withShortNames), "long and odd names survive"},
	{"ignores case", withTx(inLowerCase), "names that only look alike are different"},
	{"begins every page at the first", withTx(withPages(func(p *pageOf) { p.after = "" })), "a page of logtanks begins after the one of an ID and ends at the limit"},
	{"has no end of a page", withTx(withPages(func(p *pageOf) { p.limit = 1000 })), "a page of logtanks begins after the one of an ID and ends at the limit"},
	{"shows what is deleted", withTx(withPages(func(p *pageOf) { p.deletedUntil = time.Time{} })), "a page is full although deleted logtanks are left out, and begins after one of them as well"},
	{"removes nothing", withTx(func(tx lts.CatalogTx) lts.CatalogTx { return hoarder{tx} }), "deleted logtanks are removed up to a moment, and it too"},
	{"checks before it locks", checksEarly, "a check and its change are one"},
	{"reads several states in one view", readsSeveralStates, "readers see a consistent state while a writer works"},
}

const chosen = "CATALOGTEST_MISTAKE" // environment: the mistake of the inner run

// Every wrong catalog runs the suite in a process of its own, because it has
// to fail there.
func TestTheSuiteCatchesWrongCatalogs(t *testing.T) {
	for _, tt := range mistakes {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sentence := strings.ReplaceAll(tt.caught, " ", "_")
			run := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestInnerRun$/^"+regexp.QuoteMeta(sentence)+"$")
			run.Env = append(os.Environ(), chosen+"="+tt.name)
			output, err := run.CombinedOutput()
			if err == nil {
				t.Fatalf("a catalog that %s passes %q", tt.name, tt.caught)
			}
			failed := "--- FAIL: TestInnerRun/" + sentence + " "
			if !strings.Contains(string(output), failed) {
				t.Errorf("the suite stops without %q:\n%s", failed, output)
			}
		})
	}
}

// TestInnerRun is what [TestTheSuiteCatchesWrongCatalogs] runs.
func TestInnerRun(t *testing.T) {
	i := slices.IndexFunc(mistakes, func(m mistake) bool { return m.name == os.Getenv(chosen) })
	if i < 0 {
		t.Skip("only for the process that TestTheSuiteCatchesWrongCatalogs starts")
	}
	catalogtest.Run(t, func(t *testing.T) lts.Catalog {
		c, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return mistakes[i].wrong(c)
	})
}

// A transaction is one of the two methods of a catalog.
type transaction func(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error

// wrong is a catalog of two functions.
type wrong struct{ view, update transaction }

func (w wrong) View(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error {
	return w.view(ctx, projectID, fn)
}

func (w wrong) Update(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error {
	return w.update(ctx, projectID, fn)
}

// both changes both methods alike.
func both(c lts.Catalog, change func(transaction) transaction) lts.Catalog {
	return wrong{view: change(c.View), update: change(c.Update)}
}

// withTx gives every function another transaction.
func withTx(change func(lts.CatalogTx) lts.CatalogTx) func(lts.Catalog) lts.Catalog {
	return func(c lts.Catalog) lts.Catalog {
		return both(c, func(do transaction) transaction {
			return func(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error {
				return do(ctx, projectID, func(tx lts.CatalogTx) error { return fn(change(tx)) })
			}
		})
	}
}

// Projects is that of a catalog without projects; no mistake is about it.
func (w wrong) Projects(context.Context) ([]string, error) { return nil, nil }

func oneProject(c lts.Catalog) lts.Catalog {
	return both(c, func(do transaction) transaction {
		return func(ctx context.Context, _ string, fn func(lts.CatalogTx) error) error {
			return do(ctx, "the only one", fn)
		}
	})
}

// withoutKeys keeps no keys of objects.
func withoutKeys(tx lts.CatalogTx) lts.CatalogTx { return keyless{tx} }

type keyless struct{ lts.CatalogTx }

func (k keyless) UpdateTransferWindow(streamID string, window lts.TransferWindow) error {
	window.Key = ""
	return k.CatalogTx.UpdateTransferWindow(streamID, window)
}

func keepsFailures(c lts.Catalog) lts.Catalog {
	return both(c, func(do transaction) transaction {
		return func(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) (refused error) {
			err := do(ctx, projectID, func(tx lts.CatalogTx) error {
				refused = fn(tx)
				return nil
			})
			return errors.Join(refused, err)
		}
	})
}

func wrapsErrors(c lts.Catalog) lts.Catalog {
	return both(c, func(do transaction) transaction {
		return func(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error {
			if err := do(ctx, projectID, fn); err != nil {
				return fmt.Errorf("wrapped: %w", err)
			}
			return nil
		}
	})
}

func swallowsPanics(c lts.Catalog) lts.Catalog {
	return both(c, func(do transaction) transaction {
		return func(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error {
			defer func() { _ = recover() }()
			return do(ctx, projectID, fn)
		}
	})
}

func writesInViews(c lts.Catalog) lts.Catalog { return wrong{view: c.Update, update: c.Update} }

func ignoresContexts(c lts.Catalog) lts.Catalog {
	return both(c, func(do transaction) transaction {
		return func(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error {
			return do(context.WithoutCancel(ctx), projectID, fn)
		}
	})
}

// checksEarly counts the groups before it waits for the project.
func checksEarly(c lts.Catalog) lts.Catalog {
	return wrong{view: c.View, update: func(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error {
		var early int
		err := c.View(ctx, projectID, func(tx lts.CatalogTx) (err error) {
			early, err = tx.CountGroups()
			return err
		})
		if err != nil {
			return err
		}
		return c.Update(ctx, projectID, func(tx lts.CatalogTx) error { return fn(earlyTx{tx, early}) })
	}}
}

type earlyTx struct {
	lts.CatalogTx

	groups int
}

func (t earlyTx) CountGroups() (int, error) { return t.groups, nil }

// readsSeveralStates lists the streams as they are when they are asked for.
func readsSeveralStates(c lts.Catalog) lts.Catalog {
	return wrong{update: c.Update, view: func(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error {
		return c.View(ctx, projectID, func(tx lts.CatalogTx) error {
			return fn(laterTx{tx, func(read func(lts.CatalogTx) error) error { return c.View(ctx, projectID, read) }})
		})
	}}
}

type laterTx struct {
	lts.CatalogTx

	later func(read func(lts.CatalogTx) error) error
}

func (t laterTx) Streams(groupID string) (streams []lts.Stream, err error) {
	err = t.later(func(tx lts.CatalogTx) (err error) {
		streams, err = tx.Streams(groupID)
		return err
	})
	return streams, err
}

type byNameTx struct{ lts.CatalogTx }

func byName(tx lts.CatalogTx) lts.CatalogTx { return byNameTx{tx} }

func (t byNameTx) Groups() ([]lts.Group, error) {
	groups, err := t.CatalogTx.Groups()
	slices.SortFunc(groups, func(a, b lts.Group) int { return strings.Compare(a.Name, b.Name) })
	return groups, err
}

// An insertTx changes what is inserted.
type insertTx struct {
	lts.CatalogTx

	group func(*lts.Group)
}

func (t insertTx) InsertGroup(g lts.Group) error {
	t.group(&g)
	return t.CatalogTx.InsertGroup(g)
}

// A pageOf is what a page of logtanks is asked for by.
type pageOf struct {
	after        string
	deletedUntil time.Time
	limit        int
}

// withPages gives other pages of logtanks than those that are asked for.
func withPages(change func(*pageOf)) func(lts.CatalogTx) lts.CatalogTx {
	return func(tx lts.CatalogTx) lts.CatalogTx { return pagesTx{tx, change} }
}

type pagesTx struct {
	lts.CatalogTx

	change func(*pageOf)
}

func (t pagesTx) Logtanks(after string, deletedUntil time.Time, limit int) ([]lts.Logtank, error) {
	page := pageOf{after, deletedUntil, limit}
	t.change(&page)
	return t.CatalogTx.Logtanks(page.after, page.deletedUntil, page.limit)
}

// A hoarder keeps deleted logtanks.
type hoarder struct{ lts.CatalogTx }

func (hoarder) RemoveLogtanks(time.Time) error { return nil }

func inSeconds(tx lts.CatalogTx) lts.CatalogTx {
	return insertTx{tx, func(g *lts.Group) { g.CreatedAt = g.CreatedAt.Truncate(time.Second) }}
}

func withoutEmptyTags(tx lts.CatalogTx) lts.CatalogTx {
	return insertTx{tx, func(g *lts.Group) { g.Tags = append([]lts.Tag(nil), g.Tags...) }}
}

func withShortNames(tx lts.CatalogTx) lts.CatalogTx {
	return insertTx{tx, func(g *lts.Group) { g.Name = g.Name[:min(len(g.Name), 255)] }}
}

func inLowerCase(tx lts.CatalogTx) lts.CatalogTx {
	return insertTx{tx, func(g *lts.Group) { g.Name = strings.ToLower(g.Name) }}
}
