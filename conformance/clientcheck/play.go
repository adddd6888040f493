package clientcheck

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// An answer is what a client gets.
type answer struct {
	status int
	body   any    // JSON; nil for none
	token  string // header X-Subject-Token
	raw    []byte // in place of body
	move   *move  // nil: as documented

	mediaType string
	extra     http.Header
}

// play makes the answer of a move.
func (p *service) play(m *move, in *received, look *inspection) answer {
	a := p.plain(m, look)
	a.move, a.extra = m, http.Header{}
	switch m.Body {
	case "more":
		a.body = enrich(successSchema(look.match.operation), a.body)
	case "hollow":
		a.body = object{}
	case "empty":
		a.raw = []byte{}
	case "broken":
		whole := a.bytes()
		a.raw = whole[:len(whole)-1]
	case "error":
		a.body = printedError(look.match.operation)
	}
	if m.Text != "" {
		a.raw, a.mediaType = []byte(m.Text), m.Type
	}
	if m.RetryAfter > 0 {
		now := time.Now()
		a.extra.Set("Retry-After", m.retryAfter(now))
		in.until = m.until(now)
	}
	if m.Expire {
		p.tokens.expire(in.token)
	}
	if m.Redirect {
		a.status, a.raw = http.StatusTemporaryRedirect, []byte{}
		a.extra.Set("Location", p.elsewhere+look.request.RequestURI)
	}
	return a
}

// plain is the documented answer with the status of a move.
func (p *service) plain(m *move, look *inspection) answer {
	switch {
	case m.Text != "" && m.Status != 0:
		return answer{status: m.Status}
	case m.Status >= http.StatusBadRequest:
		return p.failure(look.match.operation, m.Status, m.Code)
	}
	a := p.documented(look)
	if m.Status != 0 {
		a.status = m.Status
	}
	return a
}

// retryAfter gives the header. A date has whole seconds: the wait is then at
// most a second shorter than the move says.
func (m *move) retryAfter(now time.Time) string {
	if m.Date {
		return now.Add(m.RetryAfter).UTC().Format(http.TimeFormat)
	}
	return strconv.Itoa(int(m.RetryAfter.Seconds()))
}

// until is when a request may be sent again.
func (m *move) until(now time.Time) time.Time {
	until := now.Add(m.RetryAfter)
	if m.Date {
		until = until.Truncate(time.Second)
	}
	return until
}

func (a answer) bytes() []byte {
	switch {
	case a.raw != nil:
		return a.raw
	case a.body != nil:
		return encode(a.body)
	default:
		return nil
	}
}

func (a answer) header() http.Header {
	header := http.Header{}
	maps.Copy(header, a.extra)
	switch {
	case a.mediaType != "":
		header.Set("Content-Type", a.mediaType)
	case len(a.bytes()) > 0:
		header.Set("Content-Type", jsonType)
	}
	if a.token != "" {
		header.Set("X-Subject-Token", a.token)
	}
	return header
}

// send sends an answer, or as much of it as the move lets through.
func (a answer) send(w http.ResponseWriter, r *http.Request, p *service) {
	cut, slow := "", ""
	if a.move != nil {
		cut, slow = a.move.Cut, a.move.Slow
	}
	if slow == "before" {
		p.hold(r)
		cut = "before"
	}
	if cut == "before" {
		hangUp(w, nil)
		return
	}
	maps.Copy(w.Header(), a.header())
	body := a.bytes()
	if cut == "inside" {
		hangUp(w, fmt.Appendf(nil, "HTTP/1.1 %d OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", a.status, jsonType, len(body), body[:len(body)/2]))
		return
	}
	if a.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(a.status)
	if slow == "inside" {
		_, _ = w.Write(body[:len(body)/2]) // nobody may be there
		_ = http.NewResponseController(w).Flush()
		p.hold(r)
		hangUp(w, nil)
		return
	}
	_, _ = w.Write(body) // nobody may be there
}

// hold waits until the client or the run has ended.
func (p *service) hold(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-p.closing:
	}
}

// hangUp sends bytes as they are and closes the connection.
func hangUp(w http.ResponseWriter, data []byte) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // closes it too
	}
	_, _ = connection.Write(data) // nobody may be there
	_ = connection.Close()
}
