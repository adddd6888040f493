package embedded_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/server/embedded"
	"github.com/ltskit/ltskit/store/records"
)

func TestASweepAtTheStartRemovesOrphans(t *testing.T) {
	folder := t.TempDir()
	writeOrphan(t, folder)
	sweeps := make(sweepLog, 1)
	s := openService(t, embedded.Options{Data: folder, SweepInterval: time.Hour, Log: slog.New(sweeps)})
	if got := <-sweeps; got != 1 {
		t.Errorf("the sweep removes %d orphans, want 1", got)
	}
	wantStored(t, s, folder)
}

func TestSweepsAreRepeated(t *testing.T) {
	sweeps := make(sweepLog, 1)
	openService(t, embedded.Options{Data: t.TempDir(), SweepInterval: time.Millisecond, Log: slog.New(sweeps)})
	for range 3 {
		<-sweeps
	}
}

func TestWithoutAnIntervalNothingIsSwept(t *testing.T) {
	folder := t.TempDir()
	writeOrphan(t, folder)
	wantStored(t, openService(t, embedded.Options{Data: folder}), folder, orphan)
}

const orphan = "0f0f0f0f-0000-0000-0000-000000000000"

// writeOrphan leaves records of a stream that no catalog has.
func writeOrphan(t *testing.T, folder string) {
	t.Helper()
	store := openRecords(t, folder)
	if err := store.Append(t.Context(), orphan, nil, []lts.NewRecord{{TimeNS: 1, Content: "left"}}); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// wantStored closes a server and looks at the streams that it leaves.
func wantStored(t *testing.T, s *embedded.Server, folder string, want ...string) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	store := openRecords(t, folder)
	got, err := store.StreamIDs(t.Context())
	if err != nil || len(got) != len(want) {
		t.Errorf("streams %q, %v are stored, want %q", got, err, want)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

func openRecords(t *testing.T, folder string) *records.Store {
	t.Helper()
	store, err := records.Open(filepath.Join(folder, "records"), records.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// open opens a server that ends with the test, if it does not end before.
func openService(t *testing.T, options embedded.Options) *embedded.Server {
	t.Helper()
	options.Directory = embedded.DevDirectory()
	s, err := embedded.Open(t.Context(), options)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() }) // again is an error
	return s
}

// A sweepLog hands over how many orphans each sweep has removed. It holds one
// and forgets what nobody waits for.
type sweepLog chan int64

func (sweepLog) Enabled(context.Context, slog.Level) bool { return true }

func (l sweepLog) WithAttrs([]slog.Attr) slog.Handler { return l }

func (l sweepLog) WithGroup(string) slog.Handler { return l }

func (l sweepLog) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key != "orphans" {
			return true
		}
		select {
		case l <- a.Value.Int64():
		default:
		}
		return false
	})
	return nil
}
