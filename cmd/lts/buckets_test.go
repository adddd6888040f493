package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/server/embedded"
)

func TestServeWritesToAService(t *testing.T) {
	asked := make(chan *http.Request, 100)
	s3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r
		if r.URL.Path != "/kept-there" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(s3.Close)
	t.Setenv("LTS_BUCKETS_S3_SECRET_KEY", "top-secret")
	folder := t.TempDir()
	p := start(t, "--data", folder, "--buckets-s3-endpoint", s3.URL, "--buckets-s3-region", "eu-1", "--buckets-s3-access-key", "AKOFTESTS", "--buckets-s3-path-style")
	p.createTransfer(t, "kept-there").want(t, http.StatusCreated)
	first := <-asked
	if got := first.Header.Get("Authorization"); first.URL.Path != "/kept-there" || !strings.Contains(got, "Credential=AKOFTESTS/") || !strings.Contains(got, "/eu-1/s3/") {
		t.Errorf("the service is asked for %s with %q, want /kept-there, signed by the access key for the region", first.URL.Path, got)
	}
	p.createTransfer(t, embedded.DevBucket).want(t, http.StatusBadRequest)
	p.stop(t, 0)
	if !strings.Contains(p.greeting(), "buckets        "+s3.URL+"\n") {
		t.Errorf("lts serve printed %q, want the service in it", p.greeting())
	}
	if said := p.greeting() + p.stderr.String(); strings.Contains(said, "top-secret") {
		t.Errorf("lts serve shows the secret key:\n%s", said)
	}
	wantFolders(t, map[string]bool{filepath.Join(folder, "buckets"): false})
}

func TestServeWritesToAnotherFolder(t *testing.T) {
	data, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "else", "where")
	p := start(t, "--data", data, "--buckets-folder", elsewhere)
	p.createTransfer(t, embedded.DevBucket).want(t, http.StatusCreated)
	wantFolders(t, map[string]bool{filepath.Join(elsewhere, embedded.DevBucket): true, filepath.Join(data, "buckets"): false})
}

func TestAServerThatIsRefusedMakesNoBuckets(t *testing.T) {
	data, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "elsewhere")
	start(t, "--data", data)
	if got := runIt(t, "serve", "--listen", "127.0.0.1:0", "--data", data, "--buckets-folder", elsewhere); got.status != exitBroken {
		t.Errorf("lts serve on a folder in use ended with %d, want %d", got.status, exitBroken)
	}
	wantFolders(t, map[string]bool{filepath.Join(data, "buckets", embedded.DevBucket): true, elsewhere: false})
}

// createTransfer makes a stream and asks for its transfer to a bucket.
func (s *running) createTransfer(t *testing.T, bucket string) reply {
	t.Helper()
	token, project := s.login(t), "/v2/"+embedded.DevProjectID
	group := s.create(t, token, project+"/groups", fmt.Sprintf(`{"log_group_name":"of-%s","ttl_in_days":7}`, bucket), "log_group_id")
	stream := s.create(t, token, project+"/groups/"+group+"/streams", `{"log_stream_name":"stream"}`, "log_stream_id")
	return s.call(t, http.MethodPost, project+"/log-dump/obs", token, fmt.Sprintf(
		`{"log_group_id":%q,"log_stream_ids":[%q],"obs_bucket_name":%q,"type":"cycle","storage_format":"RAW","period":2,"period_unit":"min"}`, group, stream, bucket))
}

// create makes something and gives its ID.
func (s *running) create(t *testing.T, token, path, body, field string) string {
	t.Helper()
	made := s.call(t, http.MethodPost, path, token, body)
	made.want(t, http.StatusCreated)
	var fields map[string]string
	if err := json.Unmarshal([]byte(made.body), &fields); err != nil || fields[field] == "" {
		t.Fatalf("%s: %s has no %s: %v", made.what, made.body, field, err)
	}
	return fields[field]
}

// wantFolders tells which folders there must be, and must not be.
func wantFolders(t *testing.T, want map[string]bool) {
	t.Helper()
	for path, there := range want {
		if _, err := os.Stat(path); (err == nil) != there {
			t.Errorf("the folder %s: %v, want it there: %t", path, err, there)
		}
	}
}
