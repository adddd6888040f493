package conformance

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// signatureCases sign requests well in every way that the algorithm allows, and
// break signatures in every way.
func (c *contract) signatureCases() []testCase {
	var cases []testCase
	add := func(name, operation, tag string, run func(*trial)) {
		cases = append(cases, testCase{
			name: "auth/signatures/" + name, tag: tag, operation: operation,
			sources: signatureSources, requires: []string{needsSignatures}, run: run,
		})
	}
	for _, one := range goodSignatures {
		add("accepted/"+one.name, "ListLogGroups", "groups", one.accepted)
	}
	for _, one := range badSignatures {
		add("refused/"+one.name, "CreateLogGroup", "groups", one.refused)
	}
	add("accepted/body-that-ends-in-a-newline", "CreateLogGroup", "groups", (*trial).signedNewline)
	add("accepted/hash-of-the-body-in-a-header", "CreateLogGroup", "groups", (*trial).signedHash)
	add("accepted/unsigned-payload", "CreateLogGroup", "groups", (*trial).unsignedPayload)
	add("accepted/path-with-encoded-characters", "ListLogStreams", "streams", (*trial).signedPath)
	for _, query := range signedQueries {
		add("accepted/"+query.name, "ListProjectLogStreams", "streams", query.accepted)
	}
	add("accepted/beside-a-token", "ListLogGroups", "groups", (*trial).tokenAndSignature)
	return cases
}

// signer is one with the account's access key.
func (t *trial) signer(headers ...string) signer {
	a := t.target.Account
	return signer{accessKey: a.AccessKey, secretKey: a.SecretKey, at: time.Now(), headers: headers}
}

// A goodSignature is a way to sign the list of groups.
type goodSignature struct {
	name    string
	at      time.Duration // from now
	headers []string      // signed beside the date
}

var goodSignatures = []goodSignature{
	{name: "only-the-date-is-signed"},
	{name: "host", headers: []string{"host"}},
	{name: "as-the-sdk-of-the-vendor", headers: []string{"user-agent", "x-project-id"}},
	{name: "any-header", headers: []string{"x-of-my-own"}},
	{name: "14-minutes-ago", at: -14 * time.Minute},
	{name: "in-14-minutes", at: 14 * time.Minute},
}

func (g goodSignature) accepted(t *trial) {
	s := t.signer(g.headers...)
	s.at = s.at.Add(g.at)
	a := t.ask(question{operation: "ListLogGroups", as: s.sign, header: http.Header{
		"User-Agent": {"conformance"}, "X-Project-Id": {t.target.Account.ProjectID}, "X-Of-My-Own": {"of my own"},
	}})
	t.checkStatus(a, http.StatusOK)
}

// A badSignature is a way to break the signature of the creation of a group.
type badSignature struct {
	name string
	// sign puts a signature into the request.
	sign func(s signer, r *http.Request, body []byte)
}

