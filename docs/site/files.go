package site

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// Files has the content of files under paths with slashes, such as
// "en/index.html".
type Files map[string][]byte

// Paths lists the paths in order.
func (f Files) Paths() []string { return slices.Sorted(maps.Keys(f)) }

// markers are the files by which a folder is known to hold an older site, or
// older bundles.
var markers = []string{"assets/site.css", "openapi-3.0/lts.latest.openapi.yaml"}

// Write puts the files into a folder, which it makes if necessary. What a folder
// has of an older site or older bundles is replaced; one with anything else in
// it is refused.
func (f Files) Write(dir string) error {
	if err := clear(dir); err != nil {
		return err
	}
	for _, name := range f.Paths() {
		target := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, f[name], 0o644); err != nil { // a site is there to be read
			return err
		}
	}
	return nil
}

// clear removes an older site or older bundles, and leaves everything else alone.
func clear(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	isOlder := func(marker string) bool {
		_, err := os.Stat(filepath.Join(dir, filepath.FromSlash(marker)))
		return err == nil
	}
	if !slices.ContainsFunc(markers, isOlder) {
		return fmt.Errorf("%s is not empty and holds no older site or bundles: choose another folder, or empty it", dir)
	}
	for _, entry := range entries {
		if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// add takes files of a folder of fsys, under another folder.
func (f Files) add(fsys fs.FS, from, to string) error {
	entries, err := fs.ReadDir(fsys, from)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		data, err := fs.ReadFile(fsys, path.Join(from, entry.Name()))
		if err != nil {
			return err
		}
		f[path.Join(to, entry.Name())] = data
	}
	return nil
}
