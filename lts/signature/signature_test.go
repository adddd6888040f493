package signature_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts/signature"
)

// A vector is a request with the signature that others have computed for it:
// the example of the vendor's signing guide, the tests of its Go SDK, and an
// operation of this service, signed by an independent program.
type vector struct {
	name      string
	req       signature.Request
	access    string
	secret    string
	signed    []string
	date      string
	signature string
}

var vectors = []vector{
	{
		name: "the GET of the vendor's signing guide",
		req: signature.Request{
			Method:   "GET",
			Path:     "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs",
			RawQuery: "limit=2&marker=13551d6b-755d-4757-b956-536f674975c0",
			Header: map[string][]string{
				"Host":         {"service.region.example.com"},
				"Content-Type": {"application/json"},
				"X-Sdk-Date":   {"20191115T033655Z"},
			},
		},
		access:    "QTWAOYTTINDUT2QVKYUC",
		secret:    "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc",
		signed:    []string{"content-type", "host", "x-sdk-date"},
		date:      "20191115T033655Z",
		signature: "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe",
	},
	{
		name: "the GET of the vendor's SDK",
		req: signature.Request{
			Method:   "GET",
			Path:     "/path",
			RawQuery: "limit=1",
			Header:   map[string][]string{"X-Sdk-Date": {"20060102T150405Z"}},
		},
		access:    "AccessKey",
		secret:    "SecretKey",
		signed:    []string{"x-sdk-date"},
		date:      "20060102T150405Z",
		signature: "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624",
	},
	{
		name: "the POST of the vendor's SDK, whose body ends in a newline",
		req: signature.Request{
			Method:   "POST",
			Path:     "/path",
			RawQuery: "key=value",
			Header:   map[string][]string{"X-Sdk-Date": {"20060102T150405Z"}},
			Body:     []byte(`{"Name":"test","Id":1}` + "\n"),
		},
		access:    "AccessKey",
		secret:    "SecretKey",
		signed:    []string{"x-sdk-date"},
		date:      "20060102T150405Z",
		signature: "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59",
	},
	{
		name: "the creation of a log group",
		req: signature.Request{
			Method: "POST",
			Path:   "/v2/2a473356cca5487f8373be891bf00000/groups",
			Header: map[string][]string{
				"Host":         {"lts.example.com"},
				"Content-Type": {"application/json"},
				"X-Project-Id": {"2a473356cca5487f8373be891bf00000"},
				"X-Sdk-Date":   {"20240305T000000Z"},
			},
			Body: []byte(`{"log_group_name":"lts-group-01nh","ttl_in_days":7}`),
		},
		access:    "AnyAccessKey",
		secret:    "SECRETKEY",
		signed:    []string{"content-type", "host", "x-project-id", "x-sdk-date"},
		date:      "20240305T000000Z",
		signature: "20750eace7a4e819e802effd667b9ee96f34c181da21073dc7ea7cb74b372498",
	},
}

func TestSignGivesThePublishedSignatures(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			want := fmt.Sprintf("SDK-HMAC-SHA256 Access=%s, SignedHeaders=%s, Signature=%s",
				v.access, strings.Join(v.signed, ";"), v.signature)
			got, err := signature.Sign(v.req, v.access, v.secret, v.signed, mustDate(v.date))
			if err != nil || got != want {
				t.Errorf("Sign = %q, %v\nwant   %q", got, err, want)
			}
			if err := signature.Verify(v.req, want, v.secret, mustDate(v.date)); err != nil {
				t.Errorf("Verify of the published signature: %v", err)
			}
		})
	}
}

func TestCanonicalRequestHasThePublishedHash(t *testing.T) {
	const want = "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a"
	got := signature.CanonicalRequest(vectors[0].req, vectors[0].signed)
	if hexSHA256(got) != want {
		t.Errorf("SHA-256 of the canonical request is %s, want %s; the request:\n%s", hexSHA256(got), want, got)
	}
}

