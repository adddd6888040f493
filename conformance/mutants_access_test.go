package conformance_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/lts/signature"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server/embedded"
)

// An accessMutant is a server with one fault in who may do what, or in what
// comes of doing it. One of the named cases must fail.
type accessMutant struct {
	name     string
	caughtBy string
	edition  string // default the newest
	wrap     func(w *world, inner http.Handler) http.Handler
}

// A world is what faults know of the server.
type world struct {
	own, other string // tokens
	expired    string
}

// grant puts good credentials in the place of those of a request.
func (w *world) grant(r *http.Request, token string) {
	r.Header.Del("Authorization")
	r.Header.Set("X-Auth-Token", token)
}

// on applies a fault to the requests whose method and path match.
func on(pattern string, change func(w *world, r *http.Request)) func(*world, http.Handler) http.Handler {
	match := regexp.MustCompile(pattern)
	return func(world *world, inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if match.MatchString(r.Method + " " + r.URL.Path) {
				change(world, r)
			}
			inner.ServeHTTP(w, r)
		})
	}
}

// answering changes the answers to requests whose method and path match.
func answering(pattern string, change func(r *http.Request, a *answer)) func(*world, http.Handler) http.Handler {
	match := regexp.MustCompile(pattern)
	return func(_ *world, inner http.Handler) http.Handler {
		return &faulty{inner: inner, response: func(r *http.Request, a *answer) {
			if match.MatchString(r.Method + " " + r.URL.Path) {
				change(r, a)
			}
		}}
	}
}

// swallowed answers requests without doing anything.
func swallowed(pattern string, status int, body string) func(*world, http.Handler) http.Handler {
	match := regexp.MustCompile(pattern)
	return func(_ *world, inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !match.MatchString(r.Method+" "+r.URL.Path) || r.Header.Get("X-Auth-Token") == "" {
				inner.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		})
	}
}

// rewritten changes the bodies of requests as JSON objects.
func rewritten(pattern string, change func(map[string]any)) func(*world, http.Handler) http.Handler {
	return on(pattern, func(_ *world, r *http.Request) { editRequest(change)(r) })
}

// letIn lets through who comes without any credentials.
func letIn(w *world, r *http.Request) {
	if r.Header.Get("X-Auth-Token") == "" && r.Header.Get("Authorization") == "" {
		w.grant(r, w.own)
	}
}

// taken lets through tokens that look good enough.
func taken(good func(w *world, token string) bool) func(*world, *http.Request) {
	return func(w *world, r *http.Request) {
		if good(w, r.Header.Get("X-Auth-Token")) {
			w.grant(r, w.own)
		}
	}
}

// inAnyProject takes the credentials of one project for the other.
func inAnyProject(w *world, r *http.Request) {
	switch {
	case r.Header.Get("X-Auth-Token") == "":
	case strings.Contains(r.URL.Path, embedded.OtherProjectID):
		w.grant(r, w.other)
	case strings.Contains(r.URL.Path, embedded.DevProjectID):
		w.grant(r, w.own)
	}
}

// findsAnywhere looks up things without the project that they belong to.
func findsAnywhere(w *world, r *http.Request) {
	if strings.Contains(r.URL.Path, embedded.OtherProjectID) && r.Header.Get("X-Auth-Token") == w.otherOf(r) {
		r.URL.Path = strings.Replace(r.URL.Path, embedded.OtherProjectID, embedded.DevProjectID, 1)
		w.grant(r, w.own)
	}
}

// otherOf is the token of a request, if it is one for the other project.
func (w *world) otherOf(r *http.Request) string {
	token := r.Header.Get("X-Auth-Token")
	if token == "" || token == w.own {
		return "none"
	}
	return token
}

// A verifier checks signatures, with a fault. What it accepts goes on with a
// token, and what it refuses without one.
type verifier struct {
	anything    bool // does not compare
	window      bool // does not look at the date
	dateOutside bool // takes a date that is not signed
	absent      bool // takes an absent header for an empty one
	caseless    bool // compares digits of either case
	prefix      bool // compares as many digits as there are
	noBody      bool // hashes an empty body
	trimmed     bool // cuts white space off the body
	noQuery     bool // leaves the query out
	rawQuery    bool // takes the query as it is sent
	rawPath     bool // takes the path as it is sent
	noMethod    bool // signs GET
	noHost      bool // leaves the host out
	sdkHash     bool // does not know X-Sdk-Content-Sha256
	allSigned   bool // demands that the host is signed
	strict      bool // takes a date of a few minutes only
	lax         bool // takes any algorithm
}

var authorizationHeader = regexp.MustCompile(`^([A-Za-z0-9-]+) Access=([^,]*), SignedHeaders=([^,]*), Signature=(.*)$`)

