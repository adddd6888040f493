package openapi_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi"
)

// A rule is something that holds in every edition.
type rule struct {
	name     string
	check    func(subject) []string // the problems that it finds
	breakage []breakage
}

// A breakage is a change of the latest edition that a rule must notice: with
// the value to (none where that is nil) at the JSON pointer at, the check
// reports a problem that contains caught, which it does not report without.
type breakage struct {
	at     string
	to     any
	caught string
}

// A subject is a document in two forms: as kin-openapi reads it, and as plain
// JSON with its references. Checks only read it.
type subject struct {
	edition string
	doc     *openapi3.T
	raw     any
	known   places
}

func checkRules(t *testing.T, rules []rule) {
	problems := make(map[string][]string) // of the latest edition, which comes last, by rule
	for _, edition := range openapi.Editions() {
		s := subjectOf(t, edition)
		for _, r := range rules {
			t.Run(edition+"/"+r.name, func(t *testing.T) {
				problems[r.name] = r.check(s)
				for _, problem := range problems[r.name] {
					t.Errorf("edition %s: %s", edition, problem)
				}
			})
		}
	}
	for _, r := range rules {
		without := problems[r.name]
		t.Run("a breach is caught/"+r.name, func(t *testing.T) {
			t.Parallel()
			if len(r.breakage) == 0 {
				t.Error("nothing shows that the check can fail")
			}
			for _, b := range r.breakage {
				b.check(t, without, r.check(brokenSubject(t, b)))
			}
		})
	}
}

// check looks for what must be caught among the problems with the breakage,
// and for nothing like it among those without.
func (b breakage) check(t *testing.T, without, with []string) {
	t.Helper()
	caught := func(problem string) bool { return strings.Contains(problem, b.caught) }
	if slices.ContainsFunc(without, caught) {
		t.Errorf("the rule reports %q also without %v at %s", b.caught, b.to, b.at)
	}
	if !slices.ContainsFunc(with, caught) {
		t.Errorf("with %v at %s the rule reports\n\t%s\nwant a problem with %q", b.to, b.at, strings.Join(with, "\n\t"), b.caught)
	}
}

// subjectOf gives an edition as the package loads it.
func subjectOf(t *testing.T, edition string) subject {
	t.Helper()
	doc, err := openapi.Load(edition, openapi.English)
	if err != nil {
		t.Fatal(err)
	}
	return subject{edition: edition, doc: doc, raw: rawEdition(t, edition), known: readTestdata[places](t, "places.yaml")}
}

// brokenSubject gives the latest edition with a breakage in it.
func brokenSubject(t *testing.T, b breakage) subject {
	t.Helper()
	s := subject{edition: openapi.Latest, raw: rawEdition(t, openapi.Latest), known: readTestdata[places](t, "places.yaml")}
	path := strings.Split(b.at, "/")
	parent, ok := lookUp(s.raw, strings.Join(path[:len(path)-1], "/"))
	if !ok {
		t.Fatalf("the document has nothing above %s", b.at)
	}
	replace(parent, unescapePointer(path[len(path)-1]), b.to)
	data, err := json.Marshal(s.raw)
	if err != nil {
		t.Fatal(err)
	}
	if s.doc, err = openapi3.NewLoader().LoadFromData(data); err != nil {
		t.Fatal(err)
	}
	return s
}

// bundles keeps the bundles, which take long to make.
var bundles sync.Map

func rawEdition(t *testing.T, edition string) any {
	t.Helper()
	data, ok := bundles.Load(edition)
	if !ok {
		made, err := openapi.Bundle(edition, openapi.English, "json")
		if err != nil {
			t.Fatal(err)
		}
		data, _ = bundles.LoadOrStore(edition, made)
	}
	var raw any
	if err := json.Unmarshal(data.([]byte), &raw); err != nil {
		t.Fatal(err)
	}
	return raw
}

func replace(parent any, key string, to any) {
	switch parent := parent.(type) {
	case []any:
		i, _ := strconv.Atoi(key)
		parent[i] = to
	case map[string]any:
		parent[key] = to
		if to == nil {
			delete(parent, key)
		}
	}
}

// readTestdata decodes a file of testdata; a member that T does not have is an
// error.
func readTestdata[T any](t *testing.T, file string) T {
	t.Helper()
	var v T
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("testdata/%s: %v", file, err)
	}
	return v
}
