package records

import (
	"errors"
	"strings"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// A fault is the first error after which an engine is not to be trusted. It may
// be used concurrently.
type fault struct {
	first   atomic.Pointer[error]
	tripped chan struct{} // closed with the first error
}

func newFault() *fault { return &fault{tripped: make(chan struct{})} }

func (f *fault) set(err error) {
	if f.first.CompareAndSwap(nil, &err) {
		close(f.tripped)
	}
}

// err gives the first error, nil while all is well.
func (f *fault) err() error {
	if first := f.first.Load(); first != nil {
		return *first
	}
	return nil
}

// probe tells whether a folder takes a new file of some size. Pebble, when it is
// opened on a disk that takes none, tries to flush until it does.
func probe(fs vfs.FS, dir string) error {
	name := fs.PathJoin(dir, "probe.tmp")
	file, err := fs.Create(name, "probe")
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, probeSize))
	return errors.Join(err, file.Sync(), file.Close(), fs.Remove(name))
}

const probeSize = 1 << 20

// A guardFS keeps failures of the logs and of the manifest away from Pebble,
// which answers those of a log with a panic in the middle of its locks, and goes
// on with a broken list of tables after those of the manifest. The first failure
// is set as the fault and freezes both: what is written to them after it goes
// nowhere, and no file is removed any more. So the folder is as after a crash at
// that moment, but for tables that the next Open takes away. Who commits asks
// for the fault before it believes a commit.
type guardFS struct {
	vfs.FS
	fault  *fault
	opened atomic.Bool // the database is open; until then, Pebble tries again what fails
	shrink atomic.Bool // old logs are not written over but replaced by empty ones
}

func isLog(name string) bool { return strings.HasSuffix(name, ".log") }

func (g *guardFS) isManifest(name string) bool {
	return strings.HasPrefix(g.PathBase(name), "MANIFEST-")
}

// isMarker tells files whose names say which manifest counts.
func (g *guardFS) isMarker(name string) bool { return strings.HasPrefix(g.PathBase(name), "marker.") }

// Create refuses what a manifest that is frozen must not be replaced by: the
// marker would make one count whose content went nowhere.
func (g *guardFS) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	manifest := g.isManifest(name)
	if err := g.fault.err(); err != nil && g.opened.Load() && (manifest || g.isMarker(name)) {
		return nil, err
	}
	file, err := g.guard(name, func() (vfs.File, error) { return g.FS.Create(name, category) })
	if err == nil && manifest {
		return &manifestFile{file, g}, nil
	}
	return file, err
}

func (g *guardFS) ReuseForWrite(oldName, newName string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return g.guard(newName, func() (vfs.File, error) {
		if !g.shrink.Load() {
			return g.FS.ReuseForWrite(oldName, newName, category)
		}
		if err := g.FS.Remove(oldName); err != nil {
			return nil, err
		}
		return g.FS.Create(newName, category)
	})
}

func (g *guardFS) guard(name string, open func() (vfs.File, error)) (vfs.File, error) {
	if !isLog(name) {
		return open()
	}
	if g.fault.err() == nil {
		file, err := open()
		if err == nil {
			return &guardFile{file, g.fault}, nil
		}
		g.fault.set(err)
	}
	nowhere, err := vfs.NewMem().Create("nowhere.log", vfs.WriteCategoryUnspecified)
	return &guardFile{nowhere, g.fault}, err
}

// OpenDir guards folders because a new log is synced with its folder.
func (g *guardFS) OpenDir(name string) (vfs.File, error) {
	dir, err := g.FS.OpenDir(name)
	if err != nil {
		return nil, err
	}
	return &guardFile{dir, g.fault}, nil
}

func (g *guardFS) Remove(name string) error {
	if g.fault.err() != nil {
		return nil
	}
	return g.FS.Remove(name)
}

func (g *guardFS) Unwrap() vfs.FS { return g.FS }

// A guardFile does nothing more once there is a fault, and never fails.
type guardFile struct {
	vfs.File
	fault *fault
}

func (f *guardFile) do(op func() error) {
	if f.fault.err() != nil {
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
	f.do(f.File.Sync)
	return nil
}

func (f *guardFile) SyncData() error {
	f.do(f.File.SyncData)
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
	if err := f.File.Close(); err != nil {
		f.fault.set(err)
	}
	return nil
}

// A manifestFile is a guardFile once the database is open.
type manifestFile struct {
	vfs.File
	fs *guardFS
}

func (f *manifestFile) file() vfs.File {
	if f.fs.opened.Load() {
		return &guardFile{f.File, f.fs.fault}
	}
	return f.File
}

func (f *manifestFile) Write(p []byte) (int, error)         { return f.file().Write(p) }
func (f *manifestFile) Sync() error                         { return f.file().Sync() }
func (f *manifestFile) SyncData() error                     { return f.file().SyncData() }
func (f *manifestFile) SyncTo(length int64) (bool, error)   { return f.file().SyncTo(length) }
func (f *manifestFile) Preallocate(offset, end int64) error { return f.file().Preallocate(offset, end) }
func (f *manifestFile) Close() error                        { return f.file().Close() }
