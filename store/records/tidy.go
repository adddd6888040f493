package records

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// tidyBytes is how much must have been written for tidying up to be worth it.
	tidyBytes = 1 << 20
	// quietBytes is how much may be written within TidyAge for the store to count
	// as quiet.
	quietBytes = 64 << 10
)

// tidyWhenQuiet tidies up in the background, until ctx ends.
func (e *engine) tidyWhenQuiet(ctx context.Context) {
	ticker := time.NewTicker(e.opts.TidyAge)
	defer ticker.Stop()
	before, tidied := int64(0), int64(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		written := e.written.Load()
		if written-before <= quietBytes && written-tidied >= tidyBytes {
			if err := e.tidy(ctx); err != nil && ctx.Err() == nil {
				e.opts.Logger.Warn("records: tidy up", "error", err)
			}
			tidied = written
		}
		before = written
	}
}

// tidy gives disk space back that has been of use for writing only. Logs hold
// every record of the last memtables as it came, long after it has been sealed,
// and Pebble keeps old ones to write over them, because that is quicker than to
// make a file grow. Tables hold the rows that were flushed before they were
// sealed.
func (e *engine) tidy(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-e.fault.tripped:
			cancel()
		case <-ctx.Done():
		}
	}()
	err := e.shrinkLogs(ctx)
	if err == nil {
		err = e.dropSealed(ctx)
	}
	if fault := e.fault.err(); fault != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, fault)
	}
	return err
}

// shrinkLogs flushes until no log has much in it. The first flush frees the
// current log, the others take the old ones into use, one each.
func (e *engine) shrinkLogs(ctx context.Context) error {
	e.fs.shrink.Store(true)
	defer e.fs.shrink.Store(false)
	for range 2 + maxMemTables {
		flushed, err := e.db.AsyncFlush()
		if err != nil {
			return err
		}
		select {
		case <-flushed:
		case <-ctx.Done():
			return ctx.Err()
		}
		if e.db.Metrics().WAL.ObsoletePhysicalSize < quietBytes {
			return nil
		}
	}
	return nil
}

// dropSealed compacts the rows of the streams that have been sealed since it
// did so before, which drops most of them.
func (e *engine) dropSealed(ctx context.Context) error {
	from, to := e.sealed.take()
	if from == to {
		return nil
	}
	return e.db.Compact(ctx, streamKey(tableRows, from), streamKey(tableRows, to), false)
}

// A streamSpan is the least span of stream numbers that has all that were added.
type streamSpan struct {
	mu       sync.Mutex
	from, to uint64 // to is excluded; equal: none
}

func (s *streamSpan) add(number uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.from == s.to {
		s.from, s.to = number, number+1
	}
	s.from, s.to = min(s.from, number), max(s.to, number+1)
}

func (s *streamSpan) take() (from, to uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from, to = s.from, s.to
	s.from, s.to = 0, 0
	return from, to
}
