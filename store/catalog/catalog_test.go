package catalog_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/catalog"
	"github.com/ltskit/ltskit/store/catalog/catalogtest"
)

func TestCatalogKeepsTheContract(t *testing.T) {
	catalogtest.Run(t, func(t *testing.T) lts.Catalog { return open(t, newFile(t)) })
}

func TestWhatIsKeptIsThereAfterReopening(t *testing.T) {
	file := newFile(t)
	group := lts.Group{ID: "g", Name: "group", TTLDays: 7, Tags: []lts.Tag{{Key: "k", Value: "v"}}, CreatedAt: time.UnixMilli(1)}
	stream := lts.Stream{ID: "s", GroupID: "g", Name: "stream", CreatedAt: time.UnixMilli(2)}
	first := open(t, file)
	update(t, first, func(tx lts.CatalogTx) error {
		return errors.Join(tx.InsertGroup(group), tx.InsertStream(stream))
	})
	if err := first.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}

	groups, streams := everything(t, open(t, file))
	if diff := cmp.Diff([]lts.Group{group}, groups); diff != "" {
		t.Errorf("groups after reopening (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]lts.Stream{stream}, streams); diff != "" {
		t.Errorf("streams after reopening (-want +got):\n%s", diff)
	}
}

func TestWhatIsKeptIsThereWithoutClosing(t *testing.T) {
	file := newFile(t)
	update(t, open(t, file), func(tx lts.CatalogTx) error { return tx.InsertGroup(lts.Group{ID: "g", Name: "group"}) })

	// Another process comes while the first still runs, or after it was killed.
	groups, _ := everything(t, open(t, file))
	if len(groups) != 1 {
		t.Errorf("a second catalog on the file has the groups %+v, want one", groups)
	}
}

func TestNamesOfFilesMayBeOdd(t *testing.T) {
	for _, name := range []string{"a b.db", "a?b=c&d.db", "a#b.db", "100%41.db", "日志.db", "a:b.db", "'\".db", "-.db"} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), name)
			open(t, file)
			if _, err := os.Stat(file); err != nil {
				t.Errorf("Open(%q) made another file: %v", file, err)
			}
		})
	}
}

// The file has the key of the tokens in it.
func TestOnlyTheOwnerMayReadTheFile(t *testing.T) {
	file := newFile(t)
	update(t, open(t, file), insertNext)
	for _, name := range []string{file, file + "-wal", file + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has the mode %o, want 600", name, mode)
		}
	}
}

