package conformance_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

// Where the faults of this file stand.
const (
	queryPath   = "/content/query"
	reportPath  = "/high-accuracy"
	contextPath = "/context"
	countPath   = "/keyword-count"
)

// asked changes the requests of an operation on records.
func asked(name, caughtBy, path string, change func(map[string]any)) mutant {
	return mutant{name: name, caughtBy: caughtBy, method: http.MethodPost, path: path, request: editRequest(change)}
}

// answered changes the answers of an operation on records.
func answered(name, caughtBy, path string, change func(*answer)) mutant {
	return mutant{name: name, caughtBy: caughtBy, method: http.MethodPost, path: path, response: change}
}

// keyword changes the keywords of queries.
func keyword(change func(string) string) func(map[string]any) {
	return func(o map[string]any) {
		if text, ok := o["keywords"].(string); ok {
			o["keywords"] = change(text)
		}
	}
}

// replace changes keywords by replacing a part.
func replace(from, to string) func(map[string]any) {
	return keyword(func(text string) string { return strings.ReplaceAll(text, from, to) })
}

// add adds to a number, which may be a string.
func add(member string, n int64) func(map[string]any) {
	return func(o map[string]any) {
		switch v := o[member].(type) {
		case string:
			if number, err := strconv.ParseInt(v, 10, 64); err == nil {
				o[member] = strconv.FormatInt(number+n, 10)
			}
		case json.Number:
			if number, err := v.Int64(); err == nil {
				o[member] = number + n
			}
		}
	}
}

// written changes the records of a report.
func written(change func([]any) []any) func(map[string]any) {
	return func(o map[string]any) {
		if contents, ok := o["contents"].([]any); ok {
			o["contents"] = change(contents)
		}
	}
}

// times changes the time of each record of a report.
func times(change func(int64) int64) func(map[string]any) {
	return written(func(contents []any) []any {
		for _, content := range contents {
			o, _ := content.(map[string]any)
			if text, ok := o["log_time_ns"].(string); ok {
				when, _ := strconv.ParseInt(text, 10, 64)
				o["log_time_ns"] = strconv.FormatInt(change(when), 10)
			}
		}
		return contents
	})
}

// contents changes the content of each record of an answer.
func contents(change func(string) string) func(*answer) {
	return each("logs", func(o map[string]any) {
		content, _ := o["content"].(string)
		o["content"] = change(content)
	})
}

// steps changes the steps of a histogram.
func steps(change func([]any) []any) func(*answer) {
	return func(a *answer) {
		a.edit(func(o map[string]any) {
			if list, ok := o["histogram"].([]any); ok && len(list) > 0 {
				o["histogram"] = change(list)
			}
		})
	}
}

func reversed(list []any) []any { slices.Reverse(list); return list }

