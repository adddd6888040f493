package conformance

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ltskit/ltskit/openapi"
)

// A trial is a case under way: what a case asks through, and what notes its
// findings. Its methods may be called by several goroutines; those that end the
// case, as [testing.T] has them too, only by the one that runs it.
type trial struct {
	*session
	c   testCase
	ctx context.Context // a trial is one call of a case, as testing.T is one of a test

	prefix string // begins the names of what the case creates
	rand   *rand.Rand

	numbers atomic.Int64 // given to requests, see fill

	mu      sync.Mutex
	result  Result
	created []created
}

// stop ends a case early.
type stop struct {
	outcome Outcome
	reason  string
}

// try runs a case and deletes what it has created.
func (s *session) try(ctx context.Context, c testCase) Result {
	begun := time.Now()
	n := s.trials.Add(1)
	t := &trial{
		session: s, c: c, ctx: ctx,
		prefix: s.prefix + strconv.FormatUint(n, 36) + "-",
		rand:   rand.New(rand.NewPCG(s.seed, hash(c.name))),
		result: Result{Case: c.info(), Contradictions: c.contradictions},
	}
	if reason := s.target.lacks(c); reason != "" {
		t.result.Outcome, t.result.Reason = NotSupported, reason
		return t.result
	}
	t.run()
	t.remove()
	t.result.Settle()
	t.secrets.hideResult(&t.result)
	t.result.Took = time.Since(begun)
	return t.result
}

// run calls the case until it ends or stops.
func (t *trial) run() {
	defer func() {
		if ended := ending(recover()); ended != nil {
			t.result.Outcome, t.result.Reason = ended.outcome, ended.reason
		}
	}()
	t.c.run(t)
}

// ending says how a case ended early, for a deferred function that recovers. The
// answer of a target may be what no case thought of: a panic over it ends one
// case, and not the run.
func ending(recovered any) *stop {
	switch ended := recovered.(type) {
	case nil:
		return nil
	case stop:
		return &ended
	default:
		return &stop{CouldNotRun, fmt.Sprintf("the suite itself failed: %v, at %s", ended, panickedAt())}
	}
}

// panickedAt says where a panic began.
func panickedAt() string {
	const above = 4 // Callers, this function, ending and the deferred function
	callers := make([]uintptr, 16)
	frames := runtime.CallersFrames(callers[:runtime.Callers(above, callers)])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}

func hash(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // never fails
	return h.Sum64()
}

// notSupported ends the case because the target lacks what it needs.
func (t *trial) notSupported(format string, args ...any) {
	panic(stop{NotSupported, fmt.Sprintf(format, args...)})
}

// couldNotRun ends the case because it does not come to its question.
func (t *trial) couldNotRun(format string, args ...any) {
	panic(stop{CouldNotRun, fmt.Sprintf(format, args...)})
}

// send sends a question and notes the exchange. Every answer is held against
// the document, for [answers]; what is wrong is no finding of this case.
func (t *trial) send(q question) (*answer, *comparison) {
	a, err := t.session.send(t.ctx, q)
	if err != nil {
		t.couldNotRun("%s", t.secrets.hide(err.Error()))
	}
	t.mu.Lock()
	t.result.Exchanges = append(t.result.Exchanges, a.exchange)
	t.mu.Unlock()
	t.disown(q, a)
	t.adopt(q, a)
	check := &comparison{}
	if q.method == "" && q.path == "" {
		operation := t.contract.byID[q.operation]
		check.answer(operation, a)
		t.answers.note(operation, a.exchange, check)
		common := &comparison{} // what all answers of a target lack is told once, and not by each case
		common.everywhere(t.contract.everywhere, a)
		t.answers.note(operation, a.exchange, common)
	}
	return a, check
}

// ask sends a question that the case is about: what is wrong with the answer,
// as the document has it, is a finding.
func (t *trial) ask(q question) *answer {
	a, check := t.send(q)
	t.take(a, check)
	return a
}

// take makes the findings of a comparison those of the case.
func (t *trial) take(a *answer, check *comparison) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.result.Checks += check.checks
	for _, problem := range check.problems {
		t.add(a, problem)
	}
}

// add notes a problem with an answer; nil stands for the last. The lock is
// held.
func (t *trial) add(a *answer, problem Problem) {
	problem.Exchange = len(t.result.Exchanges) - 1
	if a != nil {
		problem.Exchange = slices.Index(t.result.Exchanges, a.exchange)
	}
	t.result.Problems = append(t.result.Problems, problem)
}

// check notes a comparison, and a problem of level must when it does not hold.
func (t *trial) check(ok bool, a *answer, where, rule string, got any) bool {
	return t.judge(Must, ok, a, where, rule, got)
}

