package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/lts/signature"
)

// Headers that carry credentials.
const (
	tokenHeader         = "X-Auth-Token"
	projectHeader       = "X-Project-Id"
	securityTokenHeader = "X-Security-Token"
)

// credentials prove who calls. They are safe for concurrent use.
type credentials interface {
	// authorize adds the proof to a request with that body.
	authorize(ctx context.Context, req *http.Request, body []byte) error
	// refused is told that req was answered 401. It says whether another attempt
	// has a better chance.
	refused(req *http.Request) bool
}

// An identity is what an option says about who calls.
type identity struct {
	option string
	make   func(c config, tokens *Tokens, projectID string) (credentials, error)
}

func (c *config) identify(option string, make func(config, *Tokens, string) (credentials, error)) {
	c.identities = append(c.identities, identity{option, make})
}

// credentials makes those that the options ask for.
func (c config) credentials(tokens *Tokens, projectID string) (credentials, error) {
	switch len(c.identities) {
	case 0:
		return nil, errors.New("nobody says who calls: use WithPassword, WithToken, WithTokenSource, WithAccessKey or WithEnvironment")
	case 1:
		return c.identities[0].make(c, tokens, projectID)
	default:
		return nil, fmt.Errorf("%s and %s contradict each other", c.identities[0].option, c.identities[1].option)
	}
}

// A Password names a user, by name and domain or by ID, with the password.
type Password struct {
	User     string // name; with Domain or DomainID
	UserID   string // in place of User
	Domain   string // name of the account that the user belongs to
	DomainID string // in place of Domain
	Password string
}

// WithPassword gets a token for the project with a password and uses it until
// shortly before its end. All calls share it: however many there are, one
// request for a token is under way at a time. A token that the service refuses
// with 401 is replaced once for each call.
func WithPassword(password Password) Option {
	return func(c *config) {
		if password.UserID == "" && (password.User == "" || password.Domain == "" && password.DomainID == "") {
			c.problem("WithPassword: the user is missing, or the domain of the user")
		}
		c.identify("WithPassword", func(c config, tokens *Tokens, projectID string) (credentials, error) {
			return newTokenCache(c, func(ctx context.Context) (AccessToken, error) {
				token, err := tokens.Create(ctx, lts.Credentials{
					UserID: password.UserID, UserName: password.User, Password: password.Password,
					Domain:       lts.Reference{ID: password.DomainID, Name: password.Domain},
					ProjectScope: &lts.Reference{ID: projectID},
				})
				return AccessToken{Value: token.Value, ExpiresAt: token.ExpiresAt}, err
			}), nil
		})
	}
}

// An AccessToken is a token and when it ends.
type AccessToken struct {
	Value     string
	ExpiresAt time.Time // zero: only the service knows
}

// WithTokenSource takes tokens from a function, such as one that asks a vault.
// The client keeps a token until shortly before its end, or until the service
// refuses it, and never asks for two at a time.
func WithTokenSource(source func(context.Context) (AccessToken, error)) Option {
	return func(c *config) {
		if source == nil {
			c.problem("WithTokenSource: the function is nil")
		}
		c.identify("WithTokenSource", func(c config, _ *Tokens, _ string) (credentials, error) {
			return newTokenCache(c, source), nil
		})
	}
}

// WithToken uses one token for everything. When it has ended, calls fail with
// [lts.ErrInvalidToken].
func WithToken(token string) Option {
	return func(c *config) {
		if token == "" {
			c.problem("WithToken: the token is empty")
		}
		c.identify("WithToken", func(config, *Tokens, string) (credentials, error) { return staticToken(token), nil })
	}
}

type staticToken string

func (t staticToken) authorize(_ context.Context, req *http.Request, _ []byte) error {
	req.Header.Set(tokenHeader, string(t))
	return nil
}

func (staticToken) refused(*http.Request) bool { return false }

// An AccessKey is a pair of keys that signs requests.
type AccessKey struct {
	ID            string // the access key (AK)
	Secret        string // the secret key (SK); it is not sent
	SecurityToken string // of a temporary pair, else empty
}

