package lts_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/bucket"
	"github.com/ltskit/ltskit/store/catalog"
	"github.com/ltskit/ltskit/store/records/recordstest"
)

// A report is a line and how far its time is from now.
type report struct {
	content string
	shift   time.Duration
}

// A job is a service with a transferrer whose parts can be made to fail.
type job struct {
	clock       *testClock
	service     *lts.Service
	transferrer *lts.Transferrer
	records     *generator
	buckets     *bucket.Buckets
	group       lts.Group
	streams     []lts.Stream

	failUpdate func(committed bool) error // asked before and after each update of the run
	failPut    func(done bool) error      // asked before and after each put
	gone       bool                       // whether buckets are missing
	watch      func(n int)                // told of every write to an object

	mu       sync.Mutex
	reported []string
}

func newJob(t *testing.T, zipped bool) *job {
	t.Helper()
	kept, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	j := &job{clock: newTestClock(), records: &generator{}, buckets: newBuckets(t)}
	var ids atomic.Int64
	j.service = lts.NewService(lts.Config{
		Catalog: jobCatalog{kept, j}, Records: j.records, Buckets: jobBuckets{j.buckets, j}, Now: j.clock.Now,
		NewID: func() string { return fmt.Sprintf("00000000-0000-0000-0000-%012d", ids.Add(1)) },
	})
	j.transferrer = lts.NewTransferrer(j.service, []string{ours, theirs}, zipped)
	j.group = createGroup(t, j.service, ours, "group")
	j.streams = []lts.Stream{createStream(t, j.service, j.group, "stream")}
	return j
}

// transferAs creates a transfer of the first stream.
func (j *job) transferAs(t *testing.T, change func(*lts.TransferSpec)) lts.Transfer {
	t.Helper()
	spec := transferOf(j.streams[0])
	change(&spec)
	transfer, err := j.service.CreateTransfer(t.Context(), ours, spec)
	if err != nil {
		t.Fatalf("CreateTransfer: %v", err)
	}
	return transfer
}

// report writes lines to the first stream, as far from now as shift says.
func (j *job) report(t *testing.T, labels map[string]string, shift time.Duration, lines ...string) {
	t.Helper()
	var batch []lts.NewRecord
	for _, line := range lines {
		batch = append(batch, lts.NewRecord{TimeNS: j.clock.at() + int64(shift), Content: line})
	}
	j.reportAt(t, labels, batch...)
}

func (j *job) reportAt(t *testing.T, labels map[string]string, batch ...lts.NewRecord) {
	t.Helper()
	j.reportTo(t, 0, labels, batch...)
}

