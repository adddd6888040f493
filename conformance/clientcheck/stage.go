package clientcheck

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/ltskit/ltskit/conformance"
)

// A Stage plays every scenario at a time, each at an address of its own, to
// clients that somebody else starts. It cannot tell how often a client means to
// call something, and what it says at its end; what it checks is requests, waits
// and tokens.
type Stage struct {
	contract *contract
	options  Options
	cases    []clientCase
	services []*service // of the scenarios, in their order
	servers  []*http.Server
	begun    time.Time
}

// OpenStage listens at an address, such as 127.0.0.1:8090, and at the ports
// behind it; port 0 takes free ones.
func OpenStage(ctx context.Context, address string, options Options) (*Stage, error) {
	options = options.withDefaults()
	c, cases, _, err := options.open()
	if err != nil {
		return nil, err
	}
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return nil, fmt.Errorf("the port of %q is no number", address)
	}
	s := &Stage{contract: c, options: options, cases: cases, begun: time.Now()}
	for _, one := range c.Scenarios {
		if err := s.open(ctx, one, net.JoinHostPort(host, strconv.Itoa(port))); err != nil {
			return nil, errors.Join(err, s.Close())
		}
		if port > 0 {
			port++
		}
	}
	return s, nil
}

// open starts the service of a scenario. All have the same credentials.
func (s *Stage) open(ctx context.Context, one scenario, address string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	session := newSession("http://"+listener.Addr().String(), one, "", s.options.Auth)
	if len(s.services) > 0 {
		session = session.withCredentialsOf(s.services[0].session)
	}
	service := newService(s.contract, one, session)
	service.unbounded = true
	if one.redirects() {
		service.elsewhere = s.services[0].session.Endpoint
	}
	s.services = append(s.services, service)
	s.servers = append(s.servers, serve(listener, service))
	return nil
}

// withCredentialsOf takes over who calls.
func (s Session) withCredentialsOf(other Session) Session {
	s.ProjectID, s.Password, s.Token, s.AccessKey, s.SecretKey = other.ProjectID, other.Password, other.Token, other.AccessKey, other.SecretKey
	return s
}

// Sessions lists what clients have to be told, one for each scenario.
func (s *Stage) Sessions() []Session {
	sessions := make([]Session, len(s.services))
	for i, service := range s.services {
		sessions[i] = service.session
	}
	return sessions
}

// Close ends all services.
func (s *Stage) Close() error {
	var problems []error
	for i, server := range s.servers {
		close(s.services[i].closing)
		problems = append(problems, server.Close())
	}
	return errors.Join(problems...)
}

// Report says what clients did wrong so far, and what they never called.
func (s *Stage) Report() *conformance.Report {
	performances := make(map[string]*performance)
	called := make(map[string]bool)
	for _, service := range s.services {
		performances[service.scenario.Name] = &performance{service: service}
		for _, in := range service.received() {
			called[in.operation] = true
		}
	}
	report := &conformance.Report{Target: s.options.Name, Edition: s.contract.edition, Took: time.Since(s.begun)}
	for _, one := range s.cases {
		report.Results = append(report.Results, s.judge(one, performances[one.scenario.Name], called[one.Operation]))
	}
	report.Coverage = s.contract.coverage(report.Results, called)
	report.Waive(s.options.Waivers, s.contract.caseNames())
	return report
}

func (s *Stage) judge(one clientCase, p *performance, called bool) conformance.Result {
	result := conformance.Result{Case: one.Case, Outcome: conformance.NotSupported}
	switch {
	case !called:
		result.Reason = "the client never called " + one.Operation
	case len(p.of(one.Operation)) == 0:
		result.Reason = "nobody called the operation in this scenario"
	default:
		return s.contract.judge(one, p, 0, nil)
	}
	return result
}
