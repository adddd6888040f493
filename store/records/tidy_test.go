package records_test

import (
	"context"
	"path"
	"runtime"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/records"
)

// While records are written, logs have all of them once more. They are empty
// once the store has tidied up, and nothing is lost.
func TestTidyGivesDiskSpaceBack(t *testing.T) {
	tests := []struct {
		name string
		opts records.Options
		tidy func(t *testing.T, s *records.Store)
	}{
		{"when it is told to", records.Options{Sealers: -1}, func(t *testing.T, s *records.Store) {
			if err := s.Tidy(context.Background()); err != nil {
				t.Fatalf("Tidy: %v", err)
			}
		}},
		{"in the background when it is quiet", records.Options{TidyAge: time.Millisecond}, func(*testing.T, *records.Store) {}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fs := vfs.NewMem()
			tt.opts.FS, tt.opts.MemTableBytes = fs, 1<<20
			s := open(t, "/records", tt.opts)
			g := newGenerator(1)
			for range 100 {
				g.append(t, s, "stream", 1000)
			}
			if err := s.Seal(context.Background()); err != nil {
				t.Fatalf("Seal: %v", err)
			}
			tt.tidy(t, s)
			wantSettled(t, fs, float64(g.number)*60)
			closeStore(t, s)
			s = open(t, "/records", tt.opts)
			defer closeStore(t, s)
			if got, err := s.Count(context.Background(), "stream", lts.Always, lts.Filter{}); got != int64(g.number) {
				t.Errorf("%d records, %v, want %d", got, err, g.number)
			}
		})
	}
}

// wantSettled waits for the folder to become small: Pebble removes files in the
// background.
func wantSettled(t *testing.T, fs vfs.FS, want float64) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; runtime.Gosched() {
		got := sizeIn(t, fs, "/records")
		if got <= want {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the folder has %.0f bytes, want %.0f at most", got, want)
		}
	}
}

func sizeIn(t *testing.T, fs vfs.FS, dir string) (size float64) {
	t.Helper()
	names, err := fs.List(dir)
	if err != nil {
		t.Fatalf("List: %v", err)
	}
	for _, name := range names {
		if info, err := fs.Stat(path.Join(dir, name)); err == nil { // it may have been removed meanwhile
			size += float64(info.Size())
		}
	}
	return size
}
