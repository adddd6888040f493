package embedded_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/server/embedded"
)

const holderFolder = "LTS_TEST_HOLDER_FOLDER" // environment: the data folder that the inner run holds

func TestMain(m *testing.M) {
	if folder := os.Getenv(holderFolder); folder != "" {
		hold(folder)
	}
	os.Exit(m.Run())
}

// hold is the process that has a data folder open until it is killed.
func hold(folder string) {
	_, err := embedded.Open(context.Background(), embedded.Options{Data: folder, Directory: embedded.DevDirectory()})
	if err != nil {
		panic(err)
	}
	_, _ = os.Stdout.WriteString("open\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func TestOpenRefusesAFolderInUse(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "lts-data")
	openService(t, embedded.Options{Data: folder})
	before := filesIn(t, folder)

	_, err := embedded.Open(t.Context(), embedded.Options{Data: folder, Directory: embedded.DevDirectory()})
	wantInUse(t, err, folder)
	if diff := cmp.Diff(before, filesIn(t, folder)); diff != "" {
		t.Errorf("the files of the folder change (-before +after):\n%s", diff)
	}
}

func TestAFolderIsFreeAfterClose(t *testing.T) {
	folder := t.TempDir()
	for range 2 {
		s := openService(t, embedded.Options{Data: folder})
		if err := s.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
}

func TestAnotherProcessHoldsAFolderUntilItIsKilled(t *testing.T) {
	folder := t.TempDir()
	holder := exec.CommandContext(t.Context(), os.Args[0])
	holder.Env = append(os.Environ(), holderFolder+"="+folder)
	if _, err := holder.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	output, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(output).ReadString('\n'); line != "open\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	_, err = embedded.Open(t.Context(), embedded.Options{Data: folder, Directory: embedded.DevDirectory()})
	wantInUse(t, err, folder)

	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait() // it has been killed
	openService(t, embedded.Options{Data: folder})
}

func wantInUse(t *testing.T, err error, folder string) {
	t.Helper()
	if _, ok := errors.AsType[*embedded.InUseError](err); !ok {
		t.Fatalf("Open of a folder in use gives %v, want an InUseError", err)
	}
	if !strings.Contains(err.Error(), folder) {
		t.Errorf("the error %q does not name the folder %s", err, folder)
	}
}

// filesIn gives the files of a folder with their contents.
func filesIn(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
