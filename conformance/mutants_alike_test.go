package conformance_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/ltskit/ltskit/server/embedded"
)

// alikeMutants are servers of which one operation shows something else than the
// others, or than before.
func alikeMutants() []accessMutant {
	const (
		groups     = `^GET /v2/[^/]+/groups$`
		streams    = `^GET /v2/[^/]+/groups/[^/]+/streams$`
		allStreams = `^GET /v2/[^/]+/log-streams$`
		transfers  = `^GET /v2/[^/]+/transfers$`
		logtank    = `^GET /v1/logtanks/.`
		around     = `/context$`
		query      = `/content/query$`
	)
	// showing changes every element of a list that an answer has.
	showing := func(pattern, array string, change func(map[string]any)) func(*world, http.Handler) http.Handler {
		return answering(pattern, func(_ *http.Request, a *answer) { each(array, change)(a) })
	}
	// saying changes the body of an answer.
	saying := func(pattern string, change func(map[string]any)) func(*world, http.Handler) http.Handler {
		return answering(pattern, func(_ *http.Request, a *answer) {
			if a.status < http.StatusMultipleChoices {
				a.edit(change)
			}
		})
	}
	milliseconds := func(member string, change func(int64) int64) func(map[string]any) {
		return func(o map[string]any) {
			n, _ := o[member].(json.Number)
			ms, _ := n.Int64()
			o[member] = change(ms)
		}
	}
	ofInfo := func(change func(info map[string]any)) func(map[string]any) {
		return func(o map[string]any) {
			if inside(o, "log_transfer_info")["log_create_time"] != nil {
				change(inside(o, "log_transfer_info"))
			}
		}
	}
	const alike, order = "/alike", "/order"
	return []accessMutant{
		{name: "the alias of a group is that of all", caughtBy: "values/groups" + alike, wrap: spread(groups, "log_groups", "log_group_name_alias")},
		{name: "the alias of a stream is that of all", caughtBy: "values/streams" + alike, wrap: spread(streams, "log_streams", "log_stream_name_alias")},
		{name: "the list of all streams is in another time zone", caughtBy: "values/streams" + alike, wrap: showing(allStreams, "log_streams", milliseconds("creation_time", func(ms int64) int64 { return ms + 8*time.Hour.Milliseconds() }))},
		{name: "the list of all streams has no aliases", caughtBy: "values/streams" + alike, wrap: showing(allStreams, "log_streams", func(o map[string]any) { delete(o, "log_stream_name_alias") })},
		{name: "the list of all streams has no tags", caughtBy: "values/streams" + alike, wrap: showing(allStreams, "log_streams", func(o map[string]any) { o["tag"] = map[string]any{} })},
		{name: "the list of all streams has the days of groups", caughtBy: "values/streams" + alike, wrap: showing(allStreams, "log_streams", func(o map[string]any) { o["ttl_in_days"] = 7 })},
		{name: "the streams of a transfer have each other's names", caughtBy: "values/transfers" + alike, wrap: showing(transfers, "log_transfers", func(o map[string]any) {
			if l, _ := o["log_streams"].([]any); len(l) == 2 {
				a, b := l[0].(map[string]any), l[1].(map[string]any)
				a["log_stream_name"], b["log_stream_name"] = b["log_stream_name"], a["log_stream_name"]
			}
		})},
		{name: "transfers are as old as the answer", caughtBy: "values/transfers" + alike, wrap: showing(transfers, "log_transfers", ofInfo(func(info map[string]any) { info["log_create_time"] = time.Now().UnixMilli() }))},
		{name: "a deleted transfer has another format", caughtBy: "values/transfers" + alike, wrap: saying(`^DELETE /v2/[^/]+/transfers$`, ofInfo(func(info map[string]any) { info["log_storage_format"] = "RAW" }))},
		{name: "a changed transfer is shown as it was", caughtBy: "values/transfers" + alike, wrap: saying(`^PUT /v2/[^/]+/transfers$`, func(o map[string]any) { inside(o, "log_transfer_info", "log_transfer_detail")["obs_period"] = 12 })},
		{name: "a logtank is changed before it is created", caughtBy: "values/logtanks" + alike, wrap: saying(logtank, func(o map[string]any) { inside(o, "logtank")["updated_at"] = "2019-01-01T00:00:00Z" })},
		{name: "the list has logtanks of another project", caughtBy: "values/logtanks" + alike, wrap: showing(`^GET /v1/logtanks$`, "logtanks", func(o map[string]any) { o["project_id"] = embedded.OtherProjectID })},
		{name: "a new logtank is in another domain", caughtBy: "values/logtanks" + alike, wrap: saying(`^POST /v1/logtanks$`, func(o map[string]any) { inside(o, "logtank")["domain_id"] = "e0000000000000000000000000000001" })},
		{name: "a change makes a logtank younger", caughtBy: "values/logtanks" + alike, wrap: saying(`^PUT /v1/logtanks/`, func(o map[string]any) {
			inside(o, "logtank")["created_at"] = time.Now().UTC().Add(time.Minute).Format(time.RFC3339)
		})},
		{name: "a change names another resource", caughtBy: "values/logtanks" + alike, wrap: saying(`^PUT /v1/logtanks/`, func(o map[string]any) { inside(o, "logtank")["resource_id"] = "another" })},
		{name: "the last page has a marker", caughtBy: "values/logtanks" + alike, wrap: saying(`^GET /v1/logtanks$`, func(o map[string]any) { inside(o, "page_info")["next_marker"] = "more" })},
		{name: "all requests have one ID", caughtBy: "values/logtanks" + alike, wrap: answering(``, func(_ *http.Request, a *answer) { a.header.Set("X-Request-Id", "5a0c1c5e-0000-4000-8000-000000000000") })},
		{name: "projects of tokens are disabled", caughtBy: "values/tokens" + alike, wrap: showing(`^GET /v3/projects$`, "projects", func(o map[string]any) { o["enabled"] = false })},
		{name: "the catalog leads to the other project", caughtBy: "values/tokens" + alike, wrap: answering(`^POST /v3/auth/tokens$`, func(_ *http.Request, a *answer) {
			a.body = bytes.ReplaceAll(a.body, []byte("/v2/"+embedded.DevProjectID), []byte("/v2/"+embedded.OtherProjectID))
		})},
		{name: "the context has no labels", caughtBy: "values/logs/ListLogContext" + alike, wrap: showing(around, "logs", func(o map[string]any) { o["labels"] = map[string]any{} })},
		{name: "the context cuts long lines", caughtBy: "values/logs/ListLogContext" + alike, wrap: showing(around, "logs", func(o map[string]any) {
			line, _ := o["content"].(string)
			o["content"] = line[:min(len(line), 1000)]
		})},
		{name: "queries are never complete", caughtBy: "values/logs/ListLogContext" + alike, wrap: saying(query, func(o map[string]any) { o["isQueryComplete"] = false })},

		{name: "groups come in another order each time", caughtBy: "values/groups" + order, wrap: turning(groups, "log_groups")},
		{name: "streams come in another order each time", caughtBy: "values/streams" + order, wrap: turning(streams, "log_streams")},
		{name: "transfers come in another order each time", caughtBy: "values/transfers" + order, wrap: turning(transfers, "log_transfers")},
		{name: "logtanks come in another order each time", caughtBy: "values/logtanks" + order, wrap: turning(`^GET /v1/logtanks$`, "logtanks")},
		{name: "groups are created at whole seconds", caughtBy: "values/groups" + order, wrap: showing(groups, "log_groups", milliseconds("creation_time", func(ms int64) int64 { return ms / 1000 * 1000 }))},
		{name: "younger streams are older", caughtBy: "values/streams" + order, wrap: showing(streams, "log_streams", milliseconds("creation_time", func(ms int64) int64 { return 2*time.Now().Add(-time.Hour).UnixMilli() - ms }))},
		{name: "a list ends after 50 groups", caughtBy: "races/groups/quota", wrap: saying(groups, atMost50("log_groups"))},
		{name: "the list of a group ends after 50 streams", caughtBy: "races/streams/quota", wrap: saying(streams, atMost50("log_streams"))},
		{name: "a list ends after 50 streams", caughtBy: "races/streams/quota", wrap: saying(allStreams, atMost50("log_streams"))},

		{name: "a thousand is many", caughtBy: "queries/paging/limit-5000", wrap: saying(query, func(o map[string]any) {
			if n, _ := o["count"].(json.Number); n != "" {
				count, _ := strconv.Atoi(n.String())
				o["count"] = min(count, 1000)
			}
		})},
		{name: "the context has 100 records at most", caughtBy: "queries/context/default", wrap: rewritten(around, func(o map[string]any) {
			if n, _ := o["forwards_size"].(json.Number); n == "110" {
				o["forwards_size"] = 100
			}
		})},
		{name: "unknown parameters are refused", caughtBy: "constraints/groups/ListLogGroups/query/unknown/inside", wrap: answering(groups, func(r *http.Request, a *answer) {
			if r.URL.RawQuery != "" {
				*a = answer{status: 400, header: http.Header{"Content-Type": {"application/json"}}, body: []byte(`{"error_code":"LTS.0009","error_msg":"Failed to validate the request body"}`)}
			}
		})},

		{name: "another charset", caughtBy: "examples/groups/ListLogGroups/200/one-group", wrap: answering(groups, func(_ *http.Request, a *answer) { a.header.Set("Content-Type", "application/json;charset=ISO-8859-1") })},
		{name: "a name stands twice in an answer", caughtBy: "examples/groups/ListLogGroups/200/one-group", wrap: answering(groups, func(_ *http.Request, a *answer) {
			a.body = bytes.Replace(a.body, []byte(`{"log_groups"`), []byte(`{"log_groups":[],"log_groups"`), 1)
		})},
		{name: "an answer that is not UTF-8", caughtBy: "examples/streams/ListLogStreams/200/one-stream", wrap: answering(streams, func(_ *http.Request, a *answer) {
			a.body = bytes.Replace(a.body, []byte(`"tag":{`), []byte("\"tag\":{\"k\":\"\xff\","), 1)
		})},
		{name: "errors say nothing", caughtBy: "examples/groups/DeleteLogGroup/400/unknown-group", wrap: answering(`^DELETE `, func(_ *http.Request, a *answer) {
			if a.status >= http.StatusBadRequest {
				set("error_msg", "")(a)
			}
		})},
		{name: "lists give the token back", caughtBy: "examples/groups/ListLogGroups/200/one-group", wrap: answering(groups, func(r *http.Request, a *answer) {
			a.header.Set("X-Subject-Token", r.Header.Get("X-Auth-Token"))
		})},
	}
}

// spread shows a member of one element of a list as that of all.
func spread(pattern, array, member string) func(*world, http.Handler) http.Handler {
	return answering(pattern, func(_ *http.Request, a *answer) {
		var seen any
		each(array, func(o map[string]any) {
			if o[member] != nil {
				seen = o[member]
			}
		})(a)
		if seen != nil {
			each(array, func(o map[string]any) { o[member] = seen })(a)
		}
	})
}

// turning turns the order of every second list round.
func turning(pattern, array string) func(*world, http.Handler) http.Handler {
	n := 0
	return answering(pattern, func(_ *http.Request, a *answer) {
		a.edit(func(o map[string]any) {
			if list, _ := o[array].([]any); len(list) > 1 {
				if n++; n%2 == 0 {
					slices.Reverse(list)
				}
			}
		})
	})
}

func atMost50(array string) func(map[string]any) {
	return func(o map[string]any) {
		list, _ := o[array].([]any)
		o[array] = list[:min(len(list), 50)]
	}
}
