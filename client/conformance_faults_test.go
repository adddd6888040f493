package client_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/conformance/clientcheck"
)

// A fault is something that a client, or what is between it and the service,
// does wrong. The client's own code is right: faults are put around it.
type fault struct {
	name     string
	caughtBy string            // a case that must find it
	level    conformance.Level // of the problem; empty means must

	auth    clientcheck.Auth
	edition string

	request  func(*http.Request, string) string // changes a request; gives its body
	response func(*http.Response, string) string
	through  func(next http.RoundTripper, req *http.Request) (*http.Response, error)
	options  []client.Option
	called   func(func() error) error
}

// Faults of requests.
var requestFaults = []fault{
	{name: "path in another case", caughtBy: "client/ListLogGroups/documented", request: inPath("/groups", "/Groups")},
	{name: "slash behind the path", caughtBy: "client/ListLogGroups/documented", request: inPath("/groups", "/groups/")},
	{name: "two slashes in the path", caughtBy: "client/ListLogGroups/documented", request: inPath("/groups", "//groups")},
	{name: "path of another version", caughtBy: "client/ListLogGroups/documented", request: inPath("/v2/", "/v3/")},
	{name: "another method", caughtBy: "client/CreateLogGroup/documented", request: only("POST", func(r *http.Request, body string) string {
		r.Method = http.MethodPut
		return body
	})},
	{name: "ID in capitals", caughtBy: "client/DeleteLogGroup/documented", request: only("DELETE", func(r *http.Request, body string) string {
		r.URL.Path = strings.Replace(strings.ToUpper(r.URL.Path), "/V2/", "/v2/", 1)
		r.URL.Path = strings.Replace(r.URL.Path, "/GROUPS/", "/groups/", 1)
		return body
	})},
	{name: "ID that is not escaped in a path", caughtBy: "client/DeleteLogtank/awkward-ids", request: func(r *http.Request, body string) string {
		r.URL.RawPath = ""
		return body
	}},
	{name: "ID that is escaped twice", caughtBy: "client/DeleteLogtank/awkward-ids", request: func(r *http.Request, body string) string {
		r.URL.Path, r.URL.RawPath = r.URL.EscapedPath(), ""
		return body
	}},
	{name: "ID that is not escaped in a query", caughtBy: "client/DeleteTransfer/awkward-ids", request: func(r *http.Request, body string) string {
		r.URL.RawQuery = strings.NewReplacer("%26", "&", "%25", "%").Replace(r.URL.RawQuery)
		return body
	}},
	{name: "filter that is not escaped", caughtBy: "client/ListProjectLogStreams/documented", request: func(r *http.Request, body string) string {
		r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, "%26", "&")
		return body
	}},
	{name: "unknown query parameter", caughtBy: "client/ListLogGroups/documented", request: func(r *http.Request, body string) string {
		r.URL.RawQuery = "_=1"
		return body
	}},
	{name: "token in the query", caughtBy: "client/ListLogGroups/documented", request: func(r *http.Request, body string) string {
		if token := r.Header.Get("X-Auth-Token"); token != "" {
			r.Header.Del("X-Auth-Token")
			r.URL.RawQuery = "token=" + token
		}
		return body
	}},
	{name: "no token", caughtBy: "client/ListLogGroups/documented", request: header("X-Auth-Token", "")},
	{name: "token as a bearer", caughtBy: "client/ListLogGroups/documented", request: func(r *http.Request, body string) string {
		r.Header.Set("Authorization", "Bearer "+r.Header.Get("X-Auth-Token"))
		r.Header.Del("X-Auth-Token")
		return body
	}},
	{name: "token that is cut", caughtBy: "client/ListLogGroups/documented", request: func(r *http.Request, body string) string {
		token := r.Header.Get("X-Auth-Token")
		r.Header.Set("X-Auth-Token", token[:len(token)/2])
		return body
	}},
	{name: "another project in the header", caughtBy: "client/ListLogtanks/documented", request: header("X-Project-Id", strings.Repeat("0", 32))},
	{name: "no Content-Type", caughtBy: "client/CreateLogGroup/documented", request: header("Content-Type", "")},
	{name: "wrong Content-Type", caughtBy: "client/CreateLogGroup/documented", request: header("Content-Type", "text/plain")},
	{name: "Content-Type of a form", caughtBy: "client/CreateToken/documented", request: header("Content-Type", "application/x-www-form-urlencoded")},
	{name: "charset that JSON does not have", caughtBy: "client/CreateLogGroup/documented", request: header("Content-Type", "application/json; charset=latin1")},
	{name: "Accept without JSON", caughtBy: "client/ListLogGroups/documented", request: header("Accept", "text/xml, application/json;q=0")},
	{name: "no User-Agent", caughtBy: "client/ListLogGroups/documented", level: conformance.Should, request: func(r *http.Request, body string) string {
		r.Header["User-Agent"] = []string{""} // otherwise net/http has one of its own
		return body
	}},
	{name: "body of unknown length", caughtBy: "client/CreateLogGroup/documented", level: conformance.Should, request: func(r *http.Request, body string) string {
		r.ContentLength = -1
		return body
	}},
	{name: "body where there is none", caughtBy: "client/ListLogGroups/documented", request: func(_ *http.Request, body string) string {
		return orElse(body, "{}")
	}},
	{name: "number with a fraction", caughtBy: "client/CreateLogGroup/documented", request: inBody(`"ttl_in_days":7`, `"ttl_in_days":7.0`)},
	{name: "time as a floating-point number", caughtBy: "client/ReportLogs/documented", request: func(_ *http.Request, body string) string {
		return longNumber.ReplaceAllStringFunc(body, func(n string) string {
			f, _ := strconv.ParseFloat(n, 64)
			return strconv.FormatFloat(f, 'e', -1, 64)
		})
	}},
	{name: "time that went through a floating-point number", caughtBy: "client/ReportLogs/documented", request: rounded},
	{name: "only times near the end of 64 bits rounded", caughtBy: "client/ReportLogsHighAccuracy/huge-numbers", request: func(_ *http.Request, body string) string {
		if strings.Contains(body, `"log_time_ns":9223`) {
			return rounded(nil, body)
		}
		return body
	}},
	{name: "line number rounded", caughtBy: "client/ListLogContext/documented", request: rounded},
	{name: "cursor rounded", caughtBy: "client/ListLogs/documented", request: rounded},
	{name: "cursor dropped", caughtBy: "client/ListLogs/documented", request: func(_ *http.Request, body string) string {
		return regexp.MustCompile(`"line_num":"\d+",`).ReplaceAllString(body, "")
	}},
	{name: "unknown member", caughtBy: "client/CreateLogGroup/documented", request: inBody(`{"log_group_name"`, `{"source":"x","log_group_name"`)},
	{name: "member in another spelling", caughtBy: "client/CreateLogGroup/documented", request: inBody("ttl_in_days", "ttlInDays")},
	{name: "member missing", caughtBy: "client/CreateLogGroup/documented", request: inBody(`,"ttl_in_days":7`, "")},
	{name: "value of another type", caughtBy: "client/CreateOBSTransfer/documented", request: inBody(`"period":5`, `"period":"5"`)},
	{name: "value that is not in the list", caughtBy: "client/CreateOBSTransfer/documented", request: inBody(`"period_unit":"min"`, `"period_unit":"minute"`)},
	{name: "null", caughtBy: "client/CreateLogGroup/documented", request: inBody(`"ttl_in_days":7`, `"ttl_in_days":null`)},
	{name: "member that stands twice", caughtBy: "client/CreateLogGroup/documented", request: inBody(`"ttl_in_days":7`, `"ttl_in_days":1,"ttl_in_days":7`)},
	{name: "text behind the body", caughtBy: "client/CreateLogGroup/documented", request: only("POST", func(_ *http.Request, body string) string { return body + "{}" })},
	{name: "body that is not UTF-8", caughtBy: "client/ReportLogs/documented", request: inBody("GET", "G\xc4T")},
	{name: "IDs exchanged in a body", caughtBy: "client/CreateLogtank/documented", request: func(_ *http.Request, body string) string {
		return strings.NewReplacer("log_group_id", "log_stream_id", "log_stream_id", "log_group_id").Replace(body)
	}},
	{name: "compression that is not said", caughtBy: "client/ReportLogs/documented", request: inBody(`{"contents"`, "\x1f\x8b{\"contents\"")},
	{name: "compression that is only said", caughtBy: "client/ReportLogs/documented", request: only("POST", header("Content-Encoding", "gzip"))},
	{name: "compression where there is none", caughtBy: "client/CreateLogGroup/documented", request: only("POST", header("Content-Encoding", "gzip"))},
	{name: "signed body changed", caughtBy: "client/CreateLogGroup/documented", auth: clientcheck.AccessKey, request: inBody("web", "wet")},
	{name: "signed header changed", caughtBy: "client/CreateLogGroup/documented", auth: clientcheck.AccessKey, request: header("Content-Type", "application/json; charset=utf-8")},
	{name: "signed query changed", caughtBy: "client/ListTransfers/documented", auth: clientcheck.AccessKey, request: func(r *http.Request, body string) string {
		r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, "limit=5", "limit=6")
		return body
	}},
	{name: "signature of yesterday", caughtBy: "client/ListLogGroups/documented", auth: clientcheck.AccessKey,
		options: []client.Option{client.WithClock(func() time.Time { return time.Now().Add(-24 * time.Hour) })}},
}

