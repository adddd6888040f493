package signature

import (
	"net/url"
	"slices"
	"strings"
)

const (
	dateName     = "x-sdk-date"           // DateHeader in canonical form
	bodyHashName = "x-sdk-content-sha256" // BodyHashHeader in canonical form
)

// CanonicalRequest returns the six parts that are signed, separated by
// newlines:
//
//   - the method;
//   - the path: each segment decoded and encoded anew, with a "/" at the end;
//   - the query: key=value, decoded and encoded anew, sorted bytewise by
//     decoded key, then decoded value; a "+" is a space;
//   - a line name:value for each value of the signed headers, names in lower
//     case and ascending order, values trimmed and in ascending order;
//   - the names of the signed headers, joined by ";";
//   - the value of X-Sdk-Content-Sha256, or else the hex SHA-256 of the body.
//
// Encoded are all bytes but the unreserved A-Z a-z 0-9 - _ . ~, with upper-case
// digits.
//
// CanonicalRequest takes any request, so that a refused one can be looked at: a
// signed header that req lacks has no line, and a malformed percent-encoding
// stands for its characters. [Sign] and [Verify] refuse both.
func CanonicalRequest(req Request, signedHeaders []string) string {
	req.Header = normalized(req.Header)
	payload, _ := payloadHash(req)
	return canonicalRequest(req, headerNames(signedHeaders), payload)
}

// canonicalRequest is CanonicalRequest of a normalized header and names.
func canonicalRequest(req Request, names []string, payload string) string {
	return strings.Join([]string{
		req.Method,
		canonicalPath(req.Path),
		canonicalQuery(req.RawQuery),
		canonicalHeaders(req.Header, names),
		strings.Join(names, ";"),
		payload,
	}, "\n")
}

// canonicalPath decodes after splitting: "%2F" is part of a segment.
func canonicalPath(path string) string {
	var b strings.Builder
	for segment := range strings.SplitSeq(strings.TrimSuffix(path, "/"), "/") {
		if decoded, err := url.PathUnescape(segment); err == nil {
			segment = decoded
		}
		b.WriteString(escape(segment))
		b.WriteByte('/')
	}
	return b.String()
}

// canonicalQuery sorts what is decoded, as the vendor's signer in Go does; its
// signer in Java sorts what is encoded. The two differ only in keys and values
// with characters that need encoding.
func canonicalQuery(raw string) string {
	var pairs [][2]string
	for part := range strings.SplitSeq(raw, "&") {
		if part != "" {
			key, value, _ := strings.Cut(part, "=")
			pairs = append(pairs, [2]string{unescape(key), unescape(value)})
		}
	}
	slices.SortFunc(pairs, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	encoded := make([]string, len(pairs))
	for i, pair := range pairs {
		encoded[i] = escape(pair[0]) + "=" + escape(pair[1])
	}
	return strings.Join(encoded, "&")
}

func unescape(s string) string {
	if decoded, err := url.QueryUnescape(s); err == nil {
		return decoded
	}
	return s
}

// escape leaves the unreserved characters of RFC 3986 alone. url.QueryEscape
// does that too, but for the space.
func escape(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

func canonicalHeaders(header map[string][]string, names []string) string {
	var b strings.Builder
	for _, name := range names {
		for _, value := range header[name] {
			b.WriteString(name + ":" + value + "\n")
		}
	}
	return b.String()
}

// headerNames returns names in lower case and ascending order, each once.
func headerNames(names []string) []string {
	lower := make([]string, len(names))
	for i, name := range names {
		lower[i] = strings.ToLower(name)
	}
	slices.Sort(lower)
	return slices.Compact(lower)
}

// normalized returns a copy of header with lower-case names, the values of
// each trimmed and in ascending order.
func normalized(header map[string][]string) map[string][]string {
	fields := make(map[string][]string, len(header)+1)
	for name, values := range header {
		name = strings.ToLower(name)
		for _, value := range values {
			fields[name] = append(fields[name], strings.TrimSpace(value))
		}
	}
	for _, values := range fields {
		slices.Sort(values)
	}
	return fields
}

// payloadHash returns the last part of the canonical request, which is what a
// normalized header declares or else the hash of the body.
//
// The scheme lets the header stand for the body, and the header itself need
// not be signed. Taken at its word it would undo the signature: add the header
// with the hash of a body seen on the wire, send any other body, and nothing
// that is signed has changed. So a declared hash has to be that of the body
// (ErrBodyMismatch). UnsignedPayload is safe in this respect: it takes the
// place of the hash in what is signed, so that only the signer can choose it.
func payloadHash(req Request) (string, error) {
	declared := req.Header[bodyHashName]
	if len(declared) == 0 {
		return hexSHA256(req.Body), nil
	}
	if len(declared) > 1 {
		return declared[0], ErrBodyMismatch
	}
	if declared[0] != UnsignedPayload && !strings.EqualFold(declared[0], hexSHA256(req.Body)) {
		return declared[0], ErrBodyMismatch
	}
	return declared[0], nil
}