func (v verifier) wrap(world *world, inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" && r.Header.Get("X-Auth-Token") == "" {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			token := "refused"
			if v.accepts(r, body) {
				token = world.own
			}
			world.grant(r, token)
		}
		inner.ServeHTTP(w, r)
	})
}

func (v verifier) accepts(r *http.Request, body []byte) bool {
	parts := authorizationHeader.FindStringSubmatch(r.Header.Get("Authorization"))
	if parts == nil || parts[2] != embedded.DevAccessKey || parts[1] != signature.Algorithm && !v.lax {
		return false
	}
	names := strings.Split(parts[3], ";")
	date, err := time.Parse("20060102T150405Z", r.Header.Get(signature.DateHeader))
	away := time.Since(date).Abs()
	switch {
	case len(r.Header.Values(signature.DateHeader)) != 1, err != nil && !v.window:
		return false
	case !slices.Contains(names, "x-sdk-date") && !v.dateOutside:
		return false
	case away > signature.MaxSkew && !v.window, v.strict && away > 5*time.Minute:
		return false
	case v.allSigned && !slices.Contains(names, "host"):
		return false
	}
	for _, name := range names {
		if name != "host" && len(r.Header.Values(name)) == 0 && !v.absent {
			return false
		}
	}
	if v.anything {
		return true
	}
	return v.compares(v.signature(r, names, body), parts[4])
}

func (v verifier) compares(want, got string) bool {
	if v.caseless {
		got = strings.ToLower(got)
	}
	if v.prefix {
		return strings.HasPrefix(want, got)
	}
	return want == got
}

// signature computes what the signature should be.
func (v verifier) signature(r *http.Request, names []string, body []byte) string {
	header := r.Header.Clone()
	header.Set("Host", r.Host)
	request := signature.Request{Method: r.Method, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Header: header, Body: body}
	switch {
	case v.noBody:
		request.Body = nil
	case v.trimmed:
		request.Body = bytes.TrimSpace(body)
	case v.noQuery:
		request.RawQuery = ""
	case v.noMethod:
		request.Method = http.MethodPut
	case v.sdkHash:
		header.Del(signature.BodyHashHeader)
	case v.noHost:
		header.Set("Host", "other.example.com")
	}
	canonical := signature.CanonicalRequest(request, names)
	lines := strings.SplitN(canonical, "\n", 4)
	if v.rawQuery {
		lines[2] = r.URL.RawQuery
	}
	if v.rawPath {
		lines[1] = r.URL.EscapedPath()
	}
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	mac := hmac.New(sha256.New, []byte(embedded.DevSecretKey))
	_, _ = fmt.Fprintf(mac, "%s\n%s\n%x", signature.Algorithm, r.Header.Get(signature.DateHeader), sum)
	return hex.EncodeToString(mac.Sum(nil))
}

// A faultless verifier shows that the faults are what is caught.
func TestFaultlessVerifierPasses(t *testing.T) {
	s := startServer(t, openapi.Latest)
	m := accessMutant{caughtBy: "auth/signatures", wrap: verifier{}.wrap}
	report := m.run(t, s)
	for _, name := range named(report, conformance.Failed) {
		t.Errorf("%s failed", name)
	}
	if report.Count(conformance.Passed) == 0 {
		t.Error("nothing passed")
	}
}

