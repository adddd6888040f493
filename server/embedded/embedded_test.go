package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

func TestOpenOnNewFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "not", "there")
	s := open(t, embedded.Options{Data: folder})
	if got := s.groups(t); got != `{"log_groups":[]}` {
		t.Errorf("groups of a new folder: %s, want none", got)
	}
	info, err := os.Stat(folder)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v (%v), want one that others cannot read", info, err)
	}
}

func TestOpenOnOldFolder(t *testing.T) {
	folder := t.TempDir()
	s := open(t, embedded.Options{Data: folder})
	s.createGroup(t, "kept").want(t, http.StatusCreated)
	before := s.groups(t)
	s.close(t)

	again := open(t, embedded.Options{Data: folder})
	again.token = s.token
	if after := again.groups(t); after != before {
		t.Errorf("groups after a restart, with the token from before: %s, want %s", after, before)
	}
	again.createGroup(t, "kept").wantBody(t, 400, `{"error_code":"LTS.0101","error_msg":"Failed to create log group, the group name has been existed"}`)
}

func TestTokensAreOfOneFolder(t *testing.T) {
	s := open(t, embedded.Options{Data: t.TempDir()})
	other := open(t, embedded.Options{Data: t.TempDir()})
	other.token = s.token
	other.call(t, "GET", "/v2/"+embedded.DevProjectID+"/groups", "").
		wantBody(t, 401, `{"error_code":"LTS.0003","error_msg":"Invalid token"}`)
}

