package conformance

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	defaultHistories = 10
	historySteps     = 28  // before a history looks around
	severalClients   = 3   // ask at the same time in the histories about everything
	maxReplays       = 150 // to find the shortest history that fails
	maxShrinking     = 30 * time.Second
)

// modelCases compare random histories of operations with a model.
func (c *contract) modelCases() []testCase {
	n := c.histories
	if n == 0 {
		n = defaultHistories
	}
	cases := make([]testCase, n)
	for i := range cases {
		subject := []string{aboutPlaces, aboutRecords, aboutTransfers, aboutLogtanks, aboutAll}[i%5]
		clients := 1
		if subject == aboutAll {
			clients = severalClients
		}
		cases[i] = testCase{
			name: "model/" + strconv.Itoa(i+1), tag: "groups", requires: []string{"streams"},
			sources: []string{"2024-03 chapter 5", "vendor"},
			run:     func(t *trial) { t.runHistory(subject, clients) },
		}
	}
	return cases
}

// A step is one operation of a history. It speaks of slots, so that a history
// with steps left out is a history too.
type step struct {
	client        int
	predict       func(*world, step) prediction
	group, stream int // slots
	days          int // of a group
	n             int // whatever else the move chooses by
}

// The subjects of histories.
const (
	aboutAll       = ""
	aboutPlaces    = "places" // groups and streams
	aboutRecords   = "records"
	aboutTransfers = "transfers"
	aboutLogtanks  = "logtanks"
)

// moves are the operations of histories. A history about one subject has few
// steps about others, so that its steps meet.
var moves = []struct {
	subject string
	weight  int
	predict func(*world, step) prediction
	seenBy  func(*world, step) prediction // what shows a change; nil for what changes nothing
}{
	{aboutPlaces, 5, (*world).createGroup, (*world).listGroups},
	{aboutPlaces, 3, (*world).updateGroup, (*world).listGroups},
	{aboutPlaces, 3, (*world).deleteGroup, (*world).listGroups},
	{aboutPlaces, 2, (*world).listGroups, nil},
	{aboutPlaces, 8, (*world).createStream, (*world).listStreams},
	{aboutPlaces, 3, (*world).updateStream, (*world).listStreams},
	{aboutPlaces, 4, (*world).deleteStream, (*world).listStreams},
	{aboutPlaces, 2, (*world).listStreams, nil},
	{aboutPlaces, 3, (*world).findStreams, nil},
	{aboutRecords, 9, (*world).write, (*world).query},
	{aboutRecords, 6, (*world).query, nil},
	{aboutRecords, 4, (*world).count, nil},
	{aboutTransfers, 8, (*world).createTransfer, (*world).listTransfers},
	{aboutTransfers, 2, (*world).listTransfers, nil},
	{aboutTransfers, 5, (*world).updateTransfer, (*world).listTransfers},
	{aboutTransfers, 5, (*world).deleteTransfer, (*world).listTransfers},
	{aboutLogtanks, 4, (*world).createTank, (*world).listTanks},
	{aboutLogtanks, 2, (*world).showTank, nil},
	{aboutLogtanks, 2, (*world).updateTank, (*world).showTank},
	{aboutLogtanks, 3, (*world).deleteTank, (*world).listTanks},
	{aboutLogtanks, 2, (*world).listTanks, nil},
}

// can tells whether the target has what a subject needs.
func (t *trial) can(subject string) bool {
	switch subject {
	case aboutPlaces:
		return true
	case aboutRecords:
		return t.target.lacksFeature("logs") == "" && t.target.lacksFeature(needsReports) == ""
	default:
		return t.target.lacksFeature(subject) == ""
	}
}

// weight is how often a move comes in histories about a subject.
func weight(subject, of string, weight int) int {
	switch {
	case subject == aboutAll, subject == of:
		return weight
	case of == aboutPlaces && subject != aboutLogtanks: // where records and transfers are
		return (weight + 2) / 3
	default:
		return 0
	}
}

// mostRefusals is of how many steps that the model refuses one is asked.
const mostRefusals = 6

// history generates steps of some clients about a subject, in turns. The model
// sees to it that most of them find what they are about.
func (t *trial) history(subject string, clients int) []step {
	var choice []int // each move as often as it weighs
	for i, m := range moves {
		if t.can(m.subject) {
			choice = append(choice, slices.Repeat([]int{i}, weight(subject, m.subject, m.weight))...)
		}
	}
	if len(choice) == 0 {
		t.notSupported("the target does not declare the feature %s", subject)
	}
	worlds := make([]world, clients)
	steps := foundations(subject, clients)
	for i := range steps {
		steps[i].apply(t, worlds)
	}
	for begun := len(steps); len(steps)-begun < historySteps; {
		m := moves[choice[t.rand.IntN(len(choice))]]
		s := step{
			client: len(steps) % clients, predict: m.predict,
			group: few(t.rand), stream: few(t.rand), days: t.groupDays(t.rand.IntN(3)), n: t.rand.IntN(60),
		}
		if s.refused(t, worlds) && t.rand.IntN(mostRefusals) > 0 {
			continue // refusals are soon told
		}
		s.apply(t, worlds)
		steps = append(steps, s)
		if m.seenBy != nil && t.rand.IntN(3) > 0 {
			s.predict, s.n = m.seenBy, seesAll
			steps = append(steps, s)
		}
	}
	return append(steps, t.lookAround(subject, clients)...)
}

