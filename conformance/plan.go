package conformance

import (
	"bytes"
	_ "embed"
	"fmt"

	"gopkg.in/yaml.v3"
)

//go:embed replay.yaml
var replayData []byte

// A plan says how the examples of the document are replayed; replay.yaml
// explains its parts.
type plan struct {
	Placeholders map[string]map[string]string `yaml:"placeholders"` // by operation and pointer
	Successes    map[string]recipe            `yaml:"successes"`    // by operation
	Errors       map[string]recipe            `yaml:"errors"`       // by example, or operation/example
}

// A recipe says what an example needs, and for an error what provokes it.
type recipe struct {
	Needs    needs    `yaml:"needs"`
	Contains []string `yaml:"contains"`

	Token   string `yaml:"token"`   // "bad" or "none"; default a good one
	Project string `yaml:"project"` // "other"; default the account's
	Group   string `yaml:"group"`   // "unknown"; default the fixture
	Stream  string `yaml:"stream"`  // "unknown"; default the fixture
	Bucket  string `yaml:"bucket"`  // "unknown"; default the target's
	Fault   string `yaml:"fault"`   // the store that shall fail

	Body    any               `yaml:"body"`    // in place of the example's
	Change  map[string]any    `yaml:"change"`  // members of the example's body that are others
	Raw     string            `yaml:"raw"`     // in place of any body, sent as it is
	Replace map[string]string `yaml:"replace"` // what the example prints, and what stands for it
}

// needs names the fixtures to create before.
type needs struct {
	Group    string `yaml:"group"`    // name
	Stream   string `yaml:"stream"`   // name, in the group
	Logtank  string `yaml:"logtank"`  // ID of the resource
	Transfer string `yaml:"transfer"` // start of the names of its objects; it reads the stream
	Logs     string `yaml:"logs"`     // response example whose records the stream shall hold
}

func loadPlan() (plan, error) {
	var p plan
	decoder := yaml.NewDecoder(bytes.NewReader(replayData))
	decoder.KnownFields(true)
	if err := decoder.Decode(&p); err != nil {
		return plan{}, fmt.Errorf("conformance: replay.yaml: %w", err)
	}
	return p, nil
}

// recipeFor finds how to provoke an error example of an operation.
func (p plan) recipeFor(operation, example string) (recipe, bool) {
	if r, ok := p.Errors[operation+"/"+example]; ok {
		return r, true
	}
	r, ok := p.Errors[example]
	return r, ok
}
