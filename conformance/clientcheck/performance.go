package clientcheck

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/ltskit/ltskit/conformance"
)

// A performance is a scenario played to a client once.
type performance struct {
	service *service
	strays  []*received // requests that came to where a redirect led
	err     error       // of the client
	endless bool        // the client did not come to its end by itself
}

// perform starts a service, drives the client, and ends the service.
func (c *contract) perform(ctx context.Context, drive Driver, s scenario, operation string, options Options) (*performance, error) {
	listener, err := options.Listen(ctx)
	if err != nil {
		return nil, err
	}
	session := newSession("http://"+listener.Addr().String(), s, operation, options.Auth)
	p := &performance{service: newService(c, s, session)}
	servers := []*http.Server{serve(listener, p.service)}
	if s.redirects() {
		other, err := options.Listen(ctx)
		if err != nil {
			_ = servers[0].Close()
			return nil, err
		}
		p.service.elsewhere = "http://" + other.Addr().String()
		servers = append(servers, serve(other, http.HandlerFunc(p.stray)))
	}
	p.drive(ctx, drive, options.Patience)
	p.endless = p.endless || p.service.flooded()
	for _, server := range servers {
		_ = server.Close() // it closes connections, which the client may have done
	}
	return p, nil
}

func serve(listener net.Listener, handler http.Handler) *http.Server {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(listener) }() // ends with ErrServerClosed
	return server
}

// drive waits for the client, but not for ever.
func (p *performance) drive(ctx context.Context, drive Driver, patience time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- drive(ctx, p.service.session) }()
	select {
	case p.err = <-done:
		close(p.service.closing)
		p.endless = ctx.Err() != nil
		return
	case <-ctx.Done():
		p.endless = true
	}
	close(p.service.closing) // a client that waits for an answer sees its connection end
	select {
	case p.err = <-done:
	case <-time.After(grace):
		p.err = ctx.Err()
	}
}

// grace is how long a client has to end after its context has.
const grace = 5 * time.Second

func (s scenario) redirects() bool {
	for _, m := range s.Moves {
		if m.Redirect {
			return true
		}
	}
	return false
}

// stray takes requests where a redirect led.
func (p *performance) stray(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxBody)) // what came is what matters
	s := p.service
	in := &received{exchange: s.exchange(r, "", body), checks: 1}
	for _, name := range []string{tokenHeader, "Authorization"} {
		if r.Header.Get(name) != "" {
			in.problems = append(in.problems, conformance.Problem{
				Level: conformance.Must, Where: "header " + name, Rule: "credentials are not taken to another address", Got: "credentials at the address of a redirect",
			})
		}
	}
	in.exchange.Status = http.StatusNotFound
	s.mu.Lock()
	p.strays = append(p.strays, in)
	s.mu.Unlock()
	w.WriteHeader(http.StatusNotFound)
}

// of lists the requests of an operation, in the order in which they came.
func (p *performance) of(operation string) []*received {
	var all []*received
	for _, in := range p.service.received() {
		if in.operation == operation {
			all = append(all, in)
		}
	}
	return all
}

// said is what the client says about its end.
func (p *performance) said() string {
	if p.err == nil {
		return "success"
	}
	return p.service.hide(shown(fmt.Sprint(p.err), 1000))
}
