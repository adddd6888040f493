package conformance

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxPassing bounds how much of a body is kept to be checked.
const maxPassing = 16 << 20

// A passing is a request that passes.
type passing struct {
	method string
	url    *url.URL
	header http.Header
	body   []byte
	whole  bool // the body is all of it
	at     time.Time

	expects bool // only the head has come: the client waits to be told to go on
	broken  bool // what passes from here on is no HTTP
}

// A passedAnswer is an answer that passes.
type passedAnswer struct {
	status int
	header http.Header
	body   []byte
	whole  bool // the body is all of it
	last   bool // of the connection
}

// relay passes the bytes of a connection in both directions and reads along.
func (p *Proxy) relay(ctx context.Context, client net.Conn) {
	defer p.hold(client, true)()
	upstream, err := p.dial(context.WithoutCancel(ctx))
	if err != nil {
		p.unreachable.Add(1)
		answerUnreachable(client, err)
		return
	}
	defer p.hold(upstream, false)()
	requests := make(chan passing, 16)
	go p.relayRequests(client, upstream, requests)
	if p.options.Enforce {
		p.enforce(client, upstream, requests)
	} else {
		p.relayAnswers(client, upstream, requests)
	}
	_ = client.Close() // ends the requests
	for range requests {
		continue
	}
}

// relayRequests passes what a client sends, and gives each request to those who
// read the answers. It closes the channel at the end.
func (p *Proxy) relayRequests(client, upstream net.Conn, requests chan<- passing) {
	reader, writer := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.readRequests(client, reader, requests)
		_, _ = io.Copy(io.Discard, reader) // what cannot be read passes all the same
	}()
	_, _ = io.Copy(io.MultiWriter(upstream, writer), client)
	_ = writer.Close()
	<-done
	close(requests)
	if half, ok := upstream.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // an answer may still be under way
	}
}

func (p *Proxy) readRequests(client net.Conn, r io.Reader, requests chan<- passing) {
	buffered := bufio.NewReader(r)
	for {
		in, err := http.ReadRequest(buffered)
		if err != nil {
			requests <- passing{broken: true}
			return
		}
		q := passing{method: in.Method, header: in.Header, at: time.Now()}
		q.url = &url.URL{Scheme: p.upstream.Scheme, Host: in.Host, Path: in.URL.Path, RawPath: in.URL.RawPath, RawQuery: in.URL.RawQuery}
		p.idle(client, false)
		if p.options.Enforce && expectsContinue(in.Header) {
			head := q
			head.expects = true
			requests <- head
		}
		if q.body, q.whole, err = readBody(in.Body); err != nil {
			requests <- passing{broken: true}
			return
		}
		requests <- q
	}
}

// readBody reads a body to its end and keeps its beginning.
func readBody(body io.ReadCloser) (kept []byte, whole bool, err error) {
	kept, err = io.ReadAll(io.LimitReader(body, maxPassing))
	if err != nil {
		return nil, false, err
	}
	rest, err := io.Copy(io.Discard, body)
	return kept, rest == 0, err
}

// relayAnswers passes what the upstream sends, and reads along.
func (p *Proxy) relayAnswers(client, upstream net.Conn, requests <-chan passing) {
	reader, writer := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.readAnswers(client, reader, requests)
		go func() { // nobody waits for an answer that cannot be read
			for range requests {
				continue
			}
		}()
		_, _ = io.Copy(io.Discard, reader)
	}()
	_, _ = io.Copy(io.MultiWriter(client, writer), upstream)
	_ = client.Close() // no answer will come any more
	_ = writer.Close()
	<-done
}

func (p *Proxy) readAnswers(client net.Conn, r io.Reader, requests <-chan passing) {
	buffered := bufio.NewReader(r)
	for {
		// The bytes come first: an upstream may also say something, and leave,
		// before it has been asked.
		if _, err := buffered.Peek(1); err != nil {
			return
		}
		q, more := <-requests
		if !more || q.broken {
			return
		}
		a, err := readAnswer(buffered, q)
		if err != nil {
			p.unchecked.Add(1)
			return
		}
		p.judge(q, a)
		p.idle(client, len(requests) == 0)
	}
}

// readAnswer reads the answer to a request, behind those that only announce it.
func readAnswer(r *bufio.Reader, q passing) (a passedAnswer, err error) {
	for {
		a, err = readAnyAnswer(r, q)
		if err != nil || a.status >= http.StatusOK {
			return a, err
		}
	}
}

// readAnyAnswer reads an answer to a request, which may be one that only
// announces another.
func readAnyAnswer(r *bufio.Reader, q passing) (a passedAnswer, err error) {
	in, err := http.ReadResponse(r, &http.Request{Method: q.method})
	if err != nil {
		return a, err
	}
	a.status, a.header, a.last = in.StatusCode, in.Header, in.Close
	a.body, a.whole, err = readBody(in.Body)
	_ = in.Body.Close() // it has been read to its end
	if a.status == http.StatusSwitchingProtocols {
		return a, errBroken
	}
	return a, err
}

// expectsContinue reports whether a client waits for 100 before it sends the
// body of a request (RFC 9110, section 10.1.1).
func expectsContinue(header http.Header) bool {
	return strings.EqualFold(header.Get("Expect"), "100-continue")
}

