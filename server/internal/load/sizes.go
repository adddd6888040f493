package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// folderSize adds up the files below a folder.
func folderSize(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the engine has replaced it meanwhile
		}
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}

// settle waits until the engine has nothing more to tidy up, but not for long:
// what has been replaced stays on disk until then.
func settle(dir string) error {
	const interval, patience = 2 * time.Second, 10
	before := int64(-1)
	for range patience {
		size, err := folderSize(dir)
		if err != nil || size == before {
			return err
		}
		before = size
		time.Sleep(interval)
	}
	return nil
}

// syncTime is how long the disk takes to keep 4 KiB. No acknowledged write can
// be quicker.
func syncTime(dir string) (time.Duration, error) {
	file, err := os.CreateTemp(dir, "sync-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = errors.Join(file.Close(), os.Remove(file.Name())) }()
	page := make([]byte, 4096)
	return median(func() error {
		_, err := file.Write(page)
		return errors.Join(err, file.Sync())
	})
}

// peakMemory is the greatest resident size of the process in MiB, where the
// system tells.
func peakMemory() string {
	status, _ := os.ReadFile("/proc/self/status") // missing but on Linux
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return "unknown"
	}
	kib, _ := strconv.ParseFloat(fields[0], 64)
	return strconv.Itoa(int(kib / 1024))
}