var badSignatures = []badSignature{
	{"wrong-secret", func(s signer, r *http.Request, body []byte) {
		s.secretKey += "x"
		s.sign(r, body)
	}},
	{"unknown-access-key", func(s signer, r *http.Request, body []byte) {
		s.accessKey = "UNKNOWNACCESSKEY0000"
		s.sign(r, body)
	}},
	{"access-key-in-other-letters", func(s signer, r *http.Request, body []byte) {
		if other := strings.ToLower(s.accessKey); other != s.accessKey {
			s.accessKey = other
		} else {
			s.accessKey = strings.ToUpper(s.accessKey) + "X"
		}
		s.sign(r, body)
	}},
	{"16-minutes-ago", func(s signer, r *http.Request, body []byte) {
		s.at = s.at.Add(-16 * time.Minute)
		s.sign(r, body)
	}},
	{"in-16-minutes", func(s signer, r *http.Request, body []byte) {
		s.at = s.at.Add(16 * time.Minute)
		s.sign(r, body)
	}},
	{"yesterday", func(s signer, r *http.Request, body []byte) {
		s.at = s.at.AddDate(0, 0, -1)
		s.sign(r, body)
	}},
	{"other-method", signedOther(func(r *http.Request) { r.Method = http.MethodPut })},
	{"other-path", signedOther(func(r *http.Request) { r.URL.Path += "x" })},
	{"other-query", signedOther(func(r *http.Request) { r.URL.RawQuery = "limit=1" })},
	{"other-host", signedOther(func(r *http.Request) { r.URL.Host = "other.example.com" })},
	{"other-media-type", signedOther(func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })},
	{"other-body", func(s signer, r *http.Request, body []byte) {
		s.sign(r, bytes.Replace(body, []byte(`:7`), []byte(`:6`), 1))
	}},
	{"body-without-its-last-byte", func(s signer, r *http.Request, body []byte) { s.sign(r, body[:len(body)-1]) }},
	{"signature-of-an-empty-body", func(s signer, r *http.Request, _ []byte) { s.sign(r, nil) }},
	{"date-changed", signedThen(func(r *http.Request) {
		r.Header.Set("X-Sdk-Date", time.Now().Add(time.Minute).UTC().Format(dateLayout))
	})},
	{"date-missing", signedThen(func(r *http.Request) { r.Header.Del("X-Sdk-Date") })},
	{"date-twice", signedThen(func(r *http.Request) {
		r.Header.Add("X-Sdk-Date", time.Now().Add(time.Minute).UTC().Format(dateLayout))
	})},
	{"date-in-another-form", badDate(time.RFC3339)},
	{"date-in-seconds-since-1970", badDate("1700000000")},
	{"date-not-signed", dateNotSigned},
	{"signed-header-absent", func(s signer, r *http.Request, body []byte) {
		r.Header.Set("X-Gone", "gone")
		s.headers = append(s.headers, "x-gone")
		s.sign(r, body)
		r.Header.Del("X-Gone")
	}},
	{"signed-header-changed", func(s signer, r *http.Request, body []byte) {
		r.Header.Set("X-Mine", "mine")
		s.headers = append(s.headers, "x-mine")
		s.sign(r, body)
		r.Header.Set("X-Mine", "yours")
	}},
	{"signed-header-left-out-of-the-list", authorization(func(s string) string { return strings.Replace(s, "host;", "", 1) })},
	{"wrong-algorithm", authorization(func(s string) string { return strings.Replace(s, "SDK-HMAC-SHA256", "HMAC-SHA256", 1) })},
	{"another-scheme", authorization(func(s string) string { return strings.Replace(s, "SDK-HMAC-SHA256", "Bearer", 1) })},
	{"upper-case-signature", authorization(func(s string) string {
		before, signature, _ := strings.Cut(s, "Signature=")
		return before + "Signature=" + strings.ToUpper(signature)
	})},
	{"half-a-signature", authorization(func(s string) string { return s[:len(s)-32] })},
	{"empty-signature", authorization(func(s string) string { return s[:len(s)-64] })},
	{"no-access-key", authorization(func(s string) string {
		_, after, _ := strings.Cut(s, ", ")
		return "SDK-HMAC-SHA256 " + after
	})},
	{"nothing-but-the-scheme", authorization(func(string) string { return "SDK-HMAC-SHA256" })},
}

// signedOther signs a request that is another one than is sent.
func signedOther(change func(*http.Request)) func(signer, *http.Request, []byte) {
	return func(s signer, r *http.Request, body []byte) {
		other := r.Clone(r.Context())
		change(other)
		s.sign(other, body)
		for _, name := range []string{"X-Sdk-Date", "Authorization"} {
			r.Header.Set(name, other.Header.Get(name))
		}
	}
}

// signedThen changes a request after it was signed.
func signedThen(change func(*http.Request)) func(signer, *http.Request, []byte) {
	return func(s signer, r *http.Request, body []byte) {
		s.sign(r, body)
		change(r)
	}
}

// authorization changes the header that carries the signature.
func authorization(change func(string) string) func(signer, *http.Request, []byte) {
	return signedThen(func(r *http.Request) { r.Header.Set("Authorization", change(r.Header.Get("Authorization"))) })
}

// badDate signs a date of another form.
func badDate(layout string) func(signer, *http.Request, []byte) {
	return func(s signer, r *http.Request, body []byte) {
		r.Header.Set("X-Sdk-Date", s.at.UTC().Format(layout))
		s.authorize(r, body, s.signed(r))
	}
}

