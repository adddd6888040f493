package bucket

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/blob"
)

// A folder of buckets keeps objects through a loss of power, which gocloud
// leaves to its caller.
type folder struct {
	dir    string
	opened time.Time
	sync   func(*os.File) error
}

// put writes an object and syncs its file before gocloud gives it its name.
func (f folder) put(ctx context.Context, b *blob.Bucket, key string, write func(io.Writer) error) error {
	var file *os.File
	options := blob.WriterOptions{BeforeWrite: func(as func(any) bool) error {
		if !as(&file) {
			return fmt.Errorf("object %q is not written to a file", key)
		}
		return f.removeLeftovers(file.Name())
	}}
	return putWith(ctx, b, key, options, func(out io.Writer) error {
		if err := write(out); err != nil {
			return err
		}
		return f.sync(file)
	})
}

// removeLeftovers removes what earlier processes have left of an object that is
// written anew to a file of gocloud's, <path of the object>.<time in hex>.tmp.
// What this process is writing at the same time stays.
func (f folder) removeLeftovers(unfinished string) error {
	dir, name := filepath.Split(unfinished)
	parts := strings.Split(name, ".")
	object := strings.Join(parts[:len(parts)-2], ".")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		middle, ok := strings.CutPrefix(entry.Name(), object+".")
		middle, temporary := strings.CutSuffix(middle, ".tmp")
		began, err := strconv.ParseInt(middle, 16, 64)
		if !ok || !temporary || err != nil || began >= f.opened.UnixNano() {
			continue
		}
		if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// keep syncs the folders above an object, which hold its name. They may be new.
func (f folder) keep(ctx context.Context, b *blob.Bucket, key string) error {
	path, err := pathOf(ctx, b, key)
	if err != nil {
		return err
	}
	for dir := filepath.Dir(path); dir != f.dir && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if err := f.syncFolder(dir); err != nil {
			return err
		}
	}
	return nil
}

// pathOf is the file of an object.
func pathOf(ctx context.Context, b *blob.Bucket, key string) (string, error) {
	reader, err := b.NewReader(ctx, key, nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = reader.Close() }()
	var from io.Reader
	if reader.As(&from) {
		if file, ok := from.(*os.File); ok {
			return file.Name(), nil
		}
	}
	return "", fmt.Errorf("object %q is not in a file", key)
}

func (f folder) syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there
	}
	dir, err := os.Open(path) // a folder of the bucket
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	return f.sync(dir)
}
