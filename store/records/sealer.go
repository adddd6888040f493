package records

import (
	"context"
	"sync"
	"time"
)

// A sealer seals streams in the background, in the order in which they ask.
type sealer struct {
	mu      sync.Mutex
	wake    sync.Cond
	queue   []*stream
	stopped bool
	quit    context.CancelFunc
	workers sync.WaitGroup
}

// start begins the background work, if the options want any.
func (s *sealer) start(e *engine) {
	s.wake.L = &s.mu
	if e.opts.Sealers < 0 {
		return
	}
	ctx, quit := context.WithCancel(context.Background())
	s.quit = quit
	for range e.opts.Sealers {
		s.workers.Go(func() { s.work(e) })
	}
	s.workers.Go(func() { s.sweep(ctx, e) })
	s.workers.Go(func() { e.tidyWhenQuiet(ctx) })
}

// stop ends the background work and waits for it.
func (s *sealer) stop() {
	if s.quit == nil {
		return
	}
	s.mu.Lock()
	s.stopped = true
	s.wake.Broadcast()
	s.mu.Unlock()
	s.quit()
	s.workers.Wait()
}

// enqueue tells that it will come to the stream.
func (s *sealer) enqueue(st *stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(s.queue, st)
	s.wake.Signal()
	return true
}

// next waits for a stream; nil is the end.
func (s *sealer) next() *stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.queue) == 0 && !s.stopped {
		s.wake.Wait()
	}
	return s.take()
}

// take gives the first stream of the queue, nil if there is none.
func (s *sealer) take() *stream {
	if s.stopped || len(s.queue) == 0 {
		return nil
	}
	st := s.queue[0]
	s.queue = s.queue[1:]
	return st
}

func (s *sealer) work(e *engine) {
	for st := s.next(); st != nil; st = s.next() {
		if err := e.seal(st, false); err != nil {
			e.opts.Logger.Warn("records: seal", "stream", st.id, "error", err)
		}
	}
}

func (s *sealer) sweep(ctx context.Context, e *engine) {
	ticker := time.NewTicker(e.opts.SealAge / 2)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := e.sweep(); err != nil {
				e.opts.Logger.Warn("records: sweep", "error", err)
			}
		}
	}
}

func (s *sealer) stopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}

// sealFull seals the streams in the queue, in the caller's time.
func (e *engine) sealFull() error {
	for {
		e.sealer.mu.Lock()
		st := e.sealer.take()
		e.sealer.mu.Unlock()
		if st == nil {
			return nil
		}
		if err := e.seal(st, false); err != nil {
			return err
		}
	}
}
