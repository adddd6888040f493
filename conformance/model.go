package conformance

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// slots is how many groups, streams of a group and logtanks a history deals
// with: few, so that its steps meet.
const slots = 3

// A world is what one client of a history has made of the target, as it ought
// to be: the model.
type world struct {
	t    *trial
	name string // begins the names of everything in it
	now  int64  // seconds since 1970-01-01 UTC; the records are of this time

	groups  [slots]modelGroup
	tanks   [slots]modelTank
	written int // records
}

// What a slot holds keeps the ID of the last one that was in it, so that steps
// may ask for what has been deleted.
type modelGroup struct {
	id      string
	there   bool
	days    int
	streams [slots]modelStream
}

type modelStream struct {
	id      string
	there   bool
	days    int // 0 means the group's
	records []modelRecord

	transfer  string // ID
	transfers bool   // whether the transfer is there
	disabled  bool   // whether it is switched off
}

type modelRecord struct {
	when    int64
	content string
	label   string
}

type modelTank struct {
	id     string
	there  bool
	target string // log_stream_id
}

// A prediction is a question and what the model says of its answer.
type prediction struct {
	question question
	status   int    // of success
	code     string // of the error; empty for success
	sees     *view  // what the answer has; nil for nothing to look at
	apply    func(a *answer)
}

// A view is a table that an answer is reduced to: one row for each element of
// an array.
type view struct {
	array    string   // member; empty for the answer itself
	columns  []string // members of an element, with dots between those of members
	optional bool     // whether the last column may be left out by a target
	prefix   string   // of the first column; rows without it are of others
	ordered  bool     // whether the order of the rows counts
	rows     [][]string
}

func (w *world) groupName(g int) string { return fmt.Sprintf("%sg%d", w.name, g) }

func streamName(s int) string { return fmt.Sprintf("s%d", s) }

func (w *world) ids(s step) ids {
	group := &w.groups[s.group]
	return ids{group: group.id, stream: group.streams[s.stream].id}
}

// noStream is the error of an operation on a stream that is not there; empty
// when it is.
func (w *world) noStream(s step) string {
	switch group := &w.groups[s.group]; {
	case !group.there:
		return "LTS.0201"
	case !group.streams[s.stream].there:
		return "LTS.0208"
	default:
		return ""
	}
}

func (g *modelGroup) transferring() bool {
	return slices.ContainsFunc(g.streams[:], func(s modelStream) bool { return s.transfers })
}

// clear takes everything out of a group that is gone.
func (g *modelGroup) clear() {
	g.there = false
	for i := range g.streams {
		g.streams[i].there, g.streams[i].records = false, nil
	}
}

func (w *world) createGroup(s step) prediction {
	group := &w.groups[s.group]
	p := prediction{
		question: question{operation: "CreateLogGroup", body: object{"log_group_name": w.groupName(s.group), "ttl_in_days": s.days}},
		status:   http.StatusCreated,
		apply:    func(a *answer) { group.id, group.there, group.days = text(a.value, "log_group_id"), true, s.days },
	}
	if group.there {
		p.code = "LTS.0101"
	}
	return p
}

func (w *world) updateGroup(s step) prediction {
	group := &w.groups[s.group]
	p := prediction{
		question: question{operation: "UpdateLogGroup", ids: w.ids(s), body: object{"ttl_in_days": s.days}},
		status:   http.StatusOK,
		sees:     &view{columns: []string{"log_group_name", "log_group_id", "ttl_in_days"}, rows: [][]string{{w.groupName(s.group), group.id, strconv.Itoa(s.days)}}},
		apply:    func(*answer) { group.days = s.days },
	}
	if !group.there {
		p.code = "LTS.0201"
	}
	return p
}

func (w *world) deleteGroup(s step) prediction {
	group := &w.groups[s.group]
	p := prediction{
		question: question{operation: "DeleteLogGroup", ids: w.ids(s)}, status: http.StatusNoContent,
		apply: func(*answer) { group.clear() },
	}
	switch {
	case !group.there:
		p.code = "LTS.0201"
	case group.transferring():
		p.code = "LTS.0105"
	}
	return p
}

