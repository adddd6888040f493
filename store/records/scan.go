package records

import (
	"context"
	"errors"
	"strings"

	"github.com/cockroachdb/pebble/v2"

	"github.com/ltskit/ltskit/lts"
)

// scan yields the records that the scan asks for. It gives no error once yield
// has said that it wants no more.
func (e *engine) scan(ctx context.Context, streamID string, scan lts.Scan, yield func(lts.Record, error) bool) (err error) {
	v, err := e.view(streamID)
	if err != nil || v == nil {
		return err
	}
	stopped := false
	defer func() {
		if closeErr := v.close(); !stopped {
			err = errors.Join(err, closeErr)
		}
	}()
	m, err := newMerger(v, scan)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := m.close(); !stopped {
			err = errors.Join(err, closeErr)
		}
	}()
	for !stopped {
		record, ok, err := m.next(ctx)
		if err != nil || !ok {
			return err
		}
		stopped = !yield(record, nil)
	}
	return nil
}

// A view is a stream as it is at one moment.
type view struct {
	engine   *engine
	snapshot *pebble.Snapshot
	stream   uint64
}

// view gives nil for a stream that there is not.
func (e *engine) view(streamID string) (*view, error) {
	v := &view{engine: e, snapshot: e.db.NewSnapshot()}
	number, ok, err := streamNumber(v.snapshot, streamID)
	if err != nil || !ok {
		return nil, errors.Join(err, v.close())
	}
	v.stream = number
	return v, nil
}

func (v *view) close() error { return v.snapshot.Close() }

// A merger gives the records of rows and blocks in one order.
type merger struct {
	rows       *rowSource
	blocks     *blockSource
	descending bool
}

func newMerger(v *view, scan lts.Scan) (*merger, error) {
	span := scan.Span().Intersect(lts.Always)
	rows, err := newRowSource(v, span, scan)
	if err != nil {
		return nil, err
	}
	blocks, err := newBlockSource(v, span, scan)
	if err != nil {
		return nil, errors.Join(err, rows.it.Close())
	}
	return &merger{rows, blocks, scan.Descending}, nil
}

func (m *merger) close() error { return errors.Join(m.rows.it.Close(), m.blocks.close()) }

// next gives the next record that the filter wants, if there is one.
func (m *merger) next(ctx context.Context) (record lts.Record, ok bool, err error) {
	for !ok && err == nil {
		if err = m.blocks.settle(ctx); err != nil {
			break
		}
		switch {
		case m.rowFirst():
			record, ok, err = m.rows.take()
			err = errors.Join(err, ctx.Err())
		case !m.blocks.valid:
			return record, false, m.rows.it.Error()
		case m.blocks.open:
			record, err = m.blocks.take()
			ok = true
		default:
			err = m.blocks.load()
		}
	}
	return record, ok, err
}

// rowFirst tells whether the next row comes before all that is in the next
// block.
func (m *merger) rowFirst() bool {
	switch {
	case !m.rows.it.Valid():
		return false
	case !m.blocks.valid:
		return true
	case m.descending:
		return m.rows.line() > m.blocks.line()
	default:
		return m.rows.line() < m.blocks.line()
	}
}

// A rowSource gives the rows of a stream.
type rowSource struct {
	it         *pebble.Iterator
	labels     labelReader
	filter     lts.Filter
	descending bool
}

func newRowSource(v *view, span lts.Window, scan lts.Scan) (*rowSource, error) {
	it, err := v.snapshot.NewIter(lineBounds(tableRows, v.stream, span.From, max(span.To, span.From)))
	if err != nil {
		return nil, err
	}
	s := &rowSource{it, labelReader{reader: v.snapshot, stream: v.stream}, scan.Filter, scan.Descending}
	start(it, s.descending)
	return s, nil
}

func start(it *pebble.Iterator, descending bool) bool {
	if descending {
		return it.Last()
	}
	return it.First()
}

func advance(it *pebble.Iterator, descending bool) bool {
	if descending {
		return it.Prev()
	}
	return it.Next()
}

func (s *rowSource) line() int64 { return lineOf(s.it.Key()) }

// take gives the record at which the source stands, if the filter wants it, and
// goes on.
func (s *rowSource) take() (record lts.Record, ok bool, err error) {
	record, ok, err = s.read()
	if ok {
		record.Content = strings.Clone(record.Content)
	}
	advance(s.it, s.descending)
	return record, ok, err
}

// read gives the record at which the source stands, if the filter wants it. Its
// content is valid until the source goes on.
func (s *rowSource) read() (record lts.Record, ok bool, err error) {
	value, err := s.it.ValueAndErr()
	if err != nil {
		return lts.Record{}, false, err
	}
	id, content, err := readRow(value)
	if err != nil {
		return lts.Record{}, false, err
	}
	labels, err := s.labels.labels(id)
	if err != nil {
		return lts.Record{}, false, err
	}
	record = lts.Record{LineNum: s.line(), Content: asString(content), Labels: labels}
	return record, s.filter.Match(record), nil
}
