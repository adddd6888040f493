package records_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"go.uber.org/goleak"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/records"
	"github.com/ltskit/ltskit/store/records/recordstest"
)

func TestMain(m *testing.M) {
	if dir := crashDir(); dir != "" {
		appendUntilKilled(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

func TestStore(t *testing.T) {
	tests := []struct {
		name string
		opts records.Options
	}{
		{"small blocks sealed by hand", records.Options{SealRows: 16, Sealers: -1}},
		{"small blocks sealed in the background", records.Options{SealRows: 16}},
		{"blocks full by their bytes", records.Options{SealRows: 64, SealBytes: 200, Sealers: -1}},
		{"nothing sealed", records.Options{Sealers: -1, SealRows: 1 << 14}},
		{"the defaults", records.Options{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			recordstest.Run(t, func(t *testing.T) lts.Records { return openKept(t, tt.opts) })
		})
	}
}

func TestOpenRefusesAFolderInUse(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, records.Options{})
	if _, err := records.Open(dir, records.Options{}); !errors.Is(err, records.ErrInUse) {
		t.Errorf("Open of a folder in use: %v, want %v", err, records.ErrInUse)
	}
	closeStore(t, s)
	closeStore(t, open(t, dir, records.Options{}))
}

func TestClosedStoreRefuses(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir(), records.Options{})
	closeStore(t, s)
	if err := s.Append(ctx, "a", nil, []lts.NewRecord{{TimeNS: 1}}); !errors.Is(err, records.ErrClosed) {
		t.Errorf("Append: %v, want %v", err, records.ErrClosed)
	}
	if err := s.Close(); !errors.Is(err, records.ErrClosed) {
		t.Errorf("Close: %v, want %v", err, records.ErrClosed)
	}
}

// kept is a store as the suite wants it: every upkeep comes long after the last
// append.
type kept struct {
	*records.Store
	dir  string
	opts records.Options
	now  time.Time
}

func openKept(t *testing.T, opts records.Options) *kept {
	k := &kept{dir: "/records", opts: opts, now: time.Unix(0, 0)}
	k.opts.FS = vfs.NewMem()
	k.opts.Now = func() time.Time { return k.now }
	k.Store = open(t, k.dir, k.opts)
	t.Cleanup(func() { closeStore(t, k.Store) })
	return k
}

// Upkeep implements recordstest.Upkeeper.
func (k *kept) Upkeep(t *testing.T) {
	t.Helper()
	k.now = k.now.Add(time.Hour)
	if err := errors.Join(k.Seal(context.Background()), k.Sweep(context.Background())); err != nil {
		t.Fatalf("upkeep: %v", err)
	}
}

// Reopen implements recordstest.Reopener.
func (k *kept) Reopen(t *testing.T) {
	t.Helper()
	closeStore(t, k.Store)
	k.Store = open(t, k.dir, k.opts)
}

func open(t testing.TB, dir string, opts records.Options) *records.Store {
	t.Helper()
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	s, err := records.Open(dir, opts)
	if err != nil {
		t.Fatalf("Open(%q): %v", dir, err)
	}
	return s
}

func closeStore(t testing.TB, s *records.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}