func queryMutants() []mutant {
	newest := int64(0)
	seen := 0
	return []mutant{
		// Paging.
		asked("a page has one record more", "queries/paging/limit-7", queryPath, add("limit", 1)),
		asked("the cursor is on the page", "queries/paging/directions", queryPath, add("line_num", -1)),
		asked("the page after the cursor leaves one out", "queries/paging/filtered", queryPath, func(o map[string]any) {
			if o["search_type"] == "forwards" && o["is_desc"] == nil {
				add("line_num", int64(time.Minute))(o)
			}
		}),
		asked("a cursor without search_type is ignored", "queries/paging/directions", queryPath, func(o map[string]any) {
			if o["search_type"] == nil {
				delete(o, "line_num")
			}
		}),
		asked("init ignores the cursor", "queries/paging/directions", queryPath, func(o map[string]any) {
			if o["search_type"] == "init" {
				delete(o, "line_num")
			}
		}),
		asked("backwards goes forwards", "queries/paging/limit-50", queryPath, func(o map[string]any) {
			if o["search_type"] == "backwards" {
				o["search_type"] = "forwards"
			}
		}),
		asked("backwards ignores is_desc", "queries/paging/directions", queryPath, func(o map[string]any) {
			if o["search_type"] == "backwards" {
				delete(o, "is_desc")
			}
		}),
		asked("the default limit is 100", "queries/paging/limit-default", queryPath, func(o map[string]any) {
			if o["limit"] == nil {
				o["limit"] = 100
			}
		}),
		asked("a page has at most 1000 records", "queries/paging/limit-5000", queryPath, func(o map[string]any) {
			if o["limit"] == json.Number("5000") {
				o["limit"] = 1000
			}
		}),
		asked("100 is the greatest limit", "queries/paging/limit-101", queryPath, func(o map[string]any) {
			if o["limit"] == json.Number("101") {
				o["limit"] = 100
			}
		}),
		answered("the first page lacks its last record", "queries/paging/limit-99", queryPath, logs(func(l []any) []any { return l[:len(l)-1] })),
		answered("descending is ascending turned round page by page", "queries/paging/reverse", queryPath, logs(func(l []any) []any {
			if len(l) > 20 {
				l[3], l[4] = l[4], l[3]
			}
			return l
		})),
		answered("pages are sorted by their text", "queries/order/late", queryPath, logs(func(l []any) []any {
			slices.SortStableFunc(l, func(a, b any) int {
				x, _ := a.(map[string]any)["content"].(string)
				y, _ := b.(map[string]any)["content"].(string)
				return strings.Compare(x, y)
			})
			return l
		})),

		// Count.
		answered("count is that of the page", "queries/count/whole-window", queryPath, func(a *answer) {
			a.edit(func(o map[string]any) {
				if l, ok := o["logs"].([]any); ok && o["count"] != nil {
					o["count"] = len(l)
				}
			})
		}),
		answered("count is one less", "queries/count/whole-window", queryPath, func(a *answer) { a.edit(add("count", -1)) }),
		asked("count is always there", "queries/count/only-when-asked", queryPath, func(o map[string]any) { o["is_count"] = true }),
		asked("is_count as a string is ignored", "queries/count/only-when-asked", queryPath, func(o map[string]any) {
			if _, ok := o["is_count"].(string); ok {
				delete(o, "is_count")
			}
		}),
		answered("no count when there is nothing", "queries/count/none", queryPath, func(a *answer) {
			a.edit(func(o map[string]any) {
				if o["count"] == json.Number("0") {
					delete(o, "count")
				}
			})
		}),

		// Filters.
		asked("labels are ignored", "queries/labels/pairs", queryPath, func(o map[string]any) { delete(o, "labels") }),
		asked("the first label decides", "queries/labels/pairs", queryPath, func(o map[string]any) {
			if labels, ok := o["labels"].(map[string]any); ok && len(labels) > 1 {
				delete(labels, slices.Sorted(maps.Keys(labels))[1])
			}
		}),
		asked("label values ignore case", "queries/labels/pairs", queryPath, func(o map[string]any) {
			if labels, ok := o["labels"].(map[string]any); ok && labels["app"] == "WEB" {
				labels["app"] = "web"
			}
		}),
		asked("an empty label is no filter", "queries/labels/pairs", queryPath, func(o map[string]any) {
			if labels, ok := o["labels"].(map[string]any); ok {
				maps.DeleteFunc(labels, func(_ string, v any) bool { return v == "" })
			}
		}),
		asked("keywords are ignored", "queries/keywords/word", queryPath, keyword(func(string) string { return "" })),
		asked("keywords match the beginning of words", "queries/keywords/word", queryPath, keyword(func(text string) string {
			if strings.ContainsAny(text, ` #*?"`) || text == "" {
				return text
			}
			return text + "*"
		})),
		asked("the last word decides", "queries/keywords/several-words", queryPath, keyword(func(text string) string {
			if strings.ContainsAny(text, `#"`) {
				return text
			}
			return text[strings.LastIndex(text, " ")+1:]
		})),
		asked("several words are alternatives", "queries/keywords/several-words", queryPath, keyword(func(text string) string {
			if strings.Contains(text, "AND") || strings.ContainsAny(text, `#"`) {
				return text
			}
			return strings.ReplaceAll(text, " ", " OR ")
		})),
		asked("OR is AND", "queries/keywords/or", queryPath, replace(" OR ", " AND ")),
		asked("AND is OR", "queries/keywords/and", queryPath, replace(" AND ", " OR ")),
		asked("OR is a word", "queries/keywords/or", queryPath, replace(" OR ", " or ")),
		asked("NOT is ignored", "queries/keywords/not", queryPath, replace("NOT ", "")),
		asked("a phrase is several words", "queries/keywords/phrase", queryPath, keyword(func(text string) string {
			return strings.NewReplacer(`#"`, "", `"`, "").Replace(text)
		})),
		asked("* is ignored", "queries/keywords/wildcard-end", queryPath, replace("*", "")),
		asked("* is one character", "queries/keywords/wildcard-middle", queryPath, replace("*", "?")),
		asked("? is any run", "queries/keywords/one-character", queryPath, replace("?", "*")),
		asked("a word may begin with a wildcard", "queries/keywords/leading-wildcard", queryPath, keyword(func(text string) string { return strings.TrimLeft(text, "*?") })),
		{name: "keywords mind case", caughtBy: "queries/keywords/case", method: http.MethodPost, path: queryPath, request: editRequest(keyword(func(text string) string {
			if text == strings.ToLower(text) {
				return text
			}
			return "neverwritten"
		}))},
		asked("a hyphen is a delimiter", "queries/keywords/characters", queryPath, replace("-", " ")),
		asked("keywords are cut at what is no letter", "queries/keywords/characters", queryPath, replace("10.0.0.1", "10*")),

		// Windows.
		asked("the start is left out", "queries/window/edges", queryPath, add("start_time", 1)),
		asked("the start is a millisecond early", "queries/window/edges", queryPath, add("start_time", -1)),
		asked("the end is left out", "queries/window/edges", queryPath, add("end_time", -1)),
		asked("the end is a millisecond late", "queries/window/edges", queryPath, add("end_time", 1)),
		asked("a window may be empty", "queries/window/empty", queryPath, func(o map[string]any) {
			if o["start_time"] == o["end_time"] {
				add("end_time", 1)(o)
			}
		}),
		answered("a cursor at the end is outside", "queries/window/cursor", queryPath, func(a *answer) {
			if bytes.Contains(a.body, []byte("LTS.0701")) {
				*a = answer{status: 200, header: http.Header{"Content-Type": {"application/json"}}, body: []byte(`{"logs":[]}`)}
			}
		}),
		asked("a window may have 31 days", "queries/window/longest", queryPath, func(o map[string]any) {
			start, _ := o["start_time"].(string)
			end, _ := o["end_time"].(string)
			from, _ := strconv.ParseInt(start, 10, 64)
			to, _ := strconv.ParseInt(end, 10, 64)
			const days30 = 30 * 24 * 3600 * 1000
			if to-from > days30 {
				o["start_time"] = strconv.FormatInt(to-days30, 10)
			}
		}),

		// Highlighting.
		asked("nothing is highlighted", "queries/highlight/words", queryPath, func(o map[string]any) { o["highlight"] = false }),
		asked("highlighting cannot be switched off", "queries/highlight/off", queryPath, func(o map[string]any) { delete(o, "highlight") }),
		answered("only the first place is highlighted", "queries/highlight/words", queryPath, contents(func(text string) string {
			first, rest, found := strings.Cut(text, "</HighLightTag>")
			if !found {
				return text
			}
			return first + "</HighLightTag>" + strings.NewReplacer("<HighLightTag>", "", "</HighLightTag>", "").Replace(rest)
		})),
		answered("the tag takes the next character in", "queries/highlight/words", queryPath, contents(func(text string) string {
			return strings.ReplaceAll(text, "</HighLightTag> ", " </HighLightTag>")
		})),
		answered("what is highlighted loses its case", "queries/highlight/words", queryPath, contents(func(text string) string {
			return strings.ReplaceAll(text, "<HighLightTag>ERROR<", "<HighLightTag>error<")
		})),
		answered("tags have another name", "queries/highlight/words", queryPath, contents(func(text string) string {
			return strings.NewReplacer("<HighLightTag>", "<em>", "</HighLightTag>", "</em>").Replace(text)
		})),

		// Records.
		asked("every fiftieth record is lost", "queries/paging/limit-100", reportPath, written(func(l []any) []any {
			return slices.DeleteFunc(l, func(any) bool { seen++; return seen%50 == 0 })
		})),
		asked("every fiftieth record is written twice", "queries/paging/limit-100", reportPath, written(func(l []any) []any {
			var all []any
			for _, one := range l {
				if all = append(all, one); seen%50 == 0 {
					all = append(all, one)
				}
				seen++
			}
			return all
		})),
		asked("late records are lost", "queries/order/late", reportPath, written(func(l []any) []any {
			const limit = 30 * time.Minute
			return slices.DeleteFunc(l, func(one any) bool {
				text, _ := one.(map[string]any)["log_time_ns"].(string)
				when, _ := strconv.ParseInt(text, 10, 64)
				newest = max(newest, when)
				return when < newest-int64(limit)
			})
		})),
		asked("late records get the time of the latest", "queries/order/late", reportPath, times(func(when int64) int64 {
			newest = max(newest, when)
			return newest
		})),
		asked("times are cut to microseconds", "queries/order/equal-times", reportPath, times(func(when int64) int64 { return when / 1000 * 1000 })),
		asked("times are cut to milliseconds", "queries/order/equal-times", reportPath, times(func(when int64) int64 { return when / 1_000_000 * 1_000_000 })),
		asked("times go through a float", "queries/order/equal-times", reportPath, times(func(when int64) int64 { return int64(float64(when)) })),
		asked("times are those of arrival", "queries/order/by-time", reportPath, times(func(int64) int64 { return time.Now().UnixNano() })),
		asked("records of one time come in the wrong order", "queries/order/equal-times", reportPath, written(reversed)),
		answered("line numbers are not unique", "queries/order/equal-times", queryPath, each("logs", func(o map[string]any) {
			text, _ := o["line_num"].(string)
			o["line_num"] = text[:17] + "00"
		})),
		answered("contents are trimmed", "queries/reports/contents", queryPath, contents(strings.TrimSpace)),
		answered("contents are cut", "queries/reports/contents", queryPath, contents(func(text string) string { return text[:min(len(text), 4096)] })),
		answered("contents are escaped", "queries/reports/contents", queryPath, contents(func(text string) string { return strings.ReplaceAll(text, "&", "&amp;") })),
		answered("contents are normalised", "queries/reports/contents", queryPath, contents(func(text string) string { return strings.ReplaceAll(text, "e\u0301", "é") })),
		answered("names of labels lose their case", "queries/reports/labels", queryPath, each("logs", func(o map[string]any) {
			lower := make(map[string]any)
			labels, _ := o["labels"].(map[string]any)
			for name, value := range labels {
				lower[strings.ToLower(name)] = value
			}
			o["labels"] = lower
		})),
		asked("labels end at fifty", "queries/reports/labels", reportPath, func(o map[string]any) {
			labels, _ := o["labels"].(map[string]any)
			for i, name := range slices.Sorted(maps.Keys(labels)) {
				if i >= 50 {
					delete(labels, name)
				}
			}
		}),
		asked("consecutive records have one time", "queries/reports/consecutive", "/tenant/contents", written(reversed)),

		// Context and histogram.
		asked("one record too many before", "queries/context/sizes", contextPath, add("backwards_size", 1)),
		asked("one record too many after", "queries/context/sizes", contextPath, add("forwards_size", 1)),
		asked("the sizes are swapped", "queries/context/sizes", contextPath, func(o map[string]any) {
			o["backwards_size"], o["forwards_size"] = o["forwards_size"], o["backwards_size"]
		}),
		asked("the default size is 50", "queries/context/default", contextPath, func(o map[string]any) {
			if o["backwards_size"] == nil {
				o["backwards_size"] = 50
			}
		}),
		answered("the context descends", "queries/context/sizes", contextPath, logs(reversed)),
		answered("the context lacks the record", "queries/context/sizes", contextPath, func(a *answer) {
			a.edit(func(o map[string]any) {
				l, _ := o["logs"].([]any)
				if n, ok := o["backwards_count"].(json.Number); ok {
					i, _ := strconv.Atoi(n.String())
					o["logs"] = slices.Delete(l, i, i+1)
				}
			})
		}),
		answered("the context counts the record too", "queries/context/sizes", contextPath, func(a *answer) { a.edit(add("forwards_count", 1)) }),
		answered("steps are shifted by one", "queries/histogram/steps", countPath, steps(func(l []any) []any {
			for i := len(l) - 1; i > 0; i-- {
				l[i].(map[string]any)["num"] = l[i-1].(map[string]any)["num"]
			}
			return l
		})),
		answered("the last step is missing", "queries/histogram/steps", countPath, steps(func(l []any) []any { return l[:len(l)-1] })),
		answered("steps end where they begin", "queries/histogram/edges", countPath, each("histogram", func(o map[string]any) { o["endTime"] = o["startTime"] })),
		asked("the histogram ignores the keyword", "queries/histogram/equals-query", countPath, func(o map[string]any) { o["key_word"] = "" }),
		asked("the histogram leaves the end out", "queries/histogram/edges", countPath, add("end_time", -1)),
		asked("steps begin a millisecond late", "queries/histogram/edges", countPath, add("start_time", 1)),
		answered("the histogram counts one more", "queries/histogram/steps", countPath, func(a *answer) { a.edit(add("count", 1)) }),
	}
}