// Faults of what a client makes of answers.
var behaviourFaults = []fault{
	{name: "everything is sent twice", caughtBy: "client/CreateLogGroup/documented", through: func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		if err := discard(next.RoundTrip(again(r))); err != nil {
			return nil, err
		}
		return next.RoundTrip(again(r))
	}},
	{name: "Retry-After is not read", caughtBy: "client/ListLogGroups/throttled", response: dropHeader("Retry-After")},
	{name: "the date of Retry-After is not read", caughtBy: "client/ListLogGroups/throttled-until", response: dropHeader("Retry-After")},
	{name: "a throttled creation is given up", caughtBy: "client/CreateLogGroup/throttled", response: status(429, 400)},
	{name: "requests are repeated for ever", caughtBy: "client/ListLogGroups/throttled-forever",
		options: []client.Option{client.WithRetry(client.RetryPolicy{Attempts: 500, MaxWait: time.Second, Within: time.Hour})}},
	{name: "requests are repeated at once", caughtBy: "client/ListLogGroups/unavailable", options: []client.Option{client.WithRetry(client.RetryPolicy{Wait: 1, MaxWait: 1})}},
	{name: "requests are not repeated", caughtBy: "client/ListLogGroups/unavailable", options: []client.Option{once}},
	{name: "requests are not repeated after a cut", caughtBy: "client/DeleteLogGroup/cut-before", options: []client.Option{once}},
	{name: "503 is a success", caughtBy: "client/DeleteLogGroup/unavailable", response: status(503, 204)},
	{name: "418 is a success", caughtBy: "client/ListDomains/unknown-status", response: status(418, 200)},
	{name: "an error is a success", caughtBy: "client/DeleteLogGroup/refused", response: status(400, 204)},
	{name: "an error of an unknown form is a success", caughtBy: "client/DeleteLogGroup/unknown-error", response: status(403, 204)},
	{name: "errors are swallowed", caughtBy: "client/CreateLogGroup/refused", called: swallow},
	{name: "errors are swallowed after some attempts", caughtBy: "client/ListLogGroups/unavailable-forever", called: swallow},
	{name: "errors with the status 200 are swallowed", caughtBy: "client/CreateOBSTransfer/error-with-success", edition: "2022-08", called: swallow},
	{name: "a refused request is sent again", caughtBy: "client/ListLogGroups/refused", through: resend(400, 403)},
	{name: "a failed creation is sent again", caughtBy: "client/CreateLogGroup/failing-forever", through: resend(500)},
	{name: "a creation is sent again to an unavailable service", caughtBy: "client/CreateLogStream/unavailable", through: resend(503)},
	{name: "records are sent again after a cut", caughtBy: "client/ReportLogs/cut-before", through: resendCut},
	{name: "records are sent again after a slow answer", caughtBy: "client/ReportLogsHighAccuracy/slow", through: func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(again(r))
		if err != nil {
			return next.RoundTrip(again(r.WithContext(context.WithoutCancel(r.Context()))))
		}
		return response, err
	}},
	{name: "slow answers are waited for", caughtBy: "client/ListLogGroups/slow", through: patient},
	{name: "the rest of an answer is waited for", caughtBy: "client/ListLogGroups/slow-inside", through: patient},
	{name: "an answer that breaks off is taken", caughtBy: "client/ListLogGroups/cut-inside", response: emptyIfBroken},
	{name: "a token that was refused is used again", caughtBy: "client/ListLogGroups/expired-token", through: new(firstTokens).RoundTrip},
	{name: "an expired token is the end", caughtBy: "client/ListLogGroups/expired-token", response: status(401, 400)},
	{name: "tokens are renewed for ever", caughtBy: "client/ListLogGroups/refused-forever", through: resend(401)},
	{name: "a token is got for every call", caughtBy: "client/program", options: []client.Option{client.WithClock(hastyClock())}},
	{name: "redirects are followed with the token", caughtBy: "client/ListLogGroups/redirect", through: follow},
	{name: "unknown members are refused", caughtBy: "client/ListLogGroups/unknown-member", through: func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(r)
		if body := bodyText(response); strings.Contains(body, "newMember") {
			return nil, errors.New("unknown member newMember")
		}
		return response, err
	}},
	{name: "HTML is an empty answer", caughtBy: "client/ListDomains/wrong-type", response: emptyIfNoJSON},
	{name: "a broken body is an empty answer", caughtBy: "client/ListDomains/broken-body", response: emptyIfBroken},
	{name: "an empty body is an empty answer", caughtBy: "client/ListDomains/empty-body", response: emptyIfNoJSON},
	{name: "what has no ID has been created", caughtBy: "client/CreateLogtank/hollow-body", called: swallow},
	{name: "a short page of records is the last", caughtBy: "client/ListLogs/short-page", response: func(_ *http.Response, body string) string {
		return strings.ReplaceAll(body, `"isQueryComplete":false`, `"isQueryComplete":true`)
	}},
	{name: "the first page of logtanks is the last", caughtBy: "client/ListLogtanks/short-page", response: func(_ *http.Response, body string) string {
		return strings.ReplaceAll(body, `"next_marker"`, `"marker"`)
	}},
	{name: "the first page of transfers is the last", caughtBy: "client/ListTransfers/short-page", through: func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		if r.URL.Query().Has("offset") {
			return respond(200, `{"log_transfers":[]}`)
		}
		return next.RoundTrip(r)
	}},
	{name: "an answer's numbers are rounded", caughtBy: "client/ListLogs/documented", response: func(_ *http.Response, body string) string { return rounded(nil, body) }},
	{name: "requests go to another address", caughtBy: "client/program", through: func(http.RoundTripper, *http.Request) (*http.Response, error) {
		return nil, errors.New("no such host")
	}},
}

