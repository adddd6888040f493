package lts_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
)

func TestCreateStream(t *testing.T) {
	at := time.Date(2024, 2, 28, 12, 0, 0, 123_999_999, time.UTC)
	s := newService(t, lts.Config{Now: func() time.Time { return at }})
	group := createGroup(t, s, ours, "group")
	got, err := s.CreateStream(t.Context(), ours, group.ID, lts.StreamSpec{
		Name: "stream", Alias: "alias", TTLDays: 30, Tags: someTags,
	})
	wantError(t, "CreateStream", err, nil)
	want := lts.Stream{
		ID:        "00000000-0000-0000-0000-000000000002",
		GroupID:   group.ID,
		Name:      "stream",
		Alias:     "alias",
		TTLDays:   30,
		Tags:      someTags,
		CreatedAt: time.Date(2024, 2, 28, 12, 0, 0, 123_000_000, time.UTC),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("CreateStream (-want +got):\n%s", diff)
	}
	wantStreams(t, s, group, []lts.Stream{want})
}

func TestCreateStreamRefusesATakenName(t *testing.T) {
	s := newService(t, lts.Config{})
	group, other := createGroup(t, s, ours, "group"), createGroup(t, s, ours, "other")
	taken := createStream(t, s, group, "taken")
	for _, tt := range []struct {
		name, group, stream string
		want                error
	}{
		{"the same name", group.ID, "taken", lts.ErrStreamExists},
		{"the same name in another group", other.ID, "taken", nil},
		{"another case", group.ID, "Taken", nil},
		{"the name of the group", group.ID, "group", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.CreateStream(t.Context(), ours, tt.group, lts.StreamSpec{Name: tt.stream})
			wantError(t, "CreateStream", err, tt.want)
		})
	}
	t.Run("the name of a deleted stream", func(t *testing.T) {
		wantError(t, "DeleteStream", s.DeleteStream(t.Context(), ours, group.ID, taken.ID), nil)
		createStream(t, s, group, "taken")
	})
}

func TestStreamsAreInTheOrderOfCreation(t *testing.T) {
	s := newService(t, lts.Config{})
	group, other := createGroup(t, s, ours, "group"), createGroup(t, s, ours, "other")
	wantStreams(t, s, group, nil)
	first, second := createStream(t, s, group, "z"), createStream(t, s, group, "a")
	createStream(t, s, other, "other")
	wantStreams(t, s, group, []lts.Stream{effective(first, group), effective(second, group)})
}

func TestTheLifetimeOfAStreamIsItsOwnOrThatOfItsGroup(t *testing.T) {
	s := newService(t, lts.Config{})
	group := createGroup(t, s, ours, "group") // 7 days
	create := func(name string, days int) lts.Stream {
		stream, err := s.CreateStream(t.Context(), ours, group.ID, lts.StreamSpec{Name: name, TTLDays: days})
		wantError(t, "CreateStream", err, nil)
		return stream
	}
	own, groups := create("own", 30), create("the group's", 0)
	wantLifetimes(t, s, group, 30, 7)

	_, err := s.UpdateGroup(t.Context(), ours, group.ID, lts.GroupChange{TTLDays: 90})
	wantError(t, "UpdateGroup", err, nil)
	wantLifetimes(t, s, group, 30, 90)

	_, err = s.UpdateStream(t.Context(), ours, group.ID, groups.ID, lts.StreamChange{TTLDays: 1})
	wantError(t, "UpdateStream", err, nil)
	_, err = s.UpdateStream(t.Context(), ours, group.ID, own.ID, lts.StreamChange{TTLDays: 0})
	wantError(t, "UpdateStream", err, nil)
	wantLifetimes(t, s, group, 90, 1)
}

func TestProjectStreamsChoosesByExactNames(t *testing.T) {
	s := newService(t, lts.Config{})
	for _, group := range []string{"web", "db", "w%"} {
		g := createGroup(t, s, ours, group)
		createStream(t, s, g, "access")
		createStream(t, s, g, "error")
	}
	createGroup(t, s, ours, "empty")
	for _, tt := range []struct {
		name   string
		filter lts.StreamFilter
		want   []string
	}{
		{"all", lts.StreamFilter{}, []string{"web/access", "web/error", "db/access", "db/error", "w%/access", "w%/error"}},
		{"of a group", lts.StreamFilter{GroupName: "db"}, []string{"db/access", "db/error"}},
		{"of a name", lts.StreamFilter{StreamName: "error"}, []string{"web/error", "db/error", "w%/error"}},
		{"of both", lts.StreamFilter{GroupName: "web", StreamName: "error"}, []string{"web/error"}},
		{"a group without streams", lts.StreamFilter{GroupName: "empty"}, nil},
		{"an unknown group", lts.StreamFilter{GroupName: "we"}, nil},
		{"an unknown stream", lts.StreamFilter{StreamName: "Error"}, nil},
		{"signs that mean something elsewhere", lts.StreamFilter{GroupName: "w%"}, []string{"w%/access", "w%/error"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			streams, err := s.ProjectStreams(t.Context(), ours, tt.filter)
			wantError(t, "ProjectStreams", err, nil)
			if got := pathsOf(t, s, streams); !slices.Equal(got, tt.want) {
				t.Errorf("ProjectStreams(%+v) gives %q, want %q", tt.filter, got, tt.want)
			}
		})
	}
	t.Run("another project has none", func(t *testing.T) {
		streams, err := s.ProjectStreams(t.Context(), theirs, lts.StreamFilter{})
		if len(streams) != 0 || err != nil {
			t.Errorf("ProjectStreams gives %+v, %v, want none", streams, err)
		}
	})
}

