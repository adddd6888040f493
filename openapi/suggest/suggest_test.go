package suggest_test

import (
	"testing"

	"github.com/ltskit/ltskit/openapi/suggest"
)

func TestDidYouMean(t *testing.T) {
	known := []string{"2022-08", "2024-03", "latest", "listen", "log"}
	for _, tt := range []struct{ name, given, want string }{
		{"a letter too few", "listn", "; did you mean listen?"},
		{"a letter too many", "lates t", "; did you mean latest?"},
		{"another letter", "2024-04", "; did you mean 2024-03?"},
		{"two letters changed places", "2024-30", "; did you mean 2024-03?"},
		{"the beginning", "2022", "; did you mean 2022-08?"},
		{"the beginning of several", "l", "; did you mean latest?"},
		{"the beginning of a later one wins over a few letters", "li", "; did you mean listen?"},
		{"another case", "LOG", ""},
		{"nothing like it", "colour", ""},
		{"nothing", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := suggest.DidYouMean(tt.given, known); got != tt.want {
				t.Errorf("DidYouMean(%q) gives %q, want %q", tt.given, got, tt.want)
			}
		})
	}
	if got := suggest.DidYouMean("listn", nil); got != "" {
		t.Errorf("DidYouMean among nothing gives %q", got)
	}
}
