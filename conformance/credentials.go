package conformance

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// credentials put what says who asks into a request with this body.
type credentials func(r *http.Request, body []byte)

// anonymous says nothing.
func anonymous(*http.Request, []byte) {}

func byToken(token string) credentials {
	return func(r *http.Request, _ []byte) { r.Header.Set("X-Auth-Token", token) }
}

// dateLayout is that of X-Sdk-Date.
const dateLayout = "20060102T150405Z"

// bySignature signs with SDK-HMAC-SHA256: the date, the host and the media
// type.
func bySignature(accessKey, secretKey string) credentials {
	return func(r *http.Request, body []byte) {
		signer{accessKey: accessKey, secretKey: secretKey, at: time.Now(), headers: []string{"host", "content-type"}}.sign(r, body)
	}
}

// A signer signs requests with SDK-HMAC-SHA256. It is written from the
// description of the algorithm and shares nothing with the reference server,
// whose mistakes would cancel out.
type signer struct {
	accessKey, secretKey string

	at      time.Time
	headers []string // to sign beside X-Sdk-Date, in lower case; those that the request lacks are left out
}

// sign puts the date and the signature into a request with this body.
func (s signer) sign(r *http.Request, body []byte) {
	r.Header.Set("X-Sdk-Date", s.at.UTC().Format(dateLayout))
	s.authorize(r, body, s.signed(r))
}

// authorize signs what a request is, with the headers of these names, which are
// in their order.
func (s signer) authorize(r *http.Request, body []byte, names []string) {
	mac := hmac.New(sha256.New, []byte(s.secretKey))
	mac.Write([]byte(stringToSign(r, names, body)))
	r.Header.Set("Authorization", fmt.Sprintf("SDK-HMAC-SHA256 Access=%s, SignedHeaders=%s, Signature=%x",
		s.accessKey, strings.Join(names, ";"), mac.Sum(nil)))
}

// signed lists the names of the headers to sign, in their order.
func (s signer) signed(r *http.Request) []string {
	names := []string{"x-sdk-date"}
	for _, name := range s.headers {
		if _, there := headerValue(r, name); there {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// headerValue reads a header as it goes over the wire, the host among them.
func headerValue(r *http.Request, name string) (string, bool) {
	if name == "host" {
		return r.URL.Host, true
	}
	values := r.Header.Values(name)
	return strings.Join(values, ","), len(values) > 0
}

// stringToSign is what the secret key is applied to.
func stringToSign(r *http.Request, names []string, body []byte) string {
	return "SDK-HMAC-SHA256\n" + r.Header.Get("X-Sdk-Date") + "\n" + hexHash([]byte(canonicalRequest(r, names, body)))
}

// canonicalRequest is the form of a request that does not change on its way.
func canonicalRequest(r *http.Request, names []string, body []byte) string {
	var b strings.Builder
	b.WriteString(r.Method + "\n" + canonicalPath(r.URL) + "\n" + canonicalQuery(r.URL) + "\n")
	for _, name := range names {
		value, _ := headerValue(r, name)
		b.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	payload := r.Header.Get("X-Sdk-Content-Sha256")
	if payload == "" {
		payload = hexHash(body)
	}
	b.WriteString("\n" + strings.Join(names, ";") + "\n" + payload)
	return b.String()
}

// suspended are the credentials of a user who is suspended.
func (a Account) suspended() credentials {
	if a.SuspendedToken != "" {
		return byToken(a.SuspendedToken)
	}
	return bySignature(a.SuspendedAccessKey, a.SuspendedSecretKey)
}

func hexHash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func canonicalPath(u *url.URL) string {
	segments := strings.Split(u.EscapedPath(), "/")
	for i, segment := range segments {
		if decoded, err := url.PathUnescape(segment); err == nil {
			segments[i] = percentEncode(decoded)
		}
	}
	path := strings.Join(segments, "/")
	if !strings.HasSuffix(path, "/") {
		path += "/"
	}
	return path
}

// canonicalQuery sorts by key and then by value, and gives a key without value
// an empty one.
func canonicalQuery(u *url.URL) string {
	var pairs []string
	query := u.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, value := range slices.Sorted(slices.Values(query[name])) {
			pairs = append(pairs, percentEncode(name)+"="+percentEncode(value))
		}
	}
	return strings.Join(pairs, "&")
}

// percentEncode encodes everything but the unreserved characters of RFC 3986.
func percentEncode(s string) string {
	return strings.NewReplacer("+", "%20", "%7E", "~").Replace(url.QueryEscape(s))
}

// A caller is one of the two projects of the account, as the target knows it.
type caller struct {
	projectID   string
	credentials credentials
	token       string // empty for a caller that signs
	anonymous   bool   // the target declares no credentials, or gives no token for them
	tokenless   error  // how a login succeeded that gave no token, which its cases find wrong
}

// errNoCredentials says that the target declares none for a project.
var errNoCredentials = errors.New("the target declares no credentials")

// newCaller gets what a project's requests need: a token for the password, or
// else the declared token, or else the access key.
func (s *session) newCaller(ctx context.Context, projectID, token, accessKey, secretKey string) (caller, error) {
	switch {
	case s.target.Account.Password != "":
		token, err := s.login(ctx, projectID)
		if errors.Is(err, errNoToken) {
			return caller{projectID: projectID, credentials: anonymous, anonymous: true, tokenless: err}, nil
		}
		if err != nil {
			return caller{}, err
		}
		return caller{projectID: projectID, credentials: byToken(token), token: token}, nil
	case token != "":
		return caller{projectID: projectID, credentials: byToken(token), token: token}, nil
	case accessKey != "":
		return caller{projectID: projectID, credentials: bySignature(accessKey, secretKey)}, nil
	default:
		return caller{projectID: projectID, credentials: anonymous, anonymous: true}, errNoCredentials
	}
}

// errNoToken says that a login succeeded, and gave no token.
var errNoToken = errors.New("the login gave no token: its answer has no header X-Subject-Token")

// login gets a token for a project. Any success that describes one will do: what
// else is wrong is for the cases of the operation to find.
func (s *session) login(ctx context.Context, projectID string) (string, error) {
	a := s.target.Account
	q := question{operation: "CreateToken", body: loginBody(a, projectID), as: anonymous}
	answer, err := s.send(ctx, q)
	if err != nil {
		return "", err
	}
	described, _ := at(answer.value, "token").(object)
	if answer.status < http.StatusOK || answer.status >= http.StatusMultipleChoices || described == nil {
		return "", fmt.Errorf("no token for user %q of domain %q: status %d: %s",
			a.User, a.Domain, answer.status, strings.TrimSpace(answer.exchange.Body))
	}
	token := answer.header.Get("X-Subject-Token")
	if token == "" {
		return "", errNoToken
	}
	return token, nil
}

// loginBody is the body that asks for a token for a project.
func loginBody(a Account, projectID string) object {
	return object{"auth": object{
		"identity": object{
			"methods": []any{"password"},
			"password": object{"user": object{
				"name": a.User, "password": a.Password, "domain": object{"name": a.Domain},
			}},
		},
		"scope": object{"project": object{"id": projectID}},
	}}
}
