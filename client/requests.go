package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// A requester sends requests of the generated client: authorized, repeated
// where that is safe, with an answer that has been read to its end and is a
// success.
type requester struct {
	http        *http.Client
	credentials credentials
	config      config
}

func newRequester(c config) *requester {
	httpClient := &http.Client{Transport: c.transport}
	switch {
	case c.httpClient != nil:
		copied := *c.httpClient
		httpClient = &copied
	case c.transport == nil:
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = 64
		if c.trusted != nil {
			transport.TLSClientConfig = &tls.Config{RootCAs: c.trusted}
		}
		httpClient.Transport = transport
	}
	// A redirect would take headers with credentials to another host.
	httpClient.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &requester{http: httpClient, config: c}
}

// Do implements [apiclient.HttpRequestDoer].
func (r *requester) Do(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	call := callIn(ctx)
	body, err := bodyOf(req)
	if err != nil {
		return nil, err
	}
	policy := r.config.retry
	if call.retry != nil {
		policy = *call.retry
	}
	number, doubtful := 0, false
	var last error
	response, err := backoff.Retry(ctx, func() (*http.Response, error) {
		number++
		response, err := r.attempt(ctx, req, body, call, number)
		last = err
		if err == nil {
			return response, nil
		}
		doubtful = doubtful || maybeDone(err)
		return nil, again(ctx, err, call)
	}, policy.options()...)
	if err == nil {
		return response, nil
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(last, cause) {
		return nil, fmt.Errorf("client: %s: %w; the last attempt: %w", call.operation, cause, last)
	}
	return nil, markDoubt(last, doubtful)
}

func (p RetryPolicy) options() []backoff.RetryOption {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval = p.Wait, p.MaxWait
	return []backoff.RetryOption{
		backoff.WithBackOff(waits),
		backoff.WithMaxTries(uint(max(p.Attempts, 0))),
		backoff.WithMaxElapsedTime(p.Within),
	}
}

// attempt sends a request once, or twice when the credentials were too old.
func (r *requester) attempt(ctx context.Context, req *http.Request, body []byte, call call, number int) (*http.Response, error) {
	response, sent, err := r.send(ctx, req, body, call, number)
	if statusOf(err) == http.StatusUnauthorized && !call.has(public) && r.credentials.refused(sent) {
		response, _, err = r.send(ctx, req, body, call, number)
	}
	return response, err
}

// send sends a request and reads its answer. It also returns the request as it
// was sent.
func (r *requester) send(ctx context.Context, req *http.Request, body []byte, call call, number int) (*http.Response, *http.Request, error) {
	limited, cancel := context.WithTimeout(ctx, r.config.timeout)
	defer cancel()
	sent := req.Clone(limited)
	sent.Body, sent.GetBody = http.NoBody, func() (io.ReadCloser, error) { return http.NoBody, nil }
	if len(body) > 0 {
		sent.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		sent.Body, _ = sent.GetBody()
	}
	sent.Header.Set("User-Agent", r.config.userAgent)
	sent.Header.Set("Accept", "application/json")
	if !call.has(public) {
		if err := r.credentials.authorize(limited, sent, body); err != nil {
			return nil, sent, &credentialsError{call.operation, err}
		}
	}
	began := time.Now()
	response, err := r.exchange(sent, call)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		err = fmt.Errorf("client: %s: no answer within %s: %w", call.operation, r.config.timeout, err)
	}
	r.report(ctx, sent, response, err, Attempt{
		Operation: call.operation, Number: number, Duration: time.Since(began), Sent: len(body),
	})
	return response, sent, err
}

// exchange sends a request and reads the whole answer, which is an error unless
// its status says that it is a success.
func (r *requester) exchange(req *http.Request, call call) (*http.Response, error) {
	response, err := r.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("client: %s: %w", call.operation, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("client: %s: reading the answer: %w", call.operation, err)
	}
	if len(body) > MaxAnswer {
		return nil, &tooLargeError{call.operation}
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil, newError(call.operation, response, body, r.config.now())
	}
	response.Body = &answer{Reader: bytes.NewReader(body), body: body, operation: call.operation}
	return response, nil
}

// An answer is a body that has been read.
type answer struct {
	*bytes.Reader
	body      []byte
	operation string
}

// Close implements [io.Closer].
func (*answer) Close() error { return nil }

// bodyOf reads the body of a request into memory of its own: a transport may
// still read it when the call has come to its end.
func bodyOf(req *http.Request) ([]byte, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	defer func() { _ = req.Body.Close() }()
	if req.ContentLength <= 0 {
		return io.ReadAll(req.Body)
	}
	body := make([]byte, req.ContentLength)
	_, err := io.ReadFull(req.Body, body)
	return body, err
}

// again tells the library of retries whether and when to repeat a request that
// failed.
func again(ctx context.Context, err error, call call) error {
	if !worthRepeating(err, call) {
		return backoff.Permanent(err)
	}
	failed, ok := asAnswer(err)
	if !ok || failed.RetryAfter <= 0 {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < failed.RetryAfter {
		return backoff.Permanent(err) // the wait would outlive the caller
	}
	return errors.Join(err, &backoff.RetryAfterError{Duration: failed.RetryAfter})
}

// worthRepeating tells whether to send a request once more. A throttled request
// and one that did not leave were not carried out; others may have been, so that
// only operations are repeated of which twice does no more than once.
func worthRepeating(err error, call call) bool {
	switch status := statusOf(err); {
	case status == http.StatusTooManyRequests:
		return true
	case slices.Contains([]int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}, status):
		return call.has(repeatable)
	case slices.Contains([]int{http.StatusInternalServerError, http.StatusRequestTimeout}, status):
		return call.has(persistent)
	case status != 0 || isHopeless(err):
		return false
	default:
		return call.has(repeatable) || didNotLeave(err)
	}
}

// isHopeless tells errors that the next attempt would meet again.
func isHopeless(err error) bool {
	_, credentials := errors.AsType[*credentialsError](err)
	_, tooLarge := errors.AsType[*tooLargeError](err)
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	return credentials || tooLarge || certificate || errors.Is(err, context.Canceled)
}

// didNotLeave tells errors that came before a byte of the request was sent.
func didNotLeave(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// maybeDone tells whether the service may have carried out a request that
// failed.
func maybeDone(err error) bool {
	return statusOf(err) == 0 && !isHopeless(err) && !didNotLeave(err) || statusOf(err) >= http.StatusInternalServerError
}

// markDoubt notes on the last answer that an earlier attempt may have been
// carried out.
func markDoubt(err error, doubtful bool) error {
	if failed, ok := asAnswer(err); ok {
		failed.doubtful = doubtful
	}
	return err
}

// retryAfter reads the header, which has seconds or a date.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		return time.Duration(max(seconds, 0)) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}
