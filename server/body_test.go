package server_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

const (
	notJSON     = "The request body format must be json"
	invalidBody = "Failed to validate the request body"
)

func TestBodyMustBeOneJSONValue(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	tests := map[string]struct {
		body string
		rule string // the detail
	}{
		"white space":                 {" \r\n\t", "the body ends before its value does, at byte 4"},
		"text":                        {"hello", "invalid character 'h' looking for beginning of value, at byte 0"},
		"form":                        {"log_group_name=a&ttl_in_days=7", "invalid character 'l' looking for beginning of value, at byte 0"},
		"object cut off":              {`{"log_group_name":"a"`, "the body ends before its value does, at byte 21"},
		"string cut off":              {`{"log_group_name":"a`, "the body ends before its value does, at byte 20"},
		"name cut off":                {`{"log_group_name`, "the body ends before its value does, at byte 16"},
		"array cut off":               {`[1,`, "the body ends before its value does, at byte 3"},
		"literal cut off":             {`tru`, "the body ends before its value does, at byte 3"},
		"second value":                {`{"log_group_name":"a","ttl_in_days":7} {}`, "there is more behind the value, at byte 39"},
		"text behind the value":       {`{"log_group_name":"a","ttl_in_days":7}x`, "there is more behind the value, at byte 38"},
		"bracket behind the value":    {`{"log_group_name":"a","ttl_in_days":7}]`, "there is more behind the value, at byte 38"},
		"zero byte behind the value":  {"{\"log_group_name\":\"a\",\"ttl_in_days\":7}\x00", "there is more behind the value, at byte 38"},
		"name twice":                  {`{"log_group_name":"a","ttl_in_days":7,"log_group_name":"b"}`, `the name "log_group_name" stands twice in an object, at byte 38`},
		"name twice, once escaped":    {`{"log_group_name":"a","ttl_in_days":7,"log\u005fgroup_name":"b"}`, `the name "log_group_name" stands twice in an object, at byte 38`},
		"name twice in an element":    {`{"log_group_name":"a","ttl_in_days":7,"tags":[{"key":"a","key":"b"}]}`, `the name "key" stands twice in an object, at byte 57`},
		"name twice where unknown":    {`{"log_group_name":"a","ttl_in_days":7,"x":{"y":1,"y":1}}`, `the name "y" stands twice in an object, at byte 49`},
		"byte that is not UTF-8":      {"{\"log_group_name\":\"a\",\"ttl_in_days\":7,\"log_group_name_alias\":\"\xff\"}", "the body is not UTF-8, at byte 62"},
		"surrogate in UTF-8":          {"{\"log_group_name\":\"\xed\xa0\x80\",\"ttl_in_days\":7}", "the body is not UTF-8, at byte 19"},
		"overlong encoding":           {"{\"log_group_name\":\"\xc0\xaf\",\"ttl_in_days\":7}", "the body is not UTF-8, at byte 19"},
		"UTF-16":                      {"{\x00}\x00", `invalid character '\x00' looking for beginning of object key string, at byte 1`},
		"byte order mark":             {"\ufeff{\"log_group_name\":\"a\",\"ttl_in_days\":7}", "invalid character 'ï' looking for beginning of value, at byte 0"},
		"comma behind the last":       {`{"log_group_name":"a","ttl_in_days":7,}`, "invalid character '}' looking for beginning of object key string, at byte 38"},
		"comment":                     {`{"log_group_name":"a", /* days */ "ttl_in_days":7}`, "invalid character '/' looking for beginning of object key string, at byte 23"},
		"single quotes":               {`{'log_group_name':'a','ttl_in_days':7}`, `invalid character '\'' looking for beginning of object key string, at byte 1`},
		"name without quotes":         {`{log_group_name:"a",ttl_in_days:7}`, "invalid character 'l' looking for beginning of object key string, at byte 1"},
		"missing colon":               {`{"log_group_name" "a"}`, `invalid character '"' after object key, at byte 18`},
		"missing comma":               {`{"log_group_name":"a" "ttl_in_days":7}`, `invalid character '"' after object key:value pair, at byte 22`},
		"wrong bracket":               {`{"log_group_name":"a","ttl_in_days":7]`, "invalid character ']' after object key:value pair, at byte 37"},
		"control character in string": {"{\"log_group_name\":\"a\nb\",\"ttl_in_days\":7}", `invalid character '\n' in string literal, at byte 20`},
		"unknown escape":              {`{"log_group_name":"\a","ttl_in_days":7}`, "invalid character 'a' in string escape code, at byte 20"},
		"infinity":                    {`{"log_group_name":"a","ttl_in_days":Infinity}`, "invalid character 'I' looking for beginning of value, at byte 36"},
		"leading zero":                {`{"log_group_name":"a","ttl_in_days":07}`, "invalid character '7' after object key:value pair, at byte 37"},
		"plus sign":                   {`{"log_group_name":"a","ttl_in_days":+7}`, "invalid character '+' looking for beginning of value, at byte 36"},
		"hexadecimal number":          {`{"log_group_name":"a","ttl_in_days":0x7}`, "invalid character 'x' after object key:value pair, at byte 37"},
		"number without a fraction":   {`{"log_group_name":"a","ttl_in_days":7.}`, "invalid character '}' after decimal point in numeric literal, at byte 38"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := s.do(t, request{op: "CreateLogGroup", body: tt.body}).wantError(t, 400, "LTS.0007", notJSON)
			if len(e.Details) != 1 || e.Details[0].Field != "" || e.Details[0].Rule != tt.rule {
				t.Errorf("body %q: details %q, want one about the whole body: %q", tt.body, e.Details, tt.rule)
			}
		})
	}
	if names := s.groupNames(t, devProject); len(names) != 0 {
		t.Errorf("groups after bodies that are not JSON: %q, want none", names)
	}
}

