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
// and gives everything else, unknown pages too, to next. The site is built when somebody asks for
// it first.
func Handler(prefix string, server Server, next http.Handler) http.Handler {
	build := sync.OnceValues(func() (Files, error) { return Build(Options{Server: &server}) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest, below := strings.CutPrefix(r.URL.Path, prefix)
		if !below || rest != "" && rest[0] != '/' || r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		files, err := build()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		serve(w, r, files, prefix, next)
	})
}

func serve(w http.ResponseWriter, r *http.Request, files Files, prefix string, next http.Handler) {
	rest := strings.TrimPrefix(r.URL.Path, prefix)
	if rest == "" {
		http.Redirect(w, r, prefix+"/", http.StatusMovedPermanently)
		return
	}
	name := strings.TrimPrefix(rest, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	data, ok := files[name]
	if !ok {
		next.ServeHTTP(w, r)
		return
	}
	header := w.Header()
	header.Set("Content-Type", contentType(name))
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
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
