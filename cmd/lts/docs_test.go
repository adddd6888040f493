package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDocs(t *testing.T) {
	out := filepath.Join(t.TempDir(), "site")
	got := runIt(t, "docs", "--out", out)
	if got.status != 0 || !strings.Contains(got.stdout, out) {
		t.Fatalf("lts docs: %d, %q, %q; want 0 and the folder", got.status, got.stdout, got.stderr)
	}
	for _, name := range []string{"index.html", "zh/errors/2022-08.html", "bundles/SHA256SUMS", "bundles/arazzo/lts.latest.arazzo.yaml"} {
		if _, err := os.Stat(filepath.Join(out, filepath.FromSlash(name))); err != nil {
			t.Error(err)
		}
	}
	if got := runIt(t, "docs", "--out", t.TempDir(), "extra"); got.status != exitBroken {
		t.Errorf("an argument too many: status %d, want %d", got.status, exitBroken)
	}
	if got := runIt(t, "docs"); got.status != exitBroken || !strings.Contains(got.stderr, "--out") {
		t.Errorf("no folder: %d, %q; want %d and the flag", got.status, got.stderr, exitBroken)
	}
}

func TestDocsWritesTheBundlesAlone(t *testing.T) {
	out := filepath.Join(t.TempDir(), "bundles")
	for range 2 { // the second time it replaces them
		if got := runIt(t, "docs", "--bundles", "--out", out); got.status != 0 {
			t.Fatalf("lts docs --bundles: %d, %q; want 0", got.status, got.stderr)
		}
	}
	if _, err := os.Stat(filepath.Join(out, "postman", "lts.latest.postman_collection.json")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(out, "index.html")); err == nil {
		t.Error("there is a site")
	}
	if got := runIt(t, "docs", "--bundles", "--conform", "--out", out); got.status != exitBroken {
		t.Errorf("bundles with figures: status %d, want %d", got.status, exitBroken)
	}
}
