package conformance_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server/embedded"
)

// The cases that the faults are expected to fail.
const (
	token        = "examples/tokens/CreateToken/201/password-and-project"
	createGroup  = "examples/groups/CreateLogGroup/201/create-a-group"
	invalidGroup = "examples/groups/CreateLogGroup/400/invalid-body"
	badToken     = "examples/groups/CreateLogGroup/401/invalid-token"
	noToken      = "examples/groups/CreateLogGroup/401/not-authenticated"
	otherProject = "examples/groups/ListLogGroups/403/wrong-project"
	failedGroup  = "examples/groups/CreateLogGroup/500/create-group-failed"
	listGroups   = "examples/groups/ListLogGroups/200/one-group"
	unknownGroup = "examples/groups/DeleteLogGroup/400/unknown-group"
	createStream = "examples/streams/CreateLogStream/201/create-a-stream"
	listStreams  = "examples/streams/ListLogStreams/200/one-stream"
	firstPage    = "examples/logs/ListLogs/200/first-query"
	nextPage     = "examples/logs/ListLogs/200/page-forwards-ascending"
	pageBefore   = "examples/logs/ListLogs/200/page-backwards-ascending"
	descending   = "examples/logs/ListLogs/200/page-forwards-descending"
	againstOrder = "examples/logs/ListLogs/200/page-backwards-descending"
	failedQuery  = "examples/logs/ListLogs/500/query-failed"
	reported     = "examples/logs/ReportLogs/200/reported"
	createTank   = "examples/logtanks/CreateLogtank/201/create-for-a-listener"
	createDump   = "examples/transfers/CreateOBSTransfer/201/create-a-transfer"
	noBucket     = "examples/transfers/CreateOBSTransfer/400/unknown-bucket"
	twice        = "examples/transfers/CreateOBSTransfer/400/stream-in-transfer"
	badPeriod    = "examples/transfers/CreateOBSTransfer/400/bad-period"
	badPrefix    = "examples/transfers/CreateOBSTransfer/400/bad-prefix"
	noTransfer   = "examples/transfers/DeleteTransfer/400/unknown-transfer"
	unknown      = "examples/streams/DeleteLogStream/400/unknown-stream"
)

// A mutant is a server with one fault.
type mutant struct {
	name     string
	caughtBy string // a case that must fail
	method   string // of the requests that the fault is about
	path     string // end of their path
	request  func(*http.Request)
	response func(*answer)
	wrap     func(http.Handler) http.Handler // for what takes both
}

func set(member string, v any) func(*answer) {
	return func(a *answer) { a.edit(func(o map[string]any) { o[member] = v }) }
}

func without(member string) func(*answer) {
	return func(a *answer) { a.edit(func(o map[string]any) { delete(o, member) }) }
}

// each changes every element of an array member.
func each(array string, change func(map[string]any)) func(*answer) {
	return func(a *answer) {
		a.edit(func(o map[string]any) {
			list, _ := o[array].([]any)
			for _, element := range list {
				if object, ok := element.(map[string]any); ok {
					change(object)
				}
			}
		})
	}
}

func inToken(change func(map[string]any)) func(*answer) {
	return func(a *answer) {
		a.edit(func(o map[string]any) {
			if token, ok := o["token"].(map[string]any); ok {
				change(token)
			}
		})
	}
}

// code replaces one error code by another.
func code(from, to string) func(*answer) {
	return func(a *answer) {
		a.edit(func(o map[string]any) {
			if o["error_code"] == from {
				o["error_code"] = to
			}
		})
	}
}

// statusOf changes the status of answers that have one.
func statusOf(from, to int) func(*answer) {
	return func(a *answer) {
		if a.status == from {
			a.status = to
		}
	}
}

func body(text string) func(*answer) { return func(a *answer) { a.body = []byte(text) } }

// logs changes the records of a page that has some.
func logs(change func([]any) []any) func(*answer) {
	return func(a *answer) {
		a.edit(func(o map[string]any) {
			if list, ok := o["logs"].([]any); ok && len(list) > 0 {
				o["logs"] = change(list)
			}
		})
	}
}

// editRequest changes the body of a request as a JSON object.
func editRequest(change func(map[string]any)) func(*http.Request) {
	return func(r *http.Request) {
		a := &answer{}
		a.body, _ = io.ReadAll(r.Body)
		a.edit(change)
		r.Body = io.NopCloser(bytes.NewReader(a.body))
		r.ContentLength = int64(len(a.body))
	}
}

