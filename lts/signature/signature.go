// Package signature signs HTTP requests with an access key and a secret key,
// and checks such signatures: the scheme SDK-HMAC-SHA256 that the documents
// call AK/SK authentication. It knows neither net/http nor where keys are
// kept, so that clients, servers and test suites can share it.
//
// A signer sends the header X-Sdk-Date (see [FormatDate]) and the value of
// [Sign] as Authorization. A server takes the access key out of Authorization
// with [Parse], looks up its secret key, and calls [Verify].
//
// # What a signature covers
//
// The method, the path, the query, the signed headers and the body. Only
// X-Sdk-Date has to be among the signed headers. Not covered are the access
// key (another one leads to another secret key), headers that are not signed,
// and differences that do not survive canonicalization: a "/" at the end of
// the path, the order of query parameters, the way in which a character is
// percent-encoded, white space around header values.
//
// A signature can be replayed within [MaxSkew] of its date: the scheme has no
// nonce.
package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Names and values of the scheme, as on the wire.
const (
	Algorithm       = "SDK-HMAC-SHA256"      // scheme of the Authorization header
	DateHeader      = "X-Sdk-Date"           // time of signing, see FormatDate
	BodyHashHeader  = "X-Sdk-Content-Sha256" // optional: hex SHA-256 of the body, or UnsignedPayload
	UnsignedPayload = "UNSIGNED-PAYLOAD"     // value of BodyHashHeader: the signer left the body unsigned
)

const dateLayout = "20060102T150405Z"

// A Request is what there is to sign of an HTTP request. Nothing in this
// package changes a Request or keeps a part of it.
type Request struct {
	Method   string // as sent: case matters
	Path     string // as sent, percent-encoded, without the query; "" means "/"
	RawQuery string // as sent, percent-encoded, without "?"

	// Header holds the header fields under names of any case; an http.Header
	// fits. Packages like net/http keep Host apart: whoever signs or verifies
	// it has to put it in.
	Header map[string][]string

	Body []byte // the raw bytes, of which every one counts
}

// FormatDate returns t as X-Sdk-Date has it: UTC in whole seconds, such as
// 20060102T150405Z.
func FormatDate(t time.Time) string {
	return t.UTC().Format(dateLayout)
}

// Sign returns the Authorization value that signs req with a pair of keys.
// It signs the headers that signedHeaders names, in any case and order, and
// always X-Sdk-Date. Where req has no X-Sdk-Date, FormatDate(t) is signed and
// the caller has to send it; one that req has is signed as it is.
//
// What Sign returns passes [Verify] at t with the same secret key. What cannot
// pass is refused with the error that Verify would give; an access key or a
// header name that does not fit into Authorization with [ErrMalformed].
func Sign(req Request, accessKey, secretKey string, signedHeaders []string, t time.Time) (string, error) {
	req.Header = normalized(req.Header)
	if len(req.Header[dateName]) == 0 {
		req.Header[dateName] = []string{FormatDate(t)}
	}
	names := headerNames(append([]string{dateName}, signedHeaders...))
	date, payload, err := check(req, names, secretKey, t)
	if err != nil {
		return "", err
	}
	toSign := StringToSign(canonicalRequest(req, names, payload), date)
	authorization := Authorization{accessKey, names, sum(secretKey, toSign)}
	if err := authorization.check(); err != nil {
		return "", err
	}
	return authorization.String(), nil
}

// StringToSign returns what the secret key is applied to: the algorithm, the
// date and the hash of the canonical request.
func StringToSign(canonicalRequest string, date time.Time) string {
	return Algorithm + "\n" + FormatDate(date) + "\n" + hexSHA256([]byte(canonicalRequest))
}

// sum is the signature of stringToSign: 64 lower-case hex digits.
func sum(secretKey, stringToSign string) string {
	mac := hmac.New(sha256.New, []byte(secretKey))
	mac.Write([]byte(stringToSign))
	return hex.EncodeToString(mac.Sum(nil))
}

func hexSHA256(b []byte) string {
	digest := sha256.Sum256(b)
	return hex.EncodeToString(digest[:])
}

// An Authorization is the content of an Authorization header.
type Authorization struct {
	Access        string   // access key: visible ASCII without comma
	SignedHeaders []string // lower-case names in ascending order, each once
	Signature     string   // 64 lower-case hex digits
}

// String returns the header value that [Parse] reads.
func (a Authorization) String() string {
	return fmt.Sprintf("%s Access=%s, SignedHeaders=%s, Signature=%s",
		Algorithm, a.Access, strings.Join(a.SignedHeaders, ";"), a.Signature)
}

// Parse reads an Authorization value:
//
//	SDK-HMAC-SHA256 Access=<key>, SignedHeaders=<a;b>, Signature=<hex>
//
// The parts come in this order; only spaces and tabs around them are free.
// Anything else is [ErrMalformed], so that one signed request has one spelling.
func Parse(authorization string) (Authorization, error) {
	rest, ok := strings.CutPrefix(authorization, Algorithm+" ")
	if !ok {
		return Authorization{}, fmt.Errorf("%w: Authorization is not %s", ErrMalformed, Algorithm)
	}
	values, err := parameters(rest, "Access=", "SignedHeaders=", "Signature=")
	if err != nil {
		return Authorization{}, err
	}
	a := Authorization{values[0], strings.Split(values[1], ";"), values[2]}
	if err := a.check(); err != nil {
		return Authorization{}, err
	}
	return a, nil
}

// parameters returns the values of a comma-separated list that has these
// prefixes in this order. Further commas belong to the last value.
func parameters(list string, prefixes ...string) ([]string, error) {
	parts := strings.SplitN(list, ",", len(prefixes))
	if len(parts) != len(prefixes) {
		return nil, fmt.Errorf("%w: Authorization has not %d parts", ErrMalformed, len(prefixes))
	}
	for i, prefix := range prefixes {
		value, ok := strings.CutPrefix(strings.Trim(parts[i], " \t"), prefix)
		if !ok {
			return nil, fmt.Errorf("%w: part %d of Authorization is not %s", ErrMalformed, i+1, prefix)
		}
		parts[i] = value
	}
	return parts, nil
}

func (a Authorization) check() error {
	switch {
	case a.Access == "" || strings.ContainsFunc(a.Access, isNotVisible):
		return fmt.Errorf("%w: access key %q", ErrMalformed, a.Access)
	case len(a.Signature) != hex.EncodedLen(sha256.Size) || strings.Trim(a.Signature, "0123456789abcdef") != "":
		return fmt.Errorf("%w: Signature is not 64 lower-case hex digits", ErrMalformed)
	case slices.ContainsFunc(a.SignedHeaders, isNotToken):
		return fmt.Errorf("%w: SignedHeaders are not names of headers", ErrMalformed)
	case !slices.Equal(a.SignedHeaders, headerNames(a.SignedHeaders)):
		return fmt.Errorf("%w: SignedHeaders are not in lower case and ascending order, each once", ErrMalformed)
	}
	return nil
}

func isNotVisible(r rune) bool {
	return r <= ' ' || r > '~' || r == ','
}

// isNotToken reports whether s is anything but a token of RFC 9110, section
// 5.6.2.
func isNotToken(s string) bool {
	return s == "" || strings.ContainsFunc(s, func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		return !letter && !strings.ContainsRune("0123456789!#$%&'*+-.^_`|~", r)
	})
}