// dateNotSigned sends the date, and leaves it out of what is signed.
func dateNotSigned(s signer, r *http.Request, body []byte) {
	s.sign(r, body)
	s.authorize(r, body, []string{"content-type", "host"})
}

func (b badSignature) refused(t *trial) {
	name := t.prefix + "signed"
	q := question{
		operation: "CreateLogGroup", body: object{"log_group_name": name, "ttl_in_days": 7},
		as: func(r *http.Request, body []byte) { b.sign(t.signer("host", "content-type"), r, body) },
	}
	a := t.ask(q)
	t.checkUnsigned(a)
	t.checkEqual(nil, "groups", 0, len(t.mine("ListLogGroups", "log_groups", "log_group_name")))
}

// signedNewline signs every byte of a body.
func (t *trial) signedNewline() {
	data, err := encode(object{"log_group_name": t.prefix + "newline", "ttl_in_days": 7})
	t.createSigned(append(data, '\n'), err, nil)
}

func (t *trial) signedHash() {
	data, err := encode(object{"log_group_name": t.prefix + "hash", "ttl_in_days": 7})
	t.createSigned(data, err, http.Header{"X-Sdk-Content-Sha256": {hexHash(data)}})
}

func (t *trial) unsignedPayload() {
	data, err := encode(object{"log_group_name": t.prefix + "unsigned", "ttl_in_days": 7})
	t.createSigned(data, err, http.Header{"X-Sdk-Content-Sha256": {"UNSIGNED-PAYLOAD"}})
}

// createSigned creates a group with a signed body.
func (t *trial) createSigned(body []byte, err error, header http.Header) {
	if err != nil {
		t.couldNotRun("%s", err)
	}
	q := question{operation: "CreateLogGroup", raw: body, header: header, as: t.signer("host", "content-type", "x-sdk-content-sha256").sign}
	a := t.ask(q)
	t.checkStatus(a, http.StatusCreated)
}

// signedPath asks for a group whose ID needs encoding: there is none, which is
// said to those only who have signed well.
func (t *trial) signedPath() {
	const id = "a b*c~d+e(f)'g!h,i@j:k$l=m&n一oooo"
	a := t.ask(question{operation: "ListLogStreams", ids: ids{group: id}, as: t.signer("host").sign})
	t.checkStatus(a, http.StatusBadRequest)
}

// A signedQuery is one that its signer and the server may write differently.
type signedQuery struct{ name, query string }

var signedQueries = []signedQuery{
	{"query-out-of-order", "log_stream_name=b&log_group_name=a"},
	{"query-with-a-key-without-value", "log_group_name"},
	{"query-with-an-empty-value", "log_group_name="},
	{"query-with-lower-case-digits", "log_group_name=%e4%b8%80%2f"},
	{"query-with-needless-encoding", "log_group_name=%61%7E%2D"},
	{"query-with-spaces", "log_group_name=a%20b+c"},
	{"query-with-signs", "log_group_name=" + url.QueryEscape("*(&=?!#%.*)'~+/:@,$")},
	{"query-with-keys-that-begin-alike", "log_group_name-=1&log_group_name=1"},
	{"query-with-values-of-one-key", "multi=3&multi=1&multi=2&log_group_name=a"},
}

// accepted sends a query whose parts the server has to put in order itself.
func (s signedQuery) accepted(t *trial) {
	operation := t.operation("ListProjectLogStreams")
	path := ids{project: t.target.Account.ProjectID}.path(operation)
	a, _ := t.send(question{operation: operation.OperationID, path: path + "?" + s.query, as: t.signer("host").sign})
	t.checkStatus(a, http.StatusOK)
}

// tokenAndSignature sends both, and both are good.
func (t *trial) tokenAndSignature() {
	token, s := t.ownToken(), t.signer("host", "x-auth-token")
	a := t.ask(question{operation: "ListLogGroups", as: func(r *http.Request, body []byte) {
		r.Header.Set("X-Auth-Token", token)
		s.sign(r, body)
	}})
	t.checkStatus(a, http.StatusOK)
}
