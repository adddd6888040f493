package clientcheck

import (
	"maps"
	"net/http"
	"sync"
)

// tokens knows which tokens are good.
type tokens struct {
	mu   sync.Mutex
	good map[string]bool // false: it was good, and is refused now
	used map[string]bool // for something that succeeded
}

func newTokens(given string) *tokens {
	t := &tokens{good: make(map[string]bool), used: make(map[string]bool)}
	if given != "" {
		t.good[given] = true
	}
	return t
}

// issue makes a token.
func (t *tokens) issue() string {
	token := newToken()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.good[token] = true
	return token
}

// expire refuses a token from now on.
func (t *tokens) expire(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.good[token]; known {
		t.good[token] = false
	}
}

// check reports whether a token is good, and whether it ever was.
func (t *tokens) check(token string) (good, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	good, known = t.good[token]
	if good {
		t.used[token] = true
	}
	return good, known
}

// all lists the tokens that were ever good.
func (t *tokens) all() map[string]bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.good)
}

// inUse says how many tokens requests have carried.
func (t *tokens) inUse() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.used)
}

const (
	tokenHeader   = "X-Auth-Token"
	projectHeader = "X-Project-Id"
)

// credential finds out who asks. It gives the code of the error that answers a
// request whose credentials are missing or wrong, and the rule that it breaks.
func (p *service) credential(r *http.Request, body []byte) (code, where, rule string) {
	token, signature := r.Header.Get(tokenHeader), r.Header.Get("Authorization")
	switch {
	case token != "":
		good, known := p.tokens.check(token)
		switch {
		case good:
			return "", "", ""
		case known:
			return "LTS.0003", "", "" // expired: no fault of the client
		default:
			return "LTS.0003", "header " + tokenHeader, "the token is one that the service has issued"
		}
	case signature != "":
		if rule := p.checkSignature(r, body, signature); rule != "" {
			return "LTS.0023", "header Authorization", rule
		}
		return "", "", ""
	default:
		return "LTS.0002", "header " + tokenHeader, "the request carries a token or a signature"
	}
}
