package huaweicloud_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/def"
	lts "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2/model"

	"github.com/ltskit/ltskit/interop/check"
)

// The library cannot write records, so its parts are put together to a call that
// does.
type (
	reportRequest struct {
		GroupID  string      `json:"log_group_id"`
		StreamID string      `json:"log_stream_id"`
		Body     *reportBody `json:"body,omitempty"`
	}
	reportBody struct {
		TimeNS   int64             `json:"log_time_ns"`
		Contents []string          `json:"contents"`
		Labels   map[string]string `json:"labels"`
	}
	reportResponse struct {
		ErrorCode      string `json:"errorCode"`
		HttpStatusCode int    `json:"-"` //nolint:revive,staticcheck // the library looks for it under this name
	}
)

func reportLogs() *def.HttpRequestDef {
	return def.NewHttpRequestDefBuilder().
		WithMethod(http.MethodPost).
		WithPath("/v2/{project_id}/lts/groups/{log_group_id}/streams/{log_stream_id}/tenant/contents").
		WithResponse(new(reportResponse)).
		WithContentType("application/json;charset=UTF-8").
		WithRequestField(def.NewFieldDef().WithName("GroupID").WithJsonTag("log_group_id").WithLocationType(def.Path)).
		WithRequestField(def.NewFieldDef().WithName("StreamID").WithJsonTag("log_stream_id").WithLocationType(def.Path)).
		WithRequestField(def.NewFieldDef().WithName("Body").WithLocationType(def.Body)).
		Build()
}

// A journal is a stream with records: line i has the time first + i.
type journal struct {
	client        *lts.LtsClient
	group, stream string
	first         time.Time
	lines         []string
}

// newJournal writes lines to a new stream, with the label host=a.
func newJournal(t *testing.T, lines ...string) journal {
	t.Helper()
	client := lts.NewLtsClient(signing(t))
	group := newGroup(t, client)
	j := journal{client, group.id, newStream(t, client, group, "journal"), time.Now().Add(-time.Minute).Truncate(time.Millisecond), lines}
	answer, err := client.HcClient.Sync(&reportRequest{j.group, j.stream, &reportBody{
		TimeNS: j.first.UnixNano(), Contents: lines, Labels: map[string]string{"host": "a"},
	}}, reportLogs())
	if err != nil {
		t.Fatal(err)
	}
	calls.Answer(t, "ReportLogs", &reportResponse{"SVCSTG.ALS.200.200", 200}, answer)
	return j
}

// query asks for records in the minutes around the lines.
func (j journal) query(change func(*model.QueryLtsLogParams)) (*model.ListLogsResponse, error) {
	params := model.QueryLtsLogParams{StartTime: j.millis(-time.Minute), EndTime: j.millis(2 * time.Minute)}
	change(&params)
	return j.client.ListLogs(&model.ListLogsRequest{LogGroupId: j.group, LogStreamId: j.stream, Body: &params})
}

func (j journal) millis(after time.Duration) string {
	return strconv.FormatInt(j.first.Add(after).UnixMilli(), 10)
}

// records are the lines of these numbers as the service gives them back.
func (j journal) records(numbers ...int) *[]model.LogContents {
	records := []model.LogContents{}
	for _, i := range numbers {
		lineNum := strconv.FormatInt(j.first.UnixNano()+int64(i), 10)
		records = append(records, model.LogContents{Content: &j.lines[i], LineNum: &lineNum, Labels: map[string]string{"host": "a"}})
	}
	return &records
}

