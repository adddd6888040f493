package clientcheck

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ltskit/ltskit/conformance"
)

// A Driver lets the client under test call the service of a session: every
// operation that it has, or only Session.Operation with what it needs. It
// returns an error when a call fails.
type Driver func(ctx context.Context, session Session) error

// Options say what to run and how.
type Options struct {
	Name    string // of the client, in reports; default "client"
	Edition string // default [openapi.Latest]
	// Only and Skip are patterns of names of cases, as in
	// [conformance.Options].
	Only, Skip []string
	// Auth is how the client says who calls. Default: [Password].
	Auth Auth
	// Parallelism is how many drivers run at a time. Default: 8.
	Parallelism int
	// Patience is how long a driver may take. Default: one minute.
	Patience time.Duration
	// Waivers are about cases that are known to fail.
	Waivers []conformance.Waiver
	// Listen opens the listener of a service. Default: a free port on 127.0.0.1.
	Listen func(ctx context.Context) (net.Listener, error)
	// Progress, when set, is called with every result as it comes, by one
	// goroutine at a time, and with the number of all cases.
	Progress func(result conformance.Result, total int)
}

func (o Options) withDefaults() Options {
	o.Name = cmp.Or(o.Name, "client")
	o.Auth = cmp.Or(o.Auth, Password)
	o.Parallelism = cmp.Or(max(o.Parallelism, 0), 8)
	o.Patience = cmp.Or(o.Patience, time.Minute)
	if o.Listen == nil {
		o.Listen = func(ctx context.Context) (net.Listener, error) {
			return (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		}
	}
	return o
}

func (o Options) check() error {
	if ways := []Auth{Password, Token, AccessKey}; !slices.Contains(ways, o.Auth) {
		return fmt.Errorf("clientcheck: unknown way to say who calls %q: the ways are %q", o.Auth, ways)
	}
	return conformance.CheckWaivers(o.Waivers)
}

// List describes the cases of a run, in the order of reports.
func List(options Options) ([]conformance.Case, error) {
	_, chosen, program, err := options.withDefaults().open()
	if err != nil {
		return nil, err
	}
	var list []conformance.Case
	if program {
		list = append(list, programCase())
	}
	for _, one := range chosen {
		list = append(list, one.Case)
	}
	return list, nil
}

// open checks the options, and gives the contract of the edition with what
// choose keeps of its cases.
func (o Options) open() (c *contract, cases []clientCase, program bool, err error) {
	if err := o.check(); err != nil {
		return nil, nil, false, err
	}
	if c, err = loadContract(o.Edition); err != nil {
		return nil, nil, false, err
	}
	cases, program, err = o.choose(c.cases())
	return c, cases, program, err
}

// choose keeps the cases that the patterns select, and says whether they select
// that of the program.
func (o Options) choose(cases []clientCase) (kept []clientCase, program bool, err error) {
	selects := func(patterns []string, c conformance.Case) bool { return slices.ContainsFunc(patterns, c.Matches) }
	chosen := func(c conformance.Case) bool {
		return (len(o.Only) == 0 || selects(o.Only, c)) && !selects(o.Skip, c)
	}
	for _, pattern := range slices.Concat(o.Only, o.Skip) {
		matches := func(c clientCase) bool { return c.Matches(pattern) }
		if !programCase().Matches(pattern) && !slices.ContainsFunc(cases, matches) {
			return nil, false, fmt.Errorf("the pattern %q selects no case", pattern)
		}
	}
	for _, one := range cases {
		if chosen(one.Case) {
			kept = append(kept, one)
		}
	}
	if program = chosen(programCase()); len(kept) == 0 && !program {
		return nil, false, errors.New("the patterns leave no case")
	}
	return kept, program, nil
}

// caseNames are those of all cases, with that of the program.
func (c *contract) caseNames() []string {
	names := []string{programCase().Name}
	for _, one := range c.cases() {
		names = append(names, one.Name)
	}
	return names
}

// A run is what its cases share.
type run struct {
	contract *contract
	drive    Driver
	options  Options
	total    int
	progress sync.Mutex

	first  *performance                     // of everything, as documented
	called map[string]bool                  // operations, by any run
	base   map[string]*performance          // of operations, as documented
	known  map[string][]conformance.Problem // of operations, as documented
}

// Run drives a client through the cases. The error says why there is no report;
// what the cases find is in the report.
func Run(ctx context.Context, drive Driver, options Options) (*conformance.Report, error) {
	options = options.withDefaults()
	c, cases, program, err := options.open()
	if err != nil {
		return nil, err
	}
	r := &run{contract: c, drive: drive, options: options, total: len(cases), base: make(map[string]*performance), known: make(map[string][]conformance.Problem)}
	if program {
		r.total++
	}
	begun := time.Now()
	report := &conformance.Report{Target: options.Name, Edition: c.edition}
	first, err := c.perform(ctx, drive, c.Scenarios[0], "", options)
	if err != nil {
		return nil, err
	}
	if program {
		report.Results = append(report.Results, r.tell(c.judgeProgram(first)))
	}
	results, err := r.cases(ctx, first, cases)
	report.Results = append(report.Results, results...)
	report.Coverage = c.coverage(report.Results, r.called)
	report.Waive(options.Waivers, c.caseNames())
	report.Took = time.Since(begun)
	return report, err
}

// tell tells whoever follows the run of a result.
func (r *run) tell(result conformance.Result) conformance.Result {
	r.progress.Lock()
	defer r.progress.Unlock()
	if r.options.Progress != nil {
		r.options.Progress(result, r.total)
	}
	return result
}

// cases plays the cases: those of the documented scenario first, because they
// show what a client does by itself.
func (r *run) cases(ctx context.Context, first *performance, cases []clientCase) ([]conformance.Result, error) {
	r.first, r.called = first, make(map[string]bool)
	for _, in := range first.service.received() {
		r.called[in.operation] = true
	}
	if err := r.learn(ctx, cases); err != nil {
		return nil, err
	}
	results := make([]conformance.Result, len(cases))
	var group errgroup.Group
	group.SetLimit(r.options.Parallelism)
	for i, one := range cases {
		group.Go(func() error {
			var err error
			results[i], err = r.try(ctx, one)
			return err
		})
	}
	err := group.Wait()
	return slices.DeleteFunc(results, func(result conformance.Result) bool { return result.Outcome == "" }), err
}

// learn plays the documented scenario for each operation that the client has
// called, and, where it may have stopped before it, for the others.
func (r *run) learn(ctx context.Context, cases []clientCase) error {
	operations := r.wanted(cases)
	learnt := make([]*performance, len(operations))
	var group errgroup.Group
	group.SetLimit(r.options.Parallelism)
	for i, operation := range operations {
		group.Go(func() error {
			var err error
			learnt[i], err = r.contract.perform(ctx, r.drive, r.contract.Scenarios[0], operation, r.options)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, operation := range operations {
		r.base[operation] = learnt[i]
		for _, in := range learnt[i].of(operation) {
			r.called[operation] = true
			r.known[operation] = append(r.known[operation], in.problems...)
		}
	}
	return nil
}

// wanted lists the operations of the cases that the client has called, or may
// have stopped before, each once.
func (r *run) wanted(cases []clientCase) []string {
	var operations []string
	for _, one := range cases {
		may := r.called[one.Operation] || r.first.err != nil
		if may && !slices.Contains(operations, one.Operation) {
			operations = append(operations, one.Operation)
		}
	}
	return operations
}

// try plays a case.
func (r *run) try(ctx context.Context, one clientCase) (conformance.Result, error) {
	begun := time.Now()
	result := conformance.Result{Case: one.Case}
	base := r.base[one.Operation]
	switch {
	case ctx.Err() != nil:
		return result, context.Cause(ctx)
	case !r.called[one.Operation] && r.first.err == nil:
		result.Outcome, result.Reason = conformance.NotSupported, "the client never called "+one.Operation
	case r.options.Auth != Password && one.scenario.Name == "expired-token":
		result.Outcome, result.Reason = conformance.NotSupported, "the client does not get tokens by itself"
	case one.scenario.Name == documented:
		result = r.contract.judge(one, base, len(base.of(one.Operation)), nil)
	case base.err != nil:
		result.Outcome, result.Reason = conformance.CouldNotRun, "the client fails when it is answered as documented, see client/"+one.Operation+"/"+documented
	default:
		p, err := r.contract.perform(ctx, r.drive, one.scenario, one.Operation, r.options)
		if err != nil {
			return result, err
		}
		if ctx.Err() != nil {
			return result, context.Cause(ctx)
		}
		result = r.contract.judge(one, p, len(base.of(one.Operation)), r.known[one.Operation])
	}
	result.Took = time.Since(begun)
	return r.tell(result), nil
}

// coverage says which operations and tags the client has called.
func (c *contract) coverage(results []conformance.Result, called map[string]bool) conformance.Coverage {
	var coverage conformance.Coverage
	tags := make(map[string]bool)
	for _, operation := range c.operations {
		part := conformance.Part{Name: operation.OperationID, Reached: called[operation.OperationID]}
		if !part.Reached {
			part.Why = "the client never called it"
		}
		tags[operation.Tag()] = tags[operation.Tag()] || part.Reached
		coverage.Operations = append(coverage.Operations, part)
	}
	for _, tag := range c.features {
		part := conformance.Part{Name: tag, Reached: tags[tag]}
		if !part.Reached {
			part.Why = "the client never called an operation of it"
		}
		coverage.Features = append(coverage.Features, part)
	}
	seen := make(map[string]bool)
	for _, result := range results {
		for _, exchange := range result.Exchanges {
			if name := fmt.Sprintf("%s %d", exchange.Operation, exchange.Status); exchange.Operation != "" && !seen[name] {
				seen[name] = true
				coverage.Statuses = append(coverage.Statuses, conformance.Part{Name: name, Reached: true})
			}
		}
	}
	return coverage
}
