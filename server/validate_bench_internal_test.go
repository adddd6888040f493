//go:build unix

package server

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"syscall"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/ltskit/ltskit/gen/apiserver"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
)

const (
	benchProject = "0123456789abcdef0123456789abcdef"
	benchGroup   = `{"log_group_name":"lts-group-7x2k","ttl_in_days":7,"log_group_name_alias":"orders of the shop",` +
		`"tags":[{"key":"team","value":"orders"},{"key":"stage","value":"production"},{"key":"cost","value":"4711"}]}`
)

// BenchmarkValidation compares the CPU of a create of a group, whose body has
// ten fields, with that of the same handler without validation. Neither side
// stores anything or looks at credentials, which would only hide the
// difference. The goal for the ratio is 1.6.
func BenchmarkValidation(b *testing.B) {
	s := benchServer(b)
	with := benchPipeline(s, s.validate)
	without := benchPipeline(s)
	without.Binder = &echo.DefaultBinder{} // decodes what has not been checked
	request := newBenchRequest("/v2/"+benchProject+"/groups", benchGroup)
	request.send(b, with)
	request.send(b, without)
	var validated, plain time.Duration
	b.ReportAllocs()
	for b.Loop() {
		// In turns, so that whatever else the machine does slows both down.
		plain += cpuOf(func() { request.repeat(b, without) })
		validated += cpuOf(func() { request.repeat(b, with) })
	}
	perRequest := float64(b.N * benchRepeat)
	b.ReportMetric(float64(plain)/perRequest, "plain-cpu-ns")
	b.ReportMetric(float64(validated)/perRequest, "validated-cpu-ns")
	b.ReportMetric(float64(validated)/float64(plain), "ratio(goal:1.6)")
}

// BenchmarkCreateLogGroup is the whole way of a request but for the network and
// the catalog, with a token.
func BenchmarkCreateLogGroup(b *testing.B) {
	s := benchServer(b)
	request := newBenchRequest("/v2/"+benchProject+"/groups", benchGroup)
	request.Header.Set("X-Auth-Token", benchToken(b, s.options.Tokens))
	b.ReportAllocs()
	for b.Loop() {
		request.send(b, s)
	}
}

// benchRepeat is how many requests are measured together: the clock of the
// process is coarse.
const benchRepeat = 2000

// benchPipeline is what New puts together, without authentication.
func benchPipeline(s *Server, more ...echo.MiddlewareFunc) *echo.Echo {
	e := echo.New()
	e.HTTPErrorHandler = s.writeError
	e.Binder = s.echo.Binder
	e.Use(s.requestID, s.accessLog, s.recoverPanic, s.onlyOperations)
	router := operationRouter{e, append([]echo.MiddlewareFunc{s.limitBody}, more...)}
	apiserver.RegisterHandlers(router, apiserver.NewStrictHandler(newHandlers(s.options), nil))
	return e
}

func benchServer(b *testing.B) *Server {
	b.Helper()
	doc, err := openapi.Load(openapi.Latest, openapi.English)
	if err != nil {
		b.Fatal(err)
	}
	hash, err := lts.HashPassword("password")
	if err != nil {
		b.Fatal(err)
	}
	directory, err := lts.NewDirectory(lts.DirectorySpec{
		Domains:  []lts.Domain{{ID: "d", Name: "domain"}},
		Users:    []lts.User{{ID: "u", Name: "user", DomainID: "d", PasswordHash: hash}},
		Projects: []lts.Project{{ID: benchProject, Name: "project", DomainID: "d"}},
	})
	if err != nil {
		b.Fatal(err)
	}
	tokens, err := lts.NewTokens(directory, bytes.Repeat([]byte("k"), 32), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	service := lts.NewService(lts.Config{Catalog: emptyCatalog{}, Now: time.Now, NewID: func() string { return "new" }})
	s, err := New(Options{Document: doc, Service: service, Tokens: tokens, Directory: directory})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func benchToken(b *testing.B, tokens *lts.Tokens) string {
	b.Helper()
	token, _, err := tokens.Issue(lts.Credentials{UserID: "u", Password: "password", ProjectScope: &lts.Reference{ID: benchProject}})
	if err != nil {
		b.Fatal(err)
	}
	return token
}

// emptyCatalog has nothing in it and keeps nothing.
type emptyCatalog struct{}

func (emptyCatalog) Projects(context.Context) ([]string, error) { return nil, nil }

func (emptyCatalog) View(_ context.Context, _ string, fn func(lts.CatalogTx) error) error {
	return fn(emptyTx{})
}

func (emptyCatalog) Update(_ context.Context, _ string, fn func(lts.CatalogTx) error) error {
	return fn(emptyTx{})
}

type emptyTx struct{ lts.CatalogTx }

func (emptyTx) GroupByName(string) (lts.Group, bool, error) { return lts.Group{}, false, nil }
func (emptyTx) CountGroups() (int, error)                   { return 0, nil }
func (emptyTx) InsertGroup(lts.Group) error                 { return nil }

// A benchRequest can be sent again and again; making one costs as much as
// answering it.
type benchRequest struct {
	http.Request

	body   []byte
	reader bytes.Reader
	answer discard
}

func newBenchRequest(path, body string) *benchRequest {
	return &benchRequest{
		Request: http.Request{
			Method: http.MethodPost, URL: &url.URL{Path: path}, Host: "localhost", ContentLength: int64(len(body)),
			Header: http.Header{"Content-Type": {"application/json"}},
		},
		body:   []byte(body),
		answer: discard{header: http.Header{}},
	}
}

func (r *benchRequest) send(b *testing.B, handler http.Handler) {
	sent := r.Request
	r.reader.Reset(r.body)
	sent.Body = io.NopCloser(&r.reader)
	handler.ServeHTTP(&r.answer, &sent)
	if r.answer.status != http.StatusCreated {
		b.Fatalf("the answer has status %d", r.answer.status)
	}
}

func (r *benchRequest) repeat(b *testing.B, handler http.Handler) {
	for range benchRepeat {
		r.send(b, handler)
	}
}

// discard is an answer of which only the status counts.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// cpuOf gives the CPU time of the process while fn runs, which has that of
// other goroutines in it: the garbage collector works on both cores.
func cpuOf(fn func()) time.Duration {
	before := cpuTime()
	fn()
	return cpuTime() - before
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
