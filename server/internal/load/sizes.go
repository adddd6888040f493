package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// folderSize adds up the files below a folder.
func folderSize(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
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
