package bucket

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An object is synced before it has its name, then each folder up to the bucket.
func TestObjectsSurviveTheLossOfPower(t *testing.T) {
	buckets, synced := openWatched(t, nil)
	if err := buckets.Put(t.Context(), "lts-test", "a/b/c", writeContent); err != nil {
		t.Fatal(err)
	}
	want := []string{"lts-test/a/b/c.*.tmp", "lts-test/a/b", "lts-test/a", "lts-test"}
	if diff := cmp.Diff(want, *synced); diff != "" {
		t.Errorf("synced (-want +got):\n%s", diff)
	}
}

// A process may have ended between giving an object its name and syncing that.
func TestAnObjectThatIsThereIsMadeToStay(t *testing.T) {
	buckets, synced := openWatched(t, nil)
	for range 2 {
		*synced = nil
		if err := buckets.Put(t.Context(), "lts-test", "key", writeContent); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"lts-test"}, *synced); diff != "" {
		t.Errorf("synced by the second Put (-want +got):\n%s", diff)
	}
}

func TestWhatCannotBeSyncedIsNotThere(t *testing.T) {
	errDisk := errors.New("the disk is broken")
	buckets, _ := openWatched(t, errDisk)
	if err := buckets.Put(t.Context(), "lts-test", "key", writeContent); !errors.Is(err, errDisk) {
		t.Errorf("Put gives %v, want %v", err, errDisk)
	}
	if keys, err := buckets.Keys(t.Context(), "lts-test", ""); len(keys) != 0 || err != nil {
		t.Errorf("after that there are the keys %q, %v, want none", keys, err)
	}
}

// openWatched opens a folder with one bucket, whose syncs are written down (the
// time in the names of files as *) and fail.
func openWatched(t *testing.T, failure error) (buckets *Buckets, synced *[]string) {
	t.Helper()
	dir := t.TempDir()
	if err := MakeFolder(dir, "lts-test"); err != nil {
		t.Fatal(err)
	}
	synced = new([]string)
	buckets = Folder(dir)
	t.Cleanup(func() { _ = buckets.Close() })
	f := folder{dir: dir, sync: func(file *os.File) error {
		path, err := filepath.Rel(dir, file.Name())
		if parts := strings.Split(path, "."); len(parts) == 3 {
			path = parts[0] + ".*." + parts[2]
		}
		*synced = append(*synced, filepath.ToSlash(path))
		return errors.Join(err, failure)
	}}
	buckets.put, buckets.keep = f.put, f.keep
	return buckets, synced
}

func writeContent(out io.Writer) error {
	_, err := io.WriteString(out, "content")
	return err
}
