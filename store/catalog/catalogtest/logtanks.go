package catalogtest

import (
	"slices"
	"testing"
	"time"

	"github.com/ltskit/ltskit/lts"
)

var logtanks = []sentence{
	{"a logtank of another project is not seen, also when its ID is known", func(t *testing.T, c lts.Catalog) {
		l := logtank("listener")
		keep(t, c, theirs, l, logtank("the next one"))
		wantUnseen(t, c, []look{
			{"Logtanks", func(tx lts.CatalogTx) (int, error) { all, err := allLogtanks(tx); return len(all), err }},
			{"Logtanks after it", func(tx lts.CatalogTx) (int, error) {
				all, err := tx.Logtanks(l.ID, time.Time{}, 9)
				return len(all), err
			}},
			{"Logtank", func(tx lts.CatalogTx) (int, error) { _, ok, err := tx.Logtank(l.ID); return number(ok), err }},
			{"LogtankOf", func(tx lts.CatalogTx) (int, error) {
				_, ok, err := tx.LogtankOf(l.ResourceType, l.ResourceID)
				return number(ok), err
			}},
		})
	}},
	{"a logtank of another project is neither changed nor deleted, also when its ID is known", func(t *testing.T, c lts.Catalog) {
		l := logtank("listener")
		l.CreatedAt, l.UpdatedAt, l.DeletedAt = moment, moment, moment
		keep(t, c, theirs, l)
		changed := l
		changed.StreamID = idOf("another")
		wantUntouched(t, c, theirs, []attempt{
			{"UpdateLogtank", func(tx lts.CatalogTx) error { return tx.UpdateLogtank(changed) }},
			{"DeleteLogtank", func(tx lts.CatalogTx) error { return tx.DeleteLogtank(l.ID) }},
			{"RemoveLogtanks", func(tx lts.CatalogTx) error { return tx.RemoveLogtanks(moment) }},
		})
	}},
	{"logtanks are in the order of their creation", func(t *testing.T, c lts.Catalog) {
		keep(t, c, ours, logtank("m"), logtank("z"), logtank("b"))
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.UpdateLogtank(logtank("m")) })
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.DeleteLogtank(logtank("b").ID) })
		keep(t, c, ours, logtank("a"))
		var got []string
		for _, l := range stateOf(t, c, ours).Logtanks {
			got = append(got, l.ResourceID)
		}
		if want := []string{"m", "z", "a"}; !slices.Equal(got, want) {
			t.Errorf("logtanks of the resources %q, want %q", got, want)
		}
	}},
	{"a page of logtanks begins after the one of an ID and ends at the limit", func(t *testing.T, c lts.Catalog) {
		for _, resource := range []string{"m", "z", "b", "a", "y"} {
			keep(t, c, ours, logtank(resource))
			keep(t, c, theirs, lts.Logtank{ID: idOf("their " + resource), ResourceType: "LISTENER", ResourceID: resource})
		}
		wantPages(t, c, time.Time{}, []logtankPage{
			{"", 2, []string{"m", "z"}},
			{"", 5, []string{"m", "z", "b", "a", "y"}},
			{logtank("z").ID, 2, []string{"b", "a"}},
			{logtank("z").ID, 9, []string{"b", "a", "y"}},
			{logtank("y").ID, 9, nil},
			{idOf("unknown"), 9, nil},
		})
	}},
	{"a page is full although deleted logtanks are left out, and begins after one of them as well", func(t *testing.T, c lts.Catalog) {
		keepDeleted(t, c)
		wantPages(t, c, moment, []logtankPage{
			{"", 2, []string{"there", "later"}},
			{"", 9, []string{"there", "later", "last"}},
			{logtank("earlier").ID, 1, []string{"later"}},
			{logtank("at the moment").ID, 9, []string{"last"}},
		})
		wantPages(t, c, time.Time{}, []logtankPage{{"", 9, []string{"there", "earlier", "later", "at the moment", "last"}}})
	}},
	{"deleted logtanks are removed up to a moment, and it too", func(t *testing.T, c lts.Catalog) {
		keepDeleted(t, c)
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.RemoveLogtanks(moment.Add(-time.Hour)) })
		wantPages(t, c, time.Time{}, []logtankPage{{"", 9, []string{"there", "earlier", "later", "at the moment", "last"}}})
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.RemoveLogtanks(moment) })
		wantPages(t, c, time.Time{}, []logtankPage{{"", 9, []string{"there", "later", "last"}}})
	}},
	{"a resource has one logtank in a project", func(t *testing.T, c lts.Catalog) {
		taken := logtank("listener")
		keep(t, c, ours, taken)
		again, sameID := taken, logtank("another listener")
		again.ID, sameID.ID = idOf("again"), taken.ID
		wantRefused(t, c, []attempt{
			{"InsertLogtank of the resource", insert(again)},
			{"InsertLogtank of the ID", insert(sameID)},
		})

		otherType := again
		otherType.ResourceType, otherType.ID = "ACCELERATOR", idOf("other type")
		keep(t, c, ours, otherType)
		again.ID = idOf("theirs")
		keep(t, c, theirs, again)
	}},
	{"every field of a logtank survives, and those that may change can be changed", func(t *testing.T, c lts.Catalog) {
		l := logtank("listener")
		l.CreatedAt, l.UpdatedAt = moment, moment.Add(time.Millisecond)
		keep(t, c, ours, l)
		wantLogtank(t, c, l)

		l.GroupID, l.StreamID = idOf("new group"), idOf("new stream")
		l.UpdatedAt, l.DeletedAt = moment.Add(time.Hour), moment.Add(2*time.Hour)
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.UpdateLogtank(l) })
		wantLogtank(t, c, l)
	}},
	{"the resource and the time of creation of a logtank do not change", func(t *testing.T, c lts.Catalog) {
		l := logtank("listener")
		l.CreatedAt, l.UpdatedAt = moment, moment
		keep(t, c, ours, l)
		changed := l
		changed.ResourceType, changed.ResourceID, changed.CreatedAt = "ACCELERATOR", "another", moment.Add(time.Hour)
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.UpdateLogtank(changed) })
		wantLogtank(t, c, l)
	}},
	{"a logtank stays when the group and the stream that it sends to are deleted", func(t *testing.T, c lts.Catalog) {
		g, _ := oneOfEach(t, c, ours)
		l := logtank("listener")
		keep(t, c, ours, l)
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.DeleteGroup(g.ID) })
		wantLogtank(t, c, l)
	}},
}

