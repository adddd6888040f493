package lts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// DefaultMaxWindow is the longest span that a query may ask for (2022-08 table
// 5-49).
const DefaultMaxWindow = 30 * 24 * time.Hour

// DefaultLimit is how many records a page has when the query does not say.
const DefaultLimit = 50

// errQueryFailed is LTS.0202 as the page of the query words it.
var errQueryFailed = ErrCreateStreamFailed.Worded("Failed to query lts log")

// A Search says where a page begins.
type Search string

// The searches (2022-08 table 5-49).
const (
	SearchInit      Search = "init"      // at the beginning of the order, or after the cursor
	SearchForwards  Search = "forwards"  // after the cursor, in the order
	SearchBackwards Search = "backwards" // before the cursor, against the order
)

// A Query asks for one page of a stream's records. Its form has been checked
// against the document.
type Query struct {
	StartMS    int64 // milliseconds since the epoch, included
	EndMS      int64 // milliseconds since the epoch, included
	Labels     map[string]string
	Keywords   string
	LineNum    string // the cursor: 19 digits, or empty for none
	Descending bool
	Search     Search // empty means init
	Limit      int    // 0 means DefaultLimit
	Count      bool   // whether to count the matches in the whole window
	Highlight  bool   // whether to mark the words that matched
}

// A Page is the answer to a query.
type Page struct {
	Records []Record
	Count   int64 // matches in the whole window, where the query asked for it
}

// MaxContent is how many bytes a line may have (vendor writing logs: 1 MB). A
// schema counts characters, which may have several bytes each.
const MaxContent = 1 << 20

// ReportLogs writes records to a stream. When it returns nil they are on disk;
// when it fails, none of them is there. It fails with [ErrGroupNotFound],
// [ErrStreamNotFound], [ErrInvalidBody] for a time before the epoch or beyond
// what a line number can hold, for a line over [MaxContent] and for a label of a
// reserved name, and [ErrInternal].
func (s *Service) ReportLogs(ctx context.Context, projectID, groupID, streamID string, labels map[string]string, records []NewRecord) error {
	for i, record := range records {
		if record.TimeNS < 1 || record.TimeNS > MaxLineNum-int64(len(records)) {
			return ErrInvalidBody.WithDetails(Detail{
				Field: "/log_time_ns",
				Rule:  fmt.Sprintf("the time of record %d must be in nanoseconds between 1970 and 2262", i),
			})
		}
		if len(record.Content) > MaxContent {
			return ErrInvalidBody.WithDetails(Detail{
				Field: fmt.Sprintf("/contents/%d", i), Rule: fmt.Sprintf("must have at most %d bytes", MaxContent),
			})
		}
	}
	if err := refuseWindowLabel(labels); err != nil {
		return err
	}
	gate := s.gates.of(streamID)
	gate.RLock()
	defer gate.RUnlock()
	labels, err := s.labelsFor(ctx, projectID, groupID, streamID, labels, records)
	if err != nil {
		return orFailure(err, errListFailed)
	}
	return orFailure(s.records.Append(ctx, streamID, labels, records), errListFailed)
}

// QueryLogs answers a query. It fails with [ErrGroupNotFound],
// [ErrStreamNotFound], [ErrWindow], [ErrLeadingWildcard], with [ErrInvalidBody]
// for a cursor that is no number, and with LTS.0202 when the records cannot be
// read.
func (s *Service) QueryLogs(ctx context.Context, projectID, groupID, streamID string, query Query) (Page, error) {
	window, err := s.window(query.StartMS, query.EndMS)
	if err != nil {
		return Page{}, err
	}
	cursor, err := cursorIn(window, query.LineNum)
	if err != nil {
		return Page{}, err
	}
	keywords, err := keywordsIn("/keywords", query.Keywords)
	if err != nil {
		return Page{}, err
	}
	if err := refuseWindowLabel(query.Labels); err != nil {
		return Page{}, err
	}
	stream, err := s.streamIn(ctx, projectID, groupID, streamID)
	if err != nil {
		return Page{}, orFailure(err, errQueryFailed)
	}
	filter := Filter{Labels: query.Labels, Keywords: keywords}
	window = s.kept(stream, window)
	page, err := s.readPage(ctx, streamID, query, cursor, window, filter)
	if err != nil {
		return Page{}, orFailure(err, errQueryFailed)
	}
	if query.Highlight {
		highlight(page.Records, keywords)
	}
	return page, nil
}

