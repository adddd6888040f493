package conformance

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// queryIsolationCases: a stream has its own records and no others.
func (c *contract) queryIsolationCases() []testCase {
	cases := []testCase{
		c.queryCase("isolation/streams", "ListLogs", streamsApart),
		c.queryCase("isolation/deleted-stream", "ListLogs", deletedStream),
		c.queryCase("isolation/deleted-group", "ListLogs", deletedGroup),
		c.queryCase("isolation/changes", "ListLogs", recordsOutliveChanges),
		c.queryCase("isolation/wrong-group", "ListLogs", wrongGroup),
		c.queryCase("isolation/projects", "ListLogs", projectsApart),
	}
	cases[len(cases)-1].requires = append(cases[len(cases)-1].requires, needsOtherAccount)
	return cases
}

// streamsApart fills streams of the same name in two groups, and two of one
// group, with records of the same times.
func streamsApart(t *trial) {
	g, h := t.group("g"), t.group("h")
	places := []ids{
		{group: g, stream: t.stream(g, "s")}, {group: g, stream: t.stream(g, "s2")}, {group: h, stream: t.stream(h, "s")},
	}
	streams := make([][]record, len(places))
	base := numbered(20)
	for i := range places {
		for _, r := range base {
			r.content += " of stream " + strconv.Itoa(i)
			streams[i] = append(streams[i], r)
		}
		t.write(places[i], streams[i]...)
	}
	for i, place := range places {
		all := t.found(place, streams[i])
		p := t.page(place, search{keywords: "stream", limit: 5, count: true, plain: true})
		t.checkRecords(p.answer, "a stream has its own records alone", all[:5], p.records)
		t.checkEqual(p.answer, "/count", len(all), at(p.answer.value, "count"))
		t.checkContext(place, all, 10, object{"backwards_size": 500, "forwards_size": 500}, 500, 500)
		t.checkHistogram(place, all, all[0].millis(), all[19].millis(), 7, keywords{})
	}
}

// deletedStream deletes a stream with records, and makes one of the same name.
func deletedStream(t *trial) {
	place := t.place()
	other := ids{group: place.group, stream: t.stream(place.group, "other")}
	all := t.fill(place, numbered(10)...)
	kept := t.fill(other, numbered(10)...)
	a := t.ask(question{operation: "DeleteLogStream", ids: place})
	t.checkStatus(a, http.StatusNoContent)
	t.unreadable(place, all[5].lineNum, "LTS.0208")
	again := ids{group: place.group, stream: t.stream(place.group, "s")}
	t.empty(again)
	p := t.page(other, search{limit: maxPage})
	t.checkRecords(p.answer, "another stream keeps its records", kept, p.records)
}

// deletedGroup deletes a group with records, and makes one of the same name.
func deletedGroup(t *trial) {
	place := t.place()
	other := ids{group: t.group("other")}
	other.stream = t.stream(other.group, "s")
	all := t.fill(place, numbered(10)...)
	kept := t.fill(other, numbered(10)...)
	a := t.ask(question{operation: "DeleteLogGroup", ids: place})
	t.checkStatus(a, http.StatusNoContent)
	t.unreadable(place, all[5].lineNum, "LTS.0201")
	t.empty(t.place())
	p := t.page(other, search{limit: maxPage})
	t.checkRecords(p.answer, "the stream of another group keeps its records", kept, p.records)
}

