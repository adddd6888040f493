package records

import (
	"slices"
	"unsafe"

	"github.com/ltskit/ltskit/lts"
)

// columns are records of one stream in ascending order, column by column: what
// a block holds, and what the sealer makes blocks of.
type columns struct {
	lines []int64
	label []int32 // the record's label set, a place in sets
	ends  []int   // the record's content ends here in text; it begins where the one before ends
	text  []byte
	sets  labelSets
}

func (c *columns) len() int { return len(c.lines) }

func (c *columns) first() int64 { return c.lines[0] }

func (c *columns) last() int64 { return c.lines[len(c.lines)-1] }

func (c *columns) start(i int) int {
	if i == 0 {
		return 0
	}
	return c.ends[i-1]
}

func (c *columns) content(i int) []byte { return c.text[c.start(i):c.ends[i]] }

// view gives a record's content as a string that is valid while c does not
// change.
func (c *columns) view(i int) string {
	return asString(c.content(i))
}

// asString gives b as a string that is valid while b does not change.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// reset empties c and keeps its memory.
func (c *columns) reset() {
	*c = columns{lines: c.lines[:0], label: c.label[:0], ends: c.ends[:0], text: c.text[:0]}
}

func (c *columns) add(line int64, encodedLabels string, content []byte) {
	c.lines = append(c.lines, line)
	c.label = append(c.label, c.labelOf(encodedLabels))
	c.text = append(c.text, content...)
	c.ends = append(c.ends, len(c.text))
}

// labelOf gives the place of a label set in sets. Most records have the set of
// the one before.
func (c *columns) labelOf(encoded string) int32 {
	if n := len(c.label); n > 0 && c.sets.encoded[c.label[n-1]] == encoded {
		return c.label[n-1]
	}
	return int32(c.sets.add(encoded))
}

// addFrom adds records from to to (excluded) of other.
func (c *columns) addFrom(other *columns, from, to int) {
	for i := from; i < to; i++ {
		c.add(other.lines[i], other.sets.encoded[other.label[i]], other.content(i))
	}
}

// merge gives the records of both in order.
func merge(a, b *columns) *columns {
	merged := &columns{}
	i := 0
	for j := range b.lines {
		from := i
		for i < a.len() && a.lines[i] < b.lines[j] {
			i++
		}
		merged.addFrom(a, from, i)
		merged.addFrom(b, j, j+1)
	}
	merged.addFrom(a, i, a.len())
	return merged
}

// part gives a copy of records from to to (excluded).
func (c *columns) part(from, to int) *columns {
	part := &columns{}
	part.addFrom(c, from, to)
	return part
}

// within gives a copy of the records in a window.
func (c *columns) within(w lts.Window) *columns {
	from, to := c.indexes(w)
	return c.part(from, to)
}

// indexes gives the records of a window: from to to (excluded).
func (c *columns) indexes(w lts.Window) (from, to int) {
	from, _ = slices.BinarySearch(c.lines, w.From)
	to, _ = slices.BinarySearch(c.lines, w.To)
	return from, max(from, to)
}
