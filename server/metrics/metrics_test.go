package metrics_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/server/metrics"
	"github.com/ltskit/ltskit/store/fault"
	"github.com/ltskit/ltskit/store/records/recordstest"
)

func TestRequestsAreCounted(t *testing.T) {
	m := metrics.New()
	m.Begin("ListLogs")(200, 100, 20*time.Millisecond)
	m.Begin("ListLogs")(200, 50, 20*time.Millisecond)
	m.Begin("ListLogs")(400, 10, time.Millisecond)
	m.Begin("")(404, 0, time.Millisecond)
	m.Violation("ListLogs")
	_ = m.Begin("CreateToken") // goes on
	wantLines(t, m,
		`lts_requests_total{operation="ListLogs",status="200"} 2`,
		`lts_requests_total{operation="ListLogs",status="400"} 1`,
		`lts_requests_total{operation="none",status="404"} 1`,
		`lts_request_duration_seconds_count{operation="ListLogs"} 3`,
		`lts_request_duration_seconds_bucket{operation="ListLogs",le="0.01"} 1`,
		`lts_requests_in_flight 1`,
		`lts_response_bytes_total 160`,
		`lts_response_violations_total{operation="ListLogs"} 1`,
	)
}

func TestWrittenRecordsAreCountedAndFailedOnesAreNot(t *testing.T) {
	m := metrics.New()
	r := m.Records(fault.Records(new(recordstest.Memory)))
	batch := []lts.NewRecord{{TimeNS: 1, Content: "four"}, {TimeNS: 2, Content: "日志"}}
	if err := r.Append(t.Context(), "stream", nil, batch); err != nil {
		t.Fatal(err)
	}
	if err := r.Append(fault.Inject(t.Context(), fault.RecordsStore), "stream", nil, batch); !errors.Is(err, fault.ErrInjected) {
		t.Fatalf("Append gives %v, want %v", err, fault.ErrInjected)
	}
	wantLines(t, m, `lts_records_written_total 2`, `lts_record_bytes_written_total 10`)
}

func TestCountedRecordsKeepTheContract(t *testing.T) {
	recordstest.Run(t, func(*testing.T) lts.Records { return metrics.New().Records(new(recordstest.Memory)) })
}

func TestRecordsListTheirStreamsWhereTheInnerOnesDo(t *testing.T) {
	m := metrics.New()
	if _, ok := m.Records(new(recordstest.Memory)).(lts.StreamLister); !ok {
		t.Errorf("records that list their streams do not when they are counted")
	}
	if _, ok := m.Records(struct{ lts.Records }{new(recordstest.Memory)}).(lts.StreamLister); ok {
		t.Errorf("records that do not list their streams do when they are counted")
	}
}

// wantLines reports the lines that a scrape does not have.
func wantLines(t *testing.T, m *metrics.Metrics, want ...string) {
	t.Helper()
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	lines := strings.Split(answer.Body.String(), "\n")
	for _, line := range want {
		if !slices.Contains(lines, line) {
			t.Errorf("there is no line %s in\n%s", line, answer.Body)
		}
	}
}
