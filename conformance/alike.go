package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// alikeCases ask whether all operations that show one thing show the same of
// it, whole, and nothing of another.
func alikeCases() []valueCase {
	return []valueCase{
		{"groups/alike", "ListLogGroups", nil, (*trial).groupsAreApart},
		{"streams/alike", "ListProjectLogStreams", []string{"groups"}, (*trial).listsShowStreamsAlike},
		{"streams/names", "ListProjectLogStreams", []string{"groups"}, (*trial).streamsOfNamesAlike},
		{"transfers/alike", "ListTransfers", []string{"groups", "streams"}, (*trial).transferIsShownAlike},
		{"transfers/names", "ListTransfers", []string{"groups", "streams"}, (*trial).transfersOfNamesAlike},
		{"logtanks/alike", "ShowLogtank", nil, (*trial).logtankIsShownAlike},
		{"tokens/alike", "ListProjects", []string{needsPassword}, (*trial).tokenNamesItsProject},
		{"logs/ListLogContext/alike", "ListLogContext", []string{"groups", "streams"}, (*trial).contextShowsRecordsAlike},
	}
}

// checkAlike checks that two answers show the same JSON value.
func (t *trial) checkAlike(a *answer, where string, want, got any) {
	t.check(want != nil && asJSON(want) == asJSON(got), a, where, "it is "+show(want)+", as the answer before had it", got)
}

// groupsAreApart describes one group and looks at another, which has no alias
// and no tags. Names that differ in case are two names.
func (t *trial) groupsAreApart() {
	names := []string{t.prefix + "Alike", t.prefix + "alike"}
	described := t.fixture(question{operation: "CreateLogGroup", body: object{
		"log_group_name": names[0], "ttl_in_days": 7, "log_group_name_alias": "described", "tags": []any{object{"key": "described", "value": "yes"}},
	}}, "log_group_id")
	created := t.ask(question{operation: "CreateLogGroup", body: object{"log_group_name": names[1], "ttl_in_days": 7}})
	if !t.checkStatus(created, http.StatusCreated) {
		return
	}
	a := t.ask(question{operation: "ListLogGroups"})
	other := element(list(a.value, "log_groups"), "log_group_id", text(created.value, "log_group_id"))
	t.checkEqual(a, "/log_groups/log_group_name of "+described, names[0], at(element(list(a.value, "log_groups"), "log_group_id", described), "log_group_name"))
	t.checkEqual(a, "/log_groups/log_group_name", names[1], at(other, "log_group_name"))
	t.check(text(other, "log_group_name_alias") != "described", a, "/log_groups/log_group_name_alias", "it is not that of another group", other)
	t.check(at(other, "tag", "described") == nil, a, "/log_groups/tag", "they are not those of another group", other)
}

// listsShowStreamsAlike compares the streams of a group in both lists.
func (t *trial) listsShowStreamsAlike() {
	of := ids{group: t.group("alike")}
	described := question{operation: "CreateLogStream", ids: of, body: object{
		"log_stream_name": t.prefix + "Alike", "ttl_in_days": 3, "log_stream_name_alias": "described", "tags": []any{object{"key": "described", "value": "yes"}},
	}}
	streams := []string{t.fixture(described, "log_stream_id")}
	second := t.ask(question{operation: "CreateLogStream", ids: of, body: object{"log_stream_name": t.prefix + "alike"}})
	if !t.checkStatus(second, http.StatusCreated) {
		return
	}
	streams = append(streams, text(second.value, "log_stream_id"))
	one := t.ask(question{operation: "ListLogStreams", ids: of})
	all := t.ask(question{operation: "ListProjectLogStreams"})
	for _, id := range streams {
		want, _ := element(list(one.value, "log_streams"), "log_stream_id", id).(object)
		got := element(list(all.value, "log_streams"), "log_stream_id", id)
		t.checkAlike(all, "/log_streams", want, common(got, want))
		if group := at(got, "log_group_id"); group != nil { // a list of one group need not name it
			t.checkEqual(all, "/log_streams/log_group_id", of.group, group)
		}
	}
	other := element(list(one.value, "log_streams"), "log_stream_id", streams[1])
	t.check(text(other, "log_stream_name_alias") != "described", one, "/log_streams/log_stream_name_alias", "it is not that of another stream", other)
	t.check(at(other, "tag", "described") == nil, one, "/log_streams/tag", "they are not those of another stream", other)
}

