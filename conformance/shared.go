package conformance

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A site is what a question is about: things that exist in the project of the
// account, and a span of time.
type site struct {
	ids

	free     string    // a stream that no transfer reads; ids.stream where there is no other
	name     string    // of the group
	resource string    // of the logtank
	cursor   string    // line_num of a record of the stream
	at       time.Time // of that record
}

// A sharedSite is the site of all requests that shall be refused. Nothing may
// change it: when all cases have ended, a look at it tells whether a refused
// request did. It is created when the first case asks for it, and carries the
// prefix of the run.
type sharedSite struct {
	once sync.Once
	site site
	lost stop              // why there is none
	was  map[string]string // what [trial.look] saw at first, by tag
}

// shared gives the site that nothing changes. The case cannot run without.
func (t *trial) shared() site {
	s := &t.session.sharedSite
	s.once.Do(func() { t.createShared(s) })
	if s.lost.outcome != "" {
		panic(s.lost)
	}
	return s.site
}

// createShared creates the site on a trial of its own: what is created outlives
// the case that happened to ask first, and goes with the end of the run.
func (t *trial) createShared(s *sharedSite) {
	of := &trial{session: t.session, c: t.c, ctx: t.ctx, prefix: t.session.prefix + "shared-", rand: t.rand}
	defer func() {
		switch ended := recover().(type) {
		case nil:
		case stop:
			s.lost = ended
		default:
			panic(ended)
		}
	}()
	s.lost = stop{CouldNotRun, "what all refused requests are about could not be created"}
	has := func(tag string) bool { return t.target.lacksFeature(tag) == "" }
	needs := map[string]bool{"group": has("groups"), "logtank": has("logtanks")}
	needs["stream"] = needs["group"] && has("streams")
	needs["logs"] = needs["stream"] && has("logs")
	needs["transfer"] = needs["stream"] && has("transfers")
	s.site = of.ownSite(needs)
	s.was = make(map[string]string)
	for _, tag := range t.contract.features {
		if has(tag) && !slices.ContainsFunc(tagsBefore[tag], func(before string) bool { return !has(before) }) {
			_, s.was[tag] = of.look(tag, s.site)
		}
	}
	s.lost = stop{}
}

// ownSite creates a site for this case alone: those of group, stream, logs,
// transfer and logtank that are needed.
func (t *trial) ownSite(needs map[string]bool) site {
	var s site
	if needs["group"] || needs["stream"] || needs["logs"] || needs["transfer"] {
		s.name = t.prefix + "site"
		s.group = t.group("site")
	}
	if needs["stream"] || needs["logs"] || needs["transfer"] {
		s.stream = t.stream(s.group, "site")
		s.free = s.stream
	}
	if needs["logs"] {
		t.writeRecord(&s)
	}
	if needs["transfer"] {
		if needs["stream"] {
			s.free = t.stream(s.group, "free")
		}
		s.transfer = t.transfer(s.group, s.stream, "site")
	}
	if needs["logtank"] {
		s.resource = t.prefix + "site"
		s.logtank = t.logtank("site")
	}
	return s
}

// writeRecord writes a record and asks for its line_num.
func (t *trial) writeRecord(s *site) {
	s.at = time.Now().Truncate(time.Millisecond)
	body := object{"log_time_ns": strconv.FormatInt(s.at.UnixNano(), 10), "contents": []any{"of the site"}, "labels": object{"app": "site"}}
	t.must(question{operation: "ReportLogs", ids: s.ids, body: body}, http.StatusOK)
	a := t.must(question{operation: "ListLogs", ids: s.ids, body: aroundNow(object{})}, http.StatusOK)
	for _, record := range list(a.value, "logs") {
		s.cursor = text(record, "line_num")
	}
	if s.cursor == "" {
		t.couldNotRun("ListLogs: the record that was written is not there")
	}
}

// aroundNow gives a query a window of two hours around the time of asking.
func aroundNow(query object) object {
	now := time.Now().UnixMilli()
	const hour = int64(time.Hour / time.Millisecond)
	query["start_time"], query["end_time"] = now-hour, now+hour
	return query
}

// unchangedCases look, when all others have ended, at what requests that were
// refused could have changed: the shared site is as it was, and nothing else
// carries the prefix of the run.
func (c *contract) unchangedCases(family string) []testCase {
	var cases []testCase
	for _, tag := range c.features {
		if tag == "tokens" {
			continue // there is nothing to see
		}
		cases = append(cases, testCase{
			name: family + "/" + tag + "/unchanged", tag: tag, requires: tagsBefore[tag], last: true, sources: []string{"ltskit"},
			run: func(t *trial) { t.unchanged(tag) },
		})
	}
	return cases
}

func (t *trial) unchanged(tag string) {
	shared := &t.session.sharedSite
	switch {
	case shared.was == nil:
		t.notSupported("no case of this run sent requests that are refused")
	case shared.lost.outcome != "":
		panic(shared.lost)
	}
	a, is := t.look(tag, shared.site)
	t.check(is == shared.was[tag], a, "state", "refused requests change nothing; it was "+shared.was[tag], is)
	if found := carries(string(a.body), t.session.prefix, "shared-"); tag != "logs" {
		t.check(found == "", a, "state", "nothing is there that a refused request would have created", found)
	}
}

// carries finds a JSON text that begins with a prefix, but not with another part
// behind it.
func carries(body, prefix, but string) string {
	for text := range strings.SplitSeq(body, `"`) {
		if rest, is := strings.CutPrefix(text, prefix); is && !strings.HasPrefix(rest, but) {
			return text
		}
	}
	return ""
}

// readsOnly are the operations with a body that change nothing.
var readsOnly = map[string]bool{"ListLogs": true, "ListLogContext": true, "CountKeyword": true, "CreateToken": true}

// look asks for what a site has of a tag, and gives the part of the answer that
// is about the site.
func (t *trial) look(tag string, s site) (*answer, string) {
	q := question{ids: s.ids}
	pick := func(a *answer) any { return a.value }
	switch tag {
	case "groups":
		q.operation = "ListLogGroups"
		pick = func(a *answer) any { return element(list(a.value, "log_groups"), "log_group_id", s.group) }
	case "streams":
		q.operation = "ListLogStreams"
	case "logs":
		q.operation, q.body = "ListLogs", aroundNow(object{"is_count": true})
		pick = func(a *answer) any { return []any{at(a.value, "count"), at(a.value, "logs")} }
	case "transfers":
		q.operation, q.query = "ListTransfers", map[string][]string{"log_group_name": {s.name}}
		pick = func(a *answer) any { return withoutStatus(list(a.value, "log_transfers")) }
	case "logtanks":
		q.operation, q.query = "ListLogtanks", map[string][]string{"limit": {"500"}}
		pick = func(a *answer) any { return at(element(list(a.value, "logtanks"), "id", s.logtank), "log_stream_id") }
	default:
		return nil, ""
	}
	a := t.must(q, http.StatusOK)
	data, err := encode(pick(a))
	if err != nil {
		t.couldNotRun("%s: %v", q.operation, err)
	}
	return a, string(data)
}

// withoutStatus leaves out what the target itself changes in time.
func withoutStatus(transfers []any) []any {
	for _, transfer := range transfers {
		if info, ok := at(transfer, "log_transfer_info").(object); ok && text(info, "log_transfer_status") == "EXCEPTION" {
			info["log_transfer_status"] = "ENABLE"
		}
	}
	return transfers
}

// element finds the object of a list that has a value in a member.
func element(elements []any, member, value string) any {
	for _, e := range elements {
		if text(e, member) == value {
			return e
		}
	}
	return nil
}
