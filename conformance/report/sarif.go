package report

import (
	"encoding/json"
	"io"

	"github.com/ltskit/ltskit/conformance"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Properties  map[string]any    `json:"properties"`
	Invocations []sarifInvocation `json:"invocations"`
	Results     []sarifResult     `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name  string      `json:"name"`
	Rules []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID string `json:"id"`
}

type sarifInvocation struct {
	ExecutionSuccessful bool `json:"executionSuccessful"`
	ExitCode            int  `json:"exitCode"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	Level        string             `json:"level"` // error, warning, note
	Kind         string             `json:"kind"`  // fail, open
	Message      sarifMessage       `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	Properties   map[string]any     `json:"properties"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

// A sarifLocation names a file, as code scanning demands: that of the contract.
type sarifLocation struct {
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifLogical struct {
	FullyQualifiedName string `json:"fullyQualifiedName"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

// writeSARIF writes a result for each case that failed, is waived or could not
// run, and for each problem of level should.
func writeSARIF(w io.Writer, runs []*conformance.Report) error {
	log := sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{},
	}
	for _, r := range runs {
		log.Runs = append(log.Runs, sarifRunOf(r))
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	return encoder.Encode(log)
}

func sarifRunOf(r *conformance.Report) sarifRun {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "lts conform", Rules: []sarifRule{}}},
		Properties:  map[string]any{"target": r.Target, "edition": r.Edition},
		Invocations: []sarifInvocation{{ExecutionSuccessful: r.ExitStatus() != 2, ExitCode: r.ExitStatus()}},
		Results:     []sarifResult{},
	}
	for _, result := range r.Results {
		if one, told := sarifResultOf(result); told {
			run.Results = append(run.Results, one)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{ID: result.Name})
		}
	}
	return run
}

// sarifResultOf tells a result, unless there is nothing to tell.
func sarifResultOf(r conformance.Result) (one sarifResult, told bool) {
	one = sarifResult{
		RuleID: r.Name, Level: "error", Kind: "fail", Message: sarifMessage{explain(r)},
		Locations: []sarifLocation{{
			Physical: sarifPhysical{sarifArtifact{"openapi/lts.yaml"}},
			Logical:  []sarifLogical{{group(r)}},
		}},
		Properties: map[string]any{"outcome": r.Outcome},
	}
	switch r.Outcome {
	case conformance.Failed:
	case conformance.Waived:
		one.Suppressions = []sarifSuppression{{Kind: "external", Justification: r.Reason}}
	case conformance.CouldNotRun:
		one.Level, one.Kind, one.Message.Text = "none", "open", r.Reason
	default:
		one.Level = "note"
		return one, r.Outcome == conformance.Passed && len(r.Problems) > 0
	}
	return one, true
}
