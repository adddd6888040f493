package main

import (
	"fmt"
	"slices"
	"time"
)

// measureQueries asks a stream that has a number of batches around a time.
func measureQueries(c *conn, s stream, middle time.Time, batches int, r *report) error {
	end := time.Now().Add(time.Hour).UnixMilli()
	begin := time.Now().Add(-7 * 24 * time.Hour).Add(time.Minute).UnixMilli()
	for _, q := range []struct {
		what, goal, rest string
		begin            int64
		records          int  // that the answer has
		count            bool // whether it has a count
	}{
		{"page of 50, the newest (ms)", "≤ 5", `"is_desc":true,"limit":50`, begin, 50, false},
		{"page of 50, from the middle (ms)", "≤ 5", `"limit":50`, middle.UnixMilli(), 50, false},
		{"page of 50, two words (ms)", "≤ 5", `"is_desc":true,"limit":50,"keywords":"status 500"`, begin, 50, false},
		{"rare word (ms)", "≤ 50", `"keywords":"` + rareWord + `"`, begin, 1, false},
		{fmt.Sprintf("count of a common word in %d records (ms)", batches*batchSize), "≤ 100",
			`"is_desc":true,"limit":1,"is_count":true,"keywords":"` + commonWord + `"`, begin, 1, true},
	} {
		body := fmt.Appendf(nil, `{"start_time":%d,"end_time":%d,%s}`, q.begin, end, q.rest)
		took, err := median(func() error { return query(c, s, body, q.records, q.count) })
		if err != nil {
			return err
		}
		r.add(q.what, q.goal, "%.1f", took.Seconds()*1000)
	}
	return nil
}

// query fails when the answer is not of the size that is expected: what is not
// found is found quickly.
func query(c *conn, s stream, body []byte, records int, count bool) error {
	var page struct {
		Logs  []struct{} `json:"logs"`
		Count int        `json:"count"`
	}
	if err := c.post(s.queryPath(), body, &page); err != nil {
		return err
	}
	if len(page.Logs) != records || count != (page.Count > 0) {
		return fmt.Errorf("query %s: %d records and a count of %d, want %d records", body, len(page.Logs), page.Count, records)
	}
	return nil
}

// median is how long something takes that is done some times.
func median(do func() error) (time.Duration, error) {
	times := make([]time.Duration, 11)
	for i := range times {
		start := time.Now()
		if err := do(); err != nil {
			return 0, err
		}
		times[i] = time.Since(start)
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}