func mutants() []mutant {
	const groups, streams, tokens, query, tanks, dump = "/groups", "/streams", "/auth/tokens", "/content/query", "/logtanks", "/log-dump/obs"
	return []mutant{
		{name: "creation answers 200", method: "POST", path: groups, caughtBy: createGroup, response: statusOf(201, 200)},
		{name: "creation answers an unknown status", method: "POST", path: groups, caughtBy: createGroup, response: statusOf(201, 418)},
		{name: "the new ID is missing", method: "POST", path: groups, caughtBy: createGroup, response: without("log_group_id")},
		{name: "the new ID is too short", method: "POST", path: groups, caughtBy: createGroup, response: set("log_group_id", strings.Repeat("a", 35))},
		{name: "the new ID is too long", method: "POST", path: groups, caughtBy: createGroup, response: set("log_group_id", strings.Repeat("a", 37))},
		{name: "the new ID is a number", method: "POST", path: groups, caughtBy: createGroup, response: set("log_group_id", 7)},
		{name: "the new ID is null", method: "POST", path: groups, caughtBy: createGroup, response: set("log_group_id", nil)},
		{name: "the new ID has another name", method: "POST", path: groups, caughtBy: createGroup, response: func(a *answer) {
			a.edit(func(o map[string]any) { o["id"] = o["log_group_id"]; delete(o, "log_group_id") })
		}},
		{name: "an unknown member", method: "POST", path: groups, caughtBy: createGroup, response: set("surprise", true)},
		{name: "the wrong media type", method: "POST", path: groups, caughtBy: createGroup, response: func(a *answer) { a.header.Set("Content-Type", "text/plain") }},
		{name: "no media type", method: "GET", path: groups, caughtBy: listGroups, response: func(a *answer) { a.header["Content-Type"] = nil }},
		{name: "a body that is not JSON", method: "GET", path: groups, caughtBy: listGroups, response: body("log_groups: []")},
		{name: "text behind the JSON", method: "GET", path: groups, caughtBy: listGroups, response: func(a *answer) { a.body = append(a.body, "{}"...) }},
		{name: "an empty body", method: "GET", path: groups, caughtBy: listGroups, response: body("")},
		{name: "the list is empty", method: "GET", path: groups, caughtBy: listGroups, response: set("log_groups", []any{})},
		{name: "the list is null", method: "GET", path: groups, caughtBy: listGroups, response: set("log_groups", nil)},
		{name: "another name", method: "GET", path: groups, caughtBy: listGroups, response: each("log_groups", func(o map[string]any) { o["log_group_name"] = "renamed" })},
		{name: "another lifetime", method: "GET", path: groups, caughtBy: listGroups, response: each("log_groups", func(o map[string]any) { o["ttl_in_days"] = 6 })},
		{name: "a lifetime as text", method: "GET", path: groups, caughtBy: listGroups, response: each("log_groups", func(o map[string]any) { o["ttl_in_days"] = "7" })},
		{name: "a lifetime with a fraction", method: "GET", path: groups, caughtBy: listGroups, response: each("log_groups", func(o map[string]any) { o["ttl_in_days"] = 7.5 })},
		{name: "no time of creation", method: "GET", path: groups, caughtBy: listGroups, response: each("log_groups", func(o map[string]any) { delete(o, "creation_time") })},
		{name: "another code for a wrong body", method: "POST", path: groups, caughtBy: invalidGroup, response: code("LTS.0009", "LTS.0007")},
		{name: "a wrong body answers 422", method: "POST", path: groups, caughtBy: invalidGroup, response: statusOf(400, 422)},
		{name: "an error without code", method: "POST", path: groups, caughtBy: invalidGroup, response: without("error_code")},
		{name: "another code for a bad token", method: "POST", path: groups, caughtBy: badToken, response: code("LTS.0003", "LTS.0002")},
		{name: "a bad token answers 403", method: "POST", path: groups, caughtBy: badToken, response: statusOf(401, 403)},
		{name: "a failure answers 503", method: "POST", path: groups, caughtBy: failedGroup, response: statusOf(500, 503)},
		{name: "another code for a failure", method: "POST", path: groups, caughtBy: failedGroup, response: code("LTS.0102", "LTS.0010")},
		{name: "a failure is hidden", method: "POST", path: groups, caughtBy: failedGroup, request: func(r *http.Request) { r.Header.Del("X-Lts-Fault") }},
		{name: "the deletion of nothing succeeds", method: "DELETE", path: "", caughtBy: unknownGroup, response: func(a *answer) { *a = answer{status: 204, header: http.Header{}} }},
		{name: "an unknown stream has the code of a group", method: "DELETE", path: "", caughtBy: unknown, response: code("LTS.0208", "LTS.0201")},
		{name: "a stream has no ID", method: "POST", path: streams, caughtBy: createStream, response: without("log_stream_id")},
		{name: "a stream too many", method: "GET", path: streams, caughtBy: listStreams, response: func(a *answer) {
			a.edit(func(o map[string]any) {
				if list, ok := o["log_streams"].([]any); ok {
					o["log_streams"] = append(list, list...)
				}
			})
		}},
		{name: "favourites are null", method: "GET", path: streams, caughtBy: listStreams, response: each("log_streams", func(o map[string]any) { o["is_favorite"] = nil })},
		{name: "filters beyond the limit", method: "GET", path: streams, caughtBy: listStreams, response: each("log_streams", func(o map[string]any) { o["filter_count"] = 6 })},
		{name: "times in seconds", method: "GET", path: streams, caughtBy: listStreams, response: each("log_streams", func(o map[string]any) { o["creation_time"] = 1630549842 })},
		{name: "a token answers 200", method: "POST", path: tokens, caughtBy: token, response: statusOf(201, 200)},
		{name: "a token is not in its header", method: "POST", path: tokens, caughtBy: token, response: func(a *answer) { a.header.Del("X-Subject-Token") }},
		{name: "the time of a token without fraction", method: "POST", path: tokens, caughtBy: token, response: inToken(func(o map[string]any) { o["expires_at"] = "2019-02-13T06:52:13Z" })},
		{name: "a token by another method", method: "POST", path: tokens, caughtBy: token, response: inToken(func(o map[string]any) { o["methods"] = []string{"token"} })},
		{name: "a token without catalog", method: "POST", path: tokens, caughtBy: token, response: inToken(func(o map[string]any) { delete(o, "catalog") })},
		{name: "no authentication is needed", method: "POST", path: groups, caughtBy: noToken, response: func(a *answer) {
			if a.status == 401 {
				*a = answer{status: 201, header: http.Header{"Content-Type": {"application/json"}}, body: []byte(`{"log_group_id":"b6b9332b-091f-4b22-b810-264318d2d664"}`)}
			}
		}},
		{name: "the count is that of the page", method: "POST", path: query, caughtBy: firstPage, response: set("count", 10)},
		{name: "no count", method: "POST", path: query, caughtBy: nextPage, response: without("count")},
		{name: "a record too few", method: "POST", path: query, caughtBy: nextPage, response: logs(func(l []any) []any { return l[1:] })},
		{name: "a record twice", method: "POST", path: query, caughtBy: nextPage, response: logs(func(l []any) []any { return append(l[:1:1], l...) })},
		{name: "the wrong order", method: "POST", path: query, caughtBy: descending, response: logs(func(l []any) []any { slices.Reverse(l); return l })},
		{name: "the cursor is on the page", method: "POST", path: query, caughtBy: nextPage, request: editRequest(func(o map[string]any) {
			if text, ok := o["line_num"].(string); ok {
				n, _ := strconv.ParseInt(text, 10, 64)
				o["line_num"] = strconv.FormatInt(n-1, 10)
			}
		})},
		{name: "the limit is one more", method: "POST", path: query, caughtBy: pageBefore, request: editRequest(func(o map[string]any) {
			if o["limit"] == "3" {
				o["limit"] = "4"
			}
		})},
		{name: "backwards is forwards", method: "POST", path: query, caughtBy: againstOrder, request: editRequest(func(o map[string]any) {
			if o["search_type"] == "backwards" {
				o["search_type"] = "forwards"
			}
		})},
		{name: "is_desc is ignored", method: "POST", path: query, caughtBy: descending, request: editRequest(func(o map[string]any) { delete(o, "is_desc") })},
		{name: "no highlighting", method: "POST", path: query, caughtBy: firstPage, request: editRequest(func(o map[string]any) { o["highlight"] = false })},
		{name: "labels are lost", method: "POST", path: query, caughtBy: firstPage, response: each("logs", func(o map[string]any) { o["labels"] = map[string]any{} })},
		{name: "line numbers are numbers", method: "POST", path: query, caughtBy: firstPage, response: each("logs", func(o map[string]any) { o["line_num"] = 1595659490239433654 })},
		{name: "line numbers are short", method: "POST", path: query, caughtBy: firstPage, response: each("logs", func(o map[string]any) { o["line_num"] = "1595659490" })},
		{name: "line breaks are cut off", method: "POST", path: query, caughtBy: firstPage, response: each("logs", func(o map[string]any) {
			content, _ := o["content"].(string)
			o["content"] = strings.TrimSpace(content)
		})},
		{name: "a failed query has another code", method: "POST", path: query, caughtBy: failedQuery, response: code("LTS.0202", "LTS.0010")},
		{name: "a report answers 201", method: "POST", path: "/tenant/contents", caughtBy: reported, response: statusOf(200, 201)},
		{name: "a report has another code", method: "POST", path: "/tenant/contents", caughtBy: reported, response: set("errorCode", "SVCSTG.ALS.200.201")},
		{name: "the transfer's ID has the name of a table", method: "POST", path: dump, caughtBy: createDump, response: func(a *answer) {
			a.edit(func(o map[string]any) { o["log_dump_obe_id"] = o["log_dump_obs_id"]; delete(o, "log_dump_obs_id") })
		}},
		{name: "a transfer answers 200", method: "POST", path: dump, caughtBy: createDump, response: statusOf(201, 200)},
		{name: "a failed transfer answers 200 as it used to", method: "POST", path: dump, caughtBy: noBucket, response: statusOf(400, 200)},
		{name: "any bucket will do", method: "POST", path: dump, caughtBy: noBucket, request: editRequest(func(o map[string]any) { o["obs_bucket_name"] = "lts-test" })},
		{name: "a stream in two transfers", method: "POST", path: dump, caughtBy: twice, response: func(a *answer) {
			if strings.Contains(string(a.body), "LTS.0207") {
				*a = answer{status: 201, header: http.Header{"Content-Type": {"application/json"}}, body: []byte(`{"log_dump_obs_id":"45fdc36b-xxxx-4567-xxxx-559xxxxdf968"}`)}
			}
		}},
		{name: "any period will do", method: "POST", path: dump, caughtBy: badPeriod, request: editRequest(func(o map[string]any) { o["period"], o["period_unit"] = 5, "min" })},
		{name: "a wrong prefix has the code of a wrong list", method: "POST", path: dump, caughtBy: badPrefix, response: code("LTS.1902", "LTS.1901")},
		{name: "an unknown transfer is deleted", method: "DELETE", path: "/transfers", caughtBy: noTransfer, response: statusOf(400, 200)},
		{name: "a logtank of another resource", method: "POST", path: tanks, caughtBy: createTank, response: func(a *answer) {
			a.edit(func(o map[string]any) {
				if tank, ok := o["logtank"].(map[string]any); ok {
					tank["resource_id"] = "another"
				}
			})
		}},
		{name: "the project is not checked", method: "GET", path: groups, caughtBy: otherProject, request: func(r *http.Request) {
			r.URL.Path = strings.Replace(r.URL.Path, embedded.OtherProjectID, embedded.DevProjectID, 1)
		}},
	}
}

