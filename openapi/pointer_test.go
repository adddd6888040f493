package openapi_test

import (
	"testing"

	"github.com/ltskit/ltskit/openapi"
)

func TestPointer(t *testing.T) {
	for _, tt := range []struct {
		name   string
		tokens []string
		want   string
	}{
		{"the whole value", nil, ""},
		{"an empty name", []string{""}, "/"},
		{"names and elements", []string{"tags", "0", "key"}, "/tags/0/key"},
		{"what is escaped", []string{"/v2/{id}", "~", "~1"}, "/~1v2~1{id}/~0/~01"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := openapi.Pointer(tt.tokens...); got != tt.want {
				t.Errorf("Pointer(%q) gives %q, want %q", tt.tokens, got, tt.want)
			}
		})
	}
}
