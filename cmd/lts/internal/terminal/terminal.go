// Package terminal tells whether a person is looking, and speaks with that
// person: colours, questions, passwords.
package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/term"
)

// Is tells whether a stream is a terminal.
func Is(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Width is how many columns a terminal has, 80 where it does not say; 0 for
// another stream.
func Width(stream any) int {
	if !Is(stream) {
		return 0
	}
	const usual = 80
	width, _, err := term.GetSize(int(stream.(*os.File).Fd()))
	if err != nil || width == 0 {
		return usual
	}
	return width
}

// A When says when there are colours.
type When string

// The values of a [When].
const (
	Auto   When = "auto" // on a terminal, unless NO_COLOR is set or TERM is dumb
	Always When = "always"
	Never  When = "never"
)

// Colors tells whether what is written to a stream has colours.
func (w When) Colors(out io.Writer) bool {
	switch w {
	case Always:
		return true
	case Never:
		return false
	default:
		return Is(out) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
}

// The escape sequences that are used.
const (
	Bold  = "\x1b[1;31m" // for what was looked for
	Dim   = "\x1b[2m"    // for what stands beside it
	Plain = "\x1b[0m"
)

// Printable gives text with its control characters but for tabs written out, so
// that it cannot steer a terminal.
func Printable(text string) string { return writtenOut(text, '\t') }

// Message is [Printable] for text of several lines.
func Message(text string) string { return writtenOut(text, '\t', '\n') }

// writtenOut writes out the control characters that are not kept.
func writtenOut(text string, kept ...rune) string {
	steers := func(r rune) bool { return unicode.IsControl(r) && !slices.Contains(kept, r) }
	if !strings.ContainsFunc(text, steers) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if steers(r) {
			fmt.Fprintf(&b, `\x%02x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// ErrNobody means that a question cannot be asked, because the input is not a
// terminal.
var ErrNobody = errors.New("the standard input is not a terminal")

// Ask writes a question and reads a line. It fails with [ErrNobody], with
// [io.ErrUnexpectedEOF] where the input ends instead, and when ctx ends.
func Ask(ctx context.Context, in io.Reader, out io.Writer, question string) (string, error) {
	if !Is(in) {
		return "", ErrNobody
	}
	_, _ = fmt.Fprint(out, Message(question))
	return wait(ctx, func() (string, error) { return ReadLine(in) })
}

// Password is [Ask] for what must not be seen.
func Password(ctx context.Context, in io.Reader, out io.Writer, question string) (string, error) {
	if !Is(in) {
		return "", ErrNobody
	}
	fd := int(in.(*os.File).Fd())
	state, err := term.MakeRaw(fd) // nothing is shown any more, before anybody is asked
	if err != nil {
		return "", err
	}
	_, _ = fmt.Fprint(out, question)
	password, err := wait(ctx, func() (string, error) {
		data, err := term.ReadPassword(fd)
		return string(data), err
	})
	failed := term.Restore(fd, state)
	_, _ = fmt.Fprintln(out) // the end of line was not shown either
	if failed != nil {
		return "", errors.Join(err, failed)
	}
	return password, err
}

// wait waits for a reader that no context reaches.
func wait(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := read()
		answers <- answer{text, err}
	}()
	select {
	case a := <-answers:
		return a.text, a.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// ReadLine reads up to the end of a line and not a byte more, so that what
// follows is there for the next reader.
func ReadLine(in io.Reader) (string, error) {
	var line []byte
	for one := make([]byte, 1); ; {
		n, err := in.Read(one)
		if n == 1 && one[0] == '\n' {
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		line = append(line, one[:n]...)
		switch {
		case err == nil:
		case errors.Is(err, io.EOF) && len(line) > 0:
			return string(line), nil
		case errors.Is(err, io.EOF):
			return "", io.ErrUnexpectedEOF
		default:
			return "", err
		}
	}
}