func TestOpenFailsWithTheNameOfTheFile(t *testing.T) {
	folder := t.TempDir()
	notADatabase := filepath.Join(folder, "letter.txt")
	if err := os.WriteFile(notADatabase, []byte(strings.Repeat("Dear Sir or Madam, ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, file string }{
		{"it is not a database", notADatabase},
		{"it is a folder", folder},
		{"its folder is missing", filepath.Join(folder, "missing", "catalog.db")},
		{"its folder is a file", filepath.Join(notADatabase, "catalog.db")},
	} {
		t.Run(tt.name, func(t *testing.T) { wantOpenToFail(t, tt.file) })
	}
	t.Run("its folder must not be written", func(t *testing.T) {
		wantOpenToFail(t, filepath.Join(lockedFolder(t), "catalog.db"))
	})
}

func TestOpenLeavesAFileThatIsNotADatabaseAlone(t *testing.T) {
	file, text := newFile(t), "not a database"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := catalog.Open(t.Context(), file); err == nil {
		t.Errorf("Open gives no error")
	}
	if got, err := os.ReadFile(file); string(got) != text || err != nil {
		t.Errorf("after Open the file holds %q (%v), want %q", got, err, text)
	}
}

func TestTablesOfANewerProgramAreRefusedAndLeftAlone(t *testing.T) {
	file := newFile(t)
	c := open(t, file)
	update(t, c, func(tx lts.CatalogTx) error { return tx.InsertGroup(lts.Group{ID: "g", Name: "group"}) })
	db := raw(t, file)
	exec(t, db, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
	before := dump(t, db)

	_, err := catalog.Open(t.Context(), file)
	if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "99") {
		t.Errorf("Open gives %v, want an error that names the file and version 99", err)
	}
	if diff := cmp.Diff(before, dump(t, db)); diff != "" {
		t.Errorf("Open changed the file (-before +after):\n%s", diff)
	}
}

func TestAViewShowsOneMomentAndHoldsUpNobody(t *testing.T) {
	c := open(t, newFile(t))
	err := c.View(t.Context(), project, func(view lts.CatalogTx) error {
		before, err := view.CountGroups()
		if err != nil {
			return err
		}
		update(t, c, func(tx lts.CatalogTx) error { return tx.InsertGroup(lts.Group{ID: "g", Name: "group"}) })
		after, err := view.CountGroups()
		if before != 0 || after != 0 {
			t.Errorf("the view counts %d groups, then %d, want 0 both times", before, after)
		}
		return err
	})
	if err != nil {
		t.Errorf("View: %v", err)
	}
}

func TestAnUpdateHoldsUpNoView(t *testing.T) {
	c := open(t, newFile(t))
	update(t, c, func(tx lts.CatalogTx) error {
		if err := tx.InsertGroup(lts.Group{ID: "g", Name: "group"}); err != nil {
			return err
		}
		if groups, _ := everything(t, c); len(groups) != 0 {
			t.Errorf("a view shows %+v while the update runs, want nothing", groups)
		}
		return nil
	})
}

func TestUpdatesOfTwoProgramsGoOneAfterTheOther(t *testing.T) {
	const updates = 24
	file := newFile(t)
	programs := []*catalog.Catalog{open(t, file), open(t, file)}
	var all sync.WaitGroup
	for i := range updates {
		all.Go(func() {
			if err := programs[i%2].Update(t.Context(), project, insertNext); err != nil {
				t.Errorf("Update number %d: %v", i, err)
			}
		})
	}
	all.Wait()
	groups, _ := everything(t, programs[0])
	for i, group := range groups {
		if group.Name != strconv.Itoa(i) {
			t.Errorf("group %d was inserted as number %s", i, group.Name)
		}
	}
	if len(groups) != updates {
		t.Errorf("there are %d groups, want %d", len(groups), updates)
	}
}

func TestSecretIsTheFirstOneForEveryCaller(t *testing.T) {
	file := newFile(t)
	first, second := open(t, file), open(t, file)
	got := make([]string, 24)
	var all sync.WaitGroup
	for i := range got {
		c := []*catalog.Catalog{first, second}[i%2]
		all.Go(func() { got[i] = secret(t, c, "key", strconv.Itoa(i)) })
	}
	all.Wait()
	for i, value := range got {
		if value != got[0] || value == "" {
			t.Errorf("caller %d got the secret %q, caller 0 %q, want one value for all", i, value, got[0])
		}
	}
	if value := secret(t, open(t, file), "key", "late"); value != got[0] {
		t.Errorf("after reopening the secret is %q, want %q", value, got[0])
	}
	if value := secret(t, first, "other key", "other"); value != "other" {
		t.Errorf("the secret of another name is %q, want its own", value)
	}
}

func TestSecretThatCannotBeMadeIsNotKept(t *testing.T) {
	c := open(t, newFile(t))
	errNoEntropy := errors.New("no entropy")
	_, err := c.Secret(t.Context(), "key", func() ([]byte, error) { return []byte("half"), errNoEntropy })
	if !errors.Is(err, errNoEntropy) {
		t.Errorf("Secret gives %v, want %v", err, errNoEntropy)
	}
	if value := secret(t, c, "key", "good"); value != "good" {
		t.Errorf("the next call gets %q, want its own value", value)
	}
}

// The cost of a change must not grow with what is there already.
func BenchmarkCreateGroup(b *testing.B) {
	for _, bb := range []struct {
		name          string
		here, besides int // groups of the project, and of others
	}{
		{"number 1", 0, 0},
		{"number 100", 99, 0},
		{"number 100 beside 100000 of other projects", 99, 100_000},
	} {
		b.Run(bb.name, func(b *testing.B) {
			c := open(b, filepath.Join(b.TempDir(), "catalog.db"))
			fill(b, c, project, bb.here)
			fill(b, c, "fedcba9876543210fedcba9876543210", bb.besides)
			for b.Loop() {
				update(b, c, createAndDelete)
			}
		})
	}
}

const project = "0123456789abcdef0123456789abcdef"

func newFile(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "catalog.db")
}

func open(t testing.TB, file string) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Open(t.Context(), file)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return c
}

