package conformance

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ltskit/ltskit/openapi"
)

// A Proxy stands between clients and an implementation, and holds what passes
// against the document. Bytes pass as they are, in both directions: it reads
// along and rewrites nothing.
type Proxy struct {
	upstream *url.URL
	options  ProxyOptions
	contract *contract
	routes   []route
	answers  *answers
	har      *harLog
	begun    time.Time

	passed      atomic.Uint64 // answers
	unknown     atomic.Uint64 // answers to requests that are no operation of the document
	unchecked   atomic.Uint64 // answers that could not be read along
	withheld    atomic.Uint64 // answers that were replaced by 502
	unreachable atomic.Uint64 // connections that the upstream did not take

	mu          sync.Mutex
	connections map[net.Conn]bool // in both directions; true for a client that waits for no answer
	closing     bool              // the idle connections are closed
	cut         bool              // all connections are
	group       sync.WaitGroup
	drainTime   time.Duration // how long answers under way have when the proxy stops
}

// ProxyOptions say how a proxy works.
type ProxyOptions struct {
	Edition string // default [openapi.Latest]
	// Enforce answers 502 in place of what breaks the contract. Answers are then
	// held back until they have been checked.
	Enforce bool
	// HAR is how many exchanges are kept for [Proxy.WriteHAR], the first ones.
	HAR int
	// TLS is for an upstream of the scheme https. Nil means the roots of the
	// system.
	TLS *tls.Config
}

// NewProxy makes a proxy for an implementation at a base URL. All services of
// the document are expected there.
func NewProxy(upstream string, options ProxyOptions) (*Proxy, error) {
	if err := checkURL(upstream); err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	u, _ := url.Parse(upstream) // it has just been parsed
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("upstream: %q must not have a path: requests pass as they are", upstream)
	}
	if options.Edition == "" {
		options.Edition = openapi.Latest
	}
	contract, err := loadContract(options.Edition)
	if err != nil {
		return nil, err
	}
	return &Proxy{
		upstream: u, options: options, contract: contract, routes: routesOf(contract), answers: newAnswers(),
		har: newHARLog(options.HAR), begun: time.Now(), connections: make(map[net.Conn]bool),
		drainTime: drainTime,
	}, nil
}

// drainTime is how long a proxy that stops waits for answers under way.
const drainTime = 5 * time.Second

// Serve relays the connections of a listener, which it closes, until the
// context ends. Answers that are under way then have 5 seconds.
func (p *Proxy) Serve(ctx context.Context, listener net.Listener) error {
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()
	for {
		client, err := listener.Accept()
		if err != nil {
			p.drain()
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		p.group.Go(func() { p.relay(ctx, client) })
	}
}

// drain closes the connections of clients that wait for no answer, and gives the
// others some time. An upstream that keeps a connection open after that is cut
// off too: nobody is left to answer.
func (p *Proxy) drain() {
	p.mu.Lock()
	p.closing = true
	for connection, idle := range p.connections {
		if idle {
			_ = connection.Close()
		}
	}
	p.mu.Unlock()
	timer := time.AfterFunc(p.drainTime, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.cut = true
		for connection := range p.connections {
			_ = connection.Close()
		}
	})
	defer timer.Stop()
	p.group.Wait()
}

// hold notes a connection, so that it can be closed when the proxy stops. The
// result forgets and closes it.
func (p *Proxy) hold(connection net.Conn, idle bool) (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.connections[connection] = idle
	if p.cut {
		_ = connection.Close()
	}
	return func() {
		p.mu.Lock()
		delete(p.connections, connection)
		p.mu.Unlock()
		_ = connection.Close()
	}
}

// idle notes whether a connection waits for a request. One that becomes idle
// while the proxy stops is closed.
func (p *Proxy) idle(client net.Conn, idle bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, open := p.connections[client]; !open {
		return
	}
	p.connections[client] = idle
	if idle && p.closing {
		_ = client.Close()
	}
}