// Every fault is found by its case.
func TestFaultsAreCaught(t *testing.T) {
	for _, f := range slices.Concat(requestFaults, behaviourFaults) {
		t.Run(f.name, func(t *testing.T) {
			r := check(t, f.driver(), clientcheck.Options{Only: []string{f.caughtBy}, Auth: f.auth, Edition: f.edition})
			if len(r.Results) != 1 {
				t.Fatalf("%d results, want one", len(r.Results))
			}
			result := r.Results[0]
			level, outcome := conformance.Must, conformance.Failed
			if f.level == conformance.Should {
				level, outcome = conformance.Should, conformance.Passed
			}
			if result.Outcome != outcome || !slices.ContainsFunc(result.Problems, func(p conformance.Problem) bool { return p.Level == level }) {
				t.Errorf("%s %s (%s) with the problems %v, want %s with one of level %s", result.Name, result.Outcome, result.Reason, result.Problems, outcome, level)
			}
			for _, p := range result.Problems {
				t.Logf("%s %s", p.Level, p)
			}
		})
	}
}

func (f fault) driver() driver {
	d := driver{options: f.options, called: f.called}
	d.transport = func(next http.RoundTripper, _ clientcheck.Session) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) { return f.roundTrip(next, r) })
	}
	return d
}

func (f fault) roundTrip(next http.RoundTripper, r *http.Request) (*http.Response, error) {
	if f.request != nil {
		r = edited(r, f.request)
	}
	if f.through != nil {
		return f.through(next, r)
	}
	response, err := next.RoundTrip(r)
	if err == nil && f.response != nil {
		text := f.response(response, bodyText(response))
		response.Body = io.NopCloser(strings.NewReader(text))
		response.ContentLength = int64(len(text))
	}
	return response, err
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// edited is a copy of a request with another content.
func edited(r *http.Request, edit func(*http.Request, string) string) *http.Request {
	body, _ := io.ReadAll(r.Body) // of memory
	r = r.Clone(r.Context())
	length := r.ContentLength
	text := edit(r, string(body))
	r.Body, r.GetBody = io.NopCloser(strings.NewReader(text)), nil
	if r.ContentLength == length {
		r.ContentLength = int64(len(text))
	}
	if text == "" {
		r.Body = http.NoBody
	}
	return r
}

func inPath(old, replacement string) func(*http.Request, string) string {
	return func(r *http.Request, body string) string {
		if strings.Contains(r.URL.Path, "/v2/") {
			r.URL.Path = strings.Replace(r.URL.Path, old, replacement, 1)
		}
		return body
	}
}

func inBody(old, replacement string) func(*http.Request, string) string {
	return func(_ *http.Request, body string) string { return strings.Replace(body, old, replacement, 1) }
}

func header(name, value string) func(*http.Request, string) string {
	return func(r *http.Request, body string) string {
		if r.Header.Set(name, value); value == "" {
			r.Header.Del(name)
		}
		return body
	}
}

// only changes requests of a method that go to the log service.
func only(method string, edit func(*http.Request, string) string) func(*http.Request, string) string {
	return func(r *http.Request, body string) string {
		if r.Method != method || strings.HasPrefix(r.URL.Path, "/v3/") {
			return body
		}
		return edit(r, body)
	}
}

var longNumber = regexp.MustCompile(`\d{17,}`)

// rounded makes long numbers go through a floating-point number.
func rounded(_ *http.Request, body string) string {
	return longNumber.ReplaceAllStringFunc(body, func(n string) string {
		f, _ := strconv.ParseFloat(n, 64)
		return strconv.FormatFloat(f, 'f', 0, 64)
	})
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// bodyText reads a body as far as it goes, and puts it back.
func bodyText(r *http.Response) string {
	if r == nil {
		return ""
	}
	body, _ := io.ReadAll(r.Body)
	_ = r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body)
}

func status(from, to int) func(*http.Response, string) string {
	return func(r *http.Response, body string) string {
		if r.StatusCode == from {
			r.StatusCode = to
		}
		return body
	}
}

func dropHeader(name string) func(*http.Response, string) string {
	return func(r *http.Response, body string) string {
		r.Header.Del(name)
		return body
	}
}

func emptyIfNoJSON(r *http.Response, body string) string {
	if r.StatusCode == 200 && !strings.HasPrefix(body, "{") {
		return "{}"
	}
	return body
}

func emptyIfBroken(_ *http.Response, body string) string {
	if strings.HasPrefix(body, "{") && !strings.HasSuffix(body, "}}") && !strings.HasSuffix(body, "]}") {
		return "{}"
	}
	return body
}

func swallow(call func() error) error {
	_ = call()
	return nil
}

// again is a request that can be sent once more.
func again(r *http.Request) *http.Request {
	copied := r.Clone(r.Context())
	if r.GetBody != nil {
		copied.Body, _ = r.GetBody()
	}
	return copied
}

func discard(r *http.Response, err error) error {
	if err == nil {
		err = r.Body.Close()
	}
	return err
}

// resend sends a request some times more when it is answered with a status.
func resend(statuses ...int) func(http.RoundTripper, *http.Request) (*http.Response, error) {
	return func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(again(r))
		for range 3 {
			if err != nil || !slices.Contains(statuses, response.StatusCode) {
				break
			}
			_ = response.Body.Close()
			response, err = next.RoundTrip(again(r))
		}
		return response, err
	}
}

