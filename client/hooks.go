package client

import (
	"context"
	"net/http"
	"time"
)

// An Attempt is one request that was sent, and how it went. It has no headers
// and no bodies, so that it can be logged.
type Attempt struct {
	Operation string // operationId of the document, such as "ListLogs"
	Method    string
	URL       string
	Number    int           // 1 is the first attempt of a call
	Duration  time.Duration // until the answer was read
	Status    int           // HTTP status; 0 when there was no answer
	RequestID string        // that the service gave the request
	Sent      int           // bytes of the body, as sent
	Err       error         // nil after a success
}

// report tells the hooks of an attempt.
func (r *requester) report(ctx context.Context, sent *http.Request, response *http.Response, err error, attempt Attempt) {
	if len(r.config.hooks) == 0 {
		return
	}
	attempt.Method, attempt.URL, attempt.Err = sent.Method, sent.URL.Redacted(), err
	attempt.Status, attempt.RequestID = statusOf(err), requestIDOf(err)
	if response != nil {
		attempt.Status, attempt.RequestID = response.StatusCode, response.Header.Get(requestIDHeader)
	}
	for _, hook := range r.config.hooks {
		hook(ctx, attempt)
	}
}
