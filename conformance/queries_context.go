package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// contextCases: the records around a record.
func (c *contract) contextCases() []testCase {
	return []testCase{
		c.queryCase("context/sizes", "ListLogContext", contextSizes),
		c.queryCase("context/default", "ListLogContext", contextDefault),
		c.queryCase("context/largest", "ListLogContext", contextLargest),
		c.queryCase("context/unknown", "ListLogContext", contextUnknown),
	}
}

// contextSizes asks around records at both ends of a stream and in its middle.
func contextSizes(t *trial) {
	place := t.place()
	all := t.fill(place, corpus(t.rand, 40)...)
	for _, at := range []int{0, 1, 20, len(all) - 2, len(all) - 1} {
		for _, size := range []struct{ before, after int }{{0, 0}, {1, 0}, {2, 3}, {500, 500}} {
			t.checkContext(place, all, at, object{"backwards_size": size.before, "forwards_size": size.after}, size.before, size.after)
		}
	}
}

// contextDefault leaves the sizes out.
func contextDefault(t *trial) {
	place := t.place()
	all := t.fill(place, numbered(230)...)
	t.checkContext(place, all, 115, object{}, 100, 100)
	t.checkContext(place, all, 50, object{"forwards_size": 2}, 100, 2)
	t.checkContext(place, all, 200, object{"backwards_size": 2}, 2, 100)
	t.checkContext(place, all, 110, object{"backwards_size": 101, "forwards_size": 110}, 101, 110)
}

// contextLargest asks for as many records as there may be on each side, around
// a record that has more.
func contextLargest(t *trial) {
	place := t.place()
	all := t.fill(place, numbered(2*maxAround+3)...)
	t.checkContext(place, all, maxAround+1, object{"backwards_size": maxAround, "forwards_size": maxAround}, maxAround, maxAround)
}

// maxAround is the greatest size of a context (vendor queries).
const maxAround = 500

// checkContext compares what comes around a record, and what the answer counts.
func (t *trial) checkContext(place ids, all []record, middle int, body object, before, after int) {
	body["line_num"] = strconv.FormatInt(all[middle].lineNum, 10)
	a := t.ask(question{operation: "ListLogContext", ids: place, body: body})
	if !t.checkStatus(a, http.StatusOK) {
		return
	}
	from, to := max(0, middle-before), min(len(all), middle+after+1)
	rule := fmt.Sprintf("up to %d records before the record, itself, and up to %d after it, ascending", before, after)
	t.checkRecords(a, rule, all[from:to], recordsOf(a))
	t.checkEqual(a, "/backwards_count", middle-from, at(a.value, "backwards_count"))
	t.checkEqual(a, "/forwards_count", to-middle-1, at(a.value, "forwards_count"))
	t.checkEqual(a, "/total_count", to-from, at(a.value, "total_count"))
	contents := difference(all[from:to], recordsOf(a), byContentOnly)
	t.check(contents == "", a, "/logs", "the contents are as they were written", contents)
}

// contextUnknown asks around a number that no record has. The document leaves
// the answer open; what is counted has to be there.
func contextUnknown(t *trial) {
	place := t.place()
	all := t.fill(place, numbered(6)...)
	a := t.ask(question{operation: "ListLogContext", ids: place, body: object{
		"line_num": strconv.FormatInt(all[2].lineNum+1, 10), "backwards_size": 2, "forwards_size": 2,
	}})
	t.check(a.status < http.StatusInternalServerError, a, "status", "an unknown line_num is no failure of the service", a.status)
	if a.status != http.StatusOK {
		return
	}
	logs := recordsOf(a)
	t.checkEqual(a, "/total_count", len(logs), at(a.value, "total_count"))
	known := chosen(logs, func(r record) bool {
		return slices.ContainsFunc(all[1:5], func(near record) bool { return near.lineNum == r.lineNum })
	})
	t.checkRecords(a, "the records are the nearest ones", known, logs)
}