func accessMutants() []accessMutant {
	const (
		group   = `^(POST|DELETE) /v2/[^/]+/groups/[^/]+$`
		groups  = `^GET /v2/[^/]+/groups$`
		streams = `^GET /v2/[^/]+/groups/[^/]+/streams$`
		tokens  = `^POST /v3/auth/tokens$`
	)
	changeToken := func(change func(token map[string]any)) func(*http.Request, *answer) {
		return func(_ *http.Request, a *answer) { inToken(change)(a) }
	}
	mutants := []accessMutant{
		{name: "lists are open to all", caughtBy: "auth/groups/ListLogGroups/no-credentials", wrap: on(groups, letIn)},
		{name: "the deletion of groups is open to all", caughtBy: "auth/groups/refused-changes-nothing", wrap: on(`^DELETE /v2/[^/]+/groups/[^/]+$`, letIn)},
		{name: "reports are open to all", caughtBy: "auth/logs/refused-changes-nothing", wrap: on(`/tenant/contents$`, letIn)},
		{name: "the context of a record is open to all", caughtBy: "auth/logs/ListLogContext/no-credentials", wrap: on(`/context$`, letIn)},
		{name: "logtanks are shown to all", caughtBy: "auth/logtanks/ShowLogtank/no-credentials", wrap: on(`^GET /v1/logtanks/.`, letIn)},
		{name: "projects are listed for all", caughtBy: "auth/tokens/ListProjects/no-credentials", wrap: on(`^GET /v3/projects`, letIn)},
		{name: "expired tokens are taken", caughtBy: "auth/streams/ListLogStreams/expired-token", wrap: on(``, taken(func(w *world, t string) bool { return t == w.expired }))},
		{name: "expired tokens are taken by one operation", caughtBy: "auth/transfers/DeleteTransfer/expired-token", wrap: on(`^DELETE /v2/[^/]+/transfers$`, taken(func(w *world, t string) bool { return t == w.expired }))},
		{name: "the claims of tokens are believed", caughtBy: "auth/groups/DeleteLogGroup/bad-token", wrap: on(group, taken(func(_ *world, t string) bool { return strings.HasPrefix(t, "eyJ") && strings.HasSuffix(t, ".") }))},
		{name: "the ends of tokens do not matter", caughtBy: "auth/logs/ListLogs/bad-token", wrap: on(`/content/query$`, taken(func(_ *world, t string) bool { return len(t) > 100 && !strings.HasPrefix(t, "bad") }))},
		{name: "anything is a token", caughtBy: "auth/logtanks/ListLogtanks/bad-token", wrap: on(`^GET /v1/logtanks$`, taken(func(_ *world, t string) bool { return t != "" }))},
		{name: "a bad token is none", caughtBy: "auth/groups/CreateLogGroup/bad-token", wrap: on(`^POST /v2/[^/]+/groups$`, func(_ *world, r *http.Request) {
			if strings.HasPrefix(r.Header.Get("X-Auth-Token"), "garb") {
				r.Header.Del("X-Auth-Token")
			}
		})},
		{name: "the body comes before the caller", caughtBy: "auth/streams/CreateLogStream/no-credentials", wrap: answering(`^POST /v2/[^/]+/groups/[^/]+/streams$`, func(r *http.Request, a *answer) {
			if a.status == 401 && r.ContentLength == 2 {
				*a = answer{status: 400, header: a.header, body: []byte(`{"error_code":"LTS.0009","error_msg":"Failed to validate the request body"}`)}
			}
		})},
		{name: "the project is not compared", caughtBy: "auth/streams/CreateLogStream/project-of-another", wrap: on(``, inAnyProject)},
		{name: "credentials are good everywhere", caughtBy: "auth/transfers/ListTransfers/credentials-of-another", wrap: on(`^GET /v2/[^/]+/transfers$`, inAnyProject)},
		{name: "keys are good everywhere", caughtBy: "auth/groups/ListLogGroups/key-of-another", wrap: on(groups, func(w *world, r *http.Request) {
			if strings.Contains(r.Header.Get("Authorization"), embedded.OtherAccessKey) {
				w.grant(r, w.own)
			}
		})},
		{name: "the header with the project is ignored", caughtBy: "auth/logtanks/DeleteLogtank/project-of-another", wrap: on(`^DELETE /v1/`, func(_ *world, r *http.Request) { r.Header.Del("X-Project-Id") })},
		{name: "groups are told apart from nothing without credentials", caughtBy: "auth/groups/refused-changes-nothing", wrap: answering(`^DELETE /v2/[^/]+/groups/[^/]+$`, func(r *http.Request, a *answer) {
			if a.status == 401 && strings.Contains(r.URL.Path, "00000000-0000-4000") {
				code("LTS.0002", "LTS.0003")(a)
			}
		})},
		{name: "what is refused is done all the same", caughtBy: "auth/groups/refused-changes-nothing", wrap: refusedAndDone},

		{name: "any password will do", caughtBy: "auth/tokens/CreateToken/wrong-password", wrap: rewritten(tokens, func(o map[string]any) {
			user(o)["password"] = password
		})},
		{name: "any user will do", caughtBy: "auth/tokens/CreateToken/unknown-user", wrap: rewritten(tokens, func(o map[string]any) {
			user(o)["name"] = embedded.DevUser
		})},
		{name: "any project will do", caughtBy: "auth/tokens/CreateToken/unknown-project-by-name", wrap: rewritten(tokens, func(o map[string]any) {
			scopeOf(o)["project"] = map[string]any{"name": embedded.DevProject}
		})},
		{name: "refused logins have a code of their own", caughtBy: "auth/tokens/CreateToken/wrong-password", wrap: answering(tokens, func(_ *http.Request, a *answer) {
			if a.status == 401 {
				a.body = []byte(`{"error_code":"LTS.0003","error_msg":"Invalid token"}`)
			}
		})},
		{name: "tokens without a scope have one", caughtBy: "auth/tokens/CreateToken/scope-of-a-domain", wrap: rewritten(tokens, func(o map[string]any) {
			if scopeOf(o)["domain"] != nil {
				scopeOf(o)["project"] = map[string]any{"name": embedded.DevProject}
			}
		})},
		{name: "a token is good for an hour", caughtBy: "auth/tokens/CreateToken/lifetime", wrap: answering(tokens, changeToken(func(token map[string]any) {
			token["expires_at"] = time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05.000000Z")
		}))},
		{name: "a token for another project than it says", caughtBy: "auth/tokens/CreateToken/scope-by-project-id", wrap: answering(tokens, changeToken(func(token map[string]any) {
			if project, ok := token["project"].(map[string]any); ok {
				project["id"] = embedded.OtherProjectID
			}
		}))},
		{name: "an empty catalog", caughtBy: "auth/tokens/CreateToken/catalog", wrap: answering(tokens, changeToken(func(token map[string]any) { token["catalog"] = []any{} }))},
		{name: "nocatalog is ignored", caughtBy: "auth/tokens/CreateToken/nocatalog", wrap: on(tokens, func(_ *world, r *http.Request) { r.URL.RawQuery = "" })},
		{name: "short tokens", caughtBy: "auth/tokens/CreateToken/length", wrap: answering(tokens, func(_ *http.Request, a *answer) {
			a.header.Set("X-Subject-Token", a.header.Get("X-Subject-Token")[:min(900, len(a.header.Get("X-Subject-Token")))])
		})},
		{name: "a new token ends the old one", caughtBy: "auth/tokens/CreateToken/an-old-one-stays-valid", wrap: onlyTheLastToken},
		{name: "the name of projects is ignored", caughtBy: "auth/tokens/ListProjects/project-by-name", wrap: on(`^GET /v3/projects$`, func(_ *world, r *http.Request) { r.URL.RawQuery = "" })},
		{name: "projects of others are listed", caughtBy: "auth/tokens/ListProjects/own-projects", wrap: answering(`^GET /v3/projects$`, func(_ *http.Request, a *answer) {
			a.edit(func(o map[string]any) {
				projects, _ := o["projects"].([]any)
				o["projects"] = append(projects, map[string]any{"id": strings.Repeat("9", 32), "name": "theirs", "domain_id": "theirs"})
			})
		})},
		{name: "a domain of others is listed", caughtBy: "auth/tokens/ListDomains/own-domain", wrap: answering(`^GET /v3/auth/domains$`, func(_ *http.Request, a *answer) {
			a.edit(func(o map[string]any) {
				domains, _ := o["domains"].([]any)
				o["domains"] = append(domains, map[string]any{"id": "theirs", "name": "theirs"})
			})
		})},

		{name: "groups of the other project are listed", caughtBy: "isolation/groups/ListLogGroups", wrap: leakingGroups},
		{name: "groups of any project are deleted", caughtBy: "isolation/groups/DeleteLogGroup", wrap: on(`^DELETE /v2/[^/]+/groups/[^/]+$`, findsAnywhere)},
		{name: "records of any project are found", caughtBy: "isolation/logs/ListLogs", wrap: on(`/content/query$`, findsAnywhere)},
		{name: "records are reported to any project", caughtBy: "isolation/logs/ReportLogs", wrap: on(`/tenant/contents$`, findsAnywhere)},
		{name: "transfers of any project are switched off", caughtBy: "isolation/transfers/UpdateTransfer", wrap: on(`^PUT /v2/[^/]+/transfers$`, findsAnywhere)},
		{name: "logtanks of any project are shown", caughtBy: "isolation/logtanks/ShowLogtank", wrap: on(`^GET /v1/logtanks/.`, func(w *world, r *http.Request) {
			if r.Header.Get("X-Auth-Token") == w.otherOf(r) {
				w.grant(r, w.own)
			}
		})},
		{name: "all streams are those of one project", caughtBy: "isolation/streams/ListProjectLogStreams", wrap: on(`/log-streams$`, findsAnywhere)},
		{name: "names are unique in all projects", caughtBy: "isolation/groups/names-are-of-a-project", wrap: answering(`^POST /v2/`+embedded.OtherProjectID+`/groups$`, func(_ *http.Request, a *answer) {
			*a = answer{status: 400, header: a.header, body: []byte(`{"error_code":"LTS.0101","error_msg":"Failed to create log group, the group name has been existed"}`)}
		})},

		{name: "the deletion of groups does nothing", caughtBy: "scenarios/groups/group-life-cycle", wrap: swallowed(`^DELETE /v2/[^/]+/groups/[^/]+$`, 204, "")},
		{name: "the second deletion of a group succeeds", caughtBy: "scenarios/groups/group-life-cycle", wrap: answering(`^DELETE /v2/[^/]+/groups/[^/]+$`, forgiven("LTS.0201"))},
		{name: "names of deleted groups stay taken", caughtBy: "scenarios/groups/group-life-cycle", wrap: namesStayTaken},
		{name: "a name is given twice", caughtBy: "scenarios/groups/group-name-taken", wrap: rewritten(`^POST /v2/[^/]+/groups$`, freshName())},
		{name: "groups in transfer are deleted", caughtBy: "scenarios/groups/group-in-transfer", wrap: answering(`^DELETE /v2/[^/]+/groups/[^/]+$`, forgiven("LTS.0105"))},
		{name: "the change of a lifetime is swallowed", caughtBy: "scenarios/groups/group-lifetime", wrap: answering(groups, func(_ *http.Request, a *answer) {
			each("log_groups", func(o map[string]any) {
				if fmt.Sprint(o["ttl_in_days"]) == "365" {
					o["ttl_in_days"] = 1
				}
			})(a)
		})},
		{name: "a lifetime of eight days", edition: "2024-03", caughtBy: "scenarios/groups/group-lifetime-is-seven-days", wrap: rewritten(`^POST /v2/[^/]+/groups$`, func(o map[string]any) { o["ttl_in_days"] = 7 })},
		{name: "aliases of groups are lost", caughtBy: "scenarios/groups/group-tags-and-alias", wrap: rewritten(`^POST /v2/[^/]+/groups$`, func(o map[string]any) { delete(o, "log_group_name_alias") })},
		{name: "tags of groups are lost", caughtBy: "scenarios/groups/group-tags-and-alias", wrap: rewritten(`^POST /v2/[^/]+/groups$`, func(o map[string]any) { delete(o, "tags") })},
		{name: "tags are lost with a change", caughtBy: "scenarios/groups/group-tags-and-alias", wrap: rewritten(`^POST /v2/[^/]+/groups/[^/]+$`, func(o map[string]any) {
			if o["tags"] == nil {
				o["tags"] = []any{}
			}
		})},
		{name: "a change of one group changes all", caughtBy: "scenarios/groups/group-beside-another", wrap: answering(groups, func(_ *http.Request, a *answer) {
			each("log_groups", func(o map[string]any) {
				if inside(o, "tag")["side"] != nil {
					inside(o, "tag")["side"] = "other"
				}
			})(a)
		})},
		{name: "a change makes a group younger", caughtBy: "scenarios/groups/group-tags-and-alias", wrap: answering(`^POST /v2/[^/]+/groups/[^/]+$`, func(_ *http.Request, a *answer) {
			a.edit(func(o map[string]any) { o["creation_time"] = time.Now().UnixNano() / 1000 })
		})},
		{name: "the offset of transfers is ignored", caughtBy: "scenarios/transfers/transfer-beside-another", wrap: withoutQuery(`^GET /v2/[^/]+/transfers$`, "offset")},
		{name: "the limit of transfers is ignored", caughtBy: "scenarios/transfers/transfer-beside-another", wrap: withoutQuery(`^GET /v2/[^/]+/transfers$`, "limit")},
		{name: "all transfers are switched off", caughtBy: "scenarios/transfers/transfer-beside-another", wrap: answering(`^GET /v2/[^/]+/transfers$`, func(_ *http.Request, a *answer) {
			each("log_transfers", func(o map[string]any) { inside(o, "log_transfer_info")["log_transfer_status"] = "DISABLE" })(a)
		})},
		{name: "a change of one logtank changes all", caughtBy: "scenarios/logtanks/logtank-beside-another", wrap: answering(`^GET /v1/logtanks/.`, func(_ *http.Request, a *answer) {
			a.edit(func(o map[string]any) { inside(o, "logtank")["log_group_id"] = "another-group" })
		})},
		{name: "the list of groups is stale", caughtBy: "scenarios/groups/group-life-cycle", wrap: staleLists(groups)},
		{name: "the deletion of streams does nothing", caughtBy: "scenarios/streams/stream-life-cycle", wrap: swallowed(`^DELETE /v2/.*/streams/[^/]+$`, 204, "")},
		{name: "the second deletion of a stream succeeds", caughtBy: "scenarios/streams/stream-life-cycle", wrap: answering(`^DELETE /v2/.*/streams/[^/]+$`, forgiven("LTS.0208"))},
		{name: "streams in transfer are deleted", caughtBy: "scenarios/streams/stream-in-transfer", wrap: answering(`^DELETE /v2/.*/streams/[^/]+$`, forgiven("LTS.0207"))},
		{name: "the days of a new stream are lost", caughtBy: "scenarios/streams/stream-lifetime", wrap: rewritten(`^POST /v2/.*/streams$`, func(o map[string]any) { delete(o, "ttl_in_days") })},
		{name: "the change of a stream is swallowed", caughtBy: "scenarios/streams/stream-lifetime", wrap: answering(streams, func(_ *http.Request, a *answer) {
			each("log_streams", func(o map[string]any) {
				if fmt.Sprint(o["ttl_in_days"]) == "30" {
					o["ttl_in_days"] = 7
				}
			})(a)
		})},
		{name: "aliases of streams are lost", caughtBy: "scenarios/streams/stream-tags-and-alias", wrap: rewritten(`^POST /v2/.*/streams$`, func(o map[string]any) { delete(o, "log_stream_name_alias") })},
		{name: "new streams are favourites", caughtBy: "scenarios/streams/stream-is-no-favourite", wrap: answering(streams, func(_ *http.Request, a *answer) {
			each("log_streams", func(o map[string]any) { o["is_favorite"] = true })(a)
		})},
		{name: "new streams have filters", caughtBy: "scenarios/streams/stream-is-no-favourite", wrap: answering(streams, func(_ *http.Request, a *answer) {
			each("log_streams", func(o map[string]any) { o["filter_count"] = 1 })(a)
		})},
		{name: "the names of streams are no filter", caughtBy: "scenarios/streams/streams-by-name", wrap: withoutQuery(`/log-streams$`, "log_stream_name")},
		{name: "the names of groups are no filter", caughtBy: "scenarios/streams/streams-by-name", wrap: withoutQuery(`/log-streams$`, "log_group_name")},
		{name: "the list of all streams is stale", caughtBy: "scenarios/streams/streams-by-name", wrap: staleLists(`/log-streams$`)},
		{name: "reports are swallowed", caughtBy: "scenarios/logs/record-life-cycle", wrap: swallowed(`/tenant/contents$`, 200, `{"errorCode":"SVCSTG.ALS.200.200","errorMessage":"Report success.","result":null}`)},
		{name: "labels of records are lost", caughtBy: "scenarios/logs/record-life-cycle", wrap: rewritten(`/tenant/contents$`, func(o map[string]any) { delete(o, "labels") })},
		{name: "the deletion of transfers does nothing", caughtBy: "scenarios/transfers/transfer-life-cycle", wrap: answering(`^GET /v2/[^/]+/transfers$`, remembered("log_transfers"))},
		{name: "a transfer begins switched on", caughtBy: "scenarios/transfers/transfer-that-is-off", wrap: rewritten(`/log-dump/obs$`, func(o map[string]any) { delete(o, "switch_on") })},
		{name: "the prefix of a transfer is lost", caughtBy: "scenarios/transfers/transfer-life-cycle", wrap: rewritten(`/log-dump/obs$`, func(o map[string]any) { delete(o, "prefix_name") })},
		{name: "the second stream of a transfer is lost", caughtBy: "scenarios/transfers/transfer-of-two-streams", wrap: rewritten(`/log-dump/obs$`, func(o map[string]any) {
			if ids, ok := o["log_stream_ids"].([]any); ok {
				o["log_stream_ids"] = ids[:1]
			}
		})},
		{name: "the change of an interval is swallowed", caughtBy: "scenarios/transfers/transfer-changes", wrap: rewritten(`^PUT /v2/[^/]+/transfers$`, func(o map[string]any) {
			if info, ok := o["log_transfer_info"].(map[string]any); ok {
				delete(info, "log_transfer_detail")
			}
		})},
		{name: "a transfer cannot be switched off", caughtBy: "scenarios/transfers/transfer-changes", wrap: rewritten(`^PUT /v2/[^/]+/transfers$`, func(o map[string]any) {
			if info, ok := o["log_transfer_info"].(map[string]any); ok && info["log_transfer_status"] == "DISABLE" {
				info["log_transfer_status"] = "ENABLE"
			}
		})},
		{name: "the state of a logtank in the list is stale", caughtBy: "scenarios/logtanks/logtank-life-cycle", wrap: answering(`^GET /v1/logtanks$`, func(_ *http.Request, a *answer) {
			each("logtanks", func(o map[string]any) { o["status"] = "PENDING" })(a)
		})},
		{name: "the change of a logtank is swallowed", caughtBy: "scenarios/logtanks/logtank-life-cycle", wrap: answering(`^GET /v1/logtanks/.`, func(_ *http.Request, a *answer) {
			a.edit(func(o map[string]any) {
				if tank, ok := o["logtank"].(map[string]any); ok {
					tank["log_group_id"] = "0b43cca4-a11a-4444-8ac5-2feee53a48ab"
				}
			})
		})},
		{name: "a resource has two logtanks", caughtBy: "scenarios/logtanks/logtank-resource-taken", wrap: answering(`^POST /v1/logtanks$`, func(_ *http.Request, a *answer) {
			if strings.Contains(string(a.body), "GA.9104") {
				*a = answer{status: 201, header: a.header, body: []byte(`{"logtank":{"id":"x"},"request_id":"x"}`)}
			}
		})},
		{name: "the marker is ignored", caughtBy: "scenarios/logtanks/logtank-pages", wrap: withoutQuery(`^GET /v1/logtanks$`, "marker")},
		{name: "the limit of logtanks is ignored", caughtBy: "scenarios/logtanks/logtank-pages", wrap: withoutQuery(`^GET /v1/logtanks$`, "limit")},
	}
	for _, one := range []struct {
		name, caughtBy string
		verifier       verifier
	}{
		{"signatures are not compared", "refused/wrong-secret", verifier{anything: true}},
		{"signatures are good for ever", "refused/16-minutes-ago", verifier{window: true}},
		{"dates in the future are good", "refused/in-16-minutes", verifier{window: true}},
		{"the date need not be signed", "refused/date-not-signed", verifier{dateOutside: true}},
		{"signed headers may be absent", "refused/signed-header-absent", verifier{absent: true, anything: true}},
		{"digits in upper case", "refused/upper-case-signature", verifier{caseless: true}},
		{"half a signature is compared", "refused/half-a-signature", verifier{prefix: true}},
		{"an empty signature begins every other", "refused/empty-signature", verifier{prefix: true}},
		{"the body is not hashed", "refused/signature-of-an-empty-body", verifier{noBody: true}},
		{"the body is trimmed", "accepted/body-that-ends-in-a-newline", verifier{trimmed: true}},
		{"the query is not signed", "accepted/query-with-an-empty-value", verifier{noQuery: true}},
		{"the query is taken as it is sent", "accepted/query-out-of-order", verifier{rawQuery: true}},
		{"the path is taken as it is sent", "accepted/path-with-encoded-characters", verifier{rawPath: true}},
		{"another method is signed", "refused/other-method", verifier{noMethod: true}},
		{"the host is not compared", "refused/other-host", verifier{noHost: true}},
		{"a hash in a header is not known", "accepted/unsigned-payload", verifier{sdkHash: true}},
		{"the host must be signed", "accepted/only-the-date-is-signed", verifier{allSigned: true}},
		{"a date is good for five minutes", "accepted/14-minutes-ago", verifier{strict: true}},
		{"any algorithm will do", "refused/wrong-algorithm", verifier{lax: true}},
	} {
		mutants = append(mutants, accessMutant{name: one.name, caughtBy: "auth/signatures/" + one.caughtBy, wrap: one.verifier.wrap})
	}
	return mutants
}

