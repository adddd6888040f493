package signature_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/lts/signature"
)

func TestCanonicalPath(t *testing.T) {
	tests := []struct{ name, path, want string }{
		{"nothing is the root", "", "/"},
		{"the root", "/", "/"},
		{"a slash is added", "/v2/p/groups", "/v2/p/groups/"},
		{"a slash is not added twice", "/v2/p/groups/", "/v2/p/groups/"},
		{"empty segments count", "//a//", "//a//"},
		{"unreserved characters stay", "/azAZ09-_.~", "/azAZ09-_.~/"},
		{"what needs no encoding is decoded", "/%61%7e", "/a~/"},
		{"hexadecimal digits are upper case", "/%e4%b8%80", "/%E4%B8%80/"},
		{"an encoded slash is no separator", "/a%2fb", "/a%2Fb/"},
		{"an encoded percent sign is decoded once", "/%2561", "/%2561/"},
		{"signs that a path may hold are encoded", "/a+b:c@d!$&'()*,;=", "/a%2Bb%3Ac%40d%21%24%26%27%28%29%2A%2C%3B%3D/"},
		{"dots are no steps", "/a/../b/.", "/a/../b/./"},
		{"bytes beyond ASCII are encoded", "/一 ", "/%E4%B8%80%20/"},
		{"what does not decode stands for itself", "/%zz", "/%25zz/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := canonicalPart(signature.Request{Path: tt.path}, 1); got != tt.want {
				t.Errorf("canonical path of %q is %q, want %q", tt.path, got, tt.want)
			}
		})
	}
}

func TestCanonicalQuery(t *testing.T) {
	published := url.Values{
		"limit": {"1"}, "enable": {"true"}, "test": {"一 (&=?!#%.*)"}, "path": {"/tmp/123"}, "multi": {"3", "1", "2"},
	}
	tests := []struct{ name, query, want string }{
		{"the query of the vendor's SDK", published.Encode(), "enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Ftmp%2F123&test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29"},
		{"none", "", ""},
		{"a key without value", "a", "a="},
		{"a key with an empty value", "a=", "a="},
		{"a value without key", "=v", "=v"},
		{"a value with an equals sign", "a=b=c", "a=b%3Dc"},
		{"nothing between ampersands", "&b=1&&a=1&", "a=1&b=1"},
		{"a plus is a space", "a+b=c+d", "a%20b=c%20d"},
		{"an encoded plus is a plus", "a=%2b", "a=%2B"},
		{"keys are sorted bytewise", "b=1&a=1&B=1&aa=1&~=1&_=1", "B=1&_=1&a=1&aa=1&b=1&~=1"},
		{"keys are sorted as decoded", "%7B=1&a=1", "a=1&%7B=1"},
		{"values of one key are sorted", "a=2&b=0&a=10&a", "a=&a=10&a=2&b=0"},
		{"keys sort before values", "a=z&a%20=b", "a=z&a%20=b"},
		{"what does not decode stands for itself", "a=%zz", "a=%25zz"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := canonicalPart(signature.Request{RawQuery: tt.query}, 2); got != tt.want {
				t.Errorf("canonical query of %q is\n%q, want\n%q", tt.query, got, tt.want)
			}
		})
	}
}

func TestCanonicalEncodingOfEveryByte(t *testing.T) {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
	for b := range 256 {
		want := fmt.Sprintf("%%%02X", b)
		if strings.IndexByte(unreserved, byte(b)) >= 0 {
			want = string(rune(b))
		}
		encoded := fmt.Sprintf("%%%02x", b)
		req := signature.Request{Path: "/" + encoded, RawQuery: encoded + "=" + encoded}
		if got := canonicalPart(req, 1); got != "/"+want+"/" {
			t.Errorf("canonical path of %q is %q, want %q", req.Path, got, "/"+want+"/")
		}
		if got := canonicalPart(req, 2); got != want+"="+want {
			t.Errorf("canonical query of %q is %q, want %q", req.RawQuery, got, want+"="+want)
		}
	}
}

func TestCanonicalHeaders(t *testing.T) {
	header := http.Header{}
	header.Add("X-Many", "b ")
	header.Add("X-Many", "\t a")
	header.Set("X-Empty", "")
	header["hOST"] = []string{"lts.example.com:443"}
	header.Set("X-Inner", "a  b")
	req := signature.Request{Method: "GET", Header: header}
	const none = "\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

	tests := []struct {
		name   string
		signed []string
		want   string
	}{
		{"none", nil, "\n" + none},
		{"a line for each value, in their order", []string{"x-many"}, "x-many:a\nx-many:b\n\nx-many" + none},
		{"names in their order and lower case", []string{"X-Inner", "Host"}, "host:lts.example.com:443\nx-inner:a  b\n\nhost;x-inner" + none},
		{"an empty value", []string{"x-empty"}, "x-empty:\n\nx-empty" + none},
		{"a missing header has no line", []string{"x-none"}, "\nx-none" + none},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := "GET\n/\n\n" + tt.want
			if got := signature.CanonicalRequest(req, tt.signed); got != want {
				t.Errorf("CanonicalRequest with %q signed is %q, want %q", tt.signed, got, want)
			}
		})
	}
}

func TestCanonicalPayload(t *testing.T) {
	req := signature.Request{Body: []byte("a\n")}
	tests := []struct {
		name string
		req  signature.Request
		want string
	}{
		{"the hash of no body", signature.Request{}, hexSHA256("")},
		{"the hash of the raw body", req, hexSHA256("a\n")},
		{"the declared hash, as it is declared", with(req, "x-sdk-content-SHA256", " ABCDEF "), "ABCDEF"},
		{"the unsigned payload", with(req, "X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD"), "UNSIGNED-PAYLOAD"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := canonicalPart(tt.req, 5); got != tt.want {
				t.Errorf("payload hash is %q, want %q", got, tt.want)
			}
		})
	}
}

// canonicalPart returns one part of the canonical request of req that signs no
// header.
func canonicalPart(req signature.Request, i int) string {
	// Without headers their part is empty, so that each part is one line.
	return strings.Split(signature.CanonicalRequest(req, nil), "\n")[i]
}
