package bucket_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/bucket"
)

func TestS3ThatRefuses(t *testing.T) {
	for status, want := range map[int]error{http.StatusForbidden: lts.ErrBucketForbidden, http.StatusNotFound: nil} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(s.Close)
		buckets := bucket.S3(bucket.S3Config{Endpoint: s.URL, Region: "dev", AccessKey: "a", SecretKey: "s", PathStyle: true})
		if ok, err := buckets.Exists(t.Context(), "lts-test"); ok || !errors.Is(err, want) {
			t.Errorf("with status %d Exists gives %t, %v, want %v", status, ok, err, want)
		}
	}
}