func TestBodyMustBeAnObject(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	for _, body := range []string{"null", "true", "7", `"a"`, "[]", `[{"log_group_name":"a","ttl_in_days":7}]`} {
		t.Run(body, func(t *testing.T) {
			s.do(t, request{op: "CreateLogGroup", body: body}).wantError(t, 400, "LTS.0009", invalidBody)
		})
	}
}

func TestEmptyBody(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	t.Run("of a media type", func(t *testing.T) {
		s.do(t, request{op: "CreateLogGroup"}).wantError(t, 400, "LTS.0007", notJSON)
	})
	t.Run("of none", func(t *testing.T) {
		s.do(t, request{op: "CreateLogGroup", header: map[string]string{"Content-Type": ""}}).wantError(t, 415, "LTS.0007", notJSON)
	})
}

func TestNamesOfMembersAreCaseSensitive(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	t.Run("another case is another member", func(t *testing.T) {
		e := s.do(t, request{op: "CreateLogGroup", body: `{"Log_Group_Name":"a","ttl_in_days":7}`}).wantError(t, 400, "LTS.0009", invalidBody)
		if want := []detail{{"/log_group_name", "is required"}}; !slices.Equal(e.Details, want) {
			t.Errorf("details %q, want %q", e.Details, want)
		}
	})
	t.Run("another case does not replace the right one", func(t *testing.T) {
		s.do(t, request{op: "CreateLogGroup", body: `{"log_group_name":"right","LOG_GROUP_NAME":"_wrong","ttl_in_days":7,"Ttl_In_Days":9}`}).want(t, http.StatusCreated)
		s.do(t, request{op: "CreateLogGroup", body: `{"LOG_GROUP_NAME":"_wrong","log_group_name":"too","Ttl_In_Days":9,"ttl_in_days":7.0}`}).want(t, http.StatusCreated)
		for _, group := range s.groups(t, devProject) {
			if group.Name != "right" && group.Name != "too" || group.TTL != 7 {
				t.Errorf("group %+v, want the name right or too and 7 days", group)
			}
		}
	})
}

