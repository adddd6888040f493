package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// decode reads a successful answer. Members that it does not know are passed
// over: a service may have more than the document.
func decode[T any](response *http.Response, err error) (T, error) {
	var value T
	if err != nil {
		return value, err
	}
	defer func() { _ = response.Body.Close() }()
	a := response.Body.(*answer) // the requester makes no others
	if err := json.Unmarshal(a.body, &value); err != nil {
		return value, malformed(response, "%v", err)
	}
	return value, nil
}

// done is for answers of which only the success matters.
func done(response *http.Response, err error) error {
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// gone is for deletions, which are repeated after a cut connection: that the
// thing is missing then means that it was deleted.
func gone(response *http.Response, err error) error {
	err = done(response, err)
	if failed, ok := errors.AsType[*Error](err); ok && failed.doubtful && failed.isMissing() {
		return nil
	}
	return err
}

// malformed is the error for a success whose body is not the documented one.
func malformed(response *http.Response, format string, args ...any) error {
	a := response.Body.(*answer)
	e := newError(a.operation, response, a.body, time.Time{})
	if e.row == nil {
		e.Message = "the answer is not what the document says: " + fmt.Sprintf(format, args...)
	}
	return e
}

// decodeWith reads a successful answer that has to have something, such as the
// ID of what was created. Some editions of the documents answer 200 with the
// body of an error.
func decodeWith[T any](has func(T) bool, what string) func(*http.Response, error) (T, error) {
	return func(response *http.Response, err error) (T, error) {
		value, err := decode[T](response, err)
		if err == nil && !has(value) {
			return value, malformed(response, "%s is missing", what)
		}
		return value, err
	}
}