func TestQueriesFindRecords(t *testing.T) {
	j := newJournal(t, "GET / 200", "GET /login 500", "POST /login 200", "error: \"quoted\" <html> 日志")
	plain := func(p *model.QueryLtsLogParams) { p.Highlight = new(false) }
	tests := []struct {
		name   string
		change func(*model.QueryLtsLogParams)
		want   []int
	}{
		{"all", plain, []int{0, 1, 2, 3}},
		{"last first", func(p *model.QueryLtsLogParams) { plain(p); p.IsDesc = new(true) }, []int{3, 2, 1, 0}},
		{"a word", func(p *model.QueryLtsLogParams) { plain(p); p.Keywords = new("login") }, []int{1, 2}},
		{"a label", func(p *model.QueryLtsLogParams) { plain(p); p.Labels = map[string]string{"host": "a"} }, []int{0, 1, 2, 3}},
		{"another label", func(p *model.QueryLtsLogParams) { plain(p); p.Labels = map[string]string{"host": "b"} }, nil},
		{"the first two", func(p *model.QueryLtsLogParams) { plain(p); p.Limit = new(int32(2)) }, []int{0, 1}},
	}
	for _, tt := range tests {
		got, err := j.query(tt.change)
		if err != nil {
			t.Errorf("ListLogs, %s: %v", tt.name, err)
			continue
		}
		calls.Answer(t, "ListLogs", &model.ListLogsResponse{Logs: j.records(tt.want...), IsQueryComplete: new(true), HttpStatusCode: 200}, got)
	}

	got, err := j.query(func(p *model.QueryLtsLogParams) { p.Keywords, p.IsCount = new("login"), new(true) })
	if err != nil {
		t.Fatal(err)
	}
	want := j.records(1, 2)
	(*want)[0].Content, (*want)[1].Content = new("GET /<HighLightTag>login</HighLightTag> 500"), new("POST /<HighLightTag>login</HighLightTag> 200")
	calls.Answer(t, "ListLogs", &model.ListLogsResponse{Count: new(int32(2)), Logs: want, IsQueryComplete: new(true), HttpStatusCode: 200}, got)
}