func (w *world) listGroups(step) prediction {
	v := &view{array: "log_groups", columns: []string{"log_group_name", "log_group_id", "ttl_in_days"}, prefix: w.name}
	for g, group := range w.groups {
		if group.there {
			v.rows = append(v.rows, []string{w.groupName(g), group.id, strconv.Itoa(group.days)})
		}
	}
	return prediction{question: question{operation: "ListLogGroups"}, status: http.StatusOK, sees: v}
}

func (w *world) createStream(s step) prediction {
	group := &w.groups[s.group]
	stream := &group.streams[s.stream]
	body := object{"log_stream_name": streamName(s.stream)}
	days := 0
	if s.n%2 == 0 {
		days = s.days
		body["ttl_in_days"] = days
	}
	p := prediction{
		question: question{operation: "CreateLogStream", ids: w.ids(s), body: body}, status: http.StatusCreated,
		apply: func(a *answer) {
			*stream = modelStream{id: text(a.value, "log_stream_id"), there: true, days: days, transfer: stream.transfer}
		},
	}
	switch {
	case !group.there:
		p.code = "LTS.0201"
	case stream.there:
		p.code = "LTS.0205"
	}
	return p
}

func (w *world) updateStream(s step) prediction {
	stream := &w.groups[s.group].streams[s.stream]
	days := 1 + s.n
	return prediction{
		question: question{operation: "UpdateLogStreamTTL", ids: w.ids(s), body: object{"ttl_in_days": days}},
		status:   http.StatusOK, code: w.noStream(s),
		sees:  &view{columns: []string{"log_topic_name", "log_topic_id", "ttl_in_days"}, rows: [][]string{{streamName(s.stream), stream.id, strconv.Itoa(days)}}},
		apply: func(*answer) { stream.days = days },
	}
}

func (w *world) deleteStream(s step) prediction {
	stream := &w.groups[s.group].streams[s.stream]
	p := prediction{
		question: question{operation: "DeleteLogStream", ids: w.ids(s)}, status: http.StatusNoContent, code: w.noStream(s),
		apply: func(*answer) { stream.there, stream.records = false, nil },
	}
	if p.code == "" && stream.transfers {
		p.code = "LTS.0207"
	}
	return p
}

// streamRows is what lists show of the streams of a group.
func (g *modelGroup) streamRows() (rows [][]string) {
	for s, stream := range g.streams {
		days := stream.days
		if days == 0 {
			days = g.days
		}
		if stream.there {
			rows = append(rows, []string{streamName(s), stream.id, strconv.Itoa(days)})
		}
	}
	return rows
}

var streamColumns = []string{"log_stream_name", "log_stream_id", "ttl_in_days"}

func (w *world) listStreams(s step) prediction {
	group := &w.groups[s.group]
	p := prediction{
		question: question{operation: "ListLogStreams", ids: w.ids(s)}, status: http.StatusOK,
		sees: &view{array: "log_streams", columns: streamColumns, optional: true, rows: group.streamRows()},
	}
	if !group.there {
		p.code = "LTS.0201"
	}
	return p
}

func (w *world) findStreams(s step) prediction {
	query := url.Values{"log_group_name": {w.groupName(s.group)}}
	rows := w.groups[s.group].streamRows()
	if s.n%2 == 0 {
		query.Set("log_stream_name", streamName(s.stream))
		rows = slices.DeleteFunc(rows, func(row []string) bool { return row[0] != streamName(s.stream) })
	}
	return prediction{
		question: question{operation: "ListProjectLogStreams", query: query}, status: http.StatusOK,
		sees: &view{array: "log_streams", columns: streamColumns, optional: true, rows: rows},
	}
}

