package main

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ltskit/ltskit/server/embedded"
)

// A full disk is played by the kernel: it refuses to let the files of the server
// grow beyond a limit (RLIMIT_FSIZE), which is changed while the server runs.
const (
	nothingFits = 0
	noLimit     = unix.RLIM_INFINITY
)

// init keeps a child from dying of a file that would grow beyond the limit: it
// shall get the error.
func init() {
	if os.Getenv(crashClockEnv) != "" {
		signal.Ignore(unix.SIGXFSZ)
	}
}

func limitFiles(t *testing.T, process *os.Process, bytes uint64) {
	t.Helper()
	if err := unix.Prlimit(process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: noLimit}, nil); err != nil {
		t.Fatalf("prlimit: %v", err)
	}
}

// With a full disk, what would change something fails with the error that is
// documented for it and changes nothing; tokens and lists are there. When there
// is room again, the server works again by itself.
func TestDiskFull(t *testing.T) {
	s := startOnFullableDisk(t)
	of := s.populate(t)
	s.write(t, of, "first")
	lists, records := s.lists(t), s.records(t, of)
	limitFiles(t, s.child.Process, nothingFits)
	for _, c := range s.changes(of) {
		t.Run(c.name, func(t *testing.T) {
			answer, err := s.do(t, c.method, c.path, c.body)
			if err != nil || answer.status != http.StatusInternalServerError || !strings.Contains(answer.body, `"error_code":"`+c.failure+`"`) {
				t.Errorf("%s on a full disk: %d %.300s, %v; want 500 %s", answer.what, answer.status, answer.body, err, c.failure)
			}
		})
	}
	if during := s.lists(t); during != lists {
		t.Errorf("on a full disk there is\n%s\nwant what was before\n%s", during, lists)
	}
	if !s.getToken(t) {
		t.Errorf("on a full disk there are no tokens")
	}
	limitFiles(t, s.child.Process, noLimit)
	if after := s.lists(t) + s.records(t, of); after != lists+records {
		t.Errorf("after it there is\n%s\nwant what was before\n%s", after, lists+records)
	}
	for _, c := range s.changes(of) {
		s.wantDone(t, c)
	}
	if cause := "file too large"; !strings.Contains(s.stderr.String(), cause) {
		t.Errorf("the log does not say %q:\n%.2000s", cause, s.stderr.String())
	}
}

// What was acknowledged before and after is there when the server has been
// killed on the full disk.
func TestKilledOnAFullDisk(t *testing.T) {
	s := startOnFullableDisk(t)
	of := s.populate(t)
	s.write(t, of, "first")
	before := s.lists(t) + s.records(t, of)
	limitFiles(t, s.child.Process, nothingFits)
	for _, c := range s.changes(of) {
		_, _ = s.do(t, c.method, c.path, c.body)
	}
	s.kill(t)
	again := s.restart(t)
	if after := again.lists(t) + again.records(t, of); after != before {
		t.Errorf("after a restart there is\n%s\nwant what was before\n%s", after, before)
	}
	for _, c := range again.changes(of) {
		again.wantDone(t, c)
	}
}

// A transfer whose object does not fit is an exception and leaves nothing in the
// bucket. When there is room it is tried again, and each record is there once.
func TestBucketFull(t *testing.T) {
	const lines, lineBytes, room = 48, 128 << 10, 3 << 20
	s := startOnFullableDisk(t)
	of := s.populate(t)
	s.want(t, http.MethodPut, "/transfers", fmt.Sprintf(`{"log_transfer_id":%q,"log_transfer_info":{"log_transfer_status":"DISABLE"}}`, of.transfer), http.StatusOK)
	var want strings.Builder
	for i := range lines {
		line := fmt.Sprintf("%04d%s", i, strings.Repeat("x", lineBytes))
		want.WriteString(line + "\n")
		s.write(t, of, line)
	}
	limitFiles(t, s.child.Process, room) // enough for the catalog
	s.want(t, http.MethodPut, "/transfers", fmt.Sprintf(`{"log_transfer_id":%q,"log_transfer_info":{"log_transfer_status":"ENABLE"}}`, of.transfer), http.StatusOK)
	s.untilTransferIs(t, "EXCEPTION")
	if files, _ := s.bucket(t); len(files) != 0 {
		t.Errorf("the full bucket has %q, want nothing", files)
	}
	if cause := ".tmp: file too large"; !strings.Contains(s.stderr.String(), cause) {
		t.Errorf("the log does not say %q:\n%.2000s", cause, s.stderr.String())
	}
	limitFiles(t, s.child.Process, noLimit)
	s.untilTransferIs(t, "ENABLE")
	if files, got := s.bucket(t); len(files) != 1 || got != want.String() {
		t.Errorf("the bucket has %q with %d bytes, want one object with %d", files, len(got), want.Len())
	}
}

