package records

import (
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/ltskit/ltskit/lts"
)

// join writes a block anew with rows that belong into it or behind it.
func (r *sealRun) join(block summary, rows *columns) error {
	var old columns
	if _, err := r.engine.readBlock(r.engine.db, r.stream.number, block, &old, nil); err != nil {
		return err
	}
	return r.swap(rows, &joined{block, merge(&old, rows)})
}

// joined is a block with the records that it is to have.
type joined struct {
	block   summary
	records *columns
}

// swap puts a block in the place of rows, and in the place of the old block when
// they are joined, in one batch. When another row may have come between them
// meanwhile, it leaves them to the next run.
//
// The batch need not be synced: if it is lost, so is all that follows it, and
// the rows are still there.
func (r *sealRun) swap(rows *columns, with *joined) error {
	batch, err := r.swapBatch(rows, with)
	if err != nil {
		return err
	}
	st := r.stream
	st.mu.Lock()
	defer st.mu.Unlock()
	window := lts.Window{From: rows.first(), To: rows.last() + 1}
	if slices.ContainsFunc(st.late, window.Contains) {
		st.rows += rows.len()
		st.dirty = min(st.dirty, rows.first())
		return batch.Close()
	}
	r.engine.sealed.add(st.number)
	return r.engine.commit(batch, pebble.NoSync)
}

func (r *sealRun) swapBatch(rows *columns, with *joined) (*pebble.Batch, error) {
	number := r.stream.number
	batch := r.engine.db.NewBatchWithSize(len(rows.text) / 2)
	window := lts.Window{From: rows.first(), To: rows.last() + 1}
	if err := deleteLines(batch, tableRows, number, window); err != nil {
		return nil, err
	}
	if with == nil {
		return batch, r.engine.writeBlock(batch, number, rows, r.packer)
	}
	if err := deleteBlock(batch, number, with.block); err != nil {
		return nil, err
	}
	return batch, r.writeParts(batch, with.records)
}

// writeParts writes records as one block, or as several of about the same size
// if they are too many for one.
func (r *sealRun) writeParts(batch *pebble.Batch, records *columns) error {
	o := r.engine.opts
	parts := max(
		(records.len()+2*o.SealRows-1)/(2*o.SealRows),
		(len(records.text)+2*o.SealBytes-1)/(2*o.SealBytes),
	)
	parts = min(parts, records.len())
	for i := range parts {
		part := records.part(i*records.len()/parts, (i+1)*records.len()/parts)
		if err := r.engine.writeBlock(batch, r.stream.number, part, r.packer); err != nil {
			return err
		}
	}
	return nil
}
