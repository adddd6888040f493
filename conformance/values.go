package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A valueCase asks whether values stay what they are.
type valueCase struct {
	name      string // tag/...
	operation string // that shows the values
	requires  []string
	run       func(*trial)
}

// valueCases ask whether what goes in comes out: IDs, times, numbers of 64 bits
// and texts.
func (c *contract) valueCases() []testCase {
	var cases []testCase
	for _, v := range slices.Concat(idCases(), timeCases(), textCases(), logValueCases(), alikeCases(), listOrderCases(), changeCases()) {
		tag, _, _ := strings.Cut(v.name, "/")
		operation := c.byID[v.operation]
		cases = append(cases, testCase{
			name: "values/" + v.name, tag: tag, operation: v.operation, requires: v.requires, run: v.run,
			sources: sourcesOr(operation.Extensions),
		})
	}
	return cases
}

// idCases follow the ID that a creation gave through every operation that shows
// or takes it.
func idCases() []valueCase {
	return []valueCase{
		{"groups/ids", "ListLogGroups", nil, (*trial).groupKeepsID},
		{"streams/ids", "ListLogStreams", []string{"groups"}, (*trial).streamKeepsID},
		{"transfers/ids", "ListTransfers", []string{"groups", "streams"}, (*trial).transferKeepsID},
		{"logtanks/ids", "ShowLogtank", nil, (*trial).logtankKeepsID},
	}
}

func (t *trial) groupKeepsID() {
	id := t.group("kept")
	t.checkCountOf(question{operation: "ListLogGroups"}, "log_groups", "log_group_id", id, 1)
	of := ids{group: id}
	a := t.ask(question{operation: "UpdateLogGroup", ids: of, body: object{"ttl_in_days": 7}})
	t.checkEqual(a, "/log_group_id", id, at(a.value, "log_group_id"))
	t.checkEqual(a, "/log_group_name", t.prefix+"kept", at(a.value, "log_group_name"))
	t.checkCountOf(question{operation: "ListLogGroups"}, "log_groups", "log_group_id", id, 1)
	t.checkStatus(t.ask(question{operation: "DeleteLogGroup", ids: of}), http.StatusNoContent)
	t.checkCountOf(question{operation: "ListLogGroups"}, "log_groups", "log_group_id", id, 0)
	t.checkStatus(t.ask(question{operation: "DeleteLogGroup", ids: of}), http.StatusBadRequest)
}

func (t *trial) streamKeepsID() {
	of := ids{group: t.group("parent")}
	of.stream = t.stream(of.group, t.prefix+"kept")
	other := t.stream(of.group, t.prefix+"other")
	t.check(other != of.stream, nil, "/log_stream_id", "two streams have different IDs", other)
	lists := []question{
		{operation: "ListLogStreams", ids: of},
		{operation: "ListProjectLogStreams", query: map[string][]string{"log_group_name": {t.prefix + "parent"}}},
		{operation: "ListProjectLogStreams", query: map[string][]string{"log_stream_name": {t.prefix + "kept"}}},
	}
	for _, q := range lists {
		t.checkCountOf(q, "log_streams", "log_stream_id", of.stream, 1)
	}
	a := t.ask(question{operation: "UpdateLogStreamTTL", ids: of, body: object{"ttl_in_days": 7}})
	t.checkEqual(a, "/log_topic_id", of.stream, at(a.value, "log_topic_id"))
	t.checkEqual(a, "/log_topic_name", t.prefix+"kept", at(a.value, "log_topic_name"))
	t.checkStatus(t.ask(question{operation: "DeleteLogStream", ids: of}), http.StatusNoContent)
	for _, q := range lists {
		t.checkCountOf(q, "log_streams", "log_stream_id", of.stream, 0)
	}
	t.checkCountOf(lists[0], "log_streams", "log_stream_id", other, 1)
}