// namesAlike are names of which one begins another, or differs in case.
var namesAlike = []string{"Name", "name", "Nam", "Name-2"}

// streamsOfNamesAlike gives streams and groups names that are alike, and looks
// for each by exactly its name.
func (t *trial) streamsOfNamesAlike() {
	var groups []string
	streams := make(map[string]string) // by names of group and stream
	for _, g := range namesAlike {
		group := t.group(g)
		groups = append(groups, group)
		for _, s := range namesAlike {
			streams[g+s] = t.stream(group, t.prefix+s)
		}
	}
	find := func(query map[string][]string, want ...string) {
		a := t.ask(question{operation: "ListProjectLogStreams", query: query})
		var got []string
		for _, stream := range list(a.value, "log_streams") {
			got = append(got, text(stream, "log_stream_id"))
		}
		slices.Sort(want)
		slices.Sort(got)
		t.check(slices.Equal(want, got), a, "/log_streams", fmt.Sprintf("they are those that %v chooses exactly", query), got)
	}
	for _, one := range namesAlike {
		var ofGroup, ofName []string
		for _, other := range namesAlike {
			ofGroup, ofName = append(ofGroup, streams[one+other]), append(ofName, streams[other+one])
			find(map[string][]string{"log_group_name": {t.prefix + one}, "log_stream_name": {t.prefix + other}}, streams[one+other])
		}
		find(map[string][]string{"log_group_name": {t.prefix + one}}, ofGroup...)
		find(map[string][]string{"log_stream_name": {t.prefix + one}}, ofName...)
	}
	spaced := t.ask(streamQuestion(groups[0], t.prefix+"Name ")) // another name
	t.checkStatus(spaced, http.StatusCreated)
}

// transfersOfNamesAlike does the same with transfers of two streams each, and
// cuts what is found into pages.
func (t *trial) transfersOfNamesAlike() {
	transfers := make(map[string]string) // by name of group
	for _, g := range namesAlike {
		group := t.group(g)
		body := t.transferBody(group, "", "names")
		body["log_stream_ids"] = []any{t.stream(group, t.prefix+g), t.stream(group, t.prefix+"common")}
		transfers[g] = t.fixture(question{operation: "CreateOBSTransfer", body: body}, "log_dump_obs_id")
	}
	find := func(query map[string][]string) []string {
		a := t.ask(question{operation: "ListTransfers", query: query})
		var got []string
		for _, transfer := range list(a.value, "log_transfers") {
			got = append(got, text(transfer, "log_transfer_id"))
			t.check(len(list(transfer, "log_streams")) == 2, a, "/log_transfers/*/log_streams", "both streams are shown, whichever is asked for", list(transfer, "log_streams"))
		}
		return got
	}
	check := func(query map[string][]string, want ...string) {
		got := find(query)
		t.check(slices.Equal(want, got), nil, "/log_transfers", fmt.Sprintf("they are those that %v chooses exactly", query), got)
	}
	for i, one := range namesAlike {
		other := namesAlike[(i+1)%len(namesAlike)]
		check(map[string][]string{"log_group_name": {t.prefix + one}}, transfers[one])
		check(map[string][]string{"log_stream_name": {t.prefix + one}}, transfers[one])
		check(map[string][]string{"log_group_name": {t.prefix + one}, "log_stream_name": {t.prefix + "common"}}, transfers[one])
		check(map[string][]string{"log_group_name": {t.prefix + one}, "log_stream_name": {t.prefix + other}})
	}
	common := map[string][]string{"log_stream_name": {t.prefix + "common"}}
	all := find(common)
	t.check(len(all) == len(transfers), nil, "/log_transfers", fmt.Sprintf("%d transfers read a stream of this name", len(transfers)), all)
	for _, limit := range []int{1, 2, 3, 4, 100} { // in whichever order
		var paged []string
		for offset := 0; offset <= len(all)+1; offset++ {
			got := find(map[string][]string{
				"log_stream_name": common["log_stream_name"], "offset": {fmt.Sprint(offset)}, "limit": {fmt.Sprint(limit)},
			})
			left := min(limit, max(0, len(all)-offset))
			t.check(len(got) == left, nil, "/log_transfers", fmt.Sprintf("%d of %d are left at offset %d with limit %d", left, len(all), offset, limit), got)
			if offset%limit == 0 {
				paged = append(paged, got...)
			}
		}
		slices.Sort(paged)
		t.check(slices.Equal(slices.Sorted(slices.Values(all)), paged), nil, "/log_transfers", fmt.Sprintf("pages of %d have each transfer once", limit), paged)
	}
}

