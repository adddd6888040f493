package lts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
)

func TestCreateGroup(t *testing.T) {
	at := time.Date(2024, 2, 28, 12, 0, 0, 123_999_999, time.UTC)
	s := newService(t, lts.Config{Now: func() time.Time { return at }})
	got, err := s.CreateGroup(t.Context(), ours, lts.GroupSpec{Name: "group", Alias: "alias", TTLDays: 30, Tags: someTags})
	wantError(t, "CreateGroup", err, nil)
	want := lts.Group{
		ID:        "00000000-0000-0000-0000-000000000001",
		Name:      "group",
		Alias:     "alias",
		TTLDays:   30,
		Tags:      someTags,
		CreatedAt: time.Date(2024, 2, 28, 12, 0, 0, 123_000_000, time.UTC),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("CreateGroup (-want +got):\n%s", diff)
	}
	wantGroups(t, s, []lts.Group{want})
}

func TestCreateGroupRefusesATakenName(t *testing.T) {
	s := newService(t, lts.Config{})
	taken := createGroup(t, s, ours, "taken")
	for _, tt := range []struct {
		name, project, group string
		want                 error
	}{
		{"the same name", ours, "taken", lts.ErrGroupExists},
		{"the same name in another project", theirs, "taken", nil},
		{"another case", ours, "Taken", nil},
		{"more letters", ours, "taken2", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.CreateGroup(t.Context(), tt.project, lts.GroupSpec{Name: tt.group})
			wantError(t, "CreateGroup", err, tt.want)
		})
	}
	t.Run("the name of a deleted group", func(t *testing.T) {
		wantError(t, "DeleteGroup", s.DeleteGroup(t.Context(), ours, taken.ID), nil)
		createGroup(t, s, ours, "taken")
	})
}

func TestGroupsAreInTheOrderOfCreation(t *testing.T) {
	s := newService(t, lts.Config{})
	wantGroups(t, s, nil)
	first, second := createGroup(t, s, ours, "z"), createGroup(t, s, ours, "a")
	createGroup(t, s, theirs, "theirs")
	wantGroups(t, s, []lts.Group{first, second})
}

func TestUpdateGroup(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change lts.GroupChange
		want   []lts.Tag
	}{
		{"without tags they stay", lts.GroupChange{TTLDays: 30}, someTags},
		{"with an empty list they go", lts.GroupChange{TTLDays: 30, Tags: []lts.Tag{}}, []lts.Tag{}},
		{"with tags they are replaced", lts.GroupChange{TTLDays: 30, Tags: otherTags}, otherTags},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newService(t, lts.Config{})
			want, err := s.CreateGroup(t.Context(), ours, lts.GroupSpec{Name: "group", Alias: "alias", TTLDays: 7, Tags: someTags})
			wantError(t, "CreateGroup", err, nil)
			got, err := s.UpdateGroup(t.Context(), ours, want.ID, tt.change)
			wantError(t, "UpdateGroup", err, nil)
			want.TTLDays, want.Tags = tt.change.TTLDays, tt.want
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("UpdateGroup (-want +got):\n%s", diff)
			}
			wantGroups(t, s, []lts.Group{want})
		})
	}
}

func TestDeleteGroupDeletesItsStreams(t *testing.T) {
	s := newService(t, lts.Config{})
	doomed, other := createGroup(t, s, ours, "doomed"), createGroup(t, s, ours, "other")
	createStream(t, s, doomed, "stream")
	left := createStream(t, s, other, "stream")

	wantError(t, "DeleteGroup", s.DeleteGroup(t.Context(), ours, doomed.ID), nil)
	wantGroups(t, s, []lts.Group{other})
	got, err := s.ProjectStreams(t.Context(), ours, lts.StreamFilter{})
	wantError(t, "ProjectStreams", err, nil)
	if diff := cmp.Diff([]lts.Stream{effective(left, other)}, got); diff != "" {
		t.Errorf("ProjectStreams (-want +got):\n%s", diff)
	}
}

func TestAGroupThatIsNotThereIsNotFound(t *testing.T) {
	s := newService(t, lts.Config{})
	foreign := createGroup(t, s, theirs, "group")
	deleted := createGroup(t, s, ours, "deleted")
	wantError(t, "DeleteGroup", s.DeleteGroup(t.Context(), ours, deleted.ID), nil)
	for _, tt := range []struct{ name, id string }{
		{"an unknown ID", "00000000-0000-0000-0000-999999999999"},
		{"no ID", ""},
		{"a name", "group"},
		{"the group of another project", foreign.ID},
		{"a deleted group", deleted.ID},
		{"a joker", "%"},
		{"a very long ID", strings.Repeat("0", 10_000)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantGroupNotFound(t, s, tt.id)
		})
	}
	if groups, err := s.Groups(t.Context(), theirs); len(groups) != 1 || err != nil {
		t.Errorf("the other project has %+v, %v, want its group", groups, err)
	}
}

var (
	someTags  = []lts.Tag{{Key: "team", Value: "ops"}, {Key: "empty"}}
	otherTags = []lts.Tag{{Key: "环境", Value: "生产"}}
)

// wantGroupNotFound reports the operations on a group that do not fail with
// ErrGroupNotFound.
func wantGroupNotFound(t *testing.T, s *lts.Service, id string) {
	t.Helper()
	_, err := s.UpdateGroup(t.Context(), ours, id, lts.GroupChange{TTLDays: 1})
	wantError(t, "UpdateGroup", err, lts.ErrGroupNotFound)
	wantError(t, "DeleteGroup", s.DeleteGroup(t.Context(), ours, id), lts.ErrGroupNotFound)
	_, err = s.CreateStream(t.Context(), ours, id, lts.StreamSpec{Name: "stream"})
	wantError(t, "CreateStream", err, lts.ErrGroupNotFound)
	_, err = s.Streams(t.Context(), ours, id)
	wantError(t, "Streams", err, lts.ErrGroupNotFound)
	_, err = s.UpdateStream(t.Context(), ours, id, "stream", lts.StreamChange{TTLDays: 1})
	wantError(t, "UpdateStream", err, lts.ErrGroupNotFound)
	wantError(t, "DeleteStream", s.DeleteStream(t.Context(), ours, id, "stream"), lts.ErrGroupNotFound)
}

// wantGroups reports when our project has other groups.
func wantGroups(t *testing.T, s *lts.Service, want []lts.Group) {
	t.Helper()
	got, err := s.Groups(t.Context(), ours)
	wantError(t, "Groups", err, nil)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Groups (-want +got):\n%s", diff)
	}
}