// write writes records of the world's second. Some are late.
func (w *world) write(s step) prediction {
	var records []modelRecord
	var contents []any
	label := []string{"a", "b"}[s.n%2]
	for range 1 + s.n%3 {
		w.written++
		when := w.now*int64(time.Second) + 500_000_000 + int64(w.written)*1000
		if s.n%5 == 0 {
			when -= 400_000_000 + 2000*int64(w.written)
		}
		r := modelRecord{when: when, content: fmt.Sprintf("no%d %s", w.written, []string{"even", "odd"}[w.written%2]), label: label}
		records = append(records, r)
		contents = append(contents, object{"log_time_ns": strconv.FormatInt(r.when, 10), "log": r.content})
	}
	stream := &w.groups[s.group].streams[s.stream]
	return prediction{
		question: question{operation: "ReportLogsHighAccuracy", ids: w.ids(s), body: object{"contents": contents, "labels": object{"k": label}}},
		status:   http.StatusOK, code: w.noStream(s),
		apply: func(*answer) {
			stream.records = append(stream.records, records...)
			slices.SortFunc(stream.records, func(a, b modelRecord) int { return int(a.when - b.when) })
		},
	}
}

// from and to are the window of the world's records.
func (w *world) from() string { return strconv.FormatInt(w.now-hour, 10) + "000" }
func (w *world) to() string   { return strconv.FormatInt(w.now+hour, 10) + "000" }

const hour = 3600 // seconds

func (w *world) query(s step) prediction {
	records := slices.Clone(w.groups[s.group].streams[s.stream].records)
	body := object{"start_time": w.from(), "end_time": w.to(), "highlight": false, "limit": 1000}
	if s.n%2 == 0 {
		body["is_desc"] = true
		slices.Reverse(records)
	}
	switch s.n % 5 {
	case 0:
		body["labels"] = object{"k": "a"}
		records = slices.DeleteFunc(records, func(r modelRecord) bool { return r.label != "a" })
	case 1:
		body["keywords"] = "odd"
		records = slices.DeleteFunc(records, func(r modelRecord) bool { return !strings.HasSuffix(r.content, " odd") })
	case 2:
		body["limit"] = 2
		records = records[:min(2, len(records))]
	}
	v := &view{array: "logs", columns: []string{"content", "labels.k"}, ordered: true}
	for _, r := range records {
		v.rows = append(v.rows, []string{r.content, r.label})
	}
	return prediction{
		question: question{operation: "ListLogs", ids: w.ids(s), body: body}, status: http.StatusOK, code: w.noStream(s), sees: v,
	}
}

func (w *world) count(s step) prediction {
	at := w.ids(s)
	stream := &w.groups[s.group].streams[s.stream]
	return prediction{
		question: question{operation: "CountKeyword", body: object{
			"start_time": w.from(), "end_time": w.to(), "step_interval": hour * 1000,
			"group_id": orUnknown(at.group), "stream_id": orUnknown(at.stream), "key_word": "",
		}},
		status: http.StatusOK, code: w.noStream(s),
		sees: &view{columns: []string{"count"}, rows: [][]string{{strconv.Itoa(len(stream.records))}}},
	}
}

func (w *world) createTransfer(s step) prediction {
	at := w.ids(s)
	stream := &w.groups[s.group].streams[s.stream]
	p := prediction{
		question: question{operation: "CreateOBSTransfer", body: w.t.transferBody(orUnknown(at.group), orUnknown(at.stream), "model")},
		status:   http.StatusCreated, code: w.noStream(s),
		apply: func(a *answer) {
			stream.transfer, stream.transfers, stream.disabled = text(a.value, "log_dump_obs_id"), true, false
		},
	}
	if p.code == "" && stream.transfers {
		p.code = "LTS.0207"
	}
	return p
}

// transferColumns: not the status, which an attempt that failed changes.
var transferColumns = []string{"log_group_name", "log_group_id", "log_transfer_id", "log_streams.0.log_stream_id"}

func (w *world) transferRow(g, s int) []string {
	group := &w.groups[g]
	return []string{w.groupName(g), group.id, group.streams[s].transfer, group.streams[s].id}
}

func (w *world) listTransfers(s step) prediction {
	v := &view{array: "log_transfers", columns: transferColumns}
	for i, stream := range w.groups[s.group].streams {
		if stream.transfers {
			v.rows = append(v.rows, w.transferRow(s.group, i))
		}
	}
	query := url.Values{"log_group_name": {w.groupName(s.group)}}
	return prediction{question: question{operation: "ListTransfers", query: query}, status: http.StatusOK, sees: v}
}