func (t *trial) transferKeepsID() {
	of := t.ownSite(map[string]bool{"group": true, "stream": true, "transfer": true})
	all := question{operation: "ListTransfers", query: map[string][]string{"log_group_name": {of.name}}}
	check := func(a *answer, transfer any) {
		t.checkEqual(a, "/log_transfer_id", of.transfer, at(transfer, "log_transfer_id"))
		t.checkEqual(a, "/log_group_id", of.group, at(transfer, "log_group_id"))
		t.checkEqual(a, "/log_group_name", of.name, at(transfer, "log_group_name"))
		streams := list(transfer, "log_streams")
		t.check(len(streams) == 1 && text(streams[0], "log_stream_id") == of.stream, a, "/log_streams", "it is the stream "+of.stream, streams)
	}
	a := t.checkCountOf(all, "log_transfers", "log_transfer_id", of.transfer, 1)
	check(a, element(list(a.value, "log_transfers"), "log_transfer_id", of.transfer))
	a = t.ask(question{operation: "UpdateTransfer", body: object{
		"log_transfer_id": of.transfer, "log_transfer_info": object{"log_storage_format": "JSON"},
	}})
	check(a, a.value)
	a = t.ask(question{operation: "DeleteTransfer", ids: of.ids})
	check(a, a.value)
	t.checkCountOf(all, "log_transfers", "log_transfer_id", of.transfer, 0)
	t.checkError(t.ask(question{operation: "DeleteTransfer", ids: of.ids}), http.StatusBadRequest, "LTS.0405")
}

func (t *trial) logtankKeepsID() {
	of := t.ownSite(map[string]bool{"logtank": true})
	show := question{operation: "ShowLogtank", ids: of.ids}
	all := question{operation: "ListLogtanks", query: map[string][]string{"limit": {"500"}}}
	a := t.ask(show)
	t.checkEqual(a, "/logtank/id", of.logtank, at(a.value, "logtank", "id"))
	t.checkEqual(a, "/logtank/resource_id", of.resource, at(a.value, "logtank", "resource_id"))
	t.checkCountOf(all, "logtanks", "id", of.logtank, 1)
	t.awaitActive(show)
	a = t.ask(question{operation: "UpdateLogtank", ids: of.ids, body: object{"logtank": object{"log_group_id": "g", "log_stream_id": "s"}}})
	t.checkEqual(a, "/logtank/id", of.logtank, at(a.value, "logtank", "id"))
	t.awaitActive(show)
	t.checkStatus(t.ask(question{operation: "DeleteLogtank", ids: of.ids}), http.StatusNoContent)
}

// awaitActive asks until a logtank is ready, for as long as one request may
// take.
func (t *trial) awaitActive(show question) {
	for end := time.Now().Add(t.target.Limits.Timeout); ; {
		a := t.must(show, http.StatusOK)
		status := text(a.value, "logtank", "status")
		if status == "ACTIVE" {
			return
		}
		if time.Now().After(end) {
			t.couldNotRun("the logtank is %s after %s", status, t.target.Limits.Timeout)
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-t.ctx.Done():
			t.couldNotRun("%v", t.ctx.Err())
		}
	}
}

// checkCountOf checks how often a list has an element with an ID.
func (t *trial) checkCountOf(q question, elements, member, id string, want int) *answer {
	a := t.ask(q)
	n := 0
	for _, e := range list(a.value, elements) {
		if text(e, member) == id {
			n++
		}
	}
	t.check(n == want, a, "/"+elements, fmt.Sprintf("%s %s is there %d times", member, id, want), n)
	return a
}

