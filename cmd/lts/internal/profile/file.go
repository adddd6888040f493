package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi/suggest"
)

// A File has the profiles of a user.
type File struct {
	Current  string             `yaml:"current,omitempty"` // the profile that counts when none is named
	Profiles map[string]Profile `yaml:"profiles"`

	path string
}

// Path is where the profiles are: the file that LTS_PROFILES names, else
// lts/profiles.yaml in the folder for configuration of the user: XDG_CONFIG_HOME,
// else that of the system.
func Path() (string, error) {
	if path := os.Getenv("LTS_PROFILES"); path != "" {
		return path, nil
	}
	folder := os.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(folder) { // the XDG specification has such a value ignored
		var err error
		if folder, err = os.UserConfigDir(); err != nil {
			return "", fmt.Errorf("no folder for the profiles: %w; LTS_PROFILES may name a file", err)
		}
	}
	return filepath.Join(folder, "lts", "profiles.yaml"), nil
}

// Load reads the profiles. A file that is not there has none. One that others
// can read, or that has an unknown key, is refused.
func Load() (*File, error) {
	path, err := Path()
	if err != nil {
		return nil, err
	}
	file := &File{path: path, Profiles: make(map[string]Profile)}
	data, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return file, nil
	}
	if err != nil {
		return nil, fmt.Errorf("profiles: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(file); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("profiles: %s: %w", path, err)
	}
	return file, nil
}

// read reads a file that is for the eyes of its owner only. It looks at the
// rights of what it has opened, which nobody can exchange in between.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" { // where the bits say nothing
		return nil, fmt.Errorf("%s holds passwords and others may use it (mode %04o); make it yours alone: chmod 600 %s", path, mode, path)
	}
	return io.ReadAll(f)
}

// Save writes the profiles in place of the file, which only its owner can read.
func (f *File) Save() error {
	data, err := yaml.Marshal(f)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	written, err := os.CreateTemp(filepath.Dir(f.path), ".profiles-*") // with mode 0600
	if err != nil {
		return err
	}
	_, err = written.Write(data)
	if err = errors.Join(err, written.Sync(), written.Close()); err == nil {
		err = os.Rename(written.Name(), f.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(written.Name()))
	}
	return nil
}

// Path is where the file is.
func (f *File) Path() string { return f.path }

// Names lists the profiles in the order of the alphabet, [Dev] among them.
func (f *File) Names() []string {
	names := slices.Collect(maps.Keys(f.Profiles))
	if _, ok := f.Profiles[Dev]; !ok {
		names = append(names, Dev)
	}
	slices.Sort(names)
	return names
}

// Profile gives the profile of a name.
func (f *File) Profile(name string) (Profile, error) {
	p, ok := f.Profiles[name]
	switch {
	case ok:
		return p, nil
	case name == Dev:
		return Development(DevEndpoint), nil
	default:
		return Profile{}, fmt.Errorf("there is no profile %q in %s%s", name, f.path, suggest.DidYouMean(name, f.Names()))
	}
}
