package main

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/ltskit/ltskit/server/embedded"
)

const groupsPath = "/v2/" + embedded.DevProjectID + "/groups"

// measureGroups fills the project with groups some times, and compares the last
// one with the first one. It leaves no group behind.
func measureGroups(c *conn, r *report) error {
	const rounds, groups = 9, 100
	var first, last []time.Duration
	for range rounds {
		times, err := fill(c, groups)
		if err != nil {
			return err
		}
		first, last = append(first, times[0]), append(last, times[groups-1])
	}
	slices.Sort(first)
	slices.Sort(last)
	r.add("create of group 1 (ms)", "", "%.2f", first[rounds/2].Seconds()*1000)
	r.add("create of group 100 (ms)", "", "%.2f", last[rounds/2].Seconds()*1000)
	r.add("create of group 100 to group 1 (ratio)", "≈ 1", "%.2f", float64(last[rounds/2])/float64(first[rounds/2]))
	return nil
}

// fill creates groups, deletes them, and gives how long each creation took.
func fill(c *conn, groups int) ([]time.Duration, error) {
	times := make([]time.Duration, groups)
	ids := make([]string, groups)
	for i := range groups {
		var made struct {
			ID string `json:"log_group_id"`
		}
		start := time.Now()
		if err := c.post(groupsPath, fmt.Appendf(nil, `{"log_group_name":"group-%d","ttl_in_days":7}`, i), &made); err != nil {
			return nil, err
		}
		times[i], ids[i] = time.Since(start), made.ID
	}
	for _, id := range ids {
		if err := c.call(http.MethodDelete, groupsPath+"/"+id, nil, nil); err != nil {
			return nil, err
		}
	}
	return times, nil
}