// common gives the members of an object that another one has too.
func common(v any, with object) object {
	o, _ := v.(object)
	both := make(object, len(with))
	for name := range with {
		if member, ok := o[name]; ok {
			both[name] = member
		}
	}
	return both
}

// transferIsShownAlike compares what a list, a change and a deletion show of a
// transfer of two streams.
func (t *trial) transferIsShownAlike() {
	group := t.group("alike")
	names := map[string]string{t.stream(group, "first"): "first", t.stream(group, "second"): "second"}
	body := t.transferBody(group, "", "alike")
	body["log_stream_ids"] = slices.Collect(func(yield func(any) bool) {
		for id := range names {
			if !yield(id) {
				return
			}
		}
	})
	of := ids{transfer: t.fixture(question{operation: "CreateOBSTransfer", body: body}, "log_dump_obs_id")}
	listed := func() (*answer, any) {
		a := t.ask(question{operation: "ListTransfers", query: map[string][]string{"log_group_name": {t.prefix + "alike"}}})
		return a, element(list(a.value, "log_transfers"), "log_transfer_id", of.transfer)
	}
	a, shown := listed()
	for _, stream := range list(shown, "log_streams") {
		t.checkEqual(a, "/log_transfers/log_streams/log_stream_name", names[text(stream, "log_stream_id")], text(stream, "log_stream_name"))
	}
	changed := t.ask(question{operation: "UpdateTransfer", body: object{
		"log_transfer_id": of.transfer, "log_transfer_info": object{"log_storage_format": "JSON", "log_transfer_detail": object{"obs_period": 6, "obs_period_unit": "hour"}},
	}})
	a, shown = listed()
	t.checkAlike(a, "/log_transfers", streamsSorted(changed.value), streamsSorted(shown))
	deleted := t.ask(question{operation: "DeleteTransfer", ids: of})
	t.checkAlike(deleted, "body", streamsSorted(shown), streamsSorted(deleted.value))
}

// streamsSorted copies a transfer with its streams in the order of their IDs: no
// document tells another.
func streamsSorted(transfer any) any {
	o, is := transfer.(object)
	if !is {
		return transfer
	}
	o = maps.Clone(o)
	streams := slices.Clone(list(o, "log_streams"))
	slices.SortFunc(streams, func(a, b any) int { return cmp.Compare(text(a, "log_stream_id"), text(b, "log_stream_id")) })
	o["log_streams"] = streams
	return o
}

