package client_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/server/embedded"
)

func TestFromTheEnvironment(t *testing.T) {
	s := serve(t)
	place := map[string]string{"LTS_ENDPOINT": s.address, "LTS_PROJECT_ID": embedded.DevProjectID}
	vendorsPlace := map[string]string{"LTS_ENDPOINT": s.address, "HUAWEICLOUD_SDK_PROJECT_ID": embedded.DevProjectID}
	tests := map[string][]map[string]string{
		"a pair of keys":           {place, {"LTS_ACCESS_KEY": embedded.DevAccessKey, "LTS_SECRET_KEY": embedded.DevSecretKey}},
		"the keys of the SDK":      {vendorsPlace, {"HUAWEICLOUD_SDK_AK": embedded.DevAccessKey, "HUAWEICLOUD_SDK_SK": embedded.DevSecretKey}},
		"the keys of the tools":    {place, {"HW_ACCESS_KEY": embedded.DevAccessKey, "HW_SECRET_KEY": embedded.DevSecretKey}},
		"a password":               {place, {"LTS_USER": "dev", "LTS_DOMAIN": "dev", "LTS_PASSWORD": "dev"}},
		"a password for OpenStack": {place, {"OS_USERNAME": "dev", "OS_DOMAIN_NAME": "dev", "OS_PASSWORD": "dev", "OS_AUTH_URL": s.address + "/v3"}},
		"keys before a password":   {place, {"LTS_ACCESS_KEY": embedded.DevAccessKey, "LTS_SECRET_KEY": embedded.DevSecretKey, "LTS_USER": "no", "LTS_PASSWORD": "no"}},
	}
	for name, variables := range tests {
		t.Run(name, func(t *testing.T) {
			setOnly(t, variables...)
			c := must(client.NewFromEnvironment())(t)
			if _, err := c.Groups.List(t.Context()); err != nil {
				t.Errorf("List: %v", err)
			}
		})
	}
}

func TestATokenFromTheEnvironment(t *testing.T) {
	setOnly(t, map[string]string{
		"LTS_ENDPOINT": "https://lts.example.test", "LTS_PROJECT_ID": "p", "OS_AUTH_TOKEN": "from OpenStack",
		"LTS_GA_ENDPOINT": "https://fast.example.test",
	})
	p := &peer{answer: func(*http.Request, int) (*http.Response, error) { return respond(200, noGroups) }}
	c := must(client.NewFromEnvironment(client.WithTransport(p)))(t)
	_, _ = c.Groups.List(t.Context())
	_, _ = c.Logtanks.Get(t.Context(), "x")
	if got := p.requests[0].Header.Get("X-Auth-Token"); got != "from OpenStack" {
		t.Errorf("token %q, want that of the environment", got)
	}
	if got := p.requests[1].URL.Host; got != "fast.example.test" {
		t.Errorf("logtanks are asked for at %s, want the endpoint of the environment", got)
	}
}

func TestWhatTheEnvironmentLacks(t *testing.T) {
	for name, tt := range map[string]struct {
		variables map[string]string
		want      string
	}{
		"everything":     {nil, "LTS_ENDPOINT"},
		"the project":    {map[string]string{"LTS_ENDPOINT": "https://lts.example.test"}, "LTS_PROJECT_ID"},
		"credentials":    {map[string]string{"LTS_ENDPOINT": "https://lts.example.test", "LTS_PROJECT_ID": "p"}, "no credentials"},
		"the secret key": {map[string]string{"LTS_ENDPOINT": "https://lts.example.test", "LTS_PROJECT_ID": "p", "LTS_ACCESS_KEY": "a"}, "LTS_SECRET_KEY"},
		"the domain": {map[string]string{"LTS_ENDPOINT": "https://lts.example.test", "LTS_PROJECT_ID": "p", "LTS_USER": "u", "LTS_PASSWORD": "p"},
			"domain"},
	} {
		t.Run(name, func(t *testing.T) {
			setOnly(t, tt.variables)
			if _, err := client.NewFromEnvironment(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("NewFromEnvironment: %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// setOnly sets variables, and unsets what the tests may have been started with.
func setOnly(t *testing.T, variables ...map[string]string) {
	t.Helper()
	for _, name := range client.EnvironmentVariables() {
		t.Setenv(name, "")
	}
	for _, some := range variables {
		for name, value := range some {
			t.Setenv(name, value)
		}
	}
}