// A stateFault stands between suite and server and remembers.
type stateFault struct {
	name     string
	caughtBy string
	handler  func(inner http.Handler) http.Handler
}

// ask sends a request of the fault's own.
func ask(inner http.Handler, r *http.Request, method, path, body string) *httptest.ResponseRecorder {
	own := r.Clone(r.Context())
	own.Method, own.URL.Path, own.URL.RawPath = method, path, ""
	own.Body, own.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	recorder := httptest.NewRecorder()
	inner.ServeHTTP(recorder, own)
	return recorder
}

// swallow answers requests with a status and does nothing.
func swallow(method string, about func(path string) bool, status int) func(http.Handler) http.Handler {
	return func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == method && about(r.URL.Path) {
				w.WriteHeader(status)
				return
			}
			inner.ServeHTTP(w, r)
		})
	}
}

// instead answers what has an error code with something else. With rivals it
// does so only while another such request is under way.
func instead(method, path, code string, rivals bool, status int, body func() string) func(http.Handler) http.Handler {
	return func(inner http.Handler) http.Handler {
		var underWay atomic.Int32
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != method || !strings.Contains(r.URL.Path, path) {
				inner.ServeHTTP(w, r)
				return
			}
			others := underWay.Add(1) > 1
			recorder := httptest.NewRecorder()
			inner.ServeHTTP(recorder, r)
			if rivals {
				time.Sleep(time.Millisecond) // so that they meet
			}
			underWay.Add(-1)
			data := recorder.Body.Bytes()
			maps.Copy(w.Header(), recorder.Header())
			if bytes.Contains(data, []byte(code)) && (others || !rivals) {
				recorder.Code, data = status, []byte(body())
				w.Header().Set("Content-Type", "application/json")
				w.Header().Del("Content-Length")
			}
			w.WriteHeader(recorder.Code)
			_, _ = w.Write(data)
		})
	}
}

