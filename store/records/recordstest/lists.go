package recordstest

import (
	"context"
	"slices"
	"testing"

	"github.com/ltskit/ltskit/lts"
)

func dropBeforeAll(t *testing.T, r lts.Records) {
	for _, line := range []int64{1, 1000} {
		if err := r.DropBefore(context.Background(), stream, line); err != nil {
			t.Fatalf("DropBefore(%d) of an empty stream: %v", line, err)
		}
	}
	fill(t, r, 100)
	upkeep(t, r)
	for _, line := range []int64{-1, 0, 1, 999, 1000} {
		if err := r.DropBefore(context.Background(), stream, line); err != nil {
			t.Fatalf("DropBefore(%d): %v", line, err)
		}
	}
	if got, want := count(t, r, stream, lts.Always, lts.Filter{}), int64(100); got != want {
		t.Errorf("there are %d records, want %d", got, want)
	}
}

// streamsAreListed holds for those that list their streams.
func streamsAreListed(t *testing.T, r lts.Records) {
	if _, ok := r.(lts.StreamLister); !ok {
		t.Skip("these records do not list their streams")
	}
	wantStreams(t, r)
	add(t, r, 5, "in one stream")
	if err := r.Append(context.Background(), "other", nil, []lts.NewRecord{{TimeNS: 5}}); err != nil {
		t.Fatalf("Append: %v", err)
	}
	wantStreams(t, r, stream, "other")
	upkeep(t, r)
	reopen(t, r)
	wantStreams(t, r, stream, "other")
	if err := r.Drop(context.Background(), stream); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	wantStreams(t, r, "other")
}

func wantStreams(t *testing.T, r lts.Records, want ...string) {
	t.Helper()
	got, err := r.(lts.StreamLister).StreamIDs(context.Background())
	slices.Sort(got)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("StreamIDs gives %q, %v, want %q", got, err, want)
	}
}
