package server

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"net/http"

	"github.com/oapi-codegen/nullable"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/gen/apiserver"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi/lenient"
)

type logHandlers struct{ service *lts.Service }

func (h logHandlers) ListLogs(ctx context.Context, req apiserver.ListLogsRequestObject) (apiserver.ListLogsResponseObject, error) {
	body := req.Body
	page, err := h.service.QueryLogs(ctx, req.ProjectID, req.LogGroupID, req.LogStreamID, lts.Query{
		StartMS:    int64(body.StartTime),
		EndMS:      int64(body.EndTime),
		Labels:     deref(body.Labels),
		Keywords:   deref(body.Keywords),
		LineNum:    deref(body.LineNum),
		Descending: bool(deref(body.IsDesc)),
		Search:     lts.Search(deref(body.SearchType)),
		Limit:      int(deref(body.Limit)),
		Count:      bool(deref(body.IsCount)),
		Highlight:  body.Highlight == nil || bool(*body.Highlight),
	})
	if err != nil {
		return nil, err
	}
	complete := true
	answer := logPage{Logs: toLogs(page.Records), IsQueryComplete: &complete}
	if deref(body.IsCount) {
		count := toCount(page.Count)
		answer.Count = &count
	}
	return answer, nil
}

// defaultAround is how many records come before and after when the request
// does not say.
const defaultAround = 100

func (h logHandlers) ListLogContext(ctx context.Context, req apiserver.ListLogContextRequestObject) (apiserver.ListLogContextResponseObject, error) {
	before, after := int32(defaultAround), int32(defaultAround)
	if req.Body.BackwardsSize != nil {
		before = *req.Body.BackwardsSize
	}
	if req.Body.ForwardsSize != nil {
		after = *req.Body.ForwardsSize
	}
	around, err := h.service.LogsAround(ctx, req.ProjectID, req.LogGroupID, req.LogStreamID, req.Body.LineNum, int(before), int(after))
	if err != nil {
		return nil, err
	}
	complete := true
	return logContext{
		Logs:            toLogs(around.Records),
		TotalCount:      int32(len(around.Records)),
		BackwardsCount:  int32(around.Before),
		ForwardsCount:   int32(around.After),
		IsQueryComplete: &complete,
	}, nil
}

func (h logHandlers) CountKeyword(ctx context.Context, req apiserver.CountKeywordRequestObject) (apiserver.CountKeywordResponseObject, error) {
	body := req.Body
	histogram, err := h.service.CountLogs(ctx, req.ProjectID, body.GroupID, body.StreamID, lts.CountQuery{
		StartMS:  int64(body.StartTime),
		EndMS:    int64(body.EndTime),
		StepMS:   int64(body.StepInterval),
		Keywords: body.KeyWord,
	})
	if err != nil {
		return nil, err
	}
	complete := true
	answer := apiserver.CountKeyword200JSONResponse{
		Count:           toCount(histogram.Count),
		Histogram:       make([]api.HistogramStep, 0, len(histogram.Steps)),
		IsQueryComplete: &complete,
	}
	for _, step := range histogram.Steps {
		answer.Histogram = append(answer.Histogram, api.HistogramStep{
			StartTime: step.StartMS, EndTime: step.EndMS, Num: toCount(step.Count),
		})
	}
	return answer, nil
}

// toCount gives a count in the 32 bits that the document has for it: more than
// they hold is the most that they hold.
func toCount(n int64) int32 { return int32(min(n, math.MaxInt32)) }

func (h logHandlers) ReportLogs(ctx context.Context, req apiserver.ReportLogsRequestObject) (apiserver.ReportLogsResponseObject, error) {
	if err := reportedFor(req.ProjectID, req.Body.TenantProjectID); err != nil {
		return nil, err
	}
	records := make([]lts.NewRecord, len(req.Body.Contents))
	for i, content := range req.Body.Contents {
		records[i] = lts.NewRecord{TimeNS: timeNS(req.Body.LogTimeNs, i), Content: content}
	}
	if err := h.service.ReportLogs(ctx, req.ProjectID, req.LogGroupID, req.LogStreamID, deref(req.Body.Labels), records); err != nil {
		return nil, err
	}
	return apiserver.ReportLogs200JSONResponse(reported), nil
}

func (h logHandlers) ReportLogsHighAccuracy(ctx context.Context, req apiserver.ReportLogsHighAccuracyRequestObject) (apiserver.ReportLogsHighAccuracyResponseObject, error) {
	if err := reportedFor(req.ProjectID, req.Body.TenantProjectID); err != nil {
		return nil, err
	}
	records := make([]lts.NewRecord, len(req.Body.Contents))
	for i, log := range req.Body.Contents {
		records[i] = lts.NewRecord{TimeNS: int64(log.LogTimeNs), Content: log.Log}
	}
	if err := h.service.ReportLogs(ctx, req.ProjectID, req.LogGroupID, req.LogStreamID, deref(req.Body.Labels), records); err != nil {
		return nil, err
	}
	return apiserver.ReportLogsHighAccuracy200JSONResponse(reported), nil
}

// reported is the answer to every report that is on disk.
var reported = reportAnswer("SVCSTG.ALS.200.200", "Report success.")

func reportAnswer(code, message string) api.ReportLogsResponse {
	return api.ReportLogsResponse{ErrorCode: code, ErrorMessage: message, Result: nullable.NewNullNullable[string]()}
}

// reportedFor refuses records for another project than the one in the path.
func reportedFor(projectID string, tenant *string) error {
	if tenant != nil && *tenant != "" && *tenant != projectID {
		return lts.ErrReportProject
	}
	return nil
}

// timeNS is the time of record i of a report. A time that is already beyond
// what a record can have stays there, for the rule to refuse.
func timeNS(first lenient.Integer, i int) int64 {
	if int64(first) > lts.MaxLineNum-int64(i) {
		return int64(first)
	}
	return int64(first) + int64(i)
}

// logPage and logContext write lines as they were written: the encoder of the
// generated answers would escape the "<" of the documented highlight tags.
type (
	logPage    api.ListLogsResponse
	logContext api.ListLogContextResponse
)

// VisitListLogsResponse implements [apiserver.ListLogsResponseObject].
func (p logPage) VisitListLogsResponse(w http.ResponseWriter) error { return writePlain(w, p) }

// VisitListLogContextResponse implements [apiserver.ListLogContextResponseObject].
func (c logContext) VisitListLogContextResponse(w http.ResponseWriter) error { return writePlain(w, c) }

func writePlain(w http.ResponseWriter, body any) error {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(out.Bytes())
	return err
}

func toLogs(records []lts.Record) []api.LogContents {
	logs := make([]api.LogContents, len(records))
	for i, record := range records {
		labels := record.Labels
		if labels == nil {
			labels = map[string]string{}
		}
		logs[i] = api.LogContents{Content: record.Content, Labels: labels, LineNum: lts.FormatLineNum(record.LineNum)}
	}
	return logs
}