func newID(member string) func() string {
	return func() string { return `{"` + member + `":"` + uuid.NewString() + `"}` }
}

func nothing() string { return "" }

// stale answers a list as it was, until something else changes.
func stale(path, until string) func(http.Handler) http.Handler {
	return func(inner http.Handler) http.Handler {
		var mu sync.Mutex
		kept := make(map[string]*httptest.ResponseRecorder)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if r.Method == until {
				clear(kept)
			}
			if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, path) {
				inner.ServeHTTP(w, r)
				return
			}
			recorder := kept[r.URL.String()]
			if recorder == nil {
				recorder = httptest.NewRecorder()
				inner.ServeHTTP(recorder, r)
				kept[r.URL.String()] = recorder
			}
			maps.Copy(w.Header(), recorder.Header())
			w.WriteHeader(recorder.Code)
			_, _ = w.Write(recorder.Body.Bytes())
		})
	}
}

// alongside does something beside each report of records: what it does is told
// how many reports are under way.
func alongside(do func(inner http.Handler, w http.ResponseWriter, r *http.Request, body string, underWay int32)) func(http.Handler) http.Handler {
	return func(inner http.Handler) http.Handler {
		var underWay atomic.Int32
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, reportPath) {
				inner.ServeHTTP(w, r)
				return
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			n := underWay.Add(1)
			time.Sleep(time.Millisecond) // so that writers meet
			do(inner, w, r, string(body), n)
			underWay.Add(-1)
		})
	}
}

