package bucket_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/bucket/buckettest"
)

// A folder whose owner may write to it is still none that anybody may write to.
func TestAFolderThatThisProcessMayNotWriteTo(t *testing.T) {
	for name, bar := range map[string]func(t *testing.T, path string) error{
		"it may not be entered": func(_ *testing.T, path string) error { return os.Chmod(path, 0o600) },
		"it is another user's": func(t *testing.T, path string) error {
			if os.Getuid() != 0 {
				t.Skip("only root can give a folder away")
			}
			return errors.Join(os.Chmod(path, 0o755), os.Chown(path, 65534, 65534)) // others may look into it
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			buckets := openFolder(t, dir)
			path := filepath.Join(dir, buckettest.Bucket)
			if err := bar(t, path); err != nil {
				t.Fatal(err)
			}
			exists, put := withoutPowers(func() (exists, put error) {
				_, exists = buckets.Exists(t.Context(), buckettest.Bucket)
				return exists, buckets.Put(t.Context(), buckettest.Bucket, "key", write("content"))
			})
			if !errors.Is(exists, lts.ErrBucketForbidden) {
				t.Errorf("Exists gives %v, want %v", exists, lts.ErrBucketForbidden)
			}
			if !errors.Is(put, lts.ErrBucketForbidden) {
				t.Errorf("Put gives %v, want %v", put, lts.ErrBucketForbidden)
			}
		})
	}
}

// withoutPowers runs f where permissions of files bind, also when the tests run
// as root. Powers are those of a thread, which ends after that.
func withoutPowers(f func() (exists, put error)) (exists, put error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // without unlocking, the thread ends with the goroutine
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		var powers [2]unix.CapUserData // none
		if exists = unix.Capset(&header, &powers[0]); exists == nil {
			exists, put = f()
		}
	}()
	<-done
	return exists, put
}
