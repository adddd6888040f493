package huaweicloud_test

import (
	"errors"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	lts "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2"

	"github.com/ltskit/ltskit/interop/check"
	"github.com/ltskit/ltskit/interop/reference"
)

// server is the one that all tests of the package share.
var server *reference.Server

// calls are those that the tests have checked.
var calls check.Calls

func TestMain(m *testing.M) {
	os.Exit(reference.Run(m, "huaweicloud-sdk-go-v3", &calls, func(s *reference.Server) { server = s }))
}

// signing builds a client that signs its requests with the access key of the
// development project.
func signing(t *testing.T) *core.HcHttpClient {
	t.Helper()
	return signingAs(t, basic.NewCredentialsBuilder().
		WithAk(reference.AccessKey).WithSk(reference.SecretKey).WithProjectId(reference.ProjectID))
}

func signingAs(t *testing.T, builder *basic.CredentialsBuilder) *core.HcHttpClient {
	t.Helper()
	credentials, err := builder.SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	client, err := lts.LtsClientBuilder().WithEndpoint(server.URL).WithCredential(credentials).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// refusal is what the library tells of an answer that is an error.
type refusal struct {
	status        int
	code, message string
}

// recorded is how the table of docs/interop.md has a refusal.
func (r refusal) recorded() string {
	if r.code == "" {
		return strconv.Itoa(r.status)
	}
	return r.code
}

// checkRefusal checks an error of an operation, and takes note of it.
func checkRefusal(t *testing.T, operation, reason string, err error, want refusal) {
	t.Helper()
	calls.Refused(operation, want.recorded())
	checkError(t, operation+", "+reason, err, want)
}

// checkError checks an error of the library, and that it has the ID of the
// request.
func checkError(t *testing.T, call string, err error, want refusal) {
	t.Helper()
	var answer *sdkerr.ServiceResponseError
	if !errors.As(err, &answer) {
		t.Errorf("%s: error %v, want a refusal %v", call, err, want)
		return
	}
	if got := (refusal{answer.StatusCode, answer.ErrorCode, answer.ErrorMessage}); got != want {
		t.Errorf("%s is refused with %v, want %v", call, got, want)
	}
	if answer.RequestId == "" {
		t.Errorf("%s: the refusal has no ID of the request", call)
	}
}

// failing is a client whose requests meet a store that fails.
func failing(t *testing.T, store string) *core.HcHttpClient {
	t.Helper()
	return signing(t).WithExtraHeaders(map[string]string{reference.FaultHeader: store})
}

// A stranger signs with an access key that the service does not know.
func stranger(t *testing.T) *core.HcHttpClient {
	t.Helper()
	return signingAs(t, basic.NewCredentialsBuilder().
		WithAk("NOSUCHKEY00000000000").WithSk(reference.SecretKey).WithProjectId(reference.ProjectID))
}

func checkStatus(t *testing.T, call string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: status %d, want %d", call, got, want)
	}
}

// value gives what p points at, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		return *new(T)
	}
	return *p
}

// enumerations lets values be compared that the library wraps in a type of its
// own.
var enumerations = cmp.Exporter(func(t reflect.Type) bool {
	return strings.HasPrefix(t.PkgPath(), "github.com/huaweicloud/huaweicloud-sdk-go-v3/")
})
