package clientcheck

import (
	"fmt"
	"slices"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

// A verdict is what comes of a case: it holds what a client has sent against
// what the scenario expects.
type verdict struct {
	conformance.Result
	performance *performance
	operation   string
	expect      expectation
	requests    []*received // of the operation
}

// judge makes the result of a case. base is how often the client calls the
// operation when everything is as documented; 0 when nobody knows.
func (c *contract) judge(one clientCase, p *performance, base int, known []conformance.Problem) conformance.Result {
	v := &verdict{
		Result: conformance.Result{Case: one.Case}, performance: p, operation: one.Operation,
		expect: one.scenario.expects(c.creates(one.Operation)), requests: p.of(one.Operation),
	}
	switch {
	case len(v.requests) > 0:
	case base > 0 && v.expect.Result == succeeds:
		v.check(false, nil, "requests", one.scenario.Rule+": the request comes", "none, and the client says: "+p.said())
	default:
		v.Outcome, v.Reason = conformance.CouldNotRun, "the client did not call the operation this time: "+p.said()
	}
	v.collect(v.requests, known)
	v.collect(slices.Concat(p.of(""), p.strays), nil) // it may have been meant
	if base > 0 && len(v.requests) > 0 {
		v.result(one.scenario)
		v.sends(one.scenario, base)
	}
	v.repeats(c.creates(one.Operation))
	if one.scenario.Pages > 0 {
		v.check(p.service.ended[one.Operation], nil, "pages", one.scenario.Rule, "the last page was not asked for")
	}
	v.Settle()
	return v.Result
}

// collect takes what is wrong with requests, but for what is known.
func (v *verdict) collect(requests []*received, known []conformance.Problem) {
	for _, in := range requests {
		v.Checks += in.checks
		if len(v.Exchanges) < maxExchanges {
			v.Exchanges = append(v.Exchanges, in.exchange)
		}
		for _, problem := range in.problems {
			same := func(k conformance.Problem) bool { return k.Where == problem.Where && k.Rule == problem.Rule }
			if slices.ContainsFunc(known, same) || slices.ContainsFunc(v.Problems, same) {
				continue
			}
			v.add(in, problem)
		}
	}
}

// maxExchanges bounds the exchanges of a result.
const maxExchanges = 40

// add notes a problem with a request; nil stands for the last one.
func (v *verdict) add(in *received, problem conformance.Problem) {
	problem.Exchange = max(len(v.Exchanges)-1, 0)
	if in != nil {
		problem.Exchange = slices.Index(v.Exchanges, in.exchange)
		if problem.Exchange < 0 {
			v.Exchanges = append(v.Exchanges, in.exchange)
			problem.Exchange = len(v.Exchanges) - 1
		}
	}
	v.Problems = append(v.Problems, problem)
}

func (v *verdict) check(ok bool, in *received, where, rule, got string) {
	v.Checks++
	if !ok {
		v.add(in, conformance.Problem{Level: conformance.Must, Where: where, Rule: rule, Got: got})
	}
}

// result holds what the client says against what it has to say.
func (v *verdict) result(s scenario) {
	p := v.performance
	v.check(!p.endless, nil, "result", "the client comes to its end", "it had to be stopped")
	switch v.expect.Result {
	case succeeds:
		v.check(p.err == nil, nil, "result", s.Rule+": the call succeeds", p.said())
	case fails:
		v.check(p.err != nil, nil, "result", s.Rule+": the call fails", p.said())
	}
}

// sends counts how often the client has called the operation.
func (v *verdict) sends(s scenario, base int) {
	least, most := v.expect.Sends[0], base-1+v.expect.Sends[1]
	switch {
	case s.Always:
		most = base * v.expect.Sends[1]
	case len(s.Moves) > 0 && v.expect.Result == succeeds:
		least = base - 1 + least
	}
	n := len(v.requests)
	v.check(n >= least, nil, "requests", fmt.Sprintf("%s: at least %d", s.Rule, least), fmt.Sprint(n))
	v.check(n <= most, nil, "requests", fmt.Sprintf("%s: at most %d", s.Rule, most), fmt.Sprint(n))
}

// repeats looks at requests that are the same as an earlier one.
func (v *verdict) repeats(creating bool) {
	for i, in := range v.requests {
		for _, before := range v.requests[:i] {
			if before.key != in.key {
				continue
			}
			if before.move != nil {
				v.repeat(before, in)
			} else if creating && before.status < 300 {
				v.check(false, in, "requests", "what creates something is not sent again after a success", "the same request twice")
			}
		}
	}
}

// repeat holds a request against the answer to an earlier one that was the same.
func (v *verdict) repeat(before, in *received) {
	v.check(!in.at.Before(before.until), in, "pause", "a request is not sent again before Retry-After says so",
		fmt.Sprintf("%s after the answer", in.at.Sub(before.answered)))
	v.check(in.at.Sub(before.answered) >= v.expect.Pause, in, "pause", fmt.Sprintf("a service that cannot answer is not asked again at once (within %s)", v.expect.Pause),
		fmt.Sprintf("%s after the answer", in.at.Sub(before.answered)))
	if before.move.Expire && before.token != "" {
		v.check(in.token != before.token, in, "header "+tokenHeader, "a token that was refused is not used again", "the same token")
	}
}

// programCase is the case of the client as a whole.
func programCase() conformance.Case {
	return conformance.Case{Name: "client/program", Sources: []string{"2022-08 section 3.2", "2024-03 section 3.1"}}
}

// judgeProgram makes the result of the first run, in which the client calls
// everything and is answered as documented.
func (c *contract) judgeProgram(p *performance) conformance.Result {
	v := &verdict{Result: conformance.Result{Case: programCase()}, performance: p}
	all := p.service.received()
	for _, in := range all {
		if in.operation == "" {
			v.collect([]*received{in}, nil)
		}
	}
	v.check(len(all) > 0, nil, "requests", "the client calls the service at LTS_ENDPOINT", "no request came: "+p.said())
	v.check(!p.endless, nil, "result", "the client comes to its end", "it had to be stopped")
	v.check(p.err == nil, nil, "result", "a client that is answered as the document says succeeds", p.said())
	v.check(p.service.tokens.inUse() <= 1, nil, "header "+tokenHeader, "a token that is good is used again", fmt.Sprintf("%d tokens in use", p.service.tokens.inUse()))
	v.Settle()
	return v.Result
}

// A clientCase is an operation in a scenario.
type clientCase struct {
	conformance.Case
	scenario scenario
}

// cases makes every case, in the order of the document.
func (c *contract) cases() []clientCase {
	var all []clientCase
	for _, operation := range c.operations {
		for _, s := range c.Scenarios {
			if c.concerns(s, operation) {
				all = append(all, clientCase{conformance.Case{
					Name: "client/" + operation.OperationID + "/" + s.Name, Tag: operation.Tag(), Operation: operation.OperationID,
					Sources: slices.Concat(openapi.SourcesOf(operation.Extensions), s.Sources),
				}, s})
			}
		}
	}
	return all
}
