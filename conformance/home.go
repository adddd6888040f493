package conformance

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ltskit/ltskit/openapi"
)

// A home is what a project owns while others try to see it and to change it:
// one thing of each kind that the target has.
type home struct {
	ids  ids    // of the group with a record, its stream, the logtank and the transfer
	time int64  // nanoseconds, of the record
	line string // line_num of the record

	dumped ids // group and stream that the transfer reads
}

// settle creates a home in the account's project.
func (t *trial) settle() home {
	h := home{time: time.Now().UnixNano()}
	h.ids.group = t.group("home")
	if t.has("streams") {
		h.ids.stream = t.stream(h.ids.group, "inside")
	}
	if t.has("streams") && t.has("logs") {
		t.must(question{operation: "ReportLogs", ids: h.ids, body: h.report("at home")}, http.StatusOK)
		a := t.must(question{operation: "ListLogs", ids: h.ids, body: h.window()}, http.StatusOK)
		for _, record := range list(a.value, "logs") {
			h.line = text(record, "line_num")
		}
	}
	if t.has("streams") && t.has("transfers") {
		h.dumped.group = t.group("dumped")
		h.dumped.stream = t.stream(h.dumped.group, "read")
		h.ids.transfer = t.transfer(h.dumped.group, h.dumped.stream, "home")
	}
	if t.has("logtanks") {
		h.ids.logtank = t.logtank("listener")
	}
	return h
}

// has reports whether the target declares a feature.
func (t *trial) has(feature string) bool { return t.target.lacksFeature(feature) == "" }

func (h home) report(line string) object {
	return object{"log_time_ns": strconv.FormatInt(h.time, 10), "contents": []any{line}}
}

func (h home) window() object {
	const minute = int64(time.Minute / time.Millisecond)
	at := h.time / int64(time.Millisecond)
	return object{"start_time": strconv.FormatInt(at-minute, 10), "end_time": strconv.FormatInt(at+minute, 10), "is_count": true}
}

// body is one with which an operation would do something to a home.
func (h home) body(t *trial, operation openapi.Operation) any {
	switch operation.OperationID {
	case "CreateLogGroup":
		return object{"log_group_name": t.prefix + "intruder", "ttl_in_days": 7}
	case "UpdateLogGroup":
		return object{"ttl_in_days": 7, "tags": []any{object{"key": "intruder", "value": "yes"}}}
	case "CreateLogStream":
		return object{"log_stream_name": "intruder"}
	case "UpdateLogStreamTTL":
		return object{"ttl_in_days": 3}
	case "ReportLogs":
		return h.report("intruder")
	case "ReportLogsHighAccuracy":
		return object{"contents": []any{object{"log_time_ns": strconv.FormatInt(h.time, 10), "log": "intruder"}}}
	case "ListLogs":
		return h.window()
	case "ListLogContext":
		return object{"line_num": h.line}
	case "CountKeyword":
		body := h.window()
		delete(body, "is_count")
		body["group_id"], body["stream_id"], body["key_word"], body["step_interval"] = h.ids.group, h.ids.stream, "home", 60000
		return body
	case "CreateOBSTransfer":
		return t.transferBody(h.ids.group, h.ids.stream, "intruder")
	case "UpdateTransfer":
		return object{"log_transfer_id": h.ids.transfer, "log_transfer_info": object{"log_transfer_status": "DISABLE"}}
	case "CreateLogtank":
		return logtankBody(t.prefix + "intruder")
	case "UpdateLogtank":
		return object{"logtank": object{"log_group_id": h.ids.group, "log_stream_id": h.ids.stream}}
	case "CreateToken":
		return loginBody(t.target.Account, t.target.Account.ProjectID)
	default:
		return nil
	}
}

// question asks an operation to do something to a home.
func (h home) question(t *trial, operation openapi.Operation) question {
	return question{operation: operation.OperationID, ids: h.ids, body: h.body(t, operation)}
}

// A state is what the owner sees of a home, each part under its name.
type state map[string]any

// state looks at everything that an intruder could have changed.
func (t *trial) state(h home) state {
	s := make(state)
	s["groups"] = t.mine("ListLogGroups", "log_groups", "log_group_name")
	if h.ids.stream != "" {
		a := t.must(question{operation: "ListLogStreams", ids: h.ids}, http.StatusOK)
		s["streams"] = at(a.value, "log_streams")
	}
	if h.line != "" {
		a := t.must(question{operation: "ListLogs", ids: h.ids, body: h.window()}, http.StatusOK)
		s["records"] = at(a.value, "logs")
	}
	if h.ids.transfer != "" {
		s["transfers"] = t.mine("ListTransfers", "log_transfers", "log_group_name")
	}
	if h.ids.logtank != "" {
		tanks := t.mine("ListLogtanks", "logtanks", "resource_id")
		for _, tank := range tanks {
			delete(tank.(object), "status") // it may become active meanwhile
			delete(tank.(object), "updated_at")
		}
		s["logtanks"] = tanks
	}
	return s
}

// mine lists the elements of a list that carry the prefix of the case.
func (t *trial) mine(operation, elements, name string) []any {
	var mine []any
	a := t.must(question{operation: operation}, http.StatusOK)
	for _, element := range list(a.value, elements) {
		if strings.HasPrefix(text(element, name), t.prefix) {
			mine = append(mine, element)
		}
	}
	return mine
}

// checkUnchanged compares what the owner sees now with what was seen before.
func (t *trial) checkUnchanged(h home, before state) {
	after := t.state(h)
	for _, part := range []string{"groups", "streams", "records", "transfers", "logtanks"} {
		want, err := encode(before[part])
		got, failed := encode(after[part])
		t.check(err == nil && failed == nil && string(want) == string(got), nil, part,
			"requests that were refused have changed nothing: "+show(before[part]), after[part])
	}
}
