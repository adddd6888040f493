package embedded_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ltskit/ltskit/server/embedded"
)

// A record that was reported through HTTP lies in the bucket when its transfer is
// due, and a server on the same folder goes on where the first one stopped.
func TestTransfersEndInTheBucket(t *testing.T) {
	data := t.TempDir()
	var now atomic.Int64
	now.Store(time.Date(2026, 11, 22, 9, 30, 15, 0, time.UTC).UnixNano())
	open := func() *embedded.Server {
		s, err := embedded.Open(t.Context(), embedded.Options{
			Data: data, Directory: embedded.DevDirectory(), Now: func() time.Time { return time.Unix(0, now.Load()) },
		})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	c := caller{handler: s}
	c.login(t)
	group := c.create(t, "/groups", `{"log_group_name":"group","ttl_in_days":7}`, "log_group_id")
	stream := c.create(t, "/groups/"+group+"/streams", `{"log_stream_name":"stream"}`, "log_stream_id")
	c.create(t, "/log-dump/obs", fmt.Sprintf(`{"log_group_id":%q,"log_stream_ids":[%q],"obs_bucket_name":"lts-test","type":"cycle","storage_format":"RAW","period":2,"period_unit":"min","dir_prefix_name":"dir"}`, group, stream), "log_dump_obs_id")
	report := func(line string) {
		body := fmt.Sprintf(`{"log_time_ns":"%d","contents":[%q]}`, now.Load(), line)
		if a := c.call(t, http.MethodPost, "/lts/groups/"+group+"/streams/"+stream+"/tenant/contents", body); a.Code != http.StatusOK {
			t.Fatalf("report: %d %s", a.Code, a.Body)
		}
	}
	report("first")
	runAfterPeriod(t, s, &now)
	report("second")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open()
	runAfterPeriod(t, s, &now)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := linesBelow(t, filepath.Join(data, "buckets", "lts-test", "dir", "group", "stream")); got != "first\nsecond\n" {
		t.Errorf("the bucket has %q, want both lines", got)
	}
}

func runAfterPeriod(t *testing.T, s *embedded.Server, now *atomic.Int64) {
	t.Helper()
	now.Add(int64(2 * time.Minute))
	if err := s.RunTransfers(t.Context()); err != nil {
		t.Fatalf("RunTransfers: %v", err)
	}
}

// linesBelow joins the files below a folder, in the order of their names.
func linesBelow(t *testing.T, folder string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path) // a file of the test
		all.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// A caller sends requests as the development user.
type caller struct {
	handler http.Handler
	token   string
}

func (c *caller) login(t *testing.T) {
	t.Helper()
	const body = `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"dev","password":"dev","domain":{"name":"dev"}}}},"scope":{"project":{"name":"dev"}}}}`
	c.token = c.send(t, http.MethodPost, "/v3/auth/tokens", body).Header().Get("X-Subject-Token")
}

func (c *caller) call(t *testing.T, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	return c.send(t, method, "/v2/"+embedded.DevProjectID+path, body)
}

// create creates something and gives its ID.
func (c *caller) create(t *testing.T, path, body, member string) string {
	t.Helper()
	a := c.call(t, http.MethodPost, path, body)
	id := regexp.MustCompile(`"` + member + `":"([^"]+)"`).FindStringSubmatch(a.Body.String())
	if a.Code != http.StatusCreated || id == nil {
		t.Fatalf("POST %s: %d %s", path, a.Code, a.Body)
	}
	return id[1]
}

func (c *caller) send(t *testing.T, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Auth-Token", c.token)
	answer := httptest.NewRecorder()
	c.handler.ServeHTTP(answer, r)
	return answer
}
