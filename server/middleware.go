package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/ltskit/ltskit/lts"
)

// RequestIDHeader is on every answer.
const RequestIDHeader = "X-Request-Id"

// FaultHeader names a store that shall fail for this request, where the server
// allows it. It exists to test what clients do with the documented 500 answers.
const FaultHeader = "X-Lts-Fault"

func newUUID() string { return uuid.NewString() }

// arrival is what handlers may know of how a request came.
type arrival struct {
	requestID string
	address   string // that the caller has reached the server at
}

type arrivalKey struct{}

// requestIDOf gives the ID of a request.
func requestIDOf(ctx context.Context) string {
	a, _ := ctx.Value(arrivalKey{}).(arrival)
	return a.requestID
}

// addressOf gives the address that the caller has reached the server at, such
// as "http://127.0.0.1:8080".
func addressOf(ctx context.Context) string {
	a, _ := ctx.Value(arrivalKey{}).(arrival)
	return a.address
}

// requestID gives request and answer an ID.
func (s *Server) requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		a := arrival{requestID: s.options.NewRequestID(), address: s.options.PublicURL}
		if a.address == "" {
			a.address = c.Scheme() + "://" + r.Host
		}
		c.Response().Header().Set(RequestIDHeader, a.requestID)
		c.SetRequest(r.WithContext(context.WithValue(r.Context(), arrivalKey{}, a)))
		return next(c)
	}
}

// recoverPanic turns a panic into an internal error, so that one request
// cannot end the others.
func (s *Server) recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = lts.ErrInternal.CausedBy(fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
			}
		}()
		return next(c)
	}
}

// accessLog writes one line for each request, without headers and bodies: they
// hold tokens, passwords and logs.
func (s *Server) accessLog(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		s.options.Log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request",
			slog.String("id", c.Response().Header().Get(RequestIDHeader)),
			slog.String("method", c.Request().Method),
			slog.String("path", c.Request().URL.Path),
			slog.Int("status", c.Response().Status),
			slog.Int64("bytes", c.Response().Size),
			slog.Duration("took", time.Since(start)))
		return nil
	}
}

// onlyOperations answers everything that is not an operation of the document,
// before anything else of the request is looked at. Echo alone would answer
// OPTIONS itself, and would take nothing, or several segments, for a parameter
// at the end of a path.
func (s *Server) onlyOperations(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.operationOf(c) == nil || slices.ContainsFunc(c.ParamValues(), isNoSegment) {
			return lts.ErrNoSuchAPI
		}
		return next(c)
	}
}

func isNoSegment(value string) bool { return value == "" || strings.Contains(value, "/") }

// maxPublicBody is how many bytes anybody may send, without authentication. A
// decoded body takes many times the memory of its bytes.
const maxPublicBody = 64 << 10

// limitBody refuses bodies over the limit while they are read.
func (s *Server) limitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		limit := s.options.MaxBody
		if s.operationOf(c).isPublic() {
			limit = min(limit, maxPublicBody)
		}
		r := c.Request()
		r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		return next(c)
	}
}

// injectFault makes a store fail for this request.
func (s *Server) injectFault(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		store := c.Request().Header.Get(FaultHeader)
		if store == "" || s.options.InjectFault == nil {
			return next(c)
		}
		ctx, err := s.options.InjectFault(c.Request().Context(), store)
		if err != nil {
			return lts.ErrInvalidBody.WithDetails(lts.Detail{Field: FaultHeader, Rule: err.Error()})
		}
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}