// timeCases ask whether times of creation are those of the creation.
func timeCases() []valueCase {
	return []valueCase{
		{"groups/times", "ListLogGroups", nil, func(t *trial) {
			t.checkCreated("creation_time", func() (question, func(a *answer) any) {
				id := t.group("timed")
				return question{operation: "ListLogGroups"}, func(a *answer) any { return element(list(a.value, "log_groups"), "log_group_id", id) }
			})
		}},
		{"streams/times", "ListLogStreams", []string{"groups"}, func(t *trial) {
			of := ids{group: t.group("timed")}
			t.checkCreated("creation_time", func() (question, func(a *answer) any) {
				id := t.stream(of.group, "timed")
				return question{operation: "ListLogStreams", ids: of}, func(a *answer) any { return element(list(a.value, "log_streams"), "log_stream_id", id) }
			})
		}},
		{"transfers/times", "ListTransfers", []string{"groups", "streams"}, func(t *trial) {
			of := t.ownSite(map[string]bool{"stream": true})
			t.checkCreated("log_create_time", func() (question, func(a *answer) any) {
				id := t.transfer(of.group, of.stream, "timed")
				return question{operation: "ListTransfers", query: map[string][]string{"log_group_name": {of.name}}}, func(a *answer) any {
					return at(element(list(a.value, "log_transfers"), "log_transfer_id", id), "log_transfer_info")
				}
			})
		}},
		{"logtanks/times", "ShowLogtank", nil, func(t *trial) {
			t.checkCreated("created_at", func() (question, func(a *answer) any) {
				id := t.logtank("timed")
				return question{operation: "ShowLogtank", ids: ids{logtank: id}}, func(a *answer) any { return at(a.value, "logtank") }
			})
			t.checkCreated("updated_at", func() (question, func(a *answer) any) {
				id := t.logtank("timed too")
				return question{operation: "ShowLogtank", ids: ids{logtank: id}}, func(a *answer) any { return at(a.value, "logtank") }
			})
		}},
		{"tokens/times", "CreateToken", []string{needsPassword}, (*trial).tokenLastsADay},
	}
}

// clockSlack is what a clock may be off beside what the Date of its answers
// says, which has whole seconds.
const clockSlack = 2 * time.Second

// checkCreated creates something, asks for it, and checks that its time lies
// between the request and the answer, by the clock of the target.
func (t *trial) checkCreated(member string, create func() (question, func(a *answer) any)) {
	begun := time.Now()
	q, find := create()
	ended := time.Now()
	a := t.ask(q)
	skew := skewOf(a)
	shown := at(find(a), member)
	created, ok := timeOf(shown)
	if !t.check(ok, a, "/"+member, "it is a time", shown) {
		return
	}
	created = created.Add(-skew)
	t.check(!created.Before(begun.Add(-clockSlack)) && !created.After(ended.Add(clockSlack)), a, "/"+member,
		fmt.Sprintf("it lies between the request and the answer, %s to %s", begun.UTC().Format(time.RFC3339Nano), ended.UTC().Format(time.RFC3339Nano)), shown)
	again := t.ask(q)
	t.checkEqual(again, "/"+member, shown, at(find(again), member))
}

// skewOf is how far the clock of the target is ahead, by the Date of an answer.
func skewOf(a *answer) time.Duration {
	date, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		return 0
	}
	skew := time.Until(date)
	if skew.Abs() <= clockSlack {
		return 0
	}
	return skew
}

// timeOf reads milliseconds since 1970, or a time as a text.
func timeOf(v any) (time.Time, bool) {
	if s, ok := v.(string); ok {
		at, err := time.Parse(time.RFC3339, s)
		return at, err == nil
	}
	ms, err := strconv.ParseInt(fmt.Sprint(v), 10, 64)
	return time.UnixMilli(ms), err == nil
}

// tokenLastsADay gets a token and checks when it was issued and will expire.
func (t *trial) tokenLastsADay() {
	a := t.ask(question{operation: "CreateToken", body: loginBody(t.target.Account, t.target.Account.ProjectID)})
	now := time.Now().Add(skewOf(a))
	check := func(member string, want time.Time) {
		shown := text(a.value, "token", member)
		got, ok := timeOf(shown)
		t.check(ok && got.Sub(want).Abs() <= clockSlack+a.exchange.Took, a, "/token/"+member, "it is about "+want.UTC().Format(time.RFC3339), shown)
	}
	check("expires_at", now.Add(24*time.Hour))
	if at(a.value, "token", "issued_at") != nil {
		check("issued_at", now)
	}
}

// textCases ask whether texts that name and describe things stay what they are.
func textCases() []valueCase {
	return []valueCase{
		{"groups/texts", "ListLogGroups", nil, (*trial).groupKeepsTexts},
		{"streams/texts", "ListLogStreams", []string{"groups"}, (*trial).streamKeepsTexts},
		{"streams/texts-in-queries", "ListProjectLogStreams", []string{"groups"}, (*trial).streamIsFoundByName},
		{"logtanks/texts", "ShowLogtank", nil, (*trial).logtankKeepsTexts},
	}
}

