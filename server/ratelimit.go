package server

import (
	"math"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"github.com/ltskit/ltskit/lts"
)

// A RateLimit says how many requests a caller may send. The zero RateLimit
// allows all.
type RateLimit struct {
	PerSecond float64
	Burst     int // requests at once; at least 1 counts
}

// limitRate refuses callers that send too much: users by their ID, and those
// who do not say who they are by their address.
func (s *Server) limitRate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.options.RateLimit.PerSecond <= 0 {
			return next(c)
		}
		if wait := s.callers.wait(callerName(c.Request()), s.options.Now()); wait > 0 {
			c.Response().Header().Set(echo.HeaderRetryAfter, retryAfter(wait))
			return lts.ErrThrottled
		}
		return next(c)
	}
}

func callerName(r *http.Request) string {
	if who := callerOf(r.Context()); who.user.ID != "" {
		return "user " + who.user.ID
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return "address " + host
}

// retryAfter gives whole seconds, rounded up: who comes earlier is refused.
func retryAfter(wait time.Duration) string {
	return strconv.Itoa(int(math.Ceil(wait.Seconds())))
}

// maxCallers is how many callers a generation has.
const maxCallers = 4096

// callers remember what each caller has sent lately. There are two generations
// of them: when the young one is full, the old one is forgotten, so that many
// callers cost no more than twice maxCallers.
type callers struct {
	limit RateLimit

	mu         sync.Mutex
	young, old map[string]*rate.Limiter
}

func newCallers(limit RateLimit) *callers {
	limit.Burst = max(limit.Burst, 1)
	return &callers{limit: limit, young: make(map[string]*rate.Limiter)}
}

// wait takes a request of a caller, or tells how long it has to wait.
func (c *callers) wait(name string, now time.Time) time.Duration {
	limiter := c.limiter(name)
	reservation := limiter.ReserveN(now, 1)
	delay := reservation.DelayFrom(now)
	if delay > 0 {
		reservation.CancelAt(now)
	}
	return delay
}

func (c *callers) limiter(name string) *rate.Limiter {
	c.mu.Lock()
	defer c.mu.Unlock()
	if limiter, ok := c.young[name]; ok {
		return limiter
	}
	limiter, ok := c.old[name]
	if !ok {
		limiter = rate.NewLimiter(rate.Limit(c.limit.PerSecond), c.limit.Burst)
	}
	if len(c.young) >= maxCallers {
		c.young, c.old = make(map[string]*rate.Limiter), c.young
	}
	c.young[name] = limiter
	return limiter
}