// WithAccessKey signs every request (AK/SK authentication, package
// [signature]). A signed request has at most [signature.MaxBody] bytes, and the
// clocks of both sides may differ by [signature.MaxSkew].
func WithAccessKey(key AccessKey) Option {
	return func(c *config) {
		if key.ID == "" || key.Secret == "" {
			c.problem("WithAccessKey: the access key or the secret key is missing")
		}
		c.identify("WithAccessKey", func(c config, _ *Tokens, projectID string) (credentials, error) {
			return &signer{key, projectID, c.now}, nil
		})
	}
}

type signer struct {
	key       AccessKey
	projectID string
	now       func() time.Time
}

// authorize signs the host, the project and the type and encoding of the body
// besides what is always signed.
func (s *signer) authorize(_ context.Context, req *http.Request, body []byte) error {
	now := s.now()
	signed := []string{"host", projectHeader}
	req.Header.Set(signature.DateHeader, signature.FormatDate(now))
	req.Header.Set(projectHeader, s.projectID)
	if s.key.SecurityToken != "" {
		req.Header.Set(securityTokenHeader, s.key.SecurityToken)
		signed = append(signed, securityTokenHeader)
	}
	for _, name := range []string{"Content-Type", "Content-Encoding"} {
		if req.Header.Get(name) != "" {
			signed = append(signed, name)
		}
	}
	header := req.Header.Clone()
	header.Set("Host", req.URL.Host)
	value, err := signature.Sign(signature.Request{
		Method: req.Method, Path: req.URL.EscapedPath(), RawQuery: req.URL.RawQuery, Header: header, Body: body,
	}, s.key.ID, s.key.Secret, signed, now)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", value)
	return nil
}

func (*signer) refused(*http.Request) bool { return false }

// renewBefore is how long before its end a token is replaced. One that lives
// shorter than twice that is replaced after half its life.
const renewBefore = 10 * time.Minute

// A tokenCache keeps a token of a source.
type tokenCache struct {
	source  func(context.Context) (AccessToken, error)
	now     func() time.Time
	timeout time.Duration
	renewal singleflight.Group

	mu      sync.Mutex
	token   AccessToken
	renewAt time.Time // zero: when the service refuses the token
}

func newTokenCache(c config, source func(context.Context) (AccessToken, error)) *tokenCache {
	return &tokenCache{source: source, now: c.now, timeout: c.timeout + c.retry.Within}
}

func (t *tokenCache) authorize(ctx context.Context, req *http.Request, _ []byte) error {
	token, err := t.get(ctx)
	if err == nil {
		req.Header.Set(tokenHeader, token)
	}
	return err
}

// refused forgets the token that req carried, unless another call has replaced
// it already.
func (t *tokenCache) refused(req *http.Request) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token.Value == req.Header.Get(tokenHeader) {
		t.token = AccessToken{}
	}
	return true
}

// get gives the token, after it was replaced when that is due. While the old
// one is good, a failure to replace it does not matter.
func (t *tokenCache) get(ctx context.Context) (string, error) {
	token, fresh, good := t.current()
	if fresh {
		return token, nil
	}
	// The caller who happens to be first may give up; the others still want the
	// token.
	renewal := t.renewal.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.timeout)
		defer cancel()
		return t.renew(ctx)
	})
	select {
	case result := <-renewal:
		if result.Err != nil && good {
			return token, nil
		}
		renewed, _ := result.Val.(string)
		return renewed, result.Err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// current gives the token, whether it need not be replaced, and whether it can
// be used at all.
func (t *tokenCache) current() (token string, fresh, good bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token.Value == "" {
		return "", false, false
	}
	now := t.now()
	fresh = t.renewAt.IsZero() || now.Before(t.renewAt)
	good = t.token.ExpiresAt.IsZero() || now.Before(t.token.ExpiresAt)
	return t.token.Value, fresh, good
}

func (t *tokenCache) renew(ctx context.Context) (string, error) {
	if token, fresh, _ := t.current(); fresh {
		return token, nil // another call was faster
	}
	token, err := t.source(ctx)
	if err == nil && token.Value == "" {
		err = errors.New("the token is empty")
	}
	if err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.renewAt = token, time.Time{}
	if !token.ExpiresAt.IsZero() {
		life := token.ExpiresAt.Sub(t.now())
		t.renewAt = token.ExpiresAt.Add(-min(renewBefore, life/2))
	}
	return token.Value, nil
}
