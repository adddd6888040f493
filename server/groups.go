package server

import (
	"context"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/gen/apiserver"
	"github.com/ltskit/ltskit/lts"
)

type groupHandlers struct{ service *lts.Service }

func (h groupHandlers) CreateLogGroup(ctx context.Context, req apiserver.CreateLogGroupRequestObject) (apiserver.CreateLogGroupResponseObject, error) {
	group, err := h.service.CreateGroup(ctx, req.ProjectID, lts.GroupSpec{
		Name:    req.Body.LogGroupName,
		Alias:   deref(req.Body.LogGroupNameAlias),
		TTLDays: int(req.Body.TTLInDays),
		Tags:    fromTags(req.Body.Tags),
	})
	if err != nil {
		return nil, err
	}
	return apiserver.CreateLogGroup201JSONResponse{LogGroupID: group.ID}, nil
}

func (h groupHandlers) ListLogGroups(ctx context.Context, req apiserver.ListLogGroupsRequestObject) (apiserver.ListLogGroupsResponseObject, error) {
	groups, err := h.service.Groups(ctx, req.ProjectID)
	if err != nil {
		return nil, err
	}
	answer := apiserver.ListLogGroups200JSONResponse{LogGroups: make([]api.LogGroup, 0, len(groups))}
	for _, group := range groups {
		answer.LogGroups = append(answer.LogGroups, toLogGroup(group))
	}
	return answer, nil
}

func (h groupHandlers) UpdateLogGroup(ctx context.Context, req apiserver.UpdateLogGroupRequestObject) (apiserver.UpdateLogGroupResponseObject, error) {
	group, err := h.service.UpdateGroup(ctx, req.ProjectID, req.LogGroupID, lts.GroupChange{
		TTLDays: int(req.Body.TTLInDays),
		Tags:    fromTags(req.Body.Tags),
	})
	if err != nil {
		return nil, err
	}
	return apiserver.UpdateLogGroup200JSONResponse(toLogGroup(group)), nil
}

func (h groupHandlers) DeleteLogGroup(ctx context.Context, req apiserver.DeleteLogGroupRequestObject) (apiserver.DeleteLogGroupResponseObject, error) {
	if err := h.service.DeleteGroup(ctx, req.ProjectID, req.LogGroupID); err != nil {
		return nil, err
	}
	return apiserver.DeleteLogGroup204Response{}, nil
}

func toLogGroup(group lts.Group) api.LogGroup {
	return api.LogGroup{
		CreationTime:      creationTime(group.CreatedAt),
		LogGroupID:        group.ID,
		LogGroupName:      group.Name,
		LogGroupNameAlias: optional(group.Alias),
		Tag:               tagMap(group.Tags),
		TTLInDays:         int32(group.TTLDays),
	}
}

// fromTags keeps the difference between no tags (nil: they stay) and an empty
// list (they go).
func fromTags(tags []api.ResourceTag) []lts.Tag {
	if tags == nil {
		return nil
	}
	list := make([]lts.Tag, 0, len(tags))
	for _, tag := range tags {
		list = append(list, lts.Tag{Key: tag.Key, Value: deref(tag.Value)})
	}
	return list
}
