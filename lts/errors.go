package lts

import (
	"errors"
	"fmt"
)

// An Error is one row of the published error table. Two Errors match
// (errors.Is) when their codes do.
type Error struct {
	Code    string   // such as "LTS.0101"
	Status  int      // HTTP status of the code in the table
	Message string   // documented text, safe to show
	Details []Detail // the fields that break a rule, where they are known

	worded bool  // whether Message is not the text of the table
	cause  error // for the operator's log, never sent
}

// A Detail names a field of a request and the rule that it breaks.
type Detail struct {
	Field string // JSON pointer into the body, or the name of a parameter
	Rule  string
}

// The error table of the documents (6.2), in its order. Wording follows the
// documents, mistakes included: clients match on it.
var (
	ErrNotJSON            = define("LTS.0007", 400, "The request body format must be json")
	ErrInvalidBody        = define("LTS.0009", 400, "Failed to validate the request body")
	ErrSystem             = define("LTS.0010", 400, "The system encountered an internal error")
	ErrGroupExists        = define("LTS.0101", 400, "Failed to create log group, the group name has been existed")
	ErrGroupQuota         = define("LTS.0104", 400, "Failed to create log group, the number of log groups exceeds the quota")
	ErrGroupInTransfer    = define("LTS.0105", 400, "Log group is associated by transfer")
	ErrGroupTTL           = define("LTS.0106", 400, "The log group TTL day must be integer and between 1 and 365")
	ErrGroupNotFound      = define("LTS.0201", 400, "The log group is not existed")
	ErrStreamExists       = define("LTS.0205", 400, "The log stream name has been existed")
	ErrStreamQuota        = define("LTS.0206", 400, "Failed to create log stream, the number of Log streams exceeds the quota")
	ErrStreamInTransfer   = define("LTS.0207", 400, "Log stream is associated by transfer")
	ErrStreamNotFound     = define("LTS.0208", 400, "The log stream does not existed")
	ErrBucketNotFound     = define("LTS.0416", 400, "obs bucket does not exist")
	ErrWindow             = define("LTS.0701", 400, "end_time must be superior to start_time, and line_num must be between them if it's provided")
	ErrNotInList          = define("LTS.1901", 400, "field is not in the list")
	ErrInvalidName        = define("LTS.1902", 400, "name is invalid")
	ErrLimit              = define("LTS.1903", 400, "limit must be between lower boundary and upper boundary")
	ErrLeadingWildcard    = define("LTS.0301", 400, "'*' and '?' not allowed as first character")
	ErrTokenProject       = define("LTS.0001", 401, "Invalid projectId")
	ErrSuspended          = define("LTS.0023", 401, "Current user is suspended or restricted or unverified.")
	ErrTokenDecrypt       = define("LTS.0003", 401, "Incorrect IAM authentication information: decrypt token fail")
	ErrWrongProject       = define("LTS.0001", 403, "Invalid projectId")
	ErrBucketForbidden    = define("LTS.0018", 403, "Current user does not have the permission to operate obs")
	ErrURLProject         = define("LTS.0011", 403, "Invalid projectId")
	ErrInternal           = define("LTS.0010", 500, "Internal Server Error")
	ErrCreateGroupFailed  = define("LTS.0102", 500, "Failed to create log group")
	ErrDeleteGroupFailed  = define("LTS.0103", 500, "Failed to delete log group")
	ErrUpdateGroupFailed  = define("LTS.0107", 500, "Current user does not have the permission to operate this group")
	ErrCreateStreamFailed = define("LTS.0202", 500, "Failed to create log stream")
	ErrDeleteStreamFailed = define("LTS.0203", 500, "Failed to delete log stream")
)

// Errors that stand outside the table: in the sample of the format, and in the
// documentation of the neighbouring services.
var (
	ErrNotAuthenticated = define("LTS.0002", 401, "Current user is not authenticated correctly, check your token.")
	ErrTransferNotFound = define("LTS.0405", 400, "The log transfer does not existed")
	ErrNoSuchAPI        = define("APIGW.0101", 404, "The API does not exist or has not been published in the environment")
	ErrThrottled        = define("APIGW.0308", 429, "The throttling threshold has been reached")
	ErrReportProject    = define("SVCSTG.ALS.403.105", 401, "Project id is invalid.")
	ErrLogtankInvalid   = define("GA.9001", 400, "Invalid %s: %s")
	ErrLogtankNotFound  = define("GA.9002", 404, "Not found: %s")
	ErrLogtankState     = define("GA.9005", 409, "Resource %s is in a state that does not allow this")
	ErrLogtankExists    = define("GA.9104", 400, "Resource %s is already exists")
)

// Wordings that the pages of single operations print in place of the table's.
var (
	// ErrInvalidToken is LTS.0003 as every operation page words it.
	ErrInvalidToken = ErrTokenDecrypt.Worded("Invalid token")
	// errListFailed is LTS.0010 as the pages of the lists word it.
	errListFailed = ErrInternal.Worded(ErrSystem.Message)
	// errCreateStreamFailed is LTS.0202 as the page of the creation words it.
	errCreateStreamFailed = ErrCreateStreamFailed.Worded("Failed to create Log stream")
	// errDeleteStreamFailed is LTS.0203 as the page of the deletion words it.
	errDeleteStreamFailed = ErrDeleteStreamFailed.Worded("Failed to delete Log stream")
)

var table []*Error

func define(code string, status int, message string) *Error {
	e := &Error{Code: code, Status: status, Message: message}
	table = append(table, e)
	return e
}

// Errors lists the table: first the rows of the documents' own table in its
// order, then the errors that stand outside it.
func Errors() []Error {
	rows := make([]Error, len(table))
	for i, e := range table {
		rows[i] = *e
	}
	return rows
}

// Error gives code, message and, for the operator's eyes, the cause.
func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.cause)
	}
	return e.Code + ": " + e.Message
}

// Is reports whether target is an Error with the same code.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// Unwrap gives the cause, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Worded returns a copy of e with another message, for operations whose page
// words the code in its own way.
func (e *Error) Worded(message string) *Error {
	c := *e
	c.Message, c.worded = message, true
	return &c
}

// IsWorded reports whether the message is not the one of the table.
func (e *Error) IsWorded() bool { return e.worded }

// CausedBy returns a copy of e that carries a cause. A cause is logged and
// never sent.
func (e *Error) CausedBy(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// WithDetails returns a copy of e that names the fields that break a rule.
func (e *Error) WithDetails(details ...Detail) *Error {
	c := *e
	c.Details = details
	return &c
}

// orFailure passes on an error of the table and turns any other into failure,
// with the other as its cause.
func orFailure(err error, failure *Error) error {
	var published *Error
	if err == nil || errors.As(err, &published) {
		return err
	}
	return failure.CausedBy(err)
}
