package signature_test

import (
	"errors"
	"fmt"
	"iter"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/lts/signature"
)

const secret = "SECRETKEY"

// signedAt is the date of the request that the tests below break.
var signedAt = mustDate("20240305T000000Z")

// request returns a request that has something in every part.
func request() signature.Request {
	return signature.Request{
		Method:   "POST",
		Path:     "/v2/p/groups/%E4%B8%80",
		RawQuery: "limit=1&filter=a%3Bb+c",
		Header: map[string][]string{
			"Host":         {"lts.example.com"},
			"Content-Type": {"application/json"},
			"X-Sdk-Date":   {"20240305T000000Z"},
			"User-Agent":   {"test"},
		},
		Body: []byte(`{"log_group_name":"a"}` + "\n"),
	}
}

// sign signs host and date with secret.
func sign(t testing.TB, req signature.Request) string {
	t.Helper()
	authorization, err := signature.Sign(req, "AK", secret, []string{"host"}, signedAt)
	if err != nil {
		t.Fatalf("Sign: %v", err)
	}
	return authorization
}

// forge signs req by the published formula, for requests that Sign refuses.
func forge(req signature.Request, signed ...string) string {
	a := signature.Authorization{Access: "AK", SignedHeaders: signed}
	a.Signature = mac(secret, "20240305T000000Z", signature.CanonicalRequest(req, signed))
	return a.String()
}

func TestVerifyTakesWhatMeansTheSame(t *testing.T) {
	req := request()
	tests := []struct {
		name string
		req  signature.Request
	}{
		{"as signed", req},
		{"a slash at the end of the path", target(req, req.Path+"/", req.RawQuery)},
		{"other spellings in the path", target(req, "/%762/p/groups/%e4%b8%80", req.RawQuery)},
		{"query parameters in another order", target(req, req.Path, "filter=a%3Bb+c&limit=1")},
		{"other spellings in the query", target(req, req.Path, "&limit=%31&filter=a%3bb%20c&")},
		{"another value of a header that is not signed", with(req, "User-Agent", "proxy")},
		{"one more header", with(req, "Via", "proxy")},
		{"header names in lower case", with(without(req, "Host"), "host", "lts.example.com")},
		{"white space around a signed value", with(req, "Host", " lts.example.com\t")},
	}
	authorization := sign(t, req)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := signature.Verify(tt.req, authorization, secret, signedAt); err != nil {
				t.Errorf("Verify: %v", err)
			}
		})
	}
}

func TestVerifyRefusesWhatMeansSomethingElse(t *testing.T) {
	req := request()
	tests := []struct {
		name string
		req  signature.Request
	}{
		{"another method", method(req, "PUT")},
		{"the method in lower case", method(req, "post")},
		{"another path", target(req, "/v2/q/groups/%E4%B8%80", req.RawQuery)},
		{"a path in upper case", target(req, "/V2/p/groups/%E4%B8%80", req.RawQuery)},
		{"a separator that is encoded", target(req, "/v2/p%2Fgroups/%E4%B8%80", req.RawQuery)},
		{"an empty segment more", target(req, "/v2//p/groups/%E4%B8%80", req.RawQuery)},
		{"another value in the query", target(req, req.Path, "limit=2&filter=a%3Bb+c")},
		{"a parameter more", target(req, req.Path, req.RawQuery+"&offset=1")},
		{"a parameter twice", target(req, req.Path, req.RawQuery+"&limit=1")},
		{"a parameter less", target(req, req.Path, "limit=1")},
		{"a plus instead of a space", target(req, req.Path, "limit=1&filter=a%3Bb%2Bc")},
		{"a parameter moved to the path", target(req, req.Path+"%3Flimit=1", "filter=a%3Bb+c")},
		{"another value of a signed header", with(req, "Host", "lts.example.org")},
		{"a second value of a signed header", with(req, "Host", "lts.example.com", "lts.example.com")},
		{"a second value under another case of the name", with(req, "host", "lts.example.com")},
		{"another date", with(req, "X-Sdk-Date", "20240305T000001Z")},
		{"another body", body(req, []byte(`{"log_group_name":"b"}`+"\n"))},
		{"the body without its newline", body(req, []byte(`{"log_group_name":"a"}`))},
		{"no body", body(req, nil)},
		{"the body declared as unsigned afterwards", with(req, "X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD")},
	}
	authorization := sign(t, req)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := signature.Verify(tt.req, authorization, secret, signedAt); !errors.Is(err, signature.ErrMismatch) {
				t.Errorf("Verify error is %v, want %v", err, signature.ErrMismatch)
			}
		})
	}
}

