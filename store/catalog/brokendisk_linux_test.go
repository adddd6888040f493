package catalog_test

import (
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// brokenDisk fails the writes of SQLite from a chosen one on, until it is
// healed. It stands where SQLite calls the operating system (the VFS lets tests
// replace these calls), so everything above is the real thing. It is one for
// the process: tests that use it do not run side by side.
var brokenDisk struct {
	errno atomic.Int32
	left  atomic.Int64 // writes until it fails
}

const never = 1 << 60

func breakAfter(writes int, errno syscall.Errno) {
	brokenDisk.errno.Store(int32(errno))
	brokenDisk.left.Store(int64(writes))
}

func healDisk() { brokenDisk.left.Store(never) }

// useBrokenDisk puts the disk, which is whole at first, under SQLite for the
// time of a test.
func useBrokenDisk(t *testing.T) {
	t.Helper()
	healDisk()
	setSystemCall(t, "pwrite", pointerTo(writeToBrokenDisk))
	t.Cleanup(func() { setSystemCall(t, "pwrite", 0) }) // the default
}

// writeToBrokenDisk is pwrite(2), with the signature that SQLite calls it by.
func writeToBrokenDisk(tls *libc.TLS, fd int32, data uintptr, size sqlite3.Tsize_t, offset sqlite3.Toff_t) sqlite3.Tssize_t {
	if brokenDisk.left.Add(-1) < 0 {
		*at[int32](libc.X__errno_location(tls)) = brokenDisk.errno.Load()
		return -1
	}
	return libc.Xpwrite(tls, fd, data, size, offset)
}

// setSystemCall replaces a system call of the default VFS.
func setSystemCall(t *testing.T, name string, call uintptr) {
	t.Helper()
	tls := libc.NewTLS()
	defer tls.Close()
	text, err := libc.CString(name)
	if err != nil {
		t.Fatal(err)
	}
	defer libc.Xfree(tls, text)
	vfs := sqlite3.Xsqlite3_vfs_find(tls, 0)
	set := functionAt[func(*libc.TLS, uintptr, uintptr, uintptr) int32](at[sqlite3.Tsqlite3_vfs](vfs).FxSetSystemCall)
	if code := set(tls, vfs, text, call); code != sqlite3.SQLITE_OK {
		t.Fatalf("replace the system call %s: %d", name, code)
	}
}

// SQLite is C translated to Go: it keeps functions and data as numbers.

func pointerTo[F any](function F) uintptr { return *(*uintptr)(unsafe.Pointer(&function)) }

func functionAt[F any](pointer uintptr) F { return *(*F)(unsafe.Pointer(&pointer)) }

func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }
