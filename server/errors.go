package server

import (
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
)

// errorTexts are the messages of the edition's error table, by code and status.
type errorTexts map[errorKey]string

type errorKey struct {
	code   string
	status int
}

func newErrorTexts(doc *openapi3.T) errorTexts {
	texts := make(errorTexts)
	for _, row := range openapi.Errors(doc) {
		texts[errorKey{row.Code, row.Status}] = row.Message
	}
	return texts
}

// writeError is the one place where an error becomes an answer. The document
// decides under which status the operation answers a code, and the words of the
// code in its edition.
func (s *Server) writeError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	op := s.operationOf(c)
	published := s.published(err)
	if cause := published.Unwrap(); cause != nil {
		s.options.Log.Log(c.Request().Context(), levelOf(published), "request refused or failed",
			"id", c.Response().Header().Get(RequestIDHeader), "code", published.Code, "cause", cause)
	}
	if op != nil && op.Service() == "iam" {
		s.writeIdentityError(c, published, err)
		return
	}
	status := published.Status
	if op != nil {
		status = op.statusOf(published)
	}
	s.write(c, status, s.body(c, published))
}

// levelOf keeps the mistakes of callers apart from what an operator must see.
func levelOf(err *lts.Error) slog.Level {
	if err.Status >= http.StatusInternalServerError {
		return slog.LevelError
	}
	return slog.LevelInfo
}

// published finds the row of the error table that answers err.
func (s *Server) published(err error) *lts.Error {
	var published *lts.Error
	if errors.As(err, &published) {
		return published
	}
	var http *echo.HTTPError
	if errors.As(err, &http) {
		return fromEcho(http)
	}
	return lts.ErrInternal.CausedBy(err)
}

// fromEcho maps by status: a 404 of the router is the gateway's "no such API".
func fromEcho(err *echo.HTTPError) *lts.Error {
	switch err.Code {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return lts.ErrNoSuchAPI
	case http.StatusBadRequest:
		return lts.ErrInvalidBody
	case http.StatusUnsupportedMediaType:
		return errMediaType
	default:
		return lts.ErrInternal.CausedBy(err)
	}
}

// body makes the body of an error.
func (s *Server) body(c echo.Context, err *lts.Error) api.Error {
	body := api.Error{ErrorCode: err.Code, ErrorMsg: err.Message}
	if text, ok := s.errors[errorKey{err.Code, err.Status}]; ok && !err.IsWorded() {
		body.ErrorMsg = text
	}
	if err.Code == lts.ErrNoSuchAPI.Code || err.Code == lts.ErrThrottled.Code {
		id := c.Response().Header().Get(RequestIDHeader)
		body.RequestID = &id
	}
	for _, detail := range err.Details {
		body.Details = append(body.Details, api.ErrorDetail{Field: detail.Field, Rule: detail.Rule})
	}
	return body
}

// writeIdentityError writes an error in the form of IAM.
func (s *Server) writeIdentityError(c echo.Context, published *lts.Error, err error) {
	status, message := published.Status, published.Message
	var identity *lts.IdentityError
	if errors.As(err, &identity) {
		status, message = identity.Status, identity.Message
	}
	for _, detail := range published.Details {
		message += "; " + detail.Field + ": " + detail.Rule
	}
	s.write(c, status, api.KeystoneError{Error: api.KeystoneErrorBody{
		Code: int32(status), Message: message, Title: http.StatusText(status),
	}})
}

func (s *Server) write(c echo.Context, status int, body any) {
	if err := c.JSON(status, body); err != nil {
		s.options.Log.Warn("answer not written", "id", c.Response().Header().Get(RequestIDHeader), "cause", err)
	}
}

// statusOf is the status under which the document lists the code of err for
// the operation. Where it lists the code under several, the status of err
// decides; where under none, too.
func (o *operation) statusOf(err *lts.Error) int {
	statuses := o.codes[err.Code]
	if len(statuses) == 0 || slices.Contains(statuses, err.Status) {
		return err.Status
	}
	return statuses[0]
}

// codesOf collects the statuses under which an operation lists each code.
func codesOf(o openapi.Operation) (map[string][]int, error) {
	codes := make(map[string][]int)
	for _, status := range o.Statuses() {
		number, err := strconv.Atoi(status)
		if err != nil {
			return nil, err
		}
		for _, code := range openapi.ErrorCodes(o.Responses.Value(status).Value) {
			codes[code] = append(codes[code], number)
		}
	}
	return codes, nil
}