func (j *job) reportTo(t *testing.T, stream int, labels map[string]string, batch ...lts.NewRecord) {
	t.Helper()
	if err := j.service.ReportLogs(t.Context(), ours, j.group.ID, j.streams[stream].ID, labels, batch); err != nil {
		t.Errorf("ReportLogs: %v", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, record := range batch {
		j.reported = append(j.reported, record.Content)
	}
}

// run is a RunDue that succeeds.
func (j *job) run(t *testing.T) {
	t.Helper()
	if err := j.transferrer.RunDue(t.Context()); err != nil {
		t.Errorf("RunDue: %v", err)
	}
}

// crashUpdate lets the process end with an update, before or after it has been
// kept: the one that comes after some others. No later one reaches the catalog.
func (j *job) crashUpdate(skip int, after bool) {
	ended := false
	j.failUpdate = func(committed bool) error {
		if !ended && committed == after {
			ended = skip == 0
			skip--
		}
		if ended {
			return errCrash
		}
		return nil
	}
}

// failOnce makes one put fail, before or after it has been done.
func failOnce(j *job, after bool) func(bool) error {
	return func(done bool) error {
		if done != after {
			return nil
		}
		j.failPut = nil
		return errCrash
	}
}

// objects reads all objects of a bucket, uncompressed.
func (j *job) objects(t *testing.T, name string) map[string]string {
	t.Helper()
	keys, err := j.buckets.Keys(t.Context(), name, "")
	if err != nil {
		t.Fatal(err)
	}
	objects := make(map[string]string)
	for _, key := range keys {
		data, err := j.buckets.Read(t.Context(), name, key)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(key, ".gz") {
			data = unzip(t, data)
		}
		objects[key] = string(data)
	}
	return objects
}

func unzip(t *testing.T, data []byte) []byte {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// lines gives the lines of all objects, sorted.
func (j *job) lines(t *testing.T) []string {
	t.Helper()
	var lines []string
	for _, content := range j.objects(t, someBucket) {
		for line := range strings.Lines(content) {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	slices.Sort(lines)
	return lines
}

func (j *job) wantLines(t *testing.T, want ...string) {
	t.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(want, j.lines(t)); diff != "" {
		t.Errorf("lines in the bucket (-want +got):\n%s", diff)
	}
}

// wantAll reports when not every line that was reported is in the bucket once.
func (j *job) wantAll(t *testing.T) {
	t.Helper()
	j.wantLines(t, slices.Clone(j.reported)...)
}

func (j *job) wantStatus(t *testing.T, want lts.TransferStatus) {
	t.Helper()
	all, err := j.service.Transfers(t.Context(), ours, lts.TransferFilter{})
	if err != nil || len(all) != 1 || all[0].Status() != want {
		t.Errorf("transfers %+v, %v, want one that is %s", all, err, want)
	}
}

// jobCatalog fails as its job says.
type jobCatalog struct {
	lts.Catalog

	job *job
}

func (c jobCatalog) Update(ctx context.Context, projectID string, fn func(lts.CatalogTx) error) error {
	fail := c.job.failUpdate
	if fail == nil {
		return c.Catalog.Update(ctx, projectID, fn)
	}
	if err := fail(false); err != nil {
		return err
	}
	return errors.Join(c.Catalog.Update(ctx, projectID, fn), fail(true))
}

// jobBuckets fail as their job says.
type jobBuckets struct {
	*bucket.Buckets

	job *job
}

func (b jobBuckets) Exists(ctx context.Context, name string) (bool, error) {
	ok, err := b.Buckets.Exists(ctx, name)
	return ok && !b.job.gone, err
}

func (b jobBuckets) Put(ctx context.Context, name, key string, write func(io.Writer) error) error {
	fail := b.job.failPut
	if fail == nil {
		fail = func(bool) error { return nil }
	}
	if err := fail(false); err != nil {
		return err
	}
	err := b.Buckets.Put(ctx, name, key, func(out io.Writer) error {
		if b.job.watch != nil {
			out = watchedWriter{out, b.job.watch}
		}
		return write(out)
	})
	return errors.Join(err, fail(true))
}

type watchedWriter struct {
	io.Writer

	watch func(n int)
}

func (w watchedWriter) Write(p []byte) (int, error) {
	w.watch(len(p))
	return w.Writer.Write(p)
}

// A generator is records in memory, and as many more as it is told.
type generator struct {
	recordstest.Memory

	generate int64
	line     string
	given    atomic.Int64
}

func (g *generator) Scan(ctx context.Context, streamID string, scan lts.Scan) iter.Seq2[lts.Record, error] {
	if g.generate == 0 || !scan.Filter.Empty() {
		return g.Memory.Scan(ctx, streamID, scan)
	}
	return func(yield func(lts.Record, error) bool) {
		for i := range g.generate {
			g.given.Add(1)
			if !yield(lts.Record{LineNum: scan.Window.From + i, Content: g.line}, nil) {
				return
			}
		}
	}
}

// A testClock shows the time that it is set to, to many at once.
type testClock struct{ ns atomic.Int64 }

func newTestClock() *testClock {
	c := new(testClock)
	c.ns.Store(newClock().now.UnixNano())
	return c
}

func (c *testClock) Now() time.Time { return time.Unix(0, c.ns.Load()).UTC() }

// at is now, in nanoseconds since the epoch.
func (c *testClock) at() int64 { return c.ns.Load() }

func (c *testClock) forward(d time.Duration) { c.ns.Add(int64(d)) }
