package conformance

import (
	"net/http"
	"time"
)

// activeLogtank creates a logtank, waits until it is active and returns its ID.
func (t *trial) activeLogtank(resource string) string {
	id := t.logtank(resource)
	deadline := time.Now().Add(t.target.Limits.Timeout)
	for pause := time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		a := t.must(question{operation: "ShowLogtank", ids: ids{logtank: id}}, http.StatusOK)
		switch status := text(a.value, "logtank", "status"); {
		case status == "ACTIVE":
			return id
		case time.Now().After(deadline) || t.ctx.Err() != nil:
			t.couldNotRun("the logtank is %s for %s", status, t.target.Limits.Timeout)
		}
		time.Sleep(pause)
	}
}
