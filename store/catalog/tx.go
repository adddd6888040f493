package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/ltskit/ltskit/lts"
)

// tx is one transaction on one project. Every statement names the project, so
// that no mistake of a caller reaches another one's rows.
type tx struct {
	ctx       context.Context
	sql       *sql.Tx
	projectID string
}

var _ lts.CatalogTx = (*tx)(nil)

// row is what *sql.Row and *sql.Rows have in common.
type row interface{ Scan(dest ...any) error }

// list runs a query and scans every row of its answer.
func list[T any](t *tx, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := t.sql.QueryContext(t.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// one runs a query that has at most one row.
func one[T any](t *tx, scan func(row) (T, error), query string, args ...any) (T, bool, error) {
	v, err := scan(t.sql.QueryRowContext(t.ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return v, false, nil
	}
	return v, err == nil, err
}

func (t *tx) count(query string, args ...any) (int, error) {
	var n int
	err := t.sql.QueryRowContext(t.ctx, query, args...).Scan(&n)
	return n, err
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.sql.ExecContext(t.ctx, query, args...)
	return err
}

// tags are kept as a JSON array: nothing ever asks for one of them alone.
type tags []lts.Tag

func (t tags) text() string {
	data, _ := json.Marshal([]lts.Tag(t)) // strings always marshal
	return string(data)
}

func (t *tags) Scan(src any) error {
	text, _ := src.(string)
	return json.Unmarshal([]byte(text), (*[]lts.Tag)(t))
}

func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
