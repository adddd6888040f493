package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCompletion(t *testing.T) {
	newStream(t)
	mustRun(t, "streams", "create", "web/error")
	mustRun(t, "groups", "create", "shop")
	for _, tt := range []struct {
		words []string
		want  []string // with the directive at the end
	}{
		{[]string{"groups", "show", ""}, []string{"web", "shop", ":4"}},
		{[]string{"groups", "show", "web", ""}, []string{":4"}},
		{[]string{"groups", "delete", "web", ""}, []string{"web", "shop", ":4"}},
		{[]string{"query", "w"}, []string{"web/", "shop/", ":6"}},
		{[]string{"query", "web/"}, []string{"web/access", "web/error", ":4"}},
		{[]string{"histogram", "web/"}, []string{"web/access", "web/error", ":4"}},
		{[]string{"context", "web/"}, []string{"web/access", "web/error", ":4"}},
		{[]string{"context", "web/access", ""}, []string{":4"}},
		{[]string{"query", "web/access", ""}, []string{":4"}},
		{[]string{"query", "none/"}, []string{":1"}},
		{[]string{"streams", "create", ""}, []string{"web/", "shop/", ":6"}},
		{[]string{"streams", "create", "web/"}, []string{":4"}},
		{[]string{"write", "web/access", ""}, []string{":0"}},
		{[]string{"tail", "--profile", ""}, []string{"dev", ":4"}},
		{[]string{"profiles", "use", ""}, []string{"dev", ":4"}},
		{[]string{"query", "-o", ""}, []string{"table", "json", "jsonl", "raw", ":4"}},
		{[]string{"query", "--color", ""}, []string{"auto", "always", "never", ":4"}},
	} {
		got := runIt(t, append([]string{"__complete"}, tt.words...)...)
		if diff := cmp.Diff(tt.want, strings.Fields(got.stdout)); diff != "" || got.status != 0 {
			t.Errorf("completion of lts %q: %d (-want +got):\n%s", tt.words, got.status, diff)
		}
	}
}

func TestManualPages(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man1")
	if got := runIt(t, "man", "--dir", dir); got != (result{}) {
		t.Fatalf("lts man: %+v, want success without a word", got)
	}
	for _, page := range []string{"lts.1", "lts-serve.1", "lts-query.1", "lts-histogram.1", "lts-context.1", "lts-groups-create.1", "lts-profiles-use.1"} {
		data, err := os.ReadFile(filepath.Join(dir, page))
		if err != nil || !strings.Contains(string(data), ".SH SYNOPSIS") {
			t.Errorf("%s: %v, %.100q; want a manual page", page, err, data)
		}
	}
	refusal{[]string{"man"}, exitBroken, "lts: --dir is missing: folder for the pages\n"}.check(t)
	file := logFile(t, "")
	if got := runIt(t, "man", "--dir", file); got.status != exitBroken || !strings.HasPrefix(got.stderr, "lts: --dir: ") {
		t.Errorf("lts man into a file: %d, %q; want the flag and the reason", got.status, got.stderr)
	}
}

// The page about the command line names every command that calls a service, and
// its examples have no command and no flag that there is not.
func TestThePageNamesEveryClientCommand(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "cli.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range newClientCommands(time.Now) {
		if name := "`lts " + command.Name(); !strings.Contains(string(data), name) {
			t.Errorf("docs/cli.md does not have %s", name)
		}
	}
	root := newRoot(time.Now)
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] != "lts" {
			continue
		}
		command, rest, err := root.Find(words[1:])
		if err != nil || command == root {
			t.Errorf("docs/cli.md: %sis no command: %v", line, err)
			continue
		}
		for _, word := range rest {
			name, isFlag := strings.CutPrefix(word, "--")
			name, _, _ = strings.Cut(name, "=")
			if isFlag && command.Flags().Lookup(name) == nil && command.InheritedFlags().Lookup(name) == nil {
				t.Errorf("docs/cli.md: %s: there is no flag --%s", strings.TrimSpace(line), name)
			}
		}
	}
}
