package client_test

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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
		"a domain of the project":  {place, {"OS_USERNAME": "dev", "OS_PROJECT_DOMAIN_NAME": "dev", "OS_PASSWORD": "dev"}},
		"the keys of OpenStack":    {place, {"OS_AK": embedded.DevAccessKey, "OS_SK": embedded.DevSecretKey}},
		"own names first":          {place, {"LTS_USER": "dev", "LTS_DOMAIN": "dev", "LTS_PASSWORD": "dev", "HUAWEICLOUD_SDK_AK": "no", "HUAWEICLOUD_SDK_SK": "no"}},
		"halves make no pair":      {place, {"LTS_ACCESS_KEY": "no", "HW_SECRET_KEY": "no", "OS_ACCESS_KEY": embedded.DevAccessKey, "OS_SECRET_KEY": embedded.DevSecretKey}},
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
		"everything":     {nil, "no endpoint: set LTS_ENDPOINT"},
		"the project":    {map[string]string{"LTS_ENDPOINT": "https://lts.example.test"}, "no project: set LTS_PROJECT_ID"},
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

// The names are those of core/auth/provider/env_provider.go of the vendor's SDK.
func TestTheTemporaryKeysOfTheSDK(t *testing.T) {
	setOnly(t, map[string]string{
		"LTS_ENDPOINT": "https://lts.example.test", "HUAWEICLOUD_SDK_PROJECT_ID": "p", "HUAWEICLOUD_SDK_AK": "a", "HUAWEICLOUD_SDK_SK": "s",
		"HUAWEICLOUD_SDK_SECURITY_TOKEN": "of the pair", "OS_SECURITY_TOKEN": "of another pair",
	})
	p := &peer{answer: func(*http.Request, int) (*http.Response, error) { return respond(200, noGroups) }}
	c := must(client.NewFromEnvironment(client.WithTransport(p)))(t)
	if _, err := c.Groups.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	sent := p.requests[0]
	if got := sent.Header.Get("X-Security-Token"); got != "of the pair" {
		t.Errorf("X-Security-Token is %q, want that of the SDK", got)
	}
	if got := sent.Header.Get("Authorization"); !strings.Contains(got, "Access=a,") {
		t.Errorf("Authorization is %q, want a signature with the access key of the SDK", got)
	}
	if want := "/v2/p/groups"; sent.URL.Path != want {
		t.Errorf("the path is %s, want %s", sent.URL.Path, want)
	}
}

// The vendor's SDK takes a host alone as well, OpenStack adds the version.
func TestAddressesOfTheIdentityService(t *testing.T) {
	for variable, value := range map[string]string{
		"LTS_IAM_ENDPOINT": "https://iam.example.test", "HUAWEICLOUD_SDK_IAM_ENDPOINT": "iam.example.test", "OS_AUTH_URL": "https://iam.example.test/v3/",
	} {
		t.Run(variable, func(t *testing.T) {
			setOnly(t, map[string]string{"LTS_ENDPOINT": "https://elsewhere.example.test", "LTS_PROJECT_ID": "p", "LTS_TOKEN": "t", variable: value})
			p := &peer{answer: func(*http.Request, int) (*http.Response, error) { return respond(200, `{"projects": []}`) }}
			c := must(client.NewFromEnvironment(client.WithTransport(p)))(t)
			if _, err := c.Tokens.Projects(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			if got, want := p.requests[0].URL.String(), "https://iam.example.test/v3/projects"; got != want {
				t.Errorf("projects are asked for at %s, want %s", got, want)
			}
		})
	}
}

// The file is that of core/auth/provider/profile_provider.go of the vendor's SDK.
func TestTheFileOfTheSDK(t *testing.T) {
	file := filepath.Join(t.TempDir(), "credentials")
	tests := map[string]struct {
		text                   string
		access, token, project string
	}{
		"everything":   {"[basic]\nak = a\nsk = s\nsecurity_token = t\nproject_id = p\n", "a", "t", "p"},
		"colons":       {"[basic]\nak: a\nsk: s\nproject_id: p", "a", "", "p"},
		"two sections": {"[global]\nak = g\nsk = g\n[ basic ]\nak=a\nsk=s\nproject_id=p\n[other]\nak=o\n", "a", "", "p"},
		"comments":     {"; first\n# ak = x\n[basic]\n\tak = a # key\nsk = s;secret\nproject_id = p\n", "a", "", "p"},
		"quoted":       {"[basic]\nak = \"a\"\nsk = 's'\nsecurity_token = `t;#=`\nproject_id = \"p\" ; quoted\r\n", "a", "t;#=", "p"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			setOnly(t, map[string]string{"LTS_ENDPOINT": "https://lts.example.test", "HUAWEICLOUD_SDK_CREDENTIALS_FILE": file})
			p := &peer{answer: func(*http.Request, int) (*http.Response, error) { return respond(200, noGroups) }}
			c := must(client.NewFromEnvironment(client.WithTransport(p)))(t)
			if _, err := c.Groups.List(t.Context()); err != nil {
				t.Fatal(err)
			}
			sent := p.requests[0]
			if got := sent.Header.Get("Authorization"); !strings.Contains(got, "Access="+tt.access+",") {
				t.Errorf("Authorization is %q, want the access key %s", got, tt.access)
			}
			if got := sent.Header.Get("X-Security-Token"); got != tt.token {
				t.Errorf("X-Security-Token is %q, want %q", got, tt.token)
			}
			if want := "/v2/" + tt.project + "/groups"; sent.URL.Path != want {
				t.Errorf("the path is %s, want %s", sent.URL.Path, want)
			}
		})
	}
}

func TestAFileOfTheSDKThatIsMissing(t *testing.T) {
	setOnly(t, map[string]string{"LTS_ENDPOINT": "https://lts.example.test", "LTS_PROJECT_ID": "p", "HUAWEICLOUD_SDK_CREDENTIALS_FILE": "/no/such/file"})
	if _, err := client.NewFromEnvironment(); err == nil || !strings.Contains(err.Error(), "HUAWEICLOUD_SDK_CREDENTIALS_FILE") {
		t.Errorf("NewFromEnvironment: %v, want an error that names the variable", err)
	}
}

func TestACertificateOfTheServersOwn(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(noGroups)) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // what the server says of a client that does not trust it
	s.StartTLS()
	defer s.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(file, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	here := map[string]string{"LTS_ENDPOINT": s.URL, "LTS_PROJECT_ID": "p", "LTS_TOKEN": "t"}

	setOnly(t, here)
	_, err := must(client.NewFromEnvironment())(t).Groups.List(t.Context())
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); !ok {
		t.Errorf("List without the certificate: %v, want that it cannot be verified", err)
	}
	if _, err := must(client.NewFromEnvironment(client.WithCAFile(file)))(t).Groups.List(t.Context()); err != nil {
		t.Errorf("List with WithCAFile: %v", err)
	}
	for _, variable := range []string{"LTS_CA_FILE", "OS_CACERT"} {
		setOnly(t, here, map[string]string{variable: file})
		if _, err := must(client.NewFromEnvironment())(t).Groups.List(t.Context()); err != nil {
			t.Errorf("List with %s: %v", variable, err)
		}
		if _, err := must(client.NewFromEnvironment(client.WithTransport(s.Client().Transport)))(t).Groups.List(t.Context()); err != nil {
			t.Errorf("List with a transport that has the certificate, and %s: %v", variable, err)
		}
	}
}
