package conformance_test

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/conformance"
)

// A shell gives curl the request as it was, with the values of the variables.
func TestCurlIsQuotedForTheShell(t *testing.T) {
	token := http.Header{"X-Auth-Token": {"$TOKEN"}}
	const odd = "@{\"a\": \"it's $HOME `id` \\\\n\"}"
	for _, tt := range []struct {
		name     string
		exchange conformance.Exchange
		want     []string // arguments of curl
	}{
		{
			"a token and no body", conformance.Exchange{Method: "GET", URL: "http://127.0.0.1/v2/p/groups?limit=1&x=[1]", RequestHeader: token},
			[]string{"-gi", "-X", "GET", "-H", "X-Auth-Token: to'k\"e n", "http://127.0.0.1/v2/p/groups?limit=1&x=[1]"},
		},
		{
			"a body that a shell or curl would change", conformance.Exchange{Method: "POST", URL: "http://127.0.0.1/", RequestBody: odd},
			[]string{"-gi", "-X", "POST", "--data-raw", odd, "http://127.0.0.1/"},
		},
		{
			"the password", conformance.Exchange{Method: "POST", URL: "http://127.0.0.1/", RequestBody: `{"name":"it's","password":"$LTS_PASSWORD"}`},
			[]string{"-gi", "-X", "POST", "--data-raw", `{"name":"it's","password":"sesame $HOME"}`, "http://127.0.0.1/"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			shell := exec.CommandContext(t.Context(), "sh", "-c", `curl() { printf '%s\n' "$@"; }; `+tt.exchange.Curl())
			shell.Env = append(os.Environ(), "TOKEN=to'k\"e n", "LTS_PASSWORD=sesame $HOME")
			output, err := shell.CombinedOutput()
			if err != nil {
				t.Fatalf("sh: %v: %s", err, output)
			}
			if diff := cmp.Diff(tt.want, strings.Split(strings.TrimSuffix(string(output), "\n"), "\n")); diff != "" {
				t.Errorf("arguments of %s (-want +got):\n%s", tt.exchange.Curl(), diff)
			}
		})
	}
}
