package records

import (
	"encoding/binary"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// A stream is what the engine knows of a stream that is written to. What is only
// read needs none.
//
// Locks are taken in this order: upkeep, gate, mu.
type stream struct {
	id     string
	number uint64

	upkeep sync.Mutex   // held by the one who seals, merges or drops
	gate   sync.RWMutex // shared by appends while they are under way; drops keep them out

	mu      sync.Mutex
	loaded  bool
	dropped bool // out of use: ask the engine for its successor
	known   bool // a commit has written the rows that introduce the stream
	places
	labels labelIDs

	rows     int       // about the number of rows at or above dirty
	dirty    int64     // the sealer begins here
	watching bool      // the sealer wants to know of late rows
	late     []int64   // line numbers given since it began to watch
	queued   bool      // the sealer will come
	touched  time.Time // the last append
	swept    time.Time // touched, when the stream was last swept
}

// stream gives the stream of an ID, a new one if there is none.
func (e *engine) stream(id string) (*stream, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if st, ok := e.streams[id]; ok {
		return st, nil
	}
	st := &stream{id: id, touched: e.opts.Now()}
	var err error
	if st.number, st.known, err = streamNumber(e.db, id); err != nil {
		return nil, err
	}
	if !st.known {
		st.number = e.nextNumber
		e.nextNumber++
	}
	e.streams[id] = st
	return st, nil
}

// forget takes a dropped stream out of use.
func (e *engine) forget(st *stream) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.streams[st.id] == st {
		delete(e.streams, st.id)
	}
}

// streamNumber looks a stream up in the database.
func streamNumber(r pebble.Reader, id string) (number uint64, ok bool, err error) {
	value, closer, err := r.Get(idKey(id))
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	defer func() { _ = closer.Close() }()
	if len(value) != 8 {
		return 0, false, errCorrupt("stream number")
	}
	return binary.BigEndian.Uint64(value), true, nil
}

// streamIDs lists the streams that have been written to and not dropped.
func (e *engine) streamIDs() (ids []string, err error) {
	it, err := e.db.NewIter(tableBounds(tableStreams))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	for it.First(); it.Valid(); it.Next() {
		ids = append(ids, string(it.Key()[1:]))
	}
	return ids, it.Error()
}

// loadNextNumber finds the first stream number behind all that are in use.
func (e *engine) loadNextNumber() error {
	it, err := e.db.NewIter(tableBounds(tableNumbers))
	if err != nil {
		return err
	}
	defer func() { _ = it.Close() }()
	if it.Last() {
		e.nextNumber = streamOf(it.Key()) + 1
	}
	return it.Error()
}

// introduce writes what makes the stream known.
func (st *stream) introduce(batch *pebble.Batch) error {
	number := binary.BigEndian.AppendUint64(nil, st.number)
	if err := batch.Set(idKey(st.id), number, nil); err != nil {
		return err
	}
	return batch.Set(streamKey(tableNumbers, st.number), []byte(st.id), nil)
}

// load reads the state of the stream from the database, once. The caller holds
// mu.
func (st *stream) load(e *engine) error {
	if st.loaded {
		return nil
	}
	last, err := st.greatest(e.db)
	if err != nil {
		return err
	}
	if st.labels.next, err = nextLabel(e.db, st.number); err != nil {
		return err
	}
	if st.rows, err = st.countRows(e.db, 2*e.opts.SealRows); err != nil {
		return err
	}
	st.places = places{last: last, runs: runs{complete: last + 1}}
	st.dirty = 1
	st.loaded = true
	return nil
}

// greatest gives the greatest line number of the stream, 0 if it is empty.
func (st *stream) greatest(r pebble.Reader) (line int64, err error) {
	for _, table := range []byte{tableRows, tableSummary} {
		it, err := r.NewIter(lineBounds(table, st.number, 0, math.MaxInt64))
		if err != nil {
			return 0, err
		}
		if it.Last() {
			line = max(line, lineOf(it.Key()))
		}
		if err := it.Close(); err != nil {
			return 0, err
		}
	}
	return line, nil
}

// countRows counts up to limit.
func (st *stream) countRows(r pebble.Reader, limit int) (number int, err error) {
	it, err := r.NewIter(lineBounds(tableRows, st.number, 0, math.MaxInt64))
	if err != nil {
		return 0, err
	}
	for it.First(); it.Valid() && number < limit; it.Next() {
		number++
	}
	return number, it.Close()
}

// tableBounds are the bounds of a whole table.
func tableBounds(table byte) *pebble.IterOptions {
	return &pebble.IterOptions{LowerBound: []byte{table}, UpperBound: []byte{table + 1}}
}

// lineBounds are the bounds of the lines from to to (excluded) in a table of a
// stream.
func lineBounds(table byte, stream uint64, from, to int64) *pebble.IterOptions {
	return &pebble.IterOptions{LowerBound: lineKey(table, stream, from), UpperBound: lineKey(table, stream, to)}
}