func TestVerifyRefusesAnotherSignature(t *testing.T) {
	req := request()
	authorization := sign(t, req)
	a, err := signature.Parse(authorization)
	if err != nil {
		t.Fatal(err)
	}
	fewer := a
	fewer.SignedHeaders = []string{"x-sdk-date"}
	more := a
	more.SignedHeaders = []string{"content-type", "host", "x-sdk-date"}
	zero := a
	zero.Signature = strings.Repeat("0", 64)
	tests := []struct {
		name          string
		authorization string
		secret        string
		want          error
	}{
		{"none", "", secret, signature.ErrMalformed},
		{"of another secret key", authorization, "SECRETKEZ", signature.ErrMismatch},
		{"with an empty secret key", authorization, "", signature.ErrNoSecret},
		{"of nothing but zeros", zero.String(), secret, signature.ErrMismatch},
		{"with fewer headers than were signed", fewer.String(), secret, signature.ErrMismatch},
		{"with more headers than were signed", more.String(), secret, signature.ErrMismatch},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := signature.Verify(req, tt.authorization, tt.secret, signedAt); !errors.Is(err, tt.want) {
				t.Errorf("Verify of %q error is %v, want %v", tt.authorization, err, tt.want)
			}
			malformed := errors.Is(tt.want, signature.ErrMalformed)
			if err := signature.VerifyHead(req, tt.authorization, signedAt); errors.Is(err, signature.ErrMalformed) != malformed {
				t.Errorf("VerifyHead of %q error is %v, want a malformed one: %t", tt.authorization, err, malformed)
			}
		})
	}
	t.Run("but another access key is the caller's to look up", func(t *testing.T) {
		other := strings.Replace(authorization, "Access=AK", "Access=KA", 1)
		if err := signature.Verify(req, other, secret, signedAt); err != nil {
			t.Errorf("Verify: %v", err)
		}
	})
}

// Each of these carries a signature that is right by the formula.
func TestVerifyRefusesRightSignaturesOf(t *testing.T) {
	req := request()
	tests := []struct {
		name   string
		req    signature.Request
		signed []string
		want   error
	}{
		{"a request without date", without(req, "X-Sdk-Date"), []string{"host", "x-sdk-date"}, signature.ErrDateMissing},
		{"a request without date that signs none", without(req, "X-Sdk-Date"), []string{"host"}, signature.ErrDateMissing},
		{"a date that is not signed", req, []string{"host"}, signature.ErrDateNotSigned},
		{"an empty date", with(req, "X-Sdk-Date", ""), []string{"x-sdk-date"}, signature.ErrDateInvalid},
		{"a date of another form", with(req, "X-Sdk-Date", "2024-03-05T00:00:00Z"), []string{"x-sdk-date"}, signature.ErrDateInvalid},
		{"a date with a fraction", with(req, "X-Sdk-Date", "20240305T000000.5Z"), []string{"x-sdk-date"}, signature.ErrDateInvalid},
		{"a date without zone", with(req, "X-Sdk-Date", "20240305T000000"), []string{"x-sdk-date"}, signature.ErrDateInvalid},
		{"a day that does not exist", with(req, "X-Sdk-Date", "20240230T000000Z"), []string{"x-sdk-date"}, signature.ErrDateInvalid},
		{"two dates", with(req, "X-Sdk-Date", "20240305T000000Z", "20240305T000000Z"), []string{"x-sdk-date"}, signature.ErrDateInvalid},
		{"a header that is missing", without(req, "Host"), []string{"host", "x-sdk-date"}, signature.ErrHeaderMissing},
		{"a header without values", with(req, "Host"), []string{"host", "x-sdk-date"}, signature.ErrHeaderMissing},
		{"a header with a newline", with(req, "Host", "a\nhost:b"), []string{"host", "x-sdk-date"}, signature.ErrMalformed},
		{"a header with a NUL", with(req, "Host", "a\x00b"), []string{"host", "x-sdk-date"}, signature.ErrMalformed},
		{"a header with a DEL", with(req, "Host", "a\x7fb"), []string{"host", "x-sdk-date"}, signature.ErrMalformed},
		{"no method", method(req, ""), []string{"x-sdk-date"}, signature.ErrMalformed},
		{"a method with a newline", method(req, "GET\n/"), []string{"x-sdk-date"}, signature.ErrMalformed},
		{"a path that does not decode", target(req, "/%zz", ""), []string{"x-sdk-date"}, signature.ErrMalformed},
		{"a query that does not decode", target(req, "/", "a=%4"), []string{"x-sdk-date"}, signature.ErrMalformed},
		{"a query with a semicolon", target(req, "/", "a=1;b=2"), []string{"x-sdk-date"}, signature.ErrMalformed},
		{"a body of a byte too many", body(req, make([]byte, 12<<20+1)), []string{"x-sdk-date"}, signature.ErrBodyTooLarge},
		{"a declared hash of another body", with(req, "X-Sdk-Content-Sha256", hexSHA256("")), []string{"x-sdk-date"}, signature.ErrBodyMismatch},
		{"an empty declared hash", with(req, "X-Sdk-Content-Sha256", ""), []string{"x-sdk-date"}, signature.ErrBodyMismatch},
		{"two declared hashes", with(req, "X-Sdk-Content-Sha256", hexSHA256(string(req.Body)), "UNSIGNED-PAYLOAD"), []string{"x-sdk-date"}, signature.ErrBodyMismatch},
		{"an unsigned payload in lower case", with(req, "X-Sdk-Content-Sha256", "unsigned-payload"), []string{"x-sdk-date"}, signature.ErrBodyMismatch},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := signature.Verify(tt.req, forge(tt.req, tt.signed...), secret, signedAt)
			if !errors.Is(err, tt.want) {
				t.Errorf("Verify error is %v, want %v", err, tt.want)
			}
			want := tt.want
			if errors.Is(want, signature.ErrBodyTooLarge) || errors.Is(want, signature.ErrBodyMismatch) {
				want = nil // which only the body tells
			}
			err = signature.VerifyHead(body(tt.req, nil), forge(tt.req, tt.signed...), signedAt)
			if !errors.Is(err, want) {
				t.Errorf("VerifyHead error is %v, want %v", err, want)
			}
		})
	}
}

