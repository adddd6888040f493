package records

import (
	"encoding/binary"
	"math"

	"github.com/cockroachdb/pebble/v2"

	"github.com/ltskit/ltskit/lts"
)

// maxBacklog is how many full blocks of rows a stream may have before those who
// append must seal.
const maxBacklog = 16

func (e *engine) append(streamID string, labels map[string]string, records []lts.NewRecord) error {
	encoded := encodeLabels(labels)
	for {
		st, err := e.stream(streamID)
		if err != nil {
			return err
		}
		again, backlog, err := e.appendTo(st, encoded, records)
		if err != nil || !again {
			if backlog {
				e.relieve(st)
			}
			return err
		}
	}
}

// relieve seals within an append, so that writers cannot outrun the sealer. The
// append has succeeded whatever comes of it.
func (e *engine) relieve(st *stream) {
	if err := e.seal(st, false); err != nil {
		e.opts.Logger.Warn("records: seal", "stream", st.id, "error", err)
	}
}

// appendTo wants to be called again when the stream has been dropped meanwhile.
func (e *engine) appendTo(st *stream, labels []byte, records []lts.NewRecord) (again, backlog bool, err error) {
	st.gate.RLock()
	defer st.gate.RUnlock()
	p, err := st.place(e, labels, records)
	if err != nil {
		return false, false, err
	}
	if p == nil {
		return true, false, nil
	}
	batch, err := st.batch(e, p, records)
	if err == nil {
		err = e.commit(batch, pebble.Sync)
	}
	if err != nil {
		e.fail(st, p, err)
		return false, false, err
	}
	return false, st.settle(e, p), nil
}

// batch writes the rows of an append.
func (st *stream) batch(e *engine, p *placement, records []lts.NewRecord) (*pebble.Batch, error) {
	batch := e.db.NewBatchWithSize(p.size(records))
	if p.introduce {
		if err := st.introduce(batch); err != nil {
			return nil, err
		}
	}
	if p.tellLabels {
		key := lineKey(tableLabels, st.number, p.label.id)
		if err := batch.Set(key, p.label.encoded, nil); err != nil {
			return nil, err
		}
	}
	label := binary.AppendUvarint(nil, uint64(p.label.id))
	for i, line := range p.lines {
		putRow(batch, st.number, line, label, records[p.index(i)].Content)
	}
	return batch, nil
}

// putRow writes one record: the ID of its labels, then its content.
func putRow(batch *pebble.Batch, stream uint64, line int64, label []byte, content string) {
	row := batch.SetDeferred(lineKeyLen, len(label)+len(content))
	putLineKey(row.Key, tableRows, stream, line)
	copy(row.Value[copy(row.Value, label):], content)
	_ = row.Finish() // only an indexed batch can fail
}

// readRow takes apart what putRow wrote.
func readRow(value []byte) (label uint64, content []byte, err error) {
	label, n := binary.Uvarint(value)
	if n <= 0 {
		return 0, nil, errCorrupt("row")
	}
	return label, value[n:], nil
}

// fail notes what a failed append may have left. Its line numbers stay taken:
// the engine ends here.
func (e *engine) fail(st *stream, p *placement, err error) {
	e.fault.set(err)
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, line := range p.lines {
		e.failed = append(e.failed, lineKey(tableRows, st.number, line))
	}
}

// settle ends an append that succeeded, and tells whether the rows of the stream
// have become too many.
func (st *stream) settle(e *engine, p *placement) (backlog bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.leave(p)
	st.known = true
	p.label.known = true
	st.rows += len(p.lines)
	st.dirty = min(st.dirty, p.lines[0])
	st.touched = e.opts.Now()
	if st.rows >= 2*e.opts.SealRows && !st.queued {
		st.queued = e.sealer.enqueue(st)
	}
	return st.rows >= maxBacklog*e.opts.SealRows
}

// A placement says where an append's records go.
type placement struct {
	lines      []int64 // ascending
	order      []int   // lines[i] is for record order[i]; nil: for record i
	label      *labelID
	introduce  bool
	tellLabels bool
}

func (p *placement) index(i int) int {
	if p.order == nil {
		return i
	}
	return p.order[i]
}

// size is about the memory that the batch takes.
func (p *placement) size(records []lts.NewRecord) int {
	const overhead = lineKeyLen + 12
	size := 256 + len(p.label.encoded) + len(records)*overhead
	for i := range records {
		size += len(records[i].Content)
	}
	return min(size, math.MaxInt32)
}
