package conformance_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/ltskit/ltskit/server/embedded"
)

// changeMutants are servers that change less than they are told, or more; that
// find what is not named; or that let in who nearly has the right credentials.
func changeMutants() []accessMutant {
	const (
		group    = `^POST /v2/[^/]+/groups/[^/]+$`
		stream   = `^PUT /v2/.*/streams-ttl/`
		transfer = `^PUT /v2/[^/]+/transfers$`
		dump     = `/log-dump/obs$`
		tokens   = `^POST /v3/auth/tokens$`
	)
	changed := func(pattern string, change func(o, info, detail map[string]any)) func(*world, http.Handler) http.Handler {
		return rewritten(pattern, func(o map[string]any) {
			info := inside(o, "log_transfer_info")
			detail, _ := info["log_transfer_detail"].(map[string]any)
			if detail == nil {
				detail = make(map[string]any)
				info["log_transfer_detail"] = detail
			}
			change(o, info, detail)
		})
	}
	tags := func(change func(tags []any) []any) func(map[string]any) {
		return func(o map[string]any) {
			if sent, ok := o["tags"].([]any); ok {
				o["tags"] = change(sent)
			}
		}
	}
	filter := func(pattern, name string, change func(string) string) func(*world, http.Handler) http.Handler {
		return on(pattern, func(_ *world, r *http.Request) {
			if query := r.URL.Query(); query.Has(name) {
				query.Set(name, change(query.Get(name)))
				r.URL.RawQuery = query.Encode()
			}
		})
	}
	passwordThat := func(is func(sent string) bool) func(*world, http.Handler) http.Handler {
		return rewritten(tokens, func(o map[string]any) {
			if sent, ok := user(o)["password"].(string); ok && is(sent) {
				user(o)["password"] = password
			}
		})
	}
	catalogWithout := func(kind string) func(*world, http.Handler) http.Handler {
		return answering(tokens, func(_ *http.Request, a *answer) {
			inToken(func(token map[string]any) {
				entries, _ := token["catalog"].([]any)
				token["catalog"] = slices.DeleteFunc(entries, func(entry any) bool { return entry.(map[string]any)["type"] == kind })
			})(a)
		})
	}
	const changes = "/changes"
	return []accessMutant{
		{name: "tags that come with other days are lost", caughtBy: "values/groups" + changes, wrap: rewritten(group, func(o map[string]any) {
			if n, _ := o["ttl_in_days"].(json.Number); n != "7" {
				delete(o, "tags")
			}
		})},
		{name: "only the first tag is changed", caughtBy: "values/groups" + changes, wrap: rewritten(group, tags(func(l []any) []any { return l[:min(1, len(l))] }))},
		{name: "no tags leave those of a group", caughtBy: "values/groups" + changes, wrap: rewritten(group, func(o map[string]any) {
			if sent, ok := o["tags"].([]any); ok && len(sent) == 0 {
				delete(o, "tags")
			}
		})},
		{name: "tags of streams stay", caughtBy: "values/streams" + changes, wrap: rewritten(stream, tags(func(l []any) []any {
			return append(l, map[string]any{"key": "stage", "value": "stage"})
		}))},
		{name: "streams have the tags of their group", caughtBy: "values/streams" + changes, wrap: answering(`^GET /v2/.*/streams$`, func(_ *http.Request, a *answer) {
			each("log_streams", func(o map[string]any) {
				if tag, is := o["tag"].(map[string]any); is {
					tag["of the group"] = "of the group"
				}
			})(a)
		})},
		{name: "days of a stream take its tags", caughtBy: "values/streams" + changes, wrap: rewritten(stream, func(o map[string]any) {
			if o["tags"] == nil {
				o["tags"] = []any{}
			}
		})},
		{name: "a change takes the prefix of a transfer", caughtBy: "values/transfers" + changes, wrap: changed(transfer, func(_, _, detail map[string]any) {
			if detail["obs_prefix_name"] == nil {
				detail["obs_prefix_name"] = ""
			}
		})},
		{name: "a change takes the path of a transfer", caughtBy: "values/transfers" + changes, wrap: changed(transfer, func(_, _, detail map[string]any) {
			if detail["obs_dir_pre_fix_name"] == nil {
				detail["obs_dir_pre_fix_name"] = ""
			}
		})},
		{name: "a change makes a transfer RAW", caughtBy: "values/transfers" + changes, wrap: changed(transfer, func(_, info, _ map[string]any) {
			if info["log_storage_format"] == nil {
				info["log_storage_format"] = "RAW"
			}
		})},
		{name: "a change switches a transfer on", caughtBy: "values/transfers" + changes, wrap: changed(transfer, func(_, info, _ map[string]any) {
			if info["log_transfer_status"] == nil {
				info["log_transfer_status"] = "ENABLE"
			}
		})},
		{name: "the path of a transfer cannot be changed", caughtBy: "values/transfers" + changes, wrap: changed(transfer, func(_, _, detail map[string]any) { delete(detail, "obs_dir_pre_fix_name") })},
		{name: "an interval needs its unit", caughtBy: "values/transfers" + changes, wrap: changed(transfer, func(_, _, detail map[string]any) {
			if detail["obs_period"] != nil && detail["obs_period_unit"] == nil {
				detail["obs_period_unit"] = "second"
			}
		})},
		{name: "a refused change is kept but for the bucket", caughtBy: "values/transfers" + changes, wrap: keptWithoutBucket},
		{name: "the second stream is not looked at", caughtBy: "values/transfers/refused", wrap: rewritten(dump, func(o map[string]any) {
			if streams, ok := o["log_stream_ids"].([]any); ok {
				o["log_stream_ids"] = streams[:min(1, len(streams))]
			}
		})},
		{name: "a change has the time of the creation", caughtBy: "values/logtanks" + changes, wrap: answering(`^GET /v1/logtanks/.`, func(_ *http.Request, a *answer) {
			a.edit(func(o map[string]any) {
				if tank := inside(o, "logtank"); tank["created_at"] != nil {
					tank["updated_at"] = tank["created_at"]
				}
			})
		})},
		{name: "logtanks are changed in another time zone", caughtBy: "values/logtanks/times", wrap: answering(`^GET /v1/logtanks/.`, func(_ *http.Request, a *answer) {
			a.edit(func(o map[string]any) {
				if tank := inside(o, "logtank"); tank["updated_at"] != nil {
					tank["updated_at"] = time.Now().Add(8 * time.Hour).UTC().Format(time.RFC3339)
				}
			})
		})},

		{name: "a change tells an age of its own", caughtBy: "values/groups" + changes, wrap: answering(group, func(_ *http.Request, a *answer) {
			a.edit(add("creation_time", 1))
		})},
		{name: "groups have tags that nobody sent", caughtBy: "values/groups" + changes, wrap: answering(`^GET /v2/[^/]+/groups$`, func(_ *http.Request, a *answer) {
			each("log_groups", func(o map[string]any) {
				if tag, is := o["tag"].(map[string]any); is {
					tag["nobody"] = "sent"
				}
			})(a)
		})},
		{name: "a group has the tags of the one that had its name", caughtBy: "values/groups/again", wrap: describedAgain(`^POST /v2/[^/]+/groups$`, "log_group_name")},
		{name: "a stream has the tags of the one that had its name", caughtBy: "values/streams/again", wrap: describedAgain(`^POST /v2/.*/streams$`, "log_stream_name")},
		{name: "a new logtank was changed in another time zone", caughtBy: "values/logtanks/alike", wrap: answering(`^POST /v1/logtanks$`, func(_ *http.Request, a *answer) {
			a.edit(func(o map[string]any) {
				inside(o, "logtank")["updated_at"] = time.Now().Add(8 * time.Hour).UTC().Format(time.RFC3339)
			})
		})},
		{name: "the project of a logtank is its domain", caughtBy: "values/logtanks/alike", wrap: answering(`/v1/logtanks`, func(_ *http.Request, a *answer) {
			a.edit(func(o map[string]any) {
				if tank := inside(o, "logtank"); tank["project_id"] != nil {
					tank["domain_id"] = tank["project_id"]
				}
			})
		})},
		{name: "lists of logtanks have IDs of other requests", caughtBy: "values/logtanks/alike", wrap: answering(`^GET /v1/logtanks$`, func(_ *http.Request, a *answer) { set("request_id", "another")(a) })},
		{name: "the marker is the first of its page", caughtBy: "scenarios/logtanks/logtank-pages", wrap: answering(`^GET /v1/logtanks$`, func(_ *http.Request, a *answer) {
			a.edit(func(o map[string]any) {
				if tanks, _ := o["logtanks"].([]any); len(tanks) > 1 && inside(o, "page_info")["next_marker"] != nil {
					inside(o, "page_info")["next_marker"] = tanks[0].(map[string]any)["id"]
				}
			})
		})},
		{name: "a transfer that is off holds no stream", caughtBy: "scenarios/transfers/transfer-that-is-off", wrap: answering(`^DELETE /v2/.*/streams/[^/]+$`, forgiven("LTS.0207"))},

		{name: "names of streams are found in small letters", caughtBy: "values/streams/names", wrap: filter(`/log-streams$`, "log_stream_name", strings.ToLower)},
		{name: "names of groups are found in small letters", caughtBy: "values/transfers/names", wrap: filter(`^GET /v2/[^/]+/transfers$`, "log_group_name", strings.ToLower)},
		{name: "an offset counts tens", caughtBy: "values/transfers/names", wrap: on(`^GET /v2/[^/]+/transfers$`, func(_ *world, r *http.Request) {
			if query := r.URL.Query(); query.Get("limit") == "2" && query.Get("offset") != "" {
				query.Set("offset", query.Get("offset")+"0")
				r.URL.RawQuery = query.Encode()
			}
		})},
		{name: "a transfer shows only the stream that was asked for", caughtBy: "values/transfers/names", wrap: answering(`^GET /v2/[^/]+/transfers$`, func(r *http.Request, a *answer) {
			if name := r.URL.Query().Get("log_stream_name"); name != "" {
				each("log_transfers", func(o map[string]any) {
					streams, _ := o["log_streams"].([]any)
					o["log_streams"] = slices.DeleteFunc(streams, func(stream any) bool { return stream.(map[string]any)["log_stream_name"] != name })
				})(a)
			}
		})},

		{name: "what follows a password does not matter", caughtBy: "auth/tokens/CreateToken/longer-password", wrap: passwordThat(func(sent string) bool { return strings.HasPrefix(sent, password) })},
		{name: "the end of a password is enough", caughtBy: "auth/tokens/CreateToken/shorter-password", wrap: passwordThat(func(sent string) bool { return strings.HasSuffix(password, sent) })},
		{name: "passwords are trimmed", caughtBy: "auth/tokens/CreateToken/password-and-a-space", wrap: passwordThat(func(sent string) bool { return strings.TrimSpace(sent) == password })},
		{name: "nocatalog=false gives a catalog", caughtBy: "auth/tokens/CreateToken/nocatalog", wrap: on(tokens, func(_ *world, r *http.Request) {
			if r.URL.Query().Get("nocatalog") == "false" {
				r.URL.RawQuery = ""
			}
		})},
		{name: "the catalog has no log service", caughtBy: "auth/tokens/CreateToken/catalog", wrap: catalogWithout("lts")},
		{name: "the catalog has no entry for a client in the field", caughtBy: "auth/tokens/CreateToken/catalog", wrap: catalogWithout("volumev2")},
		{name: "the project of a token is of another domain", caughtBy: "auth/tokens/CreateToken/scope-by-project-name", wrap: answering(tokens, func(_ *http.Request, a *answer) {
			inToken(func(token map[string]any) { inside(token, "project", "domain")["id"] = "another" })(a)
		})},
		{name: "the domain has an ID of its own in its list", caughtBy: "auth/tokens/ListDomains/own-domain", wrap: answering(`^GET /v3/auth/domains$`, func(_ *http.Request, a *answer) {
			each("domains", func(o map[string]any) { o["id"] = "another" })(a)
		})},
		{name: "projects are found by how they begin", caughtBy: "auth/tokens/ListProjects/project-by-name", wrap: filter(`^GET /v3/projects$`, "name", func(name string) string {
			if name == embedded.DevProject[:len(embedded.DevProject)-1] {
				return embedded.DevProject
			}
			return name
		})},
		{name: "the header with the project of a domain's token is ignored", caughtBy: "auth/tokens/CreateToken/scope-of-a-domain", wrap: on(`^GET /v1/logtanks$`, func(_ *world, r *http.Request) { r.Header.Del("X-Project-Id") })},
		{name: "projects in any letters", caughtBy: "auth/groups/ListLogGroups/project-in-other-letters", wrap: on(`^GET `, func(_ *world, r *http.Request) { r.URL.Path = strings.ToLower(r.URL.Path) })},
		{name: "access keys in any letters", caughtBy: "auth/signatures/refused/access-key-in-other-letters", wrap: on(``, func(w *world, r *http.Request) {
			if strings.Contains(r.Header.Get("Authorization"), strings.ToLower(embedded.DevAccessKey)) {
				w.grant(r, w.own)
			}
		})},
		{name: "the values of one key keep their order", caughtBy: "auth/signatures/accepted/query-with-values-of-one-key", wrap: verifier{rawQuery: true}.wrap},
	}
}

