package catalogtest

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/ltskit/ltskit/lts"
)

var transfers = []sentence{
	{"a transfer of another project is not seen, also when its ID is known", func(t *testing.T, c lts.Catalog) {
		g, s := oneOfEach(t, c, theirs)
		first := transfer("first", g, s)
		keep(t, c, theirs, first)
		wantUnseen(t, c, []look{
			{"Transfers", func(tx lts.CatalogTx) (int, error) { all, err := tx.Transfers(); return len(all), err }},
			{"Transfer", func(tx lts.CatalogTx) (int, error) { _, ok, err := tx.Transfer(first.ID); return number(ok), err }},
			{"TransferOfStream", func(tx lts.CatalogTx) (int, error) {
				_, _, ok, err := tx.TransferOfStream(s.ID)
				return number(ok), err
			}},
		})
	}},
	{"a transfer of another project is neither changed nor deleted, also when its ID is known", func(t *testing.T, c lts.Catalog) {
		g, s := oneOfEach(t, c, theirs)
		changed := transfer("first", g, s)
		keep(t, c, theirs, changed)
		changed.Bucket = "another"
		wantUntouched(t, c, theirs, []attempt{
			{"UpdateTransfer", func(tx lts.CatalogTx) error { return tx.UpdateTransfer(changed) }},
			{"UpdateTransferWindow", func(tx lts.CatalogTx) error { return tx.UpdateTransferWindow(s.ID, lts.TransferWindow{Number: 9}) }},
			{"DeleteTransfer", func(tx lts.CatalogTx) error { return tx.DeleteTransfer(changed.ID) }},
		})
	}},
	{"a transfer takes no group and no stream of another project, and no stream of another group", func(t *testing.T, c lts.Catalog) {
		g, s := oneOfEach(t, c, theirs)
		own, other := group("own"), group("other")
		inOther := stream(other, "stream")
		keep(t, c, ours, own, other, inOther)
		wantRefused(t, c, []attempt{
			{"InsertTransfer of their group", insert(transfer("group", g))},
			{"InsertTransfer of their stream", insert(transfer("stream", own, s))},
			{"InsertTransfer of a stream of another group", insert(transfer("other", own, inOther))},
		})
		keep(t, c, theirs, transfer("group", g, s)) // the stream is not taken
	}},
	{"transfers and their streams are in the order of their creation", func(t *testing.T, c lts.Catalog) {
		g := group("group")
		keep(t, c, ours, g)
		var streams []lts.Stream
		for _, name := range []string{"m", "z", "b", "a", "y"} {
			streams = append(streams, stream(g, name))
			keep(t, c, ours, streams[len(streams)-1])
		}
		z := transfer("z", g, streams[1], streams[0])
		a, m := transfer("a", g, streams[4]), transfer("m", g, streams[3], streams[2])
		keep(t, c, ours, z, a, m)
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.UpdateTransfer(z) })
		wantTransfers(t, c, z, a, m)
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.DeleteTransfer(a.ID) })
		keep(t, c, ours, a)
		wantTransfers(t, c, z, m, a)
	}},
	{"a stream belongs to one transfer", func(t *testing.T, c lts.Catalog) {
		g, s := oneOfEach(t, c, ours)
		free := stream(g, "free")
		keep(t, c, ours, free, transfer("first", g, s))
		wantRefused(t, c, []attempt{
			{"InsertTransfer of the stream", insert(transfer("second", g, free, s))},
			{"InsertTransfer of one stream twice", insert(transfer("second", g, free, free))},
			{"InsertTransfer of the ID", insert(transfer("first", g, free))},
		})
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.DeleteTransfer(transfer("first", g).ID) })
		keep(t, c, ours, transfer("second", g, free, s))
	}},
	{"every field of a transfer survives, and those that may change can be changed", func(t *testing.T, c lts.Catalog) {
		g, s := oneOfEach(t, c, ours)
		x := transfer("first", g, s)
		x.Dir, x.Enabled = "/dir/", true
		keep(t, c, ours, x)
		wantTransfers(t, c, x)

		x.Bucket, x.Format, x.Period = "new bucket", lts.FormatJSON, lts.TransferPeriod{Length: 12, Unit: "hour"}
		x.Prefix, x.Dir, x.Enabled, x.Failed, x.RanAt = "new prefix", "new dir", false, true, moment.Add(time.Hour)
		x.Streams[0].Window = lts.TransferWindow{Number: 7, From: 5, To: math.MaxInt64, Key: "a/b c/日志", Format: lts.FormatRAW}
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.UpdateTransfer(x) })
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.UpdateTransferWindow(s.ID, x.Streams[0].Window) })
		wantTransfers(t, c, x)
	}},
	{"the group, the streams and the time of creation of a transfer do not change with it", func(t *testing.T, c lts.Catalog) {
		g, s := oneOfEach(t, c, ours)
		other := group("other")
		x := transfer("first", g, s)
		keep(t, c, ours, other, x)
		changed := x
		changed.GroupID, changed.Streams, changed.CreatedAt = other.ID, nil, moment.Add(time.Hour)
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.UpdateTransfer(changed) })
		wantTransfers(t, c, x)
	}},
	{"a transfer has the names that group and streams have now", func(t *testing.T, c lts.Catalog) {
		g, s := oneOfEach(t, c, ours)
		x := transfer("first", g, s)
		keep(t, c, ours, x)
		g.Name, s.Name = "new group", "new stream"
		x.GroupName, x.Streams[0].Name = g.Name, s.Name
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.UpdateGroup(g) })
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.UpdateStream(s) })
		wantTransfers(t, c, x)
	}},
	{"deleting a group deletes its transfers, deleting a stream takes it out of its transfer", func(t *testing.T, c lts.Catalog) {
		g, s := oneOfEach(t, c, ours)
		second := stream(g, "second")
		x := transfer("first", g, s, second)
		keep(t, c, ours, second, x)
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.DeleteStream(g.ID, s.ID) })
		x.Streams = x.Streams[1:]
		wantTransfers(t, c, x)
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.DeleteGroup(g.ID) })
		wantTransfers(t, c)
		keep(t, c, ours, g, second, transfer("first", g, second))
	}},
}

// wantTransfers reports when the transfers of our project, from the list, by ID
// and by their streams, are others.
func wantTransfers(t *testing.T, c lts.Catalog, want ...lts.Transfer) {
	t.Helper()
	err := c.View(t.Context(), ours, func(tx lts.CatalogTx) error {
		all, err := tx.Transfers()
		wantSame(t, "Transfers", all, slices.Clip(want), err)
		for _, x := range want {
			byID, _, err := tx.Transfer(x.ID)
			wantSame(t, "Transfer", byID, x, err)
			for _, s := range x.Streams {
				id, window, _, err := tx.TransferOfStream(s.ID)
				wantSame(t, "TransferOfStream", id, x.ID, err)
				wantSame(t, "TransferOfStream", window, s.Window, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("View: %v", err)
	}
}
