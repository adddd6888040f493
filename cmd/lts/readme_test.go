package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var fenced = regexp.MustCompile("(?s)```sh ?(\\w*)\n(.*?)```")

// readmeBlocks are the commands of the five minutes, by what stands behind the
// language of their block. The one that builds the program is left out: the
// program is that of this test.
func readmeBlocks(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(data), "\n## Five minutes on the command line\n")
	section, _, _ = strings.Cut(section, "\n## ")
	blocks := make(map[string]string)
	for _, match := range fenced.FindAllStringSubmatch(section, -1) {
		blocks[match[1]] += match[2]
	}
	delete(blocks, "build")
	if len(blocks) != 3 {
		t.Fatalf("the five minutes have the blocks %q, want one to start a server, one to use it, one to follow", blocks)
	}
	return blocks
}

// newProgram puts the program into a folder for commands, with another port than
// the documented one, which may be taken.
func newProgram(t *testing.T, url string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\n[ \"$1\" = login ] && set -- \"$@\" --endpoint %s\n%s=1 exec '%s' \"$@\"\n", url, mainVariable, os.Args[0])
	if err := os.WriteFile(filepath.Join(folder, "lts"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestTheFiveMinutesOfTheREADME(t *testing.T) {
	newHome(t)
	blocks := readmeBlocks(t)
	server := blocks["server"]
	if server != "lts serve\n" {
		t.Fatalf("the server is started by %q, want lts serve", server)
	}
	t.Setenv("PATH", newProgram(t, start(t).url)+string(os.PathListSeparator)+os.Getenv("PATH"))

	output, err := exec.CommandContext(t.Context(), "sh", "-eu", "-c", blocks[""]).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\nof\n%s", err, output, blocks[""])
	}
	if want := "\nTIME  GET /login 500  host=a\n"; !strings.HasSuffix(masked(string(output)), want) {
		t.Errorf("the commands print\n%s\nwant %q at the end", output, want)
	}

	tail := exec.CommandContext(t.Context(), "sh", "-c", "exec "+blocks["follow"])
	shown, err := tail.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := tail.Start(); err != nil {
		t.Fatal(err)
	}
	for lines, n := bufio.NewScanner(shown), 0; n < 2; n++ {
		if !lines.Scan() {
			t.Fatalf("%s ended after %d lines, want 2 of them", blocks["follow"], n)
		}
	}
	_ = tail.Process.Signal(syscall.SIGINT)
	_ = tail.Wait()
	if got := tail.ProcessState.ExitCode(); got != exitInterrupted {
		t.Errorf("%s, interrupted, ends with %d, want %d", blocks["follow"], got, exitInterrupted)
	}
}
