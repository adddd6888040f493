package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/lts/signature"
	"github.com/ltskit/ltskit/server/embedded"
)

func edition(name string) func(*embedded.Options) {
	return func(o *embedded.Options) { o.Edition = name }
}

// An issuer plays a service that gives tokens of an hour, numbered, and accepts
// the ones that good finds.
type issuer struct {
	issued atomic.Int64
	good   func(token string) bool
	slow   time.Duration
}

func (i *issuer) answer(req *http.Request, _ int) (*http.Response, error) {
	if strings.HasSuffix(req.URL.Path, "/v3/auth/tokens") {
		select {
		case <-time.After(i.slow):
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
		ends := time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05.000000Z")
		return respond(201, fmt.Sprintf(`{"token":{"expires_at":%q,"methods":["password"]}}`, ends),
			"X-Subject-Token", fmt.Sprint("token-", i.issued.Add(1)))
	}
	if !i.good(req.Header.Get("X-Auth-Token")) {
		return respond(401, badToken)
	}
	return respond(200, noGroups)
}

func anyToken(token string) bool { return token != "" }

func (i *issuer) client(t *testing.T, opts ...client.Option) (*client.Client, *peer) {
	p := &peer{answer: i.answer}
	return newClient(t, "https://lts.example.test",
		append([]client.Option{client.WithPassword(password), client.WithTransport(p)}, opts...)...), p
}

func TestATokenIsUsedUntilShortlyBeforeItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{good: anyToken}
		c, _ := i.client(t)
		for _, tt := range []struct {
			wait time.Duration
			want int64
		}{{0, 1}, {49 * time.Minute, 1}, {time.Minute, 2}, {49 * time.Minute, 2}, {2 * time.Minute, 3}} {
			time.Sleep(tt.wait) // on the clock of the bubble: it takes no time
			if _, err := c.Groups.List(t.Context()); err != nil || i.issued.Load() != tt.want {
				t.Errorf("after %s: %v with %d tokens, want %d", tt.wait, err, i.issued.Load(), tt.want)
			}
		}
	})
}

func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	i := &issuer{good: func(token string) bool { return token == "token-2" }}
	c, p := i.client(t)
	if _, err := c.Groups.List(t.Context()); err != nil || p.sent() != 4 {
		t.Errorf("List: %v with %d requests, want success with a token, a refusal, a token, a success", err, p.sent())
	}
	i.good = func(string) bool { return false }
	before := p.sent()
	_, err := c.Groups.List(t.Context())
	wantError(t, "List with no good token", err, lts.ErrInvalidToken)
	if got := p.sent() - before; got != 3 {
		t.Errorf("%d requests, want a refusal, a token and a refusal", got)
	}
}

func TestConcurrentCallersShareATokenRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended atomic.Bool
		i := &issuer{slow: time.Second}
		i.good = func(token string) bool { return !ended.Load() || token != "token-1" }
		c, _ := i.client(t)
		callTogether := func() {
			var calls sync.WaitGroup
			for range 50 {
				calls.Go(func() {
					if _, err := c.Groups.List(t.Context()); err != nil {
						t.Errorf("List: %v", err)
					}
				})
			}
			calls.Wait()
		}
		callTogether()
		if got := i.issued.Load(); got != 1 {
			t.Errorf("%d tokens for the first 50 calls, want one", got)
		}
		ended.Store(true)
		callTogether()
		if got := i.issued.Load(); got != 2 {
			t.Errorf("%d tokens after the first was refused to 50 calls, want two", got)
		}
	})
}

// The caller who happens to ask for the token may give up.
func TestACallerWhoGivesUpDoesNotTakeTheTokenAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{good: anyToken, slow: 2 * time.Second}
		c, _ := i.client(t)
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var calls sync.WaitGroup
		calls.Go(func() { wantError(t, "impatient", second(c.Groups.List(impatient)), context.DeadlineExceeded) })
		synctest.Wait()
		calls.Go(func() {
			if _, err := c.Groups.List(t.Context()); err != nil {
				t.Errorf("patient: %v", err)
			}
		})
		calls.Wait()
		if got := i.issued.Load(); got != 1 {
			t.Errorf("%d tokens, want one", got)
		}
	})
}

func TestAnOldTokenIsBetterThanNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good := errors.New("the vault is closed")
		calls := 0
		c := peerClientWith(t, client.WithTokenSource(func(context.Context) (client.AccessToken, error) {
			if calls++; calls > 1 {
				return client.AccessToken{}, good
			}
			return client.AccessToken{Value: "t", ExpiresAt: time.Now().Add(time.Hour)}, nil
		}))
		for _, tt := range []struct {
			wait time.Duration
			want error
		}{{0, nil}, {55 * time.Minute, nil}, {6 * time.Minute, good}} {
			time.Sleep(tt.wait) // on the clock of the bubble: it takes no time
			if _, err := c.Groups.List(t.Context()); !errors.Is(err, tt.want) {
				t.Errorf("after %s: %v, want %v", tt.wait, err, tt.want)
			}
		}
	})
}

func TestATokenSourceWithoutAToken(t *testing.T) {
	c := peerClientWith(t, client.WithTokenSource(func(context.Context) (client.AccessToken, error) {
		return client.AccessToken{}, nil
	}))
	if _, err := c.Groups.List(t.Context()); err == nil || !strings.Contains(err.Error(), "ListLogGroups: no credentials: the token is empty") {
		t.Errorf("List: %v, want that the token is empty", err)
	}
}

// peerClientWith is a client whose requests all succeed.
func peerClientWith(t *testing.T, identity client.Option) *client.Client {
	t.Helper()
	p := &peer{answer: func(*http.Request, int) (*http.Response, error) { return respond(200, noGroups) }}
	return newClient(t, "https://lts.example.test", identity, client.WithTransport(p))
}

