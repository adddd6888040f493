package conformance

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A record is one that a case writes and finds again by its content.
type record struct {
	timeNS  int64 // since 1970-01-01 UTC
	content string
	labels  map[string]string

	lineNum int64 // of the target; 0 before it has told
}

// millis is the millisecond that the line number of a record lies in.
func (r record) millis() int64 { return r.lineNum / int64(time.Millisecond) }

// place creates a group with a stream.
func (t *trial) place() ids {
	group := t.group("g")
	return ids{group: group, stream: t.stream(group, "s")}
}

// write brings records into a stream, in their order: with the command of the
// target or, those of equal labels together, with the report operation.
func (t *trial) write(at ids, records ...record) {
	if len(t.target.Ingest) > 0 {
		t.ingest(at, records)
		return
	}
	for len(records) > 0 {
		n := 1
		for n < len(records) && maps.Equal(records[n].labels, records[0].labels) {
			n++
		}
		t.must(question{operation: "ReportLogsHighAccuracy", ids: at, body: reportBody(records[:n])}, http.StatusOK)
		records = records[n:]
	}
}

// reportBody is the body that writes records of equal labels, each with its
// time.
func reportBody(records []record) object {
	contents := make([]any, len(records))
	for i, r := range records {
		contents[i] = object{"log_time_ns": strconv.FormatInt(r.timeNS, 10), "log": r.content}
	}
	return object{"contents": contents, "labels": records[0].labels}
}

// fill writes records and waits until queries find them. It gives them in the
// order of the target, with their line numbers. A target that does not give
// back what was written fails the case, which ends.
func (t *trial) fill(at ids, records ...record) []record {
	t.write(at, records...)
	return t.found(at, records)
}

// found waits until queries find records, the only ones of a stream, and gives
// them in the order of the target.
func (t *trial) found(at ids, records []record) []record {
	p := t.await(at, len(records))
	byContent := make(map[string]record, len(records))
	for _, r := range records {
		byContent[r.content] = r
	}
	t.check(difference(records, p.records, byContentOnly) == "", p.answer, "/logs", "every record that was written comes back, once and as it was written",
		difference(records, p.records, byContentOnly))
	var last int64
	for i, got := range p.records {
		wrote, ok := byContent[got.content]
		if !ok {
			continue
		}
		where := fmt.Sprintf("/logs/%d/", i)
		t.check(maps.Equal(wrote.labels, got.labels), p.answer, where+"labels", "they are "+show(wrote.labels), got.labels)
		t.check(got.lineNum > last, p.answer, where+"line_num", "line numbers ascend", got.lineNum)
		p.records[i].timeNS, last = wrote.timeNS, got.lineNum
	}
	t.endIfFailed()
	return p.records
}

// endIfFailed ends a case whose findings so far leave nothing to build on.
func (t *trial) endIfFailed() {
	t.mu.Lock()
	failed := slices.ContainsFunc(t.result.Problems, func(p Problem) bool { return p.Level == Must })
	t.mu.Unlock()
	if failed {
		t.couldNotRun("what was found leaves nothing to go on with")
	}
}

// await asks for the whole stream until it has n records or the time is over in
// which the target has to show them.
func (t *trial) await(at ids, n int) page {
	deadline := time.Now().Add(t.target.Limits.Visibility)
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		p := t.whole(at)
		if len(p.records) >= n || time.Now().After(deadline) {
			return p
		}
		select {
		case <-t.ctx.Done():
			t.couldNotRun("the run ended")
		case <-time.After(pause):
		}
	}
}

// whole reads a whole stream, ascending. The answer is the last one.
func (t *trial) whole(at ids) page {
	s := search{limit: maxPage, plain: true}
	p := t.page(at, s)
	for last := p; len(last.records) == maxPage; {
		s.cursor, s.kind = last.records[maxPage-1].lineNum, "forwards"
		last = t.page(at, s)
		p = page{answer: last.answer, records: append(p.records, last.records...)}
	}
	return p
}

// maxPage is the greatest limit of a query (2022-08 table 5-49).
const maxPage = 5000

// A search is a query for records. The zero value asks for the first page of
// what cases write: the last days.
type search struct {
	start, end int64 // milliseconds since 1970-01-01 UTC; 0 means some days around now
	labels     map[string]string
	keywords   string
	cursor     int64 // 0 for none
	desc       bool
	kind       string // search_type; empty for none
	limit      int    // 0 for none
	count      bool
	plain      bool // without highlighting
}

// window is the window of a search, with the ends that it leaves open.
func (s search) window() (start, end int64) {
	const days = 24 * int64(time.Hour/time.Millisecond)
	start, end = s.start, s.end
	if start == 0 {
		start = time.Now().UnixMilli() - 6*days
	}
	if end == 0 {
		end = time.Now().UnixMilli() + days
	}
	return start, end
}

func (s search) body() object {
	start, end := s.window()
	o := object{"start_time": strconv.FormatInt(start, 10), "end_time": strconv.FormatInt(end, 10)}
	if s.labels != nil {
		o["labels"] = s.labels
	}
	if s.keywords != "" {
		o["keywords"] = s.keywords
	}
	if s.cursor != 0 {
		o["line_num"] = strconv.FormatInt(s.cursor, 10)
	}
	if s.desc {
		o["is_desc"] = true
	}
	if s.kind != "" {
		o["search_type"] = s.kind
	}
	if s.limit != 0 {
		o["limit"] = s.limit
	}
	if s.count {
		o["is_count"] = true
	}
	if s.plain {
		o["highlight"] = false
	}
	return o
}

// A page is the answer to a search.
type page struct {
	answer  *answer
	records []record // in the order of the answer
}

// page asks for a page. A target that does not give one fails the case, which
// ends.
func (t *trial) page(at ids, s search) page {
	a, _ := t.send(question{operation: "ListLogs", ids: at, body: s.body()})
	if !t.checkStatus(a, http.StatusOK) {
		t.couldNotRun("there is no page to look at")
	}
	return page{answer: a, records: recordsOf(a)}
}

// recordsOf reads the records of an answer.
func recordsOf(a *answer) []record {
	var records []record
	for _, element := range list(a.value, "logs") {
		r := record{content: text(element, "content"), labels: make(map[string]string)}
		r.lineNum, _ = strconv.ParseInt(text(element, "line_num"), 10, 64)
		labels, _ := at(element, "labels").(object)
		for name, value := range labels {
			r.labels[name], _ = value.(string)
		}
		records = append(records, r)
	}
	return records
}

// checkRecords compares the records of an answer, and their order.
func (t *trial) checkRecords(a *answer, rule string, want, got []record) bool {
	d := difference(want, got, byLineNum)
	return t.check(d == "", a, "/logs", rule, d)
}

// What records are told apart by.
func byLineNum(r record) string     { return strconv.FormatInt(r.lineNum, 10) }
func byContentOnly(r record) string { return r.content }

// difference says how records differ from those that are wanted: what is
// missing, there more than once or not wanted, or else that the order is
// another one, which counts only for line numbers. It is "" when they are the
// same.
func difference(want, got []record, key func(record) string) string {
	wanted, times := make(map[string]record), make(map[string]int)
	for _, r := range want {
		wanted[key(r)] = r
	}
	var problems []string
	for _, r := range got {
		if times[key(r)]++; times[key(r)] == 2 {
			problems = append(problems, "twice "+brief(r))
		}
		if _, ok := wanted[key(r)]; !ok {
			problems = append(problems, "unwanted "+brief(r))
		}
	}
	for _, r := range want {
		if times[key(r)] == 0 {
			problems = append(problems, "missing "+brief(r))
		}
	}
	if len(problems) > 0 {
		const most = 5
		if more := len(problems) - most; more > 0 {
			problems = append(problems[:most], fmt.Sprintf("and %d more", more))
		}
		return strings.Join(problems, ", ")
	}
	for i := range want {
		if key(want[i]) != key(got[i]) && want[i].lineNum != 0 {
			return fmt.Sprintf("at %d %s in place of %s", i, brief(got[i]), brief(want[i]))
		}
	}
	return ""
}

// brief names a record in a finding.
func brief(r record) string {
	const most = 24
	content := r.content
	if runes := []rune(content); len(runes) > most {
		content = string(runes[:most]) + "..."
	}
	if r.lineNum == 0 {
		return show(content)
	}
	return fmt.Sprintf("%s (%d)", show(content), r.lineNum)
}
