package conformance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

// password is one that cannot stand in an output by chance.
const password = "correct horse battery staple"

// forbiddenBucket may not be written to.
const forbiddenBucket = "forbidden"

var built = []string{
	"tokens", "groups", "streams", "logs", "transfers", "logtanks",
	conformance.FeatureQuotas, conformance.FeatureNames,
}

// startServer starts the reference server with a password of its own.
func startServer(t testing.TB, edition string) *embedded.Server {
	t.Helper()
	directory := embedded.DevDirectory()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	directory.Users[0].PasswordHash = hash
	buckets := t.TempDir()
	if err := os.Mkdir(filepath.Join(buckets, forbiddenBucket), 0o500); err != nil {
		t.Fatal(err)
	}
	s, err := embedded.Open(t.Context(), embedded.Options{
		Data: t.TempDir(), Directory: directory, Edition: edition, Faults: true, BucketFolder: buckets,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// listen makes a handler reachable and returns it as a target.
func listen(t testing.TB, handler http.Handler) conformance.Target {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return conformance.Target{
		Name:        "test",
		Endpoints:   conformance.Endpoints{LTS: s.URL},
		Features:    append([]string{conformance.FeatureQuotas, conformance.FeatureNames}, built...),
		FaultHeader: server.FaultHeader,

		ForbiddenBucket: forbiddenBucket,
		Account: conformance.Account{
			Domain: embedded.DevDomain, User: embedded.DevUser, Password: password,
			Project: embedded.DevProject, ProjectID: embedded.DevProjectID, OtherProjectID: embedded.OtherProjectID,
			SuspendedAccessKey: embedded.SuspendedAccessKey, SuspendedSecretKey: embedded.SuspendedSecretKey,
			AccessKey: embedded.DevAccessKey, SecretKey: embedded.DevSecretKey,
			OtherAccessKey: embedded.OtherAccessKey, OtherSecretKey: embedded.OtherSecretKey,
		},
	}
}

// expiredToken is one of the server that has ended.
func expiredToken(t *testing.T, s *embedded.Server) string {
	t.Helper()
	credentials := embedded.DevCredentials()
	credentials.Password = password
	token, err := s.IssueToken(credentials, time.Now().Add(-lts.TokenLifetime-time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func run(t *testing.T, target conformance.Target, edition string) *conformance.Report {
	t.Helper()
	report, err := conformance.Run(t.Context(), target, conformance.Options{Edition: edition})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// named lists the cases of a report that ended in an outcome.
func named(report *conformance.Report, outcome conformance.Outcome) []string {
	var names []string
	for _, result := range report.Results {
		if result.Outcome == outcome {
			names = append(names, result.Name)
		}
	}
	return names
}

func resultOf(t *testing.T, report *conformance.Report, name string) conformance.Result {
	t.Helper()
	i := slices.IndexFunc(report.Results, func(r conformance.Result) bool { return r.Name == name })
	if i < 0 {
		t.Fatalf("no case %s among %d", name, len(report.Results))
	}
	return report.Results[i]
}

// An answer is what a faulty server sends.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// edit changes the body as a JSON object.
func (a *answer) edit(change func(map[string]any)) {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(a.body))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil || object == nil {
		return // not the answer that the fault is about
	}
	change(object)
	a.body, _ = json.Marshal(object)
}

// faulty stands between suite and server. Its faults change requests before
// and answers after; both may be nil.
type faulty struct {
	mu       sync.Mutex // over the faults, which may remember
	inner    http.Handler
	request  func(*http.Request)
	response func(*http.Request, *answer)
}

// locked calls a fault; one that panics must not keep the others waiting.
func (f *faulty) locked(call func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	call()
}

func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	inner := r.Clone(context.WithoutCancel(r.Context()))
	inner.Body = io.NopCloser(bytes.NewReader(body))
	if f.request != nil {
		f.locked(func() { f.request(inner) })
	}
	recorder := httptest.NewRecorder()
	f.inner.ServeHTTP(recorder, inner)
	a := &answer{status: recorder.Code, header: recorder.Header(), body: recorder.Body.Bytes()}
	if f.response != nil {
		f.locked(func() { f.response(r, a) })
	}
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a status without body refuses one, as it should
}
