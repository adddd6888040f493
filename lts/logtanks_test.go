package lts_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
)

func TestCreateLogtank(t *testing.T) {
	at := time.Date(2024, 2, 28, 12, 0, 0, 123_999_999, time.UTC)
	s := newService(t, lts.Config{Now: func() time.Time { return at }})
	got, err := s.CreateLogtank(t.Context(), ours, lts.LogtankSpec{
		ResourceType: "LISTENER", ResourceID: "listener", GroupID: "group", StreamID: "stream",
	})
	wantError(t, "CreateLogtank", err, nil)
	want := lts.Logtank{
		ID:           "00000000-0000-0000-0000-000000000001",
		ResourceType: "LISTENER",
		ResourceID:   "listener",
		GroupID:      "group",
		StreamID:     "stream",
		CreatedAt:    at.Truncate(time.Millisecond),
		UpdatedAt:    at.Truncate(time.Millisecond),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("CreateLogtank (-want +got):\n%s", diff)
	}
	got, err = s.Logtank(t.Context(), ours, want.ID)
	wantError(t, "Logtank", err, nil)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Logtank (-want +got):\n%s", diff)
	}
}

func TestAResourceHasOneLogtank(t *testing.T) {
	s := newService(t, lts.Config{})
	createLogtank(t, s, "taken")
	for _, tt := range []struct {
		name, project string
		spec          lts.LogtankSpec
		want          error
	}{
		{"the same resource", ours, lts.LogtankSpec{ResourceType: "LISTENER", ResourceID: "taken", StreamID: "another"}, lts.ErrLogtankExists},
		{"another resource", ours, lts.LogtankSpec{ResourceType: "LISTENER", ResourceID: "free"}, nil},
		{"another project", theirs, lts.LogtankSpec{ResourceType: "LISTENER", ResourceID: "taken"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.CreateLogtank(t.Context(), tt.project, tt.spec)
			wantError(t, "CreateLogtank", err, tt.want)
		})
	}
}

func TestOfManyWhoCreateALogtankOneWins(t *testing.T) {
	s := newService(t, lts.Config{})
	wantWinners(t, 1, lts.ErrLogtankExists, func(int) error {
		_, err := s.CreateLogtank(t.Context(), ours, lts.LogtankSpec{ResourceType: "LISTENER", ResourceID: "same"})
		return err
	})
}

func TestErrorsOfLogtanksNameTheirObject(t *testing.T) {
	s := newService(t, lts.Config{})
	createLogtank(t, s, "listener")
	_, exists := s.CreateLogtank(t.Context(), ours, lts.LogtankSpec{ResourceType: "LISTENER", ResourceID: "listener"})
	_, missing := s.Logtank(t.Context(), ours, "unknown")
	_, marker := s.Logtanks(t.Context(), ours, "unknown", 0)
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"a taken resource", exists, "Resource listener is already exists"},
		{"an unknown logtank", missing, "Not found: unknown"},
		{"an unknown marker", marker, "Invalid marker: there is no such logtank"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := errors.AsType[*lts.Error](tt.err); !ok || got.Message != tt.want {
				t.Errorf("the error is %v, want the message %q", tt.err, tt.want)
			}
		})
	}
}

func TestALogtankPassesThroughItsStates(t *testing.T) {
	clock := newClock()
	s := newService(t, lts.Config{Now: clock.Now, Provisioning: time.Minute})
	logtank := createLogtank(t, s, "listener")

	wantStatus(t, s, logtank.ID, lts.LogtankPending)
	wantLocked(t, s, logtank.ID)
	clock.now = clock.now.Add(time.Minute - 1)
	wantStatus(t, s, logtank.ID, lts.LogtankPending)

	clock.now = clock.now.Add(1)
	wantStatus(t, s, logtank.ID, lts.LogtankActive)
	_, err := s.UpdateLogtank(t.Context(), ours, logtank.ID, "group", "other stream")
	wantError(t, "UpdateLogtank", err, nil)
	wantError(t, "DeleteLogtank", s.DeleteLogtank(t.Context(), ours, logtank.ID), nil)

	wantStatus(t, s, logtank.ID, lts.LogtankDeleting)
	wantLocked(t, s, logtank.ID)
	_, err = s.CreateLogtank(t.Context(), ours, lts.LogtankSpec{ResourceType: "LISTENER", ResourceID: "listener"})
	wantError(t, "CreateLogtank while the old one is deleted", err, lts.ErrLogtankExists)
	clock.now = clock.now.Add(time.Minute - time.Millisecond)
	wantStatus(t, s, logtank.ID, lts.LogtankDeleting)

	clock.now = clock.now.Add(time.Millisecond)
	wantGone(t, s, logtank.ID)
	createLogtank(t, s, "listener")
	wantLogtanks(t, s, "listener")
	wantGone(t, s, logtank.ID)
}

func TestWithoutProvisioningNothingTakesTime(t *testing.T) {
	s := newService(t, lts.Config{Now: newClock().Now})
	logtank := createLogtank(t, s, "listener")
	wantStatus(t, s, logtank.ID, lts.LogtankActive)
	wantError(t, "DeleteLogtank", s.DeleteLogtank(t.Context(), ours, logtank.ID), nil)
	wantGone(t, s, logtank.ID)
	createLogtank(t, s, "listener")
}

