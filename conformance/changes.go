package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// changeCases ask whether a change changes what it says, and nothing else: not
// the rest of the thing, and not the thing beside it.
func changeCases() []valueCase {
	return []valueCase{
		{"groups/changes", "UpdateLogGroup", nil, (*trial).groupChangesAlone},
		{"groups/again", "CreateLogGroup", nil, (*trial).groupBeginsAnew},
		{"streams/again", "CreateLogStream", []string{"groups"}, (*trial).streamBeginsAnew},
		{"streams/changes", "UpdateLogStreamTTL", []string{"groups"}, (*trial).streamChangesAlone},
		{"transfers/changes", "UpdateTransfer", []string{"groups", "streams"}, (*trial).transferChangesAlone},
		{"transfers/refused", "CreateOBSTransfer", []string{"groups", "streams"}, (*trial).refusedTransferHoldsNothing},
		{"logtanks/changes", "UpdateLogtank", nil, (*trial).logtankChangesAlone},
	}
}

// A changing is a thing that is changed, step by step, and what it was like
// before the step.
type changing struct {
	look   func() (*answer, any) // nil where it is not listed
	was    any
	answer func(changed any) object // what the answer to a change shows of it, in the words of look
}

// change asks for a change and compares what is shown then with what was shown
// before: it is the same but for the members at some pointers.
func (c *changing) change(t *trial, q question, but ...string) (*answer, any) {
	a := t.ask(q)
	t.checkStatus(a, http.StatusOK)
	shown, is := c.look()
	t.check(is != nil, shown, "body", "what was changed is still there", is)
	t.checkAlike(shown, "body", without(c.was, but), without(is, but))
	if c.answer != nil {
		listed, _ := is.(object)
		told := common(c.answer(a.value), listed)
		t.checkAlike(a, "body", common(is, told), told)
	}
	c.was = is
	return shown, is
}

// renamed gives an object with some members under other names.
func renamed(v any, names map[string]string) object {
	members, _ := v.(object)
	other := make(object, len(members))
	for name, member := range members {
		if as, is := names[name]; is {
			name = as
		}
		other[name] = member
	}
	return other
}

// without leaves out what stands at some pointers, and all below it.
func without(v any, pointers []string) any {
	return leaveOut("", v, pointers)
}

func leaveOut(where string, v any, pointers []string) any {
	members, is := v.(object)
	if !is {
		return v
	}
	rest := make(object, len(members))
	for name, member := range members {
		if at := where + "/" + name; !slices.Contains(pointers, at) {
			rest[name] = leaveOut(at, member, pointers)
		}
	}
	return rest
}

// tagged gives a body tags of some keys, each of which is its value too.
func tagged(body object, keys ...string) object {
	tags := make([]any, len(keys))
	for i, key := range keys {
		tags[i] = object{"key": key, "value": key}
	}
	body["tags"] = tags
	return body
}

// checkTagKeys checks that tags are those that were sent last, beside those that
// the target itself hangs on things.
func (t *trial) checkTagKeys(a *answer, thing any, sent []string) {
	for _, key := range sent {
		t.checkEqual(a, "/tag/"+key, key, at(thing, "tag", key))
	}
	shown, _ := at(thing, "tag").(object)
	for key := range shown {
		own := strings.HasPrefix(key, "_sys_")
		t.check(own || slices.Contains(sent, key), a, "/tag/"+key, fmt.Sprintf("the tags are %v, which have taken the place of others", sent), shown)
	}
}

// changeTags changes lifetime and tags: together, tags to others, and to none.
func (t *trial) changeTags(c *changing, update func(body object) question, days func(i int) int) {
	for i, keys := range [][]string{{"stage", "owner"}, {"stage", "cost"}, {}} {
		body := tagged(object{"ttl_in_days": days(i)}, keys...)
		a, is := c.change(t, update(body), "/ttl_in_days", "/tag")
		if shown := at(is, "ttl_in_days"); shown != nil { // streams of older editions show none
			t.checkEqual(a, "/ttl_in_days", days(i), shown)
		}
		t.checkTagKeys(a, is, keys)
	}
}

