package server_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/openapi"
)

// A member that is left out means what the document says, and something else
// when it is there and says something else.
func TestAMemberThatIsLeftOutMeansItsDefault(t *testing.T) {
	t.Parallel()
	for _, edition := range openapi.Editions() {
		s := start(t, config{edition: edition, now: newClock().Now})
		group := s.createGroup(t, devProject, "group")
		stream := s.createStream(t, devProject, group, "stream")
		lines := strings.TrimSuffix(strings.Repeat(`"a word",`, 250), ",")
		s.do(t, request{
			op: "ReportLogs", group: group, stream: stream,
			body: `{"log_time_ns":"1795339393707000000","contents":[` + lines + `],"labels":{}}`,
		}).want(t, http.StatusOK)

		for _, tt := range []struct {
			op, schema string
			body       map[string]any
			others     map[string]any // by member: a value that is not the default
		}{
			{
				"ListLogs", "ListLogsRequest",
				map[string]any{"start_time": 1795339000000, "end_time": 1795340000000, "keywords": "word", "line_num": "1795339393707000125"},
				map[string]any{"is_desc": true, "is_count": true, "highlight": false, "limit": 49, "search_type": "backwards"},
			},
			{
				"ListLogContext", "ListLogContextRequest",
				map[string]any{"line_num": "1795339393707000125"},
				map[string]any{"backwards_size": 99, "forwards_size": 101},
			},
		} {
			properties := document(t, edition).Components.Schemas[tt.schema].Value.Properties
			answerTo := func(body map[string]any) string {
				return string(s.do(t, request{op: tt.op, group: group, stream: stream, body: encode(body)}).want(t, http.StatusOK).body)
			}
			leftOut := answerTo(tt.body)
			for _, member := range slices.Sorted(maps.Keys(tt.others)) {
				t.Run(edition+"/"+tt.op+"/"+member, func(t *testing.T) {
					standard := properties[member].Value.Default
					if standard == nil {
						t.Fatalf("the document has no default of %s", member)
					}
					if got := answerTo(with(tt.body, member, standard)); got != leftOut {
						t.Errorf("with %s %v the answer is\n%.300s\nwithout it\n%.300s", member, standard, got, leftOut)
					}
					if got := answerTo(with(tt.body, member, tt.others[member])); got == leftOut {
						t.Errorf("with %s %v the answer is that without it", member, tt.others[member])
					}
				})
			}
			for member, schema := range properties {
				if _, known := tt.others[member]; schema.Value.Default != nil && !known {
					t.Errorf("%s: the default of %s is not tested", tt.op, member)
				}
			}
		}
	}
}

// with is a body with one member more.
func with(body map[string]any, member string, v any) map[string]any {
	body = maps.Clone(body)
	body[member] = v
	return body
}