// describedAgain gives what is created without tags those that something of the
// same name was created with.
func describedAgain(pattern, member string) func(*world, http.Handler) http.Handler {
	described := make(map[any]any)
	return rewritten(pattern, func(o map[string]any) {
		if name := o[member]; o["tags"] == nil && described[name] != nil {
			o["tags"] = described[name]
		} else if o["tags"] != nil {
			described[name] = o["tags"]
		}
	})
}

// keptWithoutBucket changes what a refused change would have changed, but for
// its bucket.
func keptWithoutBucket(_ *world, inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/transfers") {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			rest := &answer{body: body}
			rest.edit(func(o map[string]any) {
				delete(inside(o, "log_transfer_info", "log_transfer_detail"), "obs_bucket_name")
			})
			if bytes.Contains(body, []byte("obs_bucket_name")) {
				ask(inner, r, r.Method, r.URL.Path, string(rest.body))
			}
		}
		inner.ServeHTTP(w, r)
	})
}

// changedQueryMutants are faults in how records are found and shown.
func changedQueryMutants() []mutant {
	return []mutant{
		asked("the context has 499 records at most", "queries/context/largest", contextPath, func(o map[string]any) {
			if n, _ := o["forwards_size"].(json.Number); n == "500" {
				o["forwards_size"] = 499
			}
		}),
		asked("one line is a record once", "queries/reports/repeated", reportPath, written(func(l []any) []any {
			seen := make(map[any]bool)
			return slices.DeleteFunc(l, func(one any) bool {
				line := one.(map[string]any)["log"]
				defer func() { seen[line] = true }()
				return seen[line]
			})
		})),
		asked("lines of white space are lost", "values/logs/ReportLogsHighAccuracy/contents", reportPath, written(func(l []any) []any {
			return slices.DeleteFunc(l, func(one any) bool {
				line, _ := one.(map[string]any)["log"].(string)
				return line != "" && strings.TrimSpace(line) == ""
			})
		})),
		asked("spaces that do not break become others", "values/logs/ReportLogsHighAccuracy/contents", reportPath, written(func(l []any) []any {
			for _, one := range l {
				if o, is := one.(map[string]any); is {
					line, _ := o["log"].(string)
					o["log"] = strings.ReplaceAll(line, "\u00a0", " ")
				}
			}
			return l
		})),
		asked("records for the own project are refused", "queries/reports/consecutive", "/tenant/contents", func(o map[string]any) {
			if o["tenant_project_id"] != nil {
				o["tenant_project_id"] = embedded.OtherProjectID
			}
		}),
		{
			name: "compressed lines lose what is not ASCII", caughtBy: "queries/reports/gzip", method: http.MethodPost, path: reportPath,
			request: func(r *http.Request) {
				if r.Header.Get("Content-Encoding") != "gzip" {
					return
				}
				unzipped, err := gzip.NewReader(r.Body)
				if err != nil {
					return
				}
				r.Header.Del("Content-Encoding")
				r.Body = unzipped
				bodyText(func(text string) string {
					return strings.Map(func(c rune) rune {
						if c > unicode.MaxASCII {
							return '?'
						}
						return c
					}, text)
				})(r)
			},
		},
		asked("letters beyond ASCII mind case", "queries/keywords/case", queryPath, keyword(func(text string) string {
			if strings.Contains(text, "Ï") || strings.Contains(text, "ω") {
				return "nowhere"
			}
			return text
		})),
		asked("tabs and line breaks do not split keywords", "queries/keywords/delimiters", queryPath, keyword(func(text string) string {
			return strings.NewReplacer("\t", "-", "\n", "-").Replace(text)
		})),
		asked("the words of a long line are not all found", "queries/keywords/word", queryPath, replace("farthest", "nowhere")),
		asked("long words are cut", "queries/keywords/word", queryPath, keyword(func(text string) string {
			if strings.HasPrefix(text, "internationalization") {
				return "internationalization*"
			}
			return text
		})),
		asked("a phrase cannot be left out", "queries/keywords/phrase", queryPath, replace("NOT #", "#")),
		answered("the histogram is never complete", "queries/histogram/steps", countPath, set("isQueryComplete", false)),
		asked("a report of nothing writes a line", "queries/reports/none", "/tenant/contents", func(o map[string]any) {
			if lines, is := o["contents"].([]any); is && len(lines) == 0 {
				o["contents"] = []any{"nothing"}
			}
		}),
		asked("* is at least one character", "queries/keywords/wildcard-middle", queryPath, keyword(func(text string) string {
			if before, after, found := strings.Cut(text, "*"); found && after != "" {
				return before + "?*" + after
			}
			return text
		})),
		asked("nine words are enough", "queries/keywords/several-words", queryPath, keyword(func(text string) string {
			words := strings.Fields(text)
			return strings.Join(words[:min(9, len(words))], " ")
		})),
		answered("white space behind a mark is lost", "queries/highlight/words", queryPath, contents(func(line string) string {
			if strings.Contains(line, "</HighLightTag>") {
				return strings.TrimRight(line, " \t")
			}
			return line
		})),
		asked("a query without marks loses those that were written", "queries/highlight/off", reportPath, written(func(l []any) []any {
			for _, one := range l {
				o := one.(map[string]any)
				line, _ := o["log"].(string)
				o["log"] = strings.ReplaceAll(line, "<HighLightTag>a", "a")
			}
			return l
		})),
	}
}

