package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/server/embedded"
)

// What is no service, or stops being one, ends a run within its bounds, with a
// message that says why and an exit status that is not 0.
func TestConformAgainstWhatIsNoService(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
	garbage := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "\xff\xfe<html>") }
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	cutInside := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"to`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	noHTTP := func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = io.WriteString(connection, "220 smtp ready\r\n")
			_ = connection.Close()
		}
	}
	s := start(t)
	for name, tt := range map[string]struct {
		fault  http.HandlerFunc
		from   string // path prefix that the fault begins with; others go to a good server
		status int
		stderr string
		stdout string
	}{
		"hangs at once":               {hang, "/", exitBroken, "deadline exceeded", ""},
		"hangs after the login":       {hang, "/v2/", exitBroken, "the run took longer than 3s", "could not run"},
		"answers garbage at once":     {garbage, "/", exitBroken, "no token for user \"dev\" of domain \"dev\": status 200", ""},
		"answers garbage after login": {garbage, "/v2/", exitFailed, "", "the document has JSON"},
		"cuts at once":                {cut, "/", exitBroken, "the connection was cut before an answer came", ""},
		"cuts after the login":        {cut, "/v2/", exitBroken, "not every case could be asked", "the connection was cut before an answer came"},
		"cuts answers at once":        {cutInside, "/", exitBroken, "the answer breaks off", ""},
		"cuts answers after login":    {cutInside, "/v2/", exitBroken, "not every case could be asked", "the answer breaks off"},
		"speaks no HTTP":              {noHTTP, "/", exitBroken, "malformed HTTP", ""},
		"stops speaking HTTP":         {noHTTP, "/v2/", exitBroken, "not every case could be asked", "malformed HTTP"},
	} {
		t.Run(name, func(t *testing.T) {
			to, err := url.Parse(s.url)
			if err != nil {
				t.Fatal(err)
			}
			good := httputil.NewSingleHostReverseProxy(to)
			broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, tt.from) {
					tt.fault(w, r)
					return
				}
				good.ServeHTTP(w, r)
			}))
			defer broken.Close()
			got := conformAt(t, broken.URL, embedded.DevPassword, "--only", "examples/groups,scenarios/groups", "--timeout", "1s", "--total-timeout", "3s")
			if got.status != tt.status || !strings.Contains(got.stderr, tt.stderr) || !strings.Contains(got.stdout, tt.stdout) {
				t.Errorf("lts conform: %d, %q, want %d, %q and %q; it printed\n%s", got.status, got.stderr, tt.status, tt.stderr, tt.stdout, got.stdout)
			}
		})
	}
}

// What was found before a run was cut short is an answer: the report says 1, and
// so does the command.
func TestConformCutShortAfterAFailure(t *testing.T) {
	failed := &conformance.Report{Results: []conformance.Result{{Outcome: conformance.Failed}, {Outcome: conformance.CouldNotRun}}}
	unknown := &conformance.Report{Results: []conformance.Result{{Outcome: conformance.Passed}, {Outcome: conformance.CouldNotRun}}}
	for name, tt := range map[string]struct {
		runs []*conformance.Report
		want error
	}{
		"nothing failed": {[]*conformance.Report{unknown}, context.Canceled},
		"a case failed":  {[]*conformance.Report{failed, unknown}, errNo},
	} {
		t.Run(name, func(t *testing.T) {
			if got := whatCame(context.Canceled, tt.runs); !errors.Is(got, tt.want) {
				t.Errorf("error %v, want %v", got, tt.want)
			}
		})
	}
}

// An address that takes connections and says nothing, not even that it is HTTP.
func TestConformAgainstAPortThatSaysNothing(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	got := conformAt(t, "http://"+listener.Addr().String(), embedded.DevPassword, "--timeout", "100ms")
	if got.status != exitBroken || !strings.Contains(got.stderr, "deadline exceeded") {
		t.Errorf("lts conform: %d, %q, want %d and that the time is up", got.status, got.stderr, exitBroken)
	}
}
