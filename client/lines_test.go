package client_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/client"
)

func TestLines(t *testing.T) {
	long := strings.Repeat("x", client.MaxRecord-1)
	tests := map[string]struct {
		writes []string
		want   []string
	}{
		"lines":                   {[]string{"a\nb\n"}, []string{"a", "b"}},
		"lines of other systems":  {[]string{"a\r\nb\r\n"}, []string{"a", "b"}},
		"parts of lines":          {[]string{"a", "b\nc", "", "d"}, []string{"ab", "cd"}},
		"empty lines":             {[]string{"\n\na\n\r\n"}, []string{"a"}},
		"nothing":                 {nil, nil},
		"a line that is too long": {[]string{long + "üy\nz"}, []string{long, "üy", "z"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := new(sink)
			w := s.writer(t, client.WriterOptions{})
			lines := w.Lines()
			for _, text := range tt.writes {
				if n, err := io.WriteString(lines, text); err != nil || n != len(text) {
					t.Fatalf("wrote %d bytes of %d: %v", n, len(text), err)
				}
			}
			if err := errors.Join(lines.Close(), lines.Close(), w.Close(t.Context())); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, s.kept()); diff != "" {
				t.Errorf("records (-want +got):\n%.500s", diff)
			}
		})
	}
}

func TestLinesOfALogger(t *testing.T) {
	s := new(sink)
	w := s.writer(t, client.WriterOptions{})
	logger := log.New(w.Lines(), "shop: ", 0)
	logger.Print("one")
	logger.Printf("two\nlines")
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"shop: one", "shop: two", "lines"}, s.kept()); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestLinesOfAClosedWriter(t *testing.T) {
	w := new(sink).writer(t, client.WriterOptions{})
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	n, err := fmt.Fprint(w.Lines(), "a\nb\n")
	wantError(t, "Write", err, client.ErrWriterClosed)
	if n != 2 {
		t.Errorf("wrote %d bytes, want those of the line that was not taken", n)
	}
}

// However a text is cut into writes, its records are those of its lines: in their
// order, whole but for the ends of lines, and none of them empty or too long.
func FuzzLines(f *testing.F) {
	f.Add("a\nb\r\n\nc", 1)
	f.Add("\r\n\r\r\n", 2)
	f.Add("ü"+strings.Repeat("\xff", 40), 7)
	f.Fuzz(func(t *testing.T, text string, size int) {
		size = 1 + int(uint(size)%64)
		s := new(sink)
		w := s.writer(t, client.WriterOptions{Compression: client.Plain})
		lines := w.Lines()
		for part := range slices.Chunk([]byte(text), size) {
			if n, err := lines.Write(part); err != nil || n != len(part) {
				t.Fatalf("Write(%q): %d, %v", part, n, err)
			}
		}
		if err := errors.Join(lines.Close(), w.Close(t.Context())); err != nil {
			t.Fatal(err)
		}
		var want []string
		for line := range strings.SplitSeq(text, "\n") {
			if line = strings.TrimSuffix(line, "\r"); line != "" {
				want = append(want, string([]rune(line))) // each byte that is no UTF-8 is replaced, as in JSON
			}
		}
		if diff := cmp.Diff(want, s.kept()); diff != "" {
			t.Errorf("records of %q in writes of %d bytes (-want +got):\n%s", text, size, diff)
		}
	})
}