const reportedAnswer = `{"errorCode":"SVCSTG.ALS.200.200","errorMessage":"Report success.","result":null}`

func isGroup(path string) bool {
	return strings.Contains(path, "/groups/") && !strings.Contains(path, "/streams")
}
func isStream(path string) bool   { return strings.Contains(path, "/streams/") }
func isTransfer(path string) bool { return strings.HasSuffix(path, "/transfers") }
func isLogtank(path string) bool  { return strings.Contains(path, "/logtanks/") }

func stateFaults() []stateFault {
	return []stateFault{
		// Records.
		{"records of a deleted stream stay", "queries/isolation/deleted-stream", swallow(http.MethodDelete, isStream, 204)},
		{"records of a deleted group stay", "queries/isolation/deleted-group", swallow(http.MethodDelete, isGroup, 204)},
		{"writers at the same time write twice", "queries/order/several-writers", alongside(func(inner http.Handler, w http.ResponseWriter, r *http.Request, body string, underWay int32) {
			if underWay > 1 {
				ask(inner, r, r.Method, r.URL.Path, body)
			}
			inner.ServeHTTP(w, r)
		})},
		{"writers at the same time lose records", "queries/order/several-writers", alongside(func(inner http.Handler, w http.ResponseWriter, r *http.Request, _ string, underWay int32) {
			if underWay > 1 {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, reportedAnswer)
				return
			}
			inner.ServeHTTP(w, r)
		})},
		{"records also go to the stream before", "queries/isolation/streams", func(inner http.Handler) http.Handler {
			var mu sync.Mutex
			before := ""
			return alongside(func(inner http.Handler, w http.ResponseWriter, r *http.Request, body string, _ int32) {
				mu.Lock()
				defer mu.Unlock()
				if before != "" && before != r.URL.Path {
					ask(inner, r, r.Method, before, body)
				}
				before = r.URL.Path
				inner.ServeHTTP(w, r)
			})(inner)
		}},
		{"a refused report has written what was right", "queries/reports/all-or-nothing", alongside(func(inner http.Handler, w http.ResponseWriter, r *http.Request, body string, _ int32) {
			a := &answer{body: []byte(body)}
			a.edit(written(func(l []any) []any {
				return slices.DeleteFunc(l, func(one any) bool { o, _ := one.(map[string]any); return o["log"] == "" })
			}))
			if len(a.body) < len(body) {
				ask(inner, r, r.Method, r.URL.Path, string(a.body))
			}
			inner.ServeHTTP(w, r)
		})},
		{"a stream is found through any group", "queries/isolation/wrong-group", instead(http.MethodPost, queryPath, "LTS.0208", false, 200, func() string { return `{"logs":[]}` })},
		{"another project has an empty stream", "queries/isolation/projects", instead(http.MethodPost, queryPath, "LTS.0001", false, 200, func() string { return `{"logs":[]}` })},
		{"gzip is not known", "queries/reports/gzip", refuseEncoding("gzip")},
		{"snappy is not known", "queries/reports/snappy", refuseEncoding("snappy")},
		{"records never show", "queries/count/whole-window", alongside(func(_ http.Handler, w http.ResponseWriter, _ *http.Request, _ string, _ int32) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, reportedAnswer)
		})},

		// Races.
		{"two groups of one name", "races/groups/same-name", instead(http.MethodPost, "/groups", "LTS.0101", true, 201, newID("log_group_id"))},
		{"two streams of one name", "races/streams/same-name", instead(http.MethodPost, "/streams", "LTS.0205", true, 201, newID("log_stream_id"))},
		{"a group is deleted twice", "races/groups/delete", instead(http.MethodDelete, "/groups/", "LTS.0201", true, 204, nothing)},
		{"a stream is deleted twice", "races/streams/delete", instead(http.MethodDelete, "/streams/", "LTS.0208", true, 204, nothing)},
		{"a transfer is deleted twice", "races/transfers/delete", instead(http.MethodDelete, "/transfers", "LTS.0405", true, 200, func() string { return "{}" })},
		{"a stream is transferred twice", "races/transfers/same-stream", instead(http.MethodPost, "/log-dump/obs", "LTS.0207", true, 201, newID("log_dump_obs_id"))},
		{"a resource has two logtanks", "races/logtanks/same-resource", instead(http.MethodPost, "/logtanks", "GA.9104", true, 201, func() string { return `{"logtank":{"id":"` + uuid.NewString() + `"}}` })},
		{"a logtank is deleted twice", "races/logtanks/delete", instead(http.MethodDelete, "/logtanks/", "GA.9002", true, 204, nothing)},
		{"a group goes while it is transferred", "races/transfers/group-deleted", instead(http.MethodDelete, "/groups/", "LTS.0105", false, 204, nothing)},
		{"a stream goes while it is transferred", "races/transfers/stream-deleted", instead(http.MethodDelete, "/streams/", "LTS.0207", false, 204, nothing)},
		{"more groups than the quota", "races/groups/quota", instead(http.MethodPost, "/groups", "LTS.0104", true, 201, newID("log_group_id"))},
		{"more streams than the quota", "races/streams/quota", instead(http.MethodPost, "/streams", "LTS.0206", true, 201, newID("log_stream_id"))},

		// The model.
		{"a deleted group is still there", "model", swallow(http.MethodDelete, isGroup, 204)},
		{"a deleted stream is still there", "model", swallow(http.MethodDelete, isStream, 204)},
		{"a deleted transfer is still there", "model", instead(http.MethodDelete, "/transfers", "log_transfer_id", false, 200, func() string { return "{}" })},
		{"a deleted logtank is still there", "model", swallow(http.MethodDelete, isLogtank, 204)},
		{"groups are listed as they were before the creation", "model", stale("/groups", http.MethodDelete)},
		{"groups are listed as they were before the deletion", "model", stale("/groups", http.MethodPost)},
		{"streams are listed as they were before the creation", "model", stale("/streams", http.MethodDelete)},
		{"streams are listed as they were before the deletion", "model", stale("/streams", http.MethodPost)},
		{"transfers are listed as they were", "model", stale("/transfers", http.MethodPut)},
		{"a name cannot be used again", "model", func(inner http.Handler) http.Handler {
			var mu sync.Mutex
			used := make(map[string]bool)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/streams") {
					inner.ServeHTTP(w, r)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				body, _ := io.ReadAll(r.Body)
				stream := r.URL.Path + string(body)
				recorder := ask(inner, r, r.Method, r.URL.Path, string(body))
				status, data := recorder.Code, recorder.Body.String()
				if status == http.StatusCreated && used[stream] {
					status, data = 400, `{"error_code":"LTS.0205","error_msg":"The log stream name has been existed"}`
				}
				used[stream] = used[stream] || status == http.StatusCreated
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, data)
			})
		}},
		{"an update of a group is swallowed", "model", changed(http.MethodPost, isGroup, func(o map[string]any) { o["ttl_in_days"] = 7 })},
		{"an update of a stream is swallowed", "model", changed(http.MethodPut, func(p string) bool { return strings.Contains(p, "/streams-ttl/") }, func(o map[string]any) { o["ttl_in_days"] = 9 })},
		{"an update of a transfer is swallowed", "model", changed(http.MethodPut, isTransfer, func(o map[string]any) {
			o["log_transfer_info"] = map[string]any{}
		})},
		{"an update of a logtank is swallowed", "model", changed(http.MethodPut, isLogtank, func(o map[string]any) {
			o["logtank"] = map[string]any{"log_group_id": "group", "log_stream_id": "other"}
		})},
		{"records of even number are lost", "model", changed(http.MethodPost, func(p string) bool { return strings.HasSuffix(p, reportPath) }, written(func(l []any) []any {
			return slices.DeleteFunc(l, func(one any) bool {
				o, _ := one.(map[string]any)
				text, _ := o["log"].(string)
				return len(l) > 1 && strings.HasSuffix(text, " even")
			})
		}))},
		{"a stream has no lifetime of its own", "model", changed(http.MethodPost, func(p string) bool { return strings.HasSuffix(p, "/streams") }, func(o map[string]any) { delete(o, "ttl_in_days") })},
	}
}

