package signature

import (
	"crypto/hmac"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// MaxBody is the number of bytes up to which a body can be signed. The
	// documents say 12 MB without saying which megabyte; this is the larger
	// reading (MiB), so that no body is refused that either reading allows.
	MaxBody = 12 << 20

	// MaxSkew is how far X-Sdk-Date may be from the time of the server, in
	// either direction and inclusive.
	MaxSkew = 15 * time.Minute
)

// The reasons to refuse a request, as errors.Is finds them. Their texts are
// safe to show to the sender.
var (
	ErrMalformed     = errors.New("malformed signed request")
	ErrNoSecret      = errors.New("no secret key to verify with")
	ErrDateMissing   = errors.New("X-Sdk-Date is missing")
	ErrDateNotSigned = errors.New("X-Sdk-Date is not among the signed headers")
	ErrDateInvalid   = errors.New("X-Sdk-Date is not one date of the form YYYYMMDDTHHMMSSZ")
	ErrExpired       = errors.New("X-Sdk-Date is more than 15 minutes away")
	ErrHeaderMissing = errors.New("a signed header is missing")
	ErrBodyTooLarge  = errors.New("a signed body has at most 12 MB")
	ErrBodyMismatch  = errors.New("X-Sdk-Content-Sha256 is not the hash of the body")
	ErrMismatch      = errors.New("the signature does not match the request")
)

// A MismatchError is an [ErrMismatch] with an aid to find its cause.
type MismatchError struct {
	// CanonicalRequest is what was verified, with "|" for newlines: the
	// vendor's gateway shows it to the sender, who can compare it with what
	// was signed. Values of headers that carry credentials are "***".
	CanonicalRequest string
}

// Error returns the text of [ErrMismatch], without the canonical request: that
// is for the sender, not for logs.
func (e *MismatchError) Error() string { return ErrMismatch.Error() }

// Unwrap returns [ErrMismatch].
func (e *MismatchError) Unwrap() error { return ErrMismatch }

// Verify checks that authorization, the value of the Authorization header,
// signs req with secretKey, and did so within [MaxSkew] of now. Every error is
// a refusal; none contains the secret key, and a mismatch is a
// [*MismatchError]. Nothing verifies with an empty secret key.
//
// A declared body hash has to be that of the body ([ErrBodyMismatch]). A body
// that the signer declared as [UnsignedPayload] passes whatever it is, as the
// scheme allows; who does not want that looks at [BodyHashHeader] first.
//
// Beyond what the scheme asks for, Verify refuses as [ErrMalformed] what two
// readers may read differently, so that a signed request cannot be given
// another meaning: malformed percent-encodings, ";" in the query, control
// characters in signed headers, methods that are not tokens.
func Verify(req Request, authorization, secretKey string, now time.Time) error {
	auth, err := Parse(authorization)
	if err != nil {
		return err
	}
	req.Header = normalized(req.Header)
	date, payload, err := check(req, auth.SignedHeaders, secretKey, now)
	if err != nil {
		return err
	}
	canonical := canonicalRequest(req, auth.SignedHeaders, payload)
	want := sum(secretKey, StringToSign(canonical, date))
	if !hmac.Equal([]byte(want), []byte(auth.Signature)) {
		return mismatch(req, auth.SignedHeaders, payload)
	}
	return nil
}

// VerifyHead makes the checks of [Verify] that need neither the body nor the
// secret key, so that nothing is read of a request that is refused anyway: the
// form of authorization, the date, the signed headers, the target.
func VerifyHead(req Request, authorization string, now time.Time) error {
	auth, err := Parse(authorization)
	if err != nil {
		return err
	}
	req.Header = normalized(req.Header)
	_, err = checkHead(req, auth.SignedHeaders, now)
	return err
}

// check makes all checks but that of the signature on a request with a
// normalized header, cheap ones first. It returns what else is signed: the
// date and the payload hash.
func check(req Request, names []string, secretKey string, now time.Time) (date time.Time, payload string, err error) {
	if secretKey == "" {
		return date, "", ErrNoSecret
	}
	if date, err = checkHead(req, names, now); err != nil {
		return date, "", err
	}
	if len(req.Body) > MaxBody {
		return date, "", ErrBodyTooLarge
	}
	payload, err = payloadHash(req)
	return date, payload, err
}

// checkHead makes the checks that need no body, and returns the date.
func checkHead(req Request, names []string, now time.Time) (time.Time, error) {
	date, err := checkDate(req.Header, names, now)
	if err != nil {
		return date, err
	}
	if err := checkHeaders(req.Header, names); err != nil {
		return date, err
	}
	return date, checkTarget(req)
}

func checkDate(header map[string][]string, names []string, now time.Time) (time.Time, error) {
	values := header[dateName]
	if len(values) == 0 {
		return time.Time{}, ErrDateMissing
	}
	if !slices.Contains(names, dateName) {
		return time.Time{}, ErrDateNotSigned
	}
	date, err := time.Parse(dateLayout, values[0])
	// time.Parse takes fractions of a second that the layout does not have.
	if err != nil || len(values) > 1 || FormatDate(date) != values[0] {
		return time.Time{}, ErrDateInvalid
	}
	if now.Sub(date).Abs() > MaxSkew {
		return time.Time{}, fmt.Errorf("%w: %s", ErrExpired, values[0])
	}
	return date, nil
}

// checkHeaders refuses control characters because a newline in a value would
// look like the next value in the canonical request.
func checkHeaders(header map[string][]string, names []string) error {
	for _, name := range names {
		values := header[name]
		if len(values) == 0 {
			return fmt.Errorf("%w: %s", ErrHeaderMissing, name)
		}
		for _, value := range values {
			if strings.ContainsFunc(value, isControl) {
				return fmt.Errorf("%w: control character in %s", ErrMalformed, name)
			}
		}
	}
	return nil
}

// checkTarget refuses ";" because net/url drops parameters with it: a signed
// "%3B" turned into ";" would take a parameter away, with the same signature.
func checkTarget(req Request) error {
	if isNotToken(req.Method) {
		return fmt.Errorf("%w: method %q", ErrMalformed, req.Method)
	}
	if _, err := url.PathUnescape(req.Path); err != nil {
		return fmt.Errorf("%w: path: %w", ErrMalformed, err)
	}
	if _, err := url.QueryUnescape(req.RawQuery); err != nil {
		return fmt.Errorf("%w: query: %w", ErrMalformed, err)
	}
	if strings.Contains(req.RawQuery, ";") {
		return fmt.Errorf("%w: semicolon in the query", ErrMalformed)
	}
	return nil
}

// isControl takes a tab for white space, as RFC 9110 does.
func isControl(r rune) bool {
	return r < ' ' && r != '\t' || r == 0x7f
}

// credentialHeaders carry secrets of their own that a signer may sign.
var credentialHeaders = []string{
	"authorization", "cookie", "proxy-authorization", "x-auth-token", "x-security-token", "x-subject-token",
}

// mismatch overwrites the credentials in the normalized header, which is a
// copy.
func mismatch(req Request, names []string, payload string) error {
	for _, name := range credentialHeaders {
		if _, ok := req.Header[name]; ok {
			req.Header[name] = []string{"***"}
		}
	}
	canonical := canonicalRequest(req, names, payload)
	return &MismatchError{CanonicalRequest: strings.ReplaceAll(canonical, "\n", "|")}
}
