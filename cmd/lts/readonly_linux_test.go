package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ltskit/ltskit/server/embedded"
)

// startAsAnybody starts a process that permissions bind, also when the tests run
// as root. What a process cannot have is a matter of the thread that starts it,
// so it is started by one that ends after that.
func startAsAnybody(child *exec.Cmd) error {
	failed := make(chan error)
	go func() {
		runtime.LockOSThread() // without unlocking, the thread ends with the goroutine
		for _, power := range []uintptr{unix.CAP_DAC_OVERRIDE, unix.CAP_DAC_READ_SEARCH} {
			if err := unix.Prctl(unix.PR_CAPBSET_DROP, power, 0, 0, 0); err != nil && !errors.Is(err, unix.EPERM) { // others than root have none
				failed <- err
				return
			}
		}
		failed <- child.Start()
	}()
	return <-failed
}

func TestAReadOnlyDataFolderIsRefused(t *testing.T) {
	data := t.TempDir()
	setMode(t, data, 0o500)
	var stderr buffer
	child := newChild(t, time.Now(), &stderr, "--data", data)
	if err := startAsAnybody(child); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(patience, func() { _ = child.Process.Kill() }).Stop() // should it have started
	err := child.Wait()
	if said := stderr.String(); child.ProcessState.ExitCode() != exitBroken || !strings.Contains(said, data) || !strings.Contains(said, "permission denied") {
		t.Errorf("lts serve in a read-only folder ends with %v and says %q, want %d and the reason", err, said, exitBroken)
	}
}

// While a bucket, or a folder in it, may not be written to, its transfers are
// exceptions; then they go on, and each record is there once.
func TestReadOnlyBucket(t *testing.T) {
	for name, folder := range map[string]string{"the bucket": ".", "a folder in it": "kept"} {
		t.Run(name, func(t *testing.T) {
			s := startOnFullableDisk(t)
			folder := filepath.Join(s.data, "buckets", embedded.DevBucket, folder)
			if err := os.MkdirAll(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			of := s.populate(t)
			setMode(t, folder, 0o500)
			s.write(t, of, "first")
			s.untilTransferIs(t, "EXCEPTION")
			if files, _ := s.bucket(t); len(files) != 0 {
				t.Errorf("the read-only bucket has %q, want nothing", files)
			}
			setMode(t, folder, 0o700)
			s.untilTransferIs(t, "ENABLE")
			if files, got := s.bucket(t); len(files) != 1 || got != "first\n" {
				t.Errorf("the bucket has %q with %q, want one object with the record", files, got)
			}
		})
	}
}

func setMode(t *testing.T, folder string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(folder, mode); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(folder, 0o700) }) // so that it can be removed
}
