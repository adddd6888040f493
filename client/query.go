package client

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"strconv"
	"time"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi/lenient"
)

// A Query says which records of a stream are wanted. Only Stream is required.
type Query struct {
	Stream   lts.Stream
	From     time.Time         // included; zero: 30 days before To
	To       time.Time         // excluded; zero: in a minute, so that clocks may differ
	Keywords string            // words that a record has to have; see the documents for AND, OR, NOT, * and ?
	Labels   map[string]string // every pair must be equal in the record

	Descending bool  // the newest record first
	After      int64 // line number to go on from, in the order of the query; 0: from the beginning
	PageSize   int   // records of one answer, 1 to 5000; default 1000
	Highlight  bool  // whether words that match are between <HighLightTag> and </HighLightTag>
}

// ErrIncomplete means that the service gave up a search before its end, without
// a record to go on from. A shorter window may help.
var ErrIncomplete = errors.New("client: the service did not search the whole window")

const (
	defaultPageSize = 1000
	maxPageSize     = 5000
	// aheadOfNow is how far after now a query reaches that does not say.
	aheadOfNow = time.Minute
)

// Query goes through all records that a query chooses, in its order: page by
// page, in windows of at most [lts.DefaultMaxWindow], which is all that the
// service takes at a time. A record comes once. After an error, which comes
// without a record, the iteration ends; [Query.After] with the line number of the
// last record goes on.
//
//	for record, err := range c.Records.Query(ctx, client.Query{Stream: stream, Keywords: "error"}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(record.Content)
//	}
//
// It fails with [lts.ErrGroupNotFound], [lts.ErrStreamNotFound],
// [lts.ErrLeadingWildcard] and [lts.ErrInvalidBody] for words that make no
// search.
func (r *Records) Query(ctx context.Context, query Query) iter.Seq2[lts.Record, error] {
	return func(yield func(lts.Record, error) bool) {
		window, err := query.window(r.config.now())
		if err != nil {
			yield(lts.Record{}, err)
			return
		}
		for span := range spans(window, query.Descending, longestSpan) {
			wanted := window.Intersect(span.window())
			for page, err := range r.pages(ctx, query, span) {
				if err != nil {
					yield(lts.Record{}, err)
					return
				}
				for _, record := range page {
					if wanted.Contains(record.LineNum) && !yield(record, nil) {
						return
					}
				}
			}
		}
	}
}

// Count counts the records that a query chooses, whatever its order and its
// page. Its window is widened to whole milliseconds, two of them at least.
func (r *Records) Count(ctx context.Context, query Query) (int64, error) {
	window, err := query.window(r.config.now())
	if err != nil {
		return 0, err
	}
	var total int64
	for span := range spans(window, false, longestSpan) {
		count := lenient.Boolean(true)
		body := query.request(span, 1)
		body.IsCount = &count
		response, err := r.lts.ListLogs(as(ctx, "ListLogs", repeatable), r.project, query.Stream.GroupID, query.Stream.ID, body)
		answer, err := decode[api.ListLogsResponse](response, err)
		if err != nil {
			return 0, err
		}
		if answer.Count == nil {
			return 0, malformed(response, "count is missing")
		}
		total += int64(*answer.Count)
	}
	return total, nil
}

// Histogram counts the records with the keywords of a query for each step of
// its window, which is widened to whole milliseconds. A step is a whole number of
// milliseconds; it ends before its EndMS, as does the last one, which the end of
// the window may cut short. Labels cannot be counted so.
func (r *Records) Histogram(ctx context.Context, query Query, step time.Duration) (lts.Histogram, error) {
	stepMS := step.Milliseconds()
	switch {
	case stepMS < 1 || step%time.Millisecond != 0 || stepMS > longestSpan:
		return lts.Histogram{}, fmt.Errorf("client: a step of %s: want whole milliseconds, at most %s", step, lts.DefaultMaxWindow)
	case len(query.Labels) > 0:
		return lts.Histogram{}, errors.New("client: a histogram cannot choose by labels")
	}
	window, err := query.window(r.config.now())
	if err != nil {
		return lts.Histogram{}, err
	}
	var all lts.Histogram
	for span := range spans(window, false, min(longestSpan/stepMS, lts.MaxSteps)*stepMS) {
		answer, err := decode[api.CountKeywordResponse](r.lts.CountKeyword(as(ctx, "CountKeyword", repeatable), r.project, api.CountKeywordRequest{
			StartTime: lenient.Integer(span.start), EndTime: span.endTime(), StepInterval: lenient.Integer(stepMS),
			GroupID: query.Stream.GroupID, StreamID: query.Stream.ID, KeyWord: query.Keywords,
		}))
		if err != nil {
			return lts.Histogram{}, err
		}
		for _, step := range answer.Histogram {
			if step.EndTime == int64(span.endTime()) {
				step.EndTime++ // the end of the window is included
			}
			all.Count += int64(step.Num)
			all.Steps = append(all.Steps, lts.HistogramStep{StartMS: step.StartTime, EndMS: step.EndTime, Count: int64(step.Num)})
		}
	}
	return all, nil
}

