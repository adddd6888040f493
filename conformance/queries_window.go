package conformance

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// windowCases: both ends of a window belong to it, to the last nanosecond of
// the last millisecond.
func (c *contract) windowCases() []testCase {
	return []testCase{
		c.queryCase("window/edges", "ListLogs", windowEdges),
		c.queryCase("window/cursor", "ListLogs", windowCursor),
		c.queryCase("window/longest", "ListLogs", windowLongest),
		c.queryCase("window/empty", "ListLogs", windowEmpty),
		c.queryCase("window/forms", "ListLogs", windowForms),
	}
}

// windowEdges cuts windows at, before and behind records. The records lie at
// the first and the last nanosecond of milliseconds, and in between.
func windowEdges(t *trial) {
	place := t.place()
	base := time.Now().Add(-time.Minute).Truncate(time.Millisecond).UnixNano()
	var records []record
	for i, ns := range []int64{-1_000_001, -1_000_000, -1, 0, 1, 500_000, 999_999, 1_000_000, 1_000_001, 1_999_999, 2_000_000, 7_000_000} {
		records = append(records, record{timeNS: base + ns, content: fmt.Sprintf("no%02d edge", i), labels: map[string]string{}})
	}
	all := t.fill(place, records...)
	first := base / int64(time.Millisecond)
	for from := first - 2; from <= first+3; from++ {
		for _, to := range []int64{from + 1, first + 2, first + 8} {
			if to <= from {
				continue
			}
			p := t.page(place, search{start: from, end: to, limit: maxPage, count: true})
			want := chosen(all, func(r record) bool { return from <= r.millis() && r.millis() <= to })
			t.checkRecords(p.answer, "start_time*10^6 <= line_num < (end_time+1)*10^6", want, p.records)
			t.checkEqual(p.answer, "/count", len(want), at(p.answer.value, "count"))
		}
	}
}

// windowCursor sends cursors at the edges of a window and outside.
func windowCursor(t *trial) {
	place := t.place()
	all := t.fill(place, numbered(5)...)
	start, end := all[1].millis(), all[3].millis()
	const perMilli = int64(time.Millisecond)
	for _, cursor := range []int64{start * perMilli, all[2].lineNum, (end+1)*perMilli - 1} {
		s := search{start: start, end: end, cursor: cursor, kind: "forwards", limit: 10}
		p := t.page(place, s)
		want := chosen(all[1:4], func(r record) bool { return r.lineNum > cursor })
		t.checkRecords(p.answer, "the page ends with the window", want, p.records)
		s.kind = "backwards"
		p = t.page(place, s)
		want = chosen(all[1:4], func(r record) bool { return r.lineNum < cursor })
		t.checkRecords(p.answer, "the page begins with the window", want, p.records)
	}
	for _, cursor := range []int64{start*perMilli - 1, (end + 1) * perMilli} {
		a := t.ask(question{operation: "ListLogs", ids: place, body: search{start: start, end: end, cursor: cursor, kind: "forwards"}.body()})
		t.refused(a, "LTS.0701")
	}
}

// windowLongest asks for the longest window, and for one that is a millisecond
// longer.
func windowLongest(t *trial) {
	place := t.place()
	all := t.fill(place, numbered(3)...)
	const days30 = 30 * 24 * int64(time.Hour/time.Millisecond)
	end := all[2].millis()
	p := t.page(place, search{start: end - days30, end: end})
	t.checkRecords(p.answer, "a window may have 30 days", all, p.records)
	p = t.page(place, search{start: all[0].millis(), end: all[0].millis() + days30})
	t.checkRecords(p.answer, "a window may have 30 days", all, p.records)
	a := t.ask(question{operation: "ListLogs", ids: place, body: search{start: end - days30 - 1, end: end}.body()})
	t.refused(a, "LTS.0701")
}

// windowEmpty asks for windows that end where they begin, or before.
func windowEmpty(t *trial) {
	place := t.place()
	all := t.fill(place, numbered(2)...)
	start := all[0].millis()
	for _, end := range []int64{start, start - 1, start - 1000} {
		a := t.ask(question{operation: "ListLogs", ids: place, body: search{start: start, end: end}.body()})
		t.refused(a, "LTS.0701")
	}
	p := t.page(place, search{start: start - 1, end: start})
	t.checkRecords(p.answer, "the shortest window has two milliseconds", all[:1], p.records)
}

// windowForms sends the same query with numbers and with strings.
func windowForms(t *trial) {
	place := t.place()
	all := t.fill(place, numbered(9)...)
	s := search{start: all[1].millis(), end: all[7].millis()}
	want := []record{all[7], all[6], all[5]}
	for _, body := range []object{
		{"start_time": s.start, "end_time": s.end, "limit": 3, "is_desc": true},
		{"start_time": strconv.FormatInt(s.start, 10), "end_time": strconv.FormatInt(s.end, 10), "limit": "3", "is_desc": "true"},
	} {
		a := t.ask(question{operation: "ListLogs", ids: place, body: body})
		t.checkStatus(a, http.StatusOK)
		t.checkRecords(a, "numbers and booleans may be strings", want, recordsOf(a))
	}
}
