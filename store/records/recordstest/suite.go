package recordstest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
)

// A Reopener can be closed and opened again with what it has stored.
type Reopener interface {
	Reopen(t *testing.T)
}

// An Upkeeper does in the background what a test wants done now.
type Upkeeper interface {
	Upkeep(t *testing.T)
}

// Run runs the suite. open gives an empty implementation, which t ends. What it
// gives may be a Reopener and an Upkeeper too; then it is reopened and kept up
// in between.
func Run(t *testing.T, open func(t *testing.T) lts.Records) {
	tests := []struct {
		name string
		run  func(*testing.T, lts.Records)
	}{
		{"a record gets its time as line number", ownTime},
		{"a taken line number moves a record to the next free one", takenNumber},
		{"equal times keep the order of the slice", equalTimes},
		{"a batch is taken in the order of time", outOfOrder},
		{"a late record takes its place in the order", lateRecord},
		{"a time before 1 counts as 1", earlyTime},
		{"a time without a free line number is refused and leaves nothing", noPlace},
		{"an empty append changes nothing", emptyAppend},
		{"content is kept byte by byte", contentIsKept},
		{"streams are apart", streamsAreApart},
		{"an unknown stream is empty", unknownStream},
		{"a scan goes in both directions from a cursor", directions},
		{"a scan ends when its reader does", scanStops},
		{"a scan sees what there was when it began", scanIsStable},
		{"a scan may append", scanMayAppend},
		{"a canceled context ends a scan", canceled},
		{"labels filter", labelsFilter},
		{"keywords filter", keywordsFilter},
		{"steps are counted from the start of the window", steps},
		{"too many steps are refused", tooManySteps},
		{"a dropped stream is empty and can be written again", drop},
		{"a drop before a line number keeps that line", dropBefore},
		{"dropped line numbers are free again", droppedNumbersAreFree},
		{"concurrent appends get line numbers of their own", concurrentAppends},
		{"a long history agrees with Memory", modelSmall},
		{"a history of many late records agrees with Memory", modelLate},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, open(t)) })
	}
}

const stream = "9787ef31-fd7b-4eff-ba71-72d580f11f55"

var labels = map[string]string{"hostName": "ecs-kwxtest", "category": "LTS"}

func ownTime(t *testing.T, r lts.Records) {
	add(t, r, 1595659490239433654, "a")
	wantLines(t, r, lts.Scan{Window: lts.Always}, 1595659490239433654)
}

func takenNumber(t *testing.T, r lts.Records) {
	for _, content := range []string{"a", "b", "c"} {
		add(t, r, 10, content)
	}
	add(t, r, 11, "d")
	upkeep(t, r)
	add(t, r, 10, "e")
	wantContents(t, r, lts.Scan{Window: lts.Always}, "a", "b", "c", "d", "e")
	wantLines(t, r, lts.Scan{Window: lts.Always}, 10, 11, 12, 13, 14)
}

func equalTimes(t *testing.T, r lts.Records) {
	appendAll(t, r, stream, labels, at(10, "a"), at(10, "b"), at(10, "c"))
	wantContents(t, r, lts.Scan{Window: lts.Always}, "a", "b", "c")
	wantLines(t, r, lts.Scan{Window: lts.Always}, 10, 11, 12)
}

func outOfOrder(t *testing.T, r lts.Records) {
	appendAll(t, r, stream, labels, at(11, "c"), at(10, "a"), at(10, "b"), at(20, "d"))
	wantContents(t, r, lts.Scan{Window: lts.Always}, "a", "b", "c", "d")
	wantLines(t, r, lts.Scan{Window: lts.Always}, 10, 11, 12, 20)
}

func lateRecord(t *testing.T, r lts.Records) {
	add(t, r, 10, "a")
	add(t, r, 30, "c")
	upkeep(t, r)
	add(t, r, 20, "b")
	wantContents(t, r, lts.Scan{Window: lts.Always}, "a", "b", "c")
	add(t, r, 5, "first")
	wantContents(t, r, lts.Scan{Window: lts.Always, Descending: true}, "c", "b", "a", "first")
}

func earlyTime(t *testing.T, r lts.Records) {
	appendAll(t, r, stream, labels, at(0, "b"), at(math.MinInt64, "a"), at(1, "c"))
	wantContents(t, r, lts.Scan{Window: lts.Always}, "a", "b", "c")
	wantLines(t, r, lts.Scan{Window: lts.Always}, 1, 2, 3)
}

