package server_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
	"github.com/ltskit/ltskit/store/catalog"
	"github.com/ltskit/ltskit/store/records/recordstest"
)

const groupsPath = "/v2/" + embedded.DevProjectID + "/groups"

// newServer is a server of the development directory with an empty catalog.
func newServer(t *testing.T, options server.Options) *server.Server {
	t.Helper()
	kept, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Document == nil {
		options.Document = document(t, openapi.Latest)
	}
	if options.Directory, err = lts.NewDirectory(embedded.DevDirectory()); err != nil {
		t.Fatal(err)
	}
	if options.Tokens, err = lts.NewTokens(options.Directory, bytes.Repeat([]byte("k"), 32), options.Now); err != nil {
		t.Fatal(err)
	}
	options.Service = lts.NewService(lts.Config{Catalog: kept, Records: new(recordstest.Memory), Now: options.Now, NewID: uuid.NewString})
	s, err := server.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tokenFor is a token of the development user for a project.
func tokenFor(t *testing.T, h http.Handler, project string) string {
	t.Helper()
	return askToken(t, h, project).Header().Get("X-Subject-Token")
}

func askToken(t *testing.T, h http.Handler, project string) *httptest.ResponseRecorder {
	t.Helper()
	answer := do(t, h, http.MethodPost, "/v3/auth/tokens", "", tokenRequest(project))
	if answer.Code != http.StatusCreated {
		t.Fatalf("a token gives %d %s", answer.Code, answer.Body)
	}
	return answer
}

func tokenRequest(project string) string {
	return `{"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "dev", "password": "dev", "domain": {"name": "dev"}}}}, "scope": {"project": {"name": "` + project + `"}}}}`
}

// do sends a request without a network.
func do(t *testing.T, h http.Handler, method, path, token, body string) *httptest.ResponseRecorder {
	t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, content)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("X-Auth-Token", token)
	}
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	return answer
}

// wantError compares an answer with an error.
func wantError(t *testing.T, answer *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	var body api.Error
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
		t.Fatalf("the body %q is not JSON: %v", answer.Body, err)
	}
	if answer.Code != status || body.ErrorCode != code {
		t.Errorf("answer %d %s, want %d %s", answer.Code, body.ErrorCode, status, code)
	}
}

// A logBook keeps what is logged. It may be used concurrently.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBook) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(data)
}

func (b *logBook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func (b *logBook) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func unmarshal(t *testing.T, answer *httptest.ResponseRecorder, into any) {
	t.Helper()
	if err := json.Unmarshal(answer.Body.Bytes(), into); err != nil {
		t.Fatalf("the body %q: %v", answer.Body, err)
	}
}