// A fullable is a server in a process of its own, on a disk that can be full.
type fullable struct {
	*crashAPI

	child  *exec.Cmd
	data   string
	begin  time.Time
	stderr *buffer
}

func startOnFullableDisk(t *testing.T) *fullable {
	t.Helper()
	s := &fullable{data: t.TempDir(), begin: time.Now().Truncate(time.Millisecond), stderr: new(buffer)}
	s.start(t, "")
	s.login(t)
	return s
}

func (s *fullable) start(t *testing.T, token string) {
	t.Helper()
	s.child = newChild(t, s.begin, s.stderr, "--data", s.data)
	s.crashAPI = newCrashAPI(startChild(t, s.child, func() error { return startAsAnybody(s.child) }), token)
	t.Cleanup(s.close)
}

func (s *fullable) kill(t *testing.T) {
	t.Helper()
	if err := s.child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.child.Wait()
}

func (s *fullable) restart(t *testing.T) *fullable {
	t.Helper()
	again := &fullable{data: s.data, begin: s.begin, stderr: s.stderr}
	again.start(t, s.token)
	return again
}

func (s *fullable) now() time.Time { return fastClock(s.begin)() }

// A fullableData is what a test begins with.
type fullableData struct{ group, stream, free, transfer, spare, spareStream, empty string }

// populate makes a group with a stream and a transfer of it, a group with a
// stream to write to, and a stream and a group to delete.
func (s *fullable) populate(t *testing.T) fullableData {
	t.Helper()
	var of fullableData
	var known fate
	create := func(id *string, path, member, body string) {
		if !s.create(t, &known, id, crashProject+path, member, body) {
			t.FailNow()
		}
	}
	create(&of.group, "/groups", "log_group_id", `{"log_group_name":"kept","ttl_in_days":7}`)
	create(&of.stream, "/groups/"+of.group+"/streams", "log_stream_id", `{"log_stream_name":"kept"}`)
	create(&of.free, "/groups/"+of.group+"/streams", "log_stream_id", `{"log_stream_name":"free"}`)
	create(&of.empty, "/groups", "log_group_id", `{"log_group_name":"empty","ttl_in_days":7}`)
	create(&of.spare, "/groups", "log_group_id", `{"log_group_name":"spare","ttl_in_days":7}`)
	create(&of.spareStream, "/groups/"+of.spare+"/streams", "log_stream_id", `{"log_stream_name":"spare"}`)
	create(&of.transfer, "/log-dump/obs", "log_dump_obs_id", transferOf(of.group, of.stream))
	return of
}

// write writes a record to the stream that is transferred.
func (s *fullable) write(t *testing.T, of fullableData, line string) {
	t.Helper()
	path := "/lts/groups/" + of.group + "/streams/" + of.stream + "/tenant/contents"
	s.want(t, http.MethodPost, path, fmt.Sprintf(`{"log_time_ns":%d,"contents":[%q]}`, s.now().UnixNano(), line), http.StatusOK)
}

func transferOf(group, stream string) string {
	return fmt.Sprintf(`{"log_group_id":%q,"log_stream_ids":[%q],"obs_bucket_name":%q,"type":"cycle","storage_format":"RAW","period":2,"period_unit":"min"}`,
		group, stream, embedded.DevBucket)
}

// want sends a request to the project and demands a status.
func (s *fullable) want(t *testing.T, method, path, body string, status int) string {
	t.Helper()
	answer, ok := s.send(t, method, crashProject+path, body, status)
	if !ok {
		t.Fatalf("%s %s has failed", method, path)
	}
	return answer.body
}

// A change is a request that must write something, and the error code that is
// documented for its failure.
type change struct{ name, method, path, body, failure string }

