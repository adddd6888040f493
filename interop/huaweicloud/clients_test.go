package huaweicloud_test

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	lts "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2"

	"github.com/ltskit/ltskit/interop/reference"
)

// server is the one that all tests of the package share.
var server *reference.Server

func TestMain(m *testing.M) {
	os.Exit(reference.Run(m, func(s *reference.Server) { server = s }))
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

// checkRefusal checks an error of the library, and that it has the ID of the
// request.
func checkRefusal(t *testing.T, call string, err error, want refusal) {
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

// nameOf makes a name out of that of a test.
func nameOf(t *testing.T) string {
	t.Helper()
	return strings.NewReplacer("/", "-", "_", "-").Replace(t.Name())
}

// enumerations lets values be compared that the library wraps in a type of its
// own.
var enumerations = cmp.Exporter(func(t reflect.Type) bool {
	return strings.HasPrefix(t.PkgPath(), "github.com/huaweicloud/huaweicloud-sdk-go-v3/")
})