// onTransfer is an operation on the transfer of a stream.
func (w *world) onTransfer(s step, p prediction) prediction {
	if !w.groups[s.group].streams[s.stream].transfers {
		p.code = "LTS.0405"
	}
	p.status = http.StatusOK
	return p
}

func (w *world) updateTransfer(s step) prediction {
	stream := &w.groups[s.group].streams[s.stream]
	status := "DISABLE" // every update changes something
	if stream.disabled {
		status = "ENABLE"
	}
	return w.onTransfer(s, prediction{
		question: question{operation: "UpdateTransfer", body: object{
			"log_transfer_id": orUnknown(stream.transfer), "log_transfer_info": object{"log_transfer_status": status},
		}},
		sees: &view{
			columns: append(slices.Clone(transferColumns), "log_transfer_info.log_transfer_status"),
			rows:    [][]string{append(w.transferRow(s.group, s.stream), status)},
		},
		apply: func(*answer) { stream.disabled = status == "DISABLE" },
	})
}

func (w *world) deleteTransfer(s step) prediction {
	stream := &w.groups[s.group].streams[s.stream]
	return w.onTransfer(s, prediction{
		question: question{operation: "DeleteTransfer", ids: ids{transfer: stream.transfer}},
		sees:     &view{columns: transferColumns, rows: [][]string{w.transferRow(s.group, s.stream)}},
		apply:    func(*answer) { stream.transfers = false },
	})
}

func (w *world) resource(r int) string { return fmt.Sprintf("%sr%d", w.name, r) }

var tankColumns = []string{"resource_id", "id", "log_stream_id"}

// seesTank is what an answer about one logtank has.
func (w *world) seesTank(r int, target string) *view {
	return &view{columns: []string{"logtank.resource_id", "logtank.log_stream_id"}, rows: [][]string{{w.resource(r), target}}}
}

func (w *world) createTank(s step) prediction {
	tank := &w.tanks[s.group]
	target := fmt.Sprintf("stream-%d", s.n)
	p := prediction{
		question: question{operation: "CreateLogtank", body: object{"logtank": object{
			"resource_type": "LISTENER", "resource_id": w.resource(s.group), "log_group_id": "group", "log_stream_id": target,
		}}},
		status: http.StatusCreated, sees: w.seesTank(s.group, target),
		apply: func(a *answer) { tank.id, tank.there, tank.target = text(a.value, "logtank", "id"), true, target },
	}
	if tank.there {
		p.code = "GA.9104"
	}
	return p
}

// onTank is an operation on a logtank.
func (w *world) onTank(s step, status int, p prediction) prediction {
	tank := &w.tanks[s.group]
	if !tank.there {
		p.code = "GA.9002"
	}
	p.status, p.question.ids.logtank = status, tank.id
	return p
}

func (w *world) showTank(s step) prediction {
	return w.onTank(s, http.StatusOK, prediction{
		question: question{operation: "ShowLogtank"}, sees: w.seesTank(s.group, w.tanks[s.group].target),
	})
}

func (w *world) updateTank(s step) prediction {
	target := fmt.Sprintf("stream-%d", s.n)
	return w.onTank(s, http.StatusOK, prediction{
		question: question{operation: "UpdateLogtank", body: object{"logtank": object{"log_group_id": "group", "log_stream_id": target}}},
		sees:     w.seesTank(s.group, target),
		apply:    func(*answer) { w.tanks[s.group].target = target },
	})
}

func (w *world) deleteTank(s step) prediction {
	return w.onTank(s, http.StatusNoContent, prediction{
		question: question{operation: "DeleteLogtank"}, apply: func(*answer) { w.tanks[s.group].there = false },
	})
}

func (w *world) listTanks(step) prediction {
	v := &view{array: "logtanks", columns: tankColumns, prefix: w.name}
	for r, tank := range w.tanks {
		if tank.there {
			v.rows = append(v.rows, []string{w.resource(r), tank.id, tank.target})
		}
	}
	return prediction{question: question{operation: "ListLogtanks", query: url.Values{"limit": {"500"}}}, status: http.StatusOK, sees: v}
}
