package conformance

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/s2"
)

// reportCases: what is reported is what queries find.
func (c *contract) reportCases() []testCase {
	cases := []testCase{
		c.queryCase("reports/consecutive", "ReportLogs", reportConsecutive),
		c.queryCase("reports/timed", "ReportLogsHighAccuracy", reportTimed),
		c.queryCase("reports/contents", "ReportLogsHighAccuracy", reportContents),
		c.queryCase("reports/labels", "ReportLogsHighAccuracy", reportLabels),
		c.queryCase("reports/gzip", "ReportLogsHighAccuracy", func(t *trial) { t.reportEncoded("gzip", gzipped) }),
		c.queryCase("reports/snappy", "ReportLogsHighAccuracy", func(t *trial) {
			t.reportEncoded("snappy", func(plain []byte) []byte { return s2.EncodeSnappy(nil, plain) })
		}),
		c.queryCase("reports/repeated", "ReportLogsHighAccuracy", reportRepeated),
		c.queryCase("reports/none", "ReportLogs", reportNone),
		c.queryCase("reports/all-or-nothing", "ReportLogsHighAccuracy", reportNothing),
	}
	for i := range cases {
		cases[i].requires = append(cases[i].requires, needsReports)
	}
	return cases
}

// reported compares the answer to a report.
func (t *trial) reported(q question) {
	a := t.ask(q)
	t.checkStatus(a, http.StatusOK)
	t.checkEqual(a, "/errorCode", "SVCSTG.ALS.200.200", text(a.value, "errorCode"))
}

// reportConsecutive reports lines that have one time and come one nanosecond
// after the other; the time as a number and as a string.
func reportConsecutive(t *trial) {
	place := t.place()
	first := time.Now().Add(-time.Minute).UnixNano() | 1 // no float64 has this number
	var records []record
	for i, when := range []any{first, strconv.FormatInt(first+1000, 10)} {
		contents := make([]any, 12)
		for j := range contents {
			r := record{timeNS: first + int64(1000*i+j), content: fmt.Sprintf("no%d%02d", i, j), labels: map[string]string{"part": strconv.Itoa(i)}}
			records, contents[j] = append(records, r), r.content
		}
		t.reported(question{operation: "ReportLogs", ids: place, body: object{
			"log_time_ns": when, "contents": contents, "labels": object{"part": strconv.Itoa(i)}, "tenant_project_id": t.target.Account.ProjectID,
		}})
	}
	t.checkTimes(place, t.found(place, records))
}

// reportTimed reports lines with a time each, as numbers and as strings.
func reportTimed(t *trial) {
	place := t.place()
	first := time.Now().Add(-time.Minute).UnixNano() | 1
	var records []record
	var contents []any
	for i := range 10 {
		r := record{timeNS: first + int64(i*i), content: fmt.Sprintf("no%d", i), labels: map[string]string{}}
		var when any = r.timeNS
		if i%2 == 0 {
			when = strconv.FormatInt(r.timeNS, 10)
		}
		records, contents = append(records, r), append(contents, object{"log_time_ns": when, "log": r.content})
	}
	t.reported(question{operation: "ReportLogsHighAccuracy", ids: place, body: object{"contents": contents}})
	t.checkTimes(place, t.found(place, records))
}

// reportContents reports lines that are easily damaged on the way.
func reportContents(t *trial) {
	place := t.place()
	var records []record
	base := time.Now().Add(-time.Minute).UnixNano()
	for i, content := range []string{
		" leading and trailing ", "\tline one\nline two\r\n", `{"json": "in \"json\"", "n": 9007199254740993}`, `<a href="x">&amp;</a>`,
		"日志 naïve Ω 😀 \u200b \u2028", "null", "0", "%d %s %00", `back\slash \n`, "\u0001\u001f\u007f", "<HighLightTag>log</HighLightTag>",
		strings.Repeat("long ", 1990), "'; DROP TABLE logs; --", "*", "?", "e\u0301 é",
	} {
		records = append(records, record{timeNS: base + int64(i), content: content, labels: map[string]string{}})
	}
	t.fill(place, records...)
}

