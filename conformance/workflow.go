package conformance

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed scenarios/*.yaml
var scenarioFiles embed.FS

// A workflow is one of Arazzo 1.0: steps of which each calls an operation and
// says what its answer has to be.
type workflow struct {
	ID      string         `yaml:"workflowId"`
	Summary string         `yaml:"summary"`
	Inputs  *inputSchema   `yaml:"inputs,omitempty"` // of exported workflows
	Steps   []workflowStep `yaml:"steps"`

	Sources  []string `yaml:"x-source"`
	Requires []string `yaml:"x-requires,omitempty"` // features beside the tag
	Editions []string `yaml:"x-editions,omitempty"` // absent: all of them
	Alone    bool     `yaml:"x-alone,omitempty"`    // nothing else may happen meanwhile

	tag string // name of the file
}

type workflowStep struct {
	ID              string            `yaml:"stepId"`
	OperationID     string            `yaml:"operationId"`
	Parameters      []stepParameter   `yaml:"parameters,omitempty"`
	RequestBody     *stepBody         `yaml:"requestBody,omitempty"`
	SuccessCriteria []criterion       `yaml:"successCriteria"`
	OnFailure       []failureAction   `yaml:"onFailure,omitempty"`
	Outputs         map[string]string `yaml:"outputs,omitempty"` // runtime expressions by name
}

type stepParameter struct {
	Name  string `yaml:"name"`
	In    string `yaml:"in"`
	Value any    `yaml:"value"`
}

type stepBody struct {
	ContentType string `yaml:"contentType,omitempty"`
	Payload     any    `yaml:"payload"`
}

// A criterion is a comparison of two operands, or a JSONPath that must find
// something in its context.
type criterion struct {
	Context   string `yaml:"context,omitempty"`
	Type      string `yaml:"type,omitempty"` // "jsonpath", or empty for a comparison
	Condition string `yaml:"condition"`
}

// A failureAction asks again until the criteria hold.
type failureAction struct {
	Name       string  `yaml:"name"`
	Type       string  `yaml:"type"`       // "retry"
	RetryAfter float64 `yaml:"retryAfter"` // seconds
	RetryLimit int     `yaml:"retryLimit"`
}

// workflows reads the scenarios of an edition, in the order of files and within
// them.
func workflows(edition string) ([]workflow, error) {
	names, err := scenarioFiles.ReadDir("scenarios")
	if err != nil {
		return nil, err
	}
	var all []workflow
	for _, name := range names {
		data, err := scenarioFiles.ReadFile(path.Join("scenarios", name.Name()))
		if err != nil {
			return nil, err
		}
		var file struct {
			Workflows []workflow `yaml:"workflows"`
		}
		decoder := yaml.NewDecoder(bytes.NewReader(data))
		decoder.KnownFields(true)
		if err := decoder.Decode(&file); err != nil {
			return nil, fmt.Errorf("conformance: scenarios/%s: %w", name.Name(), err)
		}
		for _, w := range file.Workflows {
			w.tag = strings.TrimSuffix(name.Name(), ".yaml")
			if len(w.Editions) == 0 || slices.Contains(w.Editions, edition) {
				all = append(all, w)
			}
		}
	}
	return all, nil
}
