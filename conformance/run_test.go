package conformance_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

func TestReferenceServerKeepsTheContract(t *testing.T) {
	for _, edition := range openapi.Editions() {
		t.Run(edition, func(t *testing.T) {
			s := startServer(t, edition)
			target := listen(t, s)
			target.Account.ExpiredToken = expiredToken(t, s)
			doorsOf(t, s).listen(t, &target)
			report := run(t, target, edition)
			for _, result := range report.Results {
				if result.Outcome == conformance.Failed || result.Outcome == conformance.CouldNotRun {
					t.Errorf("%s: %s %s %v", result.Name, result.Outcome, result.Reason, result.Problems)
				}
				if result.Outcome == conformance.Passed && result.Checks == 0 {
					t.Errorf("%s passed without a check", result.Name)
				}
			}
			if got := report.ExitStatus(); got != 0 {
				t.Errorf("exit status %d, want 0", got)
			}
		})
	}
}

func TestEveryExampleOfTheFeaturesIsACase(t *testing.T) {
	doc, err := openapi.Load(openapi.Latest, openapi.English)
	if err != nil {
		t.Fatal(err)
	}
	report := run(t, listen(t, startServer(t, openapi.Latest)), openapi.Latest)
	var want []string
	for _, operation := range openapi.Operations(doc) {
		for _, example := range operation.ResponseExamples() {
			want = append(want, strings.Join([]string{"examples", operation.Tag(), operation.OperationID, example.Status, example.Name}, "/"))
		}
	}
	var got []string
	for _, result := range report.Results {
		if result.Example == "" {
			continue
		}
		got = append(got, result.Name)
		if supported := result.Outcome != conformance.NotSupported; supported != slices.Contains(built, result.Tag) {
			t.Errorf("%s: %s, with features %v", result.Name, result.Outcome, built)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("cases %v, want %v", got, want)
	}
}

func TestTwoRunsLeaveNothingBehind(t *testing.T) {
	target := listen(t, startServer(t, openapi.Latest))
	target.Prefix = "mine-"
	for range 2 {
		if report := run(t, target, openapi.Latest); report.ExitStatus() != 0 {
			t.Fatalf("failed: %v, could not run: %v", named(report, conformance.Failed), named(report, conformance.CouldNotRun))
		}
	}
	created := 0
	inner := startServer(t, openapi.Latest)
	watched := listen(t, &faulty{inner: inner, response: func(r *http.Request, a *answer) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/groups") && a.status == http.StatusCreated {
			created++
		}
		if r.Method == http.MethodDelete && strings.Contains(r.URL.Path, "/groups/") && !strings.Contains(r.URL.Path, "/streams/") && a.status == http.StatusNoContent {
			created--
		}
	}})
	run(t, watched, openapi.Latest)
	if created != 0 {
		t.Errorf("%d groups are left", created)
	}
}

func TestWithoutFaultHeaderFailuresAreNotSupported(t *testing.T) {
	target := listen(t, startServer(t, openapi.Latest))
	target.FaultHeader = ""
	report := run(t, target, openapi.Latest)
	for _, result := range report.Results {
		if result.Example != "" && strings.Contains(result.Name, "/500/") != (result.Outcome == conformance.NotSupported) {
			t.Errorf("%s: %s", result.Name, result.Outcome)
		}
	}
	if got := report.ExitStatus(); got != 0 {
		t.Errorf("exit status %d, want 0", got)
	}
}

func TestWordingIsReportedAndDoesNotFail(t *testing.T) {
	target := listen(t, &faulty{inner: startServer(t, openapi.Latest), response: func(_ *http.Request, a *answer) {
		if a.status >= 400 {
			a.edit(func(o map[string]any) {
				if _, ok := o["error_msg"]; ok { // IAM has another form
					o["error_msg"] = "in other words"
				}
			})
		}
	}})
	report := run(t, target, openapi.Latest)
	result := resultOf(t, report, badToken)
	if result.Outcome != conformance.Passed || len(result.Problems) != 1 || result.Problems[0].Level != conformance.Should {
		t.Errorf("%s %v, want passed with one problem of level should", result.Outcome, result.Problems)
	}
	if got := report.ExitStatus(); got != 0 {
		t.Errorf("exit status %d, want 0", got)
	}
}

func TestTargetsThatCannotBeAsked(t *testing.T) {
	closed, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	unreachable := "http://" + closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	hangs := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does net/http see that the caller leaves
		<-r.Context().Done()
	})
	garbage := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) })

	for name, change := range map[string]func(*conformance.Target){
		"nothing listens":        func(x *conformance.Target) { x.Endpoints.LTS = unreachable },
		"it hangs":               func(x *conformance.Target) { x.Endpoints.LTS = listen(t, hangs).Endpoints.LTS },
		"it answers garbage":     func(x *conformance.Target) { x.Endpoints.LTS = listen(t, garbage).Endpoints.LTS },
		"wrong password":         func(x *conformance.Target) { x.Account.Password = "wrong" },
		"no credentials":         func(x *conformance.Target) { x.Account.Password, x.Account.AccessKey = "", "" },
		"twice the same project": func(x *conformance.Target) { x.Account.OtherProjectID = x.Account.ProjectID },
		"no project":             func(x *conformance.Target) { x.Account.ProjectID = "" },
		"an endpoint of words":   func(x *conformance.Target) { x.Endpoints.LTS = "my server" },
		"another scheme":         func(x *conformance.Target) { x.Endpoints.LTS = "ftp://127.0.0.1" },
	} {
		t.Run(name, func(t *testing.T) {
			target := listen(t, startServer(t, openapi.Latest))
			change(&target)
			if report, err := runQuietly(t, target); err == nil {
				t.Errorf("a report with exit status %d, want an error", report.ExitStatus())
			}
		})
	}
}

