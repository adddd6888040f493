package client

import (
	"encoding/json"
	"strconv"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/lts"
)

// A batch holds records as the elements of a request, already encoded: a record
// costs no memory but its bytes.
type batch struct {
	elements []byte // separated by commas
	ends     []int  // of each element
	cost     int64  // of memory, see costOf
	done     chan struct{}
}

func newBatch() *batch { return &batch{done: make(chan struct{})} }

func (b *batch) len() int { return len(b.ends) }

func (b *batch) add(record lts.NewRecord) {
	if len(b.ends) > 0 {
		b.elements = append(b.elements, ',')
	}
	b.elements = append(b.elements, `{"log_time_ns":`...)
	b.elements = strconv.AppendInt(b.elements, record.TimeNS, 10)
	b.elements = append(b.elements, `,"log":`...)
	b.elements = appendString(b.elements, record.Content)
	b.elements = append(b.elements, '}')
	b.ends = append(b.ends, len(b.elements))
	b.cost += costOf(record)
}

// costOf is what a record counts against the memory of a writer: its content and
// what is around it.
func costOf(record lts.NewRecord) int64 {
	const around = 64
	return int64(len(record.Content)) + around
}

// start is where element i begins.
func (b *batch) start(i int) int {
	if i == 0 {
		return 0
	}
	return b.ends[i-1] + 1 // the comma
}

// appendBody appends the request that reports the elements from i to j.
func (b *batch) appendBody(dst, labels []byte, i, j int) []byte {
	dst = append(dst, '{')
	if len(labels) > 0 {
		dst = append(dst, `"labels":`...)
		dst = append(dst, labels...)
		dst = append(dst, ',')
	}
	dst = append(dst, `"contents":[`...)
	dst = append(dst, b.elements[b.start(i):b.ends[j-1]]...)
	return append(dst, "]}"...)
}

// record gives element i back.
func (b *batch) record(i int) lts.NewRecord {
	var log api.TimedLog
	if err := json.Unmarshal(b.elements[b.start(i):b.ends[i]], &log); err != nil {
		panic("client: a batch cannot be read back: " + err.Error()) // it was written by add
	}
	return lts.NewRecord{TimeNS: int64(log.LogTimeNs), Content: log.Log}
}

// reset makes the batch empty, for another use of its memory.
func (b *batch) reset() {
	*b = batch{elements: b.elements[:0], ends: b.ends[:0], done: make(chan struct{})}
}
