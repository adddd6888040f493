package conformance

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
)

// A reader knows where an operation shows what another one has stored.
type reader struct {
	ask     func(of site, q question, a *answer) question
	find    func(of site, q question, a, shown *answer) any // what was stored, nil when it is not there
	members map[string]string                               // where a member of the request stands in that
}

// readers are by the operation that stores.
var readers = map[string]reader{
	"CreateLogGroup": {
		ask: func(site, question, *answer) question { return question{operation: "ListLogGroups"} },
		find: func(_ site, _ question, a, shown *answer) any {
			return element(list(shown.value, "log_groups"), "log_group_id", text(a.value, "log_group_id"))
		},
		members: map[string]string{
			"log_group_name": "log_group_name", "ttl_in_days": "ttl_in_days", "log_group_name_alias": "log_group_name_alias", "tags": "tag",
		},
	},
	"UpdateLogGroup": {
		ask: func(site, question, *answer) question { return question{operation: "ListLogGroups"} },
		find: func(of site, _ question, _, shown *answer) any {
			return element(list(shown.value, "log_groups"), "log_group_id", of.group)
		},
		members: map[string]string{"ttl_in_days": "ttl_in_days", "tags": "tag"},
	},
	"CreateLogStream": {
		ask: func(of site, _ question, _ *answer) question {
			return question{operation: "ListLogStreams", ids: of.ids}
		},
		find: func(_ site, _ question, a, shown *answer) any {
			return element(list(shown.value, "log_streams"), "log_stream_id", text(a.value, "log_stream_id"))
		},
		members: map[string]string{
			"log_stream_name": "log_stream_name", "ttl_in_days": "ttl_in_days", "log_stream_name_alias": "log_stream_name_alias", "tags": "tag",
		},
	},
	"UpdateLogStreamTTL": {
		ask: func(of site, _ question, _ *answer) question {
			return question{operation: "ListLogStreams", ids: of.ids}
		},
		find: func(of site, _ question, _, shown *answer) any {
			return element(list(shown.value, "log_streams"), "log_stream_id", of.stream)
		},
		members: map[string]string{"ttl_in_days": "ttl_in_days", "tags": "tag"},
	},
	"ReportLogs":             {ask: lastRecord, find: foundRecord, members: map[string]string{"labels": "labels", "contents": "content"}},
	"ReportLogsHighAccuracy": {ask: lastRecord, find: foundRecord, members: map[string]string{"labels": "labels", "contents": "content"}},
	"CreateOBSTransfer": {
		ask: transfersOf,
		find: func(_ site, _ question, a, shown *answer) any {
			return flatTransfer(element(list(shown.value, "log_transfers"), "log_transfer_id", text(a.value, "log_dump_obs_id")))
		},
		members: map[string]string{
			"log_group_id": "log_group_id", "log_stream_ids": "streams", "obs_bucket_name": "obs_bucket_name", "type": "log_transfer_mode",
			"storage_format": "log_storage_format", "switch_on": "switch_on", "prefix_name": "obs_prefix_name",
			"dir_prefix_name": "obs_dir_pre_fix_name", "period": "obs_period", "period_unit": "obs_period_unit",
		},
	},
	"UpdateTransfer": {
		ask: transfersOf,
		find: func(of site, _ question, _, shown *answer) any {
			return flatTransfer(element(list(shown.value, "log_transfers"), "log_transfer_id", of.transfer))
		},
		members: map[string]string{
			"log_transfer_id": "log_transfer_id", "log_storage_format": "log_storage_format", "log_transfer_status": "log_transfer_status",
			"obs_period": "obs_period", "obs_period_unit": "obs_period_unit", "obs_bucket_name": "obs_bucket_name",
			"obs_prefix_name": "obs_prefix_name", "obs_dir_pre_fix_name": "obs_dir_pre_fix_name",
		},
	},
	"CreateLogtank": {
		ask: func(_ site, _ question, a *answer) question {
			return question{operation: "ShowLogtank", ids: ids{logtank: text(a.value, "logtank", "id")}}
		},
		find:    shownLogtank,
		members: sameNames("resource_type", "resource_id", "log_group_id", "log_stream_id"),
	},
	"UpdateLogtank": {
		ask: func(of site, _ question, _ *answer) question {
			return question{operation: "ShowLogtank", ids: of.ids}
		},
		find:    shownLogtank,
		members: sameNames("log_group_id", "log_stream_id"),
	},
}