func TestSign(t *testing.T) {
	v := vectors[3]
	want := "SDK-HMAC-SHA256 Access=AnyAccessKey, SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature=" + v.signature

	t.Run("takes names of signed headers in any case and order, twice too, and adds the date", func(t *testing.T) {
		names := []string{"X-Project-Id", "host", "Content-Type", "HOST"}
		got, err := signature.Sign(v.req, v.access, v.secret, names, mustDate(v.date))
		if err != nil || got != want {
			t.Errorf("Sign with %q = %q, %v, want %q", names, got, err, want)
		}
		if !slices.Equal(names, []string{"X-Project-Id", "host", "Content-Type", "HOST"}) {
			t.Errorf("Sign changed the names of its caller to %q", names)
		}
	})
	t.Run("signs the given time where the request has no date yet, and leaves the request alone", func(t *testing.T) {
		req := without(v.req, "X-Sdk-Date")
		east := mustDate(v.date).In(time.FixedZone("", 8*60*60)).Add(999 * time.Millisecond)
		got, err := signature.Sign(req, v.access, v.secret, v.signed, east)
		if err != nil || got != want {
			t.Errorf("Sign at %s = %q, %v, want %q", east, got, err, want)
		}
		if diff := cmp.Diff(without(v.req, "X-Sdk-Date"), req); diff != "" {
			t.Errorf("Sign changed the request (-before +after):\n%s", diff)
		}
	})
	t.Run("signs the date that the request has", func(t *testing.T) {
		got, err := signature.Sign(v.req, v.access, v.secret, v.signed, mustDate(v.date).Add(time.Minute))
		if err != nil || got != want {
			t.Errorf("Sign a minute later = %q, %v, want %q", got, err, want)
		}
	})
}

func TestSignRefusesWhatCannotPass(t *testing.T) {
	v := vectors[3]
	tests := []struct {
		name   string
		req    signature.Request
		access string
		secret string
		signed []string
		want   error
	}{
		{"an access key with a comma", v.req, "a,b", v.secret, v.signed, signature.ErrMalformed},
		{"an empty access key", v.req, "", v.secret, v.signed, signature.ErrMalformed},
		{"an empty secret key", v.req, v.access, "", v.signed, signature.ErrNoSecret},
		{"a signed header that the request lacks", v.req, v.access, v.secret, []string{"User-Agent"}, signature.ErrHeaderMissing},
		{"a header whose name is no token", with(v.req, "a;b", "1"), v.access, v.secret, []string{"a;b"}, signature.ErrMalformed},
		{"a date that is too old", with(v.req, "X-Sdk-Date", "20240304T234459Z"), v.access, v.secret, v.signed, signature.ErrExpired},
		{"a path that does not decode", target(v.req, "/%", ""), v.access, v.secret, v.signed, signature.ErrMalformed},
		{"a declared hash of another body", with(v.req, "X-Sdk-Content-Sha256", hexSHA256("x")), v.access, v.secret, v.signed, signature.ErrBodyMismatch},
		{"a body of a byte too many", body(v.req, make([]byte, signature.MaxBody+1)), v.access, v.secret, v.signed, signature.ErrBodyTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := signature.Sign(tt.req, tt.access, tt.secret, tt.signed, mustDate(v.date))
			if got != "" || !errors.Is(err, tt.want) {
				t.Errorf("Sign = %q, %v, want no value and %v", got, err, tt.want)
			}
		})
	}
}

func TestStringToSign(t *testing.T) {
	date := time.Date(2024, 3, 5, 8, 0, 0, 1, time.FixedZone("", 8*60*60))
	want := "SDK-HMAC-SHA256\n20240305T000000Z\n" +
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" // of nothing
	if got := signature.StringToSign("", date); got != want {
		t.Errorf("StringToSign(\"\", %s) = %q, want %q", date, got, want)
	}
}

const (
	digits    = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	wellKnown = "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=" + digits
)

