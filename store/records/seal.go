package records

import (
	"errors"
	"math"

	"github.com/cockroachdb/pebble/v2"

	"github.com/ltskit/ltskit/lts"
)

// seal packs rows of a stream into blocks: all that make full blocks, and, when
// the stream is quiet, what is left if it is not too little.
//
// A row that is committed between the look at the rows and their range delete
// would be lost. So the look goes only up to the lowest append under way, and a
// run in which a line number was given since is left alone (see swap).
func (e *engine) seal(st *stream, quiet bool) error {
	st.upkeep.Lock()
	defer st.upkeep.Unlock()
	window, rows, err := st.watch(e)
	if err != nil || window.Empty() {
		return err
	}
	run := sealRun{engine: e, stream: st, quiet: quiet, packer: packers.Get().(*packer)}
	defer packers.Put(run.packer)
	err = run.all(window)
	if err != nil {
		run.left, run.tail = rows, window.From
	}
	st.unwatch(run.left, run.tail)
	return err
}

// watch begins to take down late rows. It gives the window in which no append is
// under way and rows may be new, and about how many there are.
func (st *stream) watch(e *engine) (window lts.Window, rows int, err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.queued = false
	if st.dropped {
		return lts.Window{}, 0, nil
	}
	if err := st.load(e); err != nil {
		return lts.Window{}, 0, err
	}
	window, rows = lts.Window{From: st.dirty, To: st.lowestUnderway()}, st.rows
	if !window.Empty() {
		st.watching, st.late = true, nil
		st.rows, st.dirty = 0, math.MaxInt64
	}
	return window, rows, nil
}

// unwatch puts down what the sealer has left.
func (st *stream) unwatch(rows int, from int64) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.watching, st.late = false, nil
	st.rows += rows
	st.dirty = min(st.dirty, from)
}

// A sealRun goes once through the rows of a window. The rows are those of the
// snapshot; blocks are looked up as they are, since the run itself changes them
// and, holding upkeep, nobody else.
type sealRun struct {
	engine *engine
	stream *stream
	quiet  bool
	packer *packer

	snapshot *pebble.Snapshot
	rows     *pebble.Iterator
	labels   labelReader
	runs     [2]columns // the run at hand, and the one behind it

	tail int64 // where the rows begin that were left for later
	left int   // how many they are
}

func (r *sealRun) all(window lts.Window) (err error) {
	r.snapshot = r.engine.db.NewSnapshot()
	defer func() { err = errors.Join(err, r.snapshot.Close()) }()
	if err := r.open(window); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.rows.Close()) }()
	r.tail = window.To
	for r.rows.First(); r.rows.Valid(); {
		more, err := r.next()
		if err != nil || !more {
			return err
		}
	}
	return r.rows.Error()
}

func (r *sealRun) open(window lts.Window) (err error) {
	number := r.stream.number
	r.labels = labelReader{reader: r.snapshot, stream: number}
	r.rows, err = r.snapshot.NewIter(lineBounds(tableRows, number, window.From, window.To))
	return err
}

// next deals with the run of rows at which the iterator stands: those within one
// block, or those up to the next block. There is no more when the run is to be
// left for later.
func (r *sealRun) next() (more bool, err error) {
	first := lineOf(r.rows.Key())
	block, ok, err := blockFrom(r.engine.db, r.stream.number, first)
	switch {
	case err != nil:
		return false, err
	case !ok:
		return r.freshRun(math.MaxInt64)
	case block.window.From <= first:
		return true, r.lateRun(block)
	default:
		return r.freshRun(block.window.From)
	}
}

// lateRun packs the rows within a block into it, if they are worth it.
func (r *sealRun) lateRun(block summary) error {
	rows := &r.runs[0]
	if err := r.collect(rows, block.window.To); err != nil || rows.len() < r.worth() {
		return err
	}
	return r.join(block, rows)
}

// worth is how many rows make sealing worth it.
func (r *sealRun) worth() int {
	if r.quiet {
		return max(r.engine.opts.fewRows()/4, 1)
	}
	return r.engine.opts.fewRows()
}

// freshRun packs the rows up to limit. Without a block behind them, they are the
// newest: of those, as many as fill a block stay rows, so that records which are
// only somewhat late find no block.
func (r *sealRun) freshRun(limit int64) (more bool, err error) {
	newest := limit == math.MaxInt64 && !r.quiet
	rows, behind := &r.runs[0], &r.runs[1]
	if err := r.collect(rows, limit); err != nil {
		return false, err
	}
	for r.full(rows) {
		if err := r.collect(behind, limit); err != nil {
			return false, err
		}
		if newest && !r.full(behind) {
			r.leave(rows, behind)
			return false, nil
		}
		if err := r.swap(rows, nil); err != nil {
			return false, err
		}
		rows, behind = behind, rows
	}
	if newest {
		r.leave(rows)
		return false, nil
	}
	if rows.len() < r.worth() {
		return true, nil
	}
	return true, r.small(rows)
}

// leave leaves runs for later.
func (r *sealRun) leave(runs ...*columns) {
	for _, rows := range runs {
		if rows.len() > 0 {
			r.tail = min(r.tail, rows.first())
			r.left += rows.len()
		}
	}
}

func (r *sealRun) full(rows *columns) bool {
	return rows.len() >= r.engine.opts.SealRows || len(rows.text) >= r.engine.opts.SealBytes
}

// small packs a few rows, together with the block before them if that is small
// too.
func (r *sealRun) small(rows *columns) error {
	before, ok, err := blockBefore(r.engine.db, r.stream.number, rows.first())
	if err != nil {
		return err
	}
	if ok && r.fits(before, rows) {
		return r.join(before, rows)
	}
	return r.swap(rows, nil)
}

func (r *sealRun) fits(block summary, rows *columns) bool {
	o := r.engine.opts
	return block.number+rows.len() <= o.SealRows && block.bytes+len(rows.text) <= o.SealBytes
}

// collect reads rows below limit until they fill a block.
func (r *sealRun) collect(rows *columns, limit int64) error {
	rows.reset()
	for r.rows.Valid() && !r.full(rows) {
		line := lineOf(r.rows.Key())
		if line >= limit {
			return nil
		}
		if err := r.collectRow(rows, line); err != nil {
			return err
		}
		r.rows.Next()
	}
	return r.rows.Error()
}

func (r *sealRun) collectRow(rows *columns, line int64) error {
	value, err := r.rows.ValueAndErr()
	if err != nil {
		return err
	}
	id, content, err := readRow(value)
	if err != nil {
		return err
	}
	encoded, err := r.labels.encoded(id)
	if err != nil {
		return err
	}
	rows.add(line, encoded, content)
	return nil
}