// readPage reads the records of a page, and counts where the query asks for it.
func (s *Service) readPage(ctx context.Context, streamID string, query Query, cursor Cursor, window Window, filter Filter) (Page, error) {
	spec := PageSpec{
		After:      cursor,
		Descending: query.Descending,
		Backwards:  query.Search == SearchBackwards && cursor != 0,
		Limit:      query.Limit,
	}
	if spec.Limit == 0 {
		spec.Limit = DefaultLimit
	}
	var page Page
	var err error
	if page.Records, err = s.read(ctx, streamID, window, filter, spec); err != nil {
		return Page{}, err
	}
	if query.Count {
		page.Count, err = s.records.Count(ctx, streamID, window, filter)
	}
	return page, err
}

// read reads a page of records, with the labels that their writer gave them.
func (s *Service) read(ctx context.Context, streamID string, window Window, filter Filter, spec PageSpec) ([]Record, error) {
	records, err := ReadPage(ctx, s.records, streamID, window, filter, spec)
	for i := range records {
		records[i].Labels = withoutWindowLabel(records[i].Labels)
	}
	return records, err
}

func highlight(records []Record, keywords *Keywords) {
	if keywords.Empty() {
		return
	}
	for i := range records {
		records[i].Content = keywords.Highlight(records[i].Content)
	}
}

// A Surroundings is a record with what comes before and after it.
type Surroundings struct {
	Records []Record // ascending
	Before  int
	After   int
}

// LogsAround gives the records around the one at a cursor, with it. It fails
// with [ErrGroupNotFound], [ErrStreamNotFound], with [ErrInvalidBody] for a
// cursor that is no number, and with LTS.0202 when the records cannot be read.
func (s *Service) LogsAround(ctx context.Context, projectID, groupID, streamID, lineNum string, before, after int) (Surroundings, error) {
	at, err := parseLineNum(lineNum)
	if err != nil {
		return Surroundings{}, err
	}
	stream, err := s.streamIn(ctx, projectID, groupID, streamID)
	if err != nil {
		return Surroundings{}, orFailure(err, errQueryFailed)
	}
	around, err := s.around(ctx, stream, at, before, after)
	return around, orFailure(err, errQueryFailed)
}

func (s *Service) around(ctx context.Context, stream Stream, at int64, before, after int) (Surroundings, error) {
	window := s.kept(stream, Always)
	read := func(window Window, spec PageSpec) ([]Record, error) {
		return s.read(ctx, stream.ID, window, Filter{}, spec)
	}
	older, err := read(window, PageSpec{After: Cursor(at), Backwards: true, Limit: before})
	if err != nil {
		return Surroundings{}, err
	}
	self, err := read(window.Intersect(Window{From: at, To: at + 1}), PageSpec{Limit: 1})
	if err != nil {
		return Surroundings{}, err
	}
	newer, err := read(window, PageSpec{After: Cursor(at), Limit: after})
	if err != nil {
		return Surroundings{}, err
	}
	return Surroundings{Records: slices.Concat(older, self, newer), Before: len(older), After: len(newer)}, nil
}

// A CountQuery asks how many records of a stream match, step by step.
type CountQuery struct {
	StartMS  int64 // milliseconds since the epoch, included
	EndMS    int64 // milliseconds since the epoch, included
	StepMS   int64
	Keywords string
}

// A Histogram is the answer to a [CountQuery].
type Histogram struct {
	Count int64
	Steps []HistogramStep
}

// A HistogramStep is the number of matches from StartMS (included) to EndMS
// (excluded, but for the last step, which has the end of the window too).
type HistogramStep struct {
	StartMS int64
	EndMS   int64
	Count   int64
}

// CountLogs answers a count query. It fails like [Service.QueryLogs], and with
// [ErrInvalidBody] for a step that is not positive or makes more than
// [MaxSteps] steps.
func (s *Service) CountLogs(ctx context.Context, projectID, groupID, streamID string, query CountQuery) (Histogram, error) {
	window, err := s.window(query.StartMS, query.EndMS)
	if err != nil {
		return Histogram{}, err
	}
	const perMilli = int64(time.Millisecond)
	if query.StepMS < 1 || query.StepMS > int64(s.maxWindow/time.Millisecond) || window.Steps(query.StepMS*perMilli) > MaxSteps {
		return Histogram{}, ErrInvalidBody.WithDetails(Detail{
			Field: "/step_interval",
			Rule:  fmt.Sprintf("must be positive, no longer than the longest window, and make at most %d steps", MaxSteps),
		})
	}
	keywords, err := keywordsIn("/key_word", query.Keywords)
	if err != nil {
		return Histogram{}, err
	}
	stream, err := s.streamIn(ctx, projectID, groupID, streamID)
	if err != nil {
		return Histogram{}, orFailure(err, errQueryFailed)
	}
	counts, err := s.countSteps(ctx, stream, window, query.StepMS*perMilli, Filter{Keywords: keywords})
	if err != nil {
		return Histogram{}, orFailure(err, errQueryFailed)
	}
	return histogram(query, counts), nil
}

