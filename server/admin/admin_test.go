package admin_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/server/admin"
)

func TestAnswers(t *testing.T) {
	broken := errors.New("disk /secret/path is full")
	for _, tt := range []struct {
		name, path string
		ready      error
		status     int
		body       string // its beginning
	}{
		{"health", "/healthz", nil, 200, "ok\n"},
		{"health of one that is not ready", "/healthz", broken, 200, "ok\n"},
		{"ready", "/readyz", nil, 200, "ready\n"},
		{"not ready", "/readyz", broken, 503, "not ready\n"},
		{"metrics", "/metrics", nil, 200, "metrics of a test"},
		{"profiles", "/debug/pprof/", nil, 200, "<html>"},
		{"goroutines", "/debug/pprof/goroutine?debug=1", nil, 200, "goroutine profile:"},
		{"nothing", "/", nil, 404, "404"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := admin.NewHandler(admin.Options{
				Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "metrics of a test") }),
				Ready:   func(context.Context) error { return tt.ready },
			})
			answer := httptest.NewRecorder()
			h.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, tt.path, nil))
			if answer.Code != tt.status || !strings.HasPrefix(answer.Body.String(), tt.body) {
				t.Errorf("%s gives %d %.40q, want %d %q", tt.path, answer.Code, answer.Body, tt.status, tt.body)
			}
		})
	}
}
