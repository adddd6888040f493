package clientcheck

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

var signatureForm = regexp.MustCompile(`^SDK-HMAC-SHA256 Access=([^,\s]+), SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$`)

const (
	dateHeader = "X-Sdk-Date"
	dateLayout = "20060102T150405Z"
	maxSkew    = 15 * time.Minute // section of the document: securitySchemes, Signature
)

// checkSignature gives the rule that a signature breaks, "" for none.
func (p *service) checkSignature(r *http.Request, body []byte, value string) string {
	parts := signatureForm.FindStringSubmatch(value)
	if parts == nil {
		return "the form is SDK-HMAC-SHA256 Access=<AK>, SignedHeaders=<names>, Signature=<hex>"
	}
	signed := strings.Split(parts[2], ";")
	at, err := time.Parse(dateLayout, r.Header.Get(dateHeader))
	switch {
	case parts[1] != p.session.AccessKey || p.session.AccessKey == "":
		return "the access key is that of the user"
	case err != nil:
		return "the time of signing stands in the header " + dateHeader + " as " + dateLayout
	case time.Since(at).Abs() > maxSkew:
		return fmt.Sprintf("the time of signing differs from that of the service by at most %s", maxSkew)
	case !slices.IsSorted(signed) || !slices.Contains(signed, strings.ToLower(dateHeader)):
		return "the names of the signed headers are sorted, and " + dateHeader + " is one of them"
	case hex.EncodeToString(p.mac(r, body, signed)) != parts[3]:
		return "the signature is that of the request"
	default:
		return ""
	}
}

// mac computes the signature of a request as it was received.
func (p *service) mac(r *http.Request, body []byte, signed []string) []byte {
	lines := []string{r.Method, signedPath(r.URL), signedQuery(r.URL)}
	for _, name := range signed {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		lines = append(lines, name+":"+strings.TrimSpace(value))
	}
	lines = append(lines, "", strings.Join(signed, ";"), sha256Hex(body))
	h := hmac.New(sha256.New, []byte(p.session.SecretKey))
	h.Write([]byte("SDK-HMAC-SHA256\n" + r.Header.Get(dateHeader) + "\n" + sha256Hex([]byte(strings.Join(lines, "\n")))))
	return h.Sum(nil)
}

func sha256Hex(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// signedPath is the path as it is signed: every segment encoded anew, with a
// slash at the end.
func signedPath(u *url.URL) string {
	var b strings.Builder
	for segment := range strings.SplitSeq(strings.Trim(u.EscapedPath(), "/"), "/") {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			plain = segment
		}
		b.WriteString("/" + encoded(plain))
	}
	return b.String() + "/"
}

// signedQuery is the query as it is signed: encoded anew and sorted.
func signedQuery(u *url.URL) string {
	var all []string
	for name, values := range u.Query() {
		for _, value := range values {
			all = append(all, encoded(name)+"="+encoded(value))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "&")
}

// encoded leaves nothing but the unreserved characters of RFC 3986.
func encoded(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if isUnreserved(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