// user is the user of a token request, scopeOf its scope; an empty object where
// there is none.
func user(o map[string]any) map[string]any { return inside(o, "auth", "identity", "password", "user") }

func scopeOf(o map[string]any) map[string]any { return inside(o, "auth", "scope") }

func inside(o map[string]any, names ...string) map[string]any {
	for _, name := range names {
		o, _ = o[name].(map[string]any)
	}
	if o == nil {
		return map[string]any{}
	}
	return o
}

// forgiven turns an error of a deletion into success.
func forgiven(code string) func(*http.Request, *answer) {
	return func(_ *http.Request, a *answer) {
		if strings.Contains(string(a.body), code) {
			*a = answer{status: 204, header: http.Header{}}
		}
	}
}

// refusedAndDone looks at credentials when all is done.
func refusedAndDone(world *world, inner http.Handler) http.Handler {
	anybody := regexp.MustCompile(`^POST /v2/[^/]+/groups/`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if anybody.MatchString(r.Method+" "+r.URL.Path) && r.Header.Get("X-Auth-Token") == "" {
			body, _ := io.ReadAll(r.Body)
			done := r.Clone(context.WithoutCancel(r.Context()))
			done.Body = io.NopCloser(bytes.NewReader(body))
			world.grant(done, world.own)
			inner.ServeHTTP(httptest.NewRecorder(), done)
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		inner.ServeHTTP(w, r)
	})
}

