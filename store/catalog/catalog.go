// Package catalog keeps groups, streams and what else there is besides records
// in a SQL database. Rows, not one document for a project: the cost of a change
// does not grow with what is there already.
package catalog

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite", without cgo

	"github.com/ltskit/ltskit/lts"
)

//go:embed migrations/*.sql
var migrations embed.FS

// A Catalog is an [lts.Catalog] on a SQLite file. It is safe for concurrent
// use; changes go one after the other, reads go beside them.
type Catalog struct {
	readers *sql.DB
	writer  *sql.DB // one connection: SQLite has one writer
}

var _ lts.Catalog = (*Catalog)(nil)

// Open opens the catalog in a file, makes the file when it is missing, and
// brings its tables up to date. It refuses a file whose tables a newer program
// has changed. What Update has kept survives a crash of the machine (WAL,
// synchronous=FULL).
//
// Several may open a file at the same time: they bring it up to date one after
// the other, for which Open locks an empty file beside it, <file>.lock.
func Open(ctx context.Context, file string) (*Catalog, error) {
	c, err := open(file)
	if err != nil {
		return nil, fmt.Errorf("catalog: %s: %w", file, err)
	}
	err = alone(ctx, file, func() error {
		if err := makePrivate(file); err != nil {
			return err
		}
		return c.migrate(ctx)
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("catalog: %s: %w", file, err), c.Close())
	}
	return c, nil
}

// lockPause is how long to wait before another attempt to lock.
const lockPause = 10 * time.Millisecond

// alone runs fn while nobody else does for the same file. SQLite itself locks
// single transactions only, and goose looks at the version of the tables in
// another one than it changes them in. The operating system ends the lock with
// the process, however that ends.
func alone(ctx context.Context, file string, fn func() error) error {
	lock := flock.New(file+".lock", flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, lockPause); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	return errors.Join(fn(), lock.Close())
}

// makePrivate makes the file when it is missing, for its owner only: it has the
// key of the tokens in it. SQLite would let everybody read it. What SQLite puts
// beside the file gets the permissions of the file.
func makePrivate(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func open(file string) (*Catalog, error) {
	file, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	writer, err := sql.Open("sqlite", dsn(file, "_txlock", "immediate"))
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	readers, err := sql.Open("sqlite", dsn(file, "_query_only", "on"))
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	readers.SetMaxOpenConns(8)
	return &Catalog{readers: readers, writer: writer}, nil
}

// dsn names a database and how to use it. What keeps readers from writing is
// said here: the driver does not refuse changes in a read-only transaction.
func dsn(file, option, value string) string {
	query := url.Values{
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "busy_timeout(10000)"},
		option:    {value},
	}
	return (&url.URL{Scheme: "file", Path: file, RawQuery: query.Encode()}).String()
}

func (c *Catalog) migrate(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, c.writer, dir)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return err
	}
	have, known, err := provider.GetVersions(ctx)
	if err == nil && have > known {
		err = fmt.Errorf("the tables have version %d, this program knows them up to %d", have, known)
	}
	return err
}

// Close closes the database.
func (c *Catalog) Close() error {
	return errors.Join(c.readers.Close(), c.writer.Close())
}

// View implements [lts.Catalog].
func (c *Catalog) View(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error {
	return transact(ctx, c.readers, &sql.TxOptions{ReadOnly: true}, projectID, fn)
}

// Update implements [lts.Catalog].
func (c *Catalog) Update(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error {
	return transact(ctx, c.writer, nil, projectID, fn)
}

// Projects implements [lts.Catalog].
func (c *Catalog) Projects(ctx context.Context) (ids []string, err error) {
	rows, err := c.readers.QueryContext(ctx, `SELECT DISTINCT project_id FROM log_groups`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

func transact(ctx context.Context, db *sql.DB, options *sql.TxOptions, projectID string, fn func(lts.CatalogTx) error) error {
	sqlTx, err := db.BeginTx(ctx, options)
	if err != nil {
		return err
	}
	defer func() { _ = sqlTx.Rollback() }() // does nothing after a commit
	if err := fn(&tx{ctx: ctx, sql: sqlTx, projectID: projectID}); err != nil {
		return err
	}
	return sqlTx.Commit()
}

// Secret returns the secret of a name. The first call for a name keeps what
// generate gives; every later one, in this process or another, returns that.
func (c *Catalog) Secret(ctx context.Context, name string, generate func() ([]byte, error)) ([]byte, error) {
	value, err := generate()
	if err != nil {
		return nil, err
	}
	if _, err := c.writer.ExecContext(ctx, `INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`, name, value); err != nil {
		return nil, fmt.Errorf("catalog: keep secret %q: %w", name, err)
	}
	err = c.writer.QueryRowContext(ctx, `SELECT value FROM secrets WHERE name = ?`, name).Scan(&value)
	return value, err
}
