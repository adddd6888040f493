// Command changes prints docs/site/changes.json: what changed in the API from
// each edition to the next, as oasdiff sees it. It is a module of its own, so
// that the program does not carry oasdiff for a result that only changes with
// the document.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"

	"github.com/ltskit/ltskit/openapi"
)

// A step is from one edition to the next.
type step struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Changes []change `json:"changes"`
}

type change struct {
	Operation string `json:"operation,omitempty"` // operationId; empty for a schema that no operation alone has
	Rule      string `json:"rule"`                // oasdiff's name, such as "request-property-max-increased"
	Level     string `json:"level"`               // "breaking", "risky" or "compatible"
	Text      string `json:"text"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "changes:", err)
		os.Exit(1)
	}
}

func run() error {
	editions := openapi.Editions()
	var steps []step
	for i := range len(editions) - 1 {
		changes, err := compare(editions[i], editions[i+1])
		if err != nil {
			return err
		}
		steps = append(steps, step{From: editions[i], To: editions[i+1], Changes: changes})
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(steps)
}

func compare(from, to string) ([]change, error) {
	before, err := openapi.Load(from, openapi.English)
	if err != nil {
		return nil, err
	}
	after, err := openapi.Load(to, openapi.English)
	if err != nil {
		return nil, err
	}
	report, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(),
		&load.SpecInfo{Url: from, Spec: before}, &load.SpecInfo{Url: to, Spec: after})
	if err != nil {
		return nil, err
	}
	config := checker.NewConfig(checker.GetAllChecks())
	localize := checker.NewDefaultLocalizer()
	changes := []change{}
	for _, c := range checker.CheckBackwardCompatibilityUntilLevel(config, report, sources, checker.INFO) {
		changes = append(changes, change{
			Operation: c.GetOperationId(), Rule: c.GetId(), Level: level(c.GetLevel()), Text: c.GetUncolorizedText(localize),
		})
	}
	return changes, nil
}

func level(l checker.Level) string {
	switch l {
	case checker.ERR:
		return "breaking"
	case checker.WARN:
		return "risky"
	default:
		return "compatible"
	}
}
