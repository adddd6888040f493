package server

import (
	"errors"
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
	if identity, ok := errors.AsType[*lts.IdentityError](err); ok {
		s.write(c, identity.Status, keystoneError(identity.Status, identity.Message))
		return
	}
	published := s.published(err)
	status := published.Status
	if op != nil {
		status = op.statusOf(published)
	}
	s.logCause(c, status, published)
	if op != nil && op.keystone[status] {
		s.write(c, status, keystoneError(status, detailed(published)))
		return
	}
	if published.Is(lts.ErrReportProject) {
		s.write(c, status, reportAnswer(published.Code, published.Message))
		return
	}
	s.write(c, status, s.body(c, published))
}

// logCause writes down what is behind a failure of the server: it is not sent.
// What is behind a wrong request may quote it, and is of interest to nobody.
func (s *Server) logCause(c echo.Context, status int, err *lts.Error) {
	if status < http.StatusInternalServerError || err.Unwrap() == nil {
		return
	}
	s.options.Log.ErrorContext(c.Request().Context(), "request failed",
		"id", c.Response().Header().Get(RequestIDHeader), "code", err.Code, "cause", err.Unwrap())
}

// published finds the row of the error table that answers err.
func (s *Server) published(err error) *lts.Error {
	if published, ok := errors.AsType[*lts.Error](err); ok {
		return published
	}
	if http, ok := errors.AsType[*echo.HTTPError](err); ok {
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

// detailed gives a message with the details of an error, for the form of IAM,
// which has no place of its own for them.
func detailed(err *lts.Error) string {
	message := err.Message
	for _, detail := range err.Details {
		message += "; "
		if detail.Field != "" {
			message += detail.Field + ": "
		}
		message += detail.Rule
	}
	return message
}

// keystoneError makes the body of an error of IAM.
func keystoneError(status int, message string) api.KeystoneError {
	return api.KeystoneError{Error: api.KeystoneErrorBody{
		Code: int32(status), Message: message, Title: http.StatusText(status),
	}}
}

func (s *Server) write(c echo.Context, status int, body any) {
	if err := c.JSON(status, body); err != nil {
		s.options.Log.Warn("answer not written", "id", c.Response().Header().Get(RequestIDHeader), "cause", err)
	}
}

// statusOf is the status under which the document lists the code of err for
// the operation. Where it lists the code under several, the status of err
// decides; where under none, too, and where IAM answers, whose errors have no
// codes. That a request took too long is said by a status for which no code is
// documented.
func (o *operation) statusOf(err *lts.Error) int {
	if err.Status == http.StatusRequestTimeout && o.Responses.Value(strconv.Itoa(err.Status)) != nil {
		return err.Status
	}
	statuses := o.codes[err.Code]
	if len(statuses) == 0 || o.keystone[err.Status] || slices.Contains(statuses, err.Status) {
		return err.Status
	}
	return statuses[0]
}

// keystoneStatuses finds the statuses under which an operation answers in the
// form of IAM. What the gateway in front of it answers has the common form.
func keystoneStatuses(doc *openapi3.T, o openapi.Operation) (map[int]bool, error) {
	form := doc.Components.Schemas["KeystoneError"]
	statuses := make(map[int]bool)
	for _, status := range o.Statuses() {
		number, err := strconv.Atoi(status)
		if err != nil {
			return nil, err
		}
		media := o.Responses.Value(status).Value.Content.Get(echo.MIMEApplicationJSON)
		statuses[number] = media != nil && form != nil && media.Schema.Value == form.Value
	}
	return statuses, nil
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