func TestEveryFaultIsCaught(t *testing.T) {
	inner := startServer(t, openapi.Latest)
	expired := expiredToken(t, inner)
	for _, m := range slices.Concat(mutants(), constraintMutants(), errorMutants(), valueMutants()) {
		t.Run(m.name, func(t *testing.T) {
			target := listen(t, m.handler(inner))
			target.Account.ExpiredToken = expired
			report, err := conformance.Run(t.Context(), target, conformance.Options{Only: []string{m.family()}})
			if err != nil {
				t.Fatal(err)
			}
			if failed := named(report, "failed"); !slices.Contains(failed, m.caughtBy) {
				t.Errorf("%s did not fail; failed: %v", m.caughtBy, failed)
			}
			if got := report.ExitStatus(); got == 0 {
				t.Error("exit status 0 with a fault in the server")
			}
			tell(t, m.name, m.caughtBy)
		})
	}
}

// tell says which case caught a fault, for the table of `make mutants`.
func tell(t *testing.T, fault, caughtBy string) {
	t.Helper()
	if !t.Failed() {
		t.Logf("caught\t%s\t%s", caughtBy, fault)
	}
}

// family selects the case that must fail, and those that it needs.
func (m mutant) family() string {
	elements := strings.Split(m.caughtBy, "/")
	if elements[0] == "examples" {
		return m.caughtBy
	}
	if elements[2] == "unchanged" { // by the other cases of the tag
		return strings.Join(elements[:2], "/")
	}
	return strings.Join(elements[:3], "/")
}

func (m mutant) handler(inner http.Handler) http.Handler {
	f := &faulty{inner: inner}
	concerns := func(r *http.Request) bool { return r.Method == m.method && strings.HasSuffix(r.URL.Path, m.path) }
	if m.wrap != nil {
		f.inner = m.wrap(inner)
	}
	if m.request != nil {
		f.request = func(r *http.Request) {
			if concerns(r) {
				m.request(r)
			}
		}
	}
	if m.response != nil {
		f.response = func(r *http.Request, a *answer) {
			if concerns(r) {
				m.response(a)
			}
		}
	}
	return f
}
