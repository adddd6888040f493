package recordstest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ltskit/ltskit/lts"
)

// A model does the same to an implementation and to Memory, and compares.
type model struct {
	t      *testing.T
	random *rand.Rand
	real   lts.Records
	memory *Memory
	clock  int64
	late   int // one of that many appends is late
	number int
}

func modelSmall(t *testing.T, r lts.Records) { runModel(t, r, 1, 10, 800) }

func modelLate(t *testing.T, r lts.Records) { runModel(t, r, 2, 2, 800) }

func runModel(t *testing.T, r lts.Records, seed uint64, late, operations int) {
	m := &model{t: t, random: rand.New(rand.NewPCG(seed, 0)), real: r, memory: &Memory{}, clock: 1000, late: late}
	for range operations {
		m.operation()
		if t.Failed() {
			return
		}
	}
	for _, id := range modelStreams {
		m.compareScan(id, lts.Scan{Window: lts.Always})
	}
}

var modelStreams = []string{"one", "two"}

func (m *model) operation() {
	id := modelStreams[m.random.IntN(len(modelStreams))]
	switch n := m.random.IntN(1000); {
	case n < 500:
		m.append(id)
	case n < 700:
		m.compareScan(id, m.scan())
	case n < 850:
		m.compareCount(id)
	case n < 920:
		m.compareSteps(id)
	case n < 970:
		upkeep(m.t, m.real)
	case n < 985:
		m.dropBefore(id)
	case n < 990:
		m.drop(id)
	default:
		reopen(m.t, m.real)
	}
}

func (m *model) append(id string) {
	var records []lts.NewRecord
	for range 1 + m.random.IntN(20) {
		m.number++
		records = append(records, at(m.time(), fmt.Sprint(m.content(), " #", m.number)))
	}
	labels := map[string]string{"host": fmt.Sprint(m.random.IntN(3))}
	appendAll(m.t, m.real, id, labels, records...)
	appendAll(m.t, m.memory, id, labels, records...)
}

// time is now, now again, or long ago.
func (m *model) time() int64 {
	if m.random.IntN(m.late) == 0 {
		return m.random.Int64N(m.clock)
	}
	m.clock += m.random.Int64N(4)
	return m.clock
}

func (m *model) content() string {
	words := []string{"log", "Error", "disk", "full", "Grün", "a", "b"}
	var b strings.Builder
	for range m.random.IntN(4) {
		b.WriteString(words[m.random.IntN(len(words))])
		b.WriteByte(" :\n"[m.random.IntN(3)])
	}
	return b.String()
}

func (m *model) window() lts.Window {
	if m.random.IntN(3) == 0 {
		return lts.Always
	}
	from := m.random.Int64N(m.clock)
	return lts.Window{From: from, To: from + m.random.Int64N(m.clock)}
}

func (m *model) filter() lts.Filter {
	queries := []string{"", "log", "error disk", "grün", "absent", "d* OR NOT a", `#"disk full"`, fmt.Sprint("#", 1+m.random.IntN(m.number+1))}
	f := words(m.t, queries[m.random.IntN(len(queries))])
	if m.random.IntN(3) == 0 {
		f.Labels = map[string]string{"host": fmt.Sprint(m.random.IntN(4))}
	}
	return f
}

func (m *model) scan() lts.Scan {
	scan := lts.Scan{Window: m.window(), Filter: m.filter(), Descending: m.random.IntN(2) == 0}
	if m.random.IntN(2) == 0 {
		scan.After = lts.Cursor(m.random.Int64N(m.clock))
	}
	return scan
}

func (m *model) compareScan(id string, scan lts.Scan) {
	m.t.Helper()
	limit := 1 + m.random.IntN(500)
	got, want := firstOf(m.t, m.real, id, scan, limit), firstOf(m.t, m.memory, id, scan, limit)
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		m.t.Errorf("Scan(%q, %+v), the first %d (-want +got):\n%s", id, scan, limit, diff)
	}
}

func firstOf(t *testing.T, r lts.Records, id string, scan lts.Scan, limit int) (records []lts.Record) {
	for record, err := range r.Scan(context.Background(), id, scan) {
		if err != nil {
			t.Fatalf("Scan(%q): %v", id, err)
		}
		if records = append(records, record); len(records) == limit {
			break
		}
	}
	return records
}

func (m *model) compareCount(id string) {
	m.t.Helper()
	window, filter := m.window(), m.filter()
	got, want := count(m.t, m.real, id, window, filter), count(m.t, m.memory, id, window, filter)
	if got != want {
		m.t.Errorf("Count(%q, %v, %+v) = %d, want %d", id, window, filter, got, want)
	}
}

func (m *model) compareSteps(id string) {
	m.t.Helper()
	window, filter := m.window().Intersect(lts.Window{From: 1, To: m.clock + 100}), m.filter()
	step := 1 + m.random.Int64N(m.clock)
	got, err := m.real.CountSteps(context.Background(), id, window, step, filter)
	if err != nil {
		m.t.Fatalf("CountSteps(%q): %v", id, err)
	}
	want, _ := m.memory.CountSteps(context.Background(), id, window, step, filter)
	if !slices.Equal(got, want) {
		m.t.Errorf("CountSteps(%q, %v, %d, %+v) = %v, want %v", id, window, step, filter, got, want)
	}
}

func (m *model) dropBefore(id string) {
	line := m.random.Int64N(m.clock/2 + 1)
	for _, r := range []lts.Records{m.real, m.memory} {
		if err := r.DropBefore(context.Background(), id, line); err != nil {
			m.t.Fatalf("DropBefore(%q, %d): %v", id, line, err)
		}
	}
}

func (m *model) drop(id string) {
	for _, r := range []lts.Records{m.real, m.memory} {
		if err := r.Drop(context.Background(), id); err != nil {
			m.t.Fatalf("Drop(%q): %v", id, err)
		}
	}
}
