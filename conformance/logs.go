package conformance

import (
	"context"
	"errors"
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
func (f *fixtures) writeLogs(ctx context.Context, name string) error {
	operation := f.session.operations["ListLogs"]
	i := slices.IndexFunc(operation.ResponseExamples(), func(e openapi.Example) bool { return e.Name == name })
	if i < 0 {
		return fmt.Errorf("the document has no example %q of ListLogs", name)
	}
	printed, count := printedLogs(operation.ResponseExamples()[i])
	if len(printed) == 0 {
		return fmt.Errorf("the example %q has no records", name)
	}
	exchange, err := f.session.call(ctx, "ReportLogsHighAccuracy", f.ids, f.report(printed, count))
	if err != nil {
		return err
	}
	if exchange.Status != http.StatusOK {
		return fmt.Errorf("ReportLogsHighAccuracy: status %d: %s", exchange.Status, exchange.Body)
	}
	return f.readCursors(ctx, name, printed)
}

// report makes the body that writes the printed records and some behind them.
func (f *fixtures) report(printed []printedLog, count int) object {
	contents := make([]object, 0, count)
	var last int64
	for _, log := range printed {
		last, _ = strconv.ParseInt(log.lineNum, 10, 64)
		last += int64(f.session.shift)
		contents = append(contents, object{"log_time_ns": strconv.FormatInt(last, 10), "log": log.content})
	}
	for i := len(printed); i < count; i++ {
		last++
		contents = append(contents, object{"log_time_ns": strconv.FormatInt(last, 10), "log": fmt.Sprintf("this log is NO %d, behind the printed ones", i+1)})
	}
	return object{"contents": contents, "labels": printed[0].labels}
}

// readCursors asks for the first page and notes which line numbers stand for
// the printed ones.
func (f *fixtures) readCursors(ctx context.Context, name string, printed []printedLog) error {
	operation := f.session.operations["ListLogs"]
	i := slices.IndexFunc(operation.RequestExamples(), func(e openapi.Example) bool { return e.Name == name })
	if i < 0 {
		return fmt.Errorf("the document has no request %q of ListLogs", name)
	}
	query := f.session.fill("ListLogs", f.ids, operation.RequestExamples()[i].Value)
	exchange, err := f.session.call(ctx, "ListLogs", f.ids, query)
	if err != nil {
		return err
	}
	answer, err := decodeExact(exchange.Body)
	if err != nil {
		return fmt.Errorf("ListLogs: status %d: %w", exchange.Status, err)
	}
	object, _ := answer.(map[string]any)
	list, _ := object["logs"].([]any)
	for i, element := range list[:min(len(list), len(printed))] {
		record, _ := element.(map[string]any)
		lineNum, _ := record["line_num"].(string)
		f.session.cursors[printed[i].lineNum] = lineNum
	}
	if len(f.session.cursors) == 0 {
		return errors.New("ListLogs: the first page has no record with a line_num")
	}
	return nil
}
