package server

import (
	"time"

	"github.com/labstack/echo/v4"
)

// A Monitor is told what happens. Operations are given by their operationId,
// or as "" for a request that is none. It is called concurrently.
type Monitor interface {
	// Begin is called at the start of a request; the function that it gives is
	// called at the end.
	Begin(operation string) (end func(status int, sent int64, took time.Duration))
	// Violation is called for an answer that the document does not allow; see
	// [Options.ValidateResponses].
	Violation(operation string)
}

type noMonitor struct{}

func (noMonitor) Begin(string) func(int, int64, time.Duration) {
	return func(int, int64, time.Duration) {}
}

func (noMonitor) Violation(string) {}

// monitor tells the monitor of a request. It stands outside of what turns an
// error into an answer, so that it sees the status that is sent.
func (s *Server) monitor(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		end := s.options.Monitor.Begin(s.operationID(c))
		defer func() { end(c.Response().Status, c.Response().Size, time.Since(start)) }()
		return next(c)
	}
}

func (s *Server) operationID(c echo.Context) string {
	if o := s.operationOf(c); o != nil {
		return o.OperationID
	}
	return ""
}
