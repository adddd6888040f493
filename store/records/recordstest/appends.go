package recordstest

import (
	"context"
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/ltskit/ltskit/lts"
)

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