// dial connects to the upstream.
func (p *Proxy) dial(ctx context.Context) (net.Conn, error) {
	address := p.upstream.Host
	if p.upstream.Port() == "" {
		address = net.JoinHostPort(p.upstream.Hostname(), map[bool]string{true: "443", false: "80"}[p.upstream.Scheme == "https"])
	}
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	if p.upstream.Scheme != "https" {
		return (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if p.options.TLS != nil {
		config = p.options.TLS.Clone()
	}
	config.NextProtos = []string{"http/1.1"} // what is read along
	return (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", address)
}

// A ProxyCount says how much passed.
type ProxyCount struct {
	Answers     uint64 // that passed
	Unknown     uint64 // of them to requests that are no operation of the document
	Unchecked   uint64 // of them that could not be read along, such as those in an unknown encoding
	Withheld    uint64 // replaced by 502
	Unreachable uint64 // connections that the upstream did not take
}

// Count says how much has passed so far.
func (p *Proxy) Count() ProxyCount {
	return ProxyCount{p.passed.Load(), p.unknown.Load(), p.unchecked.Load(), p.withheld.Load(), p.unreachable.Load()}
}

// Report says what was wrong with what passed: a case of each operation, with
// the first samples of each problem.
func (p *Proxy) Report() (*Report, error) {
	report := &Report{Target: p.upstream.String(), Edition: p.contract.edition, Took: time.Since(p.begun)}
	p.answers.mu.Lock()
	defer p.answers.mu.Unlock()
	for _, operation := range p.contract.operations {
		result := Result{
			Case: Case{
				Name: "traffic/" + operation.Tag() + "/" + operation.OperationID, Tag: operation.Tag(),
				Operation: operation.OperationID, Sources: openapi.SourcesOf(operation.Extensions),
			},
			Contradictions: p.contract.contradictions[operation.OperationID],
		}
		if found := p.answers.byOperation[operation.OperationID]; found != nil {
			result.Checks, result.Problems, result.Exchanges = found.Checks, found.Problems, found.Exchanges
			result.Settle()
		} else {
			result.Outcome, result.Reason = NotSupported, "nobody called the operation"
		}
		report.Results = append(report.Results, result)
	}
	all, err := p.contract.cases()
	if err != nil {
		return nil, err
	}
	report.Coverage = p.contract.coverage(all, report.Results)
	return report, nil
}

// A route is the path of an operation, in segments; "" stands for a parameter.
type route struct {
	operation openapi.Operation
	segments  []string
}

func routesOf(c *contract) []route {
	var routes []route
	for _, operation := range c.operations {
		segments := strings.Split(operation.Path, "/")
		for i, segment := range segments {
			if strings.HasPrefix(segment, "{") {
				segments[i] = ""
			}
		}
		routes = append(routes, route{operation, segments})
	}
	return routes
}

// operation finds the operation of a request.
func (p *Proxy) operation(method, path string) (openapi.Operation, bool) {
	segments := strings.Split(path, "/")
	for _, r := range p.routes {
		if r.operation.Method == method && r.matches(segments) {
			return r.operation, true
		}
	}
	return openapi.Operation{}, false
}

func (r route) matches(segments []string) bool {
	if len(segments) != len(r.segments) {
		return false
	}
	for i, segment := range r.segments {
		if i > 0 && (segment == "" && segments[i] == "" || segment != "" && segment != segments[i]) {
			return false
		}
	}
	return true
}

// errBroken says that what passes is no HTTP that can be read along.
var errBroken = errors.New("no HTTP that can be read along")

// judge holds an answer against the document. It returns the problems of level
// must.
func (p *Proxy) judge(q passing, passed passedAnswer) []Problem {
	p.passed.Add(1)
	exchange := q.exchange(passed)
	operation, known := p.operation(q.method, q.url.Path)
	if !known {
		p.unknown.Add(1)
		p.har.add(q.at, exchange)
		return nil
	}
	exchange.Operation = operation.OperationID
	decoded, err := decode(passed.header.Get("Content-Encoding"), passed.body)
	if err != nil || !passed.whole {
		p.unchecked.Add(1)
		p.har.add(q.at, exchange)
		return nil
	}
	a := &answer{status: passed.status, header: passed.header, body: decoded}
	if len(decoded) > 0 {
		a.value, a.err = decodeExact(decoded)
	} else {
		a.err = errBroken
	}
	exchange.Code = codeOf(a.value)
	exchange.Body = showHidden(decoded, hideBody)
	p.har.add(q.at, exchange)
	check := &comparison{}
	check.answer(operation, a)
	check.accepted(operation, q, a)
	check.everywhere(p.contract.everywhere, a)
	p.answers.note(operation, exchange, check)
	p.answers.sample(exchange)
	var must []Problem
	for _, problem := range check.problems {
		if problem.Level == Must {
			must = append(must, problem)
		}
	}
	return must
}

// accepted reports a request that breaks the document and is not refused.
func (c *comparison) accepted(operation openapi.Operation, q passing, a *answer) {
	if operation.RequestBody == nil || !q.whole || a.status >= http.StatusMultipleChoices || a.status < http.StatusOK || codeIsError(a) {
		return
	}
	media := operation.RequestBody.Value.Content["application/json"]
	body, err := decode(q.header.Get("Content-Encoding"), q.body)
	if media == nil || err != nil {
		return
	}
	c.checks++
	value, err := decodeExact(body)
	if err != nil {
		c.add(Must, "request body", "what is no JSON is refused", a.status)
		return
	}
	if err := media.Schema.Value.VisitJSON(value, visitRequest()...); err != nil {
		c.add(Must, "request body", "what breaks the document is refused: "+firstLine(err), a.status)
	}
}

// codeIsError reports whether an answer of success is an error all the same, as
// the older editions have it.
func codeIsError(a *answer) bool { return text(a.value, "error_code") != "" }
