package conformance

import (
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/ltskit/ltskit/openapi"
)

// A door is a way to the services under conditions that would be in the way of
// most cases: one of the further [Endpoints].
type door string

const (
	throttledDoor    door = "throttled"
	impatientDoor    door = "impatient"
	provisioningDoor door = "provisioning"
)

// behind gives the base URL of a door, or "".
func (e Endpoints) behind(d door) string {
	return map[door]string{throttledDoor: e.Throttled, impatientDoor: e.Impatient, provisioningDoor: e.Provisioning}[d]
}

// leadsTo ends a case about an operation that a door does not lead to: a door
// is a way to the services that share the endpoint of LTS.
func (t *trial) leadsTo(d door, operation openapi.Operation) {
	own := map[string]string{"iam": t.target.Endpoints.IAM, "ga": t.target.Endpoints.GA}[operation.Service()]
	if own != "" && own != t.target.Endpoints.LTS {
		t.notSupported("the service %s has an endpoint of its own, and the endpoint %s is one of LTS", operation.Service(), d)
	}
}

// most requests that a case sends to be refused one: where the threshold is that
// of all, and behind the door where it is low.
const (
	mostFlooding   = 20_000
	mostThrottling = 1_000
)

// flood sends requests until one is refused. Where there is no door with a
// threshold of its own, it waits as long as the answer says, so that the cases
// after it are not refused.
func (e documentedError) flood(t *trial) {
	if t.target.Endpoints.Throttled != "" {
		e.throttle(t)
		return
	}
	refused := t.untilRefused(mostFlooding, question{operation: e.operation.OperationID})
	if refused == nil {
		t.notSupported("%d requests did not reach the threshold", mostFlooding)
	}
	seconds := e.checkThrottled(t, refused)
	select {
	case <-time.After(time.Duration(min(max(seconds, 1), 60)) * time.Second):
	case <-t.ctx.Done():
	}
}

// throttle sends requests through the door where the threshold is low until one
// is refused. Those that are not are about nothing that exists, and change
// nothing.
func (e documentedError) throttle(t *trial) {
	t.leadsTo(throttledDoor, e.operation)
	q := question{operation: e.operation.OperationID, behind: throttledDoor}
	if e.operation.RequestBody != nil {
		q.raw = []byte("{}")
	}
	refused := t.untilRefused(mostThrottling, q)
	rule := "the endpoint that is declared as throttled refuses one of " + strconv.Itoa(mostThrottling) + " requests"
	if t.check(refused != nil, nil, "status", rule, "no 429") {
		e.checkThrottled(t, refused)
	}
}

// untilRefused sends a request again and again, several at a time, and gives
// the first answer 429, or nil.
func (t *trial) untilRefused(most int, q question) *answer {
	var mu sync.Mutex
	var refused *answer
	sideBySide(t.ctx, 16, make([]int, most), func(int) {
		mu.Lock()
		done := refused != nil
		mu.Unlock()
		if done {
			return
		}
		if a, err := t.session.send(t.ctx, q); err == nil && a.status == http.StatusTooManyRequests {
			mu.Lock()
			refused = a
			mu.Unlock()
		}
	})
	return refused
}

// checkThrottled checks the answer to a request too many, and gives the number
// of seconds that it tells the caller to wait.
func (e documentedError) checkThrottled(t *trial, refused *answer) int {
	t.result.Exchanges = append(t.result.Exchanges, refused.exchange)
	check := &comparison{}
	check.answer(e.operation, refused)
	t.take(refused, check)
	t.checkProvoked(refused, e)
	after := refused.header.Get("Retry-After")
	seconds, err := strconv.Atoi(after)
	t.judge(Should, err == nil && seconds > 0, refused, "header Retry-After", "it says in how many seconds to come again", after)
	return seconds
}

// stall sends the beginning of a body, and nothing more, where that is soon
// given up.
func (e documentedError) stall(t *trial) {
	t.leadsTo(impatientDoor, e.operation)
	a, err := t.session.send(t.ctx, question{operation: e.operation.OperationID, raw: []byte("{"), behind: impatientDoor, stalled: true})
	if err != nil {
		t.check(false, nil, "status", "a request whose body stops coming is answered with 408", t.secrets.hide(err.Error()))
		return
	}
	t.result.Exchanges = append(t.result.Exchanges, a.exchange)
	check := &comparison{}
	check.answer(e.operation, a)
	t.take(a, check)
	t.checkProvoked(a, e)
}

// unready changes a logtank before the target has it ready: where that takes
// long, or else where it may take no time at all, and a success says nothing.
func (e documentedError) unready(t *trial) {
	var behind door
	if t.target.Endpoints.Provisioning != "" {
		t.leadsTo(provisioningDoor, e.operation)
		behind = provisioningDoor
	}
	of := site{resource: t.prefix + "site"}
	of.logtank = t.fixture(question{operation: "CreateLogtank", body: logtankBody(of.resource), behind: behind}, "logtank", "id")
	show := question{operation: "ShowLogtank", ids: of.ids, behind: behind}
	shown := t.must(show, http.StatusOK)
	if status := text(shown.value, "logtank", "status"); status != "PENDING" {
		const rule = "it is PENDING where logtanks are declared to take long"
		if behind != "" {
			t.check(false, shown, "/logtank/status", rule, status)
			return
		}
		t.notSupported("the target has a logtank ready before anything can be asked of it: %s", status)
	}
	of.group, of.stream = "other-group", "other-stream" // others than it has, so that a change would show
	q := t.newFill(of, e.plan).question(e.operation)
	q.behind = behind
	a := t.ask(q)
	if behind == "" && a.status < http.StatusMultipleChoices {
		t.notSupported("the target may have had the logtank ready by then; endpoints.provisioning can lead to where that takes long")
	}
	t.checkProvoked(a, e)
	after := t.must(show, http.StatusOK)
	for _, member := range []string{"log_group_id", "log_stream_id", "updated_at"} {
		t.checkEqual(after, "/logtank/"+member, at(shown.value, "logtank", member), at(after.value, "logtank", member))
	}
}

// stalledLength is how long a stalled body is said to be.
const stalledLength = 1 << 10

// A stalledBody is a body of which only the beginning comes, as from a client
// that has stopped sending.
type stalledBody struct {
	beginning []byte
	ended     <-chan struct{} // lets Read return
}

// Read implements [io.Reader].
func (b *stalledBody) Read(p []byte) (int, error) {
	if n := copy(p, b.beginning); n > 0 {
		b.beginning = b.beginning[n:]
		return n, nil
	}
	<-b.ended
	return 0, io.ErrUnexpectedEOF
}
