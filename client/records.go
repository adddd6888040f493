package client

import (
	"context"
	"net/http"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi/lenient"
)

// Records are what the streams hold. A stream is named by its ID and that of its
// group: of an [lts.Stream], only ID and GroupID matter here.
type Records struct{ *core }

// Write writes records to a stream, all or none of them. When it returns nil,
// the service has them. The labels, at most 100, are those of every record. It
// fails with [lts.ErrGroupNotFound], [lts.ErrStreamNotFound], and with
// [lts.ErrInvalidBody] for an empty or too long record or a time that is none.
// Bytes of a content that are not UTF-8 become U+FFFD, because requests are JSON.
//
// Write is not repeated when that could write a record twice: after a cut
// connection or an unavailable service the caller decides. A [Writer] does, and
// takes many records at a time.
func (r *Records) Write(ctx context.Context, stream lts.Stream, labels map[string]string, records ...lts.NewRecord) error {
	body := api.ReportLogsHighAccuracyRequest{Contents: make([]api.TimedLog, len(records)), Labels: reportLabels(labels)}
	for i, record := range records {
		body.Contents[i] = api.TimedLog{LogTimeNs: lenient.Integer(record.TimeNS), Log: record.Content}
	}
	return reported(r.lts.ReportLogsHighAccuracy(
		as(ctx, "ReportLogsHighAccuracy", 0), r.project, stream.GroupID, stream.ID, &api.ReportLogsHighAccuracyParams{}, body))
}

// WriteLines writes lines as records of consecutive times: line i has the time
// firstNS + i, in nanoseconds since the epoch. It is like [Records.Write]
// otherwise.
func (r *Records) WriteLines(ctx context.Context, stream lts.Stream, labels map[string]string, firstNS int64, lines ...string) error {
	return reported(r.lts.ReportLogs(
		as(ctx, "ReportLogs", 0), r.project, stream.GroupID, stream.ID, &api.ReportLogsParams{}, api.ReportLogsRequest{
			LogTimeNs: lenient.Integer(firstNS), Contents: append([]string{}, lines...), Labels: reportLabels(labels),
		}))
}

func reportLabels(labels map[string]string) *api.ReportLabels {
	if len(labels) == 0 {
		return nil
	}
	named := api.ReportLabels(labels)
	return &named
}

// reportedCode says that records have been written.
const reportedCode = "SVCSTG.ALS.200.200"

var decodeReport = decodeWith(func(a api.ReportLogsResponse) bool { return a.ErrorCode == reportedCode }, "errorCode "+reportedCode)

func reported(response *http.Response, err error) error {
	_, err = decodeReport(response, err)
	return err
}

// Context gives the records around the one of a line number, with it: at most
// before records older and after records newer, 0 to 500 each. It fails with
// [lts.ErrGroupNotFound] and [lts.ErrStreamNotFound].
func (r *Records) Context(ctx context.Context, stream lts.Stream, lineNum int64, before, after int) (lts.Surroundings, error) {
	older, newer := int32(before), int32(after)
	response, err := r.lts.ListLogContext(as(ctx, "ListLogContext", repeatable), r.project, stream.GroupID, stream.ID, api.ListLogContextRequest{
		LineNum: lts.FormatLineNum(lineNum), BackwardsSize: &older, ForwardsSize: &newer,
	})
	answer, err := decode[api.ListLogContextResponse](response, err)
	if err != nil {
		return lts.Surroundings{}, err
	}
	records, err := fromLogs(answer.Logs)
	if err != nil {
		return lts.Surroundings{}, malformed(response, "%v", err)
	}
	return lts.Surroundings{Records: records, Before: int(answer.BackwardsCount), After: int(answer.ForwardsCount)}, nil
}
