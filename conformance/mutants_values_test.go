package conformance_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// member changes a member of a request that has one.
func member(name string, change func(v any) any) func(*http.Request) {
	return editRequest(func(o map[string]any) {
		if v, ok := o[name]; ok {
			o[name] = change(v)
		}
	})
}

// number replaces a number by another.
func number(name, from, to string) func(*http.Request) {
	return member(name, func(v any) any {
		if n, ok := v.(json.Number); ok && n.String() == from {
			return json.Number(to)
		}
		return v
	})
}

// words replaces a text by another.
func words(name, from, to string) func(*http.Request) {
	return member(name, func(v any) any {
		if v == any(from) {
			return to
		}
		return v
	})
}

// cutTo cuts a text to a number of characters.
func cutTo(name string, most int) func(*http.Request) {
	return member(name, func(v any) any {
		if s, ok := v.(string); ok && len([]rune(s)) > most {
			return string([]rune(s)[:most])
		}
		return v
	})
}

// query replaces a value of a parameter.
func query(name, from, to string) func(*http.Request) {
	return func(r *http.Request) {
		if values := r.URL.Query(); values.Get(name) == from {
			values.Set(name, to)
			r.URL.RawQuery = values.Encode()
		}
	}
}

// bodyText changes a request as text.
func bodyText(change func(text string) string) func(*http.Request) {
	return func(r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		text := change(string(data))
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	}
}

// throughDouble reads a number as a double.
func throughDouble(v any) any {
	var text string
	switch v := v.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return v
	}
	rounded := strconv.FormatFloat(f, 'f', -1, 64)
	if _, isText := v.(string); isText {
		return rounded
	}
	return json.Number(rounded)
}