func TestUpdateLogtank(t *testing.T) {
	clock := newClock()
	s := newService(t, lts.Config{Now: clock.Now})
	want := createLogtank(t, s, "listener")
	clock.now = clock.now.Add(time.Hour)
	got, err := s.UpdateLogtank(t.Context(), ours, want.ID, "new group", "new stream")
	wantError(t, "UpdateLogtank", err, nil)
	want.GroupID, want.StreamID, want.UpdatedAt = "new group", "new stream", clock.now
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("UpdateLogtank (-want +got):\n%s", diff)
	}
	got, err = s.Logtank(t.Context(), ours, want.ID)
	wantError(t, "Logtank", err, nil)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Logtank (-want +got):\n%s", diff)
	}
}

func TestALogtankOfAnotherProjectIsNotFound(t *testing.T) {
	s := newService(t, lts.Config{})
	logtank := createLogtank(t, s, "listener")
	_, err := s.Logtank(t.Context(), theirs, logtank.ID)
	wantError(t, "Logtank", err, lts.ErrLogtankNotFound)
	_, err = s.UpdateLogtank(t.Context(), theirs, logtank.ID, "group", "stream")
	wantError(t, "UpdateLogtank", err, lts.ErrLogtankNotFound)
	wantError(t, "DeleteLogtank", s.DeleteLogtank(t.Context(), theirs, logtank.ID), lts.ErrLogtankNotFound)
	_, err = s.Logtanks(t.Context(), theirs, logtank.ID, 0)
	wantError(t, "Logtanks after a marker of another project", err, lts.ErrLogtankInvalid)
	wantLogtanks(t, s, "listener")
}

func TestLogtanksComeInPages(t *testing.T) {
	clock := newClock()
	s := newService(t, lts.Config{Now: clock.Now, Provisioning: time.Minute})
	var ids []string
	for i := range 7 {
		ids = append(ids, createLogtank(t, s, fmt.Sprint(i)).ID)
	}
	clock.now = clock.now.Add(time.Minute)
	wantError(t, "DeleteLogtank", s.DeleteLogtank(t.Context(), ours, ids[2]), nil)
	clock.now = clock.now.Add(time.Minute) // number 2 is gone
	for _, tt := range []struct {
		name   string
		marker string
		limit  int
		want   []string
		next   string
	}{
		{"all", "", 0, []string{"0", "1", "3", "4", "5", "6"}, ""},
		{"the first page", "", 3, []string{"0", "1", "3"}, ids[3]},
		{"the last page is full", ids[3], 3, []string{"4", "5", "6"}, ""},
		{"the last page is not full", ids[4], 3, []string{"5", "6"}, ""},
		{"after the last", ids[6], 3, nil, ""},
		{"exactly all", "", 6, []string{"0", "1", "3", "4", "5", "6"}, ""},
		{"one", "", 1, []string{"0"}, ids[0]},
		{"more than there may be", "", lts.MaxLogtankPage + 1, []string{"0", "1", "3", "4", "5", "6"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page, err := s.Logtanks(t.Context(), ours, tt.marker, tt.limit)
			wantError(t, "Logtanks", err, nil)
			if got := resourcesOf(page); !slices.Equal(got, tt.want) {
				t.Errorf("Logtanks gives those of %q, want %q", got, tt.want)
			}
			if page.Next != tt.next {
				t.Errorf("the next page begins after %q, want %q", page.Next, tt.next)
			}
		})
	}
}

func createLogtank(t *testing.T, s *lts.Service, resourceID string) lts.Logtank {
	t.Helper()
	logtank, err := s.CreateLogtank(t.Context(), ours, lts.LogtankSpec{
		ResourceType: "LISTENER", ResourceID: resourceID, GroupID: "group", StreamID: "stream",
	})
	if err != nil {
		t.Fatalf("CreateLogtank(%q): %v", resourceID, err)
	}
	return logtank
}

func wantStatus(t *testing.T, s *lts.Service, id string, want lts.LogtankStatus) {
	t.Helper()
	logtank, err := s.Logtank(t.Context(), ours, id)
	wantError(t, "Logtank", err, nil)
	if got := s.LogtankStatus(logtank); got != want {
		t.Errorf("the logtank is %s, want %s", got, want)
	}
}

// wantLocked reports when a logtank that is not active can be changed.
func wantLocked(t *testing.T, s *lts.Service, id string) {
	t.Helper()
	_, err := s.UpdateLogtank(t.Context(), ours, id, "group", "other stream")
	wantError(t, "UpdateLogtank", err, lts.ErrLogtankState)
	wantError(t, "DeleteLogtank", s.DeleteLogtank(t.Context(), ours, id), lts.ErrLogtankState)
}

// wantGone reports the operations that still find a logtank.
func wantGone(t *testing.T, s *lts.Service, id string) {
	t.Helper()
	_, err := s.Logtank(t.Context(), ours, id)
	wantError(t, "Logtank", err, lts.ErrLogtankNotFound)
	_, err = s.UpdateLogtank(t.Context(), ours, id, "group", "stream")
	wantError(t, "UpdateLogtank", err, lts.ErrLogtankNotFound)
	wantError(t, "DeleteLogtank", s.DeleteLogtank(t.Context(), ours, id), lts.ErrLogtankNotFound)
}

// wantLogtanks reports when our project has logtanks of other resources.
func wantLogtanks(t *testing.T, s *lts.Service, want ...string) {
	t.Helper()
	page, err := s.Logtanks(t.Context(), ours, "", 0)
	wantError(t, "Logtanks", err, nil)
	if got := resourcesOf(page); !slices.Equal(got, want) {
		t.Errorf("there are logtanks of %q, want %q", got, want)
	}
}

func resourcesOf(page lts.LogtankPage) []string {
	var resources []string
	for _, logtank := range page.Logtanks {
		resources = append(resources, logtank.ResourceID)
	}
	return resources
}
