package records

import (
	"math"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/ltskit/ltskit/lts"
)

// takenLines finds taken line numbers in the database and among the appends
// under way, in ascending order. What it looks at is opened when it is needed,
// and no more often than there are blocks in which it looks.
type takenLines struct {
	engine   *engine
	stream   uint64
	underway []*placement
	upTo     int64            // most lines asked for are not above it
	rows     *pebble.Iterator // at the first row at or above the last line asked for
	rowsEnd  int64            // rows does not look from here on
	window   lts.Window       // of a block, or between two: no other block has a line in it
	block    columns          // its lines
	buffer   []byte
}

// skip gives the first line from line to last that is not taken, or the one
// behind last.
func (t *takenLines) skip(line, last int64) (int64, error) {
	for ; line <= last; line++ {
		taken, err := t.taken(line)
		if err != nil || !taken {
			return line, err
		}
	}
	return line, nil
}

func (t *takenLines) taken(line int64) (bool, error) {
	if t.isUnderway(line) {
		return true, nil
	}
	if row, err := t.hasRow(line); err != nil || row {
		return row, err
	}
	return t.inBlock(line)
}

func (t *takenLines) isUnderway(line int64) bool {
	return slices.ContainsFunc(t.underway, func(p *placement) bool {
		if line < p.lines[0] || line > p.lines[len(p.lines)-1] {
			return false
		}
		_, ok := slices.BinarySearch(p.lines, line)
		return ok
	})
}

func (t *takenLines) hasRow(line int64) (bool, error) {
	switch {
	case t.rows == nil || line >= t.rowsEnd:
		if err := t.openRows(line); err != nil {
			return false, err
		}
	case t.rowBefore(line):
		t.rows.Next()
	}
	if t.rowBefore(line) {
		t.rows.SeekGE(lineKey(tableRows, t.stream, line))
	}
	return t.rows.Valid() && lineOf(t.rows.Key()) == line, t.rows.Error()
}

// openRows looks no further than it must: on the way to the next row, Pebble
// reads all that have been sealed since the last flush.
func (t *takenLines) openRows(line int64) (err error) {
	const more = 64 // a record may have to move by some lines
	t.rowsEnd = min(max(line, t.upTo), math.MaxInt64-more) + more
	bounds := lineBounds(tableRows, t.stream, line, t.rowsEnd)
	if t.rows == nil {
		t.rows, err = t.engine.db.NewIter(bounds)
	} else {
		t.rows.SetBounds(bounds.LowerBound, bounds.UpperBound)
	}
	if err == nil {
		t.rows.First()
	}
	return err
}

func (t *takenLines) rowBefore(line int64) bool {
	return t.rows.Valid() && lineOf(t.rows.Key()) < line
}

func (t *takenLines) inBlock(line int64) (bool, error) {
	if !t.window.Contains(line) {
		if err := t.findWindow(line); err != nil {
			return false, err
		}
	}
	_, ok := slices.BinarySearch(t.block.lines, line)
	return ok, nil
}

// findWindow reads the lines of the block in whose window line lies, or finds
// that there is none up to the next block.
func (t *takenLines) findWindow(line int64) error {
	t.window, t.block.lines = lts.Window{}, t.block.lines[:0]
	s, ok, err := blockFrom(t.engine.db, t.stream, line)
	switch {
	case err != nil:
		return err
	case !ok:
		t.window = lts.Window{From: line, To: math.MaxInt64}
		return nil
	case !s.window.Contains(line):
		t.window = lts.Window{From: line, To: s.window.From}
		return nil
	}
	if t.buffer, err = t.engine.readBlockLines(t.engine.db, t.stream, s, &t.block, t.buffer); err != nil {
		return err
	}
	t.window = s.window
	return nil
}

func (t *takenLines) close() error {
	if t.rows == nil {
		return nil
	}
	return t.rows.Close()
}
