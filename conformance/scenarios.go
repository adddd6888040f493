package conformance

import (
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// scenarioCases play the workflows of scenarios/*.yaml. What Arazzo carries
// stands there; what every step needs and says nothing is added here and in the
// export: the project in the path, the credentials, and that each answer is
// held against the document. Inputs are those of [inputSchema].
func (c *contract) scenarioCases() ([]testCase, error) {
	all, err := workflows(c.edition)
	if err != nil {
		return nil, err
	}
	var cases []testCase
	for _, w := range all {
		cases = append(cases, testCase{
			name: "scenarios/" + w.tag + "/" + w.ID, tag: w.tag, sources: w.Sources, requires: w.Requires, alone: w.Alone,
			run: func(t *trial) { newScenario(t).play(w) },
		})
	}
	return cases, nil
}

// A scenario is a workflow under way.
type scenario struct {
	*trial
	inputs  object
	outputs map[string]object // by step
}

func newScenario(t *trial) *scenario {
	a := t.target.Account
	now := time.Now()
	milliseconds := func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
	return &scenario{trial: t, outputs: make(map[string]object), inputs: object{
		"prefix": t.prefix, "project_id": a.ProjectID, "bucket": t.target.Bucket,
		"user": a.User, "password": a.Password, "domain": a.Domain, "project": a.Project,
		"log_time_ns": strconv.FormatInt(now.UnixNano(), 10),
		"start_time":  milliseconds(now.Add(-time.Minute)), "end_time": milliseconds(now.Add(time.Minute)),
	}}
}

// play runs the steps until one of them does not hold: those that follow need
// it.
func (s *scenario) play(w workflow) {
	for _, step := range w.Steps {
		if !s.step(step) {
			return
		}
	}
}

// step asks once, or until what it waits for has come, and reports whether its
// criteria hold.
func (s *scenario) step(step workflowStep) bool {
	q := s.question(step)
	a := s.ask(q)
	for _, action := range step.OnFailure {
		for i := 0; i < action.RetryLimit && !s.holds(step, q, a); i++ {
			s.wait(time.Duration(action.RetryAfter * float64(time.Second)))
			a = s.ask(q)
		}
	}
	s.adopt(q, a)
	ok := true
	scope := s.scope(q, a)
	for _, criterion := range step.SuccessCriteria {
		holds, got, err := scope.holds(criterion)
		if err != nil {
			s.couldNotRun("step %s: %s: %s", step.ID, criterion.Condition, err)
		}
		ok = s.check(holds, a, "step "+step.ID, scope.expand(criterion.Condition), got) && ok
	}
	s.outputs[step.ID] = scope.outputs(step.Outputs)
	return ok
}

// holds reports whether an answer is what the step waits for.
func (s *scenario) holds(step workflowStep, q question, a *answer) bool {
	scope := s.scope(q, a)
	for _, criterion := range step.SuccessCriteria {
		if holds, _, err := scope.holds(criterion); err != nil || !holds {
			return false
		}
	}
	return true
}

func (s *scenario) wait(pause time.Duration) {
	select {
	case <-time.After(pause):
	case <-s.ctx.Done():
		s.couldNotRun("%s", s.ctx.Err())
	}
}

// question makes the request of a step.
func (s *scenario) question(step workflowStep) question {
	scope := s.scope(question{}, nil)
	q := question{operation: step.OperationID, query: url.Values{}, header: http.Header{}}
	for _, parameter := range step.Parameters {
		value := asText(scope.fill(parameter.Value))
		switch {
		case parameter.In == "query":
			q.query.Set(parameter.Name, value)
		case parameter.Name == "X-Auth-Token":
			q.as = byToken(value)
		case parameter.In == "header":
			q.header.Set(parameter.Name, value)
		default:
			q.ids.set(parameter.Name, value)
		}
	}
	if step.RequestBody != nil {
		q.body = scope.fill(step.RequestBody.Payload)
	}
	return q
}

// set gives a parameter of the path its value.
func (i *ids) set(name, value string) {
	switch name {
	case "project_id":
		i.project = value
	case "log_group_id":
		i.group = value
	case "log_stream_id":
		i.stream = value
	case "logtank_id":
		i.logtank = value
	}
}

func (s *scenario) scope(q question, a *answer) scope {
	return scope{inputs: s.inputs, steps: s.outputs, request: q.body, answer: a}
}
