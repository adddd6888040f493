package conformance

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// orderCases: records of a stream have one strict order, that of their times,
// whoever wrote them and when.
func (c *contract) orderCases() []testCase {
	return []testCase{
		c.queryCase("order/by-time", "ListLogs", orderByTime),
		c.queryCase("order/equal-times", "ListLogs", orderOfEqualTimes),
		c.queryCase("order/late", "ListLogs", orderOfLate),
		c.queryCase("order/several-writers", "ListLogs", orderOfWriters),
		c.queryCase("order/while-written", "ListLogs", orderWhileWritten),
		c.queryCase("order/stays", "ListLogs", orderStays),
	}
}

// orderByTime writes records in any order of time.
func orderByTime(t *trial) {
	place := t.place()
	records := numbered(60)
	t.rand.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	all := t.fill(place, records...)
	t.checkTimes(place, all)
}

// checkTimes compares the order of records with that of their times, and their
// line numbers with the times, which they are unless another record has them.
func (t *trial) checkTimes(place ids, all []record) {
	p := t.page(place, search{limit: maxPage, plain: true})
	t.checkRecords(p.answer, "the order does not change", all, p.records)
	for i, r := range all {
		t.check(i == 0 || all[i-1].timeNS <= r.timeNS, p.answer, fmt.Sprintf("/logs/%d", i), "records come in the order of their times", brief(r))
		off := r.lineNum - r.timeNS
		t.check(off >= 0 && off < int64(time.Millisecond), p.answer, fmt.Sprintf("/logs/%d/line_num", i),
			fmt.Sprintf("it is the time %d, or just above where others have it", r.timeNS), r.lineNum)
	}
}

// orderOfEqualTimes writes records of the same time, in one report and in
// several.
func orderOfEqualTimes(t *trial) {
	place := t.place()
	when := time.Now().Add(-time.Minute).UnixNano()
	var records []record
	for i := range 40 {
		records = append(records, record{timeNS: when, content: fmt.Sprintf("no%02d", i), labels: labelSets[i/10%2]})
	}
	records = append(records, record{timeNS: when + 20, content: "among them", labels: labelSets[0]}, record{timeNS: when - 1, content: "before them", labels: labelSets[0]})
	all := t.fill(place, records...)
	p := t.page(place, search{limit: maxPage, plain: true})
	var equal []string
	for _, r := range all {
		if strings.HasPrefix(r.content, "no") {
			equal = append(equal, r.content)
		}
	}
	t.check(slices.IsSorted(equal), p.answer, "/logs", "records of the same time come in the order in which they were written", equal)
	t.checkEqual(p.answer, "/logs/0/content", "before them", p.records[0].content)
	for _, r := range all {
		off := r.lineNum - r.timeNS
		t.check(off >= 0 && off < int64(time.Millisecond), p.answer, "/logs", fmt.Sprintf("line_num is the time %d, or just above where others have it", r.timeNS), r.lineNum)
	}
}

// orderOfLate writes records that are older than what the stream has: by a
// nanosecond, by a day.
func orderOfLate(t *trial) {
	place := t.place()
	records := numbered(20)
	first := records[0].timeNS
	for i, back := range []time.Duration{1, time.Microsecond, time.Millisecond, time.Second, time.Hour, 12 * time.Hour, 36 * time.Hour} {
		records = append(records, record{timeNS: first - int64(back), content: fmt.Sprintf("late%d", i), labels: map[string]string{}})
	}
	records = append(records, record{timeNS: first + 1, content: "late among them", labels: map[string]string{}})
	all := t.fill(place, records...)
	t.checkTimes(place, all)
	t.checkWritten(place, all, "late6", "late0")
}

// checkWritten compares which records lie at the beginning of a stream.
func (t *trial) checkWritten(place ids, all []record, first, beforeRest string) {
	p := t.page(place, search{limit: 1, plain: true})
	t.checkEqual(p.answer, "/logs/0/content", first, contentAt(p.records, 0))
	i := slices.IndexFunc(all, func(r record) bool { return r.content == beforeRest })
	p = t.page(place, search{cursor: all[i].lineNum, kind: "forwards", limit: 1, plain: true})
	t.checkEqual(p.answer, "/logs/0/content", "no0000", contentAt(p.records, 0))
}

