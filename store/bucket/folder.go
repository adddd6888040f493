package bucket

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"

	"github.com/ltskit/ltskit/lts"
)

// bucketName is what a bucket may be called (OBS; it is also what keeps a name
// from leaving the folder).
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// Folder gives the buckets of a folder: each folder in it is one. Buckets are
// made by making folders. Names of files are keys with unusual characters
// escaped.
//
// An object that has been put survives the loss of power: its file is synced
// before it gets its name, and the folders above it after that. Until then the
// name ends in .tmp. Such a file is left only by a process that ended while it
// wrote, and is removed when its object is put again.
func Folder(dir string) *Buckets {
	f := folder{dir: filepath.Clean(dir), opened: time.Now(), sync: (*os.File).Sync}
	return &Buckets{
		open: func(_ context.Context, name string) (*blob.Bucket, error) { return openFolder(dir, name) },
		has: func(_ context.Context, name string, _ *blob.Bucket) (bool, error) {
			return isFolder(filepath.Join(dir, name))
		},
		put:  f.put,
		keep: f.keep,
	}
}

// MakeFolder makes a bucket in a folder of buckets, unless it is there.
func MakeFolder(dir, name string) error {
	if !bucketName.MatchString(name) {
		return fmt.Errorf("bucket: %q is no name for a bucket", name)
	}
	return os.MkdirAll(filepath.Join(dir, name), 0o700)
}

func openFolder(dir, name string) (*blob.Bucket, error) {
	if !bucketName.MatchString(name) {
		return nil, notFound(name, true)
	}
	path := filepath.Join(dir, name)
	if ok, err := isFolder(path); err != nil || !ok {
		return nil, errors.Join(err, notFound(name, err == nil))
	}
	return fileblob.OpenBucket(path, &fileblob.Options{
		NoTempDir:   true, // renaming needs the same file system
		Metadata:    fileblob.MetadataDontWrite,
		DirFileMode: 0o700,
	})
}

// isFolder tells whether there is a folder that this process may write to. One
// that nobody may write to is refused to root as well, who could.
func isFolder(path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case errors.Is(err, fs.ErrPermission):
		return false, lts.ErrBucketForbidden.CausedBy(err)
	case err != nil || !info.IsDir():
		return false, err
	case info.Mode().Perm()&0o222 == 0:
		return false, lts.ErrBucketForbidden.CausedBy(fmt.Errorf("nobody may write to %s", path))
	}
	err = mayWriteTo(path)
	if errors.Is(err, fs.ErrPermission) {
		err = lts.ErrBucketForbidden.CausedBy(err)
	}
	return err == nil, err
}