// logtankIsShownAlike compares what every operation shows of a logtank.
func (t *trial) logtankIsShownAlike() {
	created := t.ask(question{operation: "CreateLogtank", body: logtankBody(t.prefix + "alike")})
	of := ids{logtank: text(created.value, "logtank", "id")}
	show := question{operation: "ShowLogtank", ids: of}
	t.awaitActive(show)
	shown := t.ask(show)
	lasting := []string{"domain_id", "project_id", "resource_type", "resource_id", "created_at"}
	same := func(a *answer, logtank any) {
		for _, member := range lasting {
			t.checkAlike(a, "/logtank/"+member, at(created.value, "logtank", member), at(logtank, member))
		}
	}
	if t.has("tokens") {
		domains := t.ask(question{operation: "ListDomains"})
		domain := element(list(domains.value, "domains"), "id", text(created.value, "logtank", "domain_id"))
		t.check(domain != nil, created, "/logtank/domain_id", "it is the domain of the account", at(created.value, "logtank", "domain_id"))
	}
	t.checkEqual(created, "/logtank/project_id", t.target.Account.ProjectID, at(created.value, "logtank", "project_id"))
	same(shown, at(shown.value, "logtank"))
	const limit = 500
	all := t.ask(question{operation: "ListLogtanks", query: map[string][]string{"limit": {fmt.Sprint(limit)}}})
	logtanks := list(all.value, "logtanks")
	t.checkAlike(all, "/logtanks", at(shown.value, "logtank"), element(logtanks, "id", of.logtank))
	if len(logtanks) < limit {
		t.check(at(all.value, "page_info", "next_marker") == nil, all, "/page_info/next_marker", "the last page has none", at(all.value, "page_info"))
	}
	changed := t.ask(question{operation: "UpdateLogtank", ids: of, body: object{"logtank": object{"log_group_id": "g", "log_stream_id": "s"}}})
	same(changed, at(changed.value, "logtank"))
	t.awaitActive(show)
	shown = t.ask(show)
	same(shown, at(shown.value, "logtank"))
	begun, _ := timeOf(at(shown.value, "logtank", "created_at"))
	updated, ok := timeOf(at(shown.value, "logtank", "updated_at"))
	t.check(ok && !updated.Before(begun), shown, "/logtank/updated_at", "it is not before created_at", at(shown.value, "logtank"))
	first, ok := timeOf(at(created.value, "logtank", "updated_at"))
	t.check(ok && !first.After(updated), created, "/logtank/updated_at", "it is not after that of the change, "+text(shown.value, "logtank", "updated_at"), at(created.value, "logtank", "updated_at"))
	for _, a := range []*answer{created, all, changed, shown} {
		if id := a.header.Get("X-Request-Id"); id != "" {
			t.checkEqual(a, "/request_id", id, at(a.value, "request_id"))
		}
	}
	t.check(text(created.value, "request_id") != text(changed.value, "request_id"), changed, "/request_id", "each request has its own", at(changed.value, "request_id"))
}

// tokenNamesItsProject compares the project of a token with the list of
// projects, and looks for other projects in its catalog.
func (t *trial) tokenNamesItsProject() {
	account := t.target.Account
	a := t.ask(question{operation: "ListProjects"})
	project := element(list(a.value, "projects"), "id", account.ProjectID)
	t.check(project != nil, a, "/projects", "the project of the token is there", at(a.value, "projects"))
	t.checkEqual(a, "/projects/name", account.Project, at(project, "name"))
	t.check(at(project, "enabled") != false, a, "/projects/enabled", "a project that tokens are issued for is not disabled", project)
	a = t.ask(question{operation: "CreateToken", body: loginBody(account, account.ProjectID)})
	for _, service := range list(a.value, "token", "catalog") {
		for _, endpoint := range list(service, "endpoints") {
			url := text(endpoint, "url")
			t.check(!strings.Contains(url, account.OtherProjectID), a, "/token/catalog", "no endpoint is that of another project", url)
		}
	}
}

// contextShowsRecordsAlike compares the records around a record with those that
// a query finds, labels and long lines included.
func (t *trial) contextShowsRecordsAlike() {
	place := t.place()
	records := corpus(t.rand, 12)
	records[3].content = strings.Repeat("long line\n", 1000)
	all := t.fill(place, records...)
	query := t.ask(question{operation: "ListLogs", ids: place, body: search{}.body()})
	found := make(map[string]any)
	for _, r := range list(query.value, "logs") {
		found[text(r, "line_num")] = r
	}
	a := t.ask(question{operation: "ListLogContext", ids: place, body: object{"line_num": fmt.Sprint(all[4].lineNum), "backwards_size": 12, "forwards_size": 12}})
	t.check(at(a.value, "isQueryComplete") != false, a, "/isQueryComplete", "some records are found completely", at(a.value, "isQueryComplete"))
	t.check(at(query.value, "isQueryComplete") != false, query, "/isQueryComplete", "some records are found completely", at(query.value, "isQueryComplete"))
	t.check(len(list(a.value, "logs")) == len(all), a, "/logs", fmt.Sprintf("they are all %d", len(all)), len(list(a.value, "logs")))
	for _, r := range list(a.value, "logs") {
		t.checkAlike(a, "/logs", found[text(r, "line_num")], r)
	}
}

