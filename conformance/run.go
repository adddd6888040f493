package conformance

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/ltskit/ltskit/openapi"
)

// Options say what to run and how.
type Options struct {
	Edition string // default [openapi.Latest]
	// Only and Skip are patterns of names of cases: path.Match for each
	// element, and what stands below is selected too. One that selects nothing
	// is an error.
	Only, Skip []string
	// Seed makes what cases choose at random the same again. Default: random;
	// the report says which.
	Seed uint64
	// Histories is how many random histories the model is compared with. Default:
	// 10, which takes about a second.
	Histories int
	// Shuffle changes the order in which cases run, by the seed.
	Shuffle bool
	// Progress, when set, is called with every result as it comes, by one
	// goroutine at a time, and with the number of all cases.
	Progress func(result Result, total int)
}

// A session is a run against a target: what its cases share.
type session struct {
	contract *contract
	target   Target
	client   *http.Client
	limiter  *rate.Limiter
	seed     uint64
	prefix   string // begins the names of what this run creates
	own      caller
	other    caller // of the other project; without credentials when the target declares none
	secrets  *secrets
	answers  *answers

	sharedSite sharedSite

	trials atomic.Uint64 // begun
	asked  atomic.Uint64 // requests answered
}

// List describes the cases of a run, in the order of reports.
func List(options Options) ([]Case, error) {
	_, cases, err := selected(options)
	if err != nil {
		return nil, err
	}
	infos := make([]Case, len(cases))
	for i, c := range cases {
		infos[i] = c.info()
	}
	return infos, nil
}

// DryRun says what would come of a run, without sending anything: the cases that
// the target does not support have their outcome and the reason, the others
// have none.
func DryRun(target Target, options Options) ([]Result, error) {
	contract, cases, err := selected(options)
	if err != nil {
		return nil, err
	}
	if err := target.Check(); err != nil {
		return nil, err
	}
	target = target.withDefaults(contract.features)
	results := make([]Result, len(cases))
	for i, c := range cases {
		results[i].Case = c.info()
		if reason := target.lacks(c); reason != "" {
			results[i].Outcome, results[i].Reason = NotSupported, reason
		}
	}
	return results, nil
}

func selected(options Options) (*contract, []testCase, error) {
	if options.Edition == "" {
		options.Edition = openapi.Latest
	}
	shared, err := loadContract(options.Edition)
	if err != nil {
		return nil, nil, err
	}
	contract := new(*shared)
	contract.histories = options.Histories
	cases, err := contract.cases()
	if err != nil {
		return nil, nil, err
	}
	cases, err = choose(cases, options.Only, options.Skip)
	return contract, cases, err
}

// choose keeps the cases that the patterns select.
func choose(cases []testCase, only, skip []string) ([]testCase, error) {
	selects := func(patterns []string, name string) bool {
		for _, pattern := range patterns {
			if matches(pattern, name) {
				return true
			}
		}
		return false
	}
	for _, pattern := range slices.Concat(only, skip) {
		if !slices.ContainsFunc(cases, func(c testCase) bool { return matches(pattern, c.name) }) {
			return nil, fmt.Errorf("the pattern %q selects no case", pattern)
		}
	}
	var kept []testCase
	for _, c := range cases {
		if (len(only) == 0 || selects(only, c.name)) && !selects(skip, c.name) {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return nil, errors.New("the patterns leave no case")
	}
	return kept, nil
}

// Run executes the cases of an edition against a target. The error says why
// there is no report: an unknown edition, an incomplete target, or one that
// gives no token. What the cases find is in the report. When the context ends,
// the report has the cases that came to an end, and one more that says that
// there are others; what they created is deleted.
func Run(ctx context.Context, target Target, options Options) (*Report, error) {
	contract, cases, err := selected(options)
	if err != nil {
		return nil, err
	}
	if err := target.Check(); err != nil {
		return nil, err
	}
	target = target.withDefaults(contract.features)
	if options.Seed == 0 {
		options.Seed = randomSeed()
	}
	ctx, cancel := context.WithTimeoutCause(ctx, target.Limits.Total, fmt.Errorf("the run took longer than %s", target.Limits.Total))
	defer cancel()
	begun := time.Now()
	s, err := newSession(ctx, contract, target, options.Seed)
	if err != nil {
		return nil, err
	}
	defer s.client.CloseIdleConnections()
	report := &Report{Target: target.Name, Edition: contract.edition, Seed: options.Seed}
	report.Results = s.runAll(ctx, cases, options)
	report.LeftBehind = s.leaveNothing(ctx)
	all, err := contract.cases()
	if err != nil {
		return nil, err
	}
	ended := len(report.Results)
	report.Waive(target.Waivers, names(all))
	why := context.Cause(ctx)
	if why != nil {
		report.Results = append(report.Results, incomplete(why, ended, len(cases)))
	}
	report.Coverage = contract.coverage(all, report.Results)
	report.Took = time.Since(begun)
	return report, why
}

// incomplete is the result of a run that did not come to its end: no report of
// it may look like one of a run that did.
func incomplete(why error, ended, all int) Result {
	return Result{
		Case: Case{Name: "run/complete", Sources: []string{"the run"}}, Outcome: CouldNotRun,
		Reason: fmt.Sprintf("%v: %d of %d cases came to an end", why, ended, all),
	}
}

func names(cases []testCase) []string {
	names := make([]string, len(cases))
	for i, c := range cases {
		names[i] = c.name
	}
	return names
}

// leaveNothing deletes what cases have created without being told its ID, as by
// an answer that lacks it, and says what could not be deleted.
func (s *session) leaveNothing(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.target.Limits.Timeout)
	defer cancel()
	if _, err := s.sweep(ctx, s.prefix); err != nil {
		return s.secrets.hide(err.Error())
	}
	return ""
}

