package main

import (
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

func TestHashPassword(t *testing.T) {
	for _, tt := range []struct{ name, in, password string }{
		{"a line", "correct horse\n", "correct horse"},
		{"without a line break", "correct horse", "correct horse"},
		{"a line of Windows", "correct horse\r\n", "correct horse"},
		{"spaces belong to it", " correct horse \n", " correct horse "},
		{"more lines", "correct horse\nbattery\n", "correct horse"},
		{"72 bytes", strings.Repeat("x", 72), strings.Repeat("x", 72)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			if err := hashPassword(strings.NewReader(tt.in), &out); err != nil {
				t.Fatalf("hashPassword: %v", err)
			}
			hash, ended := strings.CutSuffix(out.String(), "\n")
			if err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(tt.password)); err != nil || !ended {
				t.Errorf("%q is not the hash of %q: %v", out.String(), tt.password, err)
			}
		})
	}
}

func TestHashPasswordRefuses(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", "is empty"},
		{"an empty line", "\nsecret", "is empty"},
		{"what bcrypt would cut", strings.Repeat("x", 73), "at most 72 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			err := hashPassword(strings.NewReader(tt.in), &out)
			if err == nil || !strings.Contains(err.Error(), tt.want) || out.Len() > 0 {
				t.Errorf("hashPassword gives %q, %v, want an error with %q", out.String(), err, tt.want)
			}
		})
	}
}
