package records

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/cockroachdb/pebble/v2"
)

// An engine is a store between Open and the next fault. What it knows of
// streams goes with it, so that nothing wrong survives a fault.
type engine struct {
	opts  Options
	db    *pebble.DB
	cache *pebble.Cache
	codec *blockCodec
	fault fault

	mu         sync.Mutex
	streams    map[string]*stream
	nextNumber uint64
	failed     [][]byte // keys of rows whose commit failed

	sealer sealer
}

// openEngine opens the database and takes the rows in undo out of it.
func openEngine(dir string, opts Options, lock *pebble.Lock, undo [][]byte) (*engine, error) {
	codec, err := newBlockCodec()
	if err != nil {
		return nil, err
	}
	e := &engine{opts: opts, codec: codec, streams: map[string]*stream{}}
	e.cache = pebble.NewCache(int64(opts.CacheBytes))
	if e.db, err = pebble.Open(dir, e.pebbleOptions(lock)); err != nil {
		e.cache.Unref()
		codec.close()
		return nil, fmt.Errorf("records: open %s: %w", dir, err)
	}
	if err := e.prepare(undo); err != nil {
		return nil, errors.Join(fmt.Errorf("records: open %s: %w", dir, err), e.close())
	}
	e.sealer.start(e)
	return e, nil
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

func (e *engine) pebbleOptions(lock *pebble.Lock) *pebble.Options {
	o := &pebble.Options{
		FS:                          &guardFS{FS: e.opts.FS, fault: &e.fault},
		Lock:                        lock,
		Logger:                      pebbleLogger{e.opts.Logger, &e.fault},
		Cache:                       e.cache,
		FormatMajorVersion:          pebble.FormatNewest,
		MemTableSize:                uint64(e.opts.MemTableBytes),
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       64,
		LBaseMaxBytes:               128 << 20,
	}
	o.EventListener = &pebble.EventListener{BackgroundError: e.fault.set}
	o.EnsureDefaults()
	for i := range o.Levels {
		o.Levels[i].BlockSize = 32 << 10
	}
	return o
}

// commit applies a batch and closes it. Whatever goes wrong is a fault.
func (e *engine) commit(batch *pebble.Batch, sync *pebble.WriteOptions) error {
	if err := e.fault.err(); err != nil {
		return err
	}
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
