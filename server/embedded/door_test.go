package embedded_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

func TestADoorLeadsToTheSameServiceUnderItsOwnSettings(t *testing.T) {
	s := open(t, embedded.Options{Data: t.TempDir(), Faults: true})
	handler, err := s.OpenDoor(embedded.Door{RateLimit: server.RateLimit{PerSecond: 1.0 / 60, Burst: 1}, Provisioning: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	throughDoor := func() *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v2/"+embedded.DevProjectID+"/groups", nil)
		r.Header.Set("X-Auth-Token", s.token)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	s.createGroup(t, "seen").want(t, http.StatusCreated)
	if w := throughDoor(); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"seen"`) {
		t.Errorf("groups through the door: %d %s, want the group of the server", w.Code, w.Body)
	}
	if w := throughDoor(); w.Code != http.StatusTooManyRequests {
		t.Errorf("the second request through the door: %d %s, want 429", w.Code, w.Body)
	}
	s.groups(t) // is not throttled
}

func TestADoorNeedsAServerThatRemembersNothing(t *testing.T) {
	s := open(t, embedded.Options{Data: t.TempDir()})
	if _, err := s.OpenDoor(embedded.Door{}); err == nil {
		t.Error("a door to a server that remembers streams, want an error")
	}
}
