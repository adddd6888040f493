package embedded

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// defaultTick is short against the shortest period of a transfer, two minutes.
const defaultTick = 10 * time.Second

// RunTransfers runs the transfers that are due, as the server does by itself
// every now and then.
func (s *Server) RunTransfers(ctx context.Context) error { return s.transfers.RunDue(ctx) }

// runInBackground starts what the server does without being asked.
func (s *Server) runInBackground(options Options) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.transferOnTicks(ctx, options.Tick, options.Log) })
	s.stop = func() {
		cancel()
		running.Wait()
	}
}

func (s *Server) transferOnTicks(ctx context.Context, every time.Duration, log *slog.Logger) {
	if every == 0 {
		every = defaultTick
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := s.RunTransfers(ctx); err != nil && ctx.Err() == nil {
			log.Error("transfers failed", "cause", err)
		}
	}
}