// countSteps counts the steps of a window without the records that have
// outlived the stream's lifetime but may still be stored.
func (s *Service) countSteps(ctx context.Context, stream Stream, window Window, stepNS int64, filter Filter) ([]int64, error) {
	kept := s.kept(stream, window)
	if kept.Empty() {
		return make([]int64, window.Steps(stepNS)), nil
	}
	if kept.From == window.From {
		return s.records.CountSteps(ctx, stream.ID, window, stepNS, filter)
	}
	gone := (kept.From - window.From) / stepNS // whole steps
	cut := Window{From: kept.From, To: min(window.From+(gone+1)*stepNS, window.To)}
	counts := make([]int64, gone+1)
	var err error
	if counts[gone], err = s.records.Count(ctx, stream.ID, cut, filter); err != nil {
		return nil, err
	}
	rest := Window{From: cut.To, To: window.To}
	if rest.Empty() {
		return counts, nil
	}
	more, err := s.records.CountSteps(ctx, stream.ID, rest, stepNS, filter)
	return append(counts, more...), err
}

// histogram gives counts their times. Where steps fill the window, its last
// millisecond is counted on its own, and belongs to the step before.
func histogram(query CountQuery, counts []int64) Histogram {
	if last := len(counts) - 1; last > 0 && query.StartMS+int64(last)*query.StepMS == query.EndMS {
		counts[last-1] += counts[last]
		counts = counts[:last]
	}
	var h Histogram
	for i, n := range counts {
		start := query.StartMS + int64(i)*query.StepMS
		h.Count += n
		h.Steps = append(h.Steps, HistogramStep{StartMS: start, EndMS: min(start+query.StepMS, query.EndMS), Count: n})
	}
	return h
}

// window checks the ends of a window.
func (s *Service) window(startMS, endMS int64) (Window, error) {
	if startMS < 0 || endMS <= startMS {
		return Window{}, ErrWindow
	}
	if longest := s.maxWindow.Milliseconds(); endMS-startMS > longest {
		return Window{}, ErrWindow.WithDetails(Detail{
			Field: "/end_time",
			Rule:  fmt.Sprintf("the window must have at most %g days", s.maxWindow.Hours()/24),
		})
	}
	return MillisWindow(startMS, endMS), nil
}

// cursorIn reads a cursor, which must lie in the window.
func cursorIn(window Window, lineNum string) (Cursor, error) {
	if lineNum == "" {
		return 0, nil
	}
	n, err := parseLineNum(lineNum)
	if err != nil {
		return 0, err
	}
	if !window.Contains(n) {
		return 0, ErrWindow
	}
	return Cursor(n), nil
}

// keywordsIn reads the keywords in a field of a request, which its error names.
func keywordsIn(field, text string) (*Keywords, error) {
	keywords, err := ParseKeywords(text)
	if broken, ok := errors.AsType[*Error](err); ok {
		for i := range broken.Details {
			broken.Details[i].Field = field
		}
	}
	return keywords, err
}

func parseLineNum(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || text != FormatLineNum(n) || n < 1 || n > MaxLineNum {
		return 0, ErrInvalidBody.WithDetails(Detail{Field: "/line_num", Rule: "must be a number of 19 digits"})
	}
	return n, nil
}

// streamIn finds a stream, with the lifetime that holds for it.
func (s *Service) streamIn(ctx context.Context, projectID, groupID, id string) (Stream, error) {
	known, err := s.knownStream(ctx, streamKey{projectID, groupID, id})
	return known.Stream, err
}

// knownStream gives what reports and queries have to know of a stream, from
// memory where it is remembered.
func (s *Service) knownStream(ctx context.Context, key streamKey) (knownStream, error) {
	stream, changes, known := s.streams.find(key)
	if known {
		return stream, nil
	}
	stream, err := s.readStream(ctx, key)
	if err == nil {
		s.streams.keep(key, stream, changes)
	}
	return stream, err
}

func (s *Service) readStream(ctx context.Context, key streamKey) (knownStream, error) {
	var stream knownStream
	err := s.catalog.View(ctx, key.projectID, func(tx CatalogTx) error {
		group, err := findGroup(tx, key.groupID)
		if err != nil {
			return err
		}
		if stream.Stream, err = findStream(tx, key.groupID, key.id); err != nil {
			return err
		}
		if stream.TTLDays == 0 {
			stream.TTLDays = group.TTLDays
		}
		stream.transferID, stream.window, stream.transferred, err = tx.TransferOfStream(key.id)
		return err
	})
	return stream, err
}

// kept is the part of a window whose records have not outlived their stream's
// lifetime.
func (s *Service) kept(stream Stream, window Window) Window {
	oldest := s.now().AddDate(0, 0, -stream.TTLDays).UnixNano()
	return window.Intersect(Window{From: oldest, To: Always.To})
}