// recordsOutliveChanges changes what is around the records of a stream, and the
// stream itself. The records stay.
func recordsOutliveChanges(t *trial) {
	place := t.place()
	all := t.fill(place, numbered(10)...)
	stay := func(after string) {
		p := t.page(place, search{limit: maxPage, count: true})
		t.checkRecords(p.answer, "the records are as before "+after, all, p.records)
		t.checkEqual(p.answer, "/count", len(all), at(p.answer.value, "count"))
	}
	t.must(question{operation: "UpdateLogGroup", ids: place, body: object{"ttl_in_days": t.groupDays(2)}}, http.StatusOK)
	stay("the group was changed")
	t.must(question{operation: "UpdateLogStreamTTL", ids: place, body: object{"ttl_in_days": 30}}, http.StatusOK)
	stay("the stream was changed")
	other := ids{group: place.group, stream: t.stream(place.group, "other")}
	stay("another stream came")
	t.must(question{operation: "DeleteLogStream", ids: other}, http.StatusNoContent)
	stay("another stream went")
	if !t.has("transfers") {
		return
	}
	transfer := t.transfer(place.group, place.stream, "stay")
	stay("a transfer began to read them")
	late := record{timeNS: all[9].timeNS + 1, content: "while they are transferred", labels: map[string]string{}}
	t.write(place, late)
	all = t.found(place, append(slices.Clone(all), late))
	for operation, days := range map[string]int{"UpdateLogGroup": t.groupDays(0), "UpdateLogStreamTTL": 7} {
		a := t.ask(question{operation: operation, ids: place, body: object{"ttl_in_days": days}})
		t.checkStatus(a, http.StatusOK)
	}
	stay("group and stream were changed meanwhile")
	t.must(question{operation: "DeleteTransfer", ids: ids{transfer: transfer}}, http.StatusOK)
	stay("the transfer was deleted")
}

// wrongGroup asks for a stream through a group that it is not of.
func wrongGroup(t *trial) {
	place := t.place()
	all := t.fill(place, numbered(3)...)
	t.unreadable(ids{group: t.group("h"), stream: place.stream}, all[1].lineNum, "LTS.0208")
	p := t.page(place, search{})
	t.checkRecords(p.answer, "the records are still there", all, p.records)
}

// unreadable tries every way to read a stream that is not there, and to write
// to it.
func (t *trial) unreadable(place ids, line int64, code string) {
	t.refused(t.ask(question{operation: "ListLogs", ids: place, body: search{}.body()}), code)
	t.refused(t.ask(question{operation: "ListLogContext", ids: place, body: object{"line_num": strconv.FormatInt(line, 10)}}), code)
	now := time.Now().UnixMilli()
	t.refused(t.histogram(place, now-1000, now, 1000, ""), code)
	if len(t.target.Ingest) == 0 {
		t.refused(t.ask(question{operation: "ReportLogsHighAccuracy", ids: place, body: reportBody(numbered(1))}), code)
	}
}

// empty looks for records in a new stream, in every way.
func (t *trial) empty(place ids) {
	p := t.page(place, search{limit: maxPage, count: true})
	t.checkRecords(p.answer, "a new stream is empty", nil, p.records)
	t.checkEqual(p.answer, "/count", 0, at(p.answer.value, "count"))
	now := time.Now().UnixMilli()
	a := t.histogram(place, now-24*int64(time.Hour/time.Millisecond), now, int64(time.Hour/time.Millisecond), "")
	t.checkEqual(a, "/count", 0, at(a.value, "count"))
}

// projectsApart tries to read the records of another project: under its path,
// and with its IDs under the own one.
func projectsApart(t *trial) {
	project := t.other.projectID
	create := question{
		operation: "CreateLogGroup", ids: ids{project: project}, as: t.other.credentials,
		body: object{"log_group_name": t.prefix + "g", "ttl_in_days": 7},
	}
	theirs := ids{project: project, group: t.fixture(create, "log_group_id")}
	theirs.stream = t.fixture(question{
		operation: "CreateLogStream", ids: theirs, as: t.other.credentials, body: object{"log_stream_name": "s"},
	}, "log_stream_id")
	own := t.place() // of the same names
	line := t.fill(own, numbered(5)...)[2].lineNum
	if len(t.target.Ingest) == 0 {
		t.must(question{operation: "ReportLogsHighAccuracy", ids: theirs, as: t.other.credentials, body: reportBody(numbered(7))}, http.StatusOK)
	}
	for _, q := range []question{
		{operation: "ListLogs", body: search{}.body()},
		{operation: "ListLogContext", body: object{"line_num": strconv.FormatInt(line, 10)}},
	} {
		q.ids = theirs
		t.checkError(t.ask(q), http.StatusForbidden, "LTS.0001")
	}
	theirs.project = ""
	t.unreadable(theirs, line, "LTS.0201")
	t.unreadable(ids{group: own.group, stream: theirs.stream}, line, "LTS.0208")
	p := t.page(own, search{count: true})
	t.checkEqual(p.answer, "/count", 5, at(p.answer.value, "count"))
}