func (t *trial) groupChangesAlone() {
	group := func(name string) string {
		body := tagged(object{"log_group_name": t.prefix + name, "ttl_in_days": 7, "log_group_name_alias": name + " alias"}, "first")
		return t.fixture(question{operation: "CreateLogGroup", body: body}, "log_group_id")
	}
	look := func(id string) func() (*answer, any) {
		return func() (*answer, any) {
			a := t.ask(question{operation: "ListLogGroups"})
			return a, element(list(a.value, "log_groups"), "log_group_id", id)
		}
	}
	before, id, behind := group("before"), group("changed"), group("behind")
	_, wasBefore := look(before)()
	_, wasBehind := look(behind)()
	c := changing{look: look(id), answer: func(changed any) object { return renamed(changed, nil) }}
	_, c.was = c.look()
	update := func(body object) question {
		return question{operation: "UpdateLogGroup", ids: ids{group: id}, body: body}
	}
	a, is := c.change(t, update(object{"ttl_in_days": t.groupDays(1)}), "/ttl_in_days")
	t.checkTagKeys(a, is, []string{"first"})
	t.changeTags(&c, update, t.groupDays)
	bare := t.group("bare")
	c = changing{look: look(bare)}
	_, c.was = c.look()
	a, is = c.change(t, question{operation: "UpdateLogGroup", ids: ids{group: bare}, body: object{"ttl_in_days": t.groupDays(1)}}, "/ttl_in_days")
	t.checkTagKeys(a, is, nil)
	a, is = look(before)()
	t.checkAlike(a, "/log_groups", wasBefore, is)
	a, is = look(behind)()
	t.checkAlike(a, "/log_groups", wasBehind, is)
}

func (t *trial) streamChangesAlone() {
	of := ids{group: t.fixture(question{operation: "CreateLogGroup", body: tagged(object{
		"log_group_name": t.prefix + "changes", "ttl_in_days": 7,
	}, "of the group")}, "log_group_id")}
	stream := func(name string) string {
		body := tagged(object{"log_stream_name": name, "ttl_in_days": 7, "log_stream_name_alias": name + " alias"}, "first")
		return t.fixture(question{operation: "CreateLogStream", ids: of, body: body}, "log_stream_id")
	}
	look := func(id string) func() (*answer, any) {
		return func() (*answer, any) {
			a := t.ask(question{operation: "ListLogStreams", ids: of})
			return a, element(list(a.value, "log_streams"), "log_stream_id", id)
		}
	}
	before, id, behind := stream("before"), stream("changed"), stream("behind")
	_, wasBefore := look(before)()
	_, wasBehind := look(behind)()
	c := changing{look: look(id), answer: func(changed any) object {
		return renamed(changed, map[string]string{"log_topic_name": "log_stream_name", "log_topic_id": "log_stream_id"})
	}}
	_, c.was = c.look()
	update := func(body object) question {
		return question{operation: "UpdateLogStreamTTL", ids: ids{group: of.group, stream: id}, body: body}
	}
	a, is := c.change(t, update(object{"ttl_in_days": 3}), "/ttl_in_days")
	t.checkTagKeys(a, is, []string{"first"})
	t.changeTags(&c, update, func(i int) int { return []int{30, 1, 365}[i] })
	bare := t.stream(of.group, "bare")
	c = changing{look: look(bare)}
	_, c.was = c.look()
	a, is = c.change(t, question{operation: "UpdateLogStreamTTL", ids: ids{group: of.group, stream: bare}, body: object{"ttl_in_days": 3}}, "/ttl_in_days")
	t.checkTagKeys(a, is, nil)
	a, is = look(before)()
	t.checkAlike(a, "/log_streams", wasBefore, is)
	a, is = look(behind)()
	t.checkAlike(a, "/log_streams", wasBehind, is)
}

// groupBeginsAnew gives a group the name of one that was described and deleted.
func (t *trial) groupBeginsAnew() {
	name := t.prefix + "again"
	id := t.fixture(question{operation: "CreateLogGroup", body: tagged(object{
		"log_group_name": name, "ttl_in_days": t.groupDays(2), "log_group_name_alias": "of the first",
	}, "first")}, "log_group_id")
	t.must(question{operation: "DeleteLogGroup", ids: ids{group: id}}, http.StatusNoContent)
	id = t.fixture(groupQuestion(name), "log_group_id")
	a := t.ask(question{operation: "ListLogGroups"})
	t.checkAnew(a, element(list(a.value, "log_groups"), "log_group_id", id), "log_group_name_alias", 7)
}

