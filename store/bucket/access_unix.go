//go:build unix

package bucket

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// mayWriteTo asks the system whether this process may make files in a folder:
// owner, group, lists of access and a file system that is read-only count.
func mayWriteTo(dir string) error {
	if err := unix.Access(dir, unix.W_OK|unix.X_OK); err != nil {
		return &fs.PathError{Op: "access", Path: dir, Err: err}
	}
	return nil
}
