package openapi_test

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi"
)

func TestUpgradeDiffersFrom30InWhatTheVersionsSayDifferently(t *testing.T) {
	want := []string{
		"/components/schemas/Error/example",
		"/components/schemas/Error/examples",
		"/openapi",
	}
	for _, edition := range openapi.Editions() {
		for _, language := range openapi.Languages() {
			t.Run(edition+" "+language, func(t *testing.T) {
				t.Parallel()
				before, err := openapi.Bundle(edition, language, "yaml")
				if err != nil {
					t.Fatal(err)
				}
				after, err := openapi.Upgrade(before)
				if err != nil {
					t.Fatal(err)
				}
				old, upgraded := decoded(t, before), decoded(t, after)
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

func TestUpgradeRefusesWhatIsNoDocument(t *testing.T) {
	for name, data := range map[string]string{
		"not YAML":     "openapi: [",
		"no document":  "openapi: 3.0.3\n",
		"a newer one":  "openapi: 3.2.0\ninfo: {title: t, version: v}\npaths: {}\n",
		"broken rules": "openapi: 3.0.3\ninfo: {title: t}\npaths: {}\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := openapi.Upgrade([]byte(data)); err == nil {
				t.Errorf("Upgrade(%q) gave %q and no error", data, got)
			}
		})
	}
}

func TestJSONGivesTheBytesOfTheBundle(t *testing.T) {
	asYAML, err := openapi.Bundle(openapi.Latest, openapi.English, "yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := openapi.Bundle(openapi.Latest, openapi.English, "json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := openapi.JSON(asYAML)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("JSON gives other bytes than Bundle")
	}
}

func decoded(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := yaml.Unmarshal(data, &doc); err != nil {
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