// judge notes a comparison, and a problem when it does not hold.
func (t *trial) judge(level Level, ok bool, a *answer, where, rule string, got any) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.result.Checks++
	if !ok {
		t.add(a, Problem{Level: level, Where: where, Rule: rule, Got: show(got)})
	}
	return ok
}

// checkEqual compares a value of an answer.
func (t *trial) checkEqual(a *answer, where string, want, got any) bool {
	return t.check(equal(want, got), a, where, "it is "+show(want), got)
}

// checkStatus compares the status of an answer.
func (t *trial) checkStatus(a *answer, want int) bool {
	return t.check(a.status == want, a, "status", fmt.Sprintf("it is %d", want), a.status)
}

// checkError compares status and code of an error.
func (t *trial) checkError(a *answer, status int, code string) {
	t.checkStatus(a, status)
	where := "/error_code"
	got := text(a.value, "error_code")
	if strings.HasPrefix(code, "SVCSTG.") {
		where = "/errorCode"
		got = text(a.value, "errorCode")
	}
	t.check(got == code, a, where, "it is "+show(code), got)
}

// must sends a question that the case needs an answer to and is not about. The
// case cannot run when the answer is another one.
func (t *trial) must(q question, status int) *answer {
	a, _ := t.send(q)
	if a.status != status {
		t.couldNotRun("%s: status %d in place of %d: %s", q.operation, a.status, status, a.exchange.Body)
	}
	return a
}

// clients lets several clients ask at the same time, and returns when all have
// ended. A client may end the case as the one that runs it may.
func (t *trial) clients(n int, run func(client int)) {
	var group sync.WaitGroup
	stopped := make(chan stop, n)
	for client := range n {
		group.Go(func() {
			defer func() {
				if ended := ending(recover()); ended != nil {
					stopped <- *ended
				}
			}()
			run(client)
		})
	}
	group.Wait()
	close(stopped)
	if first, ok := <-stopped; ok {
		panic(first)
	}
}

// statusOf is the status under which the document has an error of an
// operation; editions differ.
func (t *trial) statusOf(operationID, code string) int {
	operation := t.operation(operationID)
	for _, status := range operation.Statuses() {
		if slices.Contains(openapi.ErrorCodes(operation.Responses.Value(status).Value), code) {
			n, _ := strconv.Atoi(status)
			return n
		}
	}
	t.couldNotRun("%s: the document has no error %s", operationID, code)
	return 0
}

// refused compares an answer with an error of the document.
func (t *trial) refused(a *answer, code string) {
	t.checkError(a, t.statusOf(a.exchange.Operation, code), code)
}

// operation finds an operation of the document.
func (t *trial) operation(id string) openapi.Operation { return t.contract.byID[id] }

// created is something to delete, and how.
type created struct {
	operation string // operationId of the deletion
	ids       ids
}

// adopt notes what an answer says was created, so that it will be deleted.
// Streams go with their group.
func (t *trial) adopt(q question, a *answer) {
	if a.status != http.StatusCreated {
		return
	}
	one := created{ids: ids{project: q.ids.project}}
	switch q.operation {
	case "CreateLogGroup":
		one.operation, one.ids.group = "DeleteLogGroup", text(a.value, "log_group_id")
	case "CreateOBSTransfer":
		one.operation, one.ids.transfer = "DeleteTransfer", text(a.value, "log_dump_obs_id")
	case "CreateLogtank":
		one.operation, one.ids.logtank = "DeleteLogtank", text(a.value, "logtank", "id")
	default:
		return
	}
	t.mu.Lock()
	t.created = append(t.created, one)
	t.mu.Unlock()
}

// disown forgets what an answer says was deleted.
func (t *trial) disown(q question, a *answer) {
	if a.exchange.Method != http.MethodDelete || a.status >= http.StatusMultipleChoices {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.created = slices.DeleteFunc(t.created, func(one created) bool {
		deleted := ids{project: q.ids.project, group: q.ids.group, logtank: q.ids.logtank, transfer: q.ids.transfer}
		return one.operation == q.operation && one.ids == deleted
	})
}

// remove deletes what the case has created, the last first, also when its
// context has ended.
func (t *trial) remove() {
	ctx := context.WithoutCancel(t.ctx)
	created := t.created
	t.created = nil
	for _, one := range slices.Backward(created) {
		// What cannot be deleted is gone, or the target is: then the run says so.
		q := question{operation: one.operation, ids: one.ids}
		if one.ids.project == t.other.projectID {
			q.as = t.other.credentials // whoever has created it
		}
		_, _ = t.session.send(ctx, q)
	}
}
