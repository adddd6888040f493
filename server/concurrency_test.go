package server_test

import (
	"fmt"
	"maps"
	"net/http"
	"sync"
	"testing"

	"github.com/ltskit/ltskit/lts"
)

// 200 callers at once see the rules kept: one name, one group; a quota of 100,
// 100 of them.
func TestCreationsAtTheSameTime(t *testing.T) {
	t.Parallel()
	const callers = 200
	s := start(t, config{})
	group := s.createGroup(t, devProject, "parent")
	tests := map[string]struct {
		op      string
		project string
		body    func(caller int) string
		want    map[string]int // answers by status and code
		made    func() int
	}{
		"groups of one name": {
			op: "CreateLogGroup", project: otherProject,
			body: func(int) string { return `{"log_group_name":"same","ttl_in_days":7}` },
			want: map[string]int{"201": 1, "400 LTS.0101": callers - 1},
			made: func() int { return len(s.groups(t, otherProject)) },
		},
		"groups of many names": {
			op: "CreateLogGroup", project: devProject,
			body: func(i int) string { return fmt.Sprintf(`{"log_group_name":"group-%d","ttl_in_days":7}`, i) },
			want: map[string]int{"201": lts.DefaultQuotas.Groups - 1, "400 LTS.0104": callers - lts.DefaultQuotas.Groups + 1},
			made: func() int { return len(s.groups(t, devProject)) - 1 },
		},
		"streams of many names": {
			op: "CreateLogStream", project: devProject,
			body: func(i int) string { return fmt.Sprintf(`{"log_stream_name":"stream-%d"}`, i) },
			want: map[string]int{"201": lts.DefaultQuotas.Streams, "400 LTS.0206": callers - lts.DefaultQuotas.Streams},
			made: func() int { return len(s.streams(t, group)) },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := s.together(t, callers, func(i int) request {
				return request{op: tt.op, project: tt.project, group: group, body: tt.body(i)}
			})
			if !maps.Equal(got, tt.want) {
				t.Errorf("answers to %d calls of %s at once: %v, want %v", callers, tt.op, got, tt.want)
			}
			if made := tt.made(); made != tt.want["201"] {
				t.Errorf("%d calls of %s at once made %d, want %d", callers, tt.op, made, tt.want["201"])
			}
		})
	}
}

// Whoever deletes a group while others create streams in it leaves no stream
// behind, and nobody sees a failure of the server.
func TestDeletionWhileStreamsAreCreated(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	group := s.createGroup(t, devProject, "parent")
	got := s.together(t, 60, func(i int) request {
		if i%10 == 5 {
			return request{op: "DeleteLogGroup", group: group}
		}
		return request{op: "CreateLogStream", group: group, body: fmt.Sprintf(`{"log_stream_name":"stream-%d"}`, i)}
	})
	if got["204"] != 1 || got["201"]+got["204"]+got["400 LTS.0201"] != 60 {
		t.Errorf("answers %v, want one 204, and 201 before it and LTS.0201 after it", got)
	}
	a := s.do(t, request{op: "ListProjectLogStreams"}).want(t, http.StatusOK)
	if streams := decode[streamList](t, a).Streams; len(streams) != 0 {
		t.Errorf("streams after their group was deleted: %+v, want none", streams)
	}
}

// together sends n requests at once and counts the answers by status and code.
func (s *service) together(t *testing.T, n int, call func(i int) request) map[string]int {
	t.Helper()
	counts := make(map[string]int)
	var mu sync.Mutex
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		r := call(i)
		s.authorize(t, &r)
		all.Go(func() {
			<-begin
			a, err := s.send(t.Context(), t, r)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("%s: %v", r.op, err)
				return
			}
			key := fmt.Sprint(a.status)
			if a.status >= 400 {
				key += " " + decode[errorBody](t, a).Code
			}
			counts[key]++
		})
	}
	close(begin)
	all.Wait()
	return counts
}