func TestParse(t *testing.T) {
	want := signature.Authorization{Access: "AK", SignedHeaders: []string{"host", "x-sdk-date"}, Signature: digits}
	tests := []struct{ name, in string }{
		{"as documented", wellKnown},
		{"without spaces", strings.ReplaceAll(wellKnown, ", ", ",")},
		{"with more spaces", strings.ReplaceAll(wellKnown, ", ", " ,\t ") + " "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := signature.Parse(tt.in)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("Parse(%q): %v (-want +got):\n%s", tt.in, err, diff)
			}
			if got.String() != wellKnown {
				t.Errorf("String after Parse(%q) is %q, want %q", tt.in, got, wellKnown)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, in string }{
		{"nothing", ""},
		{"the scheme alone", "SDK-HMAC-SHA256"},
		{"another scheme", strings.Replace(wellKnown, "SDK-", "AWS4-", 1)},
		{"the scheme in lower case", strings.Replace(wellKnown, "SDK-HMAC", "sdk-hmac", 1)},
		{"the vendor's derived scheme", strings.Replace(wellKnown, "SDK-HMAC", "V11-HMAC", 1)},
		{"no space after the scheme", strings.Replace(wellKnown, " ", "", 1)},
		{"a newline between the parts", strings.Replace(wellKnown, ", ", ",\n", 1)},
		{"no access key", strings.Replace(wellKnown, "Access=AK, ", "", 1)},
		{"an empty access key", strings.Replace(wellKnown, "=AK", "=", 1)},
		{"an access key with a space", strings.Replace(wellKnown, "=AK", "=A K", 1)},
		{"an access key with a newline", strings.Replace(wellKnown, "=AK", "=A\nK", 1)},
		{"an access key beyond ASCII", strings.Replace(wellKnown, "=AK", "=ÄK", 1)},
		{"Credential instead of Access", strings.Replace(wellKnown, "Access", "Credential", 1)},
		{"no signed headers", strings.Replace(wellKnown, "host;x-sdk-date", "", 1)},
		{"a signed header without a name", strings.Replace(wellKnown, "host;", "host;;", 1)},
		{"a signed header in upper case", strings.Replace(wellKnown, "host", "Host", 1)},
		{"a signed header that is no token", strings.Replace(wellKnown, "host", "ho:st", 1)},
		{"signed headers out of order", strings.Replace(wellKnown, "host;x-sdk-date", "x-sdk-date;host", 1)},
		{"a signed header twice", strings.Replace(wellKnown, "host", "host;host", 1)},
		{"no signature", strings.Replace(wellKnown, ", Signature="+digits, "", 1)},
		{"a signature of 63 digits", strings.TrimSuffix(wellKnown, "f")},
		{"a signature of 65 digits", wellKnown + "f"},
		{"a signature with a letter beyond f", strings.TrimSuffix(wellKnown, "f") + "g"},
		{"a signature in upper case", strings.TrimSuffix(wellKnown, "f") + "F"},
		{"a fourth part", wellKnown + ", Region=x"},
		{"parts in another order", "SDK-HMAC-SHA256 SignedHeaders=host, Access=AK, Signature=" + digits},
		{"a part twice", "SDK-HMAC-SHA256 Access=AK, Access=AK, Signature=" + digits},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := signature.Parse(tt.in)
			if !errors.Is(err, signature.ErrMalformed) {
				t.Errorf("Parse(%q) error is %v, want %v", tt.in, err, signature.ErrMalformed)
			}
			if diff := cmp.Diff(signature.Authorization{}, got); diff != "" {
				t.Errorf("Parse(%q) gave something beside its error:\n%s", tt.in, diff)
			}
		})
	}
}

// FuzzParse holds that whatever Parse takes has one spelling: String gives a
// value that Parse reads as the same, with the parts as Authorization promises.
func FuzzParse(f *testing.F) {
	f.Add(wellKnown)
	f.Add("SDK-HMAC-SHA256 Access=AK,SignedHeaders=x-sdk-date \t, Signature=" + digits)
	f.Add("SDK-HMAC-SHA256 Access==;, SignedHeaders=a;;b, Signature=")
	f.Fuzz(func(t *testing.T, in string) {
		a, err := signature.Parse(in)
		if err != nil {
			if !errors.Is(err, signature.ErrMalformed) {
				t.Fatalf("Parse(%q) error is %v, want %v", in, err, signature.ErrMalformed)
			}
			return
		}
		again, err := signature.Parse(a.String())
		if diff := cmp.Diff(a, again); err != nil || diff != "" {
			t.Errorf("Parse(%q).String() = %q does not parse to the same: %v\n%s", in, a, err, diff)
		}
		if _, err := hex.DecodeString(a.Signature); err != nil || len(a.Signature) != 64 {
			t.Errorf("Parse(%q) took the signature %q", in, a.Signature)
		}
		for i, name := range a.SignedHeaders {
			if name == "" || name != strings.ToLower(name) || i > 0 && a.SignedHeaders[i-1] >= name {
				t.Errorf("Parse(%q) took the signed headers %q", in, a.SignedHeaders)
			}
		}
	})
}

// mac computes a signature by the published formula.
func mac(secret, date, canonicalRequest string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write(fmt.Appendf(nil, "SDK-HMAC-SHA256\n%s\n%s", date, hexSHA256(canonicalRequest)))
	return hex.EncodeToString(h.Sum(nil))
}

func hexSHA256(s string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(s)))
}

func mustDate(s string) time.Time {
	date, err := time.Parse("20060102T150405Z", s)
	if err != nil {
		panic(err)
	}
	return date
}

// with returns req with one header set to values.
func with(req signature.Request, name string, values ...string) signature.Request {
	req = without(req, name)
	req.Header[name] = values
	return req
}

// without returns req without one header.
func without(req signature.Request, name string) signature.Request {
	header := make(map[string][]string)
	for key, values := range req.Header {
		if key != name {
			header[key] = values
		}
	}
	req.Header = header
	return req
}

func target(req signature.Request, path, query string) signature.Request {
	req.Path, req.RawQuery = path, query
	return req
}

func method(req signature.Request, method string) signature.Request {
	req.Method = method
	return req
}

func body(req signature.Request, body []byte) signature.Request {
	req.Body = body
	return req
}
