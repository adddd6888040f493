package records

import (
	"errors"
	"math"

	"github.com/cockroachdb/pebble/v2"
)

// maxLabelIDs is how many label sets of a stream are kept in mind. One that is
// forgotten gets another ID when it comes again, which costs a row and harms
// nothing.
const maxLabelIDs = 1024

// A labelID stands for a label set in the rows of a stream.
type labelID struct {
	id      int64
	encoded []byte
	known   bool // a commit has written its row
}

type labelIDs struct {
	next int64
	ids  map[string]*labelID
}

// of gives the ID of a label set, a new one if it has none. The caller holds
// the stream's mu.
func (l *labelIDs) of(encoded []byte) *labelID {
	if id, ok := l.ids[string(encoded)]; ok {
		return id
	}
	if l.ids == nil || len(l.ids) >= maxLabelIDs {
		l.ids = map[string]*labelID{}
	}
	id := &labelID{id: l.next, encoded: encoded}
	l.next++
	l.ids[string(encoded)] = id
	return id
}

// nextLabel finds the first ID behind all that a stream has used.
func nextLabel(r pebble.Reader, stream uint64) (next int64, err error) {
	it, err := r.NewIter(lineBounds(tableLabels, stream, 0, math.MaxInt64))
	if err != nil {
		return 0, err
	}
	if it.Last() {
		next = lineOf(it.Key()) + 1
	}
	return next, it.Close()
}

// A labelReader finds label sets by their IDs, and keeps what it found.
type labelReader struct {
	reader pebble.Reader
	stream uint64
	found  map[uint64]int // place in sets
	sets   labelSets
	last   uint64 // the ID that was asked for last
	lastAt int    // its place
}

// encoded gives a label set as it was stored.
func (l *labelReader) encoded(id uint64) (string, error) {
	i, err := l.place(id)
	if err != nil {
		return "", err
	}
	return l.sets.encoded[i], nil
}

// labels gives a label set, the same map whenever it is asked.
func (l *labelReader) labels(id uint64) (map[string]string, error) {
	i, err := l.place(id)
	if err != nil {
		return nil, err
	}
	return l.sets.labels(i)
}

func (l *labelReader) place(id uint64) (i int, err error) {
	if len(l.found) > 0 && id == l.last {
		return l.lastAt, nil
	}
	i, ok := l.found[id]
	if !ok {
		i, err = l.read(id)
	}
	l.last, l.lastAt = id, i
	return i, err
}

func (l *labelReader) read(id uint64) (int, error) {
	value, closer, err := l.reader.Get(lineKey(tableLabels, l.stream, int64(id)))
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, errCorrupt("label set of a row")
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = closer.Close() }()
	if l.found == nil {
		l.found = map[uint64]int{}
	}
	l.found[id] = l.sets.add(string(value))
	return l.found[id], nil
}
