package recordstest

import (
	"context"
	"testing"

	"github.com/ltskit/ltskit/lts"
)

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
