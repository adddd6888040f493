package conformance

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDifference(t *testing.T) {
	a, b, c := record{content: "a", lineNum: 1}, record{content: "b", lineNum: 2}, record{content: "c", lineNum: 3}
	for name, tt := range map[string]struct {
		want, got []record
		says      string
	}{
		"the same":        {[]record{a, b}, []record{a, b}, ""},
		"nothing":         {nil, nil, ""},
		"one is missing":  {[]record{a, b}, []record{a}, `missing "b" (2)`},
		"one too many":    {[]record{a}, []record{a, b}, `unwanted "b" (2)`},
		"one twice":       {[]record{a, b}, []record{a, b, b}, `twice "b" (2)`},
		"another order":   {[]record{a, b}, []record{b, a}, `at 0 "b" (2) in place of "a" (1)`},
		"one for another": {[]record{a, b}, []record{a, c}, `unwanted "c" (3), missing "b" (2)`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := difference(tt.want, tt.got, byLineNum); got != tt.says {
				t.Errorf("difference %q, want %q", got, tt.says)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	var ten []record // those of the documented pages
	for i := range 10 {
		ten = append(ten, record{lineNum: int64(i + 1)})
	}
	for name, tt := range map[string]struct {
		search search
		want   []int64
	}{
		"forwards ascending":   {search{kind: "forwards"}, []int64{6, 7, 8}},
		"backwards descending": {search{kind: "backwards", desc: true}, []int64{8, 7, 6}},
		"backwards ascending":  {search{kind: "backwards"}, []int64{2, 3, 4}},
		"forwards descending":  {search{kind: "forwards", desc: true}, []int64{4, 3, 2}},
		"init goes on":         {search{kind: "init"}, []int64{6, 7, 8}},
	} {
		t.Run(name, func(t *testing.T) {
			tt.search.cursor, tt.search.limit = 5, 3
			var got []int64
			for _, r := range nearest(ten, tt.search) {
				got = append(got, r.lineNum)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("nearest (-want +got):\n%s", diff)
			}
		})
	}
}

func TestViewsOfAnswers(t *testing.T) {
	value, err := decodeExact([]byte(`{"log_transfers":[
		{"log_group_name":"x-g1","log_streams":[{"log_stream_id":"s"}],"log_transfer_info":{"n":9007199254740993}},
		{"log_group_name":"y-g1","log_streams":[]},
		{"log_group_name":"x-g0"}
	]}`))
	if err != nil {
		t.Fatal(err)
	}
	v := view{array: "log_transfers", columns: []string{"log_group_name", "log_streams.0.log_stream_id", "log_transfer_info.n"}, prefix: "x-"}
	if diff := cmp.Diff([]string{"x-g0  ", "x-g1 s 9007199254740993"}, v.lines(v.of(value))); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	v.ordered = true
	if diff := cmp.Diff([]string{"x-g1 s 9007199254740993", "x-g0  "}, v.lines(v.of(value))); diff != "" {
		t.Errorf("lines in order (-want +got):\n%s", diff)
	}
}