// changes are in an order in which all of them can be done.
func (s *fullable) changes(of fullableData) []change {
	group, stream := crashProject+"/groups/"+of.spare, "/streams/"+of.spareStream
	contents := crashProject + "/lts/groups/" + of.spare + stream + "/tenant/contents"
	now := s.now().UnixNano()
	return []change{
		{"create a group", http.MethodPost, crashProject + "/groups", `{"log_group_name":"new","ttl_in_days":7}`, "LTS.0102"},
		{"update a group", http.MethodPost, group, `{"ttl_in_days":9}`, "LTS.0107"},
		{"create a stream", http.MethodPost, group + "/streams", `{"log_stream_name":"new"}`, "LTS.0202"},
		{"create a transfer", http.MethodPost, crashProject + "/log-dump/obs", transferOf(of.spare, of.spareStream), "LTS.0010"},
		{"delete a transfer", http.MethodDelete, crashProject + "/transfers?log_transfer_id=" + of.transfer, "", "LTS.0010"},
		{"write", http.MethodPost, contents, fmt.Sprintf(`{"log_time_ns":%d,"contents":["a","b"]}`, now), "LTS.0010"},
		{"write with times", http.MethodPost, contents + "/high-accuracy", fmt.Sprintf(`{"contents":[{"log_time_ns":%d,"log":"c"}]}`, now), "LTS.0010"},
		{"delete a stream", http.MethodDelete, crashProject + "/groups/" + of.group + "/streams/" + of.free, "", "LTS.0203"},
		{"delete a group", http.MethodDelete, crashProject + "/groups/" + of.empty, "", "LTS.0103"},
	}
}

// wantDone demands that a change can be made.
func (s *fullable) wantDone(t *testing.T, c change) {
	t.Helper()
	answer, err := s.do(t, c.method, c.path, c.body)
	if err != nil || answer.status/100 != 2 {
		t.Errorf("%s when there is room again: %d %.300s, %v, want success", c.name, answer.status, answer.body, err)
	}
}

// lists are all groups, streams and transfers, but for the state of the
// transfers, which run meanwhile.
func (s *fullable) lists(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, path := range []string{"/groups", "/log-streams", "/transfers"} {
		all.WriteString(strings.ReplaceAll(s.want(t, http.MethodGet, path, "", http.StatusOK), "EXCEPTION", "ENABLE"))
	}
	return all.String()
}

// records are those of both streams that are written to. When there is room
// again it takes a moment for them to be there.
func (s *fullable) records(t *testing.T, of fullableData) string {
	t.Helper()
	window := fmt.Sprintf(`{"start_time":%d,"end_time":%d}`, s.begin.UnixMilli(), s.begin.Add(24*time.Hour).UnixMilli())
	var all strings.Builder
	for _, stream := range []string{of.group + "/streams/" + of.stream, of.spare + "/streams/" + of.spareStream} {
		for end := time.Now().Add(patience); ; {
			answer, err := s.do(t, http.MethodPost, crashProject+"/groups/"+stream+"/content/query", window)
			if err == nil && answer.status == http.StatusOK {
				all.WriteString(answer.body)
				break
			}
			if err != nil || !strings.Contains(answer.body, "LTS.0202") || time.Now().After(end) {
				t.Fatalf("%s: %d %s, %v", answer.what, answer.status, answer.body, err)
			}
		}
	}
	return all.String()
}

// patience is how long a test waits for what happens by itself.
const patience = 30 * time.Second

func (s *fullable) untilTransferIs(t *testing.T, status string) {
	t.Helper()
	want := fmt.Sprintf(`"log_transfer_status":%q`, status)
	for end := time.Now().Add(patience); ; {
		transfers := s.want(t, http.MethodGet, "/transfers", "", http.StatusOK)
		files, _ := s.bucket(t)
		if strings.Contains(transfers, want) && (status == "EXCEPTION" || len(files) > 0) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the transfers are %s, the bucket has %q, want %s", transfers, files, want)
		}
	}
}

// bucket gives the names of the files in the bucket and what they have, joined.
func (s *fullable) bucket(t *testing.T) (files []string, text string) {
	t.Helper()
	folder := filepath.Join(s.data, "buckets", embedded.DevBucket)
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path) // a file of the test
		files, text = append(files, path), text+string(data)
		return err
	})
	if err != nil && !os.IsNotExist(err) { // an unfinished file comes and goes
		t.Fatal(err)
	}
	return files, text
}