// foundations are the steps that a history begins with: without a group and a
// stream there is little to do.
func foundations(subject string, clients int) []step {
	if subject == aboutLogtanks {
		return nil
	}
	var steps []step
	for client := range clients {
		steps = append(steps,
			step{client: client, predict: (*world).createGroup, days: 7},
			step{client: client, predict: (*world).createStream, days: 7},
			step{client: client, predict: (*world).createStream, days: 7, stream: 1, n: 1},
		)
		if subject == aboutTransfers {
			steps = append(steps, step{client: client, predict: (*world).createTransfer})
		}
	}
	return steps
}

// refused tells whether the model refuses a step.
func (s step) refused(t *trial, worlds []world) bool {
	w := &worlds[s.client]
	w.t = t
	return s.predict(w, s).code != ""
}

// apply lets the model take a step, without a target.
func (s step) apply(t *trial, worlds []world) {
	w := &worlds[s.client]
	w.t = t
	if p := s.predict(w, s); p.code == "" && p.apply != nil {
		p.apply(&answer{})
	}
}

// lookAround looks at everything of a subject that a history may have made.
func (t *trial) lookAround(subject string, clients int) []step {
	var steps []step
	look := func(of string, predict func(*world, step) prediction, groups, streams int) {
		if !t.can(of) || weight(subject, of, 1) == 0 {
			return
		}
		for i := range clients * groups * streams {
			steps = append(steps, step{
				client: i % clients, predict: predict, group: i / clients / streams, stream: i / clients % streams, n: seesAll,
			})
		}
	}
	look(aboutPlaces, (*world).listGroups, 1, 1)
	look(aboutPlaces, (*world).listStreams, slots, 1)
	look(aboutRecords, (*world).query, slots-1, slots-1) // where most of them are
	look(aboutTransfers, (*world).listTransfers, slots, 1)
	look(aboutLogtanks, (*world).listTanks, 1, 1)
	return steps
}

// seesAll is a number by which no move chooses to see less.
const seesAll = 59

// groupDays gives a lifetime for a group that the edition allows: the first of
// some, or another.
func (t *trial) groupDays(i int) int {
	days := []int{7, 3, 30}[i]
	schema := t.operation("CreateLogGroup").RequestBody.Value.Content["application/json"].Schema.Value
	if property(schema, "ttl_in_days").VisitJSON(float64(days)) != nil {
		return 7
	}
	return days
}

// few chooses a slot, the first most often.
func few(random *rand.Rand) int { return min(random.IntN(slots), random.IntN(slots)) }

// A done step is one that was asked.
type done struct {
	step
	prediction

	asked  question
	answer *answer
	where  string // of the problem; empty when it went as predicted
	rule   string
	got    string
}

// steps are those that were asked: a client stops where it meets a problem.
func (r replayed) steps() []step {
	steps := make([]step, len(r.all))
	for i, d := range r.all {
		steps[i] = d.step
	}
	return steps
}

// runHistory replays a history. One that fails is made as short as it can be
// and still fail.
func (t *trial) runHistory(subject string, clients int) {
	steps := t.history(subject, clients)
	note := func(q question) *answer { a, _ := t.send(q); return a }
	first := t.replay(steps, note)
	if !first.failed() {
		for _, d := range first.all {
			t.check(true, d.answer, "", "", nil)
		}
		return
	}
	short := t.shrink(first.steps())
	last := t.replay(short, note)
	if !last.failed() { // it does not fail every time
		last = first
	}
	t.tellHistory(last)
}

// A replayed history is one that was asked.
type replayed struct {
	name string // begins the names of everything in it
	now  int64  // seconds since 1970-01-01 UTC; the records are of this time
	all  []done // those of one client after those of another
}

func (r replayed) failed() bool {
	return slices.ContainsFunc(r.all, func(d done) bool { return d.where != "" })
}

// tellHistory makes what went wrong findings.
func (t *trial) tellHistory(r replayed) {
	script := t.script(r)
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, d := range r.all {
		t.result.Checks++
		if d.where == "" {
			continue
		}
		rule := fmt.Sprintf("step %d of %d, %s: %s", i+1, len(r.all), d.asked.operation, d.rule)
		t.add(d.answer, Problem{Level: Must, Where: d.where, Rule: rule, Got: d.got, Script: script})
	}
}