func noPlace(t *testing.T, r lts.Records) {
	add(t, r, lts.MaxLineNum, "last")
	err := r.Append(context.Background(), stream, labels, []lts.NewRecord{at(5, "a"), at(math.MaxInt64, "b")})
	if err == nil {
		t.Error("Append with a time behind the last line number succeeds")
	}
	wantLines(t, r, lts.Scan{Window: lts.Always}, lts.MaxLineNum)
	add(t, r, 5, "c")
	wantContents(t, r, lts.Scan{Window: lts.Always}, "c", "last")
}

func emptyAppend(t *testing.T, r lts.Records) {
	appendAll(t, r, stream, labels)
	wantLines(t, r, lts.Scan{Window: lts.Always})
}

func contentIsKept(t *testing.T, r lts.Records) {
	contents := []string{"", "\n", "\x00\xff", "日志", string(make([]byte, 1<<20))}
	for i, content := range contents {
		add(t, r, int64(10+i), content)
	}
	wantContents(t, r, lts.Scan{Window: lts.Always}, contents...)
	upkeep(t, r)
	reopen(t, r)
	wantContents(t, r, lts.Scan{Window: lts.Always}, contents...)
}

func streamsAreApart(t *testing.T, r lts.Records) {
	appendAll(t, r, "a", labels, at(10, "in a"))
	appendAll(t, r, "ab", labels, at(10, "in ab"))
	appendAll(t, r, "", labels, at(10, "in the nameless"))
	if err := r.Drop(context.Background(), "a"); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	for id, want := range map[string]int64{"a": 0, "ab": 1, "": 1} {
		if got := count(t, r, id, lts.Always, lts.Filter{}); got != want {
			t.Errorf("stream %q has %d records, want %d", id, got, want)
		}
	}
}

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

func drop(t *testing.T, r lts.Records) {
	fill(t, r, 100)
	upkeep(t, r)
	add(t, r, 5, "late")
	if err := r.Drop(context.Background(), stream); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	wantLines(t, r, lts.Scan{Window: lts.Always})
	add(t, r, 7, "new")
	reopen(t, r)
	wantLines(t, r, lts.Scan{Window: lts.Always}, 7)
}

func dropBefore(t *testing.T, r lts.Records) {
	fill(t, r, 100)
	upkeep(t, r)
	for _, line := range []int64{1000, 1042, 1090} {
		if err := r.DropBefore(context.Background(), stream, line); err != nil {
			t.Fatalf("DropBefore(%d): %v", line, err)
		}
		for record, err := range r.Scan(context.Background(), stream, lts.Scan{Window: lts.Always}) {
			if err != nil || record.LineNum != line {
				t.Fatalf("after DropBefore(%d) the first record is %d, %v", line, record.LineNum, err)
			}
			break
		}
		if got, want := count(t, r, stream, lts.Always, lts.Filter{}), 1100-line; got != want {
			t.Errorf("after DropBefore(%d) there are %d records, want %d", line, got, want)
		}
	}
}

func droppedNumbersAreFree(t *testing.T, r lts.Records) {
	fill(t, r, 100)
	if err := r.DropBefore(context.Background(), stream, 1050); err != nil {
		t.Fatalf("DropBefore: %v", err)
	}
	add(t, r, 1020, "again")
	add(t, r, 1049, "again")
	add(t, r, 1050, "behind")
	wantLines(t, r, lts.Scan{Window: lts.Window{From: 1, To: 1051}}, 1020, 1049, 1050)
	wantLines(t, r, lts.Scan{Window: lts.Window{From: 1099, To: 2000}}, 1099, 1100)
}

func concurrentAppends(t *testing.T, r lts.Records) {
	const writers, batches, size = 8, 20, 5
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			for b := range batches {
				var records []lts.NewRecord
				for i := range size {
					records = append(records, at(int64(100+b*w%17), fmt.Sprint(w, " ", b, " ", i)))
				}
				if err := r.Append(context.Background(), stream, labels, records); err != nil {
					t.Errorf("Append: %v", err)
				}
			}
		})
	}
	wait.Wait()
	seen := map[string]bool{}
	last := int64(0)
	for record, err := range r.Scan(context.Background(), stream, lts.Scan{Window: lts.Always}) {
		if err != nil {
			t.Fatalf("Scan: %v", err)
		}
		if seen[record.Content] || record.LineNum <= last {
			t.Fatalf("record %d %q comes twice or out of order", record.LineNum, record.Content)
		}
		seen[record.Content], last = true, record.LineNum
	}
	if len(seen) != writers*batches*size {
		t.Errorf("%d records, want %d", len(seen), writers*batches*size)
	}
}

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