func newSession(ctx context.Context, contract *contract, target Target, seed uint64) (*session, error) {
	limit := rate.Inf
	if target.Limits.RequestsPerSecond > 0 {
		limit = rate.Limit(target.Limits.RequestsPerSecond)
	}
	s := &session{
		contract: contract, target: target, seed: seed, prefix: target.Prefix + randomName() + "-", client: newClient(target.Limits),
		limiter: rate.NewLimiter(limit, 1), secrets: newSecrets(target.Account), answers: newAnswers(),
	}
	a := target.Account
	var err error
	if s.own, err = s.newCaller(ctx, a.ProjectID, a.Token, a.AccessKey, a.SecretKey); err != nil {
		return nil, fmt.Errorf("target %s: %w", target.Name, err)
	}
	s.other, err = s.newCaller(ctx, a.OtherProjectID, a.OtherToken, a.OtherAccessKey, a.OtherSecretKey)
	if err != nil && !errors.Is(err, errNoCredentials) {
		return nil, fmt.Errorf("target %s: %w", target.Name, err)
	}
	return s, nil
}

// runAll runs cases side by side, then those that must be alone, then those
// that speak of all the others. The results are in the order of the cases.
func (s *session) runAll(ctx context.Context, cases []testCase, options Options) []Result {
	var phases [3][]int
	for i, c := range cases {
		switch {
		case c.last:
			phases[2] = append(phases[2], i)
		case c.alone:
			phases[1] = append(phases[1], i)
		default:
			phases[0] = append(phases[0], i)
		}
	}
	results := make([]Result, len(cases))
	var progress sync.Mutex
	one := func(i int) {
		result := s.try(ctx, cases[i])
		if ctx.Err() != nil && result.Outcome == CouldNotRun {
			return // it was interrupted
		}
		progress.Lock()
		defer progress.Unlock()
		results[i] = result
		if options.Progress != nil {
			options.Progress(result, len(cases))
		}
	}
	for phase, indexes := range phases {
		if options.Shuffle && phase < 2 {
			random := mathrand.New(mathrand.NewPCG(options.Seed, uint64(phase)))
			random.Shuffle(len(indexes), func(i, j int) { indexes[i], indexes[j] = indexes[j], indexes[i] })
		}
		workers := 1
		if phase == 0 {
			workers = s.target.Limits.Parallelism
		}
		sideBySide(ctx, workers, indexes, one)
	}
	ended := results[:0]
	for _, result := range results {
		if result.Outcome != "" {
			ended = append(ended, result)
		}
	}
	return ended
}

// sideBySide calls a function with each of the indexes, in their order, until
// the context ends.
func sideBySide(ctx context.Context, workers int, indexes []int, call func(int)) {
	next := make(chan int)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for i := range next {
				call(i)
			}
		})
	}
	for _, i := range indexes {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	group.Wait()
}

func randomName() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func randomSeed() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return max(1, binary.LittleEndian.Uint64(b[:]))
}
