package clientcheck_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/conformance/clientcheck"
	"github.com/ltskit/ltskit/conformance/report"
)

// listGroups is a client with a token that knows one operation.
func listGroups(ctx context.Context, s clientcheck.Session) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Endpoint+"/v2/"+s.ProjectID+"/groups", http.NoBody)
	if err != nil {
		return err
	}
	r.Header.Set("X-Auth-Token", s.Token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	return nil
}

func run(t *testing.T, drive clientcheck.Driver, options clientcheck.Options) *conformance.Report {
	t.Helper()
	options.Auth = clientcheck.Token
	r, err := clientcheck.Run(t.Context(), drive, options)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func outcome(r *conformance.Report, name string) conformance.Outcome {
	for _, result := range r.Results {
		if result.Name == name {
			return result.Outcome
		}
	}
	return ""
}

func TestWhatAClientNeverCallsIsNotSupported(t *testing.T) {
	r := run(t, listGroups, clientcheck.Options{Only: []string{"client/program", "client/*/documented"}})
	for name, want := range map[string]conformance.Outcome{
		"client/program":                   conformance.Passed,
		"client/ListLogGroups/documented":  conformance.Passed,
		"client/CreateLogGroup/documented": conformance.NotSupported,
	} {
		if got := outcome(r, name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	i := slices.IndexFunc(r.Coverage.Operations, func(p conformance.Part) bool { return p.Name == "CreateLogGroup" })
	if part := r.Coverage.Operations[i]; part.Reached || part.Why == "" {
		t.Errorf("coverage of CreateLogGroup: %+v, want not reached, and why", part)
	}
	if r.ExitStatus() != 0 {
		t.Errorf("exit status %d, want 0: what is called is called well", r.ExitStatus())
	}
}

func TestAClientThatNeverCallsAnythingIsNoSuccess(t *testing.T) {
	r := run(t, func(context.Context, clientcheck.Session) error { return nil }, clientcheck.Options{})
	if got := outcome(r, "client/program"); got != conformance.Failed || r.ExitStatus() != 1 {
		t.Errorf("client/program: %s, exit status %d, want %s and 1", got, r.ExitStatus(), conformance.Failed)
	}
}

func TestAClientThatFailsByItselfCouldNotRun(t *testing.T) {
	broken := func(ctx context.Context, s clientcheck.Session) error {
		return errors.Join(listGroups(ctx, s), errors.New("no such file"))
	}
	r := run(t, broken, clientcheck.Options{Only: []string{"client/program", "client/ListLogGroups/unknown-status"}})
	if got := outcome(r, "client/program"); got != conformance.Failed {
		t.Errorf("client/program: %s, want %s", got, conformance.Failed)
	}
	if got := outcome(r, "client/ListLogGroups/unknown-status"); got != conformance.CouldNotRun {
		t.Errorf("an error that comes anyhow says nothing: %s, want %s", got, conformance.CouldNotRun)
	}
}

func TestAClientThatDoesNotEndIsStopped(t *testing.T) {
	endless := func(ctx context.Context, s clientcheck.Session) error {
		for ctx.Err() == nil {
			if err := listGroups(ctx, s); err != nil {
				return err
			}
		}
		return ctx.Err()
	}
	r := run(t, endless, clientcheck.Options{Only: []string{"client/program"}, Patience: 10 * time.Second})
	if got := outcome(r, "client/program"); got != conformance.Failed {
		t.Errorf("client/program: %s, want %s", got, conformance.Failed)
	}
}

// Reports show no secret, and can be written in every format.
func TestReportsOfClients(t *testing.T) {
	var token string
	r := run(t, func(ctx context.Context, s clientcheck.Session) error {
		token = s.Token
		return listGroups(ctx, s)
	}, clientcheck.Options{Only: []string{"client/ListLogGroups/documented", "client/ListLogGroups/throttled"}, Parallelism: 1})
	for _, format := range report.Formats() {
		var out bytes.Buffer
		if err := report.Write(&out, format, []*conformance.Report{r}); err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if !strings.Contains(out.String(), "client/ListLogGroups/throttled") {
			t.Errorf("%s: says nothing of the case that failed:\n%s", format, out.String())
		}
		if strings.Contains(out.String(), token) {
			t.Errorf("%s: shows the token", format)
		}
	}
}

func TestPatternsThatSelectNothingAreRefused(t *testing.T) {
	for _, options := range []clientcheck.Options{
		{Only: []string{"examples/*"}}, {Skip: []string{"client/*/nothing"}}, {Only: []string{"client/program"}, Skip: []string{"client"}},
	} {
		if cases, err := clientcheck.List(options); err == nil {
			t.Errorf("List(%+v) gives %d cases, want an error", options, len(cases))
		}
	}
}