// onlyTheLastToken ends a token when the next one is issued.
func onlyTheLastToken(_ *world, inner http.Handler) http.Handler {
	var last string
	return &faulty{
		inner: inner,
		request: func(r *http.Request) {
			if token := r.Header.Get("X-Auth-Token"); token != "" && token != last {
				r.Header.Set("X-Auth-Token", "ended")
			}
		},
		response: func(_ *http.Request, a *answer) {
			if token := a.header.Get("X-Subject-Token"); token != "" {
				last = token
			}
		},
	}
}

// leakingGroups shows the groups of the other project too.
func leakingGroups(w *world, inner http.Handler) http.Handler {
	return answering(`^GET /v2/`+embedded.DevProjectID+`/groups$`, func(_ *http.Request, a *answer) {
		theirs := listOf(inner, w.other, "/v2/"+embedded.OtherProjectID+"/groups", "log_groups")
		a.edit(func(o map[string]any) {
			mine, _ := o["log_groups"].([]any)
			o["log_groups"] = append(mine, theirs...)
		})
	})(w, inner)
}

// listOf asks the server itself for a list.
func listOf(inner http.Handler, token, path, member string) []any {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, nil)
	r.Header.Set("X-Auth-Token", token)
	recorder := httptest.NewRecorder()
	inner.ServeHTTP(recorder, r)
	var elements []any
	a := &answer{body: recorder.Body.Bytes()}
	a.edit(func(o map[string]any) { elements, _ = o[member].([]any) })
	return elements
}

