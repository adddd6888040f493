package site

import (
	"bytes"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// policy lets the pages load nothing from anywhere else. The renderer of the
// reference sets styles of its own.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
	"font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Handler shows the site of a running server below a prefix such as "/docs",
// and gives everything else, unknown pages too, to next. Each part of the site
// is built when somebody asks for something in it; the first page that is shown
// starts the rest, in the background.
func Handler(prefix string, server Server, next http.Handler) http.Handler {
	h := &handler{prefix: prefix, next: next}
	h.parts = sync.OnceValues(func() ([]part, error) {
		b, err := newBuilder(Options{Server: &server})
		if err != nil {
			return nil, err
		}
		return b.parts(), nil
	})
	return h
}

type handler struct {
	prefix string
	next   http.Handler
	parts  func() ([]part, error)
	rest   sync.Once
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest, below := strings.CutPrefix(r.URL.Path, h.prefix)
	if !below || rest != "" && rest[0] != '/' || r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.next.ServeHTTP(w, r)
		return
	}
	if rest == "" {
		http.Redirect(w, r, h.prefix+"/", http.StatusMovedPermanently)
		return
	}
	name := strings.TrimPrefix(rest, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	data, there, err := h.file(name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if !there {
		h.next.ServeHTTP(w, r)
		return
	}
	header := w.Header()
	header.Set("Content-Type", contentType(name))
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	if strings.HasPrefix(header.Get("Content-Type"), "text/html") {
		h.rest.Do(func() { go h.build() })
	}
}

// file gives a file of the site, and whether there is one of that name.
func (h *handler) file(name string) (data []byte, there bool, err error) {
	parts, err := h.parts()
	if err != nil {
		return nil, false, err
	}
	for _, p := range parts {
		if p.has(name) {
			files, err := p.files()
			data, there = files[name]
			return data, there, err
		}
	}
	return nil, false, nil
}

// build makes every part. An error is told to those who ask for the part.
func (h *handler) build() {
	parts, _ := h.parts() // they were there for the page before
	for _, p := range parts {
		_, _ = p.files()
	}
}

// contentType does not ask the system, which may say anything.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".json":
		return "application/json"
	case ".yaml":
		return "application/yaml"
	case ".svg":
		return "image/svg+xml"
	default:
		return "text/plain; charset=utf-8"
	}
}
