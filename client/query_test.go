package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/server/embedded"
)

// base is a time whose nanoseconds a float64 cannot hold.
var base = time.Now().Add(-time.Hour).Truncate(time.Second).Add(123_456_789)

// fill writes records "record 0" to "record n-1", a millisecond and a nanosecond
// apart, the odd ones with a label.
func fill(tb testing.TB, c *client.Client, n int) lts.Stream {
	tb.Helper()
	stream := newStream(tb, c)
	for i := range n {
		var labels map[string]string
		if i%2 == 1 {
			labels = map[string]string{"kind": "odd"}
		}
		record := lts.NewRecord{TimeNS: timeOf(i).UnixNano(), Content: fmt.Sprintf("record %d", i)}
		if err := c.Records.Write(tb.Context(), stream, labels, record); err != nil {
			tb.Fatal(err)
		}
	}
	return stream
}

func timeOf(i int) time.Time { return base.Add(time.Duration(i) * (time.Millisecond + 1)) }

func numbered(numbers ...int) []string {
	var lines []string
	for _, n := range numbers {
		lines = append(lines, fmt.Sprintf("record %d", n))
	}
	return lines
}

func TestQuery(t *testing.T) {
	c := serve(t).client(t)
	stream := fill(t, c, 10)
	lineNum := func(i int) int64 { return timeOf(i).UnixNano() }
	tests := map[string]struct {
		query client.Query
		want  []string
	}{
		"everything":                   {client.Query{}, numbered(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)},
		"everything, newest first":     {client.Query{Descending: true}, numbered(9, 8, 7, 6, 5, 4, 3, 2, 1, 0)},
		"pages of three":               {client.Query{PageSize: 3}, numbered(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)},
		"pages of three, newest first": {client.Query{PageSize: 3, Descending: true}, numbered(9, 8, 7, 6, 5, 4, 3, 2, 1, 0)},
		"pages that end with the last": {client.Query{PageSize: 5}, numbered(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)},
		"a window":                     {client.Query{From: timeOf(2), To: timeOf(5)}, numbered(2, 3, 4)},
		"a window to the nanosecond":   {client.Query{From: timeOf(2).Add(1), To: timeOf(5).Add(1)}, numbered(3, 4, 5)},
		"a window of one nanosecond":   {client.Query{From: timeOf(4), To: timeOf(4).Add(1)}, numbered(4)},
		"an empty window in between":   {client.Query{From: timeOf(4).Add(1), To: timeOf(5)}, nil},
		"months, in windows":           {client.Query{From: base.AddDate(0, -6, 0), PageSize: 4}, numbered(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)},
		"months, newest first":         {client.Query{From: base.AddDate(0, -6, 0), PageSize: 4, Descending: true}, numbered(9, 8, 7, 6, 5, 4, 3, 2, 1, 0)},
		"a boundary between windows": {client.Query{From: timeOf(3), To: timeOf(3).Add(lts.DefaultMaxWindow + time.Nanosecond)},
			numbered(3, 4, 5, 6, 7, 8, 9)},
		"that boundary, newest first": {client.Query{From: timeOf(8).Add(-lts.DefaultMaxWindow), To: timeOf(9).Add(1), Descending: true},
			numbered(9, 8, 7, 6, 5, 4, 3, 2, 1, 0)},
		"a last window of one millisecond": {client.Query{
			From: timeOf(3).Truncate(time.Millisecond), To: timeOf(3).Truncate(time.Millisecond).Add(lts.DefaultMaxWindow + time.Millisecond), Descending: true,
		}, numbered(9, 8, 7, 6, 5, 4, 3)},
		"words":            {client.Query{Keywords: "record 7"}, numbered(7)},
		"labels":           {client.Query{Labels: map[string]string{"kind": "odd"}, PageSize: 2}, numbered(1, 3, 5, 7, 9)},
		"after a record":   {client.Query{After: lineNum(6)}, numbered(7, 8, 9)},
		"before a record":  {client.Query{After: lineNum(3), Descending: true}, numbered(2, 1, 0)},
		"after the last":   {client.Query{After: lineNum(9), PageSize: 2}, nil},
		"before the first": {client.Query{After: lineNum(0), Descending: true}, nil},
		"highlighted":      {client.Query{Keywords: "8", Highlight: true}, []string{"record <HighLightTag>8</HighLightTag>"}},
		"since the epoch":  {client.Query{From: time.Unix(0, 0), To: time.Unix(0, 0).Add(time.Hour)}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.query.Stream = stream
			got := must(collect(c.Records.Query(t.Context(), tt.query)))(t)
			if diff := cmp.Diff(tt.want, contents(got)); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
			for _, record := range got {
				var i int
				if _, err := fmt.Sscanf(strings.NewReplacer("<HighLightTag>", "", "</HighLightTag>", "").Replace(record.Content), "record %d", &i); err != nil {
					t.Fatal(err)
				}
				if record.LineNum != lineNum(i) || (record.Labels["kind"] == "odd") != (i%2 == 1) {
					t.Errorf("record %d: %+v, want line number %d and its label", i, record, lineNum(i))
				}
			}
		})
	}
}

