package terminal_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/creack/pty"

	"github.com/ltskit/ltskit/cmd/lts/internal/terminal"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"plain":        "plain",
		"tab\tstays":   "tab\tstays",
		"déjà 日志":      "déjà 日志",
		"\x1b[31mred":  `\x1b[31mred`,
		"bell\a\r\x00": `bell\x07\x0d\x00`,
		"c1\u009b31m":  `c1\x9b31m`,
	} {
		if got := terminal.Printable(text); got != want {
			t.Errorf("Printable(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestMessage(t *testing.T) {
	const text, want = "first:\n\tred \x1b[31m\r\n", "first:\n\tred \\x1b[31m\\x0d\n"
	if got := terminal.Message(text); got != want {
		t.Errorf("Message(%q) = %q, want %q", text, got, want)
	}
}

func TestReadLineLeavesTheRest(t *testing.T) {
	in := strings.NewReader("first\r\nsecond\nlast")
	for _, want := range []string{"first", "second", "last"} {
		if got, err := terminal.ReadLine(in); got != want || err != nil {
			t.Errorf("ReadLine: %q, %v; want %q", got, err, want)
		}
	}
	if got, err := terminal.ReadLine(in); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("ReadLine at the end: %q, %v; want %v", got, err, io.ErrUnexpectedEOF)
	}
}

func TestNobodyIsAskedWithoutATerminal(t *testing.T) {
	var out strings.Builder
	in := strings.NewReader("yes\n")
	if _, err := terminal.Ask(t.Context(), in, &out, "Sure? "); !errors.Is(err, terminal.ErrNobody) {
		t.Errorf("Ask: %v, want %v", err, terminal.ErrNobody)
	}
	if _, err := terminal.Password(t.Context(), in, &out, "Password: "); !errors.Is(err, terminal.ErrNobody) {
		t.Errorf("Password: %v, want %v", err, terminal.ErrNobody)
	}
	if out.String() != "" {
		t.Errorf("%q was written, want nothing", out.String())
	}
}

// Whoever presses Ctrl-C at a question gets the terminal back, with what is typed
// shown.
func TestAQuestionEndsWithItsContext(t *testing.T) {
	person, device, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = device.Close(), person.Close() }()
	reason := errors.New("Ctrl-C")
	for name, ask := range map[string]func(context.Context, io.Reader, io.Writer, string) (string, error){
		"Ask": terminal.Ask, "Password": terminal.Password,
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(reason)
		if _, err := ask(ctx, device, io.Discard, "? "); err != reason { //nolint:errorlint // nothing may be around it
			t.Errorf("%s: %v, want %v", name, err, reason)
		}
	}
}

func TestWidth(t *testing.T) {
	person, device, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = device.Close(), person.Close() }()
	if got := terminal.Width(device); got != 80 {
		t.Errorf("a terminal that does not say has %d columns, want 80", got)
	}
	if err := pty.Setsize(person, &pty.Winsize{Rows: 25, Cols: 132}); err != nil {
		t.Fatal(err)
	}
	if got := terminal.Width(device); got != 132 {
		t.Errorf("a terminal of 132 columns has %d", got)
	}
	if got := terminal.Width(new(strings.Builder)); got != 0 {
		t.Errorf("what is no terminal has %d columns, want 0", got)
	}
}
