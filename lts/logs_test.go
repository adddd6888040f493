package lts_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/fault"
)

// logsStart is when the records of these tests begin.
var logsStart = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

// aStream is a stream with a service around it, at a time that the test moves.
type aStream struct {
	*lts.Service

	now     time.Time
	groupID string
	id      string
}

func newStream(t *testing.T) *aStream {
	t.Helper()
	s := &aStream{now: logsStart.Add(time.Hour)}
	s.Service = newService(t, lts.Config{Now: func() time.Time { return s.now }})
	group, err := s.CreateGroup(t.Context(), ours, lts.GroupSpec{Name: "group", TTLDays: 7})
	if err != nil {
		t.Fatal(err)
	}
	stream, err := s.CreateStream(t.Context(), ours, group.ID, lts.StreamSpec{Name: "stream"})
	if err != nil {
		t.Fatal(err)
	}
	s.groupID, s.id = group.ID, stream.ID
	return s
}

// write adds lines, a second apart.
func (s *aStream) write(t *testing.T, labels map[string]string, lines ...string) {
	t.Helper()
	var records []lts.NewRecord
	for i, line := range lines {
		records = append(records, lts.NewRecord{TimeNS: logsStart.Add(time.Duration(i) * time.Second).UnixNano(), Content: line})
	}
	if err := s.ReportLogs(t.Context(), ours, s.groupID, s.id, labels, records); err != nil {
		t.Fatal(err)
	}
}

// query is one for the hour in which the records lie.
func query() lts.Query {
	return lts.Query{StartMS: logsStart.UnixMilli(), EndMS: logsStart.Add(time.Hour).UnixMilli()}
}

