package server_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What these targets demand: whatever comes with a request, the answer is
// documented (the contract says so of status, headers and body), and it is not a
// failure of the server, which a panic would be answered as.

// The body of a creation.
func FuzzRequestBody(f *testing.F) {
	for _, seed := range []string{
		`{"log_group_name":"a","ttl_in_days":7}`, `{"log_group_name":"a","ttl_in_days":"7","tags":[{"key":"k","value":"v"}]}`,
		`{"Log_Group_Name":"a","ttl_in_days":7.0}`, `{"log_group_name":"_","ttl_in_days":1e400}`, `{"a":1,"a":2}`, `[[[[`, `null`, ``, ` `, "\xff",
		`{"log_group_name":"a","ttl_in_days":7} x`, `{"log_group_name":"\ud800","ttl_in_days":365}`,
	} {
		f.Add([]byte(seed))
	}
	s := start(f, config{})
	header := map[string]string{"Content-Type": jsonType, "X-Auth-Token": s.token(f, devProject)}
	f.Fuzz(func(t *testing.T, body []byte) {
		a := s.serve(t, request{op: "CreateLogGroup", header: header, body: string(body)})
		if a.status != http.StatusCreated {
			return
		}
		id := decode[map[string]string](t, a)["log_group_id"]
		s.serve(t, request{op: "DeleteLogGroup", group: id, header: header}).want(t, http.StatusNoContent)
	})
}

// The body of a report, for either of the operations. What has been taken can
// be read: the answer to a query for everything is documented too.
func FuzzReportBody(f *testing.F) {
	for _, seed := range []string{
		`{"log_time_ns":"1795339393707000000","contents":["first","second"],"labels":{"user_tag":"string"}}`,
		`{"log_time_ns":1795339393707000000,"contents":["<HighLightTag>\u0000\ud800\n\r</HighLightTag>"]}`,
		`{"log_time_ns":9223372036854775807,"contents":["a","b"]}`, `{"log_time_ns":-1,"contents":["a"]}`, `{"log_time_ns":1e18,"contents":[]}`,
		`{"log_time_ns":"1","contents":[""],"labels":{"":"","__lts_transfer_window__":"x"}}`, `{"contents":"a","labels":{"a":1}}`,
		`{"contents":[{"log_time_ns":"1795339393707000000","log":"first"},{"log_time_ns":1795339393707000000,"log":"second"}],"labels":{"a":"b"}}`,
		`{"contents":[{"log_time_ns":0,"log":"a"},{"log":null}],"tenant_project_id":"fedcba9876543210fedcba9876543210"}`,
		`{"contents":[{"log_time_ns":1.5,"log":"a"}],"tenant_project_id":""}`, `{"contents":[[]]}`, `{"contents":null}`, `{`, ``, `"`, "\xff",
	} {
		f.Add(true, []byte(seed))
		f.Add(false, []byte(seed))
	}
	s := start(f, config{now: newClock().Now})
	header := map[string]string{"Content-Type": jsonType, "X-Auth-Token": s.token(f, devProject)}
	of := s.populate(f, devProject, "fuzz")
	f.Fuzz(func(t *testing.T, accurate bool, body []byte) {
		r := request{op: "ReportLogs", group: of.group, stream: of.stream, header: header, body: string(body)}
		if accurate {
			r.op = "ReportLogsHighAccuracy"
		}
		if a := s.serve(t, r); a.status != http.StatusOK {
			return
		}
		r.op, r.body = "ListLogs", `{"start_time":1795300000000,"end_time":1795400000000,"is_count":true,"is_desc":true,"limit":3}`
		s.serve(t, r).want(t, http.StatusOK)
	})
}

// The body of a query, a context query or a count. In a seed, GROUP and STREAM
// are those of the records.
func FuzzQueryBody(f *testing.F) {
	const window = `"start_time":1795339000000,"end_time":1795340000000`
	for operation, seeds := range queryOperations {
		for _, seed := range seeds {
			f.Add(uint8(operation), []byte(strings.ReplaceAll(seed, "WINDOW", window)))
		}
	}
	s := start(f, config{now: newClock().Now})
	header := map[string]string{"Content-Type": jsonType, "X-Auth-Token": s.token(f, devProject)}
	of := s.populate(f, devProject, "fuzz")
	s.do(f, request{op: "ReportLogs", group: of.group, stream: of.stream, body: encode(map[string]any{
		"log_time_ns": "1795339393707000000", "labels": map[string]string{"a": "b"},
		"contents": []string{"ERROR of a request: time out", "error, error", "\x00<b>&\u2028\ufffd", strings.Repeat("word ", 1000)},
	})}).want(f, http.StatusOK)
	ids := strings.NewReplacer("GROUP", of.group, "STREAM", of.stream)
	f.Fuzz(func(t *testing.T, operation uint8, body []byte) {
		s.serve(t, request{
			op: []string{"ListLogs", "ListLogContext", "CountKeyword"}[operation%3], group: of.group, stream: of.stream,
			header: header, body: ids.Replace(string(body)),
		})
	})
}