// The same, on the side of what is allowed: were forge wrong, these would fail.
func TestVerifyTakesRightSignaturesOf(t *testing.T) {
	req := request()
	tests := []struct {
		name   string
		req    signature.Request
		signed []string
	}{
		{"the date alone", req, []string{"x-sdk-date"}},
		{"what the vendor's SDK signs", with(req, "X-Project-Id", "p"), []string{"user-agent", "x-project-id", "x-sdk-date"}},
		{"an empty header", with(req, "X-Empty", ""), []string{"x-empty", "x-sdk-date"}},
		{"a header with a tab inside", with(req, "X-Tab", "a\tb"), []string{"x-sdk-date", "x-tab"}},
		{"a body of the largest size", body(req, make([]byte, 12<<20)), []string{"x-sdk-date"}},
		{"the declared hash of the body", with(req, "X-Sdk-Content-Sha256", hexSHA256(string(req.Body))), []string{"x-sdk-date"}},
		{"the declared hash in upper case", with(req, "X-Sdk-Content-Sha256", strings.ToUpper(hexSHA256(string(req.Body)))), []string{"x-sdk-date"}},
		{"a declared hash that is signed too", with(req, "X-Sdk-Content-Sha256", hexSHA256(string(req.Body))), []string{"x-sdk-content-sha256", "x-sdk-date"}},
		{"an unsigned payload", with(req, "X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD"), []string{"x-sdk-date"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := signature.Verify(tt.req, forge(tt.req, tt.signed...), secret, signedAt); err != nil {
				t.Errorf("Verify: %v", err)
			}
		})
	}
}

func TestVerifyHoldsFifteenMinutes(t *testing.T) {
	const limit = 15 * time.Minute
	tests := []struct {
		name string
		now  time.Time
		want error
	}{
		{"just in time", signedAt.Add(limit), nil},
		{"just too late", signedAt.Add(limit + 1), signature.ErrExpired},
		{"just late enough", signedAt.Add(-limit), nil},
		{"just too early", signedAt.Add(-limit - 1), signature.ErrExpired},
		{"in another zone", signedAt.In(time.FixedZone("", 8*60*60)), nil},
		{"at the same wall clock of another zone", signedAt.Add(-8 * time.Hour), signature.ErrExpired},
		{"further away than a duration reaches", signedAt.AddDate(5000, 0, 0), signature.ErrExpired},
	}
	req := request()
	authorization := sign(t, req)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := signature.Verify(req, authorization, secret, tt.now); !errors.Is(err, tt.want) {
				t.Errorf("Verify at %s of a request signed at %s: error is %v, want %v", tt.now, signedAt, err, tt.want)
			}
		})
	}
}