// changed changes the body of requests.
func changed(method string, about func(path string) bool, change func(map[string]any)) func(http.Handler) http.Handler {
	return func(inner http.Handler) http.Handler {
		return &faulty{inner: inner, request: func(r *http.Request) {
			if r.Method == method && about(r.URL.Path) {
				editRequest(change)(r)
			}
		}}
	}
}

func refuseEncoding(encoding string) func(http.Handler) http.Handler {
	return func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Content-Encoding") == encoding {
				r.Header.Del("Content-Encoding")
			}
			inner.ServeHTTP(w, r)
		})
	}
}

// narrow runs the cases that a pattern selects, with a seed that is always the
// same.
func narrow(t *testing.T, handler http.Handler, pattern string) *conformance.Report {
	t.Helper()
	target := listen(t, handler)
	target.Features = append(slices.Clone(built), conformance.FeatureQuotas)
	target.Limits.Visibility = 30 * time.Millisecond
	if pattern == "model" {
		target.Limits.Parallelism = 1 // what one history changes would hide what another does not see
	}
	report, err := conformance.Run(t.Context(), target, conformance.Options{Only: []string{pattern}, Seed: 6, Histories: 10})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestEveryFaultOfRecordsAndRacesIsCaught(t *testing.T) {
	inner := startServer(t, openapi.Latest)
	for _, m := range slices.Concat(queryMutants(), changedQueryMutants()) {
		t.Run(m.name, func(t *testing.T) { mustCatch(t, m.name, m.handler(inner), m.caughtBy) })
	}
	for _, f := range slices.Concat(stateFaults(), changedStateFaults()) {
		t.Run(f.name, func(t *testing.T) { mustCatch(t, f.name, f.handler(startServer(t, openapi.Latest)), f.caughtBy) })
	}
}

// mustCatch runs the cases that are to catch a fault.
func mustCatch(t *testing.T, fault string, handler http.Handler, caughtBy string) {
	t.Helper()
	report := narrow(t, handler, caughtBy)
	if report.Count(conformance.Failed) == 0 {
		t.Errorf("%s did not fail: %d passed, could not run: %v", caughtBy, report.Count(conformance.Passed), named(report, conformance.CouldNotRun))
		return
	}
	tell(t, fault, named(report, conformance.Failed)[0])
}
