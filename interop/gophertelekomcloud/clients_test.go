package gophertelekomcloud_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"testing"

	golangsdk "github.com/opentelekomcloud/gophertelekomcloud"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack"

	"github.com/ltskit/ltskit/interop/check"
	"github.com/ltskit/ltskit/interop/reference"
)

// server is the one that all tests of the package share.
var server *reference.Server

// calls are those that the tests have checked.
var calls check.Calls

func TestMain(m *testing.M) {
	os.Exit(reference.Run(m, "gophertelekomcloud", &calls, func(s *reference.Server) { server = s }))
}

// credentials ask for a token of the development project.
func credentials() golangsdk.AuthOptions {
	return golangsdk.AuthOptions{
		IdentityEndpoint: server.URL + "/v3",
		Username:         reference.User, Password: reference.Password, DomainName: reference.Domain,
		TenantName: reference.Project,
	}
}

// newLTS gets a token and finds the log service in its catalog.
func newLTS(t *testing.T) *golangsdk.ServiceClient {
	t.Helper()
	provider, err := openstack.AuthenticatedClient(credentials())
	if err != nil {
		t.Fatal(err)
	}
	client, err := openstack.NewLTSV2(provider, golangsdk.EndpointOpts{Region: reference.Region})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// refusal is what the library tells of an answer that is an error. It does not
// read the body.
type refusal struct {
	status        int
	code, message string
}

// checkRefusal checks an error of an operation, and takes note of it.
func checkRefusal(t *testing.T, operation, reason string, err error, want refusal) {
	t.Helper()
	calls.Refused(operation, want.code)
	checkError(t, operation+", "+reason, err, want)
}

// checkError checks an error of the library.
func checkError(t *testing.T, call string, err error, want refusal) {
	t.Helper()
	answer, ok := refused(err)
	if !ok {
		t.Errorf("%s: error %v, want a refusal %v", call, err, want)
		return
	}
	var body struct {
		Code    string `json:"error_code"`
		Message string `json:"error_msg"`
	}
	if err := json.Unmarshal(answer.Body, &body); err != nil {
		t.Errorf("%s: the body %q of the refusal: %v", call, answer.Body, err)
	}
	if got := (refusal{answer.Actual, body.Code, body.Message}); got != want {
		t.Errorf("%s is refused with %v, want %v", call, got, want)
	}
}

// refused finds the answer in an error: the library has a type for every status.
func refused(err error) (answer golangsdk.ErrUnexpectedResponseCode, ok bool) {
	var (
		badRequest   golangsdk.ErrDefault400
		unauthorized golangsdk.ErrDefault401
		forbidden    golangsdk.ErrDefault403
		notFound     golangsdk.ErrDefault404
		failed       golangsdk.ErrDefault500
	)
	switch {
	case errors.As(err, &badRequest):
		return badRequest.ErrUnexpectedResponseCode, true
	case errors.As(err, &unauthorized):
		return unauthorized.ErrUnexpectedResponseCode, true
	case errors.As(err, &forbidden):
		return forbidden.ErrUnexpectedResponseCode, true
	case errors.As(err, &notFound):
		return notFound.ErrUnexpectedResponseCode, true
	case errors.As(err, &failed):
		return failed.ErrUnexpectedResponseCode, true
	default:
		return answer, false
	}
}

// A stranger has a token that the service does not know.
func stranger(t *testing.T) *golangsdk.ServiceClient {
	t.Helper()
	client := newLTS(t)
	client.SetToken("no token")
	return client
}

// failing is a client whose requests meet a catalog that fails.
func failing(t *testing.T) *golangsdk.ServiceClient {
	t.Helper()
	client := newLTS(t)
	client.HTTPClient = http.Client{Transport: failingCatalog{}}
	return client
}

type failingCatalog struct{}

func (failingCatalog) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set(reference.FaultHeader, "catalog")
	return http.DefaultTransport.RoundTrip(r)
}