// queryOperations are the seeds of ListLogs, ListLogContext and CountKeyword.
var queryOperations = [][]string{
	{
		`{WINDOW}`, `{"start_time":"1795339000000","end_time":"1795340000000","keywords":"error AND NOT (time OR \"of a\")","is_count":"true","limit":"5"}`,
		`{WINDOW,"keywords":"e?r* OR *","labels":{"a":"b"},"is_desc":true,"search_type":"backwards","line_num":"1795339393707000001","limit":1}`,
		`{WINDOW,"keywords":"*x","line_num":"0","search_type":"forwards","highlight":false}`, `{WINDOW,"limit":5000,"is_iterative":true}`,
		`{"start_time":9223372036854775807,"end_time":-9223372036854775808}`, `{"start_time":0,"end_time":1e30,"keywords":"(((((("}`,
		`{WINDOW,"labels":{"":""},"keywords":"\u0000 \ud800"}`, `{WINDOW,"labels":{"__lts_transfer_window__":"x"}}`, `{WINDOW,"limit":0}`, `[`, ``,
	},
	{
		`{"line_num":"1795339393707000001"}`, `{"line_num":"1795339393707000001","backwards_size":1,"forwards_size":"500"}`,
		`{"line_num":1795339393707000001,"backwards_size":-1}`, `{"line_num":"9223372036854775807","forwards_size":501}`, `{"line_num":"0000000000000000000"}`, `{`,
	},
	{
		`{WINDOW,"group_id":"GROUP","stream_id":"STREAM","key_word":"error","step_interval":1000}`,
		`{WINDOW,"group_id":"GROUP","stream_id":"STREAM","key_word":"er* AND NOT of","step_interval":"86400000"}`,
		`{WINDOW,"group_id":"GROUP","stream_id":"STREAM","key_word":"","step_interval":1}`, `{WINDOW,"group_id":"STREAM","stream_id":"GROUP","key_word":"(","step_interval":0}`,
		`{"start_time":0,"end_time":1,"group_id":"GROUP","stream_id":"STREAM","key_word":"\"","step_interval":9223372036854775807}`, `{}`,
	},
}

// The headers that sign a request. A request with these and without a token is
// somebody's, or it is refused.
func FuzzSignatureHeaders(f *testing.F) {
	const signature = "SDK-HMAC-SHA256 Access=DEVACCESSKEY00000000, SignedHeaders=host;x-sdk-date, Signature=" +
		"0000000000000000000000000000000000000000000000000000000000000000"
	for _, seed := range [][2]string{
		{signature, "20261122T093015Z"}, {signature, "20261122T093015"}, {signature, ""}, {"SDK-HMAC-SHA256 ", "20261122T093015Z"},
		{"SDK-HMAC-SHA256 Access=,SignedHeaders=;,Signature=", "20261122T093015Z"}, {"AWS4-HMAC-SHA256 Credential=x", "x"}, {"Basic ZGV2OmRldg==", "\xff"},
	} {
		f.Add(seed[0], seed[1])
	}
	s := start(f, config{now: newClock().Now})
	f.Fuzz(func(t *testing.T, authorization, date string) {
		s.serve(t, request{op: "ListLogGroups", header: map[string]string{"Authorization": authorization, "X-Sdk-Date": date}}).
			want(t, http.StatusUnauthorized)
	})
}

// serve is do without a connection. The contract checks the answer too.
func (s *service) serve(t testing.TB, r request) answer {
	t.Helper()
	s.route(t, &r)
	in := httptest.NewRequestWithContext(t.Context(), r.method, r.path, strings.NewReader(r.body))
	for name, value := range r.header {
		in.Header.Set(name, value)
	}
	recorder := httptest.NewRecorder()
	s.handler.ServeHTTP(recorder, in)
	a := answer{what: r.method + " " + r.path + " with " + r.body, status: recorder.Code, header: recorder.Header(), body: recorder.Body.Bytes()}
	for _, problem := range s.client.Transport.(*contract).problems(r.method, r.path, a.status, a.header, a.body) {
		t.Errorf("%s: %s; got %d with the body %.300s", a.what, problem, a.status, a.body)
	}
	if a.status >= http.StatusInternalServerError {
		t.Errorf("%s: the server fails with %d %.300s", a.what, a.status, a.body)
	}
	return a
}
