package main

import (
	"runtime/debug"
	"testing"
)

func TestVersionOf(t *testing.T) {
	const editions = "editions  2022-08, 2024-03, latest\n"
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "68e8ba4f"}
	at := debug.BuildSetting{Key: "vcs.time", Value: "2026-11-22T11:30:00Z"}
	module := debug.Module{Path: "github.com/ltskit/ltskit", Version: "v1.2.3"}
	tests := map[string]struct {
		info debug.BuildInfo
		want string
	}{
		"a release": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: module, Settings: []debug.BuildSetting{revision, at, {Key: "vcs.modified", Value: "false"}}},
			"lts       v1.2.3\ncommit    68e8ba4f of 2026-11-22T11:30:00Z\ngo        go1.26.0\n" + editions,
		},
		"a tree with changes": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: module, Settings: []debug.BuildSetting{revision, at, {Key: "vcs.modified", Value: "true"}}},
			"lts       v1.2.3\ncommit    68e8ba4f of 2026-11-22T11:30:00Z, dirty: the tree had changes that are not in it\ngo        go1.26.0\n" + editions,
		},
		"a module from a proxy": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: module},
			"lts       v1.2.3\ncommit    unknown\ngo        go1.26.0\n" + editions,
		},
		"nothing known": {
			debug.BuildInfo{},
			"lts       unknown\ncommit    unknown\ngo        unknown\n" + editions,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := versionOf(&tt.info); got != tt.want {
				t.Errorf("versionOf gives\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestVersionIsPrintedInBothForms(t *testing.T) {
	for _, arg := range []string{"version", "--version"} {
		t.Run(arg, func(t *testing.T) {
			got := runIt(t, arg)
			if got.status != 0 || got.stdout != version() || got.stderr != "" {
				t.Errorf("lts %s: %d, %q, %q; want 0 and %q", arg, got.status, got.stdout, got.stderr, version())
			}
		})
	}
}
