package conformance

import (
	"slices"

	"github.com/ltskit/ltskit/openapi"
)

// queryCases are the laws of queries: what must hold between records and the
// answers about them, whatever the records are.
func (c *contract) queryCases() []testCase {
	return slices.Concat(
		c.pagingCases(),
		c.countCases(),
		c.filterCases(),
		c.highlightCases(),
		c.windowCases(),
		c.orderCases(),
		c.contextCases(),
		c.histogramCases(),
		c.reportCases(),
		c.queryIsolationCases(),
	)
}

// queryCase makes a case about an operation on records.
func (c *contract) queryCase(name, operationID string, run func(*trial)) testCase {
	return testCase{
		name: "queries/" + name, tag: "logs", operation: operationID, requires: []string{"groups", "streams"},
		sources: openapi.SourcesOf(c.byID[operationID].Extensions), run: run,
	}
}
