package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/ltskit/ltskit/gen/apiserver"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
)

// Options are what a server needs. Document, Service, Tokens and Directory are
// required.
type Options struct {
	Document  *openapi3.T // an edition from [openapi.Load]
	Service   *lts.Service
	Tokens    *lts.Tokens
	Directory *lts.Directory

	NewRequestID func() string    // default: random UUIDs
	Now          func() time.Time // default: time.Now
	Log          *slog.Logger     // default: nothing is logged
	Region       string           // name in the catalog of tokens; default "dev"
	MaxBody      int64            // bytes of a body; default 64 MiB. Signed ones have a limit of their own

	// InjectFault returns a context under which the named store fails; what is
	// wrong with the name is its error. Default: [FaultHeader] is ignored.
	InjectFault func(ctx context.Context, store string) (context.Context, error)

	PublicURL         string    // base URL in the catalog of tokens; default: the one that the caller has used
	RateLimit         RateLimit // default: none
	Monitor           Monitor   // default: nobody is told
	ValidateResponses bool      // whether answers that break the document are logged and counted
}

// A Server answers the operations of one edition of the document.
type Server struct {
	options    Options
	echo       *echo.Echo
	operations map[route]*operation
	errors     errorTexts
	callers    *callers
}

// New returns a server. It fails when the document lacks a schema or parameter
// that the generated code was made for.
func New(options Options) (*Server, error) {
	setDefaults(&options)
	s := &Server{options: options, echo: echo.New(), operations: make(map[route]*operation)}
	s.errors = newErrorTexts(options.Document)
	s.callers = newCallers(options.RateLimit)
	for _, documented := range openapi.Operations(options.Document) {
		op, err := newOperation(options.Document, documented)
		if err != nil {
			return nil, fmt.Errorf("server: %s: %w", documented.OperationID, err)
		}
		s.operations[route{documented.Method, echoPath(documented.Path)}] = op
	}
	s.echo.HTTPErrorHandler = s.writeError
	s.echo.HideBanner = true
	s.echo.Binder = bodyBinder{}
	s.echo.Use(s.requestID, s.monitor, s.accessLog, s.validateResponses, s.recoverPanic, s.onlyOperations)
	router := operationRouter{s.echo, []echo.MiddlewareFunc{s.limitBody, s.authenticate, s.limitRate, s.validate, s.injectFault}}
	apiserver.RegisterHandlers(router, apiserver.NewStrictHandler(newHandlers(options), nil))
	return s, nil
}

func setDefaults(options *Options) {
	if options.NewRequestID == nil {
		options.NewRequestID = newUUID
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	if options.Region == "" {
		options.Region = "dev"
	}
	if options.Monitor == nil {
		options.Monitor = noMonitor{}
	}
	if options.MaxBody == 0 {
		options.MaxBody = 64 << 20
	}
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// operationRouter puts the middleware of operations in front of each one, so
// that it runs after routing and never for unknown paths.
type operationRouter struct {
	*echo.Echo
	middleware []echo.MiddlewareFunc
}

// wrap puts the middleware around a handler once; echo would do so again for
// every request.
func (r operationRouter) wrap(h echo.HandlerFunc, more []echo.MiddlewareFunc) echo.HandlerFunc {
	for _, m := range slices.Backward(slices.Concat(r.middleware, more)) {
		h = m(h)
	}
	return h
}

func (r operationRouter) GET(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Echo.GET(path, r.wrap(h, m))
}

func (r operationRouter) POST(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Echo.POST(path, r.wrap(h, m))
}

func (r operationRouter) PUT(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Echo.PUT(path, r.wrap(h, m))
}

func (r operationRouter) DELETE(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Echo.DELETE(path, r.wrap(h, m))
}

// echoPath turns a path of the document into echo's form.
func echoPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// A route is how echo names what it has routed to.
type route struct{ method, path string }

// operationOf finds the operation that echo has routed to, or nil.
func (s *Server) operationOf(c echo.Context) *operation {
	return s.operations[route{c.Request().Method, c.Path()}]
}