// changedStateFaults remember, or do several things for one request.
func changedStateFaults() []stateFault {
	return []stateFault{
		{"records of every group go with one", "queries/isolation/deleted-group", func(inner http.Handler) http.Handler {
			var mu sync.Mutex
			known, gone := make(map[string]bool), make(map[string]bool)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				recorder := httptest.NewRecorder()
				inner.ServeHTTP(recorder, r)
				data := recorder.Body.Bytes()
				switch {
				case r.Method == http.MethodDelete && isGroup(r.URL.Path) && recorder.Code == http.StatusNoContent:
					maps.Copy(gone, known)
				case strings.HasSuffix(r.URL.Path, queryPath) && recorder.Code == http.StatusOK:
					if known[r.URL.Path] = true; gone[r.URL.Path] {
						data = []byte(`{"logs":[]}`)
						recorder.Header().Del("Content-Length")
					}
				}
				maps.Copy(w.Header(), recorder.Header())
				w.WriteHeader(recorder.Code)
				_, _ = w.Write(data)
			})
		}},
		{"a change of a stream loses its records", "queries/isolation/changes", func(inner http.Handler) http.Handler {
			return emptiedAfter(inner, func(r *http.Request) bool {
				return r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/streams-ttl/")
			})
		}},
		{"a transfer takes the records", "queries/isolation/changes", func(inner http.Handler) http.Handler {
			return emptiedAfter(inner, func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/log-dump/obs") })
		}},
		{"a stream in transfer cannot be changed", "queries/isolation/changes", func(inner http.Handler) http.Handler {
			var transfers atomic.Bool
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/log-dump/obs") {
					transfers.Store(true)
				}
				if transfers.Load() && strings.Contains(r.URL.Path, "/streams-ttl/") {
					w.Header().Set("Content-Type", "application/json")
					w.WriteHeader(http.StatusBadRequest)
					_, _ = io.WriteString(w, `{"error_code":"LTS.0207","error_msg":"Log stream is associated by transfer"}`)
					return
				}
				inner.ServeHTTP(w, r)
			})
		}},
		{"a change of a transfer undoes another", "races/transfers/changes", func(inner http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPut || !isTransfer(r.URL.Path) {
					inner.ServeHTTP(w, r)
					return
				}
				listed := ask(inner, r, http.MethodGet, r.URL.Path, "")
				time.Sleep(20 * time.Millisecond) // so that they meet
				body, _ := io.ReadAll(r.Body)
				merged := &answer{body: body}
				merged.edit(func(o map[string]any) { fillIn(o, listed.Body.Bytes()) })
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(merged.body)), int64(len(merged.body))
				inner.ServeHTTP(w, r)
			})
		}},
	}
}

// emptiedAfter shows no records any more once there was a certain request.
func emptiedAfter(inner http.Handler, happens func(*http.Request) bool) http.Handler {
	var happened atomic.Bool
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if happened.Load() && strings.HasSuffix(r.URL.Path, queryPath) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"count":0,"logs":[]}`)
			return
		}
		inner.ServeHTTP(w, r)
		if happens(r) {
			happened.Store(true)
		}
	})
}

// fillIn puts into a change of a transfer what a list has of it beside.
func fillIn(change map[string]any, listed []byte) {
	(&answer{body: listed}).edit(func(o map[string]any) {
		transfers, _ := o["log_transfers"].([]any)
		for _, one := range transfers {
			transfer, _ := one.(map[string]any)
			if transfer["log_transfer_id"] != change["log_transfer_id"] {
				continue
			}
			detail := inside(change, "log_transfer_info", "log_transfer_detail")
			for _, member := range []string{"obs_prefix_name", "obs_dir_pre_fix_name"} {
				if detail[member] == nil {
					detail[member] = inside(transfer, "log_transfer_info", "log_transfer_detail")[member]
				}
			}
		}
	})
}
