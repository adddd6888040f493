package records_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/records"
)

// A brokenDisk fails writing operations from a chosen one on, until it is
// healed.
type brokenDisk struct {
	err  error
	hits func(path string) bool
	left atomic.Int64 // writing operations until it fails
}

const never = 1 << 60

// MaybeError implements errorfs.Injector.
func (d *brokenDisk) MaybeError(op errorfs.Op) error {
	if op.Kind.ReadOrWrite() != errorfs.OpIsWrite || !d.hits(op.Path) || op.Kind == errorfs.OpFileClose {
		return nil
	}
	if d.left.Add(-1) < 0 {
		return d.err
	}
	return nil
}

// String implements errorfs.Injector.
func (d *brokenDisk) String() string { return "broken disk" }

func everything(string) bool { return true }

func isLog(path string) bool { return strings.HasSuffix(path, ".log") }

func (d *brokenDisk) breakAfter(operations int) { d.left.Store(int64(operations)) }

func (d *brokenDisk) heal() { d.left.Store(never) }

func TestDiskFaults(t *testing.T) {
	faults := []struct {
		name string
		err  error
		hits func(path string) bool
	}{
		{"disk full", syscall.ENOSPC, everything},
		{"read-only file system", syscall.EROFS, everything},
		{"the log cannot be written", syscall.EIO, isLog},
		{"disk full but for the log", syscall.ENOSPC, func(path string) bool { return !isLog(path) }},
		{"the manifest cannot be written", syscall.EIO, func(path string) bool { return strings.Contains(path, "MANIFEST") }},
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			for after := 0; after < 60; after = 2*after + 1 {
				t.Run(fmt.Sprint("from operation ", after, " on"), func(t *testing.T) {
					testFault(t, &brokenDisk{err: f.err, hits: f.hits}, after)
				})
			}
		})
	}
}

// testFault appends before, during and after a fault: what was acknowledged is
// there, what failed is not, and the store works again without being asked to.
func testFault(t *testing.T, disk *brokenDisk, after int) {
	disk.heal()
	opts := records.Options{FS: errorfs.Wrap(vfs.NewMem(), disk), SealRows: 16, MemTableBytes: 256 << 10}
	s := open(t, "/records", opts)
	h := &faultHistory{t: t, store: s}
	h.appendSome(50)
	disk.breakAfter(after)
	h.appendSome(100)
	h.tidy()
	h.appendSome(100)
	disk.heal()
	h.wantRecovery()
	h.appendSome(50)
	h.check()
	closeStore(t, s)
	h.store = open(t, "/records", opts)
	h.check()
	closeStore(t, h.store)
}

// A faultHistory knows what was acknowledged.
type faultHistory struct {
	t            *testing.T
	store        *records.Store
	clock        int64
	acknowledged []string
}

func (h *faultHistory) append() error {
	h.clock += 10
	content := fmt.Sprint("NO ", h.clock, strings.Repeat(" filler", 200))
	err := h.store.Append(context.Background(), "stream", nil, []lts.NewRecord{{TimeNS: h.clock, Content: content}})
	if err == nil {
		h.acknowledged = append(h.acknowledged, content)
	}
	return err
}

func (h *faultHistory) appendSome(n int) {
	for range n {
		if err := h.append(); err != nil && !errors.Is(err, records.ErrUnavailable) {
			h.t.Fatalf("Append: %v, want %v", err, records.ErrUnavailable)
		}
	}
}

// tidy may fail, but comes back.
func (h *faultHistory) tidy() {
	if err := h.store.Tidy(context.Background()); err != nil && !errors.Is(err, records.ErrUnavailable) {
		h.t.Fatalf("Tidy: %v, want %v", err, records.ErrUnavailable)
	}
}

// wantRecovery appends until it succeeds: what was under way when the disk was
// healed takes a moment to find out.
func (h *faultHistory) wantRecovery() {
	h.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; runtime.Gosched() {
		err := h.append()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			h.t.Fatalf("Append after the fault: %v", err)
		}
	}
}

func (h *faultHistory) check() {
	h.t.Helper()
	var got []string
	for record, err := range h.store.Scan(context.Background(), "stream", lts.Scan{Window: lts.Always}) {
		if err != nil {
			h.t.Fatalf("Scan: %v", err)
		}
		got = append(got, record.Content)
	}
	if len(got) != len(h.acknowledged) {
		h.t.Errorf("%d records, want the %d acknowledged", len(got), len(h.acknowledged))
	}
	for i := range min(len(got), len(h.acknowledged)) {
		if got[i] != h.acknowledged[i] {
			h.t.Fatalf("record %d is %.20q, want %.20q", i, got[i], h.acknowledged[i])
		}
	}
}
