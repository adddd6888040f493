package catalogtest

import (
	"slices"
	"testing"

	"github.com/ltskit/ltskit/lts"
)

var lists = []sentence{
	{"groups are in the order of their creation", func(t *testing.T, c lts.Catalog) {
		keep(t, c, ours, group("m"), group("z"))
		update(t, c, ours, func(tx lts.CatalogTx) error { return insertGroups(tx, "b", "a", "y") })
		wantNames(t, c, "m", "z", "b", "a", "y")
	}},
	{"a group keeps its place when it is changed, and loses it when it is deleted", func(t *testing.T, c lts.Catalog) {
		keep(t, c, ours, group("first"), group("second"), group("last"))
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.UpdateGroup(group("first")) })
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.DeleteGroup(idOf("last")) })
		keep(t, c, ours, group("third"), group("last"))
		wantNames(t, c, "first", "second", "third", "last")
	}},
	{"streams are in the order of their creation", func(t *testing.T, c lts.Catalog) {
		g, other := group("group"), group("other")
		keep(t, c, ours, g, other,
			stream(g, "m"), stream(other, "x"), stream(g, "z"), stream(g, "b"), stream(other, "a"), stream(g, "a"))
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.UpdateStream(stream(g, "z")) })
		var got []string
		for _, s := range stateOf(t, c, ours).Streams {
			got = append(got, s.Name)
		}
		if want := []string{"m", "z", "b", "a", "x", "a"}; !slices.Equal(got, want) {
			t.Errorf("streams %q, want %q", got, want)
		}
	}},
	{"projects are those that have groups", func(t *testing.T, c lts.Catalog) {
		wantProjects(t, c)
		keep(t, c, ours, group("group"), group("other"))
		keep(t, c, theirs, lts.Group{ID: idOf("theirs"), Name: "group"})
		wantProjects(t, c, ours, theirs)
		update(t, c, theirs, func(tx lts.CatalogTx) error { return tx.DeleteGroup(idOf("theirs")) })
		wantProjects(t, c, ours)
	}},
	{"an empty project has empty lists", func(t *testing.T, c lts.Catalog) {
		wantUnseen(t, c, []look{
			{"Groups", func(tx lts.CatalogTx) (int, error) { all, err := tx.Groups(); return len(all), err }},
			{"CountGroups", lts.CatalogTx.CountGroups},
			{"Streams", func(tx lts.CatalogTx) (int, error) { all, err := tx.Streams(idOf("missing")); return len(all), err }},
			{"CountStreams", func(tx lts.CatalogTx) (int, error) { return tx.CountStreams(idOf("missing")) }},
		})
	}},
	{"counts are those of the project and of the group", func(t *testing.T, c lts.Catalog) {
		g, other := group("group"), group("other")
		keep(t, c, ours, g, other, stream(g, "1"), stream(g, "2"), stream(other, "3"))
		keep(t, c, theirs, group("theirs"))
		update(t, c, ours, func(tx lts.CatalogTx) error {
			groups, err := tx.CountGroups()
			if groups != 2 || err != nil {
				t.Errorf("CountGroups gives %d, %v, want 2", groups, err)
			}
			streams, err := tx.CountStreams(g.ID)
			if streams != 2 || err != nil {
				t.Errorf("CountStreams gives %d, %v, want 2", streams, err)
			}
			return nil
		})
	}},
	{"a name is taken once in a project", func(t *testing.T, c lts.Catalog) {
		keep(t, c, ours, group("taken"), group("other"))
		again := group("taken")
		again.ID = idOf("again")
		renamed := group("other")
		renamed.Name = "taken"
		wantRefused(t, c, []attempt{
			{"InsertGroup", insert(again)},
			{"UpdateGroup", func(tx lts.CatalogTx) error { return tx.UpdateGroup(renamed) }},
		})
	}},
	{"a name is taken once in a group", func(t *testing.T, c lts.Catalog) {
		g := group("group")
		keep(t, c, ours, g, stream(g, "taken"), stream(g, "other"))
		again := stream(g, "taken")
		again.ID = idOf("again")
		renamed := stream(g, "other")
		renamed.Name = "taken"
		wantRefused(t, c, []attempt{
			{"InsertStream", insert(again)},
			{"UpdateStream", func(tx lts.CatalogTx) error { return tx.UpdateStream(renamed) }},
		})
	}},
	{"an ID is taken once", func(t *testing.T, c lts.Catalog) {
		g, s := oneOfEach(t, c, ours)
		sameID, sameStreamID := group("another"), stream(g, "another")
		sameID.ID, sameStreamID.ID = g.ID, s.ID
		wantRefused(t, c, []attempt{
			{"InsertGroup", insert(sameID)},
			{"InsertStream", insert(sameStreamID)},
		})
	}},
	{"a name that was given up is free again", func(t *testing.T, c lts.Catalog) {
		g, s := oneOfEach(t, c, ours)
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.DeleteStream(g.ID, s.ID) })
		s.ID = idOf("new stream")
		keep(t, c, ours, s)
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.DeleteGroup(g.ID) })
		g.ID = idOf("new group")
		keep(t, c, ours, g)
		wantNames(t, c, g.Name)
	}},
}

func insertGroups(tx lts.CatalogTx, names ...string) error {
	for _, name := range names {
		if err := tx.InsertGroup(group(name)); err != nil {
			return err
		}
	}
	return nil
}

// wantNames reports when our project has other groups than those of the names.
func wantNames(t *testing.T, c lts.Catalog, want ...string) {
	t.Helper()
	var got []string
	for _, g := range stateOf(t, c, ours).Groups {
		got = append(got, g.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("groups %q, want %q", got, want)
	}
}

// wantRefused reports the attempts that succeed, and traces of those that do
// not, also of what they did before.
func wantRefused(t *testing.T, c lts.Catalog, attempts []attempt) {
	t.Helper()
	want := stateOf(t, c, ours)
	for _, a := range attempts {
		t.Run(a.method, func(t *testing.T) {
			err := c.Update(t.Context(), ours, func(tx lts.CatalogTx) error {
				if err := tx.InsertGroup(group("before")); err != nil {
					return err
				}
				return a.change(tx)
			})
			if err == nil {
				t.Errorf("%s of what is taken gives no error", a.method)
			}
			wantState(t, c, ours, want)
		})
	}
}

// wantProjects reports when the catalog has other projects, in any order.
func wantProjects(t *testing.T, c lts.Catalog, want ...string) {
	t.Helper()
	got, err := c.Projects(t.Context())
	slices.Sort(got)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("Projects gives %q, %v, want %q", got, err, want)
	}
}