func contentAt(records []record, i int) string {
	if i >= len(records) {
		return ""
	}
	return records[i].content
}

// orderOfWriters lets several clients write at the same time, with the same
// times.
func orderOfWriters(t *trial) {
	const writers, reports, each = 5, 6, 4
	place := t.place()
	base := time.Now().Add(-time.Minute).UnixNano()
	batch := func(writer, n int) []record {
		var records []record
		for i := range each {
			k := n*each + i
			records = append(records, record{timeNS: base + int64(k)*2, content: fmt.Sprintf("w%d no%03d", writer, k), labels: map[string]string{}})
		}
		return records
	}
	t.clients(writers, func(writer int) {
		for n := range reports {
			t.write(place, batch(writer, n)...)
		}
	})
	var records []record
	for writer := range writers {
		for n := range reports {
			records = append(records, batch(writer, n)...)
		}
	}
	t.found(place, records)
	p := t.page(place, search{limit: maxPage, plain: true})
	for writer := range writers {
		var own []string
		for _, r := range p.records {
			if strings.HasPrefix(r.content, fmt.Sprintf("w%d ", writer)) {
				own = append(own, r.content)
			}
		}
		t.check(len(own) == reports*each && slices.IsSorted(own), p.answer, "/logs", fmt.Sprintf("the records of writer %d come in its order", writer), own)
	}
}

// orderWhileWritten reads pages while somebody writes: what comes later with a
// later time lies behind the cursor, so the reader misses nothing.
func orderWhileWritten(t *trial) {
	const reports, each = 15, 4
	place := t.place()
	base := time.Now().Add(-time.Minute).UnixNano()
	var records []record
	for i := range reports * each {
		records = append(records, record{timeNS: base + int64(i), content: fmt.Sprintf("no%03d", i), labels: map[string]string{}})
	}
	var written atomic.Bool
	var read page
	t.clients(2, func(client int) {
		if client == 0 {
			defer written.Store(true)
			for n := range reports {
				t.write(place, records[n*each:(n+1)*each]...)
			}
			return
		}
		read = t.follow(place, len(records), &written)
	})
	t.check(difference(records, read.records, byContentOnly) == "", read.answer, "/logs",
		"who reads page by page while records are written misses none and gets none twice", difference(records, read.records, byContentOnly))
	p := t.page(place, search{limit: maxPage, plain: true})
	t.checkRecords(p.answer, "what was read is the stream", p.records, read.records)
}

// follow reads page by page until it has n records, or what was written has had
// its time to be found.
func (t *trial) follow(place ids, n int, written *atomic.Bool) page {
	s := search{limit: 3, plain: true}
	var all page
	var deadline time.Time
	for {
		if written.Load() && deadline.IsZero() {
			deadline = time.Now().Add(t.target.Limits.Visibility)
		}
		p := t.page(place, s)
		all = page{answer: p.answer, records: append(all.records, p.records...)}
		if len(all.records) >= n || !deadline.IsZero() && time.Now().After(deadline) || t.ctx.Err() != nil {
			return all
		}
		if len(p.records) == 0 {
			time.Sleep(2 * time.Millisecond)
			continue
		}
		s.cursor, s.kind = p.records[len(p.records)-1].lineNum, "forwards"
	}
}

// orderStays looks whether line numbers change when more is written.
func orderStays(t *trial) {
	place := t.place()
	records := corpus(t.rand, 60)
	before := t.fill(place, records[:30]...)
	t.write(place, records[30:]...)
	after := t.found(place, records)
	kept := chosen(after, func(r record) bool {
		return slices.ContainsFunc(before, func(b record) bool { return b.content == r.content })
	})
	p := t.page(place, search{limit: 1})
	t.checkRecords(p.answer, "a record keeps its line number when others are written", before, kept)
}
