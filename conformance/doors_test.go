package conformance_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

// doors are the handlers behind the further endpoints of a server.
type doors struct {
	throttled, impatient, provisioning http.Handler
	patience                           time.Duration // of the impatient one with a body
}

// doorsOf opens the doors of a server.
func doorsOf(t testing.TB, s *embedded.Server) doors {
	t.Helper()
	open := func(d embedded.Door) http.Handler {
		handler, err := s.OpenDoor(d)
		if err != nil {
			t.Fatal(err)
		}
		return handler
	}
	return doors{
		throttled:    open(embedded.Door{RateLimit: server.RateLimit{PerSecond: 1.0 / 60, Burst: 1}}),
		impatient:    s,
		provisioning: open(embedded.Door{Provisioning: time.Hour}),
		patience:     20 * time.Millisecond,
	}
}

// listen makes the doors reachable and adds them to a target.
func (d doors) listen(t testing.TB, target *conformance.Target) {
	t.Helper()
	at := func(handler http.Handler, patience time.Duration) string {
		s := httptest.NewUnstartedServer(handler)
		s.Config.ReadHeaderTimeout, s.Config.ReadTimeout = time.Minute, patience
		s.Start()
		t.Cleanup(s.Close)
		return s.URL
	}
	target.Endpoints.Throttled = at(d.throttled, 0)
	target.Endpoints.Impatient = at(d.impatient, d.patience)
	target.Endpoints.Provisioning = at(d.provisioning, 0)
}

// rewriting changes what a handler answers. Unlike faulty it leaves the body of
// the request to the handler, which may wait for it.
func rewriting(inner http.Handler, change func(*answer)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder := httptest.NewRecorder()
		inner.ServeHTTP(recorder, r)
		a := &answer{status: recorder.Code, header: recorder.Header(), body: recorder.Body.Bytes()}
		change(a)
		maps.Copy(w.Header(), a.header)
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
	})
}

// only lets requests of some methods go to one handler, and all others to
// another.
func only(handler, others http.Handler, methods ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.Contains(methods, r.Method) {
			handler.ServeHTTP(w, r)
			return
		}
		others.ServeHTTP(w, r)
	})
}

func TestEveryFaultBehindADoorIsCaught(t *testing.T) {
	const (
		throttled = "errors/APIGW.0308/ListLogGroups/429"
		creation  = "errors/APIGW.0308/CreateLogGroup/429"
		late      = "errors/408/CreateLogGroup"
		lateLogin = "errors/408/CreateToken"
		deletion  = "errors/GA.9005/DeleteLogtank/409"
		change    = "errors/GA.9005/UpdateLogtank/409"
	)
	s := startServer(t, openapi.Latest)
	for _, m := range []struct {
		name     string
		caughtBy string
		fault    func(*doors)
	}{
		{"nobody is throttled", throttled, func(d *doors) { d.throttled = s }},
		{"too many requests are a 503", throttled, func(d *doors) { d.throttled = rewriting(d.throttled, statusOf(429, 503)) }},
		{"too many requests have another code", throttled, func(d *doors) { d.throttled = rewriting(d.throttled, code("APIGW.0308", "LTS.0010")) }},
		{"too many requests have a text", throttled, func(d *doors) { d.throttled = rewriting(d.throttled, body("slow down")) }},
		{"only those who read are throttled", creation, func(d *doors) { d.throttled = only(d.throttled, s, http.MethodGet) }},
		{"a late body is an invalid one", late, func(d *doors) { d.impatient = rewriting(d.impatient, statusOf(408, 400)) }},
		{"a late body is a gateway's time-out", lateLogin, func(d *doors) { d.impatient = rewriting(d.impatient, statusOf(408, 504)) }},
		{"a late body is waited for", late, func(d *doors) { d.patience = 0 }},
		{"a logtank that is not ready is deleted", deletion, func(d *doors) { d.provisioning = only(s, d.provisioning, http.MethodDelete) }},
		{"a logtank that is not ready is changed", change, func(d *doors) { d.provisioning = only(s, d.provisioning, http.MethodPut) }},
		{"a refused change of a logtank is made", change, func(d *doors) {
			refused := `{"error_code":"GA.9005","error_msg":"The status of the logtank is not ACTIVE","request_id":"5a0c1c5e-0000-4000-8000-000000000000"}`
			d.provisioning = only(rewriting(s, func(a *answer) { a.status, a.body = 409, []byte(refused) }), d.provisioning, http.MethodPut)
		}},
		{"a logtank is ready at once", deletion, func(d *doors) { d.provisioning = s }},
	} {
		t.Run(m.name, func(t *testing.T) {
			target := listen(t, s)
			target.Limits.Timeout = time.Second
			d := doorsOf(t, s)
			m.fault(&d)
			d.listen(t, &target)
			report, err := conformance.Run(t.Context(), target, conformance.Options{Only: []string{m.caughtBy}})
			if err != nil {
				t.Fatal(err)
			}
			if failed := named(report, conformance.Failed); !slices.Contains(failed, m.caughtBy) {
				t.Errorf("%s did not fail: %+v", m.caughtBy, report.Results)
			}
			tell(t, m.name, m.caughtBy)
		})
	}
}

// A caller who is told to wait, and not how long, is no fault of level must: the
// documents have no Retry-After.
func TestAThrottledCallerShouldBeToldHowLong(t *testing.T) {
	s := startServer(t, openapi.Latest)
	target, d := listen(t, s), doorsOf(t, s)
	d.throttled = rewriting(d.throttled, func(a *answer) { a.header.Del("Retry-After") })
	d.listen(t, &target)
	const name = "errors/APIGW.0308/ListLogs/429"
	report, err := conformance.Run(t.Context(), target, conformance.Options{Only: []string{name}})
	if err != nil {
		t.Fatal(err)
	}
	r := resultOf(t, report, name)
	if r.Outcome != conformance.Passed || len(r.Problems) != 1 || r.Problems[0].Level != conformance.Should {
		t.Errorf("%s: %s %+v, want passed with a problem of level should", name, r.Outcome, r.Problems)
	}
}

// A service with an endpoint of its own is not behind the doors of LTS.
func TestADoorIsOneOfTheServicesThatShareAnEndpoint(t *testing.T) {
	s := startServer(t, openapi.Latest)
	target := listen(t, s)
	doorsOf(t, s).listen(t, &target)
	target.Endpoints.IAM = listen(t, s).Endpoints.LTS
	report, err := conformance.Run(t.Context(), target, conformance.Options{Only: []string{"errors/APIGW.0308", "errors/408"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]conformance.Outcome{
		"errors/APIGW.0308/CreateToken/429": conformance.NotSupported, "errors/408/CreateToken": conformance.NotSupported,
		"errors/APIGW.0308/ListLogGroups/429": conformance.Passed, "errors/408/CreateLogGroup": conformance.Passed,
	} {
		if r := resultOf(t, report, name); r.Outcome != want {
			t.Errorf("%s: %s %s %+v, want %s", name, r.Outcome, r.Reason, r.Problems, want)
		}
	}
}