// A client pages with the position of the last record that it has got.
func TestQueriesPage(t *testing.T) {
	var lines []string
	for i := range 7 {
		lines = append(lines, fmt.Sprint("line ", i))
	}
	j := newJournal(t, lines...)
	forwards := model.GetQueryLtsLogParamsSearchTypeEnum().FORWARDS
	var got []model.LogContents
	var cursor *string
	for range len(lines) {
		page, err := j.query(func(p *model.QueryLtsLogParams) {
			p.Limit = new(int32(3))
			if cursor != nil {
				p.LineNum, p.SearchType = cursor, &forwards
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		records := value(page.Logs)
		if len(records) == 0 {
			break
		}
		got = append(got, records...)
		cursor = records[len(records)-1].LineNum
	}
	if diff := cmp.Diff(*j.records(0, 1, 2, 3, 4, 5, 6), got); diff != "" {
		t.Errorf("all pages (-want +got):\n%s", diff)
	}
}

func TestContextOfARecord(t *testing.T) {
	j := newJournal(t, "a", "b", "c", "d", "e")
	got, err := j.client.ListLogContext(&model.ListLogContextRequest{LogGroupId: j.group, LogStreamId: j.stream, Body: &model.ListLogContextRequestBody{
		LineNum: (*j.records(2))[0].LineNum, BackwardsSize: new(int32(1)), ForwardsSize: new(int32(3)),
	}})
	if err != nil {
		t.Fatal(err)
	}
	calls.Answer(t, "ListLogContext", &model.ListLogContextResponse{
		Logs: j.records(1, 2, 3, 4), TotalCount: new(int32(4)), BackwardsCount: new(int32(1)), ForwardsCount: new(int32(2)),
		IsQueryComplete: new(true), HttpStatusCode: 200,
	}, got)
}

// histogramResponse takes the place of the library's own response, whose
// histogram is a string; the pages of the vendor print an array.
type histogramResponse struct {
	Count           int64           `json:"count"`
	Histogram       []histogramStep `json:"histogram"`
	IsQueryComplete bool            `json:"isQueryComplete"`
	HttpStatusCode  int             `json:"-"` //nolint:revive,staticcheck // the library looks for it under this name
}

type histogramStep struct {
	Num       int64 `json:"num"`
	StartTime int64 `json:"startTime"`
	EndTime   int64 `json:"endTime"`
}

func TestHistogram(t *testing.T) {
	j := newJournal(t, "login", "logout", "login")
	request := model.ListLogHistogramRequest{Body: &model.QueryLogKeyWordCountRequestBody{
		StartTime: j.millis(0), EndTime: j.millis(2*time.Minute - time.Millisecond), StepInterval: time.Minute.Milliseconds(),
		GroupId: j.group, StreamId: j.stream, KeyWord: "login",
	}}
	call := lts.GenReqDefForListLogHistogram()
	call.Response = new(histogramResponse)
	got, err := j.client.HcClient.Sync(&request, call)
	if err != nil {
		t.Fatal(err)
	}
	start := j.first.UnixMilli()
	calls.Answer(t, "CountKeyword", &histogramResponse{
		Count: 2, IsQueryComplete: true, HttpStatusCode: 200,
		Histogram: []histogramStep{
			{Num: 2, StartTime: start, EndTime: start + 60_000},
			{Num: 0, StartTime: start + 60_000, EndTime: start + 119_999},
		},
	}, got)

	if _, err := j.client.ListLogHistogram(&request); err == nil || !strings.Contains(err.Error(), "Histogram: ReadString") {
		t.Errorf("ListLogHistogram: error %v; if the library reads the array now, docs/interop.md is out of date", err)
	}
	request.Body.KeyWord = "*ogin"
	_, err = j.client.ListLogHistogram(&request)
	checkRefusal(t, "CountKeyword", "star in front", err, refusal{400, "LTS.0301", "'*' and '?' not allowed as first character"})
}

func TestRefusedContext(t *testing.T) {
	j := newJournal(t, "a")
	ask := func(stream, lineNum string, size int32) error {
		_, err := j.client.ListLogContext(&model.ListLogContextRequest{LogGroupId: j.group, LogStreamId: stream, Body: &model.ListLogContextRequestBody{
			LineNum: &lineNum, BackwardsSize: &size,
		}})
		return err
	}
	lineNum := *(*j.records(0))[0].LineNum
	tests := []struct {
		reason string
		err    error
		want   refusal
	}{
		{"501 records", ask(j.stream, lineNum, 501), refusal{400, "LTS.0009", "Failed to validate the request body"}},
		{"no number", ask(j.stream, "first", 1), refusal{400, "LTS.0009", "Failed to validate the request body"}},
		{"no such stream", ask(check.UnknownID, lineNum, 1), refusal{400, "LTS.0208", "The log stream does not existed"}},
	}
	for _, tt := range tests {
		checkRefusal(t, "ListLogContext", tt.reason, tt.err, tt.want)
	}
}

func TestRefusedQueries(t *testing.T) {
	j := newJournal(t, "a")
	ask := func(change func(*model.QueryLtsLogParams)) error {
		_, err := j.query(change)
		return err
	}
	elsewhere := j
	elsewhere.stream = check.UnknownID
	_, unknown := elsewhere.query(func(*model.QueryLtsLogParams) {})
	tests := []struct {
		reason string
		err    error
		want   refusal
	}{
		{"end before start", ask(func(p *model.QueryLtsLogParams) { p.StartTime, p.EndTime = p.EndTime, p.StartTime }),
			refusal{400, "LTS.0701", "end_time must be superior to start_time, and line_num must be between them if it's provided"}},
		{"5001 records", ask(func(p *model.QueryLtsLogParams) { p.Limit = new(int32(5001)) }),
			refusal{400, "LTS.1903", "limit must be between lower boundary and upper boundary"}},
		{"star in front", ask(func(p *model.QueryLtsLogParams) { p.Keywords = new("*ogin") }),
			refusal{400, "LTS.0301", "'*' and '?' not allowed as first character"}},
		{"no such stream", unknown, refusal{400, "LTS.0208", "The log stream does not existed"}},
	}
	for _, tt := range tests {
		checkRefusal(t, "ListLogs", tt.reason, tt.err, tt.want)
	}
}

func TestRefusedRecords(t *testing.T) {
	j := newJournal(t, "a")
	write := func(change func(*reportRequest)) error {
		request := reportRequest{j.group, j.stream, &reportBody{TimeNS: j.first.UnixNano(), Contents: []string{"b"}, Labels: map[string]string{"host": "a"}}}
		change(&request)
		_, err := j.client.HcClient.Sync(&request, reportLogs())
		return err
	}
	tests := []struct {
		reason string
		err    error
		want   refusal
	}{
		{"no lines", write(func(r *reportRequest) { r.Body.Contents = nil }), refusal{400, "LTS.0009", "Failed to validate the request body"}},
		{"no such stream", write(func(r *reportRequest) { r.StreamID = check.UnknownID }), refusal{400, "LTS.0208", "The log stream does not existed"}},
	}
	for _, tt := range tests {
		checkRefusal(t, "ReportLogs", tt.reason, tt.err, tt.want)
	}
}
