// Package catalogtest is the suite that every implementation of [lts.Catalog]
// passes. Its subtests are the sentences of the port's contract.
package catalogtest

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/ltskit/ltskit/lts"
)

// Run checks an implementation. Every call of open returns an empty catalog
// and closes it when its test ends.
func Run(t *testing.T, open func(t *testing.T) lts.Catalog) {
	for _, part := range [][]sentence{apart, transactions, lists, values, logtanks, transfers, concurrency} {
		for _, s := range part {
			t.Run(s.says, func(t *testing.T) { s.holds(t, open(t)) })
		}
	}
}

// A sentence is one promise of the port.
type sentence struct {
	says  string
	holds func(t *testing.T, c lts.Catalog)
}

// Two projects.
const (
	ours   = "0123456789abcdef0123456789abcdef"
	theirs = "fedcba9876543210fedcba9876543210"
)

// idOf gives an ID of the usual 36 characters. Their order has nothing to do
// with that of the names.
func idOf(name string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(name)).String()
}

// group is a group whose ID follows from its name.
func group(name string) lts.Group {
	return lts.Group{ID: idOf(name), Name: name, TTLDays: 7}
}

// stream is a stream whose ID follows from its name and its group.
func stream(in lts.Group, name string) lts.Stream {
	return lts.Stream{ID: idOf(in.Name + "/" + name), GroupID: in.ID, Name: name}
}

// logtank is a logtank whose ID follows from its resource.
func logtank(resourceID string) lts.Logtank {
	return lts.Logtank{
		ID: idOf("logtank of " + resourceID), ResourceType: "LISTENER", ResourceID: resourceID,
		GroupID: idOf("group"), StreamID: idOf("group/stream"),
	}
}

// transfer is a transfer of streams of a group whose ID follows from its prefix.
func transfer(prefix string, of lts.Group, streams ...lts.Stream) lts.Transfer {
	t := lts.Transfer{
		ID: idOf("transfer " + prefix), GroupID: of.ID, GroupName: of.Name, Bucket: "bucket", Format: lts.FormatRAW,
		Period: lts.TransferPeriod{Length: 2, Unit: "min"}, Prefix: prefix, CreatedAt: moment, RanAt: moment,
	}
	for i, s := range streams {
		window := lts.TransferWindow{Number: 1, From: int64(i + 1)}
		t.Streams = append(t.Streams, lts.TransferStream{ID: s.ID, Name: s.Name, Window: window})
	}
	return t
}

// update is an Update that succeeds.
func update(t *testing.T, c lts.Catalog, projectID string, fn func(lts.CatalogTx) error) {
	t.Helper()
	if err := c.Update(t.Context(), projectID, fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

// keep inserts groups, streams, logtanks and transfers, each in an update of its own.
func keep(t *testing.T, c lts.Catalog, projectID string, things ...any) {
	t.Helper()
	for _, thing := range things {
		update(t, c, projectID, insert(thing))
	}
}

// insert gives the function of an update that inserts a group, a stream, a
// logtank or a transfer.
func insert(thing any) func(lts.CatalogTx) error {
	return func(tx lts.CatalogTx) error {
		switch thing := thing.(type) {
		case lts.Group:
			return tx.InsertGroup(thing)
		case lts.Stream:
			return tx.InsertStream(thing)
		case lts.Transfer:
			return tx.InsertTransfer(thing)
		default:
			return tx.InsertLogtank(thing.(lts.Logtank))
		}
	}
}

// A state is all that a project has.
type state struct {
	Groups    []lts.Group
	Streams   []lts.Stream // by the order of the groups
	Logtanks  []lts.Logtank
	Transfers []lts.Transfer
}

// stateOf reads all that a project has.
func stateOf(t *testing.T, c lts.Catalog, projectID string) state {
	t.Helper()
	var s state
	err := c.View(t.Context(), projectID, func(tx lts.CatalogTx) (err error) {
		s, err = readAll(tx)
		return err
	})
	if err != nil {
		t.Fatalf("View: %v", err)
	}
	return s
}

func readAll(tx lts.CatalogTx) (state, error) {
	groups, err := tx.Groups()
	if err != nil {
		return state{}, err
	}
	s := state{Groups: groups}
	for _, group := range groups {
		streams, err := tx.Streams(group.ID)
		if err != nil {
			return state{}, err
		}
		s.Streams = append(s.Streams, streams...)
	}
	if s.Logtanks, err = allLogtanks(tx); err != nil {
		return state{}, err
	}
	s.Transfers, err = tx.Transfers()
	return s, err
}

// allLogtanks reads all logtanks in one page.
func allLogtanks(tx lts.CatalogTx) ([]lts.Logtank, error) {
	return tx.Logtanks("", time.Time{}, math.MaxInt32)
}

// wantState reports how a project differs from what it should have.
func wantState(t *testing.T, c lts.Catalog, projectID string, want state) {
	t.Helper()
	if diff := cmp.Diff(want, stateOf(t, c, projectID)); diff != "" {
		t.Errorf("project %s (-want +got):\n%s", projectID, diff)
	}
}
