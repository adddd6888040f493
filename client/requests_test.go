package client_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
)

// What an answer of the peer is like, and whether an operation of which twice
// does no more than once, one that creates, and one that writes repeat it.
func TestWhatIsRepeated(t *testing.T) {
	text := func(status int) func() (*http.Response, error) {
		return func() (*http.Response, error) {
			return respond(status, "upstream is gone", "Content-Type", "text/plain")
		}
	}
	tests := map[string]struct {
		answer                func() (*http.Response, error)
		list, create, writing bool
	}{
		"429":                   {func() (*http.Response, error) { return respond(429, throttled) }, true, true, true},
		"503":                   {text(503), true, false, false},
		"502":                   {text(502), true, false, false},
		"504":                   {text(504), true, false, false},
		"500":                   {text(500), false, false, false},
		"400":                   {func() (*http.Response, error) { return respond(400, badBody) }, false, false, false},
		"418":                   {text(418), false, false, false},
		"a cut connection":      {func() (*http.Response, error) { return nil, errCut }, true, false, false},
		"an answer that is cut": {cutBody, true, false, false},
		"no connection":         {func() (*http.Response, error) { return nil, &net.OpError{Op: "dial", Err: errCut} }, true, true, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &peer{answer: func(*http.Request, int) (*http.Response, error) { return tt.answer() }}
				c := peerClient(t, p, client.WithRetry(client.RetryPolicy{Attempts: 3}))
				for _, call := range []struct {
					name   string
					repeat bool
					call   func() error
				}{
					{"List", tt.list, func() error { return second(c.Groups.List(t.Context())) }},
					{"Create", tt.create, func() error { return second(c.Groups.Create(t.Context(), groupSpec)) }},
					{"Write", tt.writing, func() error { return c.Records.WriteLines(t.Context(), lts.Stream{GroupID: "g", ID: "s"}, nil, 1, "x") }},
				} {
					before := p.sent()
					err := call.call()
					want := 1
					if call.repeat {
						want = 3
					}
					if got := p.sent() - before; got != want || err == nil {
						t.Errorf("%s was sent %d times and gave %v, want %d times and an error", call.name, got, err, want)
					}
				}
			})
		})
	}
}

func TestARequestIsRepeatedAsItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{answer: func(_ *http.Request, n int) (*http.Response, error) {
			if n < 3 {
				return respond(429, throttled)
			}
			return respond(201, `{"log_group_id":"g","a field that came later":{"x":[1]}}`)
		}}
		group, err := peerClient(t, p).Groups.Create(t.Context(), groupSpec)
		if err != nil || group.ID != "g" {
			t.Fatalf("Create: %+v, %v; want group g", group, err)
		}
		if len(p.bodies[0]) == 0 || !bytes.Equal(p.bodies[0], p.bodies[2]) {
			t.Errorf("bodies %q and %q, want the same", p.bodies[0], p.bodies[2])
		}
	})
}

func TestRetryAfter(t *testing.T) {
	tests := map[string]struct {
		header string
		want   time.Duration
	}{
		"seconds":                      {"7", 7 * time.Second},
		"longer than the longest wait": {"40", 40 * time.Second},
		"a date":                       {"Sat, 01 Jan 2000 00:00:05 GMT", 5 * time.Second}, // the clock of synctest begins in 2000
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &peer{answer: func(_ *http.Request, n int) (*http.Response, error) {
					if n == 1 {
						return respond(429, throttled, "Retry-After", tt.header)
					}
					return respond(200, noGroups)
				}}
				if _, err := peerClient(t, p).Groups.List(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := p.times[1].Sub(p.times[0]); got != tt.want {
					t.Errorf("sent again after %s, want %s", got, tt.want)
				}
			})
		})
	}
}

// It does not help to wait longer than the caller does.
func TestRetryAfterTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{answer: func(*http.Request, int) (*http.Response, error) {
			return respond(503, "", "Retry-After", "30")
		}}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		began := time.Now()
		_, err := peerClient(t, p).Groups.List(ctx)
		failed, ok := errors.AsType[*client.Error](err)
		if !ok || failed.Status != 503 || failed.RetryAfter != 30*time.Second || time.Since(began) != 0 {
			t.Errorf("List gave %v after %s, want the answer 503 at once", err, time.Since(began))
		}
	})
}

func TestWaitsGrowAndEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{answer: func(*http.Request, int) (*http.Response, error) { return respond(503, "") }}
		c := peerClient(t, p, client.WithRetry(client.RetryPolicy{
			Attempts: 100, Wait: time.Second, MaxWait: 4 * time.Second, Within: 30 * time.Second,
		}))
		began := time.Now()
		_, err := c.Groups.List(t.Context())
		if failed, ok := errors.AsType[*client.Error](err); !ok || failed.Status != 503 {
			t.Errorf("List: %v, want the last answer", err)
		}
		if took := time.Since(began); took > 30*time.Second || took < 20*time.Second {
			t.Errorf("the client gave up after %s, want at most 30 s, and less by one wait", took)
		}
		first, last := p.times[1].Sub(p.times[0]), p.times[p.sent()-1].Sub(p.times[p.sent()-2])
		if first < time.Second/2 || first > 3*time.Second/2 || last < 2*time.Second || last > 6*time.Second {
			t.Errorf("first wait %s, last %s; want 1 s and 4 s, each more or less by half", first, last)
		}
	})
}

func TestTheContextEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{answer: func(*http.Request, int) (*http.Response, error) { return respond(503, "upstream") }}
		ctx, cancel := context.WithCancelCause(t.Context())
		enough := errors.New("enough")
		time.AfterFunc(100*time.Millisecond, func() { cancel(enough) })
		c := peerClient(t, p, client.WithRetry(client.RetryPolicy{Wait: time.Hour, Within: 100 * time.Hour}))
		began := time.Now()
		_, err := c.Groups.List(ctx)
		wantError(t, "List", err, enough)
		if failed, ok := errors.AsType[*client.Error](err); !ok || failed.Status != 503 {
			t.Errorf("List: %v, want the last answer in the error", err)
		}
		if took := time.Since(began); took != 100*time.Millisecond {
			t.Errorf("it took %s to notice, want no time", took)
		}
	})
}

func TestASlowAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{answer: func(req *http.Request, n int) (*http.Response, error) {
			if n == 1 {
				<-req.Context().Done()
				return nil, req.Context().Err()
			}
			return respond(200, noGroups)
		}}
		c := peerClient(t, p, client.WithTimeout(3*time.Second))
		if _, err := c.Groups.List(t.Context()); err != nil {
			t.Errorf("List: %v, want the second answer", err)
		}
		p.count.Store(0)
		_, err := c.Groups.Create(t.Context(), groupSpec)
		wantError(t, "Create", err, context.DeadlineExceeded)
		if err != nil && !strings.Contains(err.Error(), "CreateLogGroup: no answer within 3s") {
			t.Errorf("Create: %v, want how long it took", err)
		}
	})
}

func TestAnEndedContextSendsNothing(t *testing.T) {
	p := &peer{answer: func(req *http.Request, _ int) (*http.Response, error) { return nil, req.Context().Err() }}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := peerClient(t, p).Groups.List(ctx)
	wantError(t, "List", err, context.Canceled)
	if p.sent() > 1 {
		t.Errorf("sent %d requests, want at most one", p.sent())
	}
}

// A deletion whose answer was lost may have happened.
func TestADeletionThatIsRepeated(t *testing.T) {
	gone := map[string]string{
		"group":    `{"error_code":"LTS.0201","error_msg":"The log group is not existed"}`,
		"stream":   `{"error_code":"LTS.0208","error_msg":"The log stream does not existed"}`,
		"transfer": `{"error_code":"LTS.0405","error_msg":"The log transfer does not existed"}`,
		"logtank":  `{"error_code":"GA.9002","error_msg":"Not found: x"}`,
	}
	for name, body := range gone {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cut := true
				p := &peer{answer: func(*http.Request, int) (*http.Response, error) {
					if cut {
						cut = false
						return nil, errCut
					}
					return respond(400, body)
				}}
				c := peerClient(t, p)
				deletions := map[string]func() error{
					"group":    func() error { return c.Groups.Delete(t.Context(), "x") },
					"stream":   func() error { return c.Streams.Delete(t.Context(), "g", "x") },
					"transfer": func() error { return second(c.Transfers.Delete(t.Context(), "x")) },
					"logtank":  func() error { return c.Logtanks.Delete(t.Context(), "x") },
				}
				if err := deletions[name](); err != nil {
					t.Errorf("after a cut connection: %v, want success", err)
				}
				wantError(t, "without one", deletions[name](), client.ErrNotFound)
			})
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the redirect was followed, with %v", r.Header)
	}))
	defer elsewhere.Close()
	here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	}))
	defer here.Close()
	for name, option := range map[string]client.Option{
		"by itself":                nil,
		"with a client that would": client.WithHTTPClient(http.DefaultClient),
	} {
		t.Run(name, func(t *testing.T) {
			options := []client.Option{client.WithToken("secret")}
			if option != nil {
				options = append(options, option)
			}
			_, err := newClient(t, here.URL, options...).Groups.List(t.Context())
			if failed, ok := errors.AsType[*client.Error](err); !ok || failed.Status != 307 {
				t.Errorf("List: %v, want the answer 307", err)
			}
		})
	}
}

