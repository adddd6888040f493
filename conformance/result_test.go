package conformance_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/conformance"
)

func TestExitStatus(t *testing.T) {
	const passed, failed, notSupported, couldNot = conformance.Passed, conformance.Failed, conformance.NotSupported, conformance.CouldNotRun
	for name, tt := range map[string]struct {
		outcomes []conformance.Outcome
		want     int
	}{
		"all passed":                       {[]conformance.Outcome{passed, passed}, 0},
		"what is not supported is no harm": {[]conformance.Outcome{passed, notSupported}, 0},
		"one failed":                       {[]conformance.Outcome{passed, failed}, 1},
		"one could not run":                {[]conformance.Outcome{passed, couldNot}, 2},
		"failed wins over could not run":   {[]conformance.Outcome{failed, couldNot}, 1},
		"no case":                          {nil, 2},
		"nothing was asked":                {[]conformance.Outcome{notSupported}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			report := &conformance.Report{}
			for _, outcome := range tt.outcomes {
				report.Results = append(report.Results, conformance.Result{Outcome: outcome})
			}
			if got := report.ExitStatus(); got != tt.want {
				t.Errorf("ExitStatus() = %d, want %d", got, tt.want)
			}
		})
	}
}

func TestWriteText(t *testing.T) {
	report := &conformance.Report{
		Target: "a server", Edition: "2024-03", Seed: 7, Took: 1500 * time.Millisecond,
		Results: []conformance.Result{
			{Case: conformance.Case{Name: "examples/groups/ListLogGroups/200/one-group", Tag: "groups", Operation: "ListLogGroups"}, Outcome: conformance.Passed, Checks: 9},
			{
				Case:           conformance.Case{Name: "examples/groups/ListLogGroups/401/invalid-token", Tag: "groups", Operation: "ListLogGroups", Sources: []string{"2024-03 section 5.1.2"}},
				Outcome:        conformance.Failed,
				Checks:         3,
				Problems:       []conformance.Problem{{Level: conformance.Must, Where: "status", Rule: "the example has 401", Got: "200"}},
				Contradictions: []string{"group-list-break"},
				Exchanges: []*conformance.Exchange{{
					Method: "GET", URL: "http://127.0.0.1/v2/p/groups", RequestHeader: http.Header{"X-Auth-Token": {"$TOKEN"}},
				}},
			},
			{Case: conformance.Case{Name: "examples/groups/CreateLogGroup/500/create-group-failed", Tag: "groups", Operation: "CreateLogGroup"}, Outcome: conformance.NotSupported, Reason: "no faults"},
			{Case: conformance.Case{Name: "scenarios/streams", Tag: "streams"}, Outcome: conformance.CouldNotRun, Reason: "EOF"},
		},
	}
	want := `              operation  passed  failed  waived  not supported  could not run
   groups/ListLogGroups       1       1       -              -              -
  groups/CreateLogGroup       -       -       -              1              -
              scenarios       -       -       -              -              1

FAILED examples/groups/ListLogGroups/401/invalid-token
  must   status: the example has 401; got 200
  says   2024-03 section 5.1.2
  see    the contradictions group-list-break
  again  curl -gi -X GET -H 'X-Auth-Token: '"$TOKEN" 'http://127.0.0.1/v2/p/groups'

COULD NOT RUN scenarios/streams
  EOF

a server, edition 2024-03: 4 cases = 1 passed + 1 failed + 0 waived + 1 not supported + 1 could not run; 12 checks in 1.5s
not supported: no faults (1)

The commands behind "again" are for a POSIX shell. LTS_PASSWORD is the password of the user, TOKEN a token for the
project, OTHER_TOKEN one for the other project, BAD_TOKEN a text that is none. LTS_SIGNATURE is the signature of the
request, which counts for a quarter of an hour: sign it again. Put in what is in capitals:
  read -r LTS_PASSWORD
  TOKEN=$(curl -gsi IAM_ENDPOINT/v3/auth/tokens -H 'Content-Type: application/json' --data-raw '{"auth": {"identity":
    {"methods": ["password"], "password": {"user": {"name": "USER", "password": "'"$LTS_PASSWORD"'", "domain": {"name":
    "DOMAIN"}}}}, "scope": {"project": {"name": "PROJECT"}}}}' |
    tr -d '\r' | awk 'tolower($1) == "x-subject-token:" {print $2}')
`
	var out strings.Builder
	if err := report.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("WriteText (-want +got):\n%s", diff)
	}
}

func TestWithoutACommandNoVariablesAreExplained(t *testing.T) {
	report := &conformance.Report{Results: []conformance.Result{
		{Case: conformance.Case{Name: "examples/groups/ListLogGroups/200/one-group"}, Outcome: conformance.Passed, Exchanges: []*conformance.Exchange{{Method: "GET"}}},
		{Case: conformance.Case{Name: "examples/streams/ListLogStreams/200/one-stream"}, Outcome: conformance.CouldNotRun, Reason: "EOF"},
	}}
	var out strings.Builder
	if err := report.WriteText(&out); err != nil || strings.Contains(out.String(), "TOKEN") {
		t.Errorf("WriteText gives %v and\n%s\nwant nothing about variables", err, out.String())
	}
}
