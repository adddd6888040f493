package main

import (
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/cmd/lts/internal/profile"
)

var update = flag.Bool("update", false, "write the golden files anew")

// userVariables are those of the environment that reach the commands.
var userVariables = []string{
	"LTS_ENDPOINT", "LTS_PROFILE", "LTS_PROFILES", "LTS_PASSWORD", "LTS_SECRET_KEY", "LTS_PROJECT_ID", "LTS_USER", "LTS_DOMAIN",
	"LTS_TOKEN", "LTS_ACCESS_KEY", "LTS_CA_FILE", "NO_COLOR",
}

// newHome gives a user without profiles and without variables. The environment
// is that of the process, so such tests do not run beside each other.
func newHome(t *testing.T) (profiles string) {
	t.Helper()
	folder := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", folder)
	t.Setenv("TERM", "xterm")
	local := time.Local
	time.Local = time.UTC // so that tables are equally wide everywhere
	t.Cleanup(func() { time.Local = local })
	for _, name := range userVariables {
		t.Setenv(name, "")
	}
	return filepath.Join(folder, "lts", "profiles.yaml")
}

// loggedIn starts a server and logs in to it, as a user does.
func loggedIn(t *testing.T) *running {
	t.Helper()
	newHome(t)
	s := start(t)
	mustRun(t, "login", "--dev", "--endpoint", s.url)
	return s
}

// mustRun runs a command that has to succeed, and gives what it has written.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	got := runIt(t, args...)
	if got.status != 0 || got.stderr != "" {
		t.Fatalf("lts %q: %d, %q; want 0 without a message", args, got.status, got.stderr)
	}
	return got.stdout
}

// runInput runs the program with a standard input.
func runInput(ctx context.Context, in io.Reader, args ...string) result {
	root := newRoot(time.Now)
	root.SetIn(in)
	var stdout, stderr buffer
	status := execute(ctx, root, args, &stdout, &stderr)
	return result{status, stdout.String(), stderr.String()}
}

// A console is a terminal with a person before it.
type console struct {
	person *os.File // what is typed and shown
	device *os.File // what the program has
	shown  buffer
	read   chan struct{}
}

func newConsole(t *testing.T) *console {
	t.Helper()
	person, device, err := pty.Open()
	if err != nil {
		t.Fatalf("a pseudo-terminal: %v", err)
	}
	c := &console{person: person, device: device, read: make(chan struct{})}
	go func() {
		defer close(c.read)
		_, _ = io.Copy(&c.shown, person) // ends when the device is closed
	}()
	t.Cleanup(func() {
		_ = device.Close()
		_ = person.Close()
		<-c.read
	})
	return c
}

// run runs the program on the terminal, where somebody answers each question, and
// gives all that the terminal has shown. Keys are pressed once the question is
// there: whoever asks for a password drops what was typed before.
func (c *console) run(t *testing.T, dialog [][2]string, args ...string) (status int, shown string) {
	t.Helper()
	done := make(chan int, 1)
	go func() {
		root := newRoot(time.Now)
		root.SetIn(c.device)
		status := execute(t.Context(), root, args, c.device, c.device)
		_ = c.device.Close()
		done <- status
	}()
	for _, turn := range dialog {
		waitFor(t, &c.shown, turn[0])
		if _, err := io.WriteString(c.person, turn[1]+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	status = <-done
	<-c.read
	return status, strings.ReplaceAll(c.shown.String(), "\r\n", "\n")
}

// waitFor waits until something has been written.
func waitFor(t *testing.T, out *buffer, want string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(out.String(), want); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%q was written, want %q in it", out.String(), want)
		}
	}
}

// changing is what no two runs have in common.
var changing = []struct {
	form *regexp.Regexp
	mask string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "ID"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`), "TIME"},
	{regexp.MustCompile(`\b\d{19}\b`), "LINE"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "ADDRESS"},
}

func masked(text string) string {
	for _, c := range changing {
		text = c.form.ReplaceAllString(text, c.mask)
	}
	return text
}

// wantGolden compares what was written with a file, but for what changes.
func wantGolden(t *testing.T, name, got string) {
	t.Helper()
	got = masked(got)
	path := filepath.Join("testdata", "cli", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// A refusal is a command that fails, and what it has to say.
type refusal struct {
	args   []string
	status int
	want   string // the whole message, but for what changes
}

func (r refusal) check(t *testing.T) {
	t.Helper()
	got := runIt(t, r.args...)
	if message := masked(got.stderr); got.status != r.status || message != masked(r.want) || got.stdout != "" {
		t.Errorf("lts %q:\n got %d, %q, %q\nwant %d, %q and nothing on the standard output", r.args, got.status, message, got.stdout, r.status, r.want)
	}
}

// profilesIn reads the profiles that there are.
func profilesIn(t *testing.T) *profile.File {
	t.Helper()
	file, err := profile.Load()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// testContext is the context of a test, with a way to end it.
func testContext(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return ctx, cancel
}
