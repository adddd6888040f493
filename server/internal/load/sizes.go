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

// A settling says how the folder of a store has become smaller on its own.
type settling struct {
	before, after int64 // bytes
	took          time.Duration
	done          bool // whether it had come to rest
}

// settle watches a folder until its size has not changed for a while. What has
// been replaced stays on disk until the store, which is still open, tidies up.
func settle(dir string, calm, patience time.Duration) (settling, error) {
	const interval = 100 * time.Millisecond
	start := time.Now()
	before, err := folderSize(dir)
	s := settling{before: before, after: before}
	for err == nil && !s.done && time.Since(start) < patience {
		time.Sleep(min(interval, calm))
		var size int64
		if size, err = folderSize(dir); size != s.after {
			s.after, s.took = size, time.Since(start)
		}
		s.done = time.Since(start)-s.took > calm
	}
	return s, err
}

func (s settling) report(records int, r *report) {
	r.add("bytes on disk per record, at once", "", "%.1f", float64(s.before)/float64(records))
	r.add("bytes on disk per record, settled", "≤ 60", "%.1f", float64(s.after)/float64(records))
	what := "time until settled (s)"
	if !s.done {
		what = "not settled after (s)"
	}
	r.add(what, "", "%.1f", s.took.Seconds())
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
