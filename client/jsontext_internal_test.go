package client

import (
	"encoding/json"
	"strings"
	"testing"
)

// Any string comes back as it was, but for bytes that are not UTF-8, which
// become U+FFFD, as with encoding/json.
func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "a", `"\/`, "\x00\x1f\x7f", "\n\r\t\b\f", "ü\u2028\U0001f600", "\xff\xc3", "a\xe2\x80", "<&>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := appendString([]byte("x"), s)
		var back string
		if err := json.Unmarshal(out[1:], &back); err != nil {
			t.Fatalf("appendString(%q) = %q: %v", s, out, err)
		}
		plain, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var want string
		if err := json.Unmarshal(plain, &want); err != nil {
			t.Fatal(err)
		}
		if back != want || out[0] != 'x' || strings.ContainsAny(string(out), "\n\r") {
			t.Errorf("appendString(%q) = %q, read back as %q, want %q", s, out[1:], back, want)
		}
	})
}