func sameNames(names ...string) map[string]string {
	members := make(map[string]string)
	for _, name := range names {
		members[name] = name
	}
	return members
}

func shownLogtank(_ site, _ question, _, shown *answer) any { return at(shown.value, "logtank") }

func transfersOf(of site, _ question, _ *answer) question {
	return question{operation: "ListTransfers", ids: of.ids, query: map[string][]string{"log_group_name": {of.name}}}
}

// flatTransfer gives the members of a transfer at one level, and its streams and
// switch as requests have them.
func flatTransfer(transfer any) any {
	if transfer == nil {
		return nil
	}
	flat := make(object)
	info, _ := at(transfer, "log_transfer_info").(object)
	detail, _ := at(info, "log_transfer_detail").(object)
	top, _ := transfer.(object)
	for _, o := range []object{top, info, detail} {
		maps.Copy(flat, o)
	}
	var streams []any
	for _, stream := range list(transfer, "log_streams") {
		streams = append(streams, at(stream, "log_stream_id"))
	}
	flat["streams"] = streams
	flat["switch_on"] = text(info, "log_transfer_status") != "DISABLE"
	return flat
}

// lastRecord asks for the newest records of a stream.
func lastRecord(of site, _ question, _ *answer) question {
	return question{operation: "ListLogs", ids: of.ids, body: aroundNow(object{"is_desc": true, "limit": 50})}
}

// foundRecord finds the record that a report has written, by its content.
func foundRecord(_ site, q question, _, shown *answer) any {
	content := flatBody(q.body)["contents"]
	for _, record := range list(shown.value, "logs") {
		if at(record, "content") == content {
			return record
		}
	}
	return nil
}

// flatBody gives the members of a request at one level, and of a report its
// first line.
func flatBody(body any) object {
	flat := make(object)
	o, _ := body.(object)
	for name, member := range o {
		flat[name] = member
		if inner, ok := member.(object); ok && name != "labels" {
			maps.Copy(flat, flatBody(inner))
		}
	}
	if contents := list(o, "contents"); len(contents) > 0 {
		flat["contents"] = contents[0]
		if timed, ok := contents[0].(object); ok {
			flat["contents"] = timed["log"]
		}
	}
	return flat
}

// checkStored checks that what a request said is shown by another operation.
func (t *trial) checkStored(q question, a *answer, of site) {
	r, ok := readers[q.operation]
	if !ok || q.body == nil {
		return
	}
	if content, is := flatBody(q.body)["contents"].(string); is && len(content) > t.longestContent() {
		return // the edition has no answer that could hold it
	}
	shown := t.must(r.ask(of, q, a), http.StatusOK)
	stored := r.find(of, q, a, shown)
	if !t.check(stored != nil, shown, "body", q.operation+" has stored it, so it is there", missing{}) {
		return
	}
	for name, sent := range flatBody(q.body) {
		where, known := r.members[name]
		if !known {
			continue
		}
		got := at(stored, where)
		t.check(isStored(sent, got), shown, "/"+where, "it is as "+q.operation+" was sent it: "+show(sent), got)
	}
}

// isStored compares what was sent with what is shown: a number that was sent as
// text is shown as a number, tags as a map, one element as an array.
func isStored(sent, got any) bool {
	switch sent := sent.(type) {
	case []any:
		return isStoredArray(sent, got)
	case object:
		for name, v := range sent {
			if !isStored(v, at(got, name)) {
				return false
			}
		}
		return true
	case string:
		if array, is := got.([]any); is {
			return len(array) == 1 && array[0] == sent
		}
		if shown, is := got.(string); is {
			return shown == sent
		}
		return sent == "" && got == nil || sent == strings.Trim(fmt.Sprint(got), `"`)
	default:
		return equal(sent, got)
	}
}

func isStoredArray(sent []any, got any) bool {
	if tags, is := got.(object); is || got == nil {
		for _, tag := range sent {
			shown, there := tags[text(tag, "key")]
			if !there || shown != text(tag, "value") {
				return false
			}
		}
		return true
	}
	shown, _ := got.([]any)
	if len(shown) != len(sent) {
		return false
	}
	for i := range sent {
		if !isStored(sent[i], shown[i]) {
			return false
		}
	}
	return true
}