// streamBeginsAnew does the same with a stream.
func (t *trial) streamBeginsAnew() {
	of := ids{group: t.group("again")}
	of.stream = t.fixture(question{operation: "CreateLogStream", ids: of, body: tagged(object{
		"log_stream_name": "again", "ttl_in_days": 30, "log_stream_name_alias": "of the first",
	}, "first")}, "log_stream_id")
	t.must(question{operation: "DeleteLogStream", ids: of}, http.StatusNoContent)
	of.stream = t.stream(of.group, "again")
	a := t.ask(question{operation: "ListLogStreams", ids: of})
	t.checkAnew(a, element(list(a.value, "log_streams"), "log_stream_id", of.stream), "log_stream_name_alias", 7)
}

// checkAnew checks that a thing without a description has not that of the one
// which had its name before.
func (t *trial) checkAnew(a *answer, thing any, alias string, days int) {
	t.check(text(thing, alias) != "of the first", a, "/"+alias, "it is not that of the one before", thing)
	t.checkTagKeys(a, thing, nil)
	if shown := at(thing, "ttl_in_days"); shown != nil { // streams of older editions show none
		t.checkEqual(a, "/ttl_in_days", days, shown)
	}
}

// Where a transfer shows what can be changed of it.
const (
	transferStatus = "/log_transfer_info/log_transfer_status"
	transferFormat = "/log_transfer_info/log_storage_format"
	transferDetail = "/log_transfer_info/log_transfer_detail"
)

// transferChangesAlone switches a transfer off, so that no attempt changes its
// status, changes it bit by bit, and switches it on again.
func (t *trial) transferChangesAlone() {
	group := t.group("changes")
	create := func(name string) string {
		body := t.transferBody(group, t.stream(group, name), name)
		body["dir_prefix_name"], body["period"], body["period_unit"] = "into/"+name, 12, "hour"
		return t.fixture(question{operation: "CreateOBSTransfer", body: body}, "log_dump_obs_id")
	}
	look := func(id string) func() (*answer, any) {
		return func() (*answer, any) {
			a := t.ask(question{operation: "ListTransfers", query: map[string][]string{"log_group_name": {t.prefix + "changes"}}})
			return a, element(list(a.value, "log_transfers"), "log_transfer_id", id)
		}
	}
	id, other := create("changed"), create("other")
	_, otherWas := look(other)()
	c := changing{look: look(id)}
	_, c.was = c.look()
	update := func(info object) question {
		return question{operation: "UpdateTransfer", body: object{"log_transfer_id": id, "log_transfer_info": info}}
	}
	detail := func(member string, value any) object { return object{"log_transfer_detail": object{member: value}} }
	for _, step := range []struct {
		info  object
		where string // what changes
		want  any
	}{
		{object{"log_transfer_status": "DISABLE"}, transferStatus, "DISABLE"},
		{object{"log_storage_format": "JSON"}, transferFormat, "JSON"},
		{detail("obs_prefix_name", "another"), transferDetail + "/obs_prefix_name", "another"},
		{detail("obs_dir_pre_fix_name", "else/where"), transferDetail + "/obs_dir_pre_fix_name", "else/where"},
		{detail("obs_period", 6), transferDetail + "/obs_period", 6},
		{detail("obs_period", 1), transferDetail + "/obs_period", 1},
		{object{"log_transfer_detail": object{"obs_period": 30, "obs_period_unit": "min"}}, transferDetail + "/obs_period", 30},
		{detail("obs_period", 5), transferDetail + "/obs_period", 5},
		{object{"log_transfer_status": "ENABLE"}, transferStatus, "ENABLE"},
	} {
		but := []string{step.where}
		if unit, both := at(step.info, "log_transfer_detail").(object); both && len(unit) > 1 {
			but = append(but, transferDetail+"/obs_period_unit")
		}
		if strings.HasSuffix(step.where, "/obs_dir_pre_fix_name") {
			but = append(but, transferDetail+"/obs_transfer_path")
		}
		a, is := c.change(t, update(step.info), but...)
		t.checkEqual(a, step.where, step.want, at(is, strings.Split(step.where, "/")[1:]...))
	}
	t.refused(t.ask(update(detail("obs_period", 3))), "LTS.1901") // there are 3 hours, but no 3 minutes
	t.refused(t.ask(update(object{"log_storage_format": "RAW", "log_transfer_detail": object{
		"obs_prefix_name": "refused", "obs_period": 2, "obs_bucket_name": t.prefix + "unknown",
	}})), "LTS.0416")
	a, is := c.look()
	t.checkEqual(a, transferDetail+"/obs_period_unit", "min", at(is, "log_transfer_info", "log_transfer_detail", "obs_period_unit"))
	t.checkAlike(a, "/log_transfers", without(c.was, []string{transferStatus}), without(is, []string{transferStatus}))
	a, is = look(other)()
	t.checkAlike(a, "/log_transfers", without(otherWas, []string{transferStatus}), without(is, []string{transferStatus}))
}