// keepDeleted inserts logtanks that are not deleted (the first and the last),
// and some whose deletion began around the moment.
func keepDeleted(t *testing.T, c lts.Catalog) {
	t.Helper()
	for _, l := range []struct {
		resource string
		deleted  time.Time
	}{
		{"there", time.Time{}}, {"earlier", moment.Add(-time.Millisecond)}, {"later", moment.Add(time.Millisecond)},
		{"at the moment", moment}, {"last", time.Time{}},
	} {
		deleted := logtank(l.resource)
		deleted.DeletedAt = l.deleted
		keep(t, c, ours, deleted)
	}
}

// A logtankPage is a part of the list, by the resources of the logtanks.
type logtankPage struct {
	after string
	limit int
	want  []string
}

// wantPages reports pages of our project that are others.
func wantPages(t *testing.T, c lts.Catalog, deletedUntil time.Time, pages []logtankPage) {
	t.Helper()
	err := c.View(t.Context(), ours, func(tx lts.CatalogTx) error {
		for _, page := range pages {
			logtanks, err := tx.Logtanks(page.after, deletedUntil, page.limit)
			var got []string
			for _, l := range logtanks {
				got = append(got, l.ResourceID)
			}
			if err != nil || !slices.Equal(got, page.want) {
				t.Errorf("Logtanks(%q, %v, %d) gives those of %q, %v, want %q", page.after, deletedUntil, page.limit, got, err, page.want)
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("View: %v", err)
	}
}

// wantLogtank reports when a logtank differs from what one gets by ID, by its
// resource and from the list.
func wantLogtank(t *testing.T, c lts.Catalog, l lts.Logtank) {
	t.Helper()
	err := c.View(t.Context(), ours, func(tx lts.CatalogTx) error {
		byID, _, err := tx.Logtank(l.ID)
		wantSame(t, "Logtank", byID, l, err)
		byResource, _, err := tx.LogtankOf(l.ResourceType, l.ResourceID)
		wantSame(t, "LogtankOf", byResource, l, err)
		all, err := allLogtanks(tx)
		wantSame(t, "Logtanks", all, []lts.Logtank{l}, err)
		if byID.DeletedAt.IsZero() != l.DeletedAt.IsZero() {
			t.Errorf("Logtank is deleted at %v, want %v", byID.DeletedAt, l.DeletedAt)
		}
		return nil
	})
	if err != nil {
		t.Errorf("View: %v", err)
	}
}
