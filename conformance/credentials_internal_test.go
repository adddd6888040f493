package conformance

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The published vectors of the algorithm. The reference server is not asked: it
// could be wrong in the same way.
func TestSignerGivesThePublishedSignatures(t *testing.T) {
	tests := map[string]struct {
		method, url string
		header      map[string]string
		body        string
		signer      signer
		want        string
	}{
		"a query, a host and a media type": {
			method: "GET",
			url:    "https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0",
			header: map[string]string{"Content-Type": "application/json"},
			signer: signer{
				accessKey: "QTWAOYTTINDUT2QVKYUC", secretKey: "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc",
				at: time.Date(2019, 11, 15, 3, 36, 55, 0, time.UTC), headers: []string{"host", "content-type"},
			},
			want: "Access=QTWAOYTTINDUT2QVKYUC, SignedHeaders=content-type;host;x-sdk-date, Signature=7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe",
		},
		"only the date is signed": {
			method: "GET", url: "https://example.com/path?limit=1",
			signer: signer{accessKey: "AccessKey", secretKey: "SecretKey", at: time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC)},
			want:   "Access=AccessKey, SignedHeaders=x-sdk-date, Signature=5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624",
		},
		"a body that ends in a newline": {
			method: "POST", url: "https://example.com/path?key=value", body: "{\"Name\":\"test\",\"Id\":1}\n",
			signer: signer{accessKey: "AccessKey", secretKey: "SecretKey", at: time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC)},
			want:   "Access=AccessKey, SignedHeaders=x-sdk-date, Signature=cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59",
		},
		"a group of this service": {
			method: "POST", url: "https://lts.example.com/v2/2a473356cca5487f8373be891bf00000/groups",
			header: map[string]string{"Content-Type": "application/json", "X-Project-Id": "2a473356cca5487f8373be891bf00000"},
			body:   `{"log_group_name":"lts-group-01nh","ttl_in_days":7}`,
			signer: signer{
				accessKey: "AK", secretKey: "SECRETKEY", at: time.Date(2024, 3, 5, 0, 0, 0, 0, time.UTC),
				headers: []string{"x-project-id", "content-type", "host"},
			},
			want: "Access=AK, SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature=20750eace7a4e819e802effd667b9ee96f34c181da21073dc7ea7cb74b372498",
		},
		"a header to sign that the request lacks": {
			method: "GET", url: "https://example.com/path?limit=1",
			signer: signer{accessKey: "AccessKey", secretKey: "SecretKey", at: time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC), headers: []string{"content-type"}},
			want:   "Access=AccessKey, SignedHeaders=x-sdk-date, Signature=5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), tt.method, tt.url, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range tt.header {
				r.Header.Set(name, value)
			}
			tt.signer.sign(r, []byte(tt.body))
			if got, want := r.Header.Get("Authorization"), "SDK-HMAC-SHA256 "+tt.want; got != want {
				t.Errorf("Authorization is\n%s, want\n%s", got, want)
			}
		})
	}
}

func TestCanonicalQuery(t *testing.T) {
	published := url.Values{
		"limit": {"1"}, "enable": {"true"}, "test": {"一 (&=?!#%.*)"}, "path": {"/tmp/123"}, "multi": {"3", "1", "2"},
	}
	for name, tt := range map[string]struct{ query, want string }{
		"the published query":               {published.Encode(), "enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Ftmp%2F123&test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29"},
		"none":                              {"", ""},
		"a key without value":               {"b&a=", "a=&b="},
		"keys are sorted, not whole pairs":  {"a-=1&a=2", "a=2&a-=1"},
		"a tilde stays, a plus is a space":  {"a=%7e+", "a=~%20"},
		"hexadecimal digits are upper case": {"a=%e4%b8%80", "a=%E4%B8%80"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := canonicalQuery(&url.URL{RawQuery: tt.query}); got != tt.want {
				t.Errorf("canonicalQuery(%q) = %q, want %q", tt.query, got, tt.want)
			}
		})
	}
}

func TestCanonicalPath(t *testing.T) {
	for path, want := range map[string]string{
		"/v2/p/groups": "/v2/p/groups/", "/v2/p/groups/": "/v2/p/groups/", "/": "/",
		"/a%2fb/%7e%e4%b8%80": "/a%2Fb/~%E4%B8%80/", "/a+b*": "/a%2Bb%2A/",
	} {
		u, err := url.Parse("https://example.com" + path)
		if err != nil {
			t.Fatal(err)
		}
		if got := canonicalPath(u); got != want {
			t.Errorf("canonicalPath(%q) = %q, want %q", path, got, want)
		}
	}
}
