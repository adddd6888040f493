package lts

import (
	"sync"
	"time"
)

// maxGrants is how many tokens a [grantCache] remembers.
const maxGrants = 1000

// A grantCache remembers what tokens grant that have been verified: to verify
// one takes longer than all else of a small request. What it says stays true,
// because neither the key nor the directory changes, until the token expires.
type grantCache struct {
	mu     sync.RWMutex
	grants map[string]Grant // by token
}

// find gives what a token grants at a time, if that is known.
func (c *grantCache) find(token string, now time.Time) (Grant, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	grant, known := c.grants[token]
	return grant, known && now.Before(grant.ExpiresAt)
}

// keep remembers a token. Where there are too many it forgets the others; those
// in use are soon known again.
func (c *grantCache) keep(token string, grant Grant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.grants == nil || len(c.grants) >= maxGrants {
		c.grants = make(map[string]Grant)
	}
	c.grants[token] = grant
}
