package server

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/ltskit/ltskit/gen/apiserver"
)

// DecodeJSON is what reads the body of every request.
var DecodeJSON = decodeJSON

// NewUnvalidated is [New] without validation, to measure what that costs.
func NewUnvalidated(options Options) (http.Handler, error) {
	s, err := New(options)
	if err != nil {
		return nil, err
	}
	s.echo = echo.New()
	s.echo.HTTPErrorHandler = s.writeError
	s.echo.Use(s.requestID, s.accessLog, s.recoverPanic, s.onlyOperations)
	router := operationRouter{s.echo, []echo.MiddlewareFunc{s.limitBody, s.authenticate, s.injectFault}}
	apiserver.RegisterHandlers(router, apiserver.NewStrictHandler(newHandlers(s.options), nil))
	return s, nil
}
