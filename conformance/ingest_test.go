package conformance_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

// TestMain lets the test binary be the command that brings records in.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "ingest" {
		if err := ingest(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// ingest reports what it reads, each line on its own.
func ingest() error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var record struct {
			LogTimeNs string            `json:"log_time_ns"`
			Log       string            `json:"log"`
			Labels    map[string]string `json:"labels"`
		}
		if err := json.Unmarshal(lines.Bytes(), &record); err != nil {
			return err
		}
		body, err := json.Marshal(map[string]any{
			"contents": []any{map[string]string{"log_time_ns": record.LogTimeNs, "log": record.Log}}, "labels": record.Labels,
		})
		if err != nil {
			return err
		}
		url := os.Getenv("LTS_ENDPOINT") + "/v2/" + os.Getenv("LTS_PROJECT_ID") + "/lts/groups/" + os.Getenv("LTS_LOG_GROUP_ID") +
			"/streams/" + os.Getenv("LTS_LOG_STREAM_ID") + "/tenant/contents/high-accuracy"
		request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body)) //nolint:noctx // the process is killed when it takes too long
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("X-Auth-Token", os.Getenv("INGEST_TOKEN"))
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		if err := answer.Body.Close(); err != nil {
			return err
		}
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("status %d", answer.StatusCode)
		}
	}
	return lines.Err()
}

func TestRecordsComeInByACommand(t *testing.T) {
	target := listen(t, startServer(t, openapi.Latest))
	t.Setenv("INGEST_TOKEN", login(t, target))
	target.Ingest = []string{os.Args[0], "ingest"}
	report, err := conformance.Run(t.Context(), target, conformance.Options{Only: []string{
		"queries/order/late", "queries/labels", "queries/reports/gzip", nextPage,
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"queries/order/late", "queries/labels/pairs", nextPage} {
		if got := resultOf(t, report, name); got.Outcome != conformance.Passed {
			t.Errorf("%s: %s %s %v, want passed", name, got.Outcome, got.Reason, got.Problems)
		}
	}
	if got := resultOf(t, report, "queries/reports/gzip"); got.Outcome != conformance.NotSupported {
		t.Errorf("%s: %s, want not supported: there is no report operation", got.Name, got.Outcome)
	}
}

func TestACommandThatFailsCouldNotRun(t *testing.T) {
	target := listen(t, startServer(t, openapi.Latest))
	target.Ingest = []string{os.Args[0], "ingest"} // without a token
	t.Setenv("INGEST_TOKEN", "none")
	report, err := conformance.Run(t.Context(), target, conformance.Options{Only: []string{"queries/order/late"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := report.Results[0]; got.Outcome != conformance.CouldNotRun || got.Reason == "" {
		t.Errorf("%s: %s %q, want could not run with a reason", got.Name, got.Outcome, got.Reason)
	}
}
