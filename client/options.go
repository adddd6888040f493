package client

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"
	"unicode"
)

// An Option sets up a client.
type Option func(*config)

// A RetryPolicy says how often and how long a request is repeated that met a
// throttled or unavailable service or a cut connection. The waits grow by half
// each time and vary by up to half, so that clients do not come back all at
// once. A Retry-After of the answer takes the place of a wait.
type RetryPolicy struct {
	Attempts int           // how often a request is sent at most; 1 switches repeating off; default 5
	Wait     time.Duration // the first wait; default 200 ms
	MaxWait  time.Duration // the longest wait but for Retry-After; default 10 s
	Within   time.Duration // no wait begins that would end later than this after the first attempt; default 1 min
}

// DefaultTimeout is how long one attempt may take.
const DefaultTimeout = 30 * time.Second

// MaxAnswer is how many bytes an answer may have. A page of records that has
// more needs a smaller [Query.PageSize].
const MaxAnswer = 256 << 20

type config struct {
	iamEndpoint string
	gaEndpoint  string
	identities  []identity
	httpClient  *http.Client
	transport   http.RoundTripper
	caFile      string
	caFileAsked bool           // by an option, not by the environment
	trusted     *x509.CertPool // nil: what the system trusts
	timeout     time.Duration
	userAgent   string
	retry       RetryPolicy
	hooks       []func(context.Context, Attempt)
	now         func() time.Time
	problems    []error
}

func newConfig(opts []Option) (config, error) {
	c := config{timeout: DefaultTimeout, userAgent: defaultUserAgent(), now: time.Now}
	for _, option := range opts {
		option(&c)
	}
	c.retry = c.retry.orDefault(RetryPolicy{
		Attempts: 5, Wait: 200 * time.Millisecond, MaxWait: 10 * time.Second, Within: time.Minute,
	})
	if c.httpClient != nil && c.transport != nil {
		c.problem("WithHTTPClient and WithTransport contradict each other")
	}
	c.trust()
	return c, errors.Join(c.problems...)
}

// trust reads the certificates that are trusted, unless the caller has a
// transport and with it the certificates.
func (c *config) trust() {
	if c.httpClient != nil || c.transport != nil {
		if c.caFileAsked {
			c.problem("WithCAFile contradicts WithHTTPClient and WithTransport, which have certificates of their own")
		}
		return
	}
	if c.caFile == "" {
		return
	}
	var err error
	if c.trusted, err = certificates(c.caFile); err != nil {
		c.problems = append(c.problems, fmt.Errorf("certificates: %w", err))
	}
}

func (c *config) problem(text string) { c.problems = append(c.problems, errors.New(text)) }

// orDefault takes what p does not say from another policy.
func (p RetryPolicy) orDefault(other RetryPolicy) RetryPolicy {
	if p.Attempts == 0 {
		p.Attempts = other.Attempts
	}
	if p.Wait == 0 {
		p.Wait = other.Wait
	}
	if p.MaxWait == 0 {
		p.MaxWait = max(other.MaxWait, p.Wait)
	}
	if p.Within == 0 {
		p.Within = other.Within
	}
	return p
}

func (p RetryPolicy) check() error {
	if p.Attempts < 0 || p.Wait < 0 || p.MaxWait < 0 || p.Within < 0 {
		return errors.New("a retry policy has no negative values")
	}
	return nil
}

// WithIAMEndpoint names the base address of the identity service. See [New] for
// the default.
func WithIAMEndpoint(endpoint string) Option {
	return func(c *config) { c.iamEndpoint = endpoint }
}

// WithGAEndpoint names the base address of Global Accelerator, which has the
// logtanks. See [New] for the default.
func WithGAEndpoint(endpoint string) Option {
	return func(c *config) { c.gaEndpoint = endpoint }
}

// WithHTTPClient sends requests with a client of the caller's, whose transport,
// cookies and timeout hold. Redirects are not followed, whatever it says: they
// would take the credentials elsewhere. The default is a client of its own.
func WithHTTPClient(httpClient *http.Client) Option {
	return func(c *config) { c.httpClient = httpClient }
}

// WithTransport sends requests through a transport, such as one that traces
// them. The default is a copy of [http.DefaultTransport] that keeps more
// connections to the service.
func WithTransport(transport http.RoundTripper) Option {
	return func(c *config) { c.transport = transport }
}

// WithCAFile trusts the certificates of a file in PEM besides those that the
// system trusts: that of a company, or of a server that has signed its own. The
// last file counts. The default is what the system trusts.
func WithCAFile(file string) Option {
	return func(c *config) { c.caFile, c.caFileAsked = file, true }
}

// certificates adds those of a file to those of the system.
func certificates(file string) (*x509.CertPool, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, err
	}
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s has no certificate in PEM", file)
	}
	return pool, nil
}

// WithTimeout limits one attempt of a request, with its answer. The default is
// [DefaultTimeout]. The context of a call limits all of them together.
func WithTimeout(timeout time.Duration) Option {
	return func(c *config) {
		if timeout <= 0 {
			c.problem("a timeout is positive")
		}
		c.timeout = timeout
	}
}

// WithUserAgent puts the name of a program before that of this module in the
// header User-Agent.
func WithUserAgent(name string) Option {
	return func(c *config) {
		if strings.ContainsFunc(name, unicode.IsControl) {
			c.problem("WithUserAgent: the name has control characters")
		}
		c.userAgent = name + " " + defaultUserAgent()
	}
}

// WithRetry replaces the default policy. What the policy does not say stays at
// its default.
func WithRetry(policy RetryPolicy) Option {
	return func(c *config) {
		if err := policy.check(); err != nil {
			c.problems = append(c.problems, err)
		}
		c.retry = policy
	}
}

// WithHook calls a function after every attempt, for logs and metrics. Several
// are called in their order. They may be called concurrently and should not
// take long.
func WithHook(hook func(context.Context, Attempt)) Option {
	return func(c *config) {
		if hook == nil {
			c.problem("WithHook: the function is nil")
		}
		c.hooks = append(c.hooks, hook)
	}
}

// WithClock replaces [time.Now], for tests: tokens end, requests are signed and
// records are dated by it.
func WithClock(now func() time.Time) Option {
	return func(c *config) {
		if now == nil {
			c.problem("WithClock: the function is nil")
		}
		c.now = now
	}
}

const modulePath = "github.com/ltskit/ltskit"

// defaultUserAgent is the module with the version that is built in.
func defaultUserAgent() string {
	version := "devel"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range append(info.Deps, &info.Main) {
			if m.Path == modulePath && m.Version != "" && m.Version != "(devel)" {
				version = m.Version
			}
		}
	}
	return "ltskit-go/" + version
}