func TestVerifyIsNotFooledByADeclaredHash(t *testing.T) {
	req := request()
	authorization := sign(t, req)
	attack := with(req, "X-Sdk-Content-Sha256", hexSHA256(string(req.Body)))
	if err := signature.Verify(attack, authorization, secret, signedAt); err != nil {
		t.Fatalf("Verify with the hash of the signed body declared afterwards: %v", err)
	}
	attack = body(attack, []byte(`{"log_group_name":"evil"}`))
	if err := signature.Verify(attack, authorization, secret, signedAt); !errors.Is(err, signature.ErrBodyMismatch) {
		t.Errorf("Verify with another body behind that hash: error is %v, want %v", err, signature.ErrBodyMismatch)
	}
}

func TestVerifyLetsOnlyTheSignerLeaveTheBodyUnsigned(t *testing.T) {
	unsigned := with(request(), "X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD")
	authorization := sign(t, unsigned)
	if err := signature.Verify(body(unsigned, []byte("other")), authorization, secret, signedAt); err != nil {
		t.Errorf("Verify of another body under UNSIGNED-PAYLOAD: %v", err)
	}
	if err := signature.Verify(without(unsigned, "X-Sdk-Content-Sha256"), authorization, secret, signedAt); !errors.Is(err, signature.ErrMismatch) {
		t.Errorf("Verify without the header: error is %v, want %v", err, signature.ErrMismatch)
	}
}

func TestVerifyLeavesTheRequestAlone(t *testing.T) {
	req := with(request(), "X-Auth-Token", " b", "a")
	authorization, err := signature.Sign(req, "AK", secret, []string{"X-Auth-Token"}, signedAt)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{secret, "another"} {
		_ = signature.Verify(req, authorization, key, signedAt)
		if want := with(request(), "X-Auth-Token", " b", "a"); !reflect.DeepEqual(req, want) {
			t.Errorf("Verify with %q made the request\n%v, want\n%v", key, req, want)
		}
	}
}

func TestMismatchErrorShowsTheCanonicalRequest(t *testing.T) {
	credentials := []string{
		"Authorization", "Cookie", "Proxy-Authorization", "X-Auth-Token", "X-Security-Token", "X-Subject-Token",
	}
	req := request()
	for _, name := range credentials {
		req = with(req, name, "hidden")
	}
	authorization, err := signature.Sign(req, "AK", secret, slices.Concat(credentials, []string{"Host"}), signedAt)
	if err != nil {
		t.Fatal(err)
	}
	req.Method = "PUT"
	err = signature.Verify(req, authorization, secret, signedAt)

	mismatch, ok := errors.AsType[*signature.MismatchError](err)
	if !ok {
		t.Fatalf("Verify error is %v, want a *MismatchError", err)
	}
	want := "PUT|/v2/p/groups/%E4%B8%80/|filter=a%3Bb%20c&limit=1" +
		"|authorization:***|cookie:***|host:lts.example.com|proxy-authorization:***|x-auth-token:***|x-sdk-date:20240305T000000Z" +
		"|x-security-token:***|x-subject-token:***|" +
		"|authorization;cookie;host;proxy-authorization;x-auth-token;x-sdk-date;x-security-token;x-subject-token" +
		"|" + hexSHA256(string(req.Body))
	if mismatch.CanonicalRequest != want {
		t.Errorf("canonical request is\n%s, want\n%s", mismatch.CanonicalRequest, want)
	}
	if got := err.Error(); got != "the signature does not match the request" {
		t.Errorf("the error's text is %q; only its field should show the request", got)
	}
}

// FuzzVerify signs a request made of the fuzzed parts and holds:
//
//   - Verify takes what Sign gives;
//   - with any byte of any signed part changed, Verify takes the request if
//     and only if it still means the same: net/url reads the same path
//     segments (up to a slash at the end) and the same query. For everything
//     else that is signed (method, header values, date, body, the list of
//     signed headers, signature, secret key) it never does;
//   - a declared hash of the body changes none of this.
func FuzzVerify(f *testing.F) {
	f.Add("GET", "groups", "limit", "1", "value", []byte(nil), "SECRETKEY", byte(1), false)
	f.Add("POST", "一/%", "a b+c", ";&=", "a\tb", []byte("{}\n"), "k", byte(0x20), true)
	f.Add("DELETE", "..", "", "", "", []byte{0, 255}, "\x00", byte(0x80), true)
	f.Fuzz(func(t *testing.T, method, segment, key, value, header string, body []byte, secret string, flip byte, declared bool) {
		header = strings.TrimSpace(header)
		size := len(method) + len(segment) + len(key) + len(value) + len(header) + len(body) + len(secret)
		if !letters.MatchString(method) || controls.MatchString(header) || secret == "" || flip == 0 || size > 256 {
			return
		}
		req := signature.Request{
			Method:   method,
			Path:     "/v2/" + url.PathEscape(segment),
			RawQuery: url.QueryEscape(key) + "=" + url.QueryEscape(value) + "&z=1",
			Header:   map[string][]string{"X-Sdk-Date": {"20240305T000000Z"}, "X-Header": {header}},
			Body:     body,
		}
		if declared {
			req = with(req, "X-Sdk-Content-Sha256", hexSHA256(string(body)))
		}
		authorization, err := signature.Sign(req, "AK", secret, []string{"X-Header"}, signedAt)
		if err != nil {
			t.Fatalf("Sign of %+v: %v", req, err)
		}
		original := signed{req, authorization, secret}
		if err := original.verify(); err != nil {
			t.Fatalf("Verify of %+v: %v", original, err)
		}
		for part, changed := range original.changes(flip) {
			err := changed.verify()
			if want := original.meansTheSameAs(changed); (err == nil) != want {
				t.Errorf("%+v\nwith another %s\n%+v\ngives %v, want it taken: %t", original, part, changed, err, want)
			}
		}
	})
}

