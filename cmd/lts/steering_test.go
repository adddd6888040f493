package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A service whose texts would steer a terminal: clear it, colour it, or give
// commands in the form of one character.
func startSteering(t *testing.T) {
	t.Helper()
	newHome(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		text := `{"log_groups":[{"log_group_id":"i\u001b[2J","log_group_name":"a\u001b[2J\u009b31m","ttl_in_days":7}]}`
		switch {
		case strings.HasSuffix(r.URL.Path, "/streams"):
			text = `{"log_streams":[{"log_stream_id":"s"},{"log_stream_id":"t"}]}`
		case r.Method == http.MethodPost:
			w.WriteHeader(http.StatusBadRequest)
			text = `{"error_code":"LTS.1","error_msg":"no\u001b[2J\nlts: done"}`
		}
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(s.Close)
	t.Setenv("LTS_ENDPOINT", s.URL)
	t.Setenv("LTS_PROJECT_ID", "p")
	t.Setenv("LTS_TOKEN", "t")
}

func TestTextsOfAServiceDoNotSteerTheTerminal(t *testing.T) {
	startSteering(t)
	const name = `a\x1b[2J\x9b31m`
	tests := map[string]struct {
		args   []string
		dialog [][2]string
		want   string // part of it
	}{
		"message":  {[]string{"groups", "create", "x"}, nil, `no\x1b[2J`},
		"table":    {[]string{"groups", "list"}, nil, name},
		"JSON":     {[]string{"groups", "list", "-o", "json"}, nil, `"a\u001b[2J\u009b31m"`},
		"IDs":      {[]string{"groups", "list", "-o", "raw"}, nil, `i\x1b[2J`},
		"question": {[]string{"groups", "delete", "a\x1b[2J\u009b31m"}, [][2]string{{"Delete", "n"}}, "Delete group " + name},
		"dry run":  {[]string{"groups", "delete", "a\x1b[2J\u009b31m", "--dry-run"}, nil, "would delete group " + name},
	}
	for title, tt := range tests {
		t.Run(title, func(t *testing.T) {
			_, shown := newConsole(t).run(t, tt.dialog, tt.args...)
			if !strings.Contains(shown, tt.want) || strings.ContainsAny(shown, "\x1b\u009b") {
				t.Errorf("lts %q: %q, want %q and no control characters", tt.args, shown, tt.want)
			}
		})
	}
}

func TestWhatIsPipedIsAsTheServiceSaysIt(t *testing.T) {
	startSteering(t)
	if got, want := mustRun(t, "groups", "list", "-o", "raw"), "i\x1b[2J\n"; got != want {
		t.Errorf("lts groups list -o raw: %q, want %q", got, want)
	}
}