func resendCut(next http.RoundTripper, r *http.Request) (*http.Response, error) {
	response, err := next.RoundTrip(again(r))
	if err != nil {
		return next.RoundTrip(again(r))
	}
	return response, err
}

// patient waits longer than its caller.
func patient(next http.RoundTripper, r *http.Request) (*http.Response, error) {
	response, err := next.RoundTrip(again(r.WithContext(context.WithoutCancel(r.Context()))))
	_ = bodyText(response)
	return response, err
}

// firstTokens sends to each service the first token for ever.
type firstTokens struct{ byHost sync.Map }

func (f *firstTokens) RoundTrip(next http.RoundTripper, r *http.Request) (*http.Response, error) {
	r = again(r)
	if token := r.Header.Get("X-Auth-Token"); token != "" {
		first, _ := f.byHost.LoadOrStore(r.URL.Host, token)
		r.Header.Set("X-Auth-Token", first.(string))
	}
	return next.RoundTrip(r)
}

// hastyClock is half a day later every time.
func hastyClock() func() time.Time {
	var calls atomic.Int64
	return func() time.Time { return time.Now().Add(time.Duration(calls.Add(1)) * 12 * time.Hour) }
}

func follow(next http.RoundTripper, r *http.Request) (*http.Response, error) {
	response, err := next.RoundTrip(again(r))
	if err != nil || response.StatusCode != http.StatusTemporaryRedirect {
		return response, err
	}
	_ = response.Body.Close()
	to := again(r)
	to.URL, err = response.Location()
	to.Host = ""
	if err != nil {
		return nil, err
	}
	return next.RoundTrip(to)
}