var (
	letters  = regexp.MustCompile("^[A-Za-z]+$")
	controls = regexp.MustCompile("[\x00-\x08\x0a-\x1f\x7f]")
)

// signed is what a signature depends on.
type signed struct {
	req           signature.Request
	authorization string
	secret        string
}

func (s signed) verify() error {
	return signature.Verify(s.req, s.authorization, s.secret, signedAt)
}

// changes gives s with one byte of one part changed, for every byte of every
// part, under the name of the part.
func (s signed) changes(flip byte) iter.Seq2[string, signed] {
	return func(yield func(string, signed) bool) {
		for _, part := range s.parts() {
			for i := range len(part.value) {
				value := []byte(part.value)
				value[i] ^= flip
				if !yield(part.name, part.set(s, string(value))) {
					return
				}
			}
		}
	}
}

// A part is a string in a signed request, and how to put another in its place.
type part struct {
	name  string
	value string
	set   func(s signed, value string) signed
}

func (s signed) parts() []part {
	parts := []part{
		{"method", s.req.Method, func(s signed, v string) signed { s.req.Method = v; return s }},
		{"path", s.req.Path, func(s signed, v string) signed { s.req.Path = v; return s }},
		{"query", s.req.RawQuery, func(s signed, v string) signed { s.req.RawQuery = v; return s }},
		{"body", string(s.req.Body), func(s signed, v string) signed { s.req.Body = []byte(v); return s }},
		{"secret key", s.secret, func(s signed, v string) signed { s.secret = v; return s }},
	}
	for name, values := range s.req.Header {
		parts = append(parts, part{name, values[0], func(s signed, v string) signed {
			s.req = with(s.req, name, v)
			return s
		}})
	}
	_, tail, _ := strings.Cut(s.authorization, "SignedHeaders=")
	names, digits, _ := strings.Cut(tail, ", Signature=")
	for _, value := range []string{names, digits} {
		parts = append(parts, part{"Authorization", value, func(s signed, v string) signed {
			s.authorization = strings.Replace(s.authorization, value, v, 1)
			return s
		}})
	}
	return parts
}

// meansTheSameAs asks net/url where the spelling is free, and demands the same
// bytes everywhere else.
func (s signed) meansTheSameAs(other signed) bool {
	path, pathErr := segments(other.req.Path)
	query, queryErr := parameters(other.req.RawQuery)
	if pathErr != nil || queryErr != nil {
		return false
	}
	wantPath, _ := segments(s.req.Path)
	wantQuery, _ := parameters(s.req.RawQuery)
	other.req.Path, other.req.RawQuery = s.req.Path, s.req.RawQuery
	return slices.Equal(path, wantPath) && reflect.DeepEqual(query, wantQuery) && reflect.DeepEqual(s, other)
}

func segments(path string) ([]string, error) {
	decoded := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i, segment := range decoded {
		var err error
		if decoded[i], err = url.PathUnescape(segment); err != nil {
			return nil, err
		}
	}
	return decoded, nil
}

func parameters(query string) (url.Values, error) {
	values, err := url.ParseQuery(query)
	for _, v := range values {
		slices.Sort(v)
	}
	return values, err
}

func BenchmarkVerify(b *testing.B) {
	for _, size := range []int{1 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("a body of %d KiB", size>>10), func(b *testing.B) {
			req := body(request(), make([]byte, size))
			authorization := sign(b, req)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if err := signature.Verify(req, authorization, secret, signedAt); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
