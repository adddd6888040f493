package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/lts/signature"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server/embedded"
)

const newGroup = `{"log_group_name":"signed","ttl_in_days":7}`

// A signed request is answered like one with a token of the key's project.
func TestSignedRequests(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := start(t, config{now: clock.Now})
	of := s.populate(t, devProject, "there")
	for _, operation := range protected(t, openapi.Latest) {
		t.Run(operation.OperationID, func(t *testing.T) {
			r := callOn(t, operation, of)
			wantSuccess(t, s.do(t, s.sign(t, r, clock.Now())))
		})
		if strings.HasPrefix(operation.OperationID, "Delete") {
			of = s.populate(t, devProject, operation.OperationID)
		}
	}
	t.Run("an operation needs no authentication", func(t *testing.T) {
		s.do(t, s.sign(t, request{op: "CreateToken", body: loginBody(embedded.DevPassword, "")}, clock.Now())).want(t, http.StatusCreated)
	})
	t.Run("a query and an encoded ID are signed as they are sent", func(t *testing.T) {
		s.do(t, s.sign(t, request{op: "ListProjectLogStreams", query: "log_stream_name=x+y&log_group_name=a%20b"}, clock.Now())).want(t, http.StatusOK)
		s.do(t, s.sign(t, request{op: "ListLogStreams", group: "%30" + of.group[1:]}, clock.Now()))
	})
}

func TestSignaturesThatAreRefused(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := start(t, config{now: clock.Now})
	good := func() request { return s.sign(t, request{op: "CreateLogGroup", body: newGroup}, clock.Now()) }
	tests := map[string]struct {
		request func() request
		rule    string // part of the detail
	}{
		"another secret": {
			request: func() request { return s.signAs(t, good(), embedded.DevAccessKey, "another", clock.Now()) },
			rule:    "the canonical request is POST|/v2/" + devProject + "/groups/|",
		},
		"unknown access key": {
			request: func() request { return s.signAs(t, good(), "NOBODYSKEY0000000000", embedded.DevSecretKey, clock.Now()) },
			rule:    "access key",
		},
		"another body": {
			request: func() request {
				r := good()
				r.body = strings.Replace(newGroup, "signed", "forged", 1)
				return r
			},
			rule: "canonical request",
		},
		"another query": {
			request: func() request {
				r := good()
				r.query = "x=1"
				return r
			},
			rule: "canonical request",
		},
		"16 minutes old":       {func() request { return s.sign(t, good(), clock.Now().Add(-16*time.Minute)) }, ""},
		"16 minutes too early": {func() request { return s.sign(t, good(), clock.Now().Add(16*time.Minute)) }, ""},
		"no date":              {func() request { return without(good(), signature.DateHeader) }, ""},
		"another scheme": {func() request {
			r := good()
			r.header["Authorization"] = "Basic ZGV2OmRldg=="
			return r
		}, ""},
		"cut off": {func() request {
			r := good()
			r.header["Authorization"] = r.header["Authorization"][:60]
			return r
		}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do(t, tt.request())
			e := a.wantError(t, 401, "LTS.0003", invalidToken)
			if len(e.Details) != 1 || e.Details[0].Field != "Authorization" || !strings.Contains(e.Details[0].Rule, tt.rule) {
				t.Errorf("%s: details %q, want one about Authorization with %q", a.what, e.Details, tt.rule)
			}
			if strings.Contains(string(a.body), embedded.DevSecretKey) {
				t.Errorf("%s: %s shows the secret key", a.what, a.body)
			}
		})
	}
	t.Run("15 minutes old is not too old", func(t *testing.T) {
		s.do(t, s.sign(t, request{op: "ListLogGroups"}, clock.Now().Add(-15*time.Minute))).want(t, http.StatusOK)
	})
	if names := s.groupNames(t, devProject); len(names) != 0 {
		t.Errorf("groups after requests with wrong signatures: %q, want none", names)
	}
}

func TestSignatureIsForOneProject(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := start(t, config{now: clock.Now})
	group := s.createGroup(t, otherProject, "theirs")
	s.do(t, s.sign(t, request{op: "ListLogGroups", project: otherProject}, clock.Now())).wantError(t, 403, "LTS.0001", wrongProject)
	s.do(t, s.sign(t, request{op: "DeleteLogGroup", group: group}, clock.Now())).wantError(t, 400, "LTS.0201", "The log group is not existed")
	theirs := s.signAs(t, request{op: "ListLogGroups", project: otherProject}, embedded.OtherAccessKey, embedded.OtherSecretKey, clock.Now())
	s.do(t, theirs).want(t, http.StatusOK)
}

func TestSignatureOfSuspendedUser(t *testing.T) {
	t.Parallel()
	clock := newClock()
	directory := embedded.DevDirectory()
	directory.Users[0].Suspended = true
	s := start(t, config{directory: &directory, now: clock.Now})
	s.do(t, s.sign(t, request{op: "ListLogGroups"}, clock.Now())).wantError(t, 401, "LTS.0023", suspendedUser)
}

// A token wins: whoever sends both is who the token says.
func TestTokenAndSignature(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := start(t, config{now: clock.Now})
	for name, tt := range map[string]struct {
		token  string
		status int
	}{
		"a good token and a bad signature": {s.token(t, devProject), http.StatusOK},
		"a bad token and a good signature": {"bad", http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.sign(t, request{op: "ListLogGroups"}, clock.Now())
			r.header["X-Auth-Token"] = tt.token
			if tt.status == http.StatusOK {
				r.header["Authorization"] = "SDK-HMAC-SHA256 nonsense"
			}
			s.do(t, r).want(t, tt.status)
		})
	}
}

func TestLengthOfSignedBody(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := start(t, config{now: clock.Now})
	body := strings.Replace(newGroup, `}`, `,"x":"`+strings.Repeat("x", signature.MaxBody)+`"}`, 1)
	a := s.do(t, s.sign(t, request{op: "CreateLogGroup", body: body[:signature.MaxBody+1]}, clock.Now()))
	if a.status < 400 || a.status >= 500 {
		t.Errorf("a signed body of %d bytes: %d %.300s, want that it is too long", signature.MaxBody+1, a.status, a.body)
	}
	s.do(t, request{op: "CreateLogGroup", body: body}).want(t, http.StatusCreated) // a token has no such limit
}

// Whoever knows an access key, which is no secret, cannot make the server read
// a body with a request that is refused whatever the body is.
func TestBodyOfARefusedSignatureIsNotRead(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := start(t, config{now: clock.Now})
	good := func() request { return s.sign(t, request{op: "CreateLogGroup", body: newGroup}, clock.Now()) }
	changed := func(header, from, to string) request {
		r := good()
		r.header[header] = strings.Replace(r.header[header], from, to, 1)
		return r
	}
	for _, tt := range []struct {
		name    string
		request request
		length  int64
		rule    error
	}{
		{"a form that is none", changed("Authorization", "SignedHeaders", "Headers"), 0, signature.ErrMalformed},
		{"an old date", s.sign(t, good(), clock.Now().Add(-16*time.Minute)), 0, signature.ErrExpired},
		{"no date", without(good(), signature.DateHeader), 0, signature.ErrDateMissing},
		{"a date that is not signed", changed("Authorization", ";x-sdk-date", ""), 0, signature.ErrDateNotSigned},
		{"a signed header that is missing", changed("Authorization", ";x-sdk-date", ";x-none;x-sdk-date"), 0, signature.ErrHeaderMissing},
		{"a body that says it is too long", good(), signature.MaxBody + 1, signature.ErrBodyTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := &watchedBody{}
			status, answer := s.handle(t, tt.request, body, tt.length)
			if status != http.StatusUnauthorized || !strings.Contains(answer, tt.rule.Error()) {
				t.Errorf("answer %d %s, want 401 with %q", status, answer, tt.rule)
			}
			if body.read {
				t.Error("the body was read")
			}
		})
	}
	t.Run("but that of another signature is", func(t *testing.T) {
		body := &watchedBody{}
		if status, answer := s.handle(t, good(), body, 0); status != http.StatusUnauthorized || !body.read {
			t.Errorf("answer %d %s, read is %t, want 401 after reading", status, answer, body.read)
		}
	})
}

// A watchedBody is empty and tells whether it was read.
type watchedBody struct{ read bool }

// Read implements [io.Reader].
func (b *watchedBody) Read([]byte) (int, error) {
	b.read = true
	return 0, io.EOF
}

// handle hands a request to the handler as it is, with a body and the length
// that it claims (0: none), so that nothing but the handler reads the body.
func (s *service) handle(t testing.TB, r request, body io.Reader, length int64) (status int, answer string) {
	t.Helper()
	in := httptest.NewRequestWithContext(t.Context(), r.method, s.server.URL+r.path, body)
	in.ContentLength = length
	in.Header.Set("Content-Type", jsonType)
	for name, value := range r.header {
		if value != "" {
			in.Header.Set(name, value)
		}
	}
	out := httptest.NewRecorder()
	s.handler.ServeHTTP(out, in)
	return out.Code, out.Body.String()
}

// sign signs a request with the access key of the development project.
func (s *service) sign(t testing.TB, r request, at time.Time) request {
	t.Helper()
	return s.signAs(t, r, embedded.DevAccessKey, embedded.DevSecretKey, at)
}

func (s *service) signAs(t testing.TB, r request, accessKey, secretKey string, at time.Time) request {
	t.Helper()
	s.route(t, &r)
	header := map[string][]string{"Content-Type": {jsonType}, "Host": {s.host(t)}, signature.DateHeader: {signature.FormatDate(at)}}
	signed := signature.Request{Method: r.method, Path: r.path, RawQuery: r.query, Header: header, Body: []byte(r.body)}
	authorization, err := signature.Sign(signed, accessKey, secretKey, []string{"Content-Type", "Host"}, at)
	if err != nil && len(r.body) <= signature.MaxBody {
		t.Fatalf("sign %s %s: %v", r.method, r.path, err)
	}
	if err != nil { // no signer signs this; any signature will do
		authorization = signature.Algorithm + " Access=" + accessKey + ", SignedHeaders=x-sdk-date, Signature=" + strings.Repeat("0", 64)
	}
	r.op = ""
	r.header = map[string]string{"X-Auth-Token": "", "Authorization": authorization, signature.DateHeader: signature.FormatDate(at)}
	return r
}

func (s *service) host(t testing.TB) string {
	t.Helper()
	address, err := url.Parse(s.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return address.Host
}

// without is a request that lacks a header.
func without(r request, header string) request {
	r.header[header] = ""
	return r
}