func constraintMutants() []mutant {
	const groups, streams, query1, dump = "/groups", "/streams", "/content/query", "/log-dump/obs"
	at := func(rest string) string { return "constraints/" + rest }
	return []mutant{
		{name: "a name of 65 characters is cut", method: "POST", path: groups, request: cutTo("log_group_name", 64), caughtBy: at("groups/CreateLogGroup/body.log_group_name/maxLength/outside")},
		{name: "a name of 64 characters is cut", method: "POST", path: groups, request: cutTo("log_group_name", 63), caughtBy: at("groups/CreateLogGroup/body.log_group_name/maxLength/inside")},
		{name: "an empty name is replaced", method: "POST", path: streams, request: words("log_stream_name", "", "nameless"), caughtBy: at("streams/CreateLogStream/body.log_stream_name/minLength/outside")},
		{name: "characters are counted in bytes", method: "POST", path: streams, request: member("log_stream_name", func(v any) any {
			if s, ok := v.(string); ok && len(s) > 64 {
				return s + strings.Repeat("x", 64)
			}
			return v
		}), caughtBy: at("streams/CreateLogStream/body.log_stream_name/maxLength/inside")},
		{name: "366 days are 365", method: "POST", path: groups, request: number("ttl_in_days", "366", "365"), caughtBy: at("groups/CreateLogGroup/body.ttl_in_days/maximum/outside")},
		{name: "365 days are too many", method: "POST", path: groups, request: number("ttl_in_days", "365", "366"), caughtBy: at("groups/CreateLogGroup/body.ttl_in_days/maximum/inside")},
		{name: "no day is a day", method: "POST", path: groups, request: number("ttl_in_days", "0", "1"), caughtBy: at("groups/CreateLogGroup/body.ttl_in_days/minimum/outside")},
		{name: "a day is stored as two", method: "POST", path: groups, request: number("ttl_in_days", "1", "2"), caughtBy: at("groups/CreateLogGroup/body.ttl_in_days/minimum/inside")},
		{name: "days as text are refused", method: "POST", path: groups, request: words("ttl_in_days", "7", "x"), caughtBy: at("groups/CreateLogGroup/body.ttl_in_days/pattern/inside")},
		{name: "days with leading zeros are taken", method: "POST", path: groups, request: words("ttl_in_days", "007", "7"), caughtBy: at("groups/CreateLogGroup/body.ttl_in_days/pattern/outside")},
		{name: "missing days are seven", method: "POST", path: groups, request: editRequest(func(o map[string]any) {
			if _, ok := o["ttl_in_days"]; !ok {
				o["ttl_in_days"] = 7
			}
		}), caughtBy: at("groups/CreateLogGroup/body.ttl_in_days/required/outside")},
		{name: "wrong days have the common code", method: "POST", path: groups, response: code("LTS.0106", "LTS.0009"), caughtBy: at("groups/CreateLogGroup/body.ttl_in_days/type/outside")},
		{name: "odd characters of a name are replaced", method: "POST", path: groups, request: member("log_group_name", func(v any) any {
			s, _ := v.(string)
			return strings.Map(func(r rune) rune {
				if r > unicode.MaxASCII || r == ' ' {
					return '-'
				}
				return r
			}, s)
		}), caughtBy: at("groups/CreateLogGroup/body.log_group_name/pattern/outside")},
		{name: "a dot in a name is refused", method: "POST", path: groups, request: member("log_group_name", func(v any) any {
			s, _ := v.(string)
			return strings.ReplaceAll(s, ".", " ")
		}), caughtBy: at("groups/CreateLogGroup/body.log_group_name/pattern/inside")},
		{name: "null is as if missing", method: "POST", path: groups, request: editRequest(func(o map[string]any) {
			for name, v := range o {
				if v == nil {
					delete(o, name)
				}
			}
		}), caughtBy: at("groups/CreateLogGroup/body.log_group_name_alias/type/outside")},
		{name: "numbers are names", method: "POST", path: streams, request: member("log_stream_name", func(v any) any {
			if n, ok := v.(json.Number); ok {
				return n.String()
			}
			return v
		}), caughtBy: at("streams/CreateLogStream/body.log_stream_name/type/outside")},
		{name: "digits in quotes are days of a stream", method: "POST", path: streams, request: member("ttl_in_days", func(v any) any {
			if v == "7" {
				return 7
			}
			return v
		}), caughtBy: at("streams/CreateLogStream/body.ttl_in_days/type/outside")},
		{name: "unknown members are refused", method: "POST", path: groups, request: editRequest(func(o map[string]any) {
			if _, ok := o["no_such_member"]; ok {
				o["ttl_in_days"] = nil
			}
		}), caughtBy: at("groups/CreateLogGroup/body/unknown/inside")},
		{name: "a key of a tag may be missing", method: "POST", path: groups, request: member("tags", func(v any) any {
			tags, _ := v.([]any)
			for _, tag := range tags {
				if o, ok := tag.(map[string]any); ok && o["key"] == nil {
					o["key"] = "key"
				}
			}
			return v
		}), caughtBy: at("groups/CreateLogGroup/body.tags.items.key/required/outside")},
		{name: "the alias is lost", method: "GET", path: groups, response: each("log_groups", func(o map[string]any) { delete(o, "log_group_name_alias") }), caughtBy: at("groups/CreateLogGroup/body.log_group_name_alias/maxLength/inside")},
		{name: "tags are lost", method: "GET", path: groups, response: each("log_groups", func(o map[string]any) { o["tag"] = map[string]any{} }), caughtBy: at("groups/UpdateLogGroup/body/all/inside")},
		{name: "a body that is not JSON has the code of one that is wrong", method: "POST", path: groups, response: code("LTS.0007", "LTS.0009"), caughtBy: at("groups/CreateLogGroup/body/json/outside")},
		{name: "text behind the body is overlooked", method: "POST", path: groups, request: bodyText(func(text string) string {
			if i := strings.LastIndex(text, "} x"); i >= 0 {
				return text[:i+1]
			}
			return text
		}), caughtBy: at("groups/CreateLogGroup/body/json/outside")},
		{name: "no body is an empty object", method: "POST", path: groups, request: bodyText(func(text string) string {
			if text == "" {
				return "{}"
			}
			return text
		}), caughtBy: at("groups/CreateLogGroup/body/required/outside")},
		{name: "an array of one is its element", method: "POST", path: groups, request: bodyText(func(text string) string {
			return strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
		}), caughtBy: at("groups/CreateLogGroup/body/object/outside")},
		{name: "any media type will do", method: "POST", path: groups, request: func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, caughtBy: at("groups/CreateLogGroup/body/media-type/outside")},
		{name: "a media type must have no parameter", method: "POST", path: groups, request: func(r *http.Request) {
			if strings.Contains(r.Header.Get("Content-Type"), "utf8") {
				r.Header.Set("Content-Type", "text/plain")
			}
		}, caughtBy: at("groups/CreateLogGroup/body/media-type/inside")},
		{name: "a short ID is an unknown one", method: "DELETE", path: "", response: code("LTS.0009", "LTS.0201"), caughtBy: at("groups/DeleteLogGroup/path.log_group_id/minLength/outside")},
		{name: "5001 records a page", method: "POST", path: query1, request: number("limit", "5001", "5000"), caughtBy: at("logs/ListLogs/body.limit/maximum/outside")},
		{name: "a limit keeps only 32 bits", method: "POST", path: query1, request: number("limit", "4294967303", "7"), caughtBy: at("logs/ListLogs/body.limit/format/outside")},
		{name: "a time keeps only 64 bits", method: "POST", path: query1, request: number("start_time", "9223372036854775808", "0"), caughtBy: at("logs/ListLogs/body.start_time/format/outside")},
		{name: "Booleans as text are refused", method: "POST", path: query1, request: words("is_desc", "true", "yes"), caughtBy: at("logs/ListLogs/body.is_desc/enum/inside")},
		{name: "True is true", method: "POST", path: query1, request: words("is_desc", "TRUE", "true"), caughtBy: at("logs/ListLogs/body.is_desc/enum/outside")},
		{name: "31 days are a window", method: "POST", path: query1, request: number("end_time", "2678400001", "2678400000"), caughtBy: at("logs/ListLogs/body.end_time/windowDays/outside")},
		{name: "30 days are no window", method: "POST", path: query1, request: number("end_time", "2678400000", "2678400001"), caughtBy: at("logs/ListLogs/body.end_time/windowDays/inside")},
		{name: "an unknown search is the first", method: "POST", path: query1, request: words("search_type", "no such value", "init"), caughtBy: at("logs/ListLogs/body.search_type/enum/outside")},
		{name: "a page of 101 transfers", method: "GET", path: "/transfers", request: query("limit", "101", "100"), caughtBy: at("transfers/ListTransfers/query.limit/maximum/outside")},
		{name: "a page of 100 transfers is refused", method: "GET", path: "/transfers", request: query("limit", "100", "101"), caughtBy: at("transfers/ListTransfers/query.limit/maximum/inside")},
		{name: "a fraction of an offset", method: "GET", path: "/transfers", request: query("offset", "1.5", "1"), caughtBy: at("transfers/ListTransfers/query.offset/type/outside")},
		{name: "a page without a logtank", method: "GET", path: "/logtanks", request: query("limit", "0", "1"), caughtBy: at("logtanks/ListLogtanks/query.limit/minimum/outside")},
		{name: "every four minutes", method: "POST", path: dump, request: number("period", "4", "5"), caughtBy: at("transfers/CreateOBSTransfer/body.period/combinations/outside")},
		{name: "not every thirty minutes", method: "POST", path: dump, request: number("period", "30", "31"), caughtBy: at("transfers/CreateOBSTransfer/body.period/combinations/inside")},
		{name: "no stream to transfer", method: "POST", path: dump, response: code("LTS.0009", "LTS.0208"), caughtBy: at("transfers/CreateOBSTransfer/body.log_stream_ids/minItems/outside")},
		{name: "the path of a transfer is lost", method: "GET", path: "/transfers", response: each("log_transfers", func(o map[string]any) {
			info, _ := o["log_transfer_info"].(map[string]any)
			if detail, ok := info["log_transfer_detail"].(map[string]any); ok {
				detail["obs_dir_pre_fix_name"] = ""
			}
		}), caughtBy: at("transfers/CreateOBSTransfer/body.dir_prefix_name/pattern/inside")},
		{name: "a transfer cannot be created switched off", method: "POST", path: dump, request: member("switch_on", func(any) any { return true }), caughtBy: at("transfers/CreateOBSTransfer/body.switch_on/type/inside")},
		{name: "101 labels are cut", method: "POST", path: "/tenant/contents", request: member("labels", func(v any) any {
			if o, ok := v.(map[string]any); ok && len(o) > 100 {
				delete(o, "label0")
			}
			return v
		}), caughtBy: at("logs/ReportLogs/body.labels/maxProperties/outside")},
		{name: "a line of more than 1 MB is cut", method: "POST", path: "/tenant/contents", request: member("contents", func(v any) any {
			lines, _ := v.([]any)
			for i, line := range lines {
				if s, ok := line.(string); ok && len(s) > 1<<20 {
					lines[i] = s[:1<<20]
				}
			}
			return v
		}), caughtBy: at("logs/ReportLogs/body.contents.items/maxLength/outside")},
		{name: "compressed bodies are refused", method: "POST", path: "/tenant/contents", request: func(r *http.Request) {
			if r.Header.Get("Content-Encoding") == "snappy" {
				r.Header.Set("Content-Encoding", "br")
			}
		}, caughtBy: at("logs/ReportLogs/header.Content-Encoding/enum/inside")},
		{name: "a wrong resource has the common code", method: "POST", path: "/logtanks", response: code("GA.9001", "LTS.0009"), caughtBy: at("logtanks/CreateLogtank/body.logtank.resource_type/enum/outside")},
		{name: "a refused group is created all the same", caughtBy: at("groups/unchanged"), wrap: createsRefused},
	}
}

