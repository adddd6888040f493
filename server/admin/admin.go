// Package admin answers the operators of a server, on an address of its own:
// metrics, health, readiness and profiles. It asks for no credentials, so that
// address must not be one that everybody reaches.
package admin

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/pprof"
)

// Options are what the handler needs. Metrics and Ready are required.
type Options struct {
	Metrics http.Handler
	Ready   func(context.Context) error // nil when requests can be answered
	Log     *slog.Logger                // default: nothing is logged
}

// NewHandler returns the handler.
//
//	GET /healthz       200 while the process answers at all
//	GET /readyz        200 while requests can be answered, else 503
//	GET /metrics       in the format of Prometheus
//	/debug/pprof/      profiles, for go tool pprof
func NewHandler(options Options) http.Handler {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := options.Ready(r.Context()); err != nil {
			options.Log.Warn("not ready", "cause", err)
			say(w, http.StatusServiceUnavailable, "not ready")
			return
		}
		say(w, http.StatusOK, "ready")
	})
	mux.Handle("GET /metrics", options.Metrics)
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}
