package embedded

import (
	"context"
	"log/slog"
	"time"

	"github.com/ltskit/ltskit/lts"
)

// A sweeper removes what has outlived its lifetime, once at its start and then
// from time to time.
type sweeper struct {
	service *lts.Service
	log     *slog.Logger
	cancel  context.CancelFunc
	ended   chan struct{}
}

func startSweeper(service *lts.Service, log *slog.Logger, interval time.Duration) *sweeper {
	ctx, cancel := context.WithCancel(context.Background())
	s := &sweeper{service: service, log: log, cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		s.run(ctx, interval)
	}()
	return s
}

func (s *sweeper) run(ctx context.Context, interval time.Duration) {
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	for ctx.Err() == nil {
		s.sweep(ctx)
		select {
		case <-ticks.C:
		case <-ctx.Done():
		}
	}
}

func (s *sweeper) sweep(ctx context.Context) {
	start := time.Now()
	swept, err := s.service.Sweep(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		s.log.Error("retention: not everything could be removed", "cause", err)
	default:
		level := slog.LevelDebug
		if swept.Orphans > 0 {
			level = slog.LevelInfo // rare, and worth knowing
		}
		s.log.Log(ctx, level, "retention: swept", "streams", swept.Streams, "orphans", swept.Orphans, "took", time.Since(start))
	}
}

// stop ends the sweep under way and waits for its end. It does nothing for a
// sweeper that has not been started.
func (s *sweeper) stop() {
	if s == nil {
		return
	}
	s.cancel()
	<-s.ended
}
