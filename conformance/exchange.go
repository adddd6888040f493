package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxAnswer = 64 << 20 // how much of an answer is read
	maxShown  = 16 << 10 // how much of a body a report keeps
)

// An Exchange is one request and its answer, as they may be shown: what is
// secret is replaced by the name of a variable of the shell, such as $TOKEN,
// and long bodies are cut.
type Exchange struct {
	Operation     string        `json:"operation,omitempty"` // operationId
	Method        string        `json:"method"`
	URL           string        `json:"url"`
	RequestHeader http.Header   `json:"requestHeader,omitempty"`
	RequestBody   string        `json:"requestBody,omitempty"`
	Status        int           `json:"status"`
	Code          string        `json:"code,omitempty"` // of an error
	Header        http.Header   `json:"header,omitempty"`
	Body          string        `json:"body,omitempty"`
	Took          time.Duration `json:"took"` // nanoseconds
}

// An answer is what came back, as it came.
type answer struct {
	status int
	header http.Header
	body   []byte

	value any   // the body as JSON with exact numbers
	err   error // why it is not

	exchange *Exchange
}

// send sends the request of a question and reads the answer whole. Redirects
// are not followed: they would be an answer that no document knows.
func (s *session) send(ctx context.Context, q question) (*answer, error) {
	r, err := s.requestFor(q)
	if err != nil {
		return nil, err
	}
	if err := s.limiter.Wait(ctx); err != nil {
		return nil, err
	}
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	if r.method != http.MethodGet {
		// A change that is under way is not cut off: what it creates would not be
		// known, and could not be deleted. The client's timeout bounds it.
		ctx = context.WithoutCancel(ctx)
	}
	if r.stalled {
		var end context.CancelFunc
		ctx, end = context.WithTimeout(ctx, s.target.Limits.Timeout)
		defer end()
		body = &stalledBody{r.body, ctx.Done()}
	}
	out, err := http.NewRequestWithContext(ctx, r.method, r.url, body)
	if err != nil {
		return nil, err
	}
	if r.stalled {
		out.ContentLength = stalledLength
	}
	maps.Copy(out.Header, r.header)
	r.as(out, r.body)
	begun := time.Now()
	in, err := s.client.Do(out)
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the connection was cut before an answer came: %w", err)
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(in.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("the answer breaks off: %w", err)
	}
	if len(data) > maxAnswer {
		return nil, fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	s.asked.Add(1)
	a := &answer{status: in.StatusCode, header: in.Header, body: data}
	a.value, a.err = decodeExact(data)
	if a.err == nil {
		a.err = checkText(data)
	}
	s.secrets.learn(in.Header.Get("X-Subject-Token"))
	a.exchange = &Exchange{
		Operation: q.operation, Method: r.method, URL: s.secrets.hide(r.url),
		RequestHeader: s.secrets.hideHeader(out.Header), RequestBody: s.secrets.show(r.body),
		Status: a.status, Code: codeOf(a.value), Header: s.secrets.hideHeader(in.Header), Body: s.secrets.show(data), Took: time.Since(begun),
	}
	return a, nil
}

// codeOf reads the code of an error, "" when a body is none.
func codeOf(v any) string { return first(text(v, "error_code"), text(v, "errorCode")) }

func shown(body []byte) string {
	if len(body) > maxShown {
		return string(body[:maxShown]) + "..."
	}
	return string(body)
}

func newClient(limits Limits) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	transport.MaxIdleConnsPerHost = 4 * limits.Parallelism
	return &http.Client{
		Timeout:       limits.Timeout,
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// decodeExact decodes one JSON value and keeps the digits of its numbers.
func decodeExact(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}

// maxTwice is the longest text in which [checkText] looks for names that stand
// twice: longer ones are lists of what shorter ones have, and it takes time.
const maxTwice = 16 << 10

// checkText finds what decoders pass over in silence: bytes that are no UTF-8,
// and members of one object that have the same name.
func checkText(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("the text is not UTF-8")
	}
	if len(data) > maxTwice {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return checkNames(decoder)
}

// checkNames reads one value.
func checkNames(decoder *json.Decoder) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	opening, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	names := make(map[string]bool)
	for decoder.More() {
		if opening == '{' {
			token, err := decoder.Token()
			if err != nil {
				return err
			}
			name, _ := token.(string)
			if names[name] {
				return fmt.Errorf("the name %q stands twice in an object", name)
			}
			names[name] = true
		}
		if err := checkNames(decoder); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}

// encode writes a value as JSON without escaping what HTML would need.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// at reads what stands under names in a JSON object; nil when it is not there.
func at(v any, names ...string) any {
	for _, name := range names {
		o, _ := v.(object)
		v = o[name]
	}
	return v
}

// text reads a string that stands under names in a JSON object, or "".
func text(v any, names ...string) string {
	s, _ := at(v, names...).(string)
	return s
}

// list reads an array that stands under names in a JSON object.
func list(v any, names ...string) []any {
	l, _ := at(v, names...).([]any)
	return l
}

// Curl gives the request as a command line for a POSIX shell. Variables such as
// $TOKEN stand for secrets.
func (e *Exchange) Curl() string {
	var b strings.Builder
	fmt.Fprintf(&b, "curl -gi -X %s", e.Method)
	for _, name := range slices.Sorted(maps.Keys(e.RequestHeader)) {
		for _, value := range e.RequestHeader[name] {
			b.WriteString(" -H " + shellQuote(name+": "+value))
		}
	}
	if e.RequestBody != "" {
		b.WriteString(" --data-raw " + shellQuote(e.RequestBody))
	}
	b.WriteString(" " + shellQuote(e.URL))
	return b.String()
}

// shellQuote quotes a word for a POSIX shell, and lets the variables that stand
// for secrets be replaced.
func shellQuote(s string) string {
	var b strings.Builder
	for i, part := range splitVariables(s) {
		if i%2 == 1 {
			b.WriteString(`"` + part + `"`)
		} else if part != "" {
			b.WriteString("'" + strings.ReplaceAll(part, "'", `'\''`) + "'")
		}
	}
	if b.Len() == 0 {
		return "''"
	}
	return b.String()
}
