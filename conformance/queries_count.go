package conformance

import "encoding/json"

// countCases: count is the number of matches in the window, whatever the page.
func (c *contract) countCases() []testCase {
	return []testCase{
		c.queryCase("count/whole-window", "ListLogs", countWhole),
		c.queryCase("count/only-when-asked", "ListLogs", countAsked),
		c.queryCase("count/none", "ListLogs", countNone),
	}
}

// countWhole compares count with the records that pages have in all.
func countWhole(t *trial) {
	place := t.place()
	all := t.fill(place, corpus(t.rand, 160)...)
	middle := all[80].millis()
	for _, s := range []search{
		{}, {limit: 1}, {limit: maxPage}, {desc: true, limit: 3},
		{keywords: "error", limit: 2},
		{labels: map[string]string{"app": "web"}, limit: 5},
		{start: middle, limit: 7},
		{end: middle, limit: 7, desc: true},
		{cursor: all[100].lineNum, kind: "forwards", limit: 4},
		{cursor: all[100].lineNum, kind: "backwards", limit: 4, keywords: "a*"},
		{cursor: all[0].lineNum, kind: "backwards", limit: 4},
	} {
		s.count = true
		p := t.page(place, s)
		whole := s
		whole.cursor, whole.kind, whole.limit, whole.count = 0, "", maxPage, false
		matches := t.page(place, whole)
		t.checkEqual(p.answer, "/count", len(matches.records), at(p.answer.value, "count"))
	}
}

// countAsked looks for count with and without is_count.
func countAsked(t *trial) {
	place := t.place()
	t.fill(place, numbered(3)...)
	for _, value := range []any{true, "true"} {
		body := search{}.body()
		body["is_count"] = value
		a := t.ask(question{operation: "ListLogs", ids: place, body: body})
		t.checkEqual(a, "/count", json.Number("3"), at(a.value, "count"))
	}
	for _, value := range []any{nil, false, "false"} {
		body := search{}.body()
		if value != nil {
			body["is_count"] = value
		}
		a := t.ask(question{operation: "ListLogs", ids: place, body: body})
		count, there := any(nil), false
		if o, ok := a.value.(object); ok {
			count, there = o["count"]
		}
		t.check(!there, a, "/count", "it is there only with is_count", count)
	}
}

// countNone asks about nothing: an empty stream, and a filter that matches
// nothing.
func countNone(t *trial) {
	place := t.place()
	p := t.page(place, search{count: true})
	t.checkRecords(p.answer, "an empty stream has no records", nil, p.records)
	t.checkEqual(p.answer, "/count", 0, at(p.answer.value, "count"))
	t.fill(place, numbered(3)...)
	p = t.page(place, search{count: true, keywords: "nowhere"})
	t.checkRecords(p.answer, "no record has this word", nil, p.records)
	t.checkEqual(p.answer, "/count", 0, at(p.answer.value, "count"))
}
