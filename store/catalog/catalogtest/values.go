package catalogtest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
)

var values = []sentence{
	{"every field survives", func(t *testing.T, c lts.Catalog) {
		g := lts.Group{ID: idOf("group"), Name: "group", Alias: "alias", TTLDays: 365, Tags: oneTag, CreatedAt: moment}
		s := lts.Stream{
			ID: idOf("stream"), GroupID: g.ID, Name: "stream", Alias: "second name", TTLDays: 30,
			Tags: oneTag, CreatedAt: moment.Add(time.Millisecond),
		}
		keep(t, c, ours, g, s)
		wantFound(t, c, g, s)
	}},
	{"every field that may change can be changed", func(t *testing.T, c lts.Catalog) {
		g, s := oneOfEach(t, c, ours)
		g.Name, g.Alias, g.TTLDays, g.Tags = "new name", "new alias", 1, oneTag
		s.Name, s.Alias, s.TTLDays, s.Tags = "new name", "new alias", 1, oneTag
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.UpdateGroup(g) })
		update(t, c, ours, func(tx lts.CatalogTx) error { return tx.UpdateStream(s) })
		wantFound(t, c, g, s)
	}},
	{"the time of creation survives to the millisecond and does not change", func(t *testing.T, c lts.Catalog) {
		for _, at := range []time.Time{
			moment,
			moment.In(time.FixedZone("", 8*60*60)),
			time.Unix(0, 0),
			time.Date(1969, 12, 31, 23, 59, 59, 999e6, time.UTC),
			time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC),
		} {
			g := group(at.String())
			s := stream(g, "stream")
			g.CreatedAt, s.CreatedAt = at, at
			keep(t, c, ours, g, s)
			update(t, c, ours, func(tx lts.CatalogTx) error {
				later := g
				later.CreatedAt = at.Add(time.Hour)
				return tx.UpdateGroup(later)
			})
			wantFound(t, c, g, s)
		}
	}},
	{"tags survive", func(t *testing.T, c lts.Catalog) {
		for name, tags := range map[string][]lts.Tag{
			"none":            nil,
			"an empty list":   {},
			"an empty value":  {{Key: "key"}},
			"a key twice":     {{Key: "key", Value: "1"}, {Key: "key", Value: "2"}},
			"other scripts":   {{Key: "环境", Value: "生产 🚀"}, {Key: "مفتاح", Value: "e\u0301"}},
			"signs":           {{Key: `"'\<>&`, Value: "\t\r\n\u2028'; DROP TABLE log_groups; --"}},
			"long ones":       {{Key: strings.Repeat("k", 10_000), Value: strings.Repeat("值", 10_000)}},
			"order preserved": {{Key: "z", Value: "1"}, {Key: "a", Value: "2"}, {Key: "m", Value: "3"}},
		} {
			t.Run(name, func(t *testing.T) {
				g := group(name)
				s := stream(g, "stream")
				g.Tags, s.Tags = tags, tags
				keep(t, c, ours, g, s)
				wantFound(t, c, g, s)
			})
		}
	}},
	{"long and odd names survive", func(t *testing.T, c lts.Catalog) {
		for _, name := range oddNames {
			g := group(name)
			s := stream(g, name)
			g.Alias, s.Alias = name, name
			keep(t, c, ours, g, s)
			wantFound(t, c, g, s)
		}
	}},
	{"names that only look alike are different", func(t *testing.T, c lts.Catalog) {
		alike := []string{"name", "Name", "NAME", " name", "name ", "name\n", "ｎａｍｅ", "пame", "caf\u00e9", "cafe\u0301"}
		g := group("group")
		keep(t, c, ours, g)
		for _, name := range alike {
			keep(t, c, ours, group(name), stream(g, name))
		}
		wantNames(t, c, append([]string{"group"}, alike...)...)
	}},
}

// moment has milliseconds, so that nobody keeps seconds.
var moment = time.Date(2024, 3, 9, 15, 4, 5, 678e6, time.UTC)

var oneTag = []lts.Tag{{Key: "key", Value: "value"}}

// oddNames are names that a store may stumble over.
var oddNames = []string{
	"a",
	"%", "_", "*", "?",
	`'; DELETE FROM log_groups; --`,
	`"quoted"`, "`quoted`", `back\slash`,
	"null", "0", "1e3", "true",
	"tab\there", "line\nbreak",
	"日志组-01", "🚀👩‍👩‍👧‍👦", "مجموعة", "\u202egnorw",
	strings.Repeat("x", 256), strings.Repeat("组", 256), strings.Repeat("🚀", 256),
}

// wantFound reports when a group and its stream differ from what one gets by
// ID, by name and from the lists.
func wantFound(t *testing.T, c lts.Catalog, g lts.Group, s lts.Stream) {
	t.Helper()
	err := c.View(t.Context(), ours, func(tx lts.CatalogTx) error {
		byID, _, err := tx.Group(g.ID)
		wantSame(t, "Group", byID, g, err)
		byName, _, err := tx.GroupByName(g.Name)
		wantSame(t, "GroupByName", byName, g, err)
		stream, _, err := tx.Stream(g.ID, s.ID)
		wantSame(t, "Stream", stream, s, err)
		stream, _, err = tx.StreamByName(g.ID, s.Name)
		wantSame(t, "StreamByName", stream, s, err)
		streams, err := tx.Streams(g.ID)
		wantSame(t, "Streams", streams, []lts.Stream{s}, err)
		groups, err := tx.Groups()
		wantSame(t, "Groups", groups[len(groups)-1], g, err)
		return nil
	})
	if err != nil {
		t.Errorf("View: %v", err)
	}
}

func wantSame(t *testing.T, method string, got, want any, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", method, diff)
	}
}
