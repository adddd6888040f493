package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"strconv"
	"time"
)

// logValueCases ask whether records, their times and the windows of queries
// stay what they are.
func logValueCases() []valueCase {
	needs := []string{"groups", "streams"}
	cases := []valueCase{
		{"logs/ListLogs/line_num", "ListLogs", needs, (*trial).cursorsAreExact},
		{"logs/ListLogContext/line_num", "ListLogContext", needs, (*trial).contextIsExact},
		{"logs/ListLogs/window", "ListLogs", needs, func(t *trial) { t.windowsAreExact("ListLogs") }},
		{"logs/CountKeyword/window", "CountKeyword", needs, func(t *trial) { t.windowsAreExact("CountKeyword") }},
	}
	for _, operation := range []string{"ReportLogs", "ReportLogsHighAccuracy"} {
		report := reportBy(operation)
		cases = append(cases,
			valueCase{"logs/" + operation + "/log_time_ns/number", operation, needs, func(t *trial) { t.timesAreExact(report, asNumber) }},
			valueCase{"logs/" + operation + "/log_time_ns/text", operation, needs, func(t *trial) { t.timesAreExact(report, asDigits) }},
			valueCase{"logs/" + operation + "/log_time_ns/far", operation, needs, func(t *trial) { t.farTimesAreExact(report) }},
			valueCase{"logs/" + operation + "/contents", operation, needs, func(t *trial) { t.contentsAreExact(report) }},
			valueCase{"logs/" + operation + "/labels", operation, needs, func(t *trial) { t.labelsAreExact(report) }},
		)
	}
	return cases
}

// A report makes the body that writes records from a time on, a nanosecond
// apart.
type report func(contents []string, first int64, form func(int64) any) question

func reportBy(operation string) report {
	return func(contents []string, first int64, form func(int64) any) question {
		lines := make([]any, len(contents))
		for i, content := range contents {
			lines[i] = content
			if operation == "ReportLogsHighAccuracy" {
				lines[i] = object{"log_time_ns": form(first + int64(i)), "log": content}
			}
		}
		body := object{"contents": lines}
		if operation == "ReportLogs" {
			body["log_time_ns"] = form(first)
		}
		return question{operation: operation, body: body}
	}
}

func asNumber(n int64) any { return json.Number(strconv.FormatInt(n, 10)) }
func asDigits(n int64) any { return strconv.FormatInt(n, 10) }

// oddTime is a time of now that is no double: its last digits are lost where a
// number passes through one.
func oddTime() int64 {
	const notEven = 1023
	return time.Now().UnixNano()/2048*2048 + notEven
}

// logStream creates a stream in a group of its own.
func (t *trial) logStream() ids {
	of := ids{group: t.group("exact")}
	of.stream = t.stream(of.group, "exact")
	return of
}

// pageAround asks for the records around a time.
func (t *trial) pageAround(of ids, ns int64, change object) *answer {
	const milli = int64(time.Millisecond)
	body := object{"start_time": ns/milli - 1000, "end_time": ns/milli + 1000, "limit": 5000, "highlight": false}
	maps.Copy(body, change)
	return t.ask(question{operation: "ListLogs", ids: of, body: body})
}

// lineNums reads the numbers of the records of a page.
func lineNums(a *answer) []string {
	var numbers []string
	for _, record := range list(a.value, "logs") {
		numbers = append(numbers, text(record, "line_num"))
	}
	return numbers
}

// written gives the numbers of records that were written from a time on.
func written(first int64, n int) []string {
	numbers := make([]string, n)
	for i := range numbers {
		numbers[i] = fmt.Sprintf("%019d", first+int64(i))
	}
	return numbers
}

// timesAreExact writes records with times that differ in their last digits.
func (t *trial) timesAreExact(by report, form func(int64) any) {
	of, first := t.logStream(), oddTime()
	q := by([]string{"one", "two", "three"}, first, form)
	q.ids = of
	t.checkStatus(t.ask(q), http.StatusOK)
	a := t.pageAround(of, first, nil)
	t.checkEqual(a, "/logs/*/line_num", show(written(first, 3)), show(lineNums(a)))
}

// farTimesAreExact writes records with times close to the end of 64 bits. No
// document says that a target takes them; one that does gives them back.
func (t *trial) farTimesAreExact(by report) {
	of := t.logStream()
	const first = math.MaxInt64 - 806
	q := by([]string{"one", "two", "three"}, first, asNumber)
	q.ids = of
	written64 := t.ask(q)
	if !t.judge(Should, written64.status == http.StatusOK, written64, "status", "times up to 2262 are taken", written64.status) {
		t.checkError(written64, http.StatusBadRequest, codeInvalid)
		return
	}
	a := t.pageAround(of, first, nil)
	t.checkEqual(a, "/logs/*/line_num", show(written(first, 3)), show(lineNums(a)))
}

// cursorsAreExact goes through records that are a nanosecond apart, one a page.
func (t *trial) cursorsAreExact() {
	of, first := t.logStream(), oddTime()
	q := reportBy("ReportLogs")([]string{"one", "two", "three", "four"}, first, asDigits)
	q.ids = of
	t.must(q, http.StatusOK)
	want := written(first, 4)
	page := func(cursor int, search string, descending bool, next int) {
		a := t.pageAround(of, first, object{"line_num": want[cursor], "search_type": search, "limit": 1, "is_desc": descending})
		var expected []string
		if next >= 0 && next < len(want) {
			expected = want[next : next+1]
		}
		t.checkEqual(a, "/logs/*/line_num", show(expected), show(lineNums(a)))
	}
	for i := range want {
		page(i, "forwards", false, i+1)
		page(i, "backwards", false, i-1)
		page(i, "forwards", true, i-1)
	}
}

