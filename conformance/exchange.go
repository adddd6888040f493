package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxAnswer bounds how much of an answer is read.
const maxAnswer = 64 << 20

// An Exchange is one request and its answer, without credentials.
type Exchange struct {
	Method      string
	URL         string
	RequestBody []byte

	Status int
	Header http.Header
	Body   []byte
}

// A request is what a case sends.
type request struct {
	method string
	url    string
	header http.Header
	body   []byte // nil for none
	shown  []byte // the body without passwords
}

// send sends a request and reads the answer whole. Redirects are not followed:
// they would be an answer that no document knows.
func send(ctx context.Context, client *http.Client, r request) (*Exchange, error) {
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	out, err := http.NewRequestWithContext(ctx, r.method, r.url, body)
	if err != nil {
		return nil, err
	}
	out.Header = r.header
	answer, err := client.Do(out)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("the answer breaks off: %w", err)
	}
	if len(data) > maxAnswer {
		return nil, fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	return &Exchange{
		Method: r.method, URL: r.url, RequestBody: r.shown,
		Status: answer.StatusCode, Header: answer.Header, Body: data,
	}, nil
}

func newClient(timeout time.Duration) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	return &http.Client{
		Timeout:       timeout,
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

// encode writes a value as JSON without escaping what HTML would need.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// Curl gives the request as a command line, with a variable in place of the
// token.
func (e *Exchange) Curl() string {
	var b strings.Builder
	fmt.Fprintf(&b, "curl -i -X %s -H \"X-Auth-Token: $TOKEN\"", e.Method)
	if e.RequestBody != nil {
		fmt.Fprintf(&b, " -H 'Content-Type: application/json' --data %s", shellQuote(string(e.RequestBody)))
	}
	b.WriteString(" " + shellQuote(e.URL))
	return b.String()
}

func shellQuote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
