package report

import (
	_ "embed"
	"encoding/json"
	"io"

	"github.com/ltskit/ltskit/conformance"
)

// Schema is the JSON Schema of the format [JSON].
//
//go:embed schema.json
var Schema []byte

// SchemaVersion is that of the format [JSON]. It changes when a program that
// reads the format would have to.
const SchemaVersion = 1

// document is the format JSON.
type document struct {
	SchemaVersion int            `json:"schemaVersion"`
	ExitStatus    int            `json:"exitStatus"` // of all runs
	Counts        map[string]int `json:"counts"`     // of all runs, by outcome
	Checks        int            `json:"checks"`     // of all runs
	Runs          []run          `json:"runs"`
}

type run struct {
	*conformance.Report
	ExitStatus int            `json:"exitStatus"`
	Counts     map[string]int `json:"counts"`
	Checks     int            `json:"checks"`
}

func writeJSON(w io.Writer, runs []*conformance.Report) error {
	d := document{SchemaVersion: SchemaVersion, ExitStatus: conformance.ExitStatus(runs...), Counts: make(map[string]int), Runs: []run{}}
	for _, r := range runs {
		one := run{Report: r, ExitStatus: r.ExitStatus(), Counts: make(map[string]int), Checks: r.Checks()}
		for _, outcome := range conformance.Outcomes() {
			one.Counts[string(outcome)] = r.Count(outcome)
			d.Counts[string(outcome)] += r.Count(outcome)
		}
		d.Checks += one.Checks
		d.Runs = append(d.Runs, one)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	return encoder.Encode(d)
}
