package records

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"github.com/ltskit/ltskit/lts"
)

var (
	// ErrClosed is the answer of a store that has been closed.
	ErrClosed = errors.New("records: the store is closed")
	// ErrInUse is the answer of Open for a folder that another store has open.
	ErrInUse = errors.New("records: the folder is in use by another process or store")
	// ErrUnavailable is the answer of a store whose disk has failed or is full,
	// until the disk works again.
	ErrUnavailable = errors.New("records: the store cannot write")
)

// A Store is lts.Records in a folder. It may be used concurrently.
type Store struct {
	dir  string
	opts Options
	lock *pebble.Lock

	mu      sync.Mutex
	idle    sync.Cond // refs has become 0
	engine  *engine   // nil when the last attempt to open one failed
	opening *opening  // one that is pending
	refs    int       // uses of engine under way
	closed  bool
	undo    [][]byte // rows of appends that failed, perhaps on disk
	lastErr error
}

var (
	_ lts.Records      = (*Store)(nil)
	_ lts.StreamLister = (*Store)(nil)
)

// Open opens the store in folder dir, which it makes if it is not there. A
// folder that is open already is ErrInUse.
func Open(dir string, opts Options) (*Store, error) {
	s := &Store{dir: dir, opts: opts.withDefaults()}
	s.idle.L = &s.mu
	if err := s.opts.FS.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	var err error
	if s.lock, err = pebble.LockDirectory(dir, s.opts.FS); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrInUse, dir, err)
	}
	if err = s.open(); err != nil {
		return nil, errors.Join(err, s.giveUp())
	}
	return s, nil
}

// giveUp releases the folder, as soon as a pending opening is through.
func (s *Store) giveUp() error {
	if s.opening == nil {
		return s.lock.Close()
	}
	go func() {
		_ = s.opening.abandon()
		_ = s.lock.Close()
	}()
	return nil
}

// Close waits for the calls and scans under way, then ends the background work
// and closes the folder. Everything after it is ErrClosed.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.closed = true
	for s.refs > 0 {
		s.idle.Wait()
	}
	var err error
	if s.engine != nil {
		err = s.engine.close()
	}
	if s.opening != nil {
		err = s.opening.abandon()
	}
	return errors.Join(err, s.lock.Close())
}

// acquire gives the engine for one use, which release ends. After a fault it
// opens a new engine as soon as nothing uses the old one.
func (s *Store) acquire() (*engine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, ErrClosed
	case s.engine == nil || s.engine.fault.err() != nil:
		if err := s.reopen(); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	}
	s.refs++
	return s.engine, nil
}

func (s *Store) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refs--; s.refs == 0 {
		s.idle.Broadcast()
	}
}

func (s *Store) reopen() error {
	if s.engine != nil {
		s.lastErr = s.engine.fault.err()
		if s.refs > 0 {
			return s.lastErr
		}
		s.opts.Logger.Error("records: fault", "dir", s.dir, "error", s.lastErr)
		s.undo = append(s.undo, s.engine.failedRows()...)
		if err := s.engine.close(); err != nil {
			s.opts.Logger.Warn("records: closing after a fault", "error", err)
		}
		s.engine = nil
	}
	if err := s.open(); err != nil {
		return err
	}
	s.opts.Logger.Info("records: open again after a fault", "dir", s.dir, "error", s.lastErr)
	return nil
}

// open opens an engine, or finds that a pending one is still pending.
func (s *Store) open() error {
	if s.opening == nil {
		s.opening = startOpening(s.dir, s.opts, s.lock, s.undo)
	}
	engine, pending, err := s.opening.result()
	if !pending {
		s.opening = nil
	}
	if err != nil {
		return err
	}
	s.engine, s.undo = engine, nil
	return nil
}

// with runs one use of the engine.
func (s *Store) with(ctx context.Context, use func(*engine) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e, err := s.acquire()
	if err != nil {
		return err
	}
	defer s.release()
	return use(e)
}

// Append implements lts.Records.
func (s *Store) Append(ctx context.Context, streamID string, labels map[string]string, records []lts.NewRecord) error {
	if len(records) == 0 {
		return nil
	}
	return s.with(ctx, func(e *engine) error { return e.append(streamID, labels, records) })
}

// Scan implements lts.Records. Until the iteration ends, the store can neither be
// closed nor recover from a fault.
func (s *Store) Scan(ctx context.Context, streamID string, scan lts.Scan) iter.Seq2[lts.Record, error] {
	return func(yield func(lts.Record, error) bool) {
		err := s.with(ctx, func(e *engine) error { return e.scan(ctx, streamID, scan, yield) })
		if err != nil {
			yield(lts.Record{}, err)
		}
	}
}

// Count implements lts.Records.
func (s *Store) Count(ctx context.Context, streamID string, window lts.Window, filter lts.Filter) (int64, error) {
	tally := newTally(window, 0)
	err := s.with(ctx, func(e *engine) error { return e.count(ctx, streamID, tally, filter) })
	return tally.steps[0], err
}

// CountSteps implements lts.Records.
func (s *Store) CountSteps(ctx context.Context, streamID string, window lts.Window, stepNS int64, filter lts.Filter) ([]int64, error) {
	if n := window.Steps(stepNS); n > lts.MaxSteps {
		return nil, fmt.Errorf("records: %d steps, more than %d", n, lts.MaxSteps)
	} else if n == 0 {
		return nil, nil
	}
	tally := newTally(window, stepNS)
	err := s.with(ctx, func(e *engine) error { return e.count(ctx, streamID, tally, filter) })
	return tally.steps, err
}

// Drop implements lts.Records.
func (s *Store) Drop(ctx context.Context, streamID string) error {
	return s.with(ctx, func(e *engine) error { return e.drop(streamID) })
}

// DropBefore implements lts.Records.
func (s *Store) DropBefore(ctx context.Context, streamID string, lineNum int64) error {
	return s.with(ctx, func(e *engine) error { return e.dropBefore(streamID, lineNum) })
}

// StreamIDs implements lts.StreamLister.
func (s *Store) StreamIDs(ctx context.Context) (ids []string, err error) {
	err = s.with(ctx, func(e *engine) (err error) {
		ids, err = e.streamIDs()
		return err
	})
	return ids, err
}

// Seal packs what makes full blocks now, instead of in the background.
func (s *Store) Seal(ctx context.Context) error {
	return s.with(ctx, func(e *engine) error { return e.sealFull() })
}

// Sweep packs the rows of the streams that have been quiet for SealAge, as the
// background does from time to time.
func (s *Store) Sweep(ctx context.Context) error {
	return s.with(ctx, func(e *engine) error { return e.sweep() })
}

// Tidy gives back the disk space that was of use for writing only, as the
// background does when the store has been quiet for TidyAge.
func (s *Store) Tidy(ctx context.Context) error {
	return s.with(ctx, func(e *engine) error { return e.tidy(ctx) })
}