// listOrderCases ask whether a list that nobody changes keeps its order, which
// pages rely on.
func listOrderCases() []valueCase {
	return []valueCase{
		{"groups/order", "ListLogGroups", nil, func(t *trial) {
			var of []string
			for i := range listed {
				of = append(of, t.group(fmt.Sprint("o", i)))
			}
			t.checkListOrder(question{operation: "ListLogGroups"}, "log_groups", "log_group_id", "creation_time", of)
		}},
		{"streams/order", "ListLogStreams", []string{"groups"}, func(t *trial) {
			group := t.group("order")
			var of []string
			for i := range listed {
				of = append(of, t.stream(group, fmt.Sprint("o", i)))
			}
			t.checkListOrder(question{operation: "ListLogStreams", ids: ids{group: group}}, "log_streams", "log_stream_id", "creation_time", of)
			q := question{operation: "ListProjectLogStreams", query: map[string][]string{"log_group_name": {t.prefix + "order"}}}
			t.checkListOrder(q, "log_streams", "log_stream_id", "creation_time", of)
		}},
		{"transfers/order", "ListTransfers", []string{"groups", "streams"}, func(t *trial) {
			group := t.group("order")
			var of []string
			for i := range listed {
				of = append(of, t.transfer(group, t.stream(group, fmt.Sprint("o", i)), "order"))
			}
			q := question{operation: "ListTransfers", query: map[string][]string{"log_group_name": {t.prefix + "order"}}}
			t.checkListOrder(q, "log_transfers", "log_transfer_id", "", of)
		}},
		{"logtanks/order", "ListLogtanks", nil, func(t *trial) {
			var of []string
			for i := range listed {
				of = append(of, t.logtank(fmt.Sprint("o", i)))
			}
			t.checkListOrder(question{operation: "ListLogtanks", query: map[string][]string{"limit": {"500"}}}, "logtanks", "id", "", of)
		}},
	}
}

// listed is how many elements the cases of order create, and how often they ask
// for the list.
const listed = 5

// checkListOrder asks for a list several times: it has each element once, in
// the same order each time. Times of creation, where the list has them, do not
// decrease in the order of creation and are not all whole seconds.
func (t *trial) checkListOrder(q question, elements, member, created string, of []string) {
	var first []string
	var a *answer
	for range listed {
		a = t.ask(q)
		var got []string
		for _, e := range list(a.value, elements) {
			if id := text(e, member); slices.Contains(of, id) {
				got = append(got, id)
			}
		}
		t.check(len(got) == len(of), a, "/"+elements, fmt.Sprintf("each of %d elements is there once", len(of)), got)
		if first == nil {
			first = got
		}
		t.check(slices.Equal(first, got), a, "/"+elements, "the order is that of the answer before", got)
	}
	if created == "" {
		return
	}
	whole, before := true, json.Number("0")
	for _, id := range of {
		now, _ := at(element(list(a.value, elements), member, id), created).(json.Number)
		earlier, _ := number(before)
		later, ok := number(now)
		if !t.check(ok, a, "/"+elements+"/"+created, "it is a number", now) {
			return
		}
		t.check(earlier.Cmp(later) <= 0, a, "/"+elements+"/"+created, "what was created later is not older", now)
		whole = whole && strings.HasSuffix(now.String(), "000")
		before = now
	}
	t.check(!whole, a, "/"+elements+"/"+created, "milliseconds are not cut to seconds", before)
}