// A real connection, cut in the middle of an answer.
func TestACutConnection(t *testing.T) {
	number := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if number++; number > 1 {
			_, _ = io.WriteString(w, noGroups)
			return
		}
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"log_`)
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	c := newClient(t, server.URL, client.WithToken("t"), client.WithRetry(client.RetryPolicy{Wait: time.Millisecond}))
	if _, err := c.Groups.List(t.Context()); err != nil || number != 2 {
		t.Errorf("List: %v after %d requests, want success with the second", err, number)
	}
}

func TestErrorsOfForeignAnswers(t *testing.T) {
	tests := map[string]struct {
		status int
		header string // Content-Type
		body   string
		want   client.Error
		is     []error
		isNot  []error
		text   string
	}{
		"the documented form": {404, "application/json", `{"error_code":"LTS.0201","error_msg":"gone","request_id":"r"}`,
			client.Error{Status: 404, Code: "LTS.0201", Message: "gone", RequestID: "r"},
			[]error{lts.ErrGroupNotFound, client.ErrNotFound}, []error{lts.ErrStreamNotFound}, "client: DeleteLogGroup: 404 LTS.0201: gone (request r)"},
		"details": {400, "application/json", `{"error_code":"LTS.0009","error_msg":"bad","details":[{"field":"/a","rule":"must be b"}]}`,
			client.Error{Status: 400, Code: "LTS.0009", Message: "bad", Details: []lts.Detail{{Field: "/a", Rule: "must be b"}}},
			[]error{lts.ErrInvalidBody}, []error{client.ErrNotFound}, "/a: must be b"},
		"an unknown code": {409, "application/json", `{"error_code":"LTS.9999","error_msg":"new"}`,
			client.Error{Status: 409, Code: "LTS.9999", Message: "new"}, nil, []error{client.ErrNotFound, lts.ErrInternal}, "409 LTS.9999: new"},
		"the form of reports": {401, "application/json", `{"errorCode":"SVCSTG.ALS.403.105","errorMessage":"Project id is invalid.","result":null}`,
			client.Error{Status: 401, Code: "SVCSTG.ALS.403.105", Message: "Project id is invalid."}, []error{lts.ErrReportProject}, nil, "SVCSTG.ALS.403.105"},
		"its other spelling": {401, "application/json", `{"errorCode":"SVCSTG.ALS.403.105","error_msg":"Project id is invalid."}`,
			client.Error{Status: 401, Code: "SVCSTG.ALS.403.105", Message: "Project id is invalid."}, []error{lts.ErrReportProject}, nil, "Project id"},
		"the form of IAM": {401, "application/json", `{"error":{"code":401,"message":"The username or password is wrong.","title":"Unauthorized"}}`,
			client.Error{Status: 401, Message: "The username or password is wrong."}, []error{lts.ErrBadCredentials}, []error{lts.ErrBadScope}, "401: The username"},
		"no such API": {404, "application/json", `{"error_code":"APIGW.0101","error_msg":"The API does not exist"}`,
			client.Error{Status: 404, Code: "APIGW.0101", Message: "The API does not exist"}, []error{lts.ErrNoSuchAPI}, []error{client.ErrNotFound}, "APIGW.0101"},
		"404 with text": {404, "text/html", "<h1>Not Found</h1>",
			client.Error{Status: 404}, []error{client.ErrNotFound, lts.ErrGroupNotFound}, nil, `404 Not Found: "<h1>Not Found</h1>"`},
		"an unknown status": {599, "text/plain", strings.Repeat("é", 70_000),
			client.Error{Status: 599}, nil, []error{client.ErrNotFound}, "é..."},
		"JSON of another kind": {400, "application/json", `["no"]`, client.Error{Status: 400}, nil, nil, "400 Bad Request"},
		"nothing":              {400, "application/json", ``, client.Error{Status: 400}, nil, nil, "400 Bad Request"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &peer{answer: func(*http.Request, int) (*http.Response, error) {
				return respond(tt.status, tt.body, "Content-Type", tt.header)
			}}
			err := peerClient(t, p, once).Groups.Delete(t.Context(), "x")
			failed, ok := errors.AsType[*client.Error](err)
			if !ok {
				t.Fatalf("Delete: %v, want a *client.Error", err)
			}
			if failed.Operation != "DeleteLogGroup" || failed.Status != tt.want.Status || failed.Code != tt.want.Code ||
				failed.Message != tt.want.Message || failed.RequestID != tt.want.RequestID || len(failed.Details) != len(tt.want.Details) {
				t.Errorf("got %+v, want %+v", failed, tt.want)
			}
			if string(failed.Body) != tt.body[:min(len(tt.body), 64<<10)] {
				t.Errorf("body of %d bytes, want the first 64 KiB of the raw one", len(failed.Body))
			}
			for _, want := range tt.is {
				wantError(t, "Delete", err, want)
			}
			for _, other := range tt.isNot {
				if errors.Is(err, other) {
					t.Errorf("errors.Is(%v, %v), want not", err, other)
				}
			}
			if !strings.Contains(err.Error(), tt.text) {
				t.Errorf("%v, want a text with %q", err, tt.text)
			}
		})
	}
}