func wantOpenToFail(t *testing.T, file string) {
	t.Helper()
	c, err := catalog.Open(t.Context(), file)
	if err == nil {
		_ = c.Close()
		t.Fatalf("Open(%q) gives no error", file)
	}
	if !strings.Contains(err.Error(), file) {
		t.Errorf("Open(%q) fails with %q, want the name of the file in it", file, err)
	}
}

// lockedFolder is a folder that cannot be written. It skips the test for users
// whom permissions do not bind.
func lockedFolder(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "locked")
	if err := os.Mkdir(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	if os.WriteFile(filepath.Join(folder, "probe"), nil, 0o600) == nil {
		t.Skip("permissions do not bind this user, such as root")
	}
	return folder
}

func update(t testing.TB, c *catalog.Catalog, fn func(lts.CatalogTx) error) {
	t.Helper()
	if err := c.Update(t.Context(), project, fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

// insertNext inserts a group that is named after the number of groups.
func insertNext(tx lts.CatalogTx) error {
	n, err := tx.CountGroups()
	if err != nil {
		return err
	}
	name := strconv.Itoa(n)
	return tx.InsertGroup(lts.Group{ID: name, Name: name})
}

// everything lists the groups of the project and the streams of the first.
func everything(t *testing.T, c *catalog.Catalog) (groups []lts.Group, streams []lts.Stream) {
	t.Helper()
	err := c.View(t.Context(), project, func(tx lts.CatalogTx) (err error) {
		if groups, err = tx.Groups(); err != nil || len(groups) == 0 {
			return err
		}
		streams, err = tx.Streams(groups[0].ID)
		return err
	})
	if err != nil {
		t.Fatalf("View: %v", err)
	}
	return groups, streams
}

// secret asks for a secret and offers a value for it.
func secret(t *testing.T, c *catalog.Catalog, name, offer string) string {
	t.Helper()
	value, err := c.Secret(t.Context(), name, func() ([]byte, error) { return []byte(offer), nil })
	if err != nil {
		t.Errorf("Secret: %v", err)
	}
	return string(value)
}

// raw opens the file past the catalog.
func raw(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func exec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// dump gives the tables, the names of the groups and the versions.
func dump(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL
		UNION ALL SELECT name FROM log_groups UNION ALL SELECT version_id FROM goose_db_version`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// fill creates n groups.
func fill(b *testing.B, c *catalog.Catalog, projectID string, n int) {
	b.Helper()
	err := c.Update(b.Context(), projectID, func(tx lts.CatalogTx) error {
		for i := range n {
			name := projectID + strconv.Itoa(i)
			if err := tx.InsertGroup(lts.Group{ID: name, Name: name}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatalf("Update: %v", err)
	}
}

// createAndDelete does what the creation of a group does and takes the group
// away again, so that the number stays.
func createAndDelete(tx lts.CatalogTx) error {
	if _, _, err := tx.GroupByName("new"); err != nil {
		return err
	}
	if _, err := tx.CountGroups(); err != nil {
		return err
	}
	if err := tx.InsertGroup(lts.Group{ID: "new", Name: "new"}); err != nil {
		return err
	}
	return tx.DeleteGroup("new")
}
