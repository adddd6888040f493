package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/ltskit/ltskit/server/config"
)

func newHTTPServer(handler http.Handler, t config.Timeouts, log *slog.Logger) *http.Server {
	return &http.Server{
		DisableGeneralOptionsHandler: true, // net/http would answer OPTIONS * itself, without an ID
		Handler:                      handler,
		ReadHeaderTimeout:            t.Headers,
		ReadTimeout:                  t.Request,
		IdleTimeout:                  t.Idle,
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// serveUntilDone answers requests until ctx ends. Then it takes no new ones and
// gives those that have begun some time to come to their end. It fails when
// they do not.
func serveUntilDone(ctx context.Context, listener net.Listener, s *http.Server, grace time.Duration) error {
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := s.Shutdown(ending)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.Join(fmt.Errorf("requests have been cut off, %s after the signal to stop", grace), s.Close())
	}
	return err
}
