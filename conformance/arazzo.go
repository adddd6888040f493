package conformance

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi"
)

// arazzoVersion is that of the specification.
const arazzoVersion = "1.0.1"

// An arazzoDocument is what other runners read.
type arazzoDocument struct {
	Arazzo string `yaml:"arazzo"`
	Info   struct {
		Title       string `yaml:"title"`
		Version     string `yaml:"version"`
		Summary     string `yaml:"summary"`
		Description string `yaml:"description"`
	} `yaml:"info"`
	SourceDescriptions []sourceDescription `yaml:"sourceDescriptions"`
	Workflows          []workflow          `yaml:"workflows"`
}

type sourceDescription struct {
	Name string `yaml:"name"`
	URL  string `yaml:"url"`
	Type string `yaml:"type"`
}

// An inputSchema says what a workflow is given, as JSON Schema.
type inputSchema struct {
	Type       string           `yaml:"type"`
	Required   []string         `yaml:"required"`
	Properties map[string]input `yaml:"properties"`
}

type input struct {
	Type        string `yaml:"type"`
	Format      string `yaml:"format,omitempty"`
	Description string `yaml:"description"`
}

// inputs are what the workflows may be given.
var inputs = map[string]input{
	"prefix":      {Type: "string", Description: "Begins the names of what is created; another one for each run."},
	"project_id":  {Type: "string", Description: "ID of the project."},
	"token":       {Type: "string", Format: "password", Description: "Token for the project."},
	"bucket":      {Type: "string", Description: "Bucket that transfers may write to."},
	"domain":      {Type: "string", Description: "Name of the domain."},
	"user":        {Type: "string", Description: "Name of the user."},
	"password":    {Type: "string", Format: "password", Description: "Password of the user."},
	"project":     {Type: "string", Description: "Name of the project."},
	"log_time_ns": {Type: "string", Description: "Time of written records, in nanoseconds since 1970-01-01 UTC."},
	"start_time":  {Type: "string", Description: "Begin of the window of queries, in milliseconds since 1970-01-01 UTC."},
	"end_time":    {Type: "string", Description: "End of the window of queries, in milliseconds since 1970-01-01 UTC."},
}

// ExportArazzo gives the scenarios of an edition as one Arazzo document, in
// YAML: the same bytes every time. Its source description is the bundled
// OpenAPI document, at a URL that may be relative to where the Arazzo document
// will be; empty means the file lts-<edition>-en.yaml beside it.
func ExportArazzo(edition, document string) ([]byte, error) {
	if edition == "" {
		edition = openapi.Latest
	}
	if document == "" {
		document = "./lts-" + edition + "-en.yaml"
	}
	c, err := loadContract(edition)
	if err != nil {
		return nil, err
	}
	all, err := workflows(edition)
	if err != nil {
		return nil, err
	}
	doc := arazzoDocument{
		Arazzo: arazzoVersion, Workflows: make([]workflow, len(all)),
		SourceDescriptions: []sourceDescription{{Name: "lts", URL: document, Type: "openapi"}},
	}
	doc.Info.Title = "Life cycles of the Log Tank Service"
	doc.Info.Version = edition
	doc.Info.Summary = "What is created, listed, changed and deleted, step by step."
	doc.Info.Description = "Each workflow creates what it needs, with names that begin with the input prefix, and deletes it " +
		"again. In the condition of a JSONPath an expression in braces stands for its value as JSON."
	for i, w := range all {
		doc.Workflows[i] = c.export(w)
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(doc); err != nil {
		return nil, fmt.Errorf("conformance: %w", err)
	}
	return out.Bytes(), encoder.Close()
}

// export adds to a workflow what goes without saying in the suite: the project,
// the token, the media type, and the inputs that it takes.
func (c *contract) export(w workflow) workflow {
	w.Steps = slices.Clone(w.Steps)
	for i := range w.Steps {
		step := &w.Steps[i]
		operation := c.byID[step.OperationID]
		var added []stepParameter
		if strings.Contains(operation.Path, "{project_id}") {
			added = append(added, stepParameter{Name: "project_id", In: "path", Value: "$inputs.project_id"})
		}
		hasToken := slices.ContainsFunc(step.Parameters, func(p stepParameter) bool { return p.Name == "X-Auth-Token" })
		if needsToken(operation) && !hasToken {
			added = append(added, stepParameter{Name: "X-Auth-Token", In: "header", Value: "$inputs.token"})
		}
		step.Parameters = append(added, step.Parameters...)
		if step.RequestBody != nil {
			step.RequestBody = &stepBody{ContentType: "application/json", Payload: step.RequestBody.Payload}
		}
	}
	w.Inputs = inputsOf(w.Steps)
	return w
}

var inputExpression = regexp.MustCompile(`\$inputs\.([a-z_]+)`)

// inputsOf finds the inputs that steps take.
func inputsOf(steps []workflowStep) *inputSchema {
	data, err := yaml.Marshal(steps)
	if err != nil {
		panic(err) // they were read from YAML
	}
	taken := make(map[string]input)
	for _, match := range inputExpression.FindAllStringSubmatch(string(data), -1) {
		taken[match[1]] = inputs[match[1]]
	}
	return &inputSchema{Type: "object", Required: slices.Sorted(maps.Keys(taken)), Properties: taken}
}
