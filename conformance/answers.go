package conformance

import (
	"strings"
	"sync"

	"github.com/ltskit/ltskit/openapi"
)

// answers holds every answer of a run against the document, whichever case
// asked for it. It gives a case of each operation, so that a fault of an answer
// which all cases need is told once and not by each of them.
type answers struct {
	mu          sync.Mutex
	byOperation map[string]*Result
	kept        map[string]bool // operation, status and code of which there is a sample
}

// maxAnswerProblems bounds the problems that are told of an operation.
const maxAnswerProblems = 20

func newAnswers() *answers {
	return &answers{byOperation: make(map[string]*Result), kept: make(map[string]bool)}
}

// sample keeps an exchange when it is the first of its operation, status and
// code.
func (n *answers) sample(exchange *Exchange) {
	n.mu.Lock()
	defer n.mu.Unlock()
	kind := exchange.Operation + " " + statusText(exchange.Status) + " " + exchange.Code
	if result := n.byOperation[exchange.Operation]; result != nil && !n.kept[kind] {
		n.kept[kind] = true
		result.Exchanges = append(result.Exchanges, exchange)
	}
}

// note takes what a comparison has found in an answer.
func (n *answers) note(operation openapi.Operation, exchange *Exchange, found *comparison) {
	n.mu.Lock()
	defer n.mu.Unlock()
	result := n.byOperation[operation.OperationID]
	if result == nil {
		result = &Result{}
		n.byOperation[operation.OperationID] = result
	}
	result.Checks += found.checks
	for _, problem := range found.problems {
		if len(result.Problems) == maxAnswerProblems || result.knows(problem) {
			continue
		}
		problem.Exchange = len(result.Exchanges)
		result.Exchanges = append(result.Exchanges, exchange)
		result.Problems = append(result.Problems, problem)
	}
}

// knows reports whether a problem has been told before, of another answer.
func (r *Result) knows(problem Problem) bool {
	for _, known := range r.Problems {
		if known.Level == problem.Level && known.Where == problem.Where && known.Rule == problem.Rule {
			return true
		}
	}
	return false
}

// answerCases are the cases of all answers. They run last.
func (c *contract) answerCases() []testCase {
	var cases []testCase
	for _, operation := range c.operations {
		cases = append(cases, testCase{
			name: strings.Join([]string{"answers", operation.Tag(), operation.OperationID}, "/"),
			tag:  operation.Tag(), operation: operation.OperationID, sources: openapi.SourcesOf(operation.Extensions),
			last: true,
			run:  func(t *trial) { t.tell(operation.OperationID) },
		})
	}
	return cases
}

// tell makes what was found in the answers of an operation findings of this
// case.
func (t *trial) tell(operationID string) {
	t.answers.mu.Lock()
	defer t.answers.mu.Unlock()
	found := t.answers.byOperation[operationID]
	if found == nil {
		t.notSupported("no other case of this run called the operation")
	}
	t.result.Checks, t.result.Problems, t.result.Exchanges = found.Checks, found.Problems, found.Exchanges
}
