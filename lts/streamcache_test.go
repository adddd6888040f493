package lts_test

import (
	"context"
	"testing"
	"time"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/fault"
)

// With and without memory a service says the same.
func TestAStreamThatIsRemembered(t *testing.T) {
	for _, remember := range []bool{false, true} {
		s := newService(t, lts.Config{RememberStreams: remember})
		group, other := createGroup(t, s, ours, "group"), createGroup(t, s, ours, "other")
		stream := createStream(t, s, group, "stream")
		report := func(projectID, groupID string) error {
			record := lts.NewRecord{TimeNS: newClock().now.UnixNano(), Content: "line"}
			return s.ReportLogs(t.Context(), projectID, groupID, stream.ID, nil, []lts.NewRecord{record})
		}
		for range 2 {
			wantError(t, "ReportLogs", report(ours, group.ID), nil)
			wantError(t, "ReportLogs in another group", report(ours, other.ID), lts.ErrStreamNotFound)
			wantError(t, "ReportLogs in another project", report(theirs, group.ID), lts.ErrGroupNotFound)
		}
		wantError(t, "DeleteStream", s.DeleteStream(t.Context(), ours, group.ID, stream.ID), nil)
		wantError(t, "ReportLogs after DeleteStream", report(ours, group.ID), lts.ErrStreamNotFound)
		wantError(t, "DeleteGroup", s.DeleteGroup(t.Context(), ours, group.ID), nil)
		wantError(t, "ReportLogs after DeleteGroup", report(ours, group.ID), lts.ErrGroupNotFound)
	}
}

func TestTheLifetimeOfAStreamThatIsRemembered(t *testing.T) {
	s := newService(t, lts.Config{RememberStreams: true})
	group := createGroup(t, s, ours, "group") // 7 days
	stream := createStream(t, s, group, "stream")
	old := newClock().now.AddDate(0, 0, -8)
	record := lts.NewRecord{TimeNS: old.UnixNano(), Content: "line"}
	wantError(t, "ReportLogs", s.ReportLogs(t.Context(), ours, group.ID, stream.ID, nil, []lts.NewRecord{record}), nil)
	for _, tt := range []struct{ days, want int }{{7, 0}, {30, 1}, {7, 0}} {
		_, err := s.UpdateGroup(t.Context(), ours, group.ID, lts.GroupChange{TTLDays: tt.days})
		wantError(t, "UpdateGroup", err, nil)
		page, err := s.QueryLogs(t.Context(), ours, group.ID, stream.ID, lts.Query{
			StartMS: old.Add(-time.Hour).UnixMilli(), EndMS: old.Add(time.Hour).UnixMilli(),
		})
		wantError(t, "QueryLogs", err, nil)
		if len(page.Records) != tt.want {
			t.Errorf("QueryLogs of records of 8 days, kept for %d: %d records, want %d", tt.days, len(page.Records), tt.want)
		}
	}
}

func TestAStreamThatIsRememberedIsNotReadAgain(t *testing.T) {
	s := newService(t, lts.Config{RememberStreams: true})
	group := createGroup(t, s, ours, "group")
	stream := createStream(t, s, group, "stream")
	failing := fault.Inject(t.Context(), fault.CatalogStore)
	report := func(ctx context.Context) error {
		record := lts.NewRecord{TimeNS: newClock().now.UnixNano(), Content: "line"}
		return s.ReportLogs(ctx, ours, group.ID, stream.ID, nil, []lts.NewRecord{record})
	}
	wantError(t, "ReportLogs without the catalog", report(failing), lts.ErrInternal)
	wantError(t, "ReportLogs", report(t.Context()), nil)
	wantError(t, "ReportLogs without the catalog, again", report(failing), nil)
	createStream(t, s, group, "another")
	wantError(t, "ReportLogs without the catalog, after a change", report(failing), lts.ErrInternal)
}