// window is what the query spans, to the nanosecond.
func (q Query) window(now time.Time) (lts.Window, error) {
	if q.PageSize < 0 || q.PageSize > maxPageSize {
		return lts.Window{}, fmt.Errorf("client: a page of %d records: want 1 to %d", q.PageSize, maxPageSize)
	}
	to := q.To
	if to.IsZero() {
		to = now.Add(aheadOfNow)
	}
	from := q.From
	if from.IsZero() {
		from = to.Add(-lts.DefaultMaxWindow)
	}
	if !from.Before(to) {
		return lts.Window{}, fmt.Errorf("client: the window from %s to %s is empty", from.Format(time.RFC3339Nano), to.Format(time.RFC3339Nano))
	}
	window := lts.Always.Intersect(lts.Window{From: nanos(from), To: nanos(to)})
	switch {
	case q.After == 0:
	case q.Descending:
		window.To = min(window.To, q.After)
	default:
		window.From = max(window.From, q.After+1)
	}
	return window, nil
}

// nanos is a time as a line number, the nearest there is.
func nanos(t time.Time) int64 {
	switch {
	case t.Before(time.Unix(0, 0)):
		return 0
	case t.After(time.Unix(0, math.MaxInt64)):
		return math.MaxInt64
	default:
		return t.UnixNano()
	}
}

// A span is a part of a window as requests give it: milliseconds, both included.
type span struct{ start, end int64 }

// longestSpan is how many milliseconds a span has at most.
var longestSpan = lts.DefaultMaxWindow.Milliseconds()

// spans cuts a window into parts of at most so many milliseconds, in the order
// of a query.
func spans(window lts.Window, descending bool, longest int64) iter.Seq[span] {
	const perMilli = int64(time.Millisecond)
	return func(yield func(span) bool) {
		if window.Empty() {
			return
		}
		first, last := window.From/perMilli, (window.To-1)/perMilli
		for first <= last {
			part := span{first, min(last, first+longest-1)}
			if descending {
				part = span{max(first, last-longest+1), last}
				last = part.start - 1
			} else {
				first = part.end + 1
			}
			if !yield(part) {
				return
			}
		}
	}
}

// window is the span to the nanosecond.
func (s span) window() lts.Window { return lts.MillisWindow(s.start, s.end) }

// endTime is the end of the span in a request. The service takes no window whose
// end is not after its start.
func (s span) endTime() lenient.Integer { return lenient.Integer(max(s.end, s.start+1)) }

// pages goes through a span, page by page.
func (r *Records) pages(ctx context.Context, query Query, span span) iter.Seq2[[]lts.Record, error] {
	return func(yield func([]lts.Record, error) bool) {
		body := query.request(span, query.PageSize)
		for cursor := int64(0); ; {
			page, err := r.page(ctx, query, body, cursor)
			if err != nil {
				yield(nil, err)
				return
			}
			if len(page.records) > 0 && !yield(page.records, nil) || page.last {
				return
			}
			if len(page.records) == 0 {
				yield(nil, ErrIncomplete)
				return
			}
			cursor = page.records[len(page.records)-1].LineNum
			body.LineNum, body.SearchType = goOn(cursor)
		}
	}
}

func goOn(cursor int64) (*string, *api.ListLogsRequestSearchType) {
	lineNum, search := lts.FormatLineNum(cursor), api.ListLogsRequestSearchTypeForwards
	return &lineNum, &search
}

// A recordPage is a part of the records of a span.
type recordPage struct {
	records []lts.Record
	last    bool
}

func (r *Records) page(ctx context.Context, query Query, body api.ListLogsRequest, cursor int64) (recordPage, error) {
	response, err := r.lts.ListLogs(as(ctx, "ListLogs", repeatable), r.project, query.Stream.GroupID, query.Stream.ID, body)
	answer, err := decode[api.ListLogsResponse](response, err)
	if err != nil {
		return recordPage{}, err
	}
	records, err := fromLogs(answer.Logs)
	if err != nil {
		return recordPage{}, malformed(response, "%v", err)
	}
	// A page out of order would be read again and again.
	for _, record := range records {
		if cursor != 0 && (record.LineNum <= cursor) != query.Descending || record.LineNum == cursor {
			return recordPage{}, malformed(response, "record %d does not come after %d", record.LineNum, cursor)
		}
		cursor = record.LineNum
	}
	short := len(records) < int(*body.Limit)
	complete := answer.IsQueryComplete == nil || *answer.IsQueryComplete
	return recordPage{
		records: records,
		// Only a service that says so has come to the end with a short page: one
		// that does not may have cut the page for its size.
		last: complete && (len(records) == 0 || short && answer.IsQueryComplete != nil),
	}, nil
}

func (q Query) request(span span, pageSize int) api.ListLogsRequest {
	if pageSize == 0 {
		pageSize = defaultPageSize
	}
	limit, descending, highlight := lenient.Integer(pageSize), lenient.Boolean(q.Descending), lenient.Boolean(q.Highlight)
	body := api.ListLogsRequest{
		StartTime: lenient.Integer(span.start),
		EndTime:   span.endTime(),
		Keywords:  optional(q.Keywords),
		IsDesc:    &descending,
		Highlight: &highlight,
		Limit:     &limit,
	}
	if len(q.Labels) > 0 {
		labels := api.Labels(q.Labels)
		body.Labels = &labels
	}
	return body
}

func fromLogs(logs []api.LogContents) ([]lts.Record, error) {
	records := make([]lts.Record, len(logs))
	for i, log := range logs {
		lineNum, err := strconv.ParseInt(log.LineNum, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("line_num: %w", err)
		}
		records[i] = lts.Record{LineNum: lineNum, Content: log.Content, Labels: log.Labels}
	}
	return records, nil
}
