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
	wantOfEach(t, r, scan, "lines", func(record lts.Record) int64 { return record.LineNum }, want)
}

func wantContents(t *testing.T, r lts.Records, scan lts.Scan, want ...string) {
	t.Helper()
	wantOfEach(t, r, scan, "contents", func(record lts.Record) string { return record.Content }, want)
}

// wantOfEach checks one part of each record that a scan gives.
func wantOfEach[T any](t *testing.T, r lts.Records, scan lts.Scan, what string, part func(lts.Record) T, want []T) {
	t.Helper()
	var got []T
	for _, record := range collect(t, r, stream, scan) {
		got = append(got, part(record))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s of %+v (-want +got):\n%s", what, scan, diff)
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
