package bucket_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/bucket"
	"github.com/ltskit/ltskit/store/bucket/buckettest"
	"github.com/ltskit/ltskit/store/fault"
)

func TestFolderKeepsTheContract(t *testing.T) {
	buckettest.Run(t, func(t *testing.T) buckettest.Store { return openFolder(t, t.TempDir()) })
}

func TestObjectsOutliveTheirStore(t *testing.T) {
	dir := t.TempDir()
	first := openFolder(t, dir)
	if err := first.Put(t.Context(), buckettest.Bucket, "a/b", write("content")); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := openFolder(t, dir).Read(t.Context(), buckettest.Bucket, "a/b")
	if err != nil || string(got) != "content" {
		t.Errorf("Read gives %q, %v, want the content", got, err)
	}
	plain, err := os.ReadFile(filepath.Join(dir, buckettest.Bucket, "a", "b"))
	if err != nil || string(plain) != "content" {
		t.Errorf("the file has %q, %v, want the content", plain, err)
	}
}

func TestAFolderThatComesAndGoes(t *testing.T) {
	dir := t.TempDir()
	buckets := openFolder(t, dir)
	path := filepath.Join(dir, buckettest.Bucket)
	if err := buckets.Put(t.Context(), buckettest.Bucket, "key", write("content")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := buckets.Put(t.Context(), buckettest.Bucket, "key", write("content")); !errors.Is(err, lts.ErrBucketNotFound) {
		t.Errorf("Put gives %v, want %v", err, lts.ErrBucketNotFound)
	}
	if err := bucket.MakeFolder(dir, buckettest.Bucket); err != nil {
		t.Fatal(err)
	}
	if err := buckets.Put(t.Context(), buckettest.Bucket, "key", write("content")); err != nil {
		t.Errorf("Put: %v", err)
	}
}

func TestAFolderThatMayNotBeWritten(t *testing.T) {
	dir := t.TempDir()
	buckets := openFolder(t, dir)
	path := filepath.Join(dir, buckettest.Bucket)
	if err := os.Chmod(path, 0o500); err != nil { // a folder that may be listed
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(path, 0o700) }) // as it was
	if _, err := buckets.Exists(t.Context(), buckettest.Bucket); !errors.Is(err, lts.ErrBucketForbidden) {
		t.Errorf("Exists gives %v, want %v", err, lts.ErrBucketForbidden)
	}
	if err := buckets.Put(t.Context(), buckettest.Bucket, "key", write("content")); !errors.Is(err, lts.ErrBucketForbidden) {
		t.Errorf("Put gives %v, want %v", err, lts.ErrBucketForbidden)
	}
}

// A process that is killed while it writes leaves a file. The next one removes
// it when it puts the object, and nothing else.
func TestWhatAKilledProcessHasLeftIsRemoved(t *testing.T) {
	dir := t.TempDir()
	buckets := openFolder(t, dir)
	path := filepath.Join(dir, buckettest.Bucket)
	for _, name := range []string{"key.18c0000000000000.tmp", "key.tmp", "key.notes.tmp", "key.2.18c0000000000000.tmp", "other.18c0000000000000.tmp"} {
		if err := os.WriteFile(filepath.Join(path, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := buckets.Put(t.Context(), buckettest.Bucket, "key", write("content")); err != nil {
		t.Fatal(err)
	}
	want := []string{"key", "key.2.18c0000000000000.tmp", "key.notes.tmp", "key.tmp", "other.18c0000000000000.tmp"}
	if got, err := buckets.Keys(t.Context(), buckettest.Bucket, ""); !slices.Equal(got, want) || err != nil {
		t.Errorf("the bucket has %q, %v, want %q", got, err, want)
	}
}

func TestMakeFolderRefusesOtherNames(t *testing.T) {
	for _, name := range []string{"", "ab", "..", "a/b", "../ab", "Upper", "-ab", "ab-", "a b"} {
		if err := bucket.MakeFolder(t.TempDir(), name); err == nil {
			t.Errorf("MakeFolder(%q) gives no error", name)
		}
	}
}

func TestBucketsThatFailOnRequest(t *testing.T) {
	buckets := fault.Buckets(openFolder(t, t.TempDir()))
	ctx := fault.Inject(t.Context(), fault.BucketStore)
	if _, err := buckets.Exists(ctx, buckettest.Bucket); !errors.Is(err, fault.ErrInjected) {
		t.Errorf("Exists gives %v, want %v", err, fault.ErrInjected)
	}
	if err := buckets.Put(ctx, buckettest.Bucket, "key", write("x")); !errors.Is(err, fault.ErrInjected) {
		t.Errorf("Put gives %v, want %v", err, fault.ErrInjected)
	}
	if ok, err := buckets.Exists(t.Context(), buckettest.Bucket); !ok || err != nil {
		t.Errorf("Exists without a fault gives %t, %v", ok, err)
	}
	if err := buckets.Put(t.Context(), buckettest.Bucket, "key", write("x")); err != nil {
		t.Errorf("Put without a fault gives %v", err)
	}
}

// openFolder opens a folder with the buckets of the suite.
func openFolder(t *testing.T, dir string) *bucket.Buckets {
	t.Helper()
	for _, name := range []string{buckettest.Bucket, buckettest.Other} {
		if err := bucket.MakeFolder(dir, name); err != nil {
			t.Fatal(err)
		}
	}
	buckets := bucket.Folder(dir)
	t.Cleanup(func() { _ = buckets.Close() })
	return buckets
}

func write(text string) func(io.Writer) error {
	return func(out io.Writer) error {
		_, err := io.WriteString(out, text)
		return err
	}
}