func (s *aStream) ask(t *testing.T, q lts.Query) lts.Page {
	t.Helper()
	page, err := s.QueryLogs(t.Context(), ours, s.groupID, s.id, q)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func contents(records []lts.Record) []string {
	list := []string{}
	for _, record := range records {
		list = append(list, record.Content)
	}
	return list
}

func TestQueryLogsFindsByLabelsAndKeywords(t *testing.T) {
	s := newStream(t)
	s.write(t, map[string]string{"host": "a", "app": "x"}, "disk full", "disk ok")
	s.write(t, map[string]string{"host": "b", "app": "x"}, "net full")
	for name, tt := range map[string]struct {
		change func(*lts.Query)
		want   []string
	}{
		"everything":         {func(*lts.Query) {}, []string{"disk full", "net full", "disk ok"}},
		"one label":          {func(q *lts.Query) { q.Labels = map[string]string{"host": "b"} }, []string{"net full"}},
		"all labels":         {func(q *lts.Query) { q.Labels = map[string]string{"host": "a", "app": "y"} }, []string{}},
		"an unknown label":   {func(q *lts.Query) { q.Labels = map[string]string{"zone": ""} }, []string{}},
		"a word":             {func(q *lts.Query) { q.Keywords = "FULL" }, []string{"disk full", "net full"}},
		"label and word":     {func(q *lts.Query) { q.Keywords = "full"; q.Labels = map[string]string{"host": "a"} }, []string{"disk full"}},
		"marked words":       {func(q *lts.Query) { q.Keywords = "ok"; q.Highlight = true }, []string{"disk <HighLightTag>ok</HighLightTag>"}},
		"descending":         {func(q *lts.Query) { q.Descending = true }, []string{"disk ok", "net full", "disk full"}},
		"a limit":            {func(q *lts.Query) { q.Limit = 1 }, []string{"disk full"}},
		"before the window":  {func(q *lts.Query) { q.StartMS += 1000 }, []string{"disk ok"}},
		"the end is inside":  {func(q *lts.Query) { q.EndMS = q.StartMS + 1000 }, []string{"disk full", "net full", "disk ok"}},
		"a millisecond less": {func(q *lts.Query) { q.EndMS = q.StartMS + 999 }, []string{"disk full", "net full"}},
	} {
		t.Run(name, func(t *testing.T) {
			q := query()
			tt.change(&q)
			if diff := cmp.Diff(tt.want, contents(s.ask(t, q).Records)); diff != "" {
				t.Errorf("QueryLogs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestQueryLogsCountsTheWholeWindow(t *testing.T) {
	s := newStream(t)
	s.write(t, nil, "one log", "two log", "three")
	q := query()
	q.Keywords, q.Limit, q.Count = "log", 1, true
	if got := s.ask(t, q); got.Count != 2 || len(got.Records) != 1 {
		t.Errorf("count %d with %d records, want 2 with 1", got.Count, len(got.Records))
	}
	q.Count = false
	if got := s.ask(t, q); got.Count != 0 {
		t.Errorf("count %d without being asked", got.Count)
	}
}

func TestQueryLogsHasDefaultLimit(t *testing.T) {
	s := newStream(t)
	lines := make([]string, lts.DefaultLimit+1)
	for i := range lines {
		lines[i] = fmt.Sprint("line ", i)
	}
	s.write(t, nil, lines...)
	if got := len(s.ask(t, query()).Records); got != lts.DefaultLimit {
		t.Errorf("%d records, want %d", got, lts.DefaultLimit)
	}
}

// Pages that go on from the last record of the one before have every record
// once, for every limit, in both orders; a client that pages with a cursor and
// without search_type must come to an end.
func TestPagesJoin(t *testing.T) {
	s := newStream(t)
	lines := []string{"a", "b", "c", "d", "e", "f", "g"}
	s.write(t, nil, lines...)
	for _, descending := range []bool{false, true} {
		want := slices.Clone(lines)
		if descending {
			slices.Reverse(want)
		}
		for limit := 1; limit <= len(lines)+1; limit++ {
			for _, search := range []lts.Search{"", lts.SearchInit, lts.SearchForwards} {
				t.Run(fmt.Sprintf("descending %t, limit %d, search %q", descending, limit, search), func(t *testing.T) {
					q := query()
					q.Descending, q.Limit = descending, limit
					var got []string
					for page := s.ask(t, q); len(page.Records) > 0; page = s.ask(t, q) {
						got = append(got, contents(page.Records)...)
						q.LineNum = lts.FormatLineNum(page.Records[len(page.Records)-1].LineNum)
						q.Search = search
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("pages (-want +got):\n%s", diff)
					}
				})
			}
		}
	}
}

func TestQueryLogsRefuses(t *testing.T) {
	s := newStream(t)
	s.write(t, nil, "a line")
	for name, tt := range map[string]struct {
		change func(*lts.Query)
		want   error
	}{
		"an empty window":          {func(q *lts.Query) { q.EndMS = q.StartMS }, lts.ErrWindow},
		"a window turned around":   {func(q *lts.Query) { q.EndMS = q.StartMS - 1 }, lts.ErrWindow},
		"more than 30 days":        {func(q *lts.Query) { q.EndMS = q.StartMS + 30*24*3600*1000 + 1 }, lts.ErrWindow},
		"a cursor before":          {func(q *lts.Query) { q.LineNum = lts.FormatLineNum(q.StartMS*1e6 - 1) }, lts.ErrWindow},
		"a cursor behind":          {func(q *lts.Query) { q.LineNum = lts.FormatLineNum((q.EndMS + 1) * 1e6) }, lts.ErrWindow},
		"a cursor of letters":      {func(q *lts.Query) { q.LineNum = strings.Repeat("x", 19) }, lts.ErrInvalidBody},
		"a cursor with a sign":     {func(q *lts.Query) { q.LineNum = "-159565949023943365" }, lts.ErrInvalidBody},
		"a cursor with a plus":     {func(q *lts.Query) { q.LineNum = "+159565949023943365" }, lts.ErrInvalidBody},
		"a keyword that begins so": {func(q *lts.Query) { q.Keywords = "*full" }, lts.ErrLeadingWildcard},
	} {
		t.Run(name, func(t *testing.T) {
			q := query()
			tt.change(&q)
			if _, err := s.QueryLogs(t.Context(), ours, s.groupID, s.id, q); !errors.Is(err, tt.want) {
				t.Errorf("QueryLogs: %v, want %v", err, tt.want)
			}
		})
	}
	for name, change := range map[string]func(*lts.Query){
		"exactly 30 days":       func(q *lts.Query) { q.EndMS = q.StartMS + 30*24*3600*1000 },
		"a cursor at the start": func(q *lts.Query) { q.LineNum = lts.FormatLineNum(q.StartMS * 1e6) },
		"a cursor at the end":   func(q *lts.Query) { q.LineNum = lts.FormatLineNum((q.EndMS+1)*1e6 - 1) },
	} {
		t.Run("takes "+name, func(t *testing.T) {
			q := query()
			change(&q)
			s.ask(t, q)
		})
	}
}

func TestLogsOfUnknownAndForeignStreams(t *testing.T) {
	s := newStream(t)
	s.write(t, nil, "ours")
	for name, tt := range map[string]struct {
		project, group, stream string
		want                   error
	}{
		"unknown group":  {ours, "nowhere", s.id, lts.ErrGroupNotFound},
		"unknown stream": {ours, s.groupID, "nothing", lts.ErrStreamNotFound},
		"other project":  {theirs, s.groupID, s.id, lts.ErrGroupNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			at := lts.FormatLineNum(logsStart.UnixNano())
			_, queryErr := s.QueryLogs(t.Context(), tt.project, tt.group, tt.stream, query())
			_, aroundErr := s.LogsAround(t.Context(), tt.project, tt.group, tt.stream, at, 1, 1)
			_, countErr := s.CountLogs(t.Context(), tt.project, tt.group, tt.stream, countQuery())
			reportErr := s.ReportLogs(t.Context(), tt.project, tt.group, tt.stream, nil, []lts.NewRecord{{TimeNS: 1, Content: "x"}})
			for what, err := range map[string]error{"QueryLogs": queryErr, "LogsAround": aroundErr, "CountLogs": countErr, "ReportLogs": reportErr} {
				if !errors.Is(err, tt.want) {
					t.Errorf("%s: %v, want %v", what, err, tt.want)
				}
			}
		})
	}
}

func TestOutlivedRecordsAreInNoAnswer(t *testing.T) {
	s := newStream(t)
	s.write(t, nil, "old", "older than the rest", "young")
	// Seven days after the second record: the first two are gone.
	s.now = logsStart.AddDate(0, 0, 7).Add(1500 * time.Millisecond)
	q := query()
	q.Count = true
	page := s.ask(t, q)
	if diff := cmp.Diff([]string{"young"}, contents(page.Records)); diff != "" || page.Count != 1 {
		t.Errorf("QueryLogs counts %d (-want +got):\n%s", page.Count, diff)
	}
	around, err := s.LogsAround(t.Context(), ours, s.groupID, s.id, lts.FormatLineNum(page.Records[0].LineNum), 5, 5)
	if err != nil || around.Before != 0 {
		t.Errorf("LogsAround: %d before, %v; want 0", around.Before, err)
	}
	histogram, err := s.CountLogs(t.Context(), ours, s.groupID, s.id, countQuery())
	if err != nil {
		t.Fatal(err)
	}
	if got := stepCounts(histogram); histogram.Count != 1 || !slices.Equal(got[:3], []int64{0, 0, 1}) {
		t.Errorf("CountLogs: %d in %v, want 1 in the third step", histogram.Count, got)
	}
	s.now = s.now.AddDate(1, 0, 0)
	if histogram, err = s.CountLogs(t.Context(), ours, s.groupID, s.id, countQuery()); err != nil || histogram.Count != 0 || len(histogram.Steps) != 3600 {
		t.Errorf("CountLogs a year later: %d in %d steps, %v; want 0 in 3600", histogram.Count, len(histogram.Steps), err)
	}
}

func TestLogsAround(t *testing.T) {
	s := newStream(t)
	s.write(t, nil, "a", "b", "c", "d", "e")
	middle := lts.FormatLineNum(logsStart.Add(2 * time.Second).UnixNano())
	for name, tt := range map[string]struct {
		before, after int
		want          []string
	}{
		"both sides":   {1, 1, []string{"b", "c", "d"}},
		"more on both": {9, 9, []string{"a", "b", "c", "d", "e"}},
		"none":         {0, 0, []string{"c"}},
		"only before":  {2, 0, []string{"a", "b", "c"}},
		"only after":   {0, 1, []string{"c", "d"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := s.LogsAround(t.Context(), ours, s.groupID, s.id, middle, tt.before, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, contents(got.Records)); diff != "" {
				t.Errorf("LogsAround (-want +got):\n%s", diff)
			}
			if got.Before > tt.before || got.After > tt.after || got.Before+got.After+1 != len(got.Records) {
				t.Errorf("%d before, %d after, %d in all", got.Before, got.After, len(got.Records))
			}
		})
	}
}

func countQuery() lts.CountQuery {
	return lts.CountQuery{StartMS: logsStart.UnixMilli(), EndMS: logsStart.Add(time.Hour).UnixMilli(), StepMS: 1000}
}

func stepCounts(h lts.Histogram) []int64 {
	var counts []int64
	for _, step := range h.Steps {
		counts = append(counts, step.Count)
	}
	return counts
}

func TestCountLogs(t *testing.T) {
	s := newStream(t)
	s.write(t, nil, "a log", "b", "c log", "d log")
	q := countQuery()
	q.Keywords, q.StepMS, q.EndMS = "log", 2000, q.StartMS+5000
	got, err := s.CountLogs(t.Context(), ours, s.groupID, s.id, q)
	if err != nil {
		t.Fatal(err)
	}
	want := lts.Histogram{Count: 3, Steps: []lts.HistogramStep{
		{StartMS: q.StartMS, EndMS: q.StartMS + 2000, Count: 1},
		{StartMS: q.StartMS + 2000, EndMS: q.StartMS + 4000, Count: 2},
		{StartMS: q.StartMS + 4000, EndMS: q.StartMS + 5000, Count: 0},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("CountLogs (-want +got):\n%s", diff)
	}
	for name, step := range map[string]int64{"no step": 0, "a step backwards": -1, "a step that overflows": 1 << 62} {
		t.Run(name, func(t *testing.T) {
			q := countQuery()
			q.StepMS = step
			if _, err := s.CountLogs(t.Context(), ours, s.groupID, s.id, q); !errors.Is(err, lts.ErrInvalidBody) {
				t.Errorf("CountLogs: %v, want %v", err, lts.ErrInvalidBody)
			}
		})
	}
}

// The end of a window belongs to it, but makes no step of its own.
func TestCountLogsInStepsThatFillTheWindow(t *testing.T) {
	s := newStream(t)
	s.write(t, nil, "first", "second", "third", "fourth", "fifth") // a second apart
	for _, tt := range []struct {
		name string
		step int64
		want []int64
	}{
		{"one step", 4000, []int64{5}},
		{"two", 2000, []int64{2, 3}},
		{"four", 1000, []int64{1, 1, 1, 2}},
		{"longer than the window", 4001, []int64{5}},
		{"not quite", 3999, []int64{4, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := countQuery()
			q.StepMS, q.EndMS = tt.step, q.StartMS+4000
			got, err := s.CountLogs(t.Context(), ours, s.groupID, s.id, q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, stepCounts(got)); diff != "" || got.Count != 5 {
				t.Errorf("CountLogs counts %d (-want +got):\n%s", got.Count, diff)
			}
			for i, step := range got.Steps {
				if step.StartMS >= step.EndMS {
					t.Errorf("step %d is from %d to %d, want one that has a length", i, step.StartMS, step.EndMS)
				}
			}
			if last := got.Steps[len(got.Steps)-1]; last.EndMS != q.EndMS {
				t.Errorf("the last step ends at %d, want the end of the window, %d", last.EndMS, q.EndMS)
			}
		})
	}
}

func TestReportLogsRefusesTimesThatNoLineNumberHolds(t *testing.T) {
	s := newStream(t)
	for name, at := range map[string]int64{"zero": 0, "before 1970": -1, "the last": lts.MaxLineNum} {
		t.Run(name, func(t *testing.T) {
			err := s.ReportLogs(t.Context(), ours, s.groupID, s.id, nil, []lts.NewRecord{{TimeNS: logsStart.UnixNano(), Content: "good"}, {TimeNS: at, Content: "bad"}})
			if !errors.Is(err, lts.ErrInvalidBody) {
				t.Errorf("ReportLogs: %v, want %v", err, lts.ErrInvalidBody)
			}
			if got := s.ask(t, query()).Records; len(got) != 0 {
				t.Errorf("%d records of a refused report are there", len(got))
			}
		})
	}
}

func TestFailuresOfRecordsHaveTheDocumentedError(t *testing.T) {
	s := newStream(t)
	ctx := fault.Inject(t.Context(), fault.RecordsStore)
	_, queryErr := s.QueryLogs(ctx, ours, s.groupID, s.id, query())
	_, aroundErr := s.LogsAround(ctx, ours, s.groupID, s.id, lts.FormatLineNum(logsStart.UnixNano()), 1, 1)
	_, countErr := s.CountLogs(ctx, ours, s.groupID, s.id, countQuery())
	reportErr := s.ReportLogs(ctx, ours, s.groupID, s.id, nil, []lts.NewRecord{{TimeNS: 1, Content: "x"}})
	for what, tt := range map[string]struct {
		err     error
		code    string
		message string
	}{
		"QueryLogs":  {queryErr, "LTS.0202", "Failed to query lts log"},
		"LogsAround": {aroundErr, "LTS.0202", "Failed to query lts log"},
		"CountLogs":  {countErr, "LTS.0202", "Failed to query lts log"},
		"ReportLogs": {reportErr, "LTS.0010", "The system encountered an internal error"},
	} {
		published, ok := errors.AsType[*lts.Error](tt.err)
		if !ok || published.Code != tt.code || published.Message != tt.message || !errors.Is(tt.err, fault.ErrInjected) {
			t.Errorf("%s: %v, want %s %q with its cause", what, tt.err, tt.code, tt.message)
		}
	}
}
