package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ltskit/ltskit/lts"
)

// ErrNotFound matches (errors.Is) every answer that says that a thing is
// missing: 400 with a code such as LTS.0201 as well as 404. The codes tell the
// things apart: [lts.ErrGroupNotFound], [lts.ErrStreamNotFound],
// [lts.ErrTransferNotFound], [lts.ErrLogtankNotFound], [lts.ErrBucketNotFound].
var ErrNotFound = errors.New("not found")

// An Error is an answer that is not a success. It wraps the row of the error
// table, so that errors.Is(err, lts.ErrGroupExists) holds, and an
// [lts.IdentityError] where the identity service answered in its own form.
type Error struct {
	Operation  string       // operationId of the document, such as "CreateLogGroup"
	Status     int          // HTTP status
	Code       string       // such as "LTS.0101"; empty when the answer has none
	Message    string       // as the service words it; empty when the answer has none
	Details    []lts.Detail // the fields that break a rule, where the service names them
	RequestID  string       // what to quote to those who run the service
	RetryAfter time.Duration
	Body       []byte // the raw answer, at most 64 KiB of it

	row      error
	doubtful bool // an earlier attempt of the same call may have been carried out
}

// maxErrorBody is how much of a raw answer an error keeps.
const maxErrorBody = 64 << 10

const requestIDHeader = "X-Request-Id"

// Error gives operation, status, code, message, the fields that break a rule
// and the ID of the request. Of an answer without a known shape it gives the
// beginning.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "client: %s: %d", e.Operation, e.Status)
	switch {
	case e.Code != "":
		fmt.Fprintf(&b, " %s: %s", e.Code, e.Message)
	case e.Message != "":
		fmt.Fprintf(&b, ": %s", e.Message)
	default:
		fmt.Fprintf(&b, " %s", http.StatusText(e.Status))
		if len(e.Body) > 0 {
			fmt.Fprintf(&b, ": %q", beginning(e.Body))
		}
	}
	for _, detail := range e.Details {
		fmt.Fprintf(&b, "; %s: %s", detail.Field, detail.Rule)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request %s)", e.RequestID)
	}
	return b.String()
}

// Unwrap gives the row of the error table, or nil.
func (e *Error) Unwrap() error { return e.row }

// Is reports whether target is [ErrNotFound] and e says that a thing is missing.
func (e *Error) Is(target error) bool { return target == ErrNotFound && e.isMissing() }

// missingRows say that a thing is missing.
var missingRows = []*lts.Error{
	lts.ErrGroupNotFound, lts.ErrStreamNotFound, lts.ErrTransferNotFound, lts.ErrLogtankNotFound, lts.ErrBucketNotFound,
}

func (e *Error) isMissing() bool {
	return slices.ContainsFunc(missingRows, func(row *lts.Error) bool { return errors.Is(e.row, row) }) ||
		e.Status == http.StatusNotFound && !errors.Is(e.row, lts.ErrNoSuchAPI)
}

// absent is what is missing when an operation is answered 404 without a code:
// the thing that its path names last.
var absent = map[string]*lts.Error{
	"UpdateLogGroup":         lts.ErrGroupNotFound,
	"DeleteLogGroup":         lts.ErrGroupNotFound,
	"CreateLogStream":        lts.ErrGroupNotFound,
	"ListLogStreams":         lts.ErrGroupNotFound,
	"UpdateLogStreamTTL":     lts.ErrStreamNotFound,
	"DeleteLogStream":        lts.ErrStreamNotFound,
	"ListLogs":               lts.ErrStreamNotFound,
	"ListLogContext":         lts.ErrStreamNotFound,
	"ReportLogs":             lts.ErrStreamNotFound,
	"ReportLogsHighAccuracy": lts.ErrStreamNotFound,
	"UpdateTransfer":         lts.ErrTransferNotFound,
	"DeleteTransfer":         lts.ErrTransferNotFound,
	"ShowLogtank":            lts.ErrLogtankNotFound,
	"UpdateLogtank":          lts.ErrLogtankNotFound,
	"DeleteLogtank":          lts.ErrLogtankNotFound,
}

