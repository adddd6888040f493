package main

import (
	"encoding/json"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi"
)

func TestDocument(t *testing.T) {
	formats := map[string]func([]byte, any) error{"yaml": yaml.Unmarshal, "json": json.Unmarshal}
	for _, edition := range openapi.Editions() {
		for _, language := range openapi.Languages() {
			for format, decode := range formats {
				if format == "json" && edition != openapi.Latest && language == openapi.English {
					continue // costs as much as the others, and has nothing that they have not
				}
				t.Run(strings.Join([]string{edition, language, format}, " "), func(t *testing.T) {
					t.Parallel()
					args := []string{"document", "--edition", edition, "--language", language, "-o", format}
					if edition == openapi.Latest && language == openapi.English && format == "yaml" {
						args = args[:1] // the defaults
					}
					got := runIt(t, args...)
					if got.status != 0 || got.stderr != "" {
						t.Fatalf("status %d, %q; want 0 and silence", got.status, got.stderr)
					}
					want, err := openapi.Bundle(edition, language, format)
					if err != nil {
						t.Fatal(err)
					}
					if got.stdout != string(want) {
						t.Errorf("the output differs from openapi.Bundle from byte %d on", difference(got.stdout, string(want)))
					}
					var doc struct {
						Info struct {
							Version string `json:"version"`
						} `json:"info"`
					}
					if err := decode([]byte(got.stdout), &doc); err != nil || doc.Info.Version != edition {
						t.Errorf("the output is of edition %q (%v), want %q", doc.Info.Version, err, edition)
					}
				})
			}
		}
	}
}

func TestDocumentThatThereIsNot(t *testing.T) {
	tests := map[string]struct {
		args []string
		want []string // parts of the message
	}{
		"edition":            {[]string{"--edition", "2023-01"}, append([]string{`unknown edition "2023-01"`}, openapi.Editions()...)},
		"language":           {[]string{"--language", "fr"}, append([]string{`unknown language "fr"`}, openapi.Languages()...)},
		"format":             {[]string{"-o", "xml"}, []string{`unknown format "xml"`, "yaml", "json"}},
		"a file as format":   {[]string{"-o", "lts.json"}, []string{`unknown format "lts.json"`, "; to write a file: lts document -o json > lts.json"}},
		"a file in a folder": {[]string{"-o", "out/lts"}, []string{"; to write a file: lts document -o yaml > out/lts"}},
		"path":               {[]string{"--edition", "../lts"}, []string{`unknown edition "../lts"`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := runIt(t, append([]string{"document"}, tt.args...)...)
			if got.status != exitBroken || got.stdout != "" {
				t.Errorf("lts document %q: status %d and %d bytes, want %d and none", tt.args, got.status, len(got.stdout), exitBroken)
			}
			for _, part := range tt.want {
				if !strings.Contains(got.stderr, part) {
					t.Errorf("lts document %q wrote %q, want %q in it", tt.args, got.stderr, part)
				}
			}
		})
	}
}

// difference finds the first byte in which two texts differ.
func difference(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