// namesStayTaken remembers the names of groups for ever.
func namesStayTaken(_ *world, inner http.Handler) http.Handler {
	var mu sync.Mutex
	names := make(map[string]bool)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/groups") {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			mu.Lock()
			taken := names[string(body)]
			names[string(body)] = true
			mu.Unlock()
			if taken {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, `{"error_code":"LTS.0101","error_msg":"Failed to create log group, the group name has been existed"}`)
				return
			}
		}
		inner.ServeHTTP(w, r)
	})
}

// freshName makes names unique that are not.
func freshName() func(map[string]any) {
	n := 0
	return func(o map[string]any) {
		n++
		if name, ok := o["log_group_name"].(string); ok && n > 1 {
			o["log_group_name"] = fmt.Sprintf("%s%d", name, n)
		}
	}
}

// staleLists gives the first answer to a list again and again.
func staleLists(pattern string) func(*world, http.Handler) http.Handler {
	first := make(map[string][]byte)
	return answering(pattern, func(r *http.Request, a *answer) {
		key := r.URL.String()
		if a.status != http.StatusOK {
			return
		}
		if first[key] == nil {
			first[key] = a.body
		}
		a.body = first[key]
	})
}

// remembered shows elements of a list that are gone.
func remembered(member string) func(*http.Request, *answer) {
	var all []any
	return func(_ *http.Request, a *answer) {
		a.edit(func(o map[string]any) {
			if elements, _ := o[member].([]any); len(elements) > 0 {
				all = elements
			}
			o[member] = all
		})
	}
}

