package gophertelekomcloud_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	golangsdk "github.com/opentelekomcloud/gophertelekomcloud"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack"

	"github.com/ltskit/ltskit/interop/reference"
)

// server is the one that all tests of the package share.
var server *reference.Server

func TestMain(m *testing.M) {
	os.Exit(reference.Run(m, func(s *reference.Server) { server = s }))
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

// checkRefusal checks an error of the library.
func checkRefusal(t *testing.T, call string, err error, want refusal) {
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

// failing is a transport that asks the server to let a store fail.
type failing struct{ store string }

func (f failing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set(reference.FaultHeader, f.store)
	return http.DefaultTransport.RoundTrip(r)
}

// nameOf makes a name out of that of a test.
func nameOf(t *testing.T) string {
	t.Helper()
	return strings.NewReplacer("/", "-", "_", "-").Replace(t.Name())
}
