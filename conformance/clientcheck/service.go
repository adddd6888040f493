package clientcheck

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

const (
	maxBody  = 64 << 20 // how much of a request is read
	maxShown = 16 << 10 // how much of a body a report keeps

	// maxRequests is how many requests a client may send in a run. One that sends
	// more does not come to its end by itself: its connections are closed.
	maxRequests = 1000
)

// A service plays a scenario to one client. It is an [http.Handler].
type service struct {
	contract *contract
	scenario scenario
	session  Session
	tokens   *tokens
	writer   *writer
	closing  chan struct{} // closed when the run is over: nothing is held back any more

	elsewhere string // base URL that redirects lead to
	unbounded bool   // any number of requests may come

	mu       sync.Mutex
	requests []*received
	played   map[string]int  // moves, by operation
	ended    map[string]bool // operations of which the last page has been asked for
}

// A received request and how it was answered.
type received struct {
	operation string // empty: none of the document
	key       string // method, target and body: what is the same request
	token     string
	at        time.Time
	answered  time.Time
	until     time.Time // not to be sent again before; zero: nothing said
	move      *move     // nil: answered as documented
	status    int
	problems  []conformance.Problem
	checks    int
	exchange  *conformance.Exchange
}

func newService(c *contract, s scenario, session Session) *service {
	return &service{
		contract: c, scenario: s, session: session, tokens: newTokens(session.Token), closing: make(chan struct{}),
		writer: &writer{session: session, memory: memory{}, far: s.Times == "far"},
		played: make(map[string]int), ended: make(map[string]bool),
	}
}

// ServeHTTP implements [http.Handler].
func (p *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.flooded() {
		hangUp(w, nil)
		return
	}
	in := &received{at: time.Now(), token: r.Header.Get(tokenHeader)}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	in.key = r.Method + " " + r.RequestURI + "\n" + string(body)
	path, _, _ := strings.Cut(r.RequestURI, "?")
	match, known := p.contract.find(r.Method, path)
	look := &inspection{service: p, request: r, match: match, query: make(map[string]string)}
	if known {
		in.operation = match.operation.OperationID
	}
	in.exchange = p.exchange(r, in.operation, body)
	look.check(err == nil, "body", "it comes to its end", nil)
	look.check(known, "path", "the document has an operation of this method and path", r.Method+" "+path)
	var a answer
	if known {
		look.inspect(body)
		a = p.answer(in, look, body)
	} else {
		a = answer{status: http.StatusNotFound, body: object{"error_code": "APIGW.0101", "error_msg": p.contract.errors["APIGW.0101"].Message}}
	}
	in.problems, in.checks = look.problems, look.checks
	p.keep(in, a)
	a.send(w, r, p)
}

// keep notes a request and its answer.
func (p *service) keep(in *received, a answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	in.answered, in.move, in.status = time.Now(), a.move, a.status
	header := a.header()
	if a.token != "" {
		header.Set("X-Subject-Token", "$TOKEN")
	}
	in.exchange.Status, in.exchange.Header, in.exchange.Body = a.status, header, p.hide(shown(string(a.bytes()), maxShown))
	if o, ok := a.body.(object); ok {
		in.exchange.Code, _ = o["error_code"].(string)
	}
	in.exchange.Took = in.answered.Sub(in.at)
	p.requests = append(p.requests, in)
}

// flooded reports whether the client has sent more than a client does.
func (p *service) flooded() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.unbounded && len(p.requests) >= maxRequests
}

// received lists the requests so far.
func (p *service) received() []*received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// answer decides how a request of an operation is answered.
func (p *service) answer(in *received, look *inspection, body []byte) answer {
	operation := look.match.operation
	if needsCredentials(operation) {
		code, where, rule := p.credential(look.request, body)
		look.check(rule == "", where, rule, p.hide(look.request.Header.Get(strings.TrimPrefix(where, "header "))))
		if code != "" {
			return p.failure(operation, http.StatusUnauthorized, code)
		}
	}
	if operation.OperationID == "CreateToken" && !p.knowsUser(look.body) {
		look.check(false, "/auth/identity/password/user", "it is the user of the session", nil)
		return p.failure(operation, http.StatusUnauthorized, "")
	}
	if move := p.next(operation.OperationID); move != nil {
		return p.play(move, in, look)
	}
	return p.documented(look)
}

// next gives the move for the next request of an operation; nil for none.
func (p *service) next(operation string) *move {
	if p.session.Operation != "" && p.session.Operation != operation {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.played[operation]
	p.played[operation]++
	return p.scenario.move(n)
}

func (p *service) knowsUser(body any) bool {
	user := at(body, "auth", "identity", "password", "user")
	o, _ := user.(object)
	return p.session.Password != "" && o["password"] == p.session.Password &&
		o["name"] == p.session.User && at(user, "domain", "name") == p.session.Domain
}

func at(v any, names ...string) any {
	for _, name := range names {
		o, _ := v.(object)
		v = o[name]
	}
	return v
}

// documented is the answer of the document.
func (p *service) documented(look *inspection) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	operation := look.match.operation
	p.writer.memory.learn(look.body)
	for name, value := range look.query {
		p.writer.memory.learn(object{name: value})
	}
	a := answer{status: status(success(operation))}
	request, _ := look.body.(object)
	var list page
	switch operation.OperationID {
	case "CreateToken":
		a.body, a.token = p.writer.token(operation), p.tokens.issue()
		return a
	case "ListLogs":
		list = p.query(request)
	case "ListTransfers":
		list = p.transfers(operation, look.query)
	case "ListLogtanks":
		list = p.logtanks(operation, look.query)
	case "ListLogContext":
		list.body = p.context(request)
	default:
		list.body = p.writer.success(operation)
	}
	p.ended[operation.OperationID] = list.last
	a.body = list.body
	return a
}

// failure is a documented error.
func (p *service) failure(operation openapi.Operation, code int, errorCode string) answer {
	text := strconv.Itoa(code)
	if operation.Responses.Value(text) == nil && code == http.StatusBadRequest {
		for _, other := range []string{"403", "404", "401"} {
			if operation.Responses.Value(other) != nil {
				text = other
				break
			}
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return answer{status: status(text), body: p.writer.failure(operation, text, errorCode, p.contract.errors)}
}

func status(text string) int {
	n, _ := strconv.Atoi(text) // statuses are numbers
	return n
}

// exchange is what may be shown of a request.
func (p *service) exchange(r *http.Request, operation string, body []byte) *conformance.Exchange {
	header := make(http.Header)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if name == "Accept-Encoding" || name == "Connection" {
			continue // of the connection, and curl has its own
		}
		for _, value := range r.Header[name] {
			header.Add(name, p.hide(value))
		}
	}
	return &conformance.Exchange{
		Operation: operation, Method: r.Method, URL: p.hide("http://" + r.Host + r.RequestURI),
		RequestHeader: header, RequestBody: p.hide(shown(string(body), maxShown)),
	}
}

// hide replaces what the client was given as a secret.
func (p *service) hide(text string) string {
	s := p.session
	pairs := []string{}
	for _, secret := range []struct{ value, variable string }{
		{s.Password, "$LTS_PASSWORD"}, {s.Token, "$TOKEN"}, {s.SecretKey, "$LTS_SECRET_KEY"},
	} {
		if secret.value != "" {
			pairs = append(pairs, secret.value, secret.variable)
		}
	}
	for token := range p.tokens.all() {
		pairs = append(pairs, token, "$TOKEN")
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func shown(text string, most int) string {
	if len(text) > most {
		return text[:most] + "..."
	}
	return text
}
