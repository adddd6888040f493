package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// newStream gives a server with the stream web/access.
func newStream(t *testing.T) *running {
	t.Helper()
	s := loggedIn(t)
	mustRun(t, "groups", "create", "web")
	mustRun(t, "streams", "create", "web/access")
	return s
}

// logFile writes a file.
func logFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "access.log")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// wantContents compares the records of web/access.
func wantContents(t *testing.T, want ...string) {
	t.Helper()
	got := strings.Split(strings.TrimSuffix(mustRun(t, "query", "web/access", "-o", "raw"), "\n"), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records of web/access (-want +got):\n%s", diff)
	}
}

func TestWrite(t *testing.T) {
	t.Run("a file", func(t *testing.T) {
		newStream(t)
		if got := mustRun(t, "write", "web/access", logFile(t, "a\n\nb\r\nlast without an end"), "-l", "host=a", "--label", "zone=b c"); got != "" {
			t.Errorf("lts write wrote %q, want nothing", got)
		}
		wantContents(t, "a", "b", "last without an end")
		want := "TIME  a  host=a  zone=\"b c\"\n"
		if got := masked(mustRun(t, "query", "web/access", "--limit", "1")); got != want {
			t.Errorf("the first record: %q, want %q", got, want)
		}
	})
	t.Run("files and the standard input, in their order", func(t *testing.T) {
		newStream(t)
		got := runInput(t.Context(), strings.NewReader("b\n"), "write", "web/access", logFile(t, "a\n"), "-", logFile(t, "c\n"))
		if got != (result{}) {
			t.Errorf("lts write: %+v, want success without a word", got)
		}
		wantContents(t, "a", "b", "c")
	})
	t.Run("nothing", func(t *testing.T) {
		newStream(t)
		if got := runInput(t.Context(), strings.NewReader("\n\n"), "write", "web/access"); got != (result{}) {
			t.Errorf("lts write: %+v, want success without a word", got)
		}
	})
	t.Run("only in thought", func(t *testing.T) {
		newStream(t)
		path := logFile(t, "a\n\nb\n")
		want := "would write 2 lines of " + path + " to web/access\n"
		if got := mustRun(t, "write", "web/access", path, "--dry-run"); got != want {
			t.Errorf("lts write --dry-run: %q, want %q", got, want)
		}
		wantContents(t, "")
	})
	t.Run("with a person watching", func(t *testing.T) {
		newStream(t)
		status, shown := newConsole(t).run(t, nil, "write", "web/access", logFile(t, strings.Repeat("x\n", 1000)))
		if status != 0 || !strings.Contains(shown, "0%") || !strings.HasSuffix(shown, "1000 lines written to web/access\n") {
			t.Errorf("lts write on a terminal: %d, %q; want a bar and a summary", status, shown)
		}
	})
	t.Run("quietly, with a person watching", func(t *testing.T) {
		newStream(t)
		if status, shown := newConsole(t).run(t, nil, "write", "web/access", "-q", logFile(t, "x\n")); status != 0 || shown != "" {
			t.Errorf("lts write -q on a terminal: %d, %q; want nothing", status, shown)
		}
	})
}

func TestLinesThatAreNotUTF8(t *testing.T) {
	newStream(t)
	file := logFile(t, "caf\xe9\nplain\n\xb0\xa1\n")
	const warning = "lts: warning: 2 lines not in UTF-8; bytes that are none became U+FFFD\n"
	for _, tt := range []struct {
		flag string
		want result
	}{
		{"--dry-run", result{0, "would write 3 lines of " + file + " to web/access\n", warning}},
		{"--quiet", result{}},
		{"--label=a=b", result{0, "", warning}},
	} {
		if got := runIt(t, "write", "web/access", file, tt.flag); got != tt.want {
			t.Errorf("lts write %s: %+v, want %+v", tt.flag, got, tt.want)
		}
	}
	wantContents(t, "caf\ufffd", "plain", "\ufffd\ufffd", "caf\ufffd", "plain", "\ufffd\ufffd")
}

func TestWriteThatFails(t *testing.T) {
	newStream(t)
	file := logFile(t, "a\n")
	tests := map[string]refusal{
		"misspelt stream":         {[]string{"write", "web/acces", file}, exitBroken, "lts: there is no stream \"acces\"; did you mean access?\n"},
		"label without a value":   {[]string{"write", "web/access", file, "-l", "host"}, exitBroken, "lts: --label: \"host\" is not key=value\n"},
		"no time to try":          {[]string{"write", "web/access", file, "--try-for", "x"}, exitBroken, "lts: --try-for: \"x\" is not a time such as 30s, 15m, 1h30m, 7d or 2w\n"},
		"file that there is not":  {[]string{"write", "web/access", file, "none.log"}, exitBroken, "lts: open none.log: no such file or directory\n"},
		"folder":                  {[]string{"write", "web/access", ".."}, exitBroken, "lts: .. is a folder, not a file\n"},
		"place for what was lost": {[]string{"write", "web/access", file, "--lost", "none/x"}, exitBroken, "lts: --lost: open none/x: no such file or directory\n"},
	}
	for name, tt := range tests {
		t.Run(name, tt.check)
	}
	wantContents(t, "")
}