func TestALoopThatEndsEarlyAsksNoMore(t *testing.T) {
	s := serve(t)
	stream := fill(t, s.client(t), 5)
	requests := 0
	c := s.client(t, client.WithTransport(counting{&requests}))
	for record, err := range c.Records.Query(t.Context(), client.Query{Stream: stream, PageSize: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		if record.Content == "record 1" {
			break
		}
	}
	if requests != 2 {
		t.Errorf("%d requests, want a token and one page", requests)
	}
}

type counting struct{ requests *int }

func (c counting) RoundTrip(req *http.Request) (*http.Response, error) {
	*c.requests++
	return http.DefaultTransport.RoundTrip(req)
}

func TestQueriesThatAreRefused(t *testing.T) {
	c := serve(t).client(t)
	stream := newStream(t, c)
	for name, query := range map[string]client.Query{
		"too large a page":  {PageSize: 5001},
		"a negative page":   {PageSize: -1},
		"an empty window":   {From: base, To: base},
		"a window backward": {From: base, To: base.Add(-1)},
	} {
		t.Run(name, func(t *testing.T) {
			query.Stream = stream
			for what, err := range map[string]error{
				"Query":     second(collect(c.Records.Query(t.Context(), query))),
				"Count":     second(c.Records.Count(t.Context(), query)),
				"Histogram": second(c.Records.Histogram(t.Context(), query, time.Hour)),
			} {
				if err == nil {
					t.Errorf("%s(%+v): no error", what, query)
				}
			}
		})
	}
}

func TestCount(t *testing.T) {
	c := serve(t).client(t)
	stream := fill(t, c, 10)
	for name, tt := range map[string]struct {
		query client.Query
		want  int64
	}{
		"everything":         {client.Query{}, 10},
		"months":             {client.Query{From: base.AddDate(-1, 0, 0)}, 10},
		"words":              {client.Query{Keywords: "record AND NOT 7"}, 9},
		"labels":             {client.Query{Labels: map[string]string{"kind": "odd"}, PageSize: 2}, 5},
		"whole milliseconds": {client.Query{From: timeOf(2).Add(1), To: timeOf(5).Add(1)}, 4},
		"after a record":     {client.Query{After: timeOf(9).Add(time.Millisecond).UnixNano()}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tt.query.Stream = stream
			if got := must(c.Records.Count(t.Context(), tt.query))(t); got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}

func TestHistogram(t *testing.T) {
	c := serve(t).client(t)
	stream := fill(t, c, 10)
	query := client.Query{Stream: stream, From: base.Truncate(time.Second), To: base.Truncate(time.Second).Add(time.Second)}
	got := must(c.Records.Histogram(t.Context(), query, 130*time.Millisecond))(t)
	start := query.From.UnixMilli()
	if got.Count != 10 || len(got.Steps) != 8 || got.Steps[0] != (lts.HistogramStep{StartMS: start, EndMS: start + 130, Count: 7}) ||
		got.Steps[1].Count != 3 {
		t.Errorf("%+v, want 7 and 3 in the first two of 8 steps", got)
	}
	query.Keywords = "3"
	if got := must(c.Records.Histogram(t.Context(), query, time.Second))(t); got.Count != 1 || len(got.Steps) != 1 {
		t.Errorf("of a word: %+v, want one", got)
	}
	query.Labels = map[string]string{"a": "b"}
	if _, err := c.Records.Histogram(t.Context(), query, time.Second); err == nil {
		t.Error("with labels: no error")
	}
	for _, step := range []time.Duration{0, -1, time.Microsecond, 1500 * time.Microsecond, 31 * 24 * time.Hour} {
		if _, err := c.Records.Histogram(t.Context(), client.Query{Stream: stream}, step); err == nil {
			t.Errorf("a step of %s: no error", step)
		}
	}
}

// The parts of a long histogram fit together.
func TestALongHistogram(t *testing.T) {
	c := serve(t).client(t)
	stream := fill(t, c, 10)
	from := base.Truncate(time.Second).AddDate(0, 0, -100)
	for _, step := range []time.Duration{7 * 24 * time.Hour, time.Minute} {
		got := must(c.Records.Histogram(t.Context(), client.Query{Stream: stream, From: from, To: base.Add(time.Minute)}, step))(t)
		if got.Count != 10 {
			t.Errorf("steps of %s: %d in all, want 10", step, got.Count)
		}
		next := from.UnixMilli()
		for i, s := range got.Steps {
			if s.StartMS != next || s.EndMS != min(next+step.Milliseconds(), base.Add(time.Minute).UnixMilli()+1) {
				t.Fatalf("step %d of %s: %+v, want one from %d", i, step, s, next)
			}
			next = s.EndMS
		}
	}
}

func TestContext(t *testing.T) {
	c := serve(t).client(t)
	stream := fill(t, c, 10)
	got := must(c.Records.Context(t.Context(), stream, timeOf(5).UnixNano(), 2, 1))(t)
	if diff := cmp.Diff(numbered(3, 4, 5, 6), contents(got.Records)); diff != "" || got.Before != 2 || got.After != 1 {
		t.Errorf("%d before, %d after (-want +got):\n%s", got.Before, got.After, diff)
	}
	alone := must(c.Records.Context(t.Context(), stream, timeOf(5).UnixNano(), 0, 0))(t)
	if diff := cmp.Diff(numbered(5), contents(alone.Records)); diff != "" {
		t.Errorf("none around it (-want +got):\n%s", diff)
	}
}

func TestLineNumbersAreExact(t *testing.T) {
	for _, lineNum := range []int64{1, 9007199254740993, 1595659490239433654, 9223372036853999999} {
		p := &peer{answer: func(_ *http.Request, n int) (*http.Response, error) {
			if n > 1 {
				return respond(200, `{"logs":[]}`)
			}
			return respond(200, fmt.Sprintf(`{"logs":[{"content":"x","labels":{},"line_num":"%019d"}],"new":1.5e300}`, lineNum))
		}}
		query := client.Query{From: time.Unix(0, lineNum), To: time.Unix(0, lineNum).Add(time.Hour)}
		records, err := collect(peerClient(t, p).Records.Query(t.Context(), query))
		if err != nil || len(records) != 1 || records[0].LineNum != lineNum {
			t.Errorf("Query for %d: %+v, %v", lineNum, records, err)
		}
		p.count.Store(0)
		around, err := peerClient(t, p).Records.Context(t.Context(), lts.Stream{}, lineNum, 0, 0)
		if err != nil || around.Records[0].LineNum != lineNum {
			t.Errorf("Context(%d): %+v, %v", lineNum, around, err)
		}
		if want := fmt.Sprintf(`"line_num":"%019d"`, lineNum); !strings.Contains(string(p.bodies[len(p.bodies)-1]), want) {
			t.Errorf("asked with %s, want %s", p.bodies[len(p.bodies)-1], want)
		}
	}
}

// Pages of a peer, as line numbers after now.
func TestPagesOfAForeignService(t *testing.T) {
	page := func(complete string, offsets ...int64) string {
		var logs []string
		for _, offset := range offsets {
			logs = append(logs, fmt.Sprintf(`{"content":"x","labels":{},"line_num":"%d"}`, base.UnixNano()+offset))
		}
		return `{"logs":[` + strings.Join(logs, ",") + `]` + complete + `}`
	}
	const yes, no = `,"isQueryComplete":true`, `,"isQueryComplete":false`
	tests := map[string]struct {
		descending bool
		pages      []string
		want       int   // records
		requests   int   // sent
		err        error // nil: none; errAny: any
	}{
		"a short page that says that it is the last":     {false, []string{page(yes, 1)}, 1, 1, nil},
		"a short page that says nothing is not the last": {false, []string{page("", 1), page("", 2), page("")}, 2, 3, nil},
		"a short page that is not complete":              {false, []string{page(no, 1), page(yes, 2)}, 2, 2, nil},
		"a full page that says that it is complete":      {false, []string{page(yes, 1, 2), page(yes)}, 2, 2, nil},
		"an empty page that is not complete":             {false, []string{page(yes, 1, 2), page(no)}, 2, 2, client.ErrIncomplete},
		"the same page again":                            {false, []string{page("", 1, 2), page("", 1, 2)}, 2, 2, errAny},
		"the cursor again":                               {false, []string{page("", 1, 2), page("", 2, 3)}, 2, 2, errAny},
		"a page in the wrong order":                      {false, []string{page("", 2, 1)}, 0, 1, errAny},
		"a descending page":                              {true, []string{page("", 2, 1), page("")}, 2, 2, nil},
		"a descending page in the wrong order":           {true, []string{page("", 1, 2)}, 0, 1, errAny},
		"a line number that is none":                     {false, []string{`{"logs":[{"content":"x","labels":{},"line_num":"1e3"}]}`}, 0, 1, errAny},
		"a line number beyond 64 bits":                   {false, []string{`{"logs":[{"content":"x","labels":{},"line_num":"9223372036854775808"}]}`}, 0, 1, errAny},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &peer{answer: func(_ *http.Request, n int) (*http.Response, error) {
				return respond(200, tt.pages[min(n, len(tt.pages))-1])
			}}
			records, err := collect(peerClient(t, p).Records.Query(t.Context(), client.Query{
				From: base, To: base.Add(time.Hour), PageSize: 2, Descending: tt.descending,
			}))
			if len(records) != tt.want || p.sent() != tt.requests {
				t.Errorf("%d records with %d requests, want %d with %d", len(records), p.sent(), tt.want, tt.requests)
			}
			if tt.err == nil && err != nil || tt.err != nil && err == nil || tt.err != nil && !errors.Is(tt.err, errAny) && !errors.Is(err, tt.err) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
		})
	}
}

var errAny = errors.New("any error")

func TestAQueryThatFailsInTheMiddleCanGoOn(t *testing.T) {
	s := serve(t)
	stream := fill(t, s.client(t), 6)
	fails := &failingAfter{left: 3} // a token and two pages
	c := s.client(t, client.WithTransport(fails), once)
	query := client.Query{Stream: stream, PageSize: 2}
	got, err := collect(c.Records.Query(t.Context(), query))
	wantError(t, "Query", err, errCut)
	if diff := cmp.Diff(numbered(0, 1, 2, 3), contents(got)); diff != "" {
		t.Fatalf("before the failure (-want +got):\n%s", diff)
	}
	fails.left = 10
	query.After = got[len(got)-1].LineNum
	rest := must(collect(c.Records.Query(t.Context(), query)))(t)
	if diff := cmp.Diff(numbered(4, 5), contents(rest)); diff != "" {
		t.Errorf("after it (-want +got):\n%s", diff)
	}
}

// failingAfter lets so many requests through.
type failingAfter struct{ left int }

func (f *failingAfter) RoundTrip(req *http.Request) (*http.Response, error) {
	if f.left--; f.left < 0 {
		return nil, errCut
	}
	return http.DefaultTransport.RoundTrip(req)
}

func TestWriteKeepsTimesAndLabels(t *testing.T) {
	c := serve(t).client(t)
	stream := newStream(t, c)
	ctx := t.Context()
	labels := map[string]string{"host": "a", "region": "ü"}
	lines := []string{"first", "zweite <Zeile> & \"mehr\"\n", "最后\u2028"}
	if err := c.Records.WriteLines(ctx, stream, labels, base.UnixNano(), lines...); err != nil {
		t.Fatal(err)
	}
	if err := c.Records.Write(ctx, stream, nil, lts.NewRecord{TimeNS: base.UnixNano() + 10, Content: "alone"}); err != nil {
		t.Fatal(err)
	}
	got := must(collect(c.Records.Query(ctx, client.Query{Stream: stream})))(t)
	want := []lts.Record{
		{LineNum: base.UnixNano(), Content: lines[0], Labels: labels},
		{LineNum: base.UnixNano() + 1, Content: lines[1], Labels: labels},
		{LineNum: base.UnixNano() + 2, Content: lines[2], Labels: labels},
		{LineNum: base.UnixNano() + 10, Content: "alone", Labels: map[string]string{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestManyPages(t *testing.T) {
	c := serve(t, func(o *embedded.Options) { o.Faults = false }).client(t)
	stream := newStream(t, c)
	lines := make([]string, 25_000)
	for i := range lines {
		lines[i] = fmt.Sprintf("line %d", i)
	}
	for chunk := range slices.Chunk(lines, 5000) {
		if err := c.Records.WriteLines(t.Context(), stream, nil, base.UnixNano(), chunk...); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]int{}
	for record, err := range c.Records.Query(t.Context(), client.Query{Stream: stream, PageSize: 700, Descending: true}) {
		if err != nil {
			t.Fatal(err)
		}
		seen[record.Content]++
	}
	if len(seen) != len(lines) {
		t.Errorf("%d different lines, want %d", len(seen), len(lines))
	}
	for line, times := range seen {
		if times != 1 {
			t.Errorf("%s came %d times", line, times)
		}
	}
}