func TestUnknownMembersAreOverlooked(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	nested := strings.Repeat(`{"a":[`, 400) + strings.Repeat(`]}`, 400)
	for name, member := range map[string]string{
		"null": `null`, "deep": nested, "huge number": `1e999999999`, "long number": strings.Repeat("9", 100000), "number with many digits": "0." + strings.Repeat("9", 100000),
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"log_group_name":` + quote(strings.ReplaceAll(name, " ", "-")) + `,"ttl_in_days":7,"unknown":` + member + `}`
			s.do(t, request{op: "CreateLogGroup", body: body}).want(t, http.StatusCreated)
		})
	}
}

// What nests as deep as this is an attack: decoding takes stack for each level,
// and a process does not survive the end of its stack.
func TestDeepBody(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	tests := map[string]string{
		"10,000 arrays":             strings.Repeat("[", 10000) + strings.Repeat("]", 10000),
		"10,000 objects":            strings.Repeat(`{"a":`, 10000) + "1" + strings.Repeat("}", 10000),
		"10,000 levels in a member": `{"log_group_name":"a","ttl_in_days":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`,
		"12 million open arrays":    strings.Repeat("[", 12<<20),
		"2 million open objects":    strings.Repeat(`{"a":`, 2<<20),
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			e := s.do(t, request{op: "CreateLogGroup", body: body}).wantError(t, 400, "LTS.0009", invalidBody)
			if want := []detail{{"", "the body must nest at most 1000 levels deep"}}; !slices.Equal(e.Details, want) {
				t.Errorf("details %q, want %q", e.Details, want)
			}
		})
	}
	t.Run("from somebody without a token", func(t *testing.T) {
		s.do(t, request{op: "CreateToken", body: strings.Repeat("[", 64<<10)}).wantIdentityError(t, http.StatusBadRequest)
	})
	t.Run("the server goes on", func(t *testing.T) {
		s.createGroup(t, devProject, "after")
	})
}

func TestNumbersThatNoFieldTakes(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	numbers := []string{
		"1e400", "-1e400", "1e-400", "1e999999999", "-0", "-0.0", "9223372036854775807", "9223372036854775808", "18446744073709551616",
		"7.00000000000000000001", "6.99999999999999999999", strings.Repeat("7", 5000), "7." + strings.Repeat("0", 5000), "7e" + strings.Repeat("0", 5000),
	}
	for _, number := range numbers {
		t.Run(number[:min(len(number), 30)], func(t *testing.T) {
			for _, call := range []request{
				{op: "CreateLogGroup", body: `{"log_group_name":"a","ttl_in_days":` + number + `}`},
				{op: "CreateLogtank", body: `{"logtank":{"resource_id":` + number + `}}`},
				{op: "CreateOBSTransfer", body: `{"period":` + number + `}`},
				{op: "CountKeyword", body: `{"step_interval":` + number + `}`},
			} {
				s.do(t, call).want(t, http.StatusBadRequest) // its body and code are held against the document
			}
		})
	}
}

func TestMediaTypeOfBody(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	s.createGroup(t, devProject, "taken")
	for _, mediaType := range []string{
		"application/json", "Application/JSON", "application/json;charset=utf8", "application/json; charset=UTF-8",
		"application/json ;charset=UTF-8;version=1", "application/json;", "application/vnd.api+json", "application/problem+json;charset=utf-8",
	} {
		t.Run("accepted "+mediaType, func(t *testing.T) {
			s.do(t, request{op: "CreateLogGroup", header: map[string]string{"Content-Type": mediaType}, body: `{"log_group_name":"taken","ttl_in_days":7}`}).
				wantError(t, 400, "LTS.0101", "Failed to create log group, the group name has been existed")
		})
	}
	for _, mediaType := range []string{
		"", " ", "json", "text/plain", "text/json", "text/html; application/json", "application/xml", "application/jsonx", "application/json+xml",
		"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/", "*/*", "text/plain;application/json",
	} {
		for op, body := range map[string]string{
			"CreateLogGroup": `{"log_group_name":"new","ttl_in_days":7}`,
			"CreateToken":    loginBody(embedded.DevPassword, `{"project":{"name":"dev"}}`),
		} {
			t.Run(op+" refused "+quote(mediaType), func(t *testing.T) {
				s.do(t, request{op: op, header: map[string]string{"Content-Type": mediaType}, body: body}).wantError(t, 415, "LTS.0007", notJSON)
			})
		}
	}
	t.Run("it is looked at before the body", func(t *testing.T) {
		s.do(t, request{op: "CreateLogGroup", header: map[string]string{"Content-Type": "text/plain"}, body: "}"}).wantError(t, 415, "LTS.0007", notJSON)
	})
	t.Run("operations without a body need none", func(t *testing.T) {
		s.do(t, request{op: "ListLogGroups", header: map[string]string{"Content-Type": ""}}).want(t, http.StatusOK)
		s.do(t, request{op: "ListLogGroups", header: map[string]string{"Content-Type": "text/plain"}, body: "hello"}).want(t, http.StatusOK)
	})
}

func TestLengthOfBody(t *testing.T) {
	t.Parallel()
	const limit = 1000
	s := start(t, config{options: server.Options{MaxBody: limit}})
	body := func(length int) string {
		const group = `{"log_group_name":"a","ttl_in_days":7,"x":""}`
		return strings.Replace(group, `""`, `"`+strings.Repeat("x", length-len(group))+`"`, 1)
	}
	t.Run("at the limit", func(t *testing.T) {
		s.do(t, request{op: "CreateLogGroup", body: body(limit)}).want(t, http.StatusCreated)
	})
	for name, length := range map[string]int{"one byte over it": limit + 1, "far over it": 1 << 20} {
		t.Run(name, func(t *testing.T) {
			e := s.do(t, request{op: "CreateLogGroup", body: body(length)}).wantError(t, 400, "LTS.0009", invalidBody)
			if want := []detail{{"", "the body must have at most 1000 bytes"}}; !slices.Equal(e.Details, want) {
				t.Errorf("%d bytes: details %q, want %q", length, e.Details, want)
			}
		})
	}
	t.Run("over it for IAM", func(t *testing.T) {
		a := s.do(t, request{op: "CreateToken", body: body(limit + 1)})
		if want, got := invalidBody+"; the body must have at most 1000 bytes", a.wantIdentityError(t, http.StatusBadRequest); got != want {
			t.Errorf("%s: message %q, want %q", a.what, got, want)
		}
	})
}

// Somebody who has not said who it is cannot make the server decode much.
func TestLengthOfBodyWithoutAuthentication(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	login := func(length int) request {
		body := loginBody(embedded.DevPassword, "")
		return request{op: "CreateToken", body: body + strings.Repeat(" ", length-len(body))}
	}
	s.do(t, login(64<<10)).want(t, http.StatusCreated)
	for _, length := range []int{64<<10 + 1, 1 << 20} {
		a := s.do(t, login(length))
		if want, got := invalidBody+"; the body must have at most 65536 bytes", a.wantIdentityError(t, http.StatusBadRequest); got != want {
			t.Errorf("%d bytes: message %q, want %q", length, got, want)
		}
	}
}

// What is accepted is JSON and means what encoding/json says. What is not is no
// JSON, or has one of the marks that are refused on purpose.
func FuzzDecodeJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,2.5,-0,1e3,"x",true,false,null,{}]}`, `{"a":1,"a":2}`, `[1 2]`, `[1,]`, `{"a" 1}`, `{"a":1}{}`, `]`, `,`, `:`, ``, "\xff", `"\ud800"`, `[[[[]]]]`, `1e999`, ` 7 `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := server.DecodeJSON(raw)
		if err != nil {
			if utf8.Valid(raw) && json.Valid(raw) && !strings.Contains(err.Error(), "twice") && !strings.Contains(err.Error(), "levels") {
				t.Errorf("DecodeJSON(%q): %v, want the value", raw, err)
			}
			return
		}
		if !json.Valid(raw) {
			t.Fatalf("DecodeJSON(%q) = %v, want an error", raw, got)
		}
		want, err := exactly(raw)
		if err != nil || !reflect.DeepEqual(comparable(got), comparable(want)) {
			t.Errorf("DecodeJSON(%q) = %v, want %v (%v)", raw, got, want, err)
		}
	})
}

// comparable writes numbers as the ones that they round to: 7.0 and 7 are one
// number in two spellings.
func comparable(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return v
		}
		return f
	case map[string]any:
		for name := range v {
			v[name] = comparable(v[name])
		}
	case []any:
		for i := range v {
			v[i] = comparable(v[i])
		}
	}
	return v
}