// between puts a proxy between the commands and a server, which a function may
// have fail.
func (s *running) between(t *testing.T, fail func(http.ResponseWriter, *http.Request) bool) {
	t.Helper()
	target, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !fail(w, r) {
			proxy.ServeHTTP(w, r)
		}
	})
	mustRun(t, "login", "--dev", "--endpoint", newServer(t, handler))
}

func isWriting(r *http.Request) bool {
	return strings.HasSuffix(r.URL.Path, "/tenant/contents/high-accuracy")
}

func TestLinesThatAreNotWrittenAreReported(t *testing.T) {
	refuse := func(w http.ResponseWriter, r *http.Request) bool {
		if !isWriting(r) {
			return false
		}
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"errorCode":"LTS.0001","errorMessage":"Invalid projectId"}`)
		return true
	}
	cut := func(_ http.ResponseWriter, r *http.Request) bool {
		if isWriting(r) {
			panic(http.ErrAbortHandler) // closes the connection
		}
		return false
	}
	for _, tt := range []struct {
		name   string
		fail   func(http.ResponseWriter, *http.Request) bool
		reason string
	}{
		{"refused", refuse, "403 LTS.0001: Invalid projectId"},
		{"connection cut", cut, "EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			newStream(t).between(t, tt.fail)
			file, lost := logFile(t, "a\nb\n"), filepath.Join(t.TempDir(), "lost.log")
			got := runIt(t, "write", "web/access", file, "--lost", lost, "--try-for", "1ms")
			if got.status != exitFailed || !strings.HasPrefix(got.stderr, "lts: 2 of 2 lines not written: ") ||
				!strings.Contains(got.stderr, tt.reason) || !strings.Contains(got.stderr, "; they are in "+lost) {
				t.Errorf("lts write: %d, %q; want %d, the number, %q and the place of the lines", got.status, got.stderr, exitFailed, tt.reason)
			}
			if data, err := os.ReadFile(lost); err != nil || string(data) != "a\nb\n" {
				t.Errorf("what was lost: %q, %v; want both lines", data, err)
			}
		})
	}
}

// The lines that were read before Ctrl-C are written, although the input is open.
func TestInterruptedWriteWritesWhatItHasRead(t *testing.T) {
	newStream(t)
	in, person := io.Pipe()
	defer func() { _ = person.Close() }()
	ctx, interrupt := context.WithCancelCause(t.Context())
	ended := make(chan result, 1)
	go func() { ended <- runInput(ctx, in, "write", "web/access") }()
	_, _ = io.WriteString(person, "a\nb\n")
	_, _ = io.WriteString(person, "c") // is taken once the other lines are
	interrupt(errors.New("Ctrl-C"))
	want := "lts: interrupted: 2 lines written to web/access, 0 not written: Ctrl-C\n"
	if got := <-ended; got.status != exitInterrupted || got.stderr != want {
		t.Errorf("lts write, interrupted: %d, %q; want %d, %q", got.status, got.stderr, exitInterrupted, want)
	}
	wantContents(t, "a", "b")
}

func TestALineThatIsTooLongBecomesSeveral(t *testing.T) {
	const limit = 1 << 20
	for name, tt := range map[string]struct {
		text string
		want []int // bytes of the lines
	}{
		"just fits":             {strings.Repeat("x", limit) + "\nb", []int{limit, 1}},
		"one more":              {strings.Repeat("x", limit+1) + "\nb", []int{limit, 1, 1}},
		"without an end":        {strings.Repeat("x", 2*limit+5), []int{limit, limit, 5}},
		"between two of a rune": {"x" + strings.Repeat("é", limit/2), []int{limit - 1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []int
			for line, err := range lines(strings.NewReader(tt.text)) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, len(line))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("bytes of the lines (-want +got):\n%s", diff)
			}
		})
	}
}

// A failure of reading in the middle of a file says what was written before it.
func TestInputThatBreaks(t *testing.T) {
	newStream(t)
	in := io.MultiReader(strings.NewReader("a\n"), brokenReader{})
	want := "lts: 1 line written to web/access, 0 not written: standard input: the disk is gone\n"
	if got := runInput(t.Context(), in, "write", "web/access"); got.status != exitBroken || got.stderr != want {
		t.Errorf("lts write of a broken input: %d, %q; want %d, %q", got.status, got.stderr, exitBroken, want)
	}
	wantContents(t, "a")
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

// An outage fails what is asked as long as it lasts.
type outage struct{ on atomic.Bool }

func (o *outage) fail(w http.ResponseWriter, r *http.Request) bool {
	if !o.on.Load() {
		return false
	}
	w.WriteHeader(http.StatusInternalServerError)
	return true
}

// newServer serves a handler.
func newServer(t *testing.T, handler http.Handler) string {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.URL
}
