package records

import (
	"cmp"
	"errors"
	"math"
	"slices"

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
	taken := takenLines{engine: e, stream: st.number, underway: st.underway, upTo: records[p.index(len(records)-1)].TimeNS}
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
		st.runs.take(line)
	}
	st.last = max(st.last, p.lines[len(p.lines)-1])
	return nil
}

// free gives the first free line number from line on.
func (p *places) free(line int64, taken *takenLines) (int64, error) {
	for line <= p.last {
		if end, ok := p.runs.end(line); ok {
			line = end
			continue
		}
		if line >= p.runs.complete {
			return line, nil
		}
		next, err := taken.skip(line, min(p.last, p.runs.complete-1))
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