// replay asks the steps of a history, under fresh names, and compares every
// answer with the model. A client stops where it meets a problem. What was
// created is deleted.
func (t *trial) replay(steps []step, ask func(question) *answer) replayed {
	clients := 1
	for _, s := range steps {
		clients = max(clients, s.client+1)
	}
	r := replayed{name: t.prefix + strconv.FormatUint(t.trials.Add(1), 36), now: time.Now().Unix() - 1}
	asked := make([][]done, clients)
	t.clients(clients, func(client int) {
		w := &world{t: t, name: fmt.Sprintf("%sc%d", r.name, client), now: r.now}
		for _, s := range steps {
			if s.client != client {
				continue
			}
			d := w.step(s, ask)
			asked[client] = append(asked[client], d)
			if d.where != "" {
				return
			}
		}
	})
	t.remove()
	r.all = slices.Concat(asked...)
	return r
}

// step asks one step. Records may take their time to be found.
func (w *world) step(s step, ask func(question) *answer) done {
	p := s.predict(w, s)
	d := done{step: s, prediction: p, asked: p.question}
	deadline := time.Now().Add(w.t.target.Limits.Visibility)
	for pause := 5 * time.Millisecond; ; pause *= 2 {
		d.answer = ask(p.question)
		d.compare(w.t)
		late := p.code == "" && (p.question.operation == "ListLogs" || p.question.operation == "CountKeyword")
		if d.where == "" || !late || time.Now().Add(pause).After(deadline) || w.t.ctx.Err() != nil {
			break
		}
		time.Sleep(pause)
	}
	if d.where == "" && p.code == "" && p.apply != nil {
		p.apply(d.answer)
		w.settle(p.question, d.answer, ask)
	}
	return d
}

// compare holds the answer against the prediction.
func (d *done) compare(t *trial) {
	d.where = ""
	status := d.status
	if d.code != "" {
		status = t.statusOf(d.asked.operation, d.code)
	}
	if code := text(d.answer.value, "error_code"); d.answer.status != status || code != d.code {
		d.where, d.rule = "status", fmt.Sprintf("it is %d %s", status, d.code)
		d.got = fmt.Sprintf("%d %s", d.answer.status, code)
		return
	}
	if d.sees == nil || d.code != "" {
		return
	}
	d.sees = d.sees.without(d.sees.of(d.answer.value))
	want, have := d.sees.lines(d.sees.rows), d.sees.lines(d.sees.of(d.answer.value))
	if !slices.Equal(want, have) {
		d.where, d.rule, d.got = "/"+d.sees.array, fmt.Sprintf("it has %q", want), fmt.Sprintf("%q", have)
	}
}

// settle waits until a logtank that is being created or deleted is so.
func (w *world) settle(q question, a *answer, ask func(question) *answer) {
	var over func(*answer) bool
	show := question{operation: "ShowLogtank", ids: q.ids}
	switch q.operation {
	case "CreateLogtank":
		if text(a.value, "logtank", "status") == "ACTIVE" {
			return
		}
		show.ids.logtank = text(a.value, "logtank", "id")
		over = func(a *answer) bool { return text(a.value, "logtank", "status") == "ACTIVE" }
	case "DeleteLogtank":
		over = func(a *answer) bool {
			return a.status != http.StatusOK || text(a.value, "logtank", "status") != "DELETING"
		}
	default:
		return
	}
	deadline := time.Now().Add(w.t.target.Limits.Timeout)
	for pause := 5 * time.Millisecond; !over(ask(show)) && time.Now().Before(deadline); pause *= 2 {
		time.Sleep(pause)
	}
}

// shrink leaves out of a history that fails what it can do without: halves,
// then smaller parts, then single steps.
func (t *trial) shrink(steps []step) []step {
	deadline := time.Now().Add(maxShrinking)
	replays := 0
	quietly := func(q question) *answer {
		a, err := t.session.send(t.ctx, q)
		if err != nil {
			t.couldNotRun("%s", t.secrets.hide(err.Error()))
		}
		return a
	}
	try := func(fewer []step) bool {
		replays++
		r := t.replay(fewer, quietly)
		if r.failed() {
			steps = r.steps()
		}
		return r.failed()
	}
	if alone := oneClient(steps); len(alone) < len(steps) {
		try(alone)
	}
	for size := len(steps) / 2; size > 0; {
		smaller := false
		for from := 0; from < len(steps) && len(steps) > 1; {
			if replays >= maxReplays || time.Now().After(deadline) || t.ctx.Err() != nil {
				return steps
			}
			if try(slices.Concat(steps[:from], steps[min(from+size, len(steps)):])) {
				smaller = true
			} else {
				from += size
			}
		}
		if !smaller || size > 1 {
			size /= 2
		}
	}
	return steps
}

// oneClient keeps the steps of the first client: what fails for one alone has
// nothing to do with the others.
func oneClient(steps []step) []step {
	return slices.DeleteFunc(slices.Clone(steps), func(s step) bool { return s.client > 0 })
}
