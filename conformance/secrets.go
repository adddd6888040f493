package conformance

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// secrets knows what no report may show.
type secrets struct {
	mu       sync.Mutex
	values   map[string]string // to the variable that stands for it
	replacer atomic.Pointer[strings.Replacer]
}

func newSecrets(a Account) *secrets {
	s := &secrets{values: make(map[string]string)}
	for value, variable := range map[string]string{
		a.Token: "$TOKEN", a.OtherToken: "$OTHER_TOKEN", a.ExpiredToken: "$EXPIRED_TOKEN",
		a.SuspendedToken: "$LTS_SUSPENDED_TOKEN", a.SuspendedSecretKey: "$LTS_SUSPENDED_SECRET_KEY",
		a.SecretKey: "$LTS_SECRET_KEY", a.OtherSecretKey: "$LTS_OTHER_SECRET_KEY",
	} {
		s.add(value, variable)
	}
	s.add(badToken, "$BAD_TOKEN") // no secret, but nobody wants to read it
	if a.Password != "" {
		const variable = "$LTS_PASSWORD"
		encoded, _ := encode(a.Password) // a string encodes
		s.add(`"password":`+string(encoded), `"password":"`+variable+`"`)
		quoted, _ := encode(`"password":` + string(encoded)) // the request in a message of an answer
		s.add(string(quoted[1:len(quoted)-1]), `\"password\":\"`+variable+`\"`)
		if len(a.Password) >= minHidden {
			s.add(string(encoded[1:len(encoded)-1]), variable)
			s.add(a.Password, variable)
		}
	}
	return s
}

// minHidden is the length of a password from which on it is hidden wherever it
// stands. A shorter one may be a word of any text, and is hidden where requests
// carry it.
const minHidden = 6

// add makes a variable stand for a value.
func (s *secrets) add(value, variable string) {
	if value == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values[value] != "" {
		return
	}
	s.values[value] = variable
	// A longer secret may begin with a shorter one.
	var pairs []string
	for _, value := range slices.SortedFunc(maps.Keys(s.values), func(a, b string) int { return len(b) - len(a) }) {
		pairs = append(pairs, value, s.values[value])
	}
	s.replacer.Store(strings.NewReplacer(pairs...))
}

// learn hides a token that the target has issued.
func (s *secrets) learn(token string) { s.add(token, "$TOKEN") }

func (s *secrets) hide(text string) string {
	if replacer := s.replacer.Load(); replacer != nil {
		text = replacer.Replace(text)
	}
	return hideSignatures(text)
}

// hideCut is hide for a text of which [show] may have cut off the end, and with
// it that of a secret.
func (s *secrets) hideCut(text string) string {
	text = s.hide(text)
	head, cut := strings.CutSuffix(text, "...")
	if !cut {
		return text
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range max(0, len(head)-minHidden+1) {
		for value, variable := range s.values {
			if strings.HasPrefix(value, head[i:]) {
				return head[:i] + variable + "..."
			}
		}
	}
	return text
}

// hideResult replaces the secrets in what a case has found. What a message says
// of an answer may have them, and what it demands, where that is an earlier
// answer.
func (s *secrets) hideResult(r *Result) {
	r.Reason = s.hide(r.Reason)
	for i := range r.Problems {
		p := &r.Problems[i]
		p.Rule, p.Got, p.Script = s.hideCut(p.Rule), s.hideCut(p.Got), s.hide(p.Script)
	}
}

// show is what may be seen of a body. Secrets are replaced before a long body is
// cut, which could leave a part of one.
func (s *secrets) show(body []byte) string { return showHidden(body, s.hide) }

// showHidden is what may be seen of a body from which hide takes the secrets. It
// looks a good way beyond the cut, and not at all of a body of many megabytes.
func showHidden(body []byte, hide func(string) string) string {
	return shown([]byte(hide(string(body[:min(len(body), 2*maxShown)]))))
}

var signed = regexp.MustCompile(`(Signature=)[0-9A-Fa-f]{64}`)

// hideSignatures replaces signatures of requests: whoever has one can send the
// request again while it counts.
func hideSignatures(text string) string {
	if !strings.Contains(text, "Signature=") {
		return text
	}
	return signed.ReplaceAllString(text, "${1}$$LTS_SIGNATURE")
}

func (s *secrets) hideHeader(header http.Header) http.Header {
	hidden := make(http.Header, len(header))
	for name, values := range header {
		for _, value := range values {
			hidden[name] = append(hidden[name], s.hide(value))
		}
	}
	return hidden
}

var variable = regexp.MustCompile(`\$(TOKEN|OTHER_TOKEN|BAD_TOKEN|EXPIRED_TOKEN|LTS_[A-Z_]+)\b`)

// splitVariables splits a text into what stands between variables and, at odd
// places, the variables.
func splitVariables(s string) []string {
	var parts []string
	last := 0
	for _, span := range variable.FindAllStringIndex(s, -1) {
		parts = append(parts, s[last:span[0]], s[span[0]:span[1]])
		last = span[1]
	}
	return append(parts, s[last:])
}