// Whatever a server answers, the suite comes to its end and does not praise it.
func TestServersThatAlwaysAnswerTheSame(t *testing.T) {
	inner := startServer(t, openapi.Latest)
	for name, always := range map[string]struct {
		status int
		body   string
	}{
		"success":        {http.StatusOK, `{}`},
		"created":        {http.StatusCreated, `{"log_group_id":"b6b9332b-091f-4b22-b810-264318d2d664","log_stream_id":"c54dbc58-0fd8-48ed-b007-6d54981427a7"}`},
		"nothing":        {http.StatusNoContent, ""},
		"an array":       {http.StatusOK, `[[], null]`},
		"a wrong token":  {http.StatusUnauthorized, `{"error_code":"LTS.0003","error_msg":"Invalid token"}`},
		"a failure page": {http.StatusBadGateway, "<html></html>"},
	} {
		t.Run(name, func(t *testing.T) {
			target := listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/v3/") {
					inner.ServeHTTP(w, r)
					return
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(always.status)
				_, _ = io.WriteString(w, always.body) // a status without body refuses one
			}))
			target.Account.ExpiredToken = expiredToken(t, inner)
			report := run(t, target, openapi.Latest)
			if got := report.ExitStatus(); got != 1 {
				t.Errorf("exit status %d, want 1", got)
			}
		})
	}
}

func TestUnknownEditionListsTheKnown(t *testing.T) {
	target := listen(t, http.NotFoundHandler())
	_, err := conformance.Run(t.Context(), target, conformance.Options{Edition: "2023-01"})
	if err == nil || !strings.Contains(err.Error(), "2022-08, 2024-03, latest") {
		t.Errorf("error %v, want the known editions", err)
	}
}

func TestCutConnectionsCouldNotRun(t *testing.T) {
	inner := startServer(t, openapi.Latest)
	target := listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			panic(http.ErrAbortHandler)
		}
		inner.ServeHTTP(w, r)
	}))
	report := run(t, target, openapi.Latest)
	if got := resultOf(t, report, listGroups); got.Outcome != conformance.CouldNotRun || got.Reason == "" {
		t.Errorf("%s: %s %q, want could not run with a reason", got.Name, got.Outcome, got.Reason)
	}
	if got := report.ExitStatus(); got != 2 {
		t.Errorf("exit status %d, want 2", got)
	}
}

func TestInterruptRemovesWhatWasCreated(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	groups := 0
	target := listen(t, &faulty{inner: startServer(t, openapi.Latest), response: func(r *http.Request, a *answer) {
		switch {
		case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/groups") && a.status == http.StatusCreated:
			groups++
		case r.Method == http.MethodDelete && !strings.Contains(r.URL.Path, "/streams/") && a.status == http.StatusNoContent:
			groups--
		case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/streams"):
			interrupt() // between the fixtures of a case and its answer
		}
	}})
	report, err := conformance.Run(ctx, target, conformance.Options{})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want %v", err, context.Canceled)
	}
	if got := named(report, conformance.CouldNotRun); !slices.Equal(got, []string{"run/complete"}) || report.ExitStatus() != 2 {
		t.Errorf("could not run %v, exit status %d; want the run itself, and 2", got, report.ExitStatus())
	}
	if groups != 0 {
		t.Errorf("%d groups are left", groups)
	}
}

func TestNothingSecretIsShown(t *testing.T) {
	var issued []string
	target := listen(t, &faulty{inner: startServer(t, openapi.Latest), response: func(_ *http.Request, a *answer) {
		if token := a.header.Get("X-Subject-Token"); token != "" {
			issued = append(issued, token)
		}
		a.status = http.StatusTeapot                                   // every case has something to show
		if a.header.Get("X-Subject-Token") != "" && len(issued) <= 2 { // those of the two projects
			a.status = http.StatusCreated
		}
	}})
	report := run(t, target, openapi.Latest)
	var out bytes.Buffer
	if err := report.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	if len(issued) < 3 || !strings.Contains(out.String(), token) {
		t.Fatalf("%d tokens issued, and the report lacks %s:\n%s", len(issued), token, out.String())
	}
	for _, secret := range append(issued, password) {
		if strings.Contains(out.String(), secret) {
			t.Errorf("the report shows %.20s...", secret)
		}
	}
}

// runQuietly runs against a target that is not expected to give a report.
func runQuietly(t *testing.T, target conformance.Target) (*conformance.Report, error) {
	t.Helper()
	target.Limits.Timeout = 300 * time.Millisecond
	return conformance.Run(t.Context(), target, conformance.Options{})
}
