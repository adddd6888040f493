package records

import (
	"errors"
	"math"

	"github.com/cockroachdb/pebble/v2"
)

// sweep seals the streams that have rows and have been quiet for a while. The
// streams from before Open count as touched when they are first seen.
func (e *engine) sweep() error {
	ids, err := e.streamsWithRows()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if e.sealer.stopping() {
			return nil
		}
		st, err := e.stream(id)
		if err != nil {
			return err
		}
		if !st.quiet(e) {
			continue
		}
		if err := e.seal(st, true); err != nil {
			return err
		}
	}
	return nil
}

// quiet tells whether the stream wants a sweep, which it then counts as done.
func (st *stream) quiet(e *engine) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.swept.Equal(st.touched) || e.opts.Now().Sub(st.touched) < e.opts.SealAge {
		return false
	}
	st.swept = st.touched
	return true
}

// streamsWithRows goes from stream to stream without reading what is between.
func (e *engine) streamsWithRows() (ids []string, err error) {
	it, err := e.db.NewIter(tableBounds(tableRows))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	for it.First(); it.Valid(); {
		number := streamOf(it.Key())
		id, err := e.streamID(number)
		if err != nil {
			return nil, err
		}
		if id != "" {
			ids = append(ids, id)
		}
		it.SeekGE(lineKey(tableRows, number, math.MaxInt64))
	}
	return ids, it.Error()
}

// streamID gives the ID of a stream number, "" if the stream has been dropped.
func (e *engine) streamID(number uint64) (string, error) {
	value, closer, err := e.db.Get(streamKey(tableNumbers, number))
	if errors.Is(err, pebble.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer func() { _ = closer.Close() }()
	return string(value), nil
}