// reportLabels reports labels that are easily damaged or mixed up.
func reportLabels(t *trial) {
	place := t.place()
	many := make(map[string]string)
	for i := range 100 {
		many[fmt.Sprintf("label%02d", i)] = strconv.Itoa(i)
	}
	var records []record
	base := time.Now().Add(-time.Minute).UnixNano()
	for i, labels := range []map[string]string{
		{}, {"a": "1"}, {"a": "2"}, {"a": ""}, {"A": "1"}, {"a": "1", "b": "2"}, {"with space": " x "}, {"空": "值 😀"}, {"a.b-c/d": "<&>\"'\\"}, many, {"a": "1"},
	} {
		for j := range 2 {
			records = append(records, record{timeNS: base + int64(10*i+j), content: fmt.Sprintf("no%02d %d", i, j), labels: labels})
		}
	}
	t.fill(place, records...)
}

// reportRepeated reports one line again and again: at one time, at others, in
// one report and in several. Each is a record of its own.
func reportRepeated(t *trial) {
	place := t.place()
	first := time.Now().Add(-time.Minute).UnixNano()
	times := [][]int64{{0, 0, 5000}, {5000}, {10_000}, {10_000}}
	n := 0
	for _, offsets := range times {
		var records []record
		for _, offset := range offsets {
			records = append(records, record{timeNS: first + offset, content: "the same line", labels: map[string]string{}})
		}
		t.reported(question{operation: "ReportLogsHighAccuracy", ids: place, body: reportBody(records)})
		n += len(records)
	}
	p := t.await(place, n)
	t.check(len(p.records) == n, p.answer, "/logs", fmt.Sprintf("the line was written %d times and is there as often", n), len(p.records))
	seen := make(map[int64]bool)
	for _, r := range p.records {
		t.checkEqual(p.answer, "/logs/*/content", "the same line", r.content)
		t.check(!seen[r.lineNum], p.answer, "/logs/*/line_num", "each record has its own", r.lineNum)
		seen[r.lineNum] = true
	}
	counted := t.page(place, search{count: true, limit: 1})
	t.checkEqual(counted.answer, "/count", n, at(counted.answer.value, "count"))
}

// reportNone reports no records. A target may refuse that; nothing is there
// afterwards but what is written then.
func reportNone(t *trial) {
	place := t.place()
	for _, q := range []question{
		{operation: "ReportLogs", ids: place, body: object{"log_time_ns": time.Now().UnixNano(), "contents": []any{}, "labels": object{}}},
		{operation: "ReportLogsHighAccuracy", ids: place, body: object{"contents": []any{}, "labels": object{}}},
	} {
		if a := t.ask(q); a.status != http.StatusOK {
			t.refused(a, codeInvalid)
		}
	}
	all := t.fill(place, numbered(1)...)
	p := t.page(place, search{limit: maxPage})
	t.checkRecords(p.answer, "a report of no records writes none", all, p.records)
}

// reportEncoded reports in a compressed body, among plain lines some that are
// easily damaged on the way.
func (t *trial) reportEncoded(encoding string, compress func([]byte) []byte) {
	place := t.place()
	records := numbered(200)
	for i, text := range exactTexts {
		records[i].content = text.text
		records[100+i].content = "again " + text.text
	}
	for _, operationID := range []string{"ReportLogsHighAccuracy", "ReportLogs"} {
		body := reportBody(records[:100])
		if operationID == "ReportLogs" {
			contents := make([]any, 0, 100)
			for i := range records[100:] {
				records[100+i].timeNS = records[100].timeNS + int64(i)
				contents = append(contents, records[100+i].content)
			}
			body = object{"log_time_ns": records[100].timeNS, "contents": contents}
		}
		plain, err := encode(body)
		if err != nil {
			t.couldNotRun("%s", err)
		}
		t.reported(question{
			operation: operationID, ids: place, raw: compress(plain), header: http.Header{"Content-Encoding": {encoding}},
		})
	}
	t.checkTimes(place, t.found(place, records))
}

func gzipped(plain []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(plain) // into memory
	_ = w.Close()
	return out.Bytes()
}

// reportNothing reports good records beside a wrong one: none may be there
// afterwards.
func reportNothing(t *trial) {
	place := t.place()
	good := numbered(3)
	body := reportBody(good)
	body["contents"] = append(body["contents"].([]any), object{"log_time_ns": strconv.FormatInt(good[2].timeNS, 10), "log": ""})
	a := t.ask(question{operation: "ReportLogsHighAccuracy", ids: place, body: body})
	t.refused(a, "LTS.0009")
	last := t.fill(place, record{timeNS: good[2].timeNS, content: "after it", labels: map[string]string{}})
	p := t.page(place, search{limit: maxPage})
	t.checkRecords(p.answer, "a refused report has written nothing", last, p.records)
}
