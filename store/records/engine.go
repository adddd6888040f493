package records

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// An engine is a store between Open and the next fault. What it knows of
// streams goes with it, so that nothing wrong survives a fault.
type engine struct {
	opts  Options
	fs    *guardFS
	db    *pebble.DB
	cache *pebble.Cache
	codec *blockCodec
	fault *fault

	mu         sync.Mutex
	streams    map[string]*stream
	nextNumber uint64
	failed     [][]byte // keys of rows whose commit failed

	written atomic.Int64 // bytes committed
	sealed  streamSpan   // streams with rows that are of no use any more
	sealer  sealer
}

func newEngine(opts Options) *engine {
	f := newFault()
	return &engine{opts: opts, fs: &guardFS{FS: opts.FS, fault: f}, fault: f, streams: map[string]*stream{}}
}

// open opens the database and takes the rows in undo out of it.
func (e *engine) open(dir string, lock *pebble.Lock, undo [][]byte) (err error) {
	if err := probe(e.opts.FS, dir); err != nil {
		return fmt.Errorf("records: %s cannot be written: %w", dir, err)
	}
	if e.codec, err = newBlockCodec(); err != nil {
		return err
	}
	e.cache = pebble.NewCache(int64(e.opts.CacheBytes))
	if e.db, err = pebble.Open(dir, e.pebbleOptions(lock)); err != nil {
		e.cache.Unref()
		e.codec.close()
		return fmt.Errorf("records: open %s: %w", dir, err)
	}
	e.fs.opened.Store(true)
	if err := e.prepare(undo); err != nil {
		return errors.Join(fmt.Errorf("records: open %s: %w", dir, err), e.close())
	}
	e.sealer.start(e)
	return nil
}

func (e *engine) prepare(undo [][]byte) error {
	if err := e.fault.err(); err != nil {
		return err
	}
	batch := e.db.NewBatch()
	for _, key := range undo {
		if err := batch.Delete(key, nil); err != nil {
			return err
		}
	}
	if err := e.commit(batch, pebble.Sync); err != nil {
		return err
	}
	return e.loadNextNumber()
}

// maxMemTables is how many memtables there may be before writers wait. Pebble
// keeps one more log than that to write over it.
const maxMemTables = 4

func (e *engine) pebbleOptions(lock *pebble.Lock) *pebble.Options {
	o := &pebble.Options{
		FS:                          e.fs,
		Lock:                        lock,
		Logger:                      pebbleLogger{e.opts.Logger, e.fault},
		Cache:                       e.cache,
		FormatMajorVersion:          pebble.FormatNewest,
		MemTableSize:                uint64(e.opts.MemTableBytes),
		MemTableStopWritesThreshold: maxMemTables,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       64,
		LBaseMaxBytes:               128 << 20,
	}
	o.EventListener = &pebble.EventListener{BackgroundError: e.backgroundError}
	o.EnsureDefaults()
	for i := range o.Levels {
		o.Levels[i].BlockSize = 32 << 10
	}
	return o
}

// backgroundError ends the engine. Pebble tries again at once, without end: the
// pause leaves the processor to others until the engine is closed.
func (e *engine) backgroundError(err error) {
	e.fault.set(err)
	time.Sleep(flushPause)
}

const flushPause = 20 * time.Millisecond

// commit applies a batch and closes it. Whatever goes wrong is a fault.
func (e *engine) commit(batch *pebble.Batch, sync *pebble.WriteOptions) error {
	if err := e.fault.err(); err != nil {
		return err
	}
	e.written.Add(int64(batch.Len()))
	if err := batch.Commit(sync); err != nil {
		e.fault.set(err)
	}
	if err := e.fault.err(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return batch.Close()
}

// close ends the background work first.
func (e *engine) close() error {
	e.sealer.stop()
	err := e.db.Close()
	e.cache.Unref()
	e.codec.close()
	return err
}

// failedRows gives the rows that failed appends may have left.
func (e *engine) failedRows() [][]byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.failed
}

// A pebbleLogger makes a fault of what Pebble would end the process for.
type pebbleLogger struct {
	log   *slog.Logger
	fault *fault
}

func (l pebbleLogger) Infof(string, ...any) {}

func (l pebbleLogger) Errorf(format string, args ...any) {
	l.log.Warn("records: " + fmt.Sprintf(format, args...))
}

func (l pebbleLogger) Fatalf(format string, args ...any) {
	l.fault.set(fmt.Errorf(format, args...))
}