// withoutQuery ignores a parameter of the query.
func withoutQuery(pattern, name string) func(*world, http.Handler) http.Handler {
	return on(pattern, func(_ *world, r *http.Request) {
		query := r.URL.Query()
		query.Del(name)
		r.URL.RawQuery = query.Encode()
	})
}

// run asks only for the cases that shall catch the fault.
func (m accessMutant) run(t *testing.T, s *embedded.Server) *conformance.Report {
	t.Helper()
	credentials := embedded.DevCredentials()
	credentials.Password = password
	w := &world{expired: expiredToken(t, s)}
	for token, project := range map[*string]string{&w.own: embedded.DevProjectID, &w.other: embedded.OtherProjectID} {
		credentials.ProjectScope.ID = project
		issued, err := s.IssueToken(credentials, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		*token = issued
	}
	target := listen(t, m.wrap(w, s))
	target.Account.ExpiredToken = w.expired
	options := conformance.Options{Edition: m.edition, Only: []string{m.caughtBy}}
	report, err := conformance.Run(t.Context(), target, options)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestEveryFaultOfAccessIsCaught(t *testing.T) {
	servers := map[string]*embedded.Server{
		openapi.Latest: startServer(t, openapi.Latest), "2024-03": startServer(t, "2024-03"),
	}
	for _, m := range slices.Concat(accessMutants(), alikeMutants(), methodMutants(), changeMutants()) {
		t.Run(m.name, func(t *testing.T) {
			if m.edition == "" {
				m.edition = openapi.Latest
			}
			report := m.run(t, servers[m.edition])
			if got := resultOf(t, report, m.caughtBy); got.Outcome != conformance.Failed {
				t.Errorf("%s %s %s, want failed", m.caughtBy, got.Outcome, got.Reason)
			}
			if got := report.ExitStatus(); got != 1 {
				t.Errorf("exit status %d with a fault in the server, want 1", got)
			}
			tell(t, m.name, m.caughtBy)
		})
	}
}
