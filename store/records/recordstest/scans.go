package recordstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/ltskit/ltskit/lts"
)

func unknownStream(t *testing.T, r lts.Records) {
	ctx := context.Background()
	wantLines(t, r, lts.Scan{Window: lts.Always})
	if got := count(t, r, stream, lts.Always, lts.Filter{}); got != 0 {
		t.Errorf("Count = %d, want 0", got)
	}
	if err := errors.Join(r.Drop(ctx, stream), r.DropBefore(ctx, stream, 10)); err != nil {
		t.Errorf("drops of an unknown stream: %v", err)
	}
}

// directions are those that the query documents, with the cursor on NO 5 of ten.
func directions(t *testing.T, r lts.Records) {
	for i := range int64(10) {
		add(t, r, 101+i, fmt.Sprint("NO ", 1+i))
		if i == 6 {
			upkeep(t, r)
		}
	}
	window := lts.Window{From: 101, To: 111}
	wantLines(t, r, lts.Scan{Window: window, After: 105}, 106, 107, 108, 109, 110)
	wantLines(t, r, lts.Scan{Window: window, After: 105, Descending: true}, 104, 103, 102, 101)
	wantLines(t, r, lts.Scan{Window: window, Descending: true}, 110, 109, 108, 107, 106, 105, 104, 103, 102, 101)
	wantLines(t, r, lts.Scan{Window: lts.Window{From: 103, To: 106}}, 103, 104, 105)
	wantLines(t, r, lts.Scan{Window: lts.Window{From: 103, To: 106}, Descending: true}, 105, 104, 103)
	wantLines(t, r, lts.Scan{Window: lts.Window{From: 106, To: 103}})
	wantLines(t, r, lts.Scan{Window: window, After: 110})
	wantLines(t, r, lts.Scan{Window: window, After: 101, Descending: true})
}

func scanStops(t *testing.T, r lts.Records) {
	fill(t, r, 100)
	upkeep(t, r)
	seen := 0
	for _, err := range r.Scan(context.Background(), stream, lts.Scan{Window: lts.Always}) {
		if err != nil {
			t.Fatalf("Scan: %v", err)
		}
		if seen++; seen == 3 {
			break
		}
	}
	if seen != 3 {
		t.Errorf("read %d records, want 3", seen)
	}
}

func scanIsStable(t *testing.T, r lts.Records) {
	fill(t, r, 100)
	seen := 0
	for _, err := range r.Scan(context.Background(), stream, lts.Scan{Window: lts.Always}) {
		if err != nil {
			t.Fatalf("Scan: %v", err)
		}
		if seen++; seen == 10 {
			fill(t, r, 100)
			upkeep(t, r)
			if err := r.Drop(context.Background(), stream); err != nil {
				t.Fatalf("Drop: %v", err)
			}
		}
	}
	if seen != 100 {
		t.Errorf("read %d records, want the 100 from the start", seen)
	}
}

func scanMayAppend(t *testing.T, r lts.Records) {
	fill(t, r, 10)
	for record, err := range r.Scan(context.Background(), stream, lts.Scan{Window: lts.Always}) {
		if err != nil {
			t.Fatalf("Scan: %v", err)
		}
		appendAll(t, r, "copy", record.Labels, at(record.LineNum, record.Content))
	}
	if got := count(t, r, "copy", lts.Always, lts.Filter{}); got != 10 {
		t.Errorf("the copy has %d records, want 10", got)
	}
}

func canceled(t *testing.T, r lts.Records) {
	fill(t, r, 100)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, err := range r.Scan(ctx, stream, lts.Scan{Window: lts.Always}) {
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("Scan gives error %v, want %v", err, context.Canceled)
		}
	}
}

func labelsFilter(t *testing.T, r lts.Records) {
	host := func(name string) map[string]string { return map[string]string{"host": name, "zone": "1"} }
	appendAll(t, r, stream, host("a"), at(10, "1"), at(20, "2"))
	appendAll(t, r, stream, host("b"), at(15, "3"))
	appendAll(t, r, stream, nil, at(30, "4"))
	check := func() {
		t.Helper()
		wantFiltered(t, r, lts.Filter{Labels: host("a")}, "1", "2")
		wantFiltered(t, r, lts.Filter{Labels: map[string]string{"host": "b"}}, "3")
		wantFiltered(t, r, lts.Filter{Labels: map[string]string{"zone": "1"}}, "1", "3", "2")
		wantFiltered(t, r, lts.Filter{Labels: map[string]string{"zone": "2"}})
		wantFiltered(t, r, lts.Filter{Labels: map[string]string{"rack": ""}})
		wantFiltered(t, r, lts.Filter{}, "1", "3", "2", "4")
	}
	check()
	upkeep(t, r)
	check()
}

func keywordsFilter(t *testing.T, r lts.Records) {
	for i, content := range []string{"Disk full", "disk:half", "the DISK is full\n", "full", "diskette"} {
		add(t, r, int64(10+i), content)
	}
	check := func() {
		t.Helper()
		wantFiltered(t, r, words(t, "disk"), "Disk full", "disk:half", "the DISK is full\n")
		wantFiltered(t, r, words(t, "full disk"), "Disk full", "the DISK is full\n")
		wantFiltered(t, r, words(t, "disk*"), "Disk full", "disk:half", "the DISK is full\n", "diskette")
		wantFiltered(t, r, words(t, "disk NOT full"), "disk:half")
		wantFiltered(t, r, words(t, "half OR diskette"), "disk:half", "diskette")
		wantFiltered(t, r, words(t, `#"disk full"`), "Disk full")
		wantFiltered(t, r, words(t, "absent"))
	}
	check()
	upkeep(t, r)
	check()
}

func steps(t *testing.T, r lts.Records) {
	for _, line := range []int64{99, 100, 109, 110, 125, 129, 130} {
		add(t, r, line, "log")
	}
	check := func() {
		t.Helper()
		got, err := r.CountSteps(context.Background(), stream, lts.Window{From: 100, To: 130}, 10, words(t, "log"))
		if want := []int64{2, 1, 2}; err != nil || !slices.Equal(got, want) {
			t.Errorf("CountSteps = %v, %v, want %v", got, err, want)
		}
	}
	check()
	upkeep(t, r)
	check()
}

func tooManySteps(t *testing.T, r lts.Records) {
	window := lts.Window{From: 0, To: lts.MaxSteps + 1}
	if _, err := r.CountSteps(context.Background(), stream, window, 1, lts.Filter{}); err == nil {
		t.Errorf("CountSteps with %d steps succeeds", window.Steps(1))
	}
}
