package conformance

import (
	"fmt"
	"slices"
	"strconv"
)

// pagingCases: pages are the stream, cut into pieces.
func (c *contract) pagingCases() []testCase {
	var cases []testCase
	for _, size := range []struct{ limit, records int }{
		{1, 9}, {2, 17}, {3, 25}, {7, 63}, {50, 250}, {99, 299}, {100, 300}, {101, 299}, {maxPage, maxPage + 1},
	} {
		cases = append(cases, c.queryCase("paging/limit-"+strconv.Itoa(size.limit), "ListLogs", func(t *trial) {
			records := corpus(t.rand, min(size.records, 1000))
			if size.records > len(records) {
				records = numbered(size.records)
			}
			t.pageThrough(records, size.limit)
		}))
	}
	return append(cases,
		c.queryCase("paging/limit-all", "ListLogs", func(t *trial) { t.pageThrough(corpus(t.rand, 120), 120) }),
		c.queryCase("paging/limit-default", "ListLogs", func(t *trial) { t.pageThrough(corpus(t.rand, 120), 0) }),
		c.queryCase("paging/directions", "ListLogs", directions),
		c.queryCase("paging/filtered", "ListLogs", pageFiltered),
		c.queryCase("paging/reverse", "ListLogs", reverse),
	)
}

// defaultPage is the limit of a query that has none (2022-08 table 5-49).
const defaultPage = 50

// pageThrough counts a stream and reads it page by page, in both orders, to its
// end and back. Cursors without a search_type go on too.
func (t *trial) pageThrough(records []record, limit int) {
	place := t.place()
	all := t.fill(place, records...)
	counted := t.page(place, search{count: true, limit: 1})
	t.checkEqual(counted.answer, "/count", len(all), at(counted.answer.value, "count"))
	size := limit
	if size == 0 {
		size = defaultPage
	}
	for _, desc := range []bool{false, true} {
		want := inOrder(all, desc)
		there := t.walk(place, search{desc: desc, limit: limit, plain: true}, size, want, "forwards")
		if there == nil {
			return
		}
		last := there[len(there)-1].lineNum
		t.walk(place, search{desc: desc, limit: limit, plain: true, cursor: last}, size, want[:len(want)-1], "backwards")
	}
}

// walk reads pages until one is short, each from the end of the one before, and
// compares what they have in all; nil when it is something else.
func (t *trial) walk(place ids, s search, size int, want []record, kind string) []record {
	var got []record
	for pages := 0; ; pages++ {
		if s.cursor != 0 && pages > 0 {
			s.kind = kind
		} else if s.cursor != 0 {
			s.kind = "backwards"
		}
		p := t.page(place, s)
		t.check(len(p.records) <= size, p.answer, "/logs", fmt.Sprintf("a page has at most %d records", size), len(p.records))
		if kind == "backwards" {
			got = slices.Concat(p.records, got)
		} else {
			got = append(got, p.records...)
		}
		if len(p.records) < size || len(got) > len(want) {
			rule := fmt.Sprintf("the pages %s with is_desc %t have every record once and in order", kind, s.desc)
			if !t.checkRecords(p.answer, rule, want, got) {
				return nil
			}
			return got
		}
		s.cursor = p.records[len(p.records)-1].lineNum
		if kind == "backwards" {
			s.cursor = p.records[0].lineNum
		}
	}
}

// inOrder gives records that ascend in the order of is_desc.
func inOrder(records []record, desc bool) []record {
	ordered := slices.Clone(records)
	if desc {
		slices.Reverse(ordered)
	}
	return ordered
}

// directions asks for the pages around records, in each order and each
// direction.
func directions(t *trial) {
	place := t.place()
	all := t.fill(place, corpus(t.rand, 30)...)
	for _, at := range []int{0, 1, 2 + t.rand.IntN(26), len(all) - 1} {
		for _, kind := range []string{"", "init", "forwards", "backwards"} {
			for _, desc := range []bool{false, true} {
				s := search{desc: desc, kind: kind, cursor: all[at].lineNum, limit: 1 + t.rand.IntN(4), plain: true}
				p := t.page(place, s)
				rule := fmt.Sprintf("search_type %q with is_desc %t gives the %d records nearest to the cursor, without it, in order", kind, desc, s.limit)
				t.checkRecords(p.answer, rule, nearest(all, s), p.records)
			}
		}
	}
}

// nearest is the page that a search with a cursor asks for, of the records that
// match, ascending.
func nearest(matching []record, s search) []record {
	ordered := inOrder(matching, s.desc)
	behind := func(r record) bool { return (r.lineNum > s.cursor) != s.desc && r.lineNum != s.cursor }
	limit := s.limit
	if limit == 0 {
		limit = defaultPage
	}
	if s.kind == "backwards" && s.cursor != 0 {
		before := chosen(ordered, func(r record) bool { return !behind(r) && r.lineNum != s.cursor })
		return before[max(0, len(before)-limit):]
	}
	if s.cursor != 0 {
		ordered = chosen(ordered, behind)
	}
	return ordered[:min(limit, len(ordered))]
}

// pageFiltered pages through what a filter leaves, also from a record that the
// filter leaves out.
func pageFiltered(t *trial) {
	place := t.place()
	all := t.fill(place, corpus(t.rand, 150)...)
	looked := keywords{any: true, terms: []term{{words: []string{"error*"}}, {words: []string{"disk"}}, {words: []string{"a*"}}}}
	matching := chosen(all, func(r record) bool { return looked.match(r.content) })
	for _, desc := range []bool{false, true} {
		t.walk(place, search{keywords: looked.text(false), desc: desc, limit: 20, plain: true}, 20, inOrder(matching, desc), "forwards")
	}
	for range 6 {
		s := search{
			keywords: looked.text(false), cursor: all[t.rand.IntN(len(all))].lineNum, limit: 1 + t.rand.IntN(10),
			kind: []string{"forwards", "backwards"}[t.rand.IntN(2)], desc: t.rand.IntN(2) == 0, plain: true,
		}
		p := t.page(place, s)
		t.checkRecords(p.answer, "a cursor may be any record of the window, also one that the filter leaves out", nearest(matching, s), p.records)
	}
}

// reverse compares the two orders with each other.
func reverse(t *trial) {
	place := t.place()
	t.fill(place, corpus(t.rand, 200)...)
	for _, s := range []search{{}, {keywords: "error"}, {labels: map[string]string{"app": "web"}}, {keywords: "a*", labels: map[string]string{"host": "a"}}} {
		s.limit = maxPage
		ascending := t.page(place, s)
		s.desc = true
		descending := t.page(place, s)
		t.checkRecords(descending.answer, "descending is the reverse of ascending", inOrder(ascending.records, true), descending.records)
	}
}
