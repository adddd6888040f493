package client_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/server/embedded"
)

const missing = "00000000-0000-0000-0000-000000000000"

var (
	groupSpec    = lts.GroupSpec{Name: "web", Alias: "shop", TTLDays: 7, Tags: []lts.Tag{{Key: "team", Value: "a"}}}
	ignoreTimes  = cmpopts.IgnoreTypes(time.Time{})
	fiveMinutes  = lts.TransferPeriod{Length: 5, Unit: "min"}
	listenerSpec = lts.LogtankSpec{ResourceType: "LISTENER", ResourceID: "78d425da-4d5f-422f-b13b-40aa3f49bc55", GroupID: missing, StreamID: missing}
)

func TestGroups(t *testing.T) {
	c := serve(t).client(t)
	ctx := t.Context()
	created := must(c.Groups.Create(ctx, groupSpec))(t)
	want := lts.Group{ID: created.ID, Name: "web", Alias: "shop", TTLDays: 7, Tags: []lts.Tag{{Key: "team", Value: "a"}}}
	if diff := cmp.Diff(want, created); diff != "" || len(created.ID) != 36 {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	listed := must(c.Groups.List(ctx))(t)
	if diff := cmp.Diff([]lts.Group{want}, withoutSystemTags(listed), ignoreTimes); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	if age := time.Since(listed[0].CreatedAt); age < 0 || age > time.Hour {
		t.Errorf("created %s, want just now", listed[0].CreatedAt)
	}
	found := must(c.Groups.ByName(ctx, "web"))(t)
	if diff := cmp.Diff(listed[0], found); diff != "" {
		t.Errorf("by name (-want +got):\n%s", diff)
	}
	updated := must(c.Groups.Update(ctx, created.ID, lts.GroupChange{TTLDays: 30, Tags: []lts.Tag{}}))(t)
	if updated.TTLDays != 30 || len(withoutSystemTags([]lts.Group{updated})[0].Tags) != 0 {
		t.Errorf("updated: %+v, want 30 days and no tags", updated)
	}
	if err := c.Groups.Delete(ctx, created.ID); err != nil {
		t.Errorf("Delete: %v", err)
	}
	if left := must(c.Groups.List(ctx))(t); len(left) != 0 {
		t.Errorf("after the deletion: %+v, want none", left)
	}
}

// withoutSystemTags leaves out the tags that the service adds.
func withoutSystemTags(groups []lts.Group) []lts.Group {
	out := make([]lts.Group, len(groups))
	for i, group := range groups {
		out[i], out[i].Tags = group, userTags(group.Tags)
	}
	return out
}

func userTags(tags []lts.Tag) []lts.Tag {
	var kept []lts.Tag
	for _, tag := range tags {
		if tag.Key != "_sys_enterprise_project_id" {
			kept = append(kept, tag)
		}
	}
	return kept
}

func TestStreams(t *testing.T) {
	c := serve(t).client(t)
	ctx := t.Context()
	group := must(c.Groups.Create(ctx, groupSpec))(t)
	created := must(c.Streams.Create(ctx, group.ID, lts.StreamSpec{
		Name: "access", Alias: "front", TTLDays: 3, Tags: []lts.Tag{{Key: "k", Value: "v"}},
	}))(t)
	inherits := must(c.Streams.Create(ctx, group.ID, lts.StreamSpec{Name: "errors"}))(t)
	want := []lts.Stream{
		{ID: created.ID, GroupID: group.ID, Name: "access", Alias: "front", TTLDays: 3, Tags: []lts.Tag{{Key: "k", Value: "v"}}},
		{ID: inherits.ID, GroupID: group.ID, Name: "errors", TTLDays: 7},
	}
	if diff := cmp.Diff(want[0], created); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	listed := must(c.Streams.List(ctx, group.ID))(t)
	for i := range listed {
		listed[i].Tags = userTags(listed[i].Tags)
	}
	if diff := cmp.Diff(want, listed, ignoreTimes); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	all := must(c.Streams.ListAll(ctx, lts.StreamFilter{GroupName: "web", StreamName: "errors"}))(t)
	if len(all) != 1 || all[0].ID != inherits.ID || all[0].GroupID != group.ID {
		t.Errorf("listed by names: %+v, want the stream errors", all)
	}
	found := must(c.Streams.ByName(ctx, "web", "errors"))(t)
	if found.ID != inherits.ID || found.GroupID != group.ID {
		t.Errorf("by name: %+v, want %+v", found, inherits)
	}
	updated := must(c.Streams.Update(ctx, group.ID, created.ID, lts.StreamChange{TTLDays: 5}))(t)
	if updated.ID != created.ID || updated.GroupID != group.ID || updated.Name != "access" || updated.TTLDays != 5 {
		t.Errorf("updated: %+v, want the stream with 5 days", updated)
	}
	if err := c.Streams.Delete(ctx, group.ID, created.ID); err != nil {
		t.Errorf("Delete: %v", err)
	}
	if left := must(c.Streams.List(ctx, group.ID))(t); len(left) != 1 {
		t.Errorf("after the deletion: %+v, want one", left)
	}
}

func TestTransfers(t *testing.T) {
	c := serve(t).client(t)
	ctx := t.Context()
	stream := newStream(t, c)
	spec := lts.TransferSpec{
		GroupID: stream.GroupID, StreamIDs: []string{stream.ID}, Bucket: embedded.DevBucket,
		Period: fiveMinutes, Prefix: "p", Dir: "d", Disabled: true,
	}
	created := must(c.Transfers.Create(ctx, spec))(t)
	want := lts.Transfer{
		ID: created.ID, GroupID: stream.GroupID, Streams: []lts.TransferStream{{ID: stream.ID}}, Bucket: embedded.DevBucket,
		Format: lts.FormatRAW, Period: fiveMinutes, Prefix: "p", Dir: "d",
	}
	if diff := cmp.Diff(want, created); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	want.GroupName, want.Streams = "web", []lts.TransferStream{{ID: stream.ID, Name: "access"}}
	listed := must(c.Transfers.List(ctx, lts.TransferFilter{GroupName: "web", StreamName: "access", Limit: 10}))(t)
	if diff := cmp.Diff([]lts.Transfer{want}, listed, ignoreTimes); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	if none := must(c.Transfers.List(ctx, lts.TransferFilter{GroupName: "other"}))(t); len(none) != 0 {
		t.Errorf("listed of another group: %+v, want none", none)
	}
	on, format, length, unit, bucket, prefix, dir := true, lts.FormatJSON, 2, "min", embedded.DevBucket, "q", "e"
	updated := must(c.Transfers.Update(ctx, created.ID, lts.TransferChange{
		Enabled: &on, Format: &format, PeriodLength: &length, PeriodUnit: &unit, Bucket: &bucket, Prefix: &prefix, Dir: &dir,
	}))(t)
	want.Enabled, want.Format, want.Period, want.Prefix, want.Dir = true, lts.FormatJSON, lts.TransferPeriod{Length: 2, Unit: "min"}, "q", "e"
	if diff := cmp.Diff(want, updated, ignoreTimes); diff != "" {
		t.Errorf("updated (-want +got):\n%s", diff)
	}
	off := false
	if got := must(c.Transfers.Update(ctx, created.ID, lts.TransferChange{Enabled: &off}))(t); got.Enabled {
		t.Errorf("switched off: %+v, want one that is not enabled", got)
	}
	deleted := must(c.Transfers.Delete(ctx, created.ID))(t)
	want.Enabled = false
	if diff := cmp.Diff(want, deleted, ignoreTimes); diff != "" {
		t.Errorf("deleted (-want +got):\n%s", diff)
	}
}

func TestAllTransfers(t *testing.T) {
	c := serve(t).client(t)
	stream := newStream(t, c)
	var want []string
	for _, name := range []string{"a", "b", "c"} {
		stream := must(c.Streams.Create(t.Context(), stream.GroupID, lts.StreamSpec{Name: name}))(t)
		transfer := must(c.Transfers.Create(t.Context(), lts.TransferSpec{
			GroupID: stream.GroupID, StreamIDs: []string{stream.ID}, Bucket: embedded.DevBucket, Period: fiveMinutes,
		}))(t)
		want = append(want, transfer.ID)
	}
	all := must(collect(c.Transfers.All(t.Context(), lts.TransferFilter{Limit: 2})))(t)
	var got []string
	for _, transfer := range all {
		got = append(got, transfer.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("all, two a page (-want +got):\n%s", diff)
	}
}

func TestLogtanks(t *testing.T) {
	c := serve(t).client(t)
	ctx := t.Context()
	created := must(c.Logtanks.Create(ctx, listenerSpec))(t)
	want := client.Logtank{
		Logtank: lts.Logtank{ID: created.ID, ResourceType: "LISTENER", ResourceID: listenerSpec.ResourceID, GroupID: missing, StreamID: missing},
		Status:  lts.LogtankActive, ProjectID: embedded.DevProjectID, DomainID: "d0000000000000000000000000000001",
	}
	if diff := cmp.Diff(want, created, ignoreTimes); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	if got := must(c.Logtanks.Get(ctx, created.ID))(t); !cmp.Equal(created, got) {
		t.Errorf("got %+v, want %+v", got, created)
	}
	other := listenerSpec
	other.ResourceID = missing
	second := must(c.Logtanks.Create(ctx, other))(t)
	page := must(c.Logtanks.List(ctx, "", 1))(t)
	if len(page.Logtanks) != 1 || page.Logtanks[0].ID != created.ID || page.Next != created.ID {
		t.Errorf("first page of one: %+v, want the first logtank and its marker", page)
	}
	if all := must(collect(c.Logtanks.All(ctx)))(t); len(all) != 2 || all[1].ID != second.ID {
		t.Errorf("all: %+v, want two", all)
	}
	updated := must(c.Logtanks.Update(ctx, created.ID, "group", "stream"))(t)
	if updated.GroupID != "group" || updated.StreamID != "stream" {
		t.Errorf("updated: %+v, want the other stream", updated)
	}
	if err := c.Logtanks.Delete(ctx, created.ID); err != nil {
		t.Errorf("Delete: %v", err)
	}
	_, err := c.Logtanks.Get(ctx, created.ID)
	wantError(t, "after the deletion", err, lts.ErrLogtankNotFound)
}

func TestTokens(t *testing.T) {
	c := serve(t).client(t)
	ctx := t.Context()
	token := must(c.Tokens.Create(ctx, lts.Credentials{
		UserName: embedded.DevUser, Domain: lts.Reference{Name: embedded.DevDomain}, Password: embedded.DevPassword,
		ProjectScope: &lts.Reference{Name: embedded.DevProject},
	}))(t)
	if token.Value == "" || token.User.Name != embedded.DevUser || token.Domain.Name != embedded.DevDomain ||
		token.Project == nil || token.Project.ID != embedded.DevProjectID || token.ExpiresAt.Sub(token.IssuedAt) != lts.TokenLifetime {
		t.Errorf("token: %+v, want one of the user for the project, for a day", token)
	}
	services := map[string]bool{}
	for _, entry := range token.Catalog {
		services[entry.Type] = entry.URL != ""
	}
	if !services["lts"] || !services["iam"] {
		t.Errorf("catalog: %+v, want addresses of lts and iam", token.Catalog)
	}
	scoped := must(c.Tokens.Create(ctx, lts.Credentials{
		UserID: token.User.ID, Password: embedded.DevPassword, DomainScope: &lts.Reference{ID: token.Domain.ID},
	}))(t)
	if scoped.Project != nil {
		t.Errorf("token of a domain: %+v, want no project", scoped)
	}
	projects := must(c.Tokens.Projects(ctx, embedded.DevProject))(t)
	if diff := cmp.Diff([]lts.Project{{ID: embedded.DevProjectID, Name: embedded.DevProject, DomainID: token.Domain.ID}}, projects); diff != "" {
		t.Errorf("projects (-want +got):\n%s", diff)
	}
	if all := must(c.Tokens.Projects(ctx, ""))(t); len(all) != 2 {
		t.Errorf("all projects: %+v, want two", all)
	}
	if domains := must(c.Tokens.Domains(ctx))(t); !cmp.Equal(domains, []lts.Domain{token.Domain}) {
		t.Errorf("domains: %+v, want %+v", domains, token.Domain)
	}
}

// errorsOfOperations has for every operation a request that the service refuses.
func errorsOfOperations(c *client.Client, stream lts.Stream, taken lts.TransferSpec) map[string]struct {
	call func(context.Context) error
	want error
} {
	nowhere := lts.Stream{GroupID: stream.GroupID, ID: missing}
	record := lts.NewRecord{TimeNS: 1, Content: "x"}
	query := client.Query{Stream: nowhere}
	return map[string]struct {
		call func(context.Context) error
		want error
	}{
		"create a group of a taken name": {func(ctx context.Context) error {
			return second(c.Groups.Create(ctx, lts.GroupSpec{Name: "web", TTLDays: 7}))
		}, lts.ErrGroupExists},
		"create a group without a name": {func(ctx context.Context) error { return second(c.Groups.Create(ctx, lts.GroupSpec{TTLDays: 7})) }, lts.ErrInvalidBody},
		"find no group":                 {func(ctx context.Context) error { return second(c.Groups.ByName(ctx, "none")) }, lts.ErrGroupNotFound},
		"update no group": {func(ctx context.Context) error {
			return second(c.Groups.Update(ctx, missing, lts.GroupChange{TTLDays: 1}))
		}, lts.ErrGroupNotFound},
		"delete no group":             {func(ctx context.Context) error { return c.Groups.Delete(ctx, missing) }, lts.ErrGroupNotFound},
		"delete a group that is read": {func(ctx context.Context) error { return c.Groups.Delete(ctx, stream.GroupID) }, lts.ErrGroupInTransfer},
		"create a stream of a taken name": {func(ctx context.Context) error {
			return second(c.Streams.Create(ctx, stream.GroupID, lts.StreamSpec{Name: "access"}))
		}, lts.ErrStreamExists},
		"create a stream in no group": {func(ctx context.Context) error {
			return second(c.Streams.Create(ctx, missing, lts.StreamSpec{Name: "x"}))
		}, lts.ErrGroupNotFound},
		"list the streams of no group": {func(ctx context.Context) error { return second(c.Streams.List(ctx, missing)) }, lts.ErrGroupNotFound},
		"find no stream":               {func(ctx context.Context) error { return second(c.Streams.ByName(ctx, "web", "none")) }, lts.ErrStreamNotFound},
		"find a stream in no group":    {func(ctx context.Context) error { return second(c.Streams.ByName(ctx, "none", "access")) }, lts.ErrGroupNotFound},
		"update no stream": {func(ctx context.Context) error {
			return second(c.Streams.Update(ctx, stream.GroupID, missing, lts.StreamChange{TTLDays: 1}))
		}, lts.ErrStreamNotFound},
		"delete no stream":             {func(ctx context.Context) error { return c.Streams.Delete(ctx, stream.GroupID, missing) }, lts.ErrStreamNotFound},
		"delete a stream that is read": {func(ctx context.Context) error { return c.Streams.Delete(ctx, stream.GroupID, stream.ID) }, lts.ErrStreamInTransfer},
		"write to no stream":           {func(ctx context.Context) error { return c.Records.Write(ctx, nowhere, nil, record) }, lts.ErrStreamNotFound},
		"write nothing":                {func(ctx context.Context) error { return c.Records.Write(ctx, stream, nil) }, lts.ErrInvalidBody},
		"write lines to no stream":     {func(ctx context.Context) error { return c.Records.WriteLines(ctx, nowhere, nil, 1, "x") }, lts.ErrStreamNotFound},
		"query no stream":              {func(ctx context.Context) error { return second(collect(c.Records.Query(ctx, query))) }, lts.ErrStreamNotFound},
		"count no stream":              {func(ctx context.Context) error { return second(c.Records.Count(ctx, query)) }, lts.ErrStreamNotFound},
		"a histogram of no stream":     {func(ctx context.Context) error { return second(c.Records.Histogram(ctx, query, time.Hour)) }, lts.ErrStreamNotFound},
		"the context in no stream":     {func(ctx context.Context) error { return second(c.Records.Context(ctx, nowhere, 1, 1, 1)) }, lts.ErrStreamNotFound},
		"a search that begins with a star": {func(ctx context.Context) error {
			return second(collect(c.Records.Query(ctx, client.Query{Stream: stream, Keywords: "*a"})))
		}, lts.ErrLeadingWildcard},
		"transfer a stream twice": {func(ctx context.Context) error { return second(c.Transfers.Create(ctx, taken)) }, lts.ErrStreamInTransfer},
		"transfer to no bucket": {func(ctx context.Context) error {
			spec := taken
			spec.Bucket = "none"
			return second(c.Transfers.Create(ctx, spec))
		}, lts.ErrStreamInTransfer},
		"transfers of too large a page": {func(ctx context.Context) error { return second(c.Transfers.List(ctx, lts.TransferFilter{Limit: 101})) }, lts.ErrInvalidBody},
		"all transfers of such pages": {func(ctx context.Context) error {
			return second(collect(c.Transfers.All(ctx, lts.TransferFilter{Limit: 101})))
		}, lts.ErrInvalidBody},
		"update no transfer":             {func(ctx context.Context) error { return second(c.Transfers.Update(ctx, missing, lts.TransferChange{})) }, lts.ErrTransferNotFound},
		"delete no transfer":             {func(ctx context.Context) error { return second(c.Transfers.Delete(ctx, missing)) }, lts.ErrTransferNotFound},
		"a second logtank of a listener": {func(ctx context.Context) error { return second(c.Logtanks.Create(ctx, listenerSpec)) }, lts.ErrLogtankExists},
		"show no logtank":                {func(ctx context.Context) error { return second(c.Logtanks.Get(ctx, missing)) }, lts.ErrLogtankNotFound},
		"wait for no logtank":            {func(ctx context.Context) error { return second(c.Logtanks.Wait(ctx, missing, time.Second)) }, lts.ErrLogtankNotFound},
		"logtanks after no marker":       {func(ctx context.Context) error { return second(c.Logtanks.List(ctx, missing, 0)) }, lts.ErrLogtankInvalid},
		"update no logtank":              {func(ctx context.Context) error { return second(c.Logtanks.Update(ctx, missing, "g", "s")) }, lts.ErrLogtankNotFound},
		"delete no logtank":              {func(ctx context.Context) error { return c.Logtanks.Delete(ctx, missing) }, lts.ErrLogtankNotFound},
		"a token for a wrong password": {func(ctx context.Context) error {
			return second(c.Tokens.Create(ctx, lts.Credentials{UserName: "dev", Domain: lts.Reference{Name: "dev"}, Password: "no"}))
		}, lts.ErrBadCredentials},
		"a token for no project": {func(ctx context.Context) error {
			return second(c.Tokens.Create(ctx, lts.Credentials{
				UserName: "dev", Domain: lts.Reference{Name: "dev"}, Password: "dev", ProjectScope: &lts.Reference{Name: "none"},
			}))
		}, lts.ErrBadScope},
	}
}

func second[T any](_ T, err error) error { return err }

func TestErrorsOfOperations(t *testing.T) {
	c := serve(t).client(t)
	stream := newStream(t, c)
	taken := lts.TransferSpec{GroupID: stream.GroupID, StreamIDs: []string{stream.ID}, Bucket: embedded.DevBucket, Period: fiveMinutes}
	must(c.Transfers.Create(t.Context(), taken))(t)
	must(c.Logtanks.Create(t.Context(), listenerSpec))(t)
	for name, tt := range errorsOfOperations(c, stream, taken) {
		t.Run(name, func(t *testing.T) {
			err := tt.call(t.Context())
			wantError(t, name, err, tt.want)
			isNotFound := slices.Contains([]error{
				lts.ErrGroupNotFound, lts.ErrStreamNotFound, lts.ErrTransferNotFound, lts.ErrLogtankNotFound,
			}, tt.want)
			if errors.Is(err, client.ErrNotFound) != isNotFound {
				t.Errorf("errors.Is(%v, ErrNotFound) = %t, want %t", err, !isNotFound, isNotFound)
			}
		})
	}
}

// Everything fails with a client that may not use the project.
func TestErrorsOfStrangers(t *testing.T) {
	s := serve(t)
	c := s.client(t)
	stream := newStream(t, c)
	stranger := newClient(t, s.address, client.WithToken("stranger"))
	spec := lts.TransferSpec{GroupID: stream.GroupID, StreamIDs: []string{stream.ID}, Bucket: embedded.DevBucket, Period: fiveMinutes}
	for name, tt := range errorsOfOperations(stranger, stream, spec) {
		if errors.Is(tt.want, lts.ErrBadCredentials) || errors.Is(tt.want, lts.ErrBadScope) {
			continue // the operation needs no credentials
		}
		t.Run(name, func(t *testing.T) { wantError(t, name, tt.call(t.Context()), lts.ErrInvalidToken) })
	}
	for name, call := range map[string]func(context.Context) error{
		"list groups":       func(ctx context.Context) error { return second(stranger.Groups.List(ctx)) },
		"list all streams":  func(ctx context.Context) error { return second(stranger.Streams.ListAll(ctx, lts.StreamFilter{})) },
		"list all logtanks": func(ctx context.Context) error { return second(collect(stranger.Logtanks.All(ctx))) },
	} {
		t.Run(name, func(t *testing.T) { wantError(t, name, call(t.Context()), lts.ErrInvalidToken) })
	}
	for name, call := range map[string]func(context.Context) error{
		"list projects": func(ctx context.Context) error { return second(stranger.Tokens.Projects(ctx, "")) },
		"list domains":  func(ctx context.Context) error { return second(stranger.Tokens.Domains(ctx)) },
	} {
		t.Run(name, func(t *testing.T) {
			err := call(t.Context())
			if identity, ok := errors.AsType[*lts.IdentityError](err); !ok || identity.Status != 401 {
				t.Errorf("%s: %v, want an error 401 of the identity service", name, err)
			}
		})
	}
}

// The documented failures of the service come back as what they are.
func TestErrorsOfTheStore(t *testing.T) {
	s := serve(t)
	stream := newStream(t, s.client(t))
	catalog := s.client(t, client.WithTransport(faulty("catalog")))
	records := s.client(t, client.WithTransport(faulty("records")))
	for name, tt := range map[string]struct {
		call func(context.Context) error
		want error
	}{
		"create a group": {func(ctx context.Context) error {
			return second(catalog.Groups.Create(ctx, lts.GroupSpec{Name: "new", TTLDays: 7}))
		}, lts.ErrCreateGroupFailed},
		"delete a group": {func(ctx context.Context) error { return catalog.Groups.Delete(ctx, stream.GroupID) }, lts.ErrDeleteGroupFailed},
		"create a stream": {func(ctx context.Context) error {
			return second(catalog.Streams.Create(ctx, stream.GroupID, lts.StreamSpec{Name: "new"}))
		}, lts.ErrCreateStreamFailed},
		"delete a stream": {func(ctx context.Context) error { return catalog.Streams.Delete(ctx, stream.GroupID, stream.ID) }, lts.ErrDeleteStreamFailed},
		"write":           {func(ctx context.Context) error { return records.Records.WriteLines(ctx, stream, nil, 1, "x") }, lts.ErrInternal},
		"query": {func(ctx context.Context) error {
			return second(collect(records.Records.Query(ctx, client.Query{Stream: stream})))
		}, lts.ErrCreateStreamFailed},
	} {
		t.Run(name, func(t *testing.T) {
			err := tt.call(t.Context())
			wantError(t, name, err, tt.want)
			if failed, ok := errors.AsType[*client.Error](err); !ok || failed.Status != 500 || failed.RequestID == "" {
				t.Errorf("%s: %+v, want an answer 500 with the ID of its request", name, err)
			}
		})
	}
}
