package catalogtest

import (
	"testing"

	"github.com/ltskit/ltskit/lts"
)

var apart = []sentence{
	{"what another project has is not seen, also when its ID is known", func(t *testing.T, c lts.Catalog) {
		g, s := oneOfEach(t, c, theirs)
		wantUnseen(t, c, append(looksAtStream(g.ID, s),
			look{"Groups", func(tx lts.CatalogTx) (int, error) { all, err := tx.Groups(); return len(all), err }},
			look{"CountGroups", lts.CatalogTx.CountGroups},
			look{"Group", func(tx lts.CatalogTx) (int, error) { _, ok, err := tx.Group(g.ID); return number(ok), err }},
			look{"GroupByName", func(tx lts.CatalogTx) (int, error) { _, ok, err := tx.GroupByName(g.Name); return number(ok), err }},
			look{"Streams", func(tx lts.CatalogTx) (int, error) { all, err := tx.Streams(g.ID); return len(all), err }},
			look{"CountStreams", func(tx lts.CatalogTx) (int, error) { return tx.CountStreams(g.ID) }},
		))
	}},
	{"what another project has is neither changed nor deleted, also when its ID is known", func(t *testing.T, c lts.Catalog) {
		g, s := oneOfEach(t, c, theirs)
		changedGroup, changedStream := g, s
		changedGroup.TTLDays, changedStream.TTLDays = 99, 99
		wantUntouched(t, c, theirs, []attempt{
			{"UpdateGroup", func(tx lts.CatalogTx) error { return tx.UpdateGroup(changedGroup) }},
			{"DeleteGroup", func(tx lts.CatalogTx) error { return tx.DeleteGroup(g.ID) }},
			{"UpdateStream", func(tx lts.CatalogTx) error { return tx.UpdateStream(changedStream) }},
			{"DeleteStream", func(tx lts.CatalogTx) error { return tx.DeleteStream(g.ID, s.ID) }},
		})
	}},
	{"a group of another project takes no streams, also when its ID is known", func(t *testing.T, c lts.Catalog) {
		g, _ := oneOfEach(t, c, theirs)
		foreign := stream(g, "foreign")
		if err := c.Update(t.Context(), ours, insert(foreign)); err == nil {
			t.Errorf("InsertStream into a group of another project gives no error")
		}
		keep(t, c, theirs, foreign) // neither its ID nor its name is taken
	}},
	{"two projects may use the same names", func(t *testing.T, c lts.Catalog) {
		oneOfEach(t, c, theirs)
		twin := lts.Group{ID: idOf("twin"), Name: "group"}
		inTwin := lts.Stream{ID: idOf("in twin"), GroupID: twin.ID, Name: "stream"}
		keep(t, c, ours, twin, inTwin)
		before := stateOf(t, c, ours)

		update(t, c, theirs, func(tx lts.CatalogTx) error { return tx.DeleteGroup(idOf("group")) })
		wantState(t, c, ours, before)
	}},
	{"a stream of another group is not seen, also when its ID is known", func(t *testing.T, c lts.Catalog) {
		_, s := oneOfEach(t, c, ours)
		keep(t, c, ours, group("other"))
		wantUnseen(t, c, looksAtStream(idOf("other"), s))
	}},
	{"a stream of another group is neither changed nor deleted, also when its ID is known", func(t *testing.T, c lts.Catalog) {
		_, s := oneOfEach(t, c, ours)
		keep(t, c, ours, group("other"))
		moved := s
		moved.GroupID = idOf("other")
		wantUntouched(t, c, ours, []attempt{
			{"UpdateStream", func(tx lts.CatalogTx) error { return tx.UpdateStream(moved) }},
			{"DeleteStream", func(tx lts.CatalogTx) error { return tx.DeleteStream(idOf("other"), s.ID) }},
		})
	}},
	{"a stream needs a group", func(t *testing.T, c lts.Catalog) {
		if err := c.Update(t.Context(), ours, insert(stream(group("missing"), "stream"))); err == nil {
			t.Errorf("InsertStream without its group gives no error")
		}
	}},
}

// oneOfEach keeps a group with a stream.
func oneOfEach(t *testing.T, c lts.Catalog, projectID string) (lts.Group, lts.Stream) {
	t.Helper()
	g := group("group")
	s := stream(g, "stream")
	keep(t, c, projectID, g, s)
	return g, s
}

// A look counts what a method of a transaction finds.
type look struct {
	method string
	count  func(lts.CatalogTx) (int, error)
}

func looksAtStream(groupID string, s lts.Stream) []look {
	return []look{
		{"Stream", func(tx lts.CatalogTx) (int, error) { _, ok, err := tx.Stream(groupID, s.ID); return number(ok), err }},
		{"StreamByName", func(tx lts.CatalogTx) (int, error) {
			_, ok, err := tx.StreamByName(groupID, s.Name)
			return number(ok), err
		}},
	}
}

func number(ok bool) int {
	if ok {
		return 1
	}
	return 0
}

// wantUnseen reports the looks of our project that find something.
func wantUnseen(t *testing.T, c lts.Catalog, looks []look) {
	t.Helper()
	for _, look := range looks {
		err := c.View(t.Context(), ours, func(tx lts.CatalogTx) error {
			n, err := look.count(tx)
			if n != 0 {
				t.Errorf("%s finds %d, want nothing", look.method, n)
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", look.method, err)
		}
	}
}

// An attempt is a change that must not reach its target. Whether it is
// refused or finds nothing to change is the catalog's choice.
type attempt struct {
	method string
	change func(lts.CatalogTx) error
}

// wantUntouched reports the attempts of our project that change something in
// a project.
func wantUntouched(t *testing.T, c lts.Catalog, projectID string, attempts []attempt) {
	t.Helper()
	want := stateOf(t, c, projectID)
	for _, a := range attempts {
		t.Run(a.method, func(t *testing.T) {
			_ = c.Update(t.Context(), ours, a.change)
			wantState(t, c, projectID, want)
		})
	}
}