// refusedTransferHoldsNothing wants transfers of several streams of which one
// will not do. Then the other is as free as before.
func (t *trial) refusedTransferHoldsNothing() {
	group, elsewhere := t.group("refused"), t.group("elsewhere")
	free, taken, foreign := t.stream(group, "free"), t.stream(group, "taken"), t.stream(elsewhere, "foreign")
	id := t.transfer(group, taken, "taken")
	for _, one := range []struct {
		streams []any
		code    string
	}{
		{[]any{free, unknownID}, "LTS.0208"},
		{[]any{unknownID, free}, "LTS.0208"},
		{[]any{free, foreign}, "LTS.0208"},
		{[]any{foreign}, "LTS.0208"},
		{[]any{free, taken}, "LTS.0207"},
		{[]any{taken, free}, "LTS.0207"},
	} {
		body := t.transferBody(group, "", "refused")
		body["log_stream_ids"] = one.streams
		t.refused(t.ask(question{operation: "CreateOBSTransfer", body: body}), one.code)
	}
	for name, want := range map[string]int{"refused": 1, "elsewhere": 0} {
		a, transfers := t.transfersOf(name)
		t.check(len(transfers) == want, a, "/log_transfers", fmt.Sprintf("%d were created", want), transfers)
	}
	second := t.transfer(group, free, "free")
	t.check(second != id, nil, "/log_dump_obs_id", "each transfer has an ID of its own", second)
}

// logtankChangesAlone changes a logtank when its whole second is over: times of
// logtanks need have no finer ones.
func (t *trial) logtankChangesAlone() {
	look := func(id string) func() (*answer, any) {
		return func() (*answer, any) {
			a := t.ask(question{operation: "ShowLogtank", ids: ids{logtank: id}})
			return a, at(a.value, "logtank")
		}
	}
	before, id, behind := t.activeLogtank("before"), t.activeLogtank("changed"), t.activeLogtank("behind")
	_, wasBefore := look(before)()
	_, wasBehind := look(behind)()
	c := changing{look: look(id)}
	_, c.was = c.look()
	select {
	case <-time.After(1100 * time.Millisecond):
	case <-t.ctx.Done():
		t.couldNotRun("%v", t.ctx.Err())
	}
	created, _ := timeOf(at(c.was, "created_at"))
	a, is := c.change(t, question{operation: "UpdateLogtank", ids: ids{logtank: id}, body: object{
		"logtank": object{"log_group_id": "another group", "log_stream_id": "another stream"},
	}}, "/log_group_id", "/log_stream_id", "/updated_at", "/status")
	t.checkEqual(a, "/logtank/log_group_id", "another group", at(is, "log_group_id"))
	t.checkEqual(a, "/logtank/log_stream_id", "another stream", at(is, "log_stream_id"))
	updated, ok := timeOf(at(is, "updated_at"))
	t.check(ok && updated.After(created), a, "/logtank/updated_at", fmt.Sprintf("it is the time of the change, and not that of the creation, %s", text(is, "created_at")), at(is, "updated_at"))
	a, is = look(before)()
	t.checkAlike(a, "/logtank", wasBefore, is)
	a, is = look(behind)()
	t.checkAlike(a, "/logtank", wasBehind, is)
}