func TestSuccessesThatAreNone(t *testing.T) {
	query := client.Query{Stream: lts.Stream{GroupID: "g", ID: "s"}}
	calls := map[string]func(context.Context, *client.Client) error{
		"create a group": func(ctx context.Context, c *client.Client) error { return second(c.Groups.Create(ctx, groupSpec)) },
		"create a stream": func(ctx context.Context, c *client.Client) error {
			return second(c.Streams.Create(ctx, "g", lts.StreamSpec{}))
		},
		"create a transfer": func(ctx context.Context, c *client.Client) error {
			return second(c.Transfers.Create(ctx, lts.TransferSpec{}))
		},
		"create a logtank": func(ctx context.Context, c *client.Client) error { return second(c.Logtanks.Create(ctx, listenerSpec)) },
		"create a token": func(ctx context.Context, c *client.Client) error {
			return second(c.Tokens.Create(ctx, lts.Credentials{}))
		},
		"write": func(ctx context.Context, c *client.Client) error {
			return c.Records.WriteLines(ctx, query.Stream, nil, 1, "x")
		},
		"count": func(ctx context.Context, c *client.Client) error { return second(c.Records.Count(ctx, query)) },
	}
	tests := []struct {
		name string
		body string
		want string
	}{
		{"nothing", ``, "not what the document says"},
		{"half an object", `{"log_group_id":"`, "not what the document says"},
		{"another object", `{"x":1}`, "missing"},
		{"text", `<html>`, "not what the document says"},
	}
	for name, call := range calls {
		for _, tt := range tests {
			t.Run(name+": "+tt.name, func(t *testing.T) {
				p := &peer{answer: func(*http.Request, int) (*http.Response, error) { return respond(200, tt.body) }}
				err := call(t.Context(), peerClient(t, p))
				failed, ok := errors.AsType[*client.Error](err)
				if !ok || !strings.Contains(err.Error(), tt.want) || string(failed.Body) != tt.body {
					t.Errorf("%v, want an error with %q and the body", err, tt.want)
				}
			})
		}
	}
}

// The older editions answer a failure to create a transfer with status 200.
func TestAFailureWithStatus200(t *testing.T) {
	s := serve(t, edition("2022-08"))
	c := s.client(t)
	stream := newStream(t, c)
	_, err := c.Transfers.Create(t.Context(), lts.TransferSpec{
		GroupID: stream.GroupID, StreamIDs: []string{stream.ID}, Bucket: "none", Period: fiveMinutes,
	})
	wantError(t, "Create", err, lts.ErrBucketNotFound)
	if failed, ok := errors.AsType[*client.Error](err); !ok || failed.Status != 200 || !errors.Is(err, client.ErrNotFound) {
		t.Errorf("Create: %+v, want an answer 200 that says what is missing", err)
	}
}

// Whatever a peer answers, a call ends: with a value, or with an error that can be
// shown and keeps the status and the beginning of the answer.
func FuzzAnswers(f *testing.F) {
	for _, body := range []string{
		noGroups, written, throttled, badToken, `{"log_groups":[{"log_group_id":1}]}`, `{"error":{"message":"x"}}`, "{", "null", "<html>",
		`{"error_code":"LTS.0101","details":[{"field":"/a"}]}`, `{"error_code":7}`, `{"logs":[{"line_num":"x"}]}`,
	} {
		f.Add(200, body)
		f.Add(400, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		status = 200 + int(uint(status)%400)
		p := &peer{answer: func(*http.Request, int) (*http.Response, error) { return respond(status, body) }}
		c := peerClient(t, p, once)
		_, listErr := c.Groups.List(t.Context())
		_, createErr := c.Groups.Create(t.Context(), groupSpec)
		_, contextErr := c.Records.Context(t.Context(), someStream, 1, 0, 0)
		for _, err := range []error{listErr, createErr, contextErr, c.Groups.Delete(t.Context(), "x")} {
			if err == nil {
				if status > 299 {
					t.Errorf("a success with status %d", status)
				}
				continue
			}
			failed, ok := errors.AsType[*client.Error](err)
			if !ok || failed.Status != status || failed.Error() == "" || !strings.HasPrefix(body, string(failed.Body)) {
				t.Errorf("status %d, %q: error %v, want a *client.Error with both", status, body, err)
			}
		}
	})
}
