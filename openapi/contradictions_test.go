package openapi_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/openapi"
)

// A link of the contents leads to a heading, in the form that GitHub gives it,
// or to a contradiction, by its ID.
func TestContentsOfTheContradictionsLeadToThem(t *testing.T) {
	doc, err := openapi.Load(openapi.Latest, openapi.English)
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(openapi.ContradictionsMarkdown(doc)), "\n## Contents\n\n")
	contents, body, _ := strings.Cut(list, "\n\n")

	var links, places []string
	for _, link := range regexp.MustCompile(`\]\(#([^)]+)\)`).FindAllStringSubmatch(contents, -1) {
		links = append(links, link[1])
	}
	for _, place := range regexp.MustCompile(`(?m)^## (.+)$|^<a id="(.+)"></a>$`).FindAllStringSubmatch(body, -1) {
		places = append(places, strings.ReplaceAll(strings.ToLower(place[1]), " ", "-")+place[2])
	}
	if diff := cmp.Diff(places, links); diff != "" {
		t.Errorf("links of the contents (-places +links):\n%s", diff)
	}
	if want := "\n- [Operation ListLogGroups](#operation-listloggroups): [`group-list-break`](#group-list-break)\n"; !strings.Contains(contents, want) {
		t.Errorf("the contents are\n%s\nwant %q in them", contents, want)
	}
	if n := len(openapi.Contradictions(doc)); n == 0 || n != strings.Count(body, "\n### ") {
		t.Errorf("%d contradictions, and %d of them under a heading", n, strings.Count(body, "\n### "))
	}
}
