package clientcheck

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/klauspost/compress/s2"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

// An inspection holds a request against the document.
type inspection struct {
	service  *service
	request  *http.Request
	match    match
	problems []conformance.Problem
	checks   int

	query map[string]string // decoded
	body  any               // the JSON value
}

// check notes a comparison, and a problem when it does not hold.
func (i *inspection) check(ok bool, where, rule string, got any) {
	i.judge(conformance.Must, ok, where, rule, got)
}

func (i *inspection) judge(level conformance.Level, ok bool, where, rule string, got any) {
	i.checks++
	if !ok {
		i.problems = append(i.problems, conformance.Problem{Level: level, Where: where, Rule: rule, Got: shown(string(encode(got)), 200)})
	}
}

// inspect checks everything but the credentials.
func (i *inspection) inspect(body []byte) {
	i.path()
	i.queryString()
	i.headers(body)
	i.content(body)
}

func (i *inspection) path() {
	sent, _, _ := strings.Cut(i.request.RequestURI, "?")
	i.check(i.match.exact, "path", "the document has "+i.match.operation.Path+", in this case", sent)
	i.check(isEncoded(sent, ":@!$&'()*+,;=/"), "path", "what no path can hold is percent-encoded", sent)
	for _, ref := range i.match.operation.AllParameters() {
		if p := ref.Value; p.In == openapi3.ParameterInPath {
			i.parameter("path "+p.Name, p, i.match.params[p.Name])
		}
	}
}

// isEncoded reports whether a text has only unreserved characters, those that
// are given, and percent-encoded ones.
func isEncoded(text, others string) bool {
	for k := range len(text) {
		if c := text[k]; !isUnreserved(c) && c != '%' && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return true
}

// parameter holds a value against the schema of its parameter, and against what
// it stands for.
func (i *inspection) parameter(where string, p *openapi3.Parameter, value string) {
	var v any = value
	if schema := flatten(p.Schema.Value); schema.Type.Is("integer") {
		v = json.Number(value)
		if !isInteger(value) {
			i.check(false, where, "it is an integer", value)
			return
		}
	}
	i.check(p.Schema.Value.VisitJSON(v, openapi3.VisitAsRequest(), openapi3.EnableFormatValidation()) == nil,
		where, "it is what the schema of "+p.Name+" says", value)
	i.identity(where, strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(p.Name, "X-")), "-", "_"), value)
}

func isInteger(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	return digits != "" && strings.Trim(digits, "0123456789") == "" && (digits == "0" || digits[0] != '0')
}

// identity holds what names something against what there is.
func (i *inspection) identity(where, name, value string) {
	s := i.service.session
	want, known := map[string]string{
		"project_id": s.ProjectID, "tenant_project_id": s.ProjectID,
		"log_group_id": s.GroupID, "group_id": s.GroupID,
		"log_stream_id": s.StreamID, "log_stream_ids": s.StreamID, "stream_id": s.StreamID,
		"logtank_id": s.LogtankID, "log_transfer_id": s.TransferID,
	}[name]
	switch {
	case known:
		i.check(value == want, where, "it is "+want+", as the service gave it", value)
	case name == "line_num":
		i.check(i.service.knowsLine(value), where, "it is the line_num of a record, to the last digit", value)
	case name == "marker":
		i.check(value == marker, where, "it is the next_marker that the service gave", value)
	case name == "log_time_ns":
		// What a floating-point number makes of the time is less than 2^10 away,
		// and more than a few records are.
		away := integer(value) - s.TimeNS
		i.check(away < -1024 || away > 1024 || away >= 0 && away < 16, where, "no digit is lost", value)
	}
}

