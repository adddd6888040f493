package main

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ltskit/ltskit/server/embedded"
)

// A stream is where records are written to.
type stream struct{ group, id string }

// newStream makes a group with a stream in it.
func newStream(c *conn, name string) (stream, error) {
	var group struct {
		ID string `json:"log_group_id"`
	}
	if err := c.post(groupsPath, []byte(`{"log_group_name":"`+name+`","ttl_in_days":7}`), &group); err != nil {
		return stream{}, err
	}
	var made struct {
		ID string `json:"log_stream_id"`
	}
	err := c.post(groupsPath+"/"+group.ID+"/streams", []byte(`{"log_stream_name":"`+name+`"}`), &made)
	return stream{group: group.ID, id: made.ID}, err
}

func (s stream) reportPath() string {
	return "/v2/" + embedded.DevProjectID + "/lts/groups/" + s.group + "/streams/" + s.id + "/tenant/contents"
}

func (s stream) queryPath() string {
	return groupsPath + "/" + s.group + "/streams/" + s.id + "/content/query"
}

// spacing is how far batches are apart in time: those of a record every
// millisecond.
const spacing = batchSize * time.Millisecond

// firstTime is the time of the first of a number of batches, the last of which
// are of now. Records of more than the stream's seven days would be gone.
func firstTime(batches int) time.Time {
	return time.Now().Add(-time.Duration(batches) * spacing)
}

// measureBatches writes batches, the first one of which is of a time, and gives
// their number.
func measureBatches(o options, address string, s stream, first time.Time, r *report) (batches int, err error) {
	all := newLineMaker().batches(bodies)
	number := max(1, o.records/batchSize)
	needle := newLineMaker().lines(batchSize)
	needle[batchSize/2] += " " + rareWord
	cpu := cpuTime()
	start := time.Now()
	batches, err = inParallel(address, o.writers, func(c *conn, i int) (bool, error) {
		if i >= number || time.Since(start) > o.limit {
			return false, nil
		}
		batch := all[i%len(all)]
		if i == min(number/3, number-1) {
			batch = batchOf(needle)
		}
		return true, c.post(s.reportPath(), appendBody(nil, first.Add(time.Duration(i)*spacing).UnixNano(), batch), nil)
	})
	written := float64(batches * batchSize)
	r.add("batches of 1000 (records/s)", "≥ 100000", "%.0f", written/time.Since(start).Seconds())
	r.add("batches of 1000: CPU with clients (µs/record)", "", "%.1f", float64((cpuTime()-cpu).Microseconds())/written)
	return batches, err
}

const singleWriters = 64

// measureSingles writes single records and gives their number. The goal of
// 80,000 records/s is one of the engine (BenchmarkAppendFrom64Writers): through
// HTTP, each record is a request of its own.
func measureSingles(o options, address string, s stream, r *report) (records int, err error) {
	lines := newLineMaker().lines(batchSize)
	cpu := cpuTime()
	start := time.Now()
	records, err = inParallel(address, singleWriters, func(c *conn, i int) (bool, error) {
		now := time.Now()
		if now.Sub(start) > o.singles {
			return false, nil
		}
		return true, c.post(s.reportPath(), appendBody(nil, now.UnixNano(), batchOf(lines[i%batchSize:][:1])), nil)
	})
	r.add("single records from 64 writers (records/s)", "", "%.0f", float64(records)/time.Since(start).Seconds())
	r.add("single records: CPU with clients (µs/record)", "", "%.1f", float64((cpuTime()-cpu).Microseconds())/float64(records))
	return records, err
}

// inParallel calls do with 0, 1, 2 and so on from a number of clients, each
// with a connection of its own, until it says that there is no more. It gives
// how often do has done something.
func inParallel(address string, clients int, do func(c *conn, i int) (more bool, err error)) (done int, err error) {
	var next, count atomic.Int64
	failures := make([]error, clients)
	var wait sync.WaitGroup
	for client := range clients {
		wait.Go(func() {
			c, err := dial(address)
			if err != nil {
				failures[client] = err
				return
			}
			defer c.close()
			for more := true; more && err == nil; {
				if more, err = do(c, int(next.Add(1)-1)); more && err == nil {
					count.Add(1)
				}
			}
			failures[client] = err
		})
	}
	wait.Wait()
	return int(count.Load()), errors.Join(failures...)
}