func TestServersWithOneKeyAcceptEachOthersTokens(t *testing.T) {
	key := []byte("a key of 32 bytes for two servers")
	s := open(t, embedded.Options{Data: t.TempDir(), TokenKey: key})
	other := open(t, embedded.Options{Data: t.TempDir(), TokenKey: key})
	other.token = s.token
	if got := other.groups(t); got != `{"log_groups":[]}` {
		t.Errorf("groups of one server with the token of another: %s, want none", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	garbage := t.TempDir()
	if err := os.WriteFile(filepath.Join(garbage, "catalog.db"), []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	inUse := t.TempDir()
	open(t, embedded.Options{Data: inUse})
	nameless := embedded.DevDirectory()
	nameless.Users[0].Name = ""

	tests := map[string]struct {
		options embedded.Options
		want    []string // parts of the error
	}{
		"unknown edition": {
			options: embedded.Options{Data: t.TempDir(), Directory: embedded.DevDirectory(), Edition: "2023-01"},
			want:    append([]string{`"2023-01"`}, openapi.Editions()...),
		},
		"directory that does not fit together": {
			options: embedded.Options{Data: t.TempDir(), Directory: nameless},
			want:    []string{"directory", "user name"},
		},
		"file in place of the folder": {
			options: embedded.Options{Data: file, Directory: embedded.DevDirectory()},
			want:    []string{"data folder", file},
		},
		"folder with something else in it": {
			options: embedded.Options{Data: garbage, Directory: embedded.DevDirectory()},
			want:    []string{garbage, "not a database"},
		},
		"folder that another server uses": {
			options: embedded.Options{Data: inUse, Directory: embedded.DevDirectory()},
			want:    []string{inUse, "in use"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := embedded.Open(t.Context(), tt.options)
			if err == nil {
				t.Fatalf("Open(%+v) gave %v, want an error", tt.options, s)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("Open(%+v): %v, want an error with %q", tt.options, err, part)
				}
			}
		})
	}
}

// A folder whose opening has failed is free.
func TestOpenAfterFailure(t *testing.T) {
	folder := t.TempDir()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := embedded.Open(ended, embedded.Options{Data: folder, Directory: embedded.DevDirectory()}); !errors.Is(err, context.Canceled) {
		t.Fatalf("Open with a context that has ended: %v, %v; want context.Canceled", s, err)
	}
	open(t, embedded.Options{Data: folder}).createGroup(t, "a").want(t, http.StatusCreated)
}

func TestOptions(t *testing.T) {
	t.Run("the edition sets the rules", func(t *testing.T) {
		s := open(t, embedded.Options{Data: t.TempDir(), Edition: "2022-08"})
		s.call(t, "POST", "/v2/"+embedded.DevProjectID+"/groups", `{"log_group_name":"a","ttl_in_days":30}`).
			wantBody(t, 400, `{"error_code":"LTS.0106","error_msg":"The log group TTL day must be 7","details":[{"field":"/ttl_in_days","rule":"must be one of [7], or must be one of [\"7\"]"}]}`)
	})
	t.Run("quotas, a clock and a log", func(t *testing.T) {
		var log strings.Builder
		now := time.Date(2030, 1, 2, 3, 4, 5, 678000000, time.UTC)
		s := open(t, embedded.Options{
			Data: t.TempDir(), Quotas: lts.Quotas{Groups: 1}, Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		a := s.createGroup(t, "a")
		a.want(t, http.StatusCreated)
		s.createGroup(t, "b").wantBody(t, 400, `{"error_code":"LTS.0104","error_msg":"Failed to create log group, the number of log groups exceeds the quota"}`)
		if got := s.groups(t); !strings.Contains(got, `"creation_time":1893553445678,`) {
			t.Errorf("groups %s, want the time of the clock, 1893553445678", got)
		}
		if id := a.Header().Get(server.RequestIDHeader); !strings.Contains(log.String(), id) {
			t.Errorf("the log is %q, want the request %s in it", log.String(), id)
		}
	})
	t.Run("faults", func(t *testing.T) {
		for allowed, status := range map[bool]int{true: http.StatusInternalServerError, false: http.StatusCreated} {
			s := open(t, embedded.Options{Data: t.TempDir(), Faults: allowed})
			s.fault = "catalog"
			s.createGroup(t, "a").want(t, status)
		}
	})
}

func TestDevelopmentCredentials(t *testing.T) {
	spec := embedded.DevDirectory()
	if _, err := lts.NewDirectory(spec); err != nil {
		t.Errorf("NewDirectory(DevDirectory()): %v", err)
	}
	spec.Users[0].Suspended = true
	if embedded.DevDirectory().Users[0].Suspended {
		t.Error("a change of one development directory is seen in the next")
	}
	s := open(t, embedded.Options{Data: t.TempDir()})
	for project, id := range map[string]string{embedded.DevProject: embedded.DevProjectID, embedded.OtherProject: embedded.OtherProjectID} {
		if got := s.login(t, project); !strings.Contains(got, `"id":"`+id+`"`) {
			t.Errorf("the token for the project %s is %s, want the ID %s in it", project, got, id)
		}
	}
}

// A service is an open server with a token for the development project.
type service struct {
	*embedded.Server

	edition string
	token   string
	fault   string // store that shall fail
	closed  bool
}

func open(t *testing.T, options embedded.Options) *service {
	t.Helper()
	options.Directory = embedded.DevDirectory()
	opened, err := embedded.Open(t.Context(), options)
	if err != nil {
		t.Fatalf("Open(%+v): %v", options, err)
	}
	s := &service{Server: opened, edition: options.Edition}
	if s.edition == "" {
		s.edition = openapi.Latest
	}
	t.Cleanup(func() { s.close(t) })
	s.login(t, embedded.DevProject)
	return s
}

func (s *service) close(t *testing.T) {
	t.Helper()
	if s.closed {
		return
	}
	s.closed = true
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// login gets a token for a project and gives the body of the answer.
func (s *service) login(t *testing.T, project string) string {
	t.Helper()
	a := s.call(t, "POST", "/v3/auth/tokens", fmt.Sprintf(
		`{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":%q,"password":%q,"domain":{"name":%q}}}},"scope":{"project":{"name":%q}}}}`,
		embedded.DevUser, embedded.DevPassword, embedded.DevDomain, project))
	a.want(t, http.StatusCreated)
	s.token = a.Header().Get("X-Subject-Token")
	return a.Body.String()
}

func (s *service) createGroup(t *testing.T, name string) answer {
	t.Helper()
	return s.call(t, "POST", "/v2/"+embedded.DevProjectID+"/groups", fmt.Sprintf(`{"log_group_name":%q,"ttl_in_days":7}`, name))
}

func (s *service) groups(t *testing.T) string {
	t.Helper()
	a := s.call(t, "GET", "/v2/"+embedded.DevProjectID+"/groups", "")
	a.want(t, http.StatusOK)
	return strings.TrimSpace(a.Body.String())
}

type answer struct {
	*httptest.ResponseRecorder

	what string
}

// call sends a request and holds the answer against the document.
func (s *service) call(t *testing.T, method, path, body string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Auth-Token", s.token)
	r.Header.Set(server.FaultHeader, s.fault)
	a := answer{httptest.NewRecorder(), method + " " + path + " " + body}
	s.ServeHTTP(a, r)
	if err := validate(t, s.edition, r, a); err != nil {
		t.Errorf("%s: %d %s: %v", a.what, a.Code, a.Body, err)
	}
	return a
}

func (a answer) want(t *testing.T, status int) {
	t.Helper()
	if a.Code != status {
		t.Fatalf("%s: %d %s, want %d", a.what, a.Code, a.Body, status)
	}
}

func (a answer) wantBody(t *testing.T, status int, body string) {
	t.Helper()
	if got := strings.TrimSpace(a.Body.String()); a.Code != status || got != body {
		t.Errorf("%s:\n got %d %s\nwant %d %s", a.what, a.Code, got, status, body)
	}
}

// validate holds an answer against the document of an edition.
func validate(t *testing.T, edition string, r *http.Request, a answer) error {
	t.Helper()
	once, _ := contracts.LoadOrStore(edition, sync.OnceValues(func() (routers.Router, error) { return contractOf(edition) }))
	contract, err := once.(func() (routers.Router, error))()
	if err != nil {
		t.Fatal(err)
	}
	route, parameters, err := contract.FindRoute(r)
	if err != nil {
		return err
	}
	return openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route},
		Status:                 a.Code,
		Header:                 a.Header(),
		Body:                   a.Result().Body,
		Options:                &openapi3filter.Options{IncludeResponseStatus: true},
	})
}

var contracts sync.Map // edition to func() (routers.Router, error)

// contractOf gives an edition without the addresses of the real services.
func contractOf(edition string) (routers.Router, error) {
	doc, err := openapi.Load(edition, openapi.English)
	if err != nil {
		return nil, err
	}
	doc.Servers = nil
	for _, item := range doc.Paths.Map() {
		item.Servers = nil
	}
	return legacy.NewRouter(doc)
}
