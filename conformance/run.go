package conformance

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

// Options say what to run and how.
type Options struct {
	Edition string        // default [openapi.Latest]
	Timeout time.Duration // of one request; default 10 seconds
	// Progress, when set, is called with every result as it comes.
	Progress func(Result)
}

// Run executes the cases of an edition against a target. The error says why
// there is no report: an unknown edition, an incomplete target, or one that
// gives no token. What the cases find is in the report.
func Run(ctx context.Context, target Target, options Options) (*Report, error) {
	if options.Edition == "" {
		options.Edition = openapi.Latest
	}
	if options.Timeout == 0 {
		options.Timeout = 10 * time.Second
	}
	if err := target.Check(); err != nil {
		return nil, err
	}
	doc, err := openapi.Load(options.Edition, openapi.English)
	if err != nil {
		return nil, err
	}
	s, err := newSession(doc, target, options)
	if err != nil {
		return nil, err
	}
	defer s.client.CloseIdleConnections()
	if err := s.login(ctx); err != nil {
		return nil, fmt.Errorf("target %s: %w", target.Name, err)
	}
	start := time.Now()
	report := &Report{Target: target.Name, Edition: options.Edition}
	for _, c := range casesOf(doc, s.plan) {
		if err := ctx.Err(); err != nil {
			return report, err
		}
		begun := time.Now()
		result := c.run(ctx, s)
		result.Took = time.Since(begun)
		report.Results = append(report.Results, result)
		if options.Progress != nil {
			options.Progress(result)
		}
	}
	report.Took = time.Since(start)
	return report, nil
}

func newSession(doc *openapi3.T, target Target, options Options) (*session, error) {
	p, err := loadPlan()
	if err != nil {
		return nil, err
	}
	if target.Prefix == "" {
		target.Prefix = "ltskit-" + randomName() + "-"
	}
	if target.Bucket == "" {
		target.Bucket = DefaultBucket
	}
	s := &session{
		target: target, client: newClient(options.Timeout), plan: p, shift: shiftToNow(),
		operations: make(map[string]openapi.Operation), cursors: make(map[string]string),
		contradictions: make(map[string][]string),
	}
	for _, operation := range openapi.Operations(doc) {
		s.operations[operation.OperationID] = operation
	}
	for _, c := range openapi.Contradictions(doc) {
		s.contradictions[c.Operation] = append(s.contradictions[c.Operation], c.ID)
	}
	return s, nil
}

func randomName() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
