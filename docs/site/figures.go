package site

import (
	"cmp"
	"slices"

	"github.com/ltskit/ltskit/conformance"
)

// figuresGuide is the guide that shows the figures.
const figuresGuide = "conformance"

// figures are what runs of the suite have reached, one column for each run.
type figures struct {
	Target   string
	Editions []string
	Rows     []figureRow
	Missing  []missing // of the newest edition
}

// A figureRow compares the runs in one kind of parts.
type figureRow struct {
	Kind  string // the end of the key of its name among the texts
	Cells []figure
}

// A figure is how many parts of all were reached.
type figure struct {
	Reached, All int
}

// missing is a reason for which parts were not reached.
type missing struct {
	Why   string
	Parts int
}

// newFigures reads them off the runs, or gives nil when there is none.
func newFigures(runs []*conformance.Report) *figures {
	if len(runs) == 0 {
		return nil
	}
	f := figures{Target: runs[0].Target, Rows: []figureRow{{Kind: "cases"}}}
	for _, run := range runs {
		f.Editions = append(f.Editions, run.Edition)
		f.Rows[0].Cells = append(f.Rows[0].Cells, figure{run.Count(conformance.Passed), len(run.Results)})
		for i, section := range run.Coverage.Sections() {
			if len(f.Rows) == i+1 {
				f.Rows = append(f.Rows, figureRow{Kind: section.Name})
			}
			row := &f.Rows[i+1]
			row.Cells = append(row.Cells, figure{section.Reached(), len(section.Parts)})
		}
	}
	f.Missing = missingIn(runs[0].Coverage)
	return &f
}

// missingIn counts the parts that were not reached by their reasons, the most
// frequent first.
func missingIn(coverage conformance.Coverage) []missing {
	var all []missing
	for _, section := range coverage.Sections() {
		for _, part := range section.Parts {
			if part.Reached {
				continue
			}
			i := slices.IndexFunc(all, func(m missing) bool { return m.Why == part.Why })
			if i < 0 {
				i = len(all)
				all = append(all, missing{Why: part.Why})
			}
			all[i].Parts++
		}
	}
	slices.SortStableFunc(all, func(a, b missing) int { return cmp.Compare(b.Parts, a.Parts) })
	return all
}
