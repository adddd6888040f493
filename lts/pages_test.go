package lts_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/records/recordstest"
)

// TestReadPage has the pages of the documents: ten records, NO 1 to NO 10, and
// the cursor on NO 5.
func TestReadPage(t *testing.T) {
	tests := []struct {
		name string
		page lts.PageSpec
		want []int64
	}{
		{"forwards, ascending", lts.PageSpec{After: 5, Limit: 3}, []int64{6, 7, 8}},
		{"backwards, descending", lts.PageSpec{After: 5, Descending: true, Backwards: true, Limit: 3}, []int64{8, 7, 6}},
		{"backwards, ascending", lts.PageSpec{After: 5, Backwards: true, Limit: 3}, []int64{2, 3, 4}},
		{"forwards, descending", lts.PageSpec{After: 5, Descending: true, Limit: 3}, []int64{4, 3, 2}},
		{"the first page, ascending", lts.PageSpec{Limit: 3}, []int64{1, 2, 3}},
		{"the first page, descending", lts.PageSpec{Descending: true, Limit: 3}, []int64{10, 9, 8}},
		{"a short page at the end", lts.PageSpec{After: 8, Limit: 3}, []int64{9, 10}},
		{"nothing behind the last", lts.PageSpec{After: 10, Limit: 3}, []int64{}},
		{"no limit to speak of", lts.PageSpec{Limit: 0}, []int64{}},
	}
	records := tenRecords(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			read, err := lts.ReadPage(context.Background(), records, "stream", lts.Always, lts.Filter{}, tt.page)
			if err != nil {
				t.Fatalf("ReadPage(%+v): %v", tt.page, err)
			}
			got := []int64{}
			for _, r := range read {
				got = append(got, r.LineNum)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ReadPage(%+v) (-want +got):\n%s", tt.page, diff)
			}
		})
	}
}

func tenRecords(t *testing.T) lts.Records {
	t.Helper()
	records := &recordstest.Memory{}
	for n := range int64(10) {
		record := lts.NewRecord{TimeNS: n + 1, Content: fmt.Sprint("NO ", n+1)}
		if err := records.Append(context.Background(), "stream", nil, []lts.NewRecord{record}); err != nil {
			t.Fatalf("Append: %v", err)
		}
	}
	return records
}
