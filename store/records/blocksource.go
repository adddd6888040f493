package records

import (
	"context"
	"errors"
	"math"
	"strings"

	"github.com/cockroachdb/pebble/v2"

	"github.com/ltskit/ltskit/lts"
)

// A blockSource gives the records of blocks. It stands at a block, which is open
// when it has been read; then it stands at a record that the filter wants.
type blockSource struct {
	view       *view
	span       lts.Window
	filter     lts.Filter
	descending bool

	summaries *pebble.Iterator
	filters   wordFilters
	started   bool
	valid     bool // there is a block
	current   summary

	open   bool
	block  openBlock
	at     int // in block; behind its end when nothing is left
	buffer []byte
}

func newBlockSource(v *view, span lts.Window, scan lts.Scan) (*blockSource, error) {
	s := &blockSource{view: v, span: span, filter: scan.Filter, descending: scan.Descending}
	var err error
	s.summaries, err = v.snapshot.NewIter(lineBounds(tableSummary, v.stream, span.From, math.MaxInt64))
	if err != nil {
		return nil, err
	}
	s.filters = wordFilters{view: v, table: tableFilters}
	return s, nil
}

func (s *blockSource) close() error { return errors.Join(s.summaries.Close(), s.filters.close()) }

// settle goes on to the next block that may have a wanted record, unless it
// stands at one.
func (s *blockSource) settle(ctx context.Context) error {
	for !s.started || s.valid && s.open && !s.block.has(s.at) {
		if err := s.nextBlock(ctx); err != nil {
			return err
		}
	}
	return nil
}

// nextBlock goes to the next block that may have a wanted record.
func (s *blockSource) nextBlock(ctx context.Context) error {
	s.open = false
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.valid = s.nextSummary()
		if !s.valid {
			return s.summaries.Error()
		}
		wanted, err := s.wanted()
		if err != nil || wanted {
			return err
		}
	}
}

func (s *blockSource) nextSummary() bool {
	if s.started {
		return advance(s.summaries, s.descending)
	}
	s.started = true
	if !s.descending {
		return s.summaries.First()
	}
	// The block in which the span ends has its key at or behind the end.
	return s.summaries.SeekGE(lineKey(tableSummary, s.view.stream, max(s.span.To, s.span.From))) || s.summaries.Last()
}

// wanted reads the summary and tells whether the block may have what is wanted.
func (s *blockSource) wanted() (ok bool, err error) {
	if s.current, err = summaryAt(s.summaries); err != nil {
		return false, err
	}
	if s.current.window.Intersect(s.span).Empty() {
		s.pastSpan()
		return false, nil
	}
	match, err := s.current.matchLabels(s.filter)
	if err != nil || match == labelsNone {
		return false, err
	}
	return s.filters.mayMatch(s.current, s.filter.Keywords)
}

// pastSpan ends an ascending source behind its span.
func (s *blockSource) pastSpan() {
	if !s.descending && s.current.window.From >= s.span.To {
		s.summaries.Last()
	}
}

// load opens the block at which the source stands.
func (s *blockSource) load() (err error) {
	s.buffer, err = s.view.load(&s.block, s.current, s.span, s.filter, s.buffer)
	if err != nil {
		return err
	}
	s.open = true
	s.at = s.block.from - 1
	if s.descending {
		s.at = s.block.to
	}
	s.step()
	return nil
}

// step goes to the next wanted record of the open block.
func (s *blockSource) step() {
	by := 1
	if s.descending {
		by = -1
	}
	for s.at += by; s.block.has(s.at) && !s.block.wants(s.at, s.filter); {
		s.at += by
	}
}

// line is the line number of the record at which the source stands, or, of a
// block that is not open, the first in the source's direction.
func (s *blockSource) line() int64 {
	switch {
	case s.open:
		return s.block.records.lines[s.at]
	case s.descending:
		return s.current.greatest()
	default:
		return s.current.window.From
	}
}

// take gives the record at which the source stands and goes on.
func (s *blockSource) take() (lts.Record, error) {
	records := &s.block.records
	labels, err := records.sets.labels(int(records.label[s.at]))
	record := lts.Record{LineNum: records.lines[s.at], Content: strings.Clone(records.view(s.at)), Labels: labels}
	s.step()
	return record, err
}

// An openBlock is a block that has been read for a query.
type openBlock struct {
	records  columns
	from, to int    // the records in the query's span
	wanted   []bool // by label set: the filter wants its labels
}

// load reads a block for a query.
func (v *view) load(b *openBlock, s summary, span lts.Window, filter lts.Filter, buffer []byte) ([]byte, error) {
	buffer, err := v.engine.readBlock(v.snapshot, v.stream, s, &b.records, buffer)
	if err != nil {
		return buffer, err
	}
	b.from, b.to = b.records.indexes(span)
	b.wanted = b.wanted[:0]
	for i := range b.records.sets.encoded {
		labels, err := b.records.sets.labels(i)
		if err != nil {
			return buffer, err
		}
		b.wanted = append(b.wanted, filter.MatchLabels(labels))
	}
	return buffer, nil
}

func (b *openBlock) has(i int) bool { return b.from <= i && i < b.to }

func (b *openBlock) wants(i int, filter lts.Filter) bool {
	return b.wanted[b.records.label[i]] && filter.Keywords.Match(b.records.view(i))
}
