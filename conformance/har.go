package conformance

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// harLog keeps exchanges for an HTTP archive (HAR 1.2).
type harLog struct {
	mu      sync.Mutex
	most    int
	entries []harEntry
}

func newHARLog(most int) *harLog { return &harLog{most: most} }

type harEntry struct {
	Started  time.Time   `json:"startedDateTime"`
	Time     float64     `json:"time"` // milliseconds
	Request  harRequest  `json:"request"`
	Response harResponse `json:"response"`
	Cache    struct{}    `json:"cache"`
	Timings  harTimings  `json:"timings"`
}

type harRequest struct {
	Method      string     `json:"method"`
	URL         string     `json:"url"`
	HTTPVersion string     `json:"httpVersion"`
	Cookies     []harPair  `json:"cookies"`
	Headers     []harPair  `json:"headers"`
	QueryString []harPair  `json:"queryString"`
	PostData    *harPosted `json:"postData,omitempty"`
	HeadersSize int        `json:"headersSize"` // -1: unknown
	BodySize    int        `json:"bodySize"`
}

type harResponse struct {
	Status      int        `json:"status"`
	StatusText  string     `json:"statusText"`
	HTTPVersion string     `json:"httpVersion"`
	Cookies     []harPair  `json:"cookies"`
	Headers     []harPair  `json:"headers"`
	Content     harContent `json:"content"`
	RedirectURL string     `json:"redirectURL"`
	HeadersSize int        `json:"headersSize"`
	BodySize    int        `json:"bodySize"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harPosted struct {
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
}

type harContent struct {
	Size     int    `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
}

type harTimings struct {
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

// add keeps an exchange while there is room.
func (l *harLog) add(started time.Time, e *Exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.entries) >= l.most {
		return
	}
	took := float64(e.Took) / float64(time.Millisecond)
	entry := harEntry{
		Started: started, Time: took, Timings: harTimings{Wait: took},
		Request: harRequest{
			Method: e.Method, URL: e.URL, HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: harHeaders(e.RequestHeader),
			QueryString: []harPair{}, HeadersSize: -1, BodySize: len(e.RequestBody),
		},
		Response: harResponse{
			Status: e.Status, StatusText: http.StatusText(e.Status), HTTPVersion: "HTTP/1.1", Cookies: []harPair{},
			Headers: harHeaders(e.Header), HeadersSize: -1, BodySize: len(e.Body),
			Content: harContent{Size: len(e.Body), MimeType: e.Header.Get("Content-Type"), Text: e.Body},
		},
	}
	if u, err := url.Parse(e.URL); err == nil {
		query := u.Query()
		for _, name := range slices.Sorted(maps.Keys(query)) {
			for _, value := range query[name] {
				entry.Request.QueryString = append(entry.Request.QueryString, harPair{name, value})
			}
		}
	}
	if e.RequestBody != "" {
		entry.Request.PostData = &harPosted{MimeType: e.RequestHeader.Get("Content-Type"), Text: e.RequestBody}
	}
	l.entries = append(l.entries, entry)
}

func harHeaders(header http.Header) []harPair {
	pairs := []harPair{}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			pairs = append(pairs, harPair{name, value})
		}
	}
	return pairs
}

// WriteHAR writes the kept exchanges as an HTTP archive, version 1.2. Secrets
// are replaced, and long bodies cut.
func (p *Proxy) WriteHAR(w io.Writer) error {
	p.har.mu.Lock()
	defer p.har.mu.Unlock()
	entries := p.har.entries
	if entries == nil {
		entries = []harEntry{}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	return encoder.Encode(object{"log": object{
		"version": "1.2", "creator": object{"name": "lts proxy", "version": p.contract.doc.Info.Version}, "entries": entries,
	}})
}