// createsRefused is a server that refuses groups without a lifetime, and creates
// them.
func createsRefused(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(data))
		var body map[string]any
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/groups") && json.Unmarshal(data, &body) == nil && body["ttl_in_days"] == nil && body != nil {
			body["ttl_in_days"] = 7
			right, _ := json.Marshal(body)
			also := r.Clone(r.Context())
			also.Body, also.ContentLength = io.NopCloser(bytes.NewReader(right)), int64(len(right))
			inner.ServeHTTP(httptest.NewRecorder(), also)
		}
		inner.ServeHTTP(w, r)
	})
}

func errorMutants() []mutant {
	const query1, dump = "/content/query", "/log-dump/obs"
	at := func(rest string) string { return "errors/" + rest }
	created := func(id string) func(*answer) {
		return func(a *answer) {
			if a.status == http.StatusBadRequest {
				*a = answer{status: 201, header: http.Header{"Content-Type": {"application/json"}}, body: []byte(`{"` + id + `":"b6b9332b-091f-4b22-b810-264318d2d664"}`)}
			}
		}
	}
	return []mutant{
		{name: "two groups of one name", method: "POST", path: "/groups", response: created("log_group_id"), caughtBy: at("LTS.0101/CreateLogGroup/400")},
		{name: "a taken name has the common code", method: "POST", path: "/groups", response: code("LTS.0101", "LTS.0009"), caughtBy: at("LTS.0101/CreateLogGroup/400")},
		{name: "a taken name answers 409", method: "POST", path: "/groups", response: statusOf(400, 409), caughtBy: at("LTS.0101/CreateLogGroup/400")},
		{name: "groups without end", method: "POST", path: "/groups", response: created("log_group_id"), caughtBy: at("LTS.0104/CreateLogGroup/400")},
		{name: "two streams of one name", method: "POST", path: "/streams", response: created("log_stream_id"), caughtBy: at("LTS.0205/CreateLogStream/400")},
		{name: "streams without end", method: "POST", path: "/streams", response: created("log_stream_id"), caughtBy: at("LTS.0206/CreateLogStream/400")},
		{name: "a group in use has the code of a stream", method: "DELETE", path: "", response: code("LTS.0105", "LTS.0207"), caughtBy: at("LTS.0105/DeleteLogGroup/400")},
		{name: "a stream in use has the code of a group", method: "DELETE", path: "", response: code("LTS.0207", "LTS.0105"), caughtBy: at("LTS.0207/DeleteLogStream/400")},
		{name: "an unknown group of a query is a stream", method: "POST", path: query1, response: code("LTS.0201", "LTS.0208"), caughtBy: at("LTS.0201/ListLogs/400")},
		{name: "an unknown group answers 404", method: "POST", path: "/streams", response: statusOf(400, 404), caughtBy: at("LTS.0201/CreateLogStream/400")},
		{name: "a wildcard may come first", method: "POST", path: query1, request: member("keywords", func(v any) any {
			s, _ := v.(string)
			return strings.NewReplacer("*", "", "?", "").Replace(s)
		}), caughtBy: at("LTS.0301/ListLogs/400")},
		{name: "an empty window has the common code", method: "POST", path: query1, response: code("LTS.0701", "LTS.0009"), caughtBy: at("LTS.0701/ListLogs/400")},
		{name: "a cursor may lie outside", method: "POST", path: query1, request: editRequest(func(o map[string]any) { delete(o, "line_num") }), caughtBy: at("LTS.0701/ListLogs/400")},
		{name: "a wrong limit has the common code", method: "POST", path: query1, response: code("LTS.1903", "LTS.0009"), caughtBy: at("LTS.1903/ListLogs/400")},
		{name: "an unknown transfer is changed", method: "PUT", path: "/transfers", response: code("LTS.0405", "LTS.0009"), caughtBy: at("LTS.0405/UpdateTransfer/400")},
		{name: "a forbidden bucket does not exist", method: "POST", path: dump, response: code("LTS.0018", "LTS.0416"), caughtBy: at("LTS.0018/CreateOBSTransfer/403")},
		{name: "who is suspended has a bad token", method: "GET", path: "/groups", response: code("LTS.0023", "LTS.0003"), caughtBy: at("LTS.0023/ListLogGroups/401")},
		{name: "another project answers 401", method: "GET", path: "/streams", response: statusOf(403, 401), caughtBy: at("LTS.0001/ListLogStreams/403")},
		{name: "records for anybody", method: "POST", path: "/tenant/contents", request: editRequest(func(o map[string]any) { delete(o, "tenant_project_id") }), caughtBy: at("SVCSTG.ALS.403.105/ReportLogs/401")},
		{name: "paths in any letters", method: "GET", path: "/Groups", request: func(r *http.Request) {
			r.URL.Path = strings.Replace(r.URL.Path, "/Groups", "/groups", 1)
		}, caughtBy: at("APIGW.0101/ListLogGroups/404")},
		{name: "an unknown path has the code of the service", method: "GET", path: "/Transfers", response: code("APIGW.0101", "LTS.0009"), caughtBy: at("APIGW.0101/ListTransfers/404")},
		{name: "two logtanks of one resource", method: "POST", path: "/logtanks", response: code("GA.9104", "GA.9001"), caughtBy: at("GA.9104/CreateLogtank/400")},
		{name: "an unknown logtank has no code of its own", method: "GET", path: "", response: code("GA.9002", "APIGW.0101"), caughtBy: at("GA.9002/ShowLogtank/404")},
		{name: "a failed deletion has the common code", method: "DELETE", path: "", response: code("LTS.0103", "LTS.0010"), caughtBy: at("LTS.0103/DeleteLogGroup/500")},
		{name: "a failed change has the common code", method: "POST", path: "", response: code("LTS.0107", "LTS.0010"), caughtBy: at("LTS.0107/UpdateLogGroup/500")},
		{name: "a failed list answers 503", method: "GET", path: "/log-streams", response: statusOf(500, 503), caughtBy: at("LTS.0010/ListProjectLogStreams/500")},
	}
}