// tagsOf makes tags of texts, and what lists show of them.
func tagsOf(texts []exactText) (tags []any, shown map[string]string) {
	shown = make(map[string]string)
	for i, x := range texts {
		key := fmt.Sprintf("%d %s", i, x.text)
		tags = append(tags, object{"key": key, "value": x.text})
		shown[key] = x.text
	}
	return tags, shown
}

func (t *trial) checkTags(a *answer, tag any, want map[string]string) {
	for key, value := range want {
		t.checkEqual(a, "/tag/"+key, value, at(tag, key))
	}
}

func (t *trial) groupKeepsTexts() {
	tags, shown := tagsOf(exactTexts)
	q := question{operation: "CreateLogGroup", body: object{
		"log_group_name": t.prefix + "texts", "ttl_in_days": 7, "tags": tags, "log_group_name_alias": exactTexts[0].text,
	}}
	id := t.fixture(q, "log_group_id")
	a := t.ask(question{operation: "ListLogGroups"})
	group := element(list(a.value, "log_groups"), "log_group_id", id)
	t.checkEqual(a, "/log_group_name_alias", exactTexts[0].text, at(group, "log_group_name_alias"))
	t.checkTags(a, at(group, "tag"), shown)
}

// streamKeepsTexts gives streams names, aliases and tags of all texts.
func (t *trial) streamKeepsTexts() {
	of := ids{group: t.group("texts")}
	tags, shown := tagsOf(exactTexts)
	byID := make(map[string]exactText)
	for _, x := range exactTexts {
		if len([]rune(x.text)) > 64 {
			continue
		}
		q := question{operation: "CreateLogStream", ids: of, body: object{"log_stream_name": x.text, "log_stream_name_alias": x.text, "tags": tags}}
		byID[t.fixture(q, "log_stream_id")] = x
	}
	a := t.ask(question{operation: "ListLogStreams", ids: of})
	for id, x := range byID {
		stream := element(list(a.value, "log_streams"), "log_stream_id", id)
		t.checkEqual(a, "/log_stream_name of "+x.what, x.text, at(stream, "log_stream_name"))
		t.checkEqual(a, "/log_stream_name_alias of "+x.what, x.text, at(stream, "log_stream_name_alias"))
		t.checkTags(a, at(stream, "tag"), shown)
	}
}

// streamIsFoundByName sends names in a query, where they are escaped.
func (t *trial) streamIsFoundByName() {
	of := ids{group: t.group("found")}
	for _, x := range exactTexts {
		name := t.prefix + x.text
		if len([]rune(name)) > 64 {
			continue
		}
		id := t.fixture(question{operation: "CreateLogStream", ids: of, body: object{"log_stream_name": name}}, "log_stream_id")
		a := t.checkCountOf(question{operation: "ListProjectLogStreams", query: map[string][]string{"log_stream_name": {name}}}, "log_streams", "log_stream_id", id, 1)
		t.check(len(list(a.value, "log_streams")) == 1, a, "/log_streams", "only the stream of this name is there: "+x.what, at(a.value, "log_streams"))
	}
}

func (t *trial) logtankKeepsTexts() {
	for _, x := range exactTexts[:4] {
		q := question{operation: "CreateLogtank", body: object{"logtank": object{
			"resource_type": "LISTENER", "resource_id": t.prefix + x.text, "log_group_id": x.text, "log_stream_id": x.text,
		}}}
		of := ids{logtank: t.fixture(q, "logtank", "id")}
		a := t.ask(question{operation: "ShowLogtank", ids: of})
		t.checkEqual(a, "/logtank/resource_id", t.prefix+x.text, at(a.value, "logtank", "resource_id"))
		t.checkEqual(a, "/logtank/log_group_id", x.text, at(a.value, "logtank", "log_group_id"))
		t.checkEqual(a, "/logtank/log_stream_id", x.text, at(a.value, "logtank", "log_stream_id"))
	}
}
