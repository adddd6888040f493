package records

import (
	"strings"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// A fault is the first error after which an engine is not to be trusted. It may
// be used concurrently.
type fault struct {
	first atomic.Pointer[error]
}

func (f *fault) set(err error) { f.first.CompareAndSwap(nil, &err) }

// err gives the first error, nil while all is well.
func (f *fault) err() error {
	if first := f.first.Load(); first != nil {
		return *first
	}
	return nil
}

// A guardFS keeps failures of the log away from Pebble, which answers them with
// a panic in the middle of its locks. The first failure is set as the fault and
// freezes the log: what is written to log files after it goes nowhere, and none
// of them is removed. So the log on disk ends with what was written before, as
// after a crash. Who commits asks for the fault before it believes a commit.
type guardFS struct {
	vfs.FS
	fault *fault
}

func isLog(name string) bool { return strings.HasSuffix(name, ".log") }

func (g *guardFS) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return g.guard(name, func() (vfs.File, error) { return g.FS.Create(name, category) })
}

func (g *guardFS) ReuseForWrite(oldName, newName string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return g.guard(newName, func() (vfs.File, error) { return g.FS.ReuseForWrite(oldName, newName, category) })
}

func (g *guardFS) guard(name string, open func() (vfs.File, error)) (vfs.File, error) {
	if !isLog(name) {
		return open()
	}
	if g.fault.err() != nil {
		return &guardFile{fault: g.fault}, nil
	}
	file, err := open()
	if err != nil {
		g.fault.set(err)
		return &guardFile{fault: g.fault}, nil
	}
	return &guardFile{File: file, fault: g.fault}, nil
}

func (g *guardFS) Remove(name string) error {
	if isLog(name) && g.fault.err() != nil {
		return nil
	}
	return g.FS.Remove(name)
}

func (g *guardFS) Unwrap() vfs.FS { return g.FS }

// A guardFile is a log file; without a File it only takes what goes nowhere.
type guardFile struct {
	vfs.File
	fault *fault
}

func (f *guardFile) do(op func() error) {
	if f.File == nil || f.fault.err() != nil {
		return
	}
	if err := op(); err != nil {
		f.fault.set(err)
	}
}

func (f *guardFile) Write(p []byte) (int, error) {
	f.do(func() error {
		_, err := f.File.Write(p)
		return err
	})
	return len(p), nil
}

func (f *guardFile) Sync() error {
	f.do(func() error { return f.File.Sync() })
	return nil
}

func (f *guardFile) SyncData() error {
	f.do(func() error { return f.File.SyncData() })
	return nil
}

func (f *guardFile) SyncTo(length int64) (fullSync bool, err error) {
	f.do(func() error {
		fullSync, err = f.File.SyncTo(length)
		return err
	})
	return fullSync, nil
}

func (f *guardFile) Preallocate(offset, length int64) error {
	f.do(func() error { return f.File.Preallocate(offset, length) })
	return nil
}

func (f *guardFile) Close() error {
	if f.File == nil {
		return nil
	}
	if err := f.File.Close(); err != nil {
		f.fault.set(err)
	}
	return nil
}

func (f *guardFile) Fd() uintptr {
	if f.File == nil {
		return vfs.InvalidFd
	}
	return f.File.Fd()
}