// contextIsExact asks for the surroundings of records that are a nanosecond
// apart.
func (t *trial) contextIsExact() {
	of, first := t.logStream(), oddTime()
	q := reportBy("ReportLogs")([]string{"one", "two", "three", "four", "five"}, first, asDigits)
	q.ids = of
	t.must(q, http.StatusOK)
	want := written(first, 5)
	for i := 1; i < 4; i++ {
		a := t.ask(question{operation: "ListLogContext", ids: of, body: object{"line_num": want[i], "backwards_size": 1, "forwards_size": 1}})
		t.checkEqual(a, "/logs/*/line_num", show(want[i-1:i+2]), show(lineNums(a)))
		t.checkEqual(a, "/backwards_count", 1, at(a.value, "backwards_count"))
		t.checkEqual(a, "/forwards_count", 1, at(a.value, "forwards_count"))
		t.checkEqual(a, "/total_count", 3, at(a.value, "total_count"))
	}
}

// windowsAreExact asks with windows whose ends are the same number to who reads
// them as doubles.
func (t *trial) windowsAreExact(operation string) {
	of := t.shared()
	const two53 = 1 << 53
	now := time.Now().UnixMilli()
	for _, window := range []struct {
		start, end int64
		ok         bool
	}{
		{two53, two53 + 1, true},
		{two53 + 1, two53 + 2, true},
		{two53 + 1, two53 + 1, false},
		{two53 + 1, two53, false},
		{two53 - 1, two53, true},
		{now + 1, now + 4, true},
		{math.MaxInt64 - 1, math.MaxInt64, true},
		{math.MaxInt64, math.MaxInt64, false},
		{math.MaxInt64, math.MaxInt64 - 1, false},
	} {
		for _, form := range []func(int64) any{asNumber, asDigits} {
			start := form(window.start)
			if s, isText := start.(string); isText && len(s) > 16 {
				continue // texts have at most 16 digits
			}
			body := object{"start_time": start, "end_time": form(window.end)}
			if operation == "CountKeyword" {
				body["step_interval"], body["key_word"], body["group_id"], body["stream_id"] = 1, "site", of.group, of.stream
			}
			a := t.ask(question{operation: operation, ids: of.ids, body: body})
			what := fmt.Sprintf("the window from %d to %d", window.start, window.end)
			if !window.ok {
				t.checkRefusal(a, refusalOf(t.operation(operation), "LTS.0701", ""), what)
				continue
			}
			if t.checkSuccess(a, what) && operation == "CountKeyword" {
				t.checkSteps(a, window.start, window.end)
			}
		}
	}
}

// checkSteps checks the ends of the steps of a count. No document says that a
// window beyond all records has steps.
func (t *trial) checkSteps(a *answer, start, end int64) {
	steps := list(a.value, "histogram")
	if len(steps) == 0 {
		return
	}
	t.checkEqual(a, "/histogram/0/startTime", start, at(steps[0], "startTime"))
	t.checkEqual(a, "/histogram/-/endTime", end, at(steps[len(steps)-1], "endTime"))
}

// longestContent is how long the content of a record may be in answers of the
// edition.
func (t *trial) longestContent() int {
	media := t.operation("ListLogs").Responses.Value("200").Value.Content["application/json"]
	record := items(property(media.Schema.Value, "logs"))
	if content := property(record, "content"); content != nil && content.MaxLength != nil {
		return int(*content.MaxLength)
	}
	return math.MaxInt
}

// contentsAreExact writes lines that something on the way may change.
func (t *trial) contentsAreExact(by report) {
	of, first := t.logStream(), oddTime()
	texts := recordTexts(t.longestContent())
	contents := make([]string, len(texts))
	for i, x := range texts {
		contents[i] = x.text
	}
	q := by(contents, first, asDigits)
	q.ids = of
	t.checkStatus(t.ask(q), http.StatusOK)
	a := t.pageAround(of, first, nil)
	records := list(a.value, "logs")
	if !t.check(len(records) == len(texts), a, "/logs", fmt.Sprintf("all %d records are there", len(texts)), len(records)) {
		return
	}
	for i, x := range texts {
		got := text(records[i], "content")
		t.check(got == x.text, a, fmt.Sprintf("/logs/%d/content", i), x.what+" comes back byte for byte: "+show(x.text), got)
	}
}

// labelsAreExact writes records with labels that something on the way may
// change, and finds them by these labels.
func (t *trial) labelsAreExact(by report) {
	of, first := t.logStream(), oddTime()
	labels := object{}
	for _, x := range exactTexts {
		labels[x.text] = x.text
	}
	q := by([]string{"labelled"}, first, asDigits)
	q.ids = of
	body, _ := q.body.(object)
	body["labels"] = labels
	t.checkStatus(t.ask(q), http.StatusOK)
	a := t.pageAround(of, first, object{"labels": labels})
	records := list(a.value, "logs")
	if !t.check(len(records) == 1, a, "/logs", "the record is found by its labels", len(records)) {
		return
	}
	for _, x := range exactTexts {
		t.checkEqual(a, "/logs/0/labels of "+x.what, x.text, at(records[0], "labels", x.text))
	}
	got, _ := at(records[0], "labels").(object)
	t.check(len(got) == len(labels), a, "/logs/0/labels", fmt.Sprintf("there are %d labels", len(labels)), len(got))
}
