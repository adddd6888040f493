package records

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"

	"github.com/ltskit/ltskit/lts"
)

// countWorkers is how many blocks are unpacked at a time for one count.
const countWorkers = 2

// count adds the records of a stream to a tally: from summaries as far as they
// know, from what lies in rows and unpacked blocks for the rest.
func (e *engine) count(ctx context.Context, streamID string, t *tally, filter lts.Filter) (err error) {
	if t.window.Intersect(lts.Always).Empty() {
		return nil
	}
	v, err := e.view(streamID)
	if err != nil || v == nil {
		return err
	}
	defer func() { err = errors.Join(err, v.close()) }()
	if err := v.countRows(ctx, t, filter); err != nil {
		return err
	}
	unknown, err := v.countSummaries(ctx, t, filter)
	if err != nil {
		return err
	}
	return v.countBlocks(ctx, t, filter, unknown)
}

func (v *view) countRows(ctx context.Context, t *tally, filter lts.Filter) (err error) {
	rows, err := newRowSource(v, t.window.Intersect(lts.Always), lts.Scan{Filter: filter})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.it.Close()) }()
	for ; rows.it.Valid(); rows.it.Next() {
		record, ok, err := rows.read()
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if ok {
			t.add(record.LineNum, 1)
		}
	}
	return rows.it.Error()
}

// countSummaries adds what summaries know, and gives the blocks that must be
// unpacked.
func (v *view) countSummaries(ctx context.Context, t *tally, filter lts.Filter) (unknown []summary, err error) {
	it, err := v.snapshot.NewIter(lineBounds(tableSummary, v.stream, t.window.From, math.MaxInt64))
	if err != nil {
		return nil, err
	}
	c := summaryCounter{tally: t, filter: filter,
		filters: wordFilters{view: v, table: tableFilters}, counts: wordFilters{view: v, table: tableCounts}}
	defer func() { err = errors.Join(err, it.Close(), c.filters.close(), c.counts.close()) }()
	for it.First(); it.Valid(); it.Next() {
		s, err := summaryAt(it)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		if s.window.From >= t.window.To {
			break
		}
		known, err := c.count(s)
		if err != nil {
			return nil, err
		}
		if !known {
			unknown = append(unknown, s)
		}
	}
	return unknown, it.Error()
}

// A summaryCounter counts without unpacking.
type summaryCounter struct {
	tally   *tally
	filter  lts.Filter
	filters wordFilters
	counts  wordFilters
}

// count adds the matches of a block, if they are known.
func (c *summaryCounter) count(s summary) (known bool, err error) {
	labels, err := s.matchLabels(c.filter)
	if err != nil || labels == labelsNone {
		return labels == labelsNone, err
	}
	if labels == labelsAll && c.tally.within(s.window) {
		number, err := c.number(s)
		if err != nil || number > 0 {
			c.tally.add(s.window.From, number)
			return true, err
		}
	}
	may, err := c.filters.mayMatch(s, c.filter.Keywords)
	return !may, err
}

// number gives the matches among all records of a block, 0 if they are not
// known.
func (c *summaryCounter) number(s summary) (int, error) {
	if c.filter.Keywords.Empty() {
		return s.number, nil
	}
	word, ok := c.filter.Keywords.Word()
	if !ok {
		return 0, nil
	}
	return c.counts.count(s, word)
}

// countBlocks unpacks blocks and counts in them, several at a time.
func (v *view) countBlocks(ctx context.Context, t *tally, filter lts.Filter, blocks []summary) error {
	workers := min(countWorkers, len(blocks))
	tallies := make([]*tally, workers)
	errs := make([]error, workers)
	var next atomic.Int64
	var wait sync.WaitGroup
	for i := range workers {
		tallies[i] = newTally(t.window, t.step)
		wait.Go(func() { errs[i] = v.countSome(ctx, tallies[i], filter, blocks, &next) })
	}
	wait.Wait()
	for _, part := range tallies {
		t.addAll(part)
	}
	return errors.Join(errs...)
}

// countSome takes one block after the other until there are no more.
func (v *view) countSome(ctx context.Context, t *tally, filter lts.Filter, blocks []summary, next *atomic.Int64) error {
	var block openBlock
	var buffer []byte
	for i := next.Add(1) - 1; i < int64(len(blocks)); i = next.Add(1) - 1 {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		if buffer, err = v.load(&block, blocks[i], t.window, filter, buffer); err != nil {
			return err
		}
		block.count(t, filter)
	}
	return nil
}

func (b *openBlock) count(t *tally, filter lts.Filter) {
	for i := b.from; i < b.to; i++ {
		if b.wants(i, filter) {
			t.add(b.records.lines[i], 1)
		}
	}
}
