package conformance

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// histogramCases: the steps of a keyword count.
func (c *contract) histogramCases() []testCase {
	return []testCase{
		c.queryCase("histogram/steps", "CountKeyword", histogramSteps),
		c.queryCase("histogram/edges", "CountKeyword", histogramEdges),
		c.queryCase("histogram/equals-query", "CountKeyword", histogramEqualsQuery),
		c.queryCase("histogram/refused", "CountKeyword", histogramRefused),
	}
}

// histogram asks for a count by steps.
func (t *trial) histogram(place ids, start, end, step int64, word string) *answer {
	return t.ask(question{operation: "CountKeyword", body: object{
		"start_time": strconv.FormatInt(start, 10), "end_time": strconv.FormatInt(end, 10), "step_interval": step,
		"group_id": place.group, "stream_id": place.stream, "key_word": word,
	}})
}

// checkHistogram compares the steps with those that counting by hand gives.
func (t *trial) checkHistogram(place ids, all []record, start, end, step int64, k keywords) {
	a := t.histogram(place, start, end, step, k.text(true))
	if !t.checkStatus(a, http.StatusOK) {
		return
	}
	matching := func(from, to int64) int {
		return len(chosen(all, func(r record) bool { return from <= r.millis() && r.millis() < to && k.match(r.content) }))
	}
	t.checkEqual(a, "/count", matching(start, end+1), at(a.value, "count"))
	t.check(at(a.value, "isQueryComplete") != false, a, "/isQueryComplete", "some records are counted completely", at(a.value, "isQueryComplete"))
	steps := list(a.value, "histogram")
	n := int((end - start + step) / step) // the end belongs to the window
	if (end-start)%step == 0 && len(steps) == n-1 {
		n-- // the last step may take the end of the window in, or leave it to one of its own
	}
	if !t.check(len(steps) == n, a, "/histogram", fmt.Sprintf("the window has %d steps", n), len(steps)) {
		return
	}
	for i, one := range steps {
		where := fmt.Sprintf("/histogram/%d/", i)
		from, to := start+int64(i)*step, start+int64(i+1)*step
		upTo := to
		if i == n-1 {
			to, upTo = min(to, end), end+1
		}
		t.checkEqual(a, where+"startTime", from, at(one, "startTime"))
		t.checkEqual(a, where+"endTime", to, at(one, "endTime"))
		t.checkEqual(a, where+"num", matching(from, upTo), at(one, "num"))
	}
}

// histogramSteps counts steps of several lengths, with keywords and without.
func histogramSteps(t *trial) {
	place := t.place()
	all := t.fill(place, corpus(t.rand, 150)...)
	last := all[len(all)-1].millis()
	first := all[len(all)/2].millis()
	width := max(last-first, 10)
	for _, k := range []keywords{{}, {terms: []term{{words: []string{"error"}}}}, {terms: []term{{words: []string{"a*"}}, {words: []string{"disk"}, negated: true}}}} {
		for _, step := range []int64{width/7 + 1, width / 3, width, 2 * width} {
			t.checkHistogram(place, all, first, last, step, k)
		}
	}
}

// histogramEdges puts records at the edges of steps.
func histogramEdges(t *trial) {
	place := t.place()
	base := time.Now().Add(-time.Minute).Truncate(time.Millisecond).UnixNano()
	var records []record
	for i, ns := range []int64{-1, 0, 999_999, 9_999_999, 10_000_000, 10_999_999, 19_000_000, 19_999_999, 20_000_000, 29_000_000, 30_000_000, 30_999_999, 31_000_000} {
		records = append(records, record{timeNS: base + ns, content: fmt.Sprintf("no%02d", i), labels: map[string]string{}})
	}
	all := t.fill(place, records...)
	start := base / int64(time.Millisecond)
	t.checkHistogram(place, all, start, start+25, 10, keywords{})
	t.checkHistogram(place, all, start, start+31, 10, keywords{})
	t.checkHistogram(place, all, start, start+5, 1, keywords{})
	t.checkHistogram(place, all, start-1, start+28, 10, keywords{})
}

// histogramEqualsQuery compares the count with that of a query.
func histogramEqualsQuery(t *trial) {
	place := t.place()
	all := t.fill(place, corpus(t.rand, 150)...)
	start, end := all[10].millis(), all[len(all)-10].millis()
	for _, word := range []string{"", "error", "err*", "disk OR disc", "NOTE"} {
		p := t.page(place, search{start: start, end: end, keywords: word, limit: 1, count: true})
		a := t.histogram(place, start, end, max(1, (end-start)/20), word)
		t.checkEqual(a, "/count", at(p.answer.value, "count"), at(a.value, "count"))
	}
}

// histogramRefused asks what cannot be counted.
func histogramRefused(t *trial) {
	place := t.place()
	now := time.Now().UnixMilli()
	t.refused(t.histogram(place, now, now, 1000, ""), "LTS.0701")
	t.refused(t.histogram(place, now, now-1, 1000, ""), "LTS.0701")
	t.refused(t.histogram(place, now-1000, now, 100, "*error"), "LTS.0301")
	t.refused(t.histogram(ids{group: place.group, stream: unknownID}, now-1000, now, 100, ""), "LTS.0208")
	t.refused(t.histogram(ids{group: unknownID, stream: place.stream}, now-1000, now, 100, ""), "LTS.0201")
}
