package records

import (
	"errors"
	"math"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"github.com/ltskit/ltskit/lts"
)

// readBlock reads a block into records, whose memory it reuses; see
// blockCodec.decode for the buffer.
func (e *engine) readBlock(r pebble.Reader, stream uint64, s summary, records *columns, buffer []byte) ([]byte, error) {
	err := withBlock(r, stream, s, func(block []byte) (err error) {
		buffer, err = e.codec.decode(records, block, buffer)
		return err
	})
	return buffer, err
}

// readBlockLines reads all of a block but its text.
func (e *engine) readBlockLines(r pebble.Reader, stream uint64, s summary, records *columns, buffer []byte) ([]byte, error) {
	err := withBlock(r, stream, s, func(block []byte) (err error) {
		buffer, _, err = e.codec.decodeHead(records, block, buffer)
		return err
	})
	return buffer, err
}

// withBlock calls use with a packed block, which is valid until use returns.
func withBlock(r pebble.Reader, stream uint64, s summary, use func(block []byte) error) error {
	value, closer, err := r.Get(lineKey(tableBlocks, stream, s.greatest()))
	if errors.Is(err, pebble.ErrNotFound) {
		return errCorrupt("summary: its block is missing")
	}
	if err != nil {
		return err
	}
	return errors.Join(use(value), closer.Close())
}

// A packer makes blocks. Its memory is large and is used again and again.
type packer struct {
	words  wordTable
	head   []byte
	packed []byte
}

var packers = sync.Pool{New: func() any { return new(packer) }}

// writeBlock writes a block with all that belongs to it.
func (e *engine) writeBlock(batch *pebble.Batch, stream uint64, records *columns, p *packer) error {
	p.words.count(records)
	filter, err := p.words.filter()
	if err != nil {
		return err
	}
	p.head = records.appendHead(p.head[:0])
	p.packed = e.codec.encode(p.packed[:0], p.head, records.text)
	values := map[byte][]byte{
		tableBlocks:  p.packed,
		tableSummary: summarize(records).encode(),
		tableFilters: filter,
		tableCounts:  p.words.counts(),
	}
	for _, table := range blockTables {
		if err := batch.Set(lineKey(table, stream, records.last()), values[table], nil); err != nil {
			return err
		}
	}
	return nil
}

// deleteBlock takes a block away with all that belongs to it.
func deleteBlock(batch *pebble.Batch, stream uint64, s summary) error {
	for _, table := range blockTables {
		if err := batch.Delete(lineKey(table, stream, s.greatest()), nil); err != nil {
			return err
		}
	}
	return nil
}

// deleteLines takes the lines of a window out of a table.
func deleteLines(batch *pebble.Batch, table byte, stream uint64, w lts.Window) error {
	return batch.DeleteRange(lineKey(table, stream, w.From), lineKey(table, stream, w.To), nil)
}

// blockFrom gives the first block whose greatest line number is at least line:
// the one in which line lies, or else the next.
func blockFrom(r pebble.Reader, stream uint64, line int64) (s summary, ok bool, err error) {
	return findBlock(r, stream, lts.Window{From: line, To: math.MaxInt64}, (*pebble.Iterator).First)
}

// blockBefore gives the last block that ends before line.
func blockBefore(r pebble.Reader, stream uint64, line int64) (s summary, ok bool, err error) {
	return findBlock(r, stream, lts.Window{To: line}, (*pebble.Iterator).Last)
}

func findBlock(r pebble.Reader, stream uint64, greatest lts.Window, move func(*pebble.Iterator) bool) (s summary, ok bool, err error) {
	it, err := r.NewIter(lineBounds(tableSummary, stream, greatest.From, greatest.To))
	if err != nil {
		return summary{}, false, err
	}
	if ok = move(it); ok {
		s, err = summaryAt(it)
	}
	return s, ok, errors.Join(err, it.Close())
}

// summaryAt reads the summary at which an iterator stands.
func summaryAt(it *pebble.Iterator) (summary, error) {
	value, err := it.ValueAndErr()
	if err != nil {
		return summary{}, err
	}
	return decodeSummary(it.Key(), value)
}