func valueMutants() []mutant {
	const query1, contents = "/content/query", "/tenant/contents"
	at := func(rest string) string { return "values/" + rest }
	content := func(change func(string) string) func(*answer) {
		return each("logs", func(o map[string]any) {
			if s, ok := o["content"].(string); ok {
				o["content"] = change(s)
			}
		})
	}
	stored := func(change func(string) string) func(*http.Request) {
		return member("log_stream_name", func(v any) any {
			s, _ := v.(string)
			return change(s)
		})
	}
	return []mutant{
		{name: "times of records are doubles", method: "POST", path: contents, request: member("log_time_ns", throughDouble), caughtBy: at("logs/ReportLogs/log_time_ns/number")},
		{name: "times of records as text are doubles", method: "POST", path: contents, request: member("log_time_ns", throughDouble), caughtBy: at("logs/ReportLogs/log_time_ns/text")},
		{name: "times of single records are doubles", method: "POST", path: contents + "/high-accuracy", request: member("contents", func(v any) any {
			lines, _ := v.([]any)
			for _, line := range lines {
				if o, ok := line.(map[string]any); ok {
					o["log_time_ns"] = throughDouble(o["log_time_ns"])
				}
			}
			return v
		}), caughtBy: at("logs/ReportLogsHighAccuracy/log_time_ns/number")},
		{name: "line numbers are doubles", method: "POST", path: query1, response: each("logs", func(o map[string]any) { o["line_num"] = throughDouble(o["line_num"]) }), caughtBy: at("logs/ListLogs/line_num")},
		{name: "cursors are doubles", method: "POST", path: query1, request: member("line_num", throughDouble), caughtBy: at("logs/ListLogs/line_num")},
		{name: "the place in a stream is a double", method: "POST", path: "/context", request: member("line_num", throughDouble), caughtBy: at("logs/ListLogContext/line_num")},
		{name: "starts are doubles", method: "POST", path: query1, request: member("start_time", throughDouble), caughtBy: at("logs/ListLogs/window")},
		{name: "ends are doubles", method: "POST", path: "/keyword-count", request: member("end_time", throughDouble), caughtBy: at("logs/CountKeyword/window")},
		{name: "a change answers with another ID", method: "PUT", path: "/transfers", response: set("log_transfer_id", "00000000-0000-4000-8000-000000000001"), caughtBy: at("transfers/ids")},
		{name: "a list has its own IDs", method: "GET", path: "/log-streams", response: each("log_streams", func(o map[string]any) {
			o["log_stream_id"] = strings.ToUpper(o["log_stream_id"].(string)) + ""
		}), caughtBy: at("streams/ids")},
		{name: "groups are created in another time zone", method: "GET", path: "/groups", response: each("log_groups", func(o map[string]any) {
			ms, _ := strconv.ParseInt(o["creation_time"].(json.Number).String(), 10, 64)
			o["creation_time"] = ms + 8*time.Hour.Milliseconds()
		}), caughtBy: at("groups/times")},
		{name: "streams are as old as the answer", method: "GET", path: "/streams", response: each("log_streams", func(o map[string]any) { o["creation_time"] = time.Now().UnixNano() / 1000 % 1e12 * 2 }), caughtBy: at("streams/times")},
		{name: "tokens last an hour", method: "POST", path: "/auth/tokens", response: inToken(func(o map[string]any) {
			o["expires_at"] = time.Now().UTC().Add(time.Hour).Format("2006-01-02T15:04:05.000000Z")
		}), caughtBy: at("tokens/times")},
		{name: "lines are escaped for HTML", method: "POST", path: query1, response: content(func(s string) string { return strings.ReplaceAll(s, "<", "&lt;") }), caughtBy: at("logs/ReportLogs/contents")},
		{name: "white space around lines is lost", method: "POST", path: query1, response: content(strings.TrimSpace), caughtBy: at("logs/ReportLogs/contents")},
		{name: "control characters are lost", method: "POST", path: query1, response: content(func(s string) string {
			return strings.Map(func(r rune) rune {
				if unicode.IsControl(r) && r != '\n' {
					return -1
				}
				return r
			}, s)
		}), caughtBy: at("logs/ReportLogsHighAccuracy/contents")},
		{name: "long lines are cut", method: "POST", path: query1, response: content(func(s string) string { return s[:min(len(s), 65536)] }), caughtBy: at("logs/ReportLogs/contents")},
		{name: "characters beyond 16 bits are lost", method: "POST", path: query1, response: content(func(s string) string {
			return strings.Map(func(r rune) rune {
				if r > 0xffff {
					return '\ufffd'
				}
				return r
			}, s)
		}), caughtBy: at("logs/ReportLogs/contents")},
		{name: "names of labels are in small letters", method: "POST", path: contents, request: member("labels", func(v any) any {
			lower := make(map[string]any)
			if o, ok := v.(map[string]any); ok {
				for name, label := range o {
					lower[strings.ToLower(name)] = label
				}
			}
			return lower
		}), caughtBy: at("logs/ReportLogs/labels")},
		{name: "accents of names are lost", method: "POST", path: "/streams", request: stored(func(s string) string { return strings.ReplaceAll(s, "\u0301", "") }), caughtBy: at("streams/texts")},
		{name: "quotes in names are doubled", method: "POST", path: "/streams", request: stored(func(s string) string { return strings.ReplaceAll(s, "'", "''") }), caughtBy: at("streams/texts")},
		{name: "a plus in a query is a space", method: "GET", path: "/log-streams", request: func(r *http.Request) {
			r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, "%2B", "+")
		}, caughtBy: at("streams/texts-in-queries")},
		{name: "resources are in small letters", method: "POST", path: "/logtanks", request: member("logtank", func(v any) any {
			if o, ok := v.(map[string]any); ok {
				if s, ok := o["log_group_id"].(string); ok {
					o["log_group_id"] = strings.ToLower(s)
				}
			}
			return v
		}), caughtBy: at("logtanks/texts")},
	}
}
