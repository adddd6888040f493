package openapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi"
)

func TestBundle31DiffersFrom30InWhatTheVersionsSayDifferently(t *testing.T) {
	want := []string{
		"/components/schemas/Error/example",
		"/components/schemas/Error/examples",
		"/openapi",
	}
	for _, edition := range openapi.Editions() {
		for _, language := range openapi.Languages() {
			t.Run(edition+" "+language, func(t *testing.T) {
				t.Parallel()
				old, upgraded := decoded(t, openapi.Bundle, edition, language), decoded(t, openapi.Bundle31, edition, language)
				if got := upgraded["openapi"]; got != "3.1.1" {
					t.Errorf("openapi is %v, want 3.1.1", got)
				}
				var got []string
				nullables := 0
				for _, pointer := range differences("", old, upgraded) {
					if name := path.Base(pointer); name == "type" || name == "nullable" {
						nullables++
						continue
					}
					got = append(got, pointer)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("differences besides nullable types (-want +got):\n%s", diff)
				}
				if nullables == 0 {
					t.Error("no type has become nullable; the document has such types")
				}
			})
		}
	}
}

func TestBundle31IsTheSameInBothFormats(t *testing.T) {
	asYAML, err := openapi.Bundle31(openapi.Latest, openapi.English, "yaml")
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := openapi.Bundle31(openapi.Latest, openapi.English, "json")
	if err != nil {
		t.Fatal(err)
	}
	var fromYAML, fromJSON any
	if err := yaml.Unmarshal(asYAML, &fromYAML); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(asJSON, &fromJSON); err != nil { // the same decoder, so that numbers have the same type
		t.Fatal(err)
	}
	if diff := cmp.Diff(fromYAML, fromJSON); diff != "" {
		t.Errorf("YAML and JSON differ (-yaml +json):\n%s", diff)
	}
}

func TestBundle31RefusesWhatItDoesNotKnow(t *testing.T) {
	for _, args := range [][3]string{{"2023", "en", "yaml"}, {"latest", "fr", "yaml"}, {"latest", "en", "xml"}} {
		if _, err := openapi.Bundle31(args[0], args[1], args[2]); err == nil {
			t.Errorf("Bundle31(%q) gave no error", args)
		}
	}
}

func decoded(t *testing.T, bundle func(edition, language, format string) ([]byte, error), edition, language string) map[string]any {
	t.Helper()
	data, err := bundle(edition, language, "json")
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// differences lists the pointers at which two decoded documents differ.
func differences(at string, a, b any) []string {
	mapA, okA := a.(map[string]any)
	mapB, okB := b.(map[string]any)
	if okA && okB {
		keys := maps.Clone(mapA)
		maps.Copy(keys, mapB)
		var all []string
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			all = append(all, differences(at+"/"+key, mapA[key], mapB[key])...)
		}
		return all
	}
	listA, okA := a.([]any)
	listB, okB := b.([]any)
	if okA && okB && len(listA) == len(listB) {
		var all []string
		for i := range listA {
			all = append(all, differences(fmt.Sprintf("%s/%d", at, i), listA[i], listB[i])...)
		}
		return all
	}
	if cmp.Equal(a, b) {
		return nil
	}
	return []string{at}
}
