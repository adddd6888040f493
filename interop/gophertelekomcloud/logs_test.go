package gophertelekomcloud_test

import (
	"strconv"
	"testing"
	"time"

	golangsdk "github.com/opentelekomcloud/gophertelekomcloud"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/lts/v2/streams"

	"github.com/ltskit/ltskit/interop/check"
)

// A journal is a stream with records: line i has the time first + i.
type journal struct {
	client        *golangsdk.ServiceClient
	group, stream string
	first         time.Time
	lines         []string
}

// newJournal writes lines to a new stream, with the label host=a. The library has
// no call that writes records; this is made of its parts.
func newJournal(t *testing.T, lines ...string) journal {
	t.Helper()
	client := newLTS(t)
	group := newGroup(t, client)
	j := journal{client, group.id, newStream(t, client, group, "journal"), time.Now().Add(-time.Minute).Truncate(time.Millisecond), lines}
	var answer map[string]any
	if err := j.write(lines, &answer); err != nil {
		t.Fatal(err)
	}
	calls.Answer(t, "ReportLogs", map[string]any{"errorCode": "SVCSTG.ALS.200.200", "errorMessage": "Report success.", "result": nil}, answer)
	return j
}

// write writes lines to the stream.
func (j journal) write(lines []string, answer any) error {
	body := map[string]any{"log_time_ns": j.first.UnixNano(), "contents": lines, "labels": map[string]string{"host": "a"}}
	response, err := j.client.Post(j.client.ServiceURL("lts", "groups", j.group, "streams", j.stream, "tenant", "contents"), body, answer,
		&golangsdk.RequestOpts{OkCodes: []int{200}})
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// query asks for records in the minutes around the lines.
func (j journal) query(change func(*streams.ListLogsOpts)) (*streams.ListLogsResponse, error) {
	opts := streams.ListLogsOpts{
		GroupId: j.group, StreamId: j.stream, StartTime: j.millis(-time.Minute), EndTime: j.millis(2 * time.Minute),
	}
	change(&opts)
	return streams.ListLogs(j.client, opts)
}

func (j journal) millis(after time.Duration) string {
	return strconv.FormatInt(j.first.Add(after).UnixMilli(), 10)
}

// record is the line of this number as the service gives it back, with its text
// perhaps marked.
func (j journal) record(i int, content string) streams.LogContents {
	return streams.LogContents{
		Content: content, LineNum: strconv.FormatInt(j.first.UnixNano()+int64(i), 10), Labels: map[string]string{"host": "a"},
	}
}

func TestQueriesFindRecords(t *testing.T) {
	j := newJournal(t, "GET / 200", "GET /login 500", "<html> & 日志")
	descending := true
	first, second, third := j.record(0, j.lines[0]), j.record(1, j.lines[1]), j.record(2, j.lines[2])
	marked := j.record(1, "GET /<HighLightTag>login</HighLightTag> 500")
	tests := []struct {
		name   string
		change func(*streams.ListLogsOpts)
		want   []streams.LogContents
	}{
		{"all", func(*streams.ListLogsOpts) {}, []streams.LogContents{first, second, third}},
		{"last first", func(o *streams.ListLogsOpts) { o.IsDesc = &descending }, []streams.LogContents{third, second, first}},
		{"a word", func(o *streams.ListLogsOpts) { o.Keywords = "login" }, []streams.LogContents{marked}},
		{"a label", func(o *streams.ListLogsOpts) { o.Labels = map[string]string{"host": "b"} }, []streams.LogContents{}},
		{"the first", func(o *streams.ListLogsOpts) { o.Limit = 1 }, []streams.LogContents{first}},
		{"the next", func(o *streams.ListLogsOpts) { o.Limit, o.LineNum, o.SearchType = 1, first.LineNum, "forwards" },
			[]streams.LogContents{second}},
		{"back again", func(o *streams.ListLogsOpts) { o.Limit, o.LineNum, o.SearchType = 1, second.LineNum, "backwards" },
			[]streams.LogContents{first}},
	}
	for _, tt := range tests {
		got, err := j.query(tt.change)
		if err != nil {
			t.Errorf("ListLogs, %s: %v", tt.name, err)
			continue
		}
		calls.Answer(t, "ListLogs", &streams.ListLogsResponse{Logs: tt.want}, got)
	}
}

func TestRefusedQueries(t *testing.T) {
	j := newJournal(t, "a")
	tests := []struct {
		name   string
		change func(*streams.ListLogsOpts)
		want   refusal
	}{
		{"end before start", func(o *streams.ListLogsOpts) { o.StartTime, o.EndTime = o.EndTime, o.StartTime },
			refusal{400, "LTS.0701", "end_time must be superior to start_time, and line_num must be between them if it's provided"}},
		{"5001 records", func(o *streams.ListLogsOpts) { o.Limit = 5001 },
			refusal{400, "LTS.1903", "limit must be between lower boundary and upper boundary"}},
		{"another direction", func(o *streams.ListLogsOpts) { o.SearchType = "sideways" },
			refusal{400, "LTS.1901", "search_type is not in the list [init, forwards, backwards]"}},
		{"star in front", func(o *streams.ListLogsOpts) { o.Keywords = "*ogin" },
			refusal{400, "LTS.0301", "'*' and '?' not allowed as first character"}},
		{"no such stream", func(o *streams.ListLogsOpts) { o.StreamId = check.UnknownID },
			refusal{400, "LTS.0208", "The log stream does not existed"}},
	}
	for _, tt := range tests {
		_, err := j.query(tt.change)
		checkRefusal(t, "ListLogs", tt.name, err, tt.want)
	}
}

func TestRefusedRecords(t *testing.T) {
	j := newJournal(t, "a")
	checkRefusal(t, "ReportLogs", "no lines", j.write(nil, nil), refusal{400, "LTS.0009", "Failed to validate the request body"})
	j.stream = check.UnknownID
	checkRefusal(t, "ReportLogs", "no such stream", j.write(j.lines, nil), refusal{400, "LTS.0208", "The log stream does not existed"})
}
