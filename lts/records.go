package lts

import (
	"context"
	"fmt"
	"iter"
	"math"
)

// A Record is one log line of a stream.
type Record struct {
	// LineNum is the record's place in its stream and its identity there:
	// nanoseconds since the epoch, 1 to MaxLineNum.
	LineNum int64
	Content string
	// Labels may be shared with other records: read, do not change.
	Labels map[string]string
}

// MaxLineNum is the greatest line number that a record can have.
const MaxLineNum = math.MaxInt64 - 1

// FormatLineNum writes a line number as it stands on the wire: 19 digits.
func FormatLineNum(n int64) string { return fmt.Sprintf("%019d", n) }

// A NewRecord is a record that has no place in its stream yet.
type NewRecord struct {
	TimeNS  int64 // nanoseconds since the epoch
	Content string
}

// A Window is the half-open span of line numbers From <= n < To.
type Window struct {
	From, To int64
}

// Always is the window that contains every record.
var Always = Window{From: 1, To: math.MaxInt64}

// MillisWindow is the window from startMS to endMS, milliseconds since the
// epoch, both included, as requests give it.
func MillisWindow(startMS, endMS int64) Window {
	return Window{From: millis(startMS), To: millis(saturatingNext(endMS))}
}

// millis gives milliseconds in nanoseconds. What is beyond them is before or
// behind every record.
func millis(ms int64) int64 {
	const perMilli = 1_000_000
	switch {
	case ms > math.MaxInt64/perMilli:
		return math.MaxInt64
	case ms < math.MinInt64/perMilli:
		return math.MinInt64
	default:
		return ms * perMilli
	}
}

func saturatingNext(n int64) int64 {
	if n == math.MaxInt64 {
		return n
	}
	return n + 1
}

// Contains tells whether line number n lies in the window.
func (w Window) Contains(n int64) bool { return w.From <= n && n < w.To }

// Empty tells whether the window contains nothing.
func (w Window) Empty() bool { return w.From >= w.To }

// Intersect gives what lies in both windows.
func (w Window) Intersect(other Window) Window {
	return Window{From: max(w.From, other.From), To: min(w.To, other.To)}
}

// A Cursor is the line number of a record from which a scan goes on; the
// record itself is not part of it. The zero Cursor stands nowhere: the scan
// begins at the end of the window that comes first in its direction.
type Cursor int64

// A Scan says which records of a stream to read, and in which order.
type Scan struct {
	Window     Window
	After      Cursor
	Descending bool // from the greatest line number to the least
	Filter     Filter
}

// Span is the part of the window that lies behind the cursor in the scan's
// direction. A store needs to know nothing else of the cursor.
func (s Scan) Span() Window {
	switch {
	case s.After == 0:
		return s.Window
	case s.Descending:
		return s.Window.Intersect(Window{From: math.MinInt64, To: int64(s.After)})
	default:
		return s.Window.Intersect(Window{From: saturatingNext(int64(s.After)), To: math.MaxInt64})
	}
}

// A Filter says which records of a window are wanted. The zero Filter wants
// all of them.
type Filter struct {
	Labels   map[string]string // every pair must be equal in the record
	Keywords *Keywords         // nil: any content
}

// Empty tells whether the filter wants every record.
func (f Filter) Empty() bool { return len(f.Labels) == 0 && f.Keywords.Empty() }

// Match tells whether the filter wants r.
func (f Filter) Match(r Record) bool {
	return f.MatchLabels(r.Labels) && f.Keywords.Match(r.Content)
}

// MatchLabels tells whether labels contain every pair of the filter.
func (f Filter) MatchLabels(labels map[string]string) bool {
	for name, want := range f.Labels {
		if got, ok := labels[name]; !ok || got != want {
			return false
		}
	}
	return true
}

// MaxSteps is the greatest number of steps that one CountSteps counts.
const MaxSteps = 100_000

// Steps is the number of steps of that many nanoseconds which the window has;
// the last one may be cut short by the window's end. It is 0 for an empty
// window or a step that is not positive.
func (w Window) Steps(stepNS int64) int64 {
	if w.Empty() || stepNS <= 0 {
		return 0
	}
	width := uint64(w.To) - uint64(w.From)
	return int64((width-1)/uint64(stepNS)) + 1
}

// Records keeps the records of streams, told apart by the IDs of the streams.
// A stream without records and an unknown one are the same. All methods may be
// called concurrently; each sees everything that returned before it began.
type Records interface {
	// Append adds records to a stream, all or none of them: when it returns nil,
	// they survive the loss of the process; when it returns an error, none of
	// them will be seen. A record gets its time as its line number, or the next
	// free number above (times before 1 count as 1). Numbers are given in the
	// order of time and, among equal times, in the order of the slice. Records
	// may be older than what the stream has: they take their place in its order.
	Append(ctx context.Context, streamID string, labels map[string]string, records []NewRecord) error

	// Scan gives the records of a stream that the scan asks for, in its order, as
	// they were when the iteration began. After an error the iteration ends.
	Scan(ctx context.Context, streamID string, scan Scan) iter.Seq2[Record, error]

	// Count gives the number of records in the window that the filter wants.
	Count(ctx context.Context, streamID string, window Window, filter Filter) (int64, error)

	// CountSteps gives that number for each step of stepNS nanoseconds, the first
	// of which begins with the window: window.Steps(stepNS) numbers. More than
	// MaxSteps of them are an error.
	CountSteps(ctx context.Context, streamID string, window Window, stepNS int64, filter Filter) ([]int64, error)

	// Drop removes a stream with everything in it.
	Drop(ctx context.Context, streamID string) error

	// DropBefore removes the records of a stream whose line number is less than
	// lineNum.
	DropBefore(ctx context.Context, streamID string, lineNum int64) error
}
