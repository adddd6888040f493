package recordstest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
)

func upkeep(t *testing.T, r lts.Records) {
	t.Helper()
	if u, ok := r.(Upkeeper); ok {
		u.Upkeep(t)
	}
}

func reopen(t *testing.T, r lts.Records) {
	t.Helper()
	if o, ok := r.(Reopener); ok {
		o.Reopen(t)
	}
}

// fill appends number records with the times from 1000 on.
func fill(t *testing.T, r lts.Records, number int) {
	t.Helper()
	var records []lts.NewRecord
	for i := range number {
		records = append(records, at(int64(1000+i), fmt.Sprint("NO ", i)))
	}
	appendAll(t, r, stream, labels, records...)
}

func at(timeNS int64, content string) lts.NewRecord {
	return lts.NewRecord{TimeNS: timeNS, Content: content}
}

func add(t *testing.T, r lts.Records, timeNS int64, content string) {
	t.Helper()
	appendAll(t, r, stream, labels, at(timeNS, content))
}

func appendAll(t *testing.T, r lts.Records, streamID string, labels map[string]string, records ...lts.NewRecord) {
	t.Helper()
	if err := r.Append(context.Background(), streamID, labels, records); err != nil {
		t.Fatalf("Append(%q): %v", streamID, err)
	}
}

func words(t *testing.T, text string) lts.Filter {
	t.Helper()
	k, err := lts.ParseKeywords(text)
	if err != nil {
		t.Fatalf("ParseKeywords(%q): %v", text, err)
	}
	return lts.Filter{Keywords: k}
}

func count(t *testing.T, r lts.Records, streamID string, w lts.Window, f lts.Filter) int64 {
	t.Helper()
	n, err := r.Count(context.Background(), streamID, w, f)
	if err != nil {
		t.Fatalf("Count(%q, %v): %v", streamID, w, err)
	}
	return n
}

func collect(t *testing.T, r lts.Records, streamID string, scan lts.Scan) (records []lts.Record) {
	t.Helper()
	for record, err := range r.Scan(context.Background(), streamID, scan) {
		if err != nil {
			t.Fatalf("Scan(%q, %+v): %v", streamID, scan, err)
		}
		records = append(records, record)
	}
	return records
}

func wantLines(t *testing.T, r lts.Records, scan lts.Scan, want ...int64) {
	t.Helper()
	var got []int64
	for _, record := range collect(t, r, stream, scan) {
		got = append(got, record.LineNum)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines of %+v (-want +got):\n%s", scan, diff)
	}
}

func wantContents(t *testing.T, r lts.Records, scan lts.Scan, want ...string) {
	t.Helper()
	var got []string
	for _, record := range collect(t, r, stream, scan) {
		got = append(got, record.Content)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("contents of %+v (-want +got):\n%s", scan, diff)
	}
}

// wantFiltered checks scan and count with one filter.
func wantFiltered(t *testing.T, r lts.Records, f lts.Filter, want ...string) {
	t.Helper()
	wantContents(t, r, lts.Scan{Window: lts.Always, Filter: f}, want...)
	slices.Reverse(want)
	wantContents(t, r, lts.Scan{Window: lts.Always, Filter: f, Descending: true}, want...)
	if got := count(t, r, stream, lts.Always, f); got != int64(len(want)) {
		t.Errorf("Count with labels %v = %d, want %d", f.Labels, got, len(want))
	}
}
