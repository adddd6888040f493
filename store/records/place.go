package records

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/ltskit/ltskit/lts"
)

var errNoPlace = errors.New("records: no line number is free at or above the time of a record")

// places are the line numbers of a stream that are taken, as far as they are
// known without asking the database.
type places struct {
	last     int64 // none above it is taken
	runs     runs
	underway []*placement
}

// place gives every record its line number, and nil when the stream has been
// dropped. The placement is under way until leave.
func (st *stream) place(e *engine, labels []byte, records []lts.NewRecord) (*placement, error) {
	p := &placement{order: timeOrder(records), lines: make([]int64, 0, len(records))}
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.dropped {
		return nil, nil
	}
	if err := st.load(e); err != nil {
		return nil, err
	}
	if err := st.assign(e, p, records); err != nil {
		return nil, err
	}
	p.label = st.labels.of(labels)
	p.introduce, p.tellLabels = !st.known, !p.label.known
	st.underway = append(st.underway, p)
	if st.watching {
		st.late = append(st.late, p.lines...)
	}
	return p, nil
}

// timeOrder gives the order of the records' times, nil if they are in order.
func timeOrder(records []lts.NewRecord) []int {
	earlier := func(a, b lts.NewRecord) int { return cmp.Compare(a.TimeNS, b.TimeNS) }
	if slices.IsSortedFunc(records, earlier) {
		return nil
	}
	order := make([]int, len(records))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return earlier(records[a], records[b]) })
	return order
}

// assign fills the lines of p, and takes them if there are places for all.
func (st *stream) assign(e *engine, p *placement, records []lts.NewRecord) (err error) {
	taken := takenLines{engine: e, stream: st.number, underway: st.underway}
	defer func() { err = errors.Join(err, taken.close()) }()
	line := int64(0)
	for i := range records {
		line = max(records[p.index(i)].TimeNS, line+1)
		if line, err = st.free(line, &taken); err != nil {
			return err
		}
		p.lines = append(p.lines, line)
	}
	for _, line := range p.lines {
		st.take(line)
	}
	return nil
}

// free gives the first free line number from line on.
func (p *places) free(line int64, taken *takenLines) (int64, error) {
	for line <= p.last {
		if end, ok := p.runs.end(line); ok {
			line = end
			continue
		}
		next, err := taken.skip(line, p.last)
		if err != nil || next == line {
			return next, err
		}
		p.runs.add(lts.Window{From: line, To: next})
		line = next
	}
	if line > lts.MaxLineNum {
		return 0, errNoPlace
	}
	return line, nil
}

// take notes that line is taken, if that is worth knowing.
func (p *places) take(line int64) {
	switch {
	case line > p.last:
		p.runs.push(line)
		p.last = line
	case p.runs.touches(line):
		p.runs.add(lts.Window{From: line, To: line + 1})
	}
}

func (p *places) leave(done *placement) {
	i := slices.Index(p.underway, done)
	p.underway = slices.Delete(p.underway, i, i+1)
}

// lowestUnderway is the least line number of the appends under way.
func (p *places) lowestUnderway() int64 {
	lowest := int64(math.MaxInt64)
	for _, other := range p.underway {
		lowest = min(lowest, other.lines[0])
	}
	return lowest
}

// takenLines finds taken line numbers in the database and among the appends
// under way, in ascending order. It opens the rows when they are needed.
type takenLines struct {
	engine   *engine
	stream   uint64
	underway []*placement
	rows     *pebble.Iterator
	window   lts.Window // of the block whose lines are in block
	block    columns
	buffer   []byte
}

// skip gives the first line from line to last that is not taken, or the one
// behind last.
func (t *takenLines) skip(line, last int64) (int64, error) {
	if err := t.open(); err != nil {
		return 0, err
	}
	for ; line <= last; line++ {
		taken, err := t.taken(line)
		if err != nil || !taken {
			return line, err
		}
	}
	return line, nil
}

func (t *takenLines) taken(line int64) (bool, error) {
	for _, p := range t.underway {
		if _, ok := slices.BinarySearch(p.lines, line); ok {
			return true, nil
		}
	}
	if t.hasRow(line) {
		return true, nil
	}
	if err := t.rows.Error(); err != nil {
		return false, err
	}
	return t.inBlock(line)
}

func (t *takenLines) hasRow(line int64) bool {
	if t.rows.Valid() && lineOf(t.rows.Key()) < line {
		t.rows.Next()
	}
	if !t.rows.Valid() || lineOf(t.rows.Key()) != line {
		t.rows.SeekGE(lineKey(tableRows, t.stream, line))
	}
	return t.rows.Valid() && lineOf(t.rows.Key()) == line
}

func (t *takenLines) inBlock(line int64) (bool, error) {
	if !t.window.Contains(line) {
		if err := t.loadBlock(line); err != nil || !t.window.Contains(line) {
			return false, err
		}
	}
	_, ok := slices.BinarySearch(t.block.lines, line)
	return ok, nil
}

// loadBlock reads the block in whose window line lies, if there is one.
func (t *takenLines) loadBlock(line int64) error {
	t.window = lts.Window{}
	s, ok, err := blockFrom(t.engine.db, t.stream, line)
	if err != nil || !ok || !s.window.Contains(line) {
		return err
	}
	t.window = s.window
	t.buffer, err = t.engine.readBlock(t.engine.db, t.stream, s, &t.block, t.buffer)
	return err
}

func (t *takenLines) open() (err error) {
	if t.rows == nil {
		t.rows, err = t.engine.db.NewIter(lineBounds(tableRows, t.stream, 0, math.MaxInt64))
	}
	return err
}

func (t *takenLines) close() error {
	if t.rows == nil {
		return nil
	}
	return t.rows.Close()
}