func TestAWrongPassword(t *testing.T) {
	wrong := password
	wrong.Password = "wrong"
	_, err := newClient(t, serve(t).address, client.WithPassword(wrong)).Groups.List(t.Context())
	wantError(t, "List", err, lts.ErrBadCredentials)
	if failed, ok := errors.AsType[*client.Error](err); !ok || failed.Operation != "CreateToken" {
		t.Errorf("List: %v, want the answer to the request for a token", err)
	}
	if err != nil && strings.Contains(err.Error(), "wrong") && !strings.Contains(err.Error(), "password is wrong") {
		t.Errorf("List: %v, want nothing of the password", err)
	}
}

func TestAUserByID(t *testing.T) {
	c := newClient(t, serve(t).address, client.WithPassword(client.Password{UserID: "a0000000000000000000000000000001", Password: "dev"}))
	if _, err := c.Groups.List(t.Context()); err != nil {
		t.Errorf("List: %v", err)
	}
}

func TestAnExpiredTokenOfTheServer(t *testing.T) {
	var days atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(days.Load()) * 24 * time.Hour) }
	s := serve(t, func(o *embedded.Options) { o.Now = now })
	token := must(s.client(t).Tokens.Create(t.Context(), lts.Credentials{
		UserName: "dev", Domain: lts.Reference{Name: "dev"}, Password: "dev", ProjectScope: &lts.Reference{ID: embedded.DevProjectID},
	}))(t)
	static := newClient(t, s.address, client.WithToken(token.Value))
	renewing := s.client(t) // whose own clock stands still, so that only the 401 tells
	for _, c := range []*client.Client{static, renewing} {
		if _, err := c.Groups.List(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	days.Store(2)
	wantError(t, "with one token", second(static.Groups.List(t.Context())), lts.ErrInvalidToken)
	if _, err := renewing.Groups.List(t.Context()); err != nil {
		t.Errorf("with a password: %v, want a new token", err)
	}
}

func TestSignedRequests(t *testing.T) {
	s := serve(t)
	c := newClient(t, s.address, client.WithAccessKey(client.AccessKey{ID: embedded.DevAccessKey, Secret: embedded.DevSecretKey}))
	ctx := t.Context()
	stream := newStream(t, c)
	if err := c.Records.Write(ctx, stream, nil, lts.NewRecord{TimeNS: time.Now().UnixNano(), Content: "ünï ~ line"}); err != nil {
		t.Errorf("Write: %v", err)
	}
	if records, err := collect(c.Records.Query(ctx, client.Query{Stream: stream})); err != nil || len(records) != 1 {
		t.Errorf("Query: %v, %v; want one record", records, err)
	}
	if _, err := c.Streams.ListAll(ctx, lts.StreamFilter{GroupName: "a b&c=ü*~"}); err != nil {
		t.Errorf("a query string: %v", err)
	}
	if _, err := c.Logtanks.Create(ctx, listenerSpec); err != nil {
		t.Errorf("a logtank: %v", err)
	}
	if _, err := c.Tokens.Projects(ctx, ""); err != nil {
		t.Errorf("projects: %v", err)
	}
	wrong := newClient(t, s.address, client.WithAccessKey(client.AccessKey{ID: embedded.DevAccessKey, Secret: "wrong"}))
	_, err := wrong.Groups.List(ctx)
	if failed, ok := errors.AsType[*client.Error](err); !ok || failed.Status != 401 {
		t.Errorf("with a wrong key: %v, want 401", err)
	}
}

// Every attempt has a date and a signature of its own.
func TestARepeatedRequestIsSignedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{answer: func(_ *http.Request, n int) (*http.Response, error) {
			if n == 1 {
				return respond(429, throttled, "Retry-After", "20")
			}
			return respond(201, `{"log_group_id":"g"}`)
		}}
		c := newClient(t, "https://lts.example.test", client.WithTransport(p),
			client.WithAccessKey(client.AccessKey{ID: "AK", Secret: "SK", SecurityToken: "temporary"}))
		if _, err := c.Groups.Create(t.Context(), groupSpec); err != nil {
			t.Fatal(err)
		}
		for i, req := range p.requests {
			header := req.Header.Clone()
			header.Set("Host", req.URL.Host)
			err := signature.Verify(signature.Request{
				Method: req.Method, Path: req.URL.EscapedPath(), Header: header, Body: p.bodies[i],
			}, req.Header.Get("Authorization"), "SK", p.times[i])
			if err != nil {
				t.Errorf("attempt %d: %v", i, err)
			}
			signed, _ := signature.Parse(req.Header.Get("Authorization"))
			if got := strings.Join(signed.SignedHeaders, ";"); got != "content-type;host;x-project-id;x-sdk-date;x-security-token" {
				t.Errorf("attempt %d signs %s", i, got)
			}
		}
		if p.requests[0].Header.Get("X-Sdk-Date") == p.requests[1].Header.Get("X-Sdk-Date") {
			t.Error("both attempts have the same date, want 20 s between them")
		}
	})
}

func TestATooLongSignedRequestIsNotSent(t *testing.T) {
	p := &peer{answer: func(*http.Request, int) (*http.Response, error) { return respond(200, written) }}
	c := newClient(t, "https://lts.example.test", client.WithTransport(p),
		client.WithAccessKey(client.AccessKey{ID: "AK", Secret: "SK"}))
	line := strings.Repeat("x", signature.MaxBody)
	wantError(t, "Write", c.Records.WriteLines(t.Context(), lts.Stream{}, nil, 1, line), signature.ErrBodyTooLarge)
	if p.sent() != 0 {
		t.Errorf("%d requests, want none", p.sent())
	}
}
