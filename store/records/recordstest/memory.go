package recordstest

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/ltskit/ltskit/lts"
)

// Memory is lts.Records in one sorted slice for each stream. It is made to be
// plainly right, not fast. The zero Memory is empty; it may be used concurrently.
type Memory struct {
	mu      sync.Mutex
	streams map[string][]lts.Record
}

var (
	_ lts.Records      = (*Memory)(nil)
	_ lts.StreamLister = (*Memory)(nil)
)

// Append implements lts.Records.
func (m *Memory) Append(_ context.Context, streamID string, labels map[string]string, records []lts.NewRecord) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	labels = maps.Clone(labels)
	if labels == nil {
		labels = map[string]string{}
	}
	stored := slices.Clone(m.streams[streamID])
	sorted := slices.Clone(records)
	slices.SortStableFunc(sorted, func(a, b lts.NewRecord) int { return cmp.Compare(a.TimeNS, b.TimeNS) })
	for _, r := range sorted {
		line, at := freePlace(stored, max(r.TimeNS, 1))
		if line > lts.MaxLineNum {
			return fmt.Errorf("no line number is free at or above %d", r.TimeNS)
		}
		stored = slices.Insert(stored, at, lts.Record{LineNum: line, Content: r.Content, Labels: labels})
	}
	if m.streams == nil {
		m.streams = map[string][]lts.Record{}
	}
	m.streams[streamID] = stored
	return nil
}

// freePlace gives the first line number from line on that is not taken, and its
// place.
func freePlace(records []lts.Record, line int64) (free int64, at int) {
	at = search(records, line)
	for at < len(records) && records[at].LineNum == line {
		line++
		at++
	}
	return line, at
}

// search gives the place of the first record at or behind line.
func search(records []lts.Record, line int64) int {
	at, _ := slices.BinarySearchFunc(records, line, func(r lts.Record, line int64) int { return cmp.Compare(r.LineNum, line) })
	return at
}

// in gives a copy of what lies in a window.
func (m *Memory) in(streamID string, w lts.Window) []lts.Record {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w.Empty() {
		return nil
	}
	records := m.streams[streamID]
	return slices.Clone(records[search(records, w.From):search(records, w.To)])
}

// Scan implements lts.Records.
func (m *Memory) Scan(ctx context.Context, streamID string, scan lts.Scan) iter.Seq2[lts.Record, error] {
	return func(yield func(lts.Record, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(lts.Record{}, err)
			return
		}
		records := m.in(streamID, scan.Span())
		if scan.Descending {
			slices.Reverse(records)
		}
		for _, r := range records {
			if scan.Filter.Match(r) && !yield(r, nil) {
				return
			}
		}
	}
}

// Count implements lts.Records.
func (m *Memory) Count(ctx context.Context, streamID string, window lts.Window, filter lts.Filter) (int64, error) {
	number := int64(0)
	for _, err := range m.Scan(ctx, streamID, lts.Scan{Window: window, Filter: filter}) {
		if err != nil {
			return 0, err
		}
		number++
	}
	return number, nil
}

// CountSteps implements lts.Records.
func (m *Memory) CountSteps(ctx context.Context, streamID string, window lts.Window, stepNS int64, filter lts.Filter) ([]int64, error) {
	n := window.Steps(stepNS)
	if n > lts.MaxSteps {
		return nil, fmt.Errorf("%d steps, more than %d", n, lts.MaxSteps)
	}
	steps := make([]int64, n)
	for i := range steps {
		from := window.From + int64(i)*stepNS
		step := lts.Window{From: from, To: min(from+stepNS, window.To)}
		var err error
		if steps[i], err = m.Count(ctx, streamID, step, filter); err != nil {
			return nil, err
		}
	}
	return steps, nil
}

// Drop implements lts.Records.
func (m *Memory) Drop(_ context.Context, streamID string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.streams, streamID)
	return nil
}

// StreamIDs implements lts.StreamLister.
func (m *Memory) StreamIDs(context.Context) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Keys(m.streams)), nil
}

// DropBefore implements lts.Records.
func (m *Memory) DropBefore(_ context.Context, streamID string, lineNum int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if records, ok := m.streams[streamID]; ok {
		m.streams[streamID] = slices.Clone(records[search(records, lineNum):])
	}
	return nil
}