// An errorBody has the forms of the documented errors: that of the log service
// and its gateway, that of the operations that write logs, and that of the
// identity service.
type errorBody struct {
	Code      string `json:"error_code"`
	Message   string `json:"error_msg"`
	RequestID string `json:"request_id"`
	Details   []struct {
		Field string `json:"field"`
		Rule  string `json:"rule"`
	} `json:"details"`
	ReportCode    string `json:"errorCode"`
	ReportMessage string `json:"errorMessage"`
	Identity      *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// newError reads an answer that is not a success.
func newError(operation string, response *http.Response, body []byte, now time.Time) *Error {
	e := &Error{
		Operation:  operation,
		Status:     response.StatusCode,
		RequestID:  response.Header.Get(requestIDHeader),
		RetryAfter: retryAfter(response.Header, now),
		Body:       body[:min(len(body), maxErrorBody)],
	}
	var shape errorBody
	if json.Unmarshal(body, &shape) != nil {
		shape = errorBody{}
	}
	e.Code, e.Message = shape.Code, shape.Message
	if e.Code == "" && shape.ReportCode != "" {
		e.Code, e.Message = shape.ReportCode, first(shape.ReportMessage, shape.Message)
	}
	if e.RequestID == "" {
		e.RequestID = shape.RequestID
	}
	for _, detail := range shape.Details {
		e.Details = append(e.Details, lts.Detail{Field: detail.Field, Rule: detail.Rule})
	}
	switch {
	case e.Code != "":
		e.row = rowOf(e)
	case shape.Identity != nil:
		e.Message = shape.Identity.Message
		e.row = identityRow(e.Status, e.Message)
	case e.Status == http.StatusNotFound && absent[operation] != nil:
		e.row = absent[operation]
	}
	return e
}

// rowOf is the row of a code with what the service says about it.
func rowOf(e *Error) *lts.Error {
	row := &lts.Error{Code: e.Code, Status: e.Status}
	return row.Worded(e.Message).WithDetails(e.Details...)
}

// identityRow is the known error of the identity service that has this status
// and message, or one of its own.
func identityRow(status int, message string) error {
	for _, known := range []*lts.IdentityError{lts.ErrBadCredentials, lts.ErrBadScope} {
		if known.Status == status && known.Message == message {
			return known
		}
	}
	return &lts.IdentityError{Status: status, Message: message}
}

// A credentialsError says why a request could not be authorized.
type credentialsError struct {
	operation string
	err       error
}

func (e *credentialsError) Error() string {
	return "client: " + e.operation + ": no credentials: " + strings.TrimPrefix(e.err.Error(), "client: ")
}

func (e *credentialsError) Unwrap() error { return e.err }

// A tooLargeError says that an answer has more than [MaxAnswer] bytes.
type tooLargeError struct{ operation string }

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("client: %s: the answer has more than %d bytes", e.operation, MaxAnswer)
}

// statusOf is the status of the answer that err is, 0 when it is none.
func statusOf(err error) int {
	if e, ok := asAnswer(err); ok {
		return e.Status
	}
	return 0
}

func requestIDOf(err error) string {
	if e, ok := asAnswer(err); ok {
		return e.RequestID
	}
	return ""
}

// asAnswer finds the answer to the request itself, not one to the request for
// its token.
func asAnswer(err error) (*Error, bool) {
	if _, ok := errors.AsType[*credentialsError](err); ok {
		return nil, false
	}
	return errors.AsType[*Error](err)
}

// beginning is what can be shown of a body.
func beginning(body []byte) string {
	const most = 200
	if len(body) <= most {
		return string(body)
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(body[cut]) {
		cut--
	}
	return string(body[:cut]) + "..."
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// notListed says that a list has nothing of a name.
func notListed(operation string, row *lts.Error, name string) error {
	return fmt.Errorf("client: %s: %w: %w: %q", operation, ErrNotFound, row, name)
}