func TestUpdateStream(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change lts.StreamChange
		want   []lts.Tag
	}{
		{"without tags they stay", lts.StreamChange{TTLDays: 30}, someTags},
		{"with an empty list they go", lts.StreamChange{TTLDays: 30, Tags: []lts.Tag{}}, []lts.Tag{}},
		{"with tags they are replaced", lts.StreamChange{TTLDays: 30, Tags: otherTags}, otherTags},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newService(t, lts.Config{})
			group := createGroup(t, s, ours, "group")
			want, err := s.CreateStream(t.Context(), ours, group.ID, lts.StreamSpec{
				Name: "stream", Alias: "alias", TTLDays: 7, Tags: someTags,
			})
			wantError(t, "CreateStream", err, nil)
			got, err := s.UpdateStream(t.Context(), ours, group.ID, want.ID, tt.change)
			wantError(t, "UpdateStream", err, nil)
			want.TTLDays, want.Tags = tt.change.TTLDays, tt.want
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("UpdateStream (-want +got):\n%s", diff)
			}
			wantStreams(t, s, group, []lts.Stream{want})
		})
	}
}

func TestAStreamThatIsNotThereIsNotFound(t *testing.T) {
	s := newService(t, lts.Config{})
	group, other := createGroup(t, s, ours, "group"), createGroup(t, s, ours, "other")
	kept, elsewhere := createStream(t, s, group, "kept"), createStream(t, s, other, "stream")
	for _, tt := range []struct{ name, id string }{
		{"an unknown ID", "00000000-0000-0000-0000-999999999999"},
		{"no ID", ""},
		{"a name", "kept"},
		{"the stream of another group", elsewhere.ID},
		{"the ID of the group", group.ID},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.UpdateStream(t.Context(), ours, group.ID, tt.id, lts.StreamChange{TTLDays: 1})
			wantError(t, "UpdateStream", err, lts.ErrStreamNotFound)
			wantError(t, "DeleteStream", s.DeleteStream(t.Context(), ours, group.ID, tt.id), lts.ErrStreamNotFound)
		})
	}
	t.Run("another project finds not even the group", func(t *testing.T) {
		_, err := s.UpdateStream(t.Context(), theirs, group.ID, kept.ID, lts.StreamChange{TTLDays: 1})
		wantError(t, "UpdateStream", err, lts.ErrGroupNotFound)
		wantError(t, "DeleteStream", s.DeleteStream(t.Context(), theirs, group.ID, kept.ID), lts.ErrGroupNotFound)
	})
	wantStreams(t, s, group, []lts.Stream{effective(kept, group)})
	wantStreams(t, s, other, []lts.Stream{effective(elsewhere, other)})
}

// effective is a stream as it is listed: with the lifetime that holds for it.
func effective(stream lts.Stream, group lts.Group) lts.Stream {
	if stream.TTLDays == 0 {
		stream.TTLDays = group.TTLDays
	}
	return stream
}

// wantStreams reports when a group of our project has other streams.
func wantStreams(t *testing.T, s *lts.Service, group lts.Group, want []lts.Stream) {
	t.Helper()
	got, err := s.Streams(t.Context(), ours, group.ID)
	wantError(t, "Streams", err, nil)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Streams (-want +got):\n%s", diff)
	}
}

// wantLifetimes reports when the streams of a group are listed with other
// lifetimes, alone or with those of the project.
func wantLifetimes(t *testing.T, s *lts.Service, group lts.Group, want ...int) {
	t.Helper()
	alone, err := s.Streams(t.Context(), ours, group.ID)
	wantError(t, "Streams", err, nil)
	together, err := s.ProjectStreams(t.Context(), ours, lts.StreamFilter{})
	wantError(t, "ProjectStreams", err, nil)
	for name, streams := range map[string][]lts.Stream{"Streams": alone, "ProjectStreams": together} {
		var got []int
		for _, stream := range streams {
			got = append(got, stream.TTLDays)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s gives the lifetimes %v, want %v", name, got, want)
		}
	}
}

// pathsOf gives the names of streams and of their groups.
func pathsOf(t *testing.T, s *lts.Service, streams []lts.Stream) []string {
	t.Helper()
	groups, err := s.Groups(t.Context(), ours)
	wantError(t, "Groups", err, nil)
	var paths []string
	for _, stream := range streams {
		i := slices.IndexFunc(groups, func(g lts.Group) bool { return g.ID == stream.GroupID })
		paths = append(paths, groups[i].Name+"/"+stream.Name)
	}
	return paths
}
