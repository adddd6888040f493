package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ltskit/ltskit/openapi"
)

// printedEnd is the end of the window of the printed queries.
var printedEnd = time.UnixMilli(1595659500000)

// shiftToNow is how far the printed times have to move so that the window of
// the printed queries lies wholly in the last minutes.
func shiftToNow() time.Duration {
	return time.Since(printedEnd).Truncate(time.Millisecond) - time.Minute
}

// A printedLog is a record of a documented answer to a query.
type printedLog struct {
	content string // without highlighting
	labels  map[string]any
	lineNum string
}

// printedLogs reads the records of a response example, and how many matches the
// example counts in the whole window.
func printedLogs(example openapi.Example) (logs []printedLog, count int) {
	value, _ := example.Value.(map[string]any)
	list, _ := value["logs"].([]any)
	for _, element := range list {
		object, _ := element.(map[string]any)
		content, _ := object["content"].(string)
		labels, _ := object["labels"].(map[string]any)
		lineNum, _ := object["line_num"].(string)
		plain := strings.NewReplacer("<HighLightTag>", "", "</HighLightTag>", "").Replace(content)
		logs = append(logs, printedLog{content: plain, labels: labels, lineNum: lineNum})
	}
	number, _ := value["count"].(float64)
	return logs, int(number)
}

// writeLogs fills the stream of the fixtures with the records of a response
// example, and with as many more behind them as the example counts. Then it asks
// the target for the line numbers that it gave them.
func (f *filling) writeLogs(name string) {
	examples := f.t.operation("ListLogs").ResponseExamples()
	i := slices.IndexFunc(examples, func(e openapi.Example) bool { return e.Name == name })
	if i < 0 {
		f.t.couldNotRun("the document has no example %q of ListLogs", name)
	}
	printed, count := printedLogs(examples[i])
	if len(printed) == 0 {
		f.t.couldNotRun("the example %q has no records", name)
	}
	f.t.write(f.ids, f.report(printed, count)...)
	f.readCursors(name, printed)
}

// report gives the printed records, and some behind them.
func (f *filling) report(printed []printedLog, count int) []record {
	records := make([]record, 0, count)
	labels := make(map[string]string, len(printed[0].labels))
	for name, value := range printed[0].labels {
		labels[name], _ = value.(string)
	}
	var last int64
	for _, log := range printed {
		last, _ = strconv.ParseInt(log.lineNum, 10, 64)
		last += int64(f.shift)
		records = append(records, record{timeNS: last, content: log.content, labels: labels})
	}
	for i := len(printed); i < count; i++ {
		last++
		content := fmt.Sprintf("this log is NO %d, behind the printed ones", i+1)
		records = append(records, record{timeNS: last, content: content, labels: labels})
	}
	return records
}

// readCursors asks for the first page and notes which line numbers stand for
// the printed ones.
func (f *filling) readCursors(name string, printed []printedLog) {
	query, ok := requestExample(f.t.operation("ListLogs"), name)
	if !ok {
		f.t.couldNotRun("the document has no request %q of ListLogs", name)
	}
	a := f.t.must(question{operation: "ListLogs", ids: f.ids, body: f.fill("ListLogs", query)}, http.StatusOK)
	logs := list(a.value, "logs")
	for i, record := range logs[:min(len(logs), len(printed))] {
		f.cursors[printed[i].lineNum] = text(record, "line_num")
	}
	if len(f.cursors) == 0 {
		f.t.couldNotRun("ListLogs: the first page has no record with a line_num")
	}
}
