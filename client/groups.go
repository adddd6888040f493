package client

import (
	"context"
	"time"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi/lenient"
)

// Groups are the log groups of the project.
type Groups struct{ *core }

// Create creates a group. The answer of the service has nothing but the ID, so
// that the group is returned as it was asked for, without the time of its
// creation. It fails with [lts.ErrGroupExists] when the name is taken, with
// [lts.ErrGroupQuota] when the project is full, and with [lts.ErrInvalidBody] or
// [lts.ErrGroupTTL] for a specification that breaks a rule.
func (g *Groups) Create(ctx context.Context, spec lts.GroupSpec) (lts.Group, error) {
	created, err := createdGroup(g.lts.CreateLogGroup(as(ctx, "CreateLogGroup", 0), g.project, api.CreateLogGroupRequest{
		LogGroupName:      spec.Name,
		LogGroupNameAlias: optional(spec.Alias),
		TTLInDays:         lenient.Integer(spec.TTLDays),
		Tags:              toTags(spec.Tags),
	}))
	if err != nil {
		return lts.Group{}, err
	}
	return lts.Group{
		ID: created.LogGroupID, Name: spec.Name, Alias: spec.Alias, TTLDays: spec.TTLDays, Tags: spec.Tags,
	}, nil
}

var createdGroup = decodeWith(func(a api.CreateLogGroupResponse) bool { return a.LogGroupID != "" }, "log_group_id")

// List lists all groups of the project.
func (g *Groups) List(ctx context.Context) ([]lts.Group, error) {
	answer, err := decode[api.ListLogGroupsResponse](g.lts.ListLogGroups(as(ctx, "ListLogGroups", repeatable), g.project))
	if err != nil {
		return nil, err
	}
	groups := make([]lts.Group, len(answer.LogGroups))
	for i, group := range answer.LogGroups {
		groups[i] = fromGroup(group)
	}
	return groups, nil
}

// ByName finds the group of a name in the list. It fails with
// [lts.ErrGroupNotFound].
func (g *Groups) ByName(ctx context.Context, name string) (lts.Group, error) {
	groups, err := g.List(ctx)
	if err != nil {
		return lts.Group{}, err
	}
	for _, group := range groups {
		if group.Name == name {
			return group, nil
		}
	}
	return lts.Group{}, notListed("ListLogGroups", lts.ErrGroupNotFound, name)
}

// Update changes a group and returns what it is now. It fails with
// [lts.ErrGroupNotFound].
func (g *Groups) Update(ctx context.Context, id string, change lts.GroupChange) (lts.Group, error) {
	answer, err := decode[api.LogGroup](g.lts.UpdateLogGroupWithBody(
		as(ctx, "UpdateLogGroup", repeatable), g.project, id, jsonType, lifetime(change.TTLDays, change.Tags)))
	if err != nil {
		return lts.Group{}, err
	}
	return fromGroup(answer), nil
}

// Delete deletes a group with its streams and their records. It fails with
// [lts.ErrGroupNotFound] and, while a transfer reads one of the streams, with
// [lts.ErrGroupInTransfer].
func (g *Groups) Delete(ctx context.Context, id string) error {
	return gone(g.lts.DeleteLogGroup(as(ctx, "DeleteLogGroup", repeatable), g.project, id))
}

func fromGroup(group api.LogGroup) lts.Group {
	return lts.Group{
		ID:        group.LogGroupID,
		Name:      group.LogGroupName,
		Alias:     deref(group.LogGroupNameAlias),
		TTLDays:   int(group.TTLInDays),
		Tags:      fromTagMap(group.Tag),
		CreatedAt: time.UnixMilli(group.CreationTime).UTC(),
	}
}
