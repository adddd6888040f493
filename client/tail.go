package client

import (
	"context"
	"iter"
	"time"

	"github.com/ltskit/ltskit/lts"
)

// A TailQuery says which records to follow. Only Stream is required.
type TailQuery struct {
	Stream    lts.Stream
	From      time.Time         // the first records; zero: now
	Keywords  string            // as in a [Query]
	Labels    map[string]string // as in a [Query]
	Highlight bool              // as in a [Query]

	// Interval is how long to wait before asking again. Default: 1 second.
	Interval time.Duration
	// Lookback is how far behind the newest record one may come in and still be
	// seen: writers collect records before they send them, and their clocks
	// differ. So much of the stream is read again every time. Default: 5 seconds.
	Lookback time.Duration
}

// Defaults of a [TailQuery].
const (
	defaultTailInterval = time.Second
	defaultTailLookback = 5 * time.Second
)

// Tail follows a stream: it goes through the records that it has, and waits for
// more, until the loop or the context ends. Records that come in together are in
// their order; one that comes in late, by at most TailQuery.Lookback, comes after
// those that are newer.
//
// An error comes without a record. It does not end the iteration: a loop that
// goes on after it asks again. When the context ends, its cause is the last
// error.
func (r *Records) Tail(ctx context.Context, query TailQuery) iter.Seq2[lts.Record, error] {
	return func(yield func(lts.Record, error) bool) {
		t := newTail(r, query)
		for ctx.Err() == nil {
			for record, err := range t.poll(ctx) {
				if ctx.Err() != nil {
					break
				}
				if !yield(record, err) {
					return
				}
			}
			if sleep(ctx, t.query.Interval) != nil {
				break
			}
		}
		yield(lts.Record{}, context.Cause(ctx))
	}
}

// A tail is the state of a Tail.
type tail struct {
	records *Records
	query   TailQuery
	start   int64              // of the first record
	newest  int64              // that was seen, but not after now
	seen    map[int64]struct{} // line numbers that the next poll reads again
}

func newTail(r *Records, query TailQuery) *tail {
	if query.Interval <= 0 {
		query.Interval = defaultTailInterval
	}
	if query.Lookback <= 0 {
		query.Lookback = defaultTailLookback
	}
	if query.From.IsZero() {
		query.From = r.config.now()
	}
	start := nanos(query.From)
	return &tail{records: r, query: query, start: start, newest: start, seen: make(map[int64]struct{})}
}

// poll goes through what is new.
func (t *tail) poll(ctx context.Context) iter.Seq2[lts.Record, error] {
	return func(yield func(lts.Record, error) bool) {
		now := t.records.config.now()
		from := max(t.start, t.newest-int64(t.query.Lookback))
		t.forget(from)
		for record, err := range t.records.Query(ctx, Query{
			Stream: t.query.Stream, Keywords: t.query.Keywords, Labels: t.query.Labels, Highlight: t.query.Highlight,
			From: time.Unix(0, from), To: time.Unix(0, max(from, now.UnixNano())).Add(aheadOfNow),
		}) {
			if err == nil {
				if _, again := t.seen[record.LineNum]; again {
					continue
				}
				t.seen[record.LineNum] = struct{}{}
				t.newest = max(t.newest, min(record.LineNum, now.UnixNano()))
			}
			if !yield(record, err) {
				return
			}
		}
	}
}

// forget drops the line numbers that are not read again.
func (t *tail) forget(from int64) {
	for lineNum := range t.seen {
		if lineNum < from {
			delete(t.seen, lineNum)
		}
	}
}
