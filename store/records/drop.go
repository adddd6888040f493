package records

import (
	"errors"
	"math"

	"github.com/cockroachdb/pebble/v2"

	"github.com/ltskit/ltskit/lts"
)

// drop removes a stream. Appends that wait for it go to a new stream of the same
// ID.
func (e *engine) drop(streamID string) error {
	st, err := e.stream(streamID)
	if err != nil {
		return err
	}
	defer st.shut()()
	if st.dropped {
		return nil
	}
	batch := e.db.NewBatch()
	err = errors.Join(
		batch.Delete(idKey(streamID), nil),
		batch.Delete(streamKey(tableNumbers, st.number), nil),
	)
	for _, table := range append([]byte{tableLabels, tableRows}, blockTables...) {
		err = errors.Join(err, deleteLines(batch, table, st.number, lts.Window{To: math.MaxInt64}))
	}
	if err != nil {
		return err
	}
	if err := e.commit(batch, pebble.Sync); err != nil {
		return err
	}
	st.dropped = true
	e.forget(st)
	return nil
}

// shut keeps everybody else out of the stream until the function that it gives
// is called.
func (st *stream) shut() (reopen func()) {
	st.upkeep.Lock()
	st.gate.Lock()
	st.mu.Lock()
	return func() {
		st.mu.Unlock()
		st.gate.Unlock()
		st.upkeep.Unlock()
	}
}

// dropBefore removes rows and blocks below line, and writes the block anew in
// which line lies.
func (e *engine) dropBefore(streamID string, line int64) error {
	number, ok, err := streamNumber(e.db, streamID)
	if err != nil || !ok {
		return err
	}
	// Retention asks every stream again and again, and most have nothing to drop.
	if some, err := hasLinesBefore(e.db, number, line); err != nil || !some {
		return err
	}
	st, err := e.stream(streamID)
	if err != nil {
		return err
	}
	defer st.shut()()
	if st.dropped {
		return nil
	}
	if err := st.load(e); err != nil {
		return err
	}
	batch, err := e.dropBeforeBatch(st, line)
	if err != nil {
		return err
	}
	if err := e.commit(batch, pebble.Sync); err != nil {
		return err
	}
	st.releaseBefore(line)
	return nil
}

// hasLinesBefore tells whether a stream has rows or blocks that begin below
// line. Blocks do not overlap, so the first one begins before the others.
func hasLinesBefore(r pebble.Reader, stream uint64, line int64) (bool, error) {
	if line <= lts.Always.From {
		return false, nil
	}
	first, ok, err := blockFrom(r, stream, 0)
	if err != nil || ok && first.window.From < line {
		return ok, err
	}
	it, err := r.NewIter(lineBounds(tableRows, stream, 0, line))
	if err != nil {
		return false, err
	}
	return it.First(), errors.Join(it.Error(), it.Close())
}

func (e *engine) dropBeforeBatch(st *stream, line int64) (*pebble.Batch, error) {
	batch := e.db.NewBatch()
	before := lts.Window{To: line}
	for _, table := range append([]byte{tableRows}, blockTables...) {
		if err := deleteLines(batch, table, st.number, before); err != nil {
			return nil, err
		}
	}
	return batch, e.cutBlock(batch, st, line)
}

// cutBlock writes the block anew that has lines on both sides of line, if there
// is one.
func (e *engine) cutBlock(batch *pebble.Batch, st *stream, line int64) error {
	block, ok, err := blockFrom(e.db, st.number, line)
	if err != nil || !ok || block.window.From >= line {
		return err
	}
	var records columns
	if _, err := e.readBlock(e.db, st.number, block, &records, nil); err != nil {
		return err
	}
	p := packers.Get().(*packer)
	defer packers.Put(p)
	kept := records.within(lts.Window{From: line, To: math.MaxInt64})
	return e.writeBlock(batch, st.number, kept, p)
}

// releaseBefore notes that the lines below line are free again.
func (p *places) releaseBefore(line int64) {
	if line > p.last {
		p.last = 0
	}
	p.runs.cut(line)
}
