package conformance_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/speakeasy-api/openapi/arazzo"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

// In the condition of a JSONPath an expression in braces stands for its value.
// The specification knows that only of other texts, so a validator is shown a
// value.
var inCondition = regexp.MustCompile(`\{\$steps[^{}]+\}`)

func TestExportIsValidArazzo(t *testing.T) {
	for _, edition := range openapi.Editions() {
		t.Run(edition, func(t *testing.T) {
			data, err := conformance.ExportArazzo(edition, "")
			if err != nil {
				t.Fatal(err)
			}
			doc, problems, err := arazzo.Unmarshal(t.Context(), bytes.NewReader(inCondition.ReplaceAll(data, []byte(`"value"`))))
			if err != nil {
				t.Fatal(err)
			}
			for _, problem := range problems {
				t.Error(problem)
			}
			known := operations(t, edition)
			outputs := make(map[string]string)
			for _, w := range doc.Workflows {
				for _, step := range w.Steps {
					if id := step.OperationID.String(); !known[id] {
						t.Errorf("workflow %s, step %s: the document has no operation %s", w.WorkflowID, step.StepID, id)
					}
					// Redocly looks for an output in any step of the name.
					names := fmt.Sprint(slices.Sorted(step.Outputs.Keys()))
					if first, seen := outputs[step.StepID]; seen && first != names {
						t.Errorf("workflow %s, step %s has the outputs %s, and %s elsewhere", w.WorkflowID, step.StepID, names, first)
					}
					outputs[step.StepID] = names
					if len(step.SuccessCriteria) == 0 {
						t.Errorf("workflow %s, step %s says nothing about its answer", w.WorkflowID, step.StepID)
					}
				}
			}
		})
	}
}

// operations are the IDs of the operations of an edition.
func operations(t *testing.T, edition string) map[string]bool {
	t.Helper()
	doc, err := openapi.Load(edition, openapi.English)
	if err != nil {
		t.Fatal(err)
	}
	ids := make(map[string]bool)
	for _, operation := range openapi.Operations(doc) {
		ids[operation.OperationID] = true
	}
	return ids
}

func TestExportIsTheSameEveryTime(t *testing.T) {
	first, err := conformance.ExportArazzo(openapi.Latest, "")
	if err != nil {
		t.Fatal(err)
	}
	second, err := conformance.ExportArazzo("", "")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("two exports of the newest edition differ")
	}
	if !strings.Contains(string(first), "url: ./lts-latest-en.yaml") {
		t.Error("the export does not name the bundled document as its source")
	}
}

func TestExportOfNoEdition(t *testing.T) {
	if _, err := conformance.ExportArazzo("2023", ""); err == nil || !strings.Contains(err.Error(), "2024-03") {
		t.Errorf("ExportArazzo of an unknown edition: %v, want an error that lists the known ones", err)
	}
}

// Every tag of the document has scenarios, and every scenario of an edition is a
// case of a run and a workflow of the export.
func TestEveryScenarioIsExported(t *testing.T) {
	for _, edition := range openapi.Editions() {
		cases, err := conformance.List(conformance.Options{Edition: edition, Only: []string{"scenarios"}})
		if err != nil {
			t.Fatal(err)
		}
		data, err := conformance.ExportArazzo(edition, "")
		if err != nil {
			t.Fatal(err)
		}
		tags := make(map[string]bool)
		for _, c := range cases {
			tags[c.Tag] = true
			id := c.Name[strings.LastIndex(c.Name, "/")+1:]
			if !strings.Contains(string(data), "- workflowId: "+id+"\n") {
				t.Errorf("edition %s: the export lacks %s", edition, id)
			}
		}
		if got, want := strings.Count(string(data), "workflowId: "), len(cases); got != want {
			t.Errorf("edition %s: %d workflows are exported, want %d", edition, got, want)
		}
		for _, tag := range built {
			if !tags[tag] && tag != conformance.FeatureQuotas && tag != conformance.FeatureNames {
				t.Errorf("edition %s: no scenario about %s", edition, tag)
			}
		}
	}
}