// enforce passes answers when they have been checked, and 502 in place of those
// that break the contract.
func (p *Proxy) enforce(client, upstream net.Conn, requests <-chan passing) {
	var read bytes.Buffer
	buffered := bufio.NewReader(io.TeeReader(upstream, &read))
	// taken are the bytes of what has been read since the last call.
	taken := func() []byte { return read.Next(read.Len() - buffered.Buffered()) }
	for q := range requests {
		if q.broken {
			return
		}
		a, err := readAnswerOrGoOn(buffered, q)
		if err != nil {
			p.withheld.Add(1)
			refuse(client, "the upstream's answer cannot be read: "+err.Error())
			return
		}
		raw := taken()
		if a.status < http.StatusOK { // it tells the client to go on, who waits for it
			if _, err := client.Write(raw); err != nil {
				return
			}
			continue
		}
		if q.expects {
			q = withBody(q, requests)
		}
		problems := p.judge(q, a)
		if len(problems) > 0 {
			p.withheld.Add(1)
			raw = withheld(q, problems)
		}
		// Where the answer came in place of the body, nobody knows whether the body
		// still comes, and where the next request begins.
		if _, err := client.Write(raw); err != nil || a.last || q.expects {
			return
		}
		p.idle(client, len(requests) == 0)
	}
}

// withBody gives the whole request where its body has come, though nobody has
// told the client to go on.
func withBody(head passing, requests <-chan passing) passing {
	select {
	case whole, more := <-requests:
		if more && !whole.broken {
			return whole
		}
	default:
	}
	return head
}

// readAnswerOrGoOn reads the answer to a request, or, while the client waits to
// be told to go on, what comes first.
func readAnswerOrGoOn(r *bufio.Reader, q passing) (passedAnswer, error) {
	if q.expects {
		return readAnyAnswer(r, q)
	}
	return readAnswer(r, q)
}

// withheld is the answer in place of one that breaks the contract.
func withheld(q passing, problems []Problem) []byte {
	texts := make([]string, len(problems))
	for i, problem := range problems {
		texts[i] = problem.String()
	}
	body, _ := encode(object{"error_msg": "The answer breaks the contract and was withheld", "problems": texts}) // texts encode
	if q.method == http.MethodHead {
		return badGateway(body, false)
	}
	return append(badGateway(body, false), body...)
}

// answerUnreachable waits for the request, so that the client is not cut off
// while it sends, and says why there is no answer.
func answerUnreachable(client net.Conn, why error) {
	_ = client.SetDeadline(time.Now().Add(drainTime))
	in, err := http.ReadRequest(bufio.NewReader(client))
	if err != nil {
		return
	}
	if !expectsContinue(in.Header) { // who does will not send the body
		_, _, err = readBody(in.Body)
	}
	if err == nil {
		refuse(client, "the upstream cannot be reached: "+why.Error())
	}
}

// refuse answers 502 and says why.
func refuse(client net.Conn, why string) {
	body, _ := encode(object{"error_msg": why})                  // text encodes
	_, _ = client.Write(append(badGateway(body, true), body...)) // nobody may be there
}

func badGateway(body []byte, last bool) []byte {
	connection := ""
	if last {
		connection = "Connection: close\r\n"
	}
	return fmt.Appendf(nil, "HTTP/1.1 502 Bad Gateway\r\nContent-Type: application/json\r\nX-Lts-Proxy: withheld\r\nContent-Length: %d\r\n%s\r\n", len(body), connection)
}

// decode undoes the encoding of a body.
func decode(encoding string, body []byte) ([]byte, error) {
	switch strings.ToLower(encoding) {
	case "", "identity":
		return body, nil
	case "gzip":
		reader, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(io.LimitReader(reader, maxAnswer))
	default:
		return nil, fmt.Errorf("unknown encoding %q", encoding)
	}
}

// exchange is what may be shown of a request that passes and its answer.
func (q passing) exchange(a passedAnswer) *Exchange {
	return &Exchange{
		Method: q.method, URL: q.url.String(), RequestHeader: hideHeader(q.header), RequestBody: showHidden(q.body, hideBody),
		Status: a.status, Header: hideHeader(a.header), Body: showHidden(a.body, hideBody), Took: time.Since(q.at),
	}
}

// hideHeader replaces the values of headers that carry secrets.
func hideHeader(header http.Header) http.Header {
	hidden := header.Clone()
	for name := range hidden {
		switch name {
		case "X-Auth-Token", "X-Subject-Token":
			hidden[name] = []string{"$TOKEN"}
		case "Authorization", "X-Security-Token", "Cookie", "Set-Cookie", "Proxy-Authorization":
			hidden[name] = []string{"$SECRET"}
		}
	}
	return hidden
}

var passwordMember = regexp.MustCompile(`("(?:password|secret|sk)"\s*:\s*)"(?:[^"\\]|\\.)*"`)

// hideBody replaces passwords in JSON.
func hideBody(body string) string {
	if !strings.Contains(body, `"password"`) && !strings.Contains(body, `"secret"`) && !strings.Contains(body, `"sk"`) {
		return body
	}
	return passwordMember.ReplaceAllString(body, `$1"$$LTS_PASSWORD"`)
}

func visitRequest() []openapi3.SchemaValidationOption {
	return []openapi3.SchemaValidationOption{openapi3.VisitAsRequest(), openapi3.EnableFormatValidation()}
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
