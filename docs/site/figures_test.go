package site_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/docs/site"
)

func TestTheConformanceGuideShowsTheFiguresOfRuns(t *testing.T) {
	newest := &conformance.Report{
		Target: "a gateway", Edition: "latest",
		Results: []conformance.Result{{Outcome: conformance.Passed}, {Outcome: conformance.NotSupported}, {Outcome: conformance.Passed}},
		Coverage: conformance.Coverage{
			Operations: []conformance.Part{{Name: "ListLogs", Reached: true}},
			Statuses:   []conformance.Part{{Name: "ListLogs 200", Reached: true}, {Name: "ListLogs 503", Why: "nobody is busy"}},
			Codes:      []conformance.Part{{Name: "ListLogs 503 APIGW.0308", Why: "nobody is busy"}, {Name: "ListLogs 400 LTS.0009", Why: "no case"}},
		},
	}
	older := &conformance.Report{Target: "a gateway", Edition: "2024-03", Results: []conformance.Result{{Outcome: conformance.Failed}}}
	files, err := site.Build(site.Options{Runs: []*conformance.Report{newest, older}})
	if err != nil {
		t.Fatal(err)
	}
	page := string(files["en/guides/conformance.html"])
	_, section, found := strings.Cut(page, `<h2 id="figures">`)
	if !found || !strings.Contains(page, `<a href="#figures">`) {
		t.Fatal("the guide has no figures, or its table of contents does not name them")
	}
	shown := strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(section, " ")), " ")
	for _, want := range []string{
		"Target: a gateway", "latest 2024-03", "Cases passed 2 / 3 0 / 1", "Operations 1 / 1 0 / 0",
		"Statuses 1 / 2 0 / 0", "Error codes 0 / 2 0 / 0", "nobody is busy (2) no case (1)",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("the figures are %q, want %q in them", shown, want)
		}
	}
	if chinese := string(files["zh/guides/conformance.html"]); !strings.Contains(chinese, "通过的用例") {
		t.Error("the Chinese site has no figures in Chinese")
	}
}

func TestWithoutARunThereAreNoFigures(t *testing.T) {
	if strings.Contains(string(built(t)["en/guides/conformance.html"]), `id="figures"`) {
		t.Error("the guide shows figures of no run")
	}
}