func (i *inspection) queryString() {
	raw := i.request.URL.RawQuery
	i.check(isEncoded(raw, ":@!$'()*+,/?=&"), "query", "what no query can hold is percent-encoded", raw)
	values, err := url.ParseQuery(raw)
	i.check(err == nil, "query", "it is well-formed", raw)
	params := make(map[string]*openapi3.Parameter)
	for _, ref := range i.match.operation.AllParameters() {
		if ref.Value.In == openapi3.ParameterInQuery {
			params[ref.Value.Name] = ref.Value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		where := "query " + name
		p := params[name]
		i.check(p != nil, where, "the document has no such parameter", i.service.hide(values.Get(name)))
		i.check(len(values[name]) == 1, where, "it stands there once", len(values[name]))
		if p != nil {
			i.query[name] = values.Get(name)
			i.parameter(where, p, values.Get(name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if params[name].Required {
			i.check(values.Has(name), "query "+name, "the document says that it is there", nil)
		}
	}
}

func (i *inspection) headers(body []byte) {
	r := i.request
	i.judge(conformance.Should, r.UserAgent() != "", "header User-Agent", "a client says what it is (RFC 9110 section 10.1.5)", nil)
	accept := strings.Join(r.Header.Values("Accept"), ", ")
	i.check(accept == "" || accepts(accept), "header Accept", "it allows application/json, which every answer is", accept)
	i.judge(conformance.Should, len(r.TransferEncoding) == 0, "header Content-Length", "the length of the body is said before it", r.TransferEncoding)
	for _, name := range []string{tokenHeader, "Authorization", projectHeader, "Content-Type"} {
		i.check(len(r.Header.Values(name)) <= 1, "header "+name, "it stands there once", len(r.Header.Values(name)))
	}
	if len(body) > 0 {
		mediaType := r.Header.Get("Content-Type")
		i.check(openapi.IsJSON(mediaType), "header Content-Type", "it is application/json where there is a body", mediaType)
		charset := strings.ToLower(mediaType)
		i.check(!strings.Contains(charset, "charset") || strings.Contains(charset, "utf-8"), "header Content-Type", "JSON is UTF-8", mediaType)
	}
	encoding := false
	for _, ref := range i.match.operation.AllParameters() {
		p := ref.Value
		if p.In != openapi3.ParameterInHeader {
			continue
		}
		encoding = encoding || p.Name == "Content-Encoding"
		if value := r.Header.Get(p.Name); value != "" {
			i.parameter("header "+p.Name, p, value)
		} else {
			i.check(!p.Required, "header "+p.Name, "the document says that it is there", nil)
		}
	}
	if !encoding {
		value := r.Header.Get("Content-Encoding")
		i.check(value == "", "header Content-Encoding", "the document has no compression for "+i.match.operation.OperationID, value)
	}
}

func accepts(accept string) bool {
	for one := range strings.SplitSeq(accept, ",") {
		mediaType, parameters, _ := strings.Cut(strings.ToLower(strings.TrimSpace(one)), ";")
		quality := strings.ReplaceAll(parameters, " ", "")
		if slices.Contains([]string{"*/*", "application/*", "application/json"}, strings.TrimSpace(mediaType)) &&
			quality != "q=0" && !strings.HasPrefix(quality, "q=0.000") {
			return true
		}
	}
	return false
}

// content checks the body.
func (i *inspection) content(body []byte) {
	declared := i.match.operation.RequestBody
	if declared == nil {
		i.check(len(body) == 0, "body", "the document has none", string(body))
		return
	}
	i.check(len(body) > 0, "body", "the document has one", nil)
	body, err := decompress(i.request.Header.Get("Content-Encoding"), body)
	i.check(err == nil, "body", "it is compressed as Content-Encoding says", fmt.Sprint(err))
	if err != nil || len(body) == 0 {
		return
	}
	i.check(utf8.Valid(body), "body", "JSON is UTF-8", string(body))
	value, err := decodeExact(body)
	i.check(err == nil, "body", "it is JSON", fmt.Sprint(err))
	if err != nil {
		return
	}
	i.body = value
	i.schema(declared.Value.Content[jsonType].Schema.Value, value)
}

func decompress(encoding string, body []byte) ([]byte, error) {
	switch encoding {
	case "gzip":
		reader, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(io.LimitReader(reader, maxBody))
	case "snappy":
		return s2.Decode(nil, body)
	default:
		return body, nil
	}
}

// schema holds a body against its schema: the rules, the names, and the numbers.
func (i *inspection) schema(schema *openapi3.Schema, v any) {
	i.checks++
	err := schema.VisitJSON(v, openapi3.MultiErrors(), openapi3.VisitAsRequest(), openapi3.EnableFormatValidation())
	for _, broken := range openapi.SchemaErrors(err) {
		i.check(false, "/"+strings.Join(broken.JSONPointer(), "/"), "schema: "+broken.Reason, broken.Value)
	}
	i.members("", "", schema, v)
}

// members looks for members that the document does not know, for numbers that
// are no integers, and for what names something.
func (i *inspection) members(at, name string, schema *openapi3.Schema, v any) {
	schema = flatten(schema)
	switch v := v.(type) {
	case object:
		if len(schema.Properties) == 0 {
			return // a map of any names
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			member := schema.Properties[key]
			i.check(member != nil, at+"/"+key, "the document does not know this member", v[key])
			if member != nil {
				i.members(at+"/"+key, key, member.Value, v[key])
			}
		}
	case []any:
		for k, element := range v {
			if schema.Items != nil {
				i.members(fmt.Sprintf("%s/%d", at, k), name, schema.Items.Value, element)
			}
		}
	case json.Number:
		i.check(isInteger(v.String()), at, "an integer is written with its digits alone", v)
		i.identity(at, name, v.String())
	case string:
		i.identity(at, name, v)
	}
}

// decodeExact decodes one JSON value, keeps the digits of its numbers and
// refuses names that stand twice.
func decodeExact(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err == nil {
		return nil, fmt.Errorf("something stands behind the value")
	} else if err != io.EOF {
		return nil, err
	}
	return v, namesOnce(json.NewDecoder(bytes.NewReader(data)))
}

// namesOnce refuses objects with a name that stands twice.
func namesOnce(decoder *json.Decoder) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		seen := make(map[json.Token]bool)
		for decoder.More() {
			name, err := decoder.Token()
			if err != nil {
				return err
			}
			if seen[name] {
				return fmt.Errorf("the name %v stands twice", name)
			}
			seen[name] = true
			if err := namesOnce(decoder); err != nil {
				return err
			}
		}
	case json.Delim('['):
		for decoder.More() {
			if err := namesOnce(decoder); err != nil {
				return err
			}
		}
	default:
		return nil
	}
	_, err = decoder.Token() // the end of the object or array
	return err
}
