package server

import (
	"context"
	"time"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/gen/apiserver"
	"github.com/ltskit/ltskit/lts"
)

// logtankHandlers serve Global Accelerator, whose paths name no project: it is
// the one of the credentials.
type logtankHandlers struct{ service *lts.Service }

func (h logtankHandlers) CreateLogtank(ctx context.Context, req apiserver.CreateLogtankRequestObject) (apiserver.CreateLogtankResponseObject, error) {
	logtank, err := h.service.CreateLogtank(ctx, callerOf(ctx).project, lts.LogtankSpec{
		ResourceType: string(req.Body.Logtank.ResourceType),
		ResourceID:   req.Body.Logtank.ResourceID,
		GroupID:      req.Body.Logtank.LogGroupID,
		StreamID:     req.Body.Logtank.LogStreamID,
	})
	if err != nil {
		return nil, err
	}
	return apiserver.CreateLogtank201JSONResponse(h.answer(ctx, logtank)), nil
}

func (h logtankHandlers) ListLogtanks(ctx context.Context, req apiserver.ListLogtanksRequestObject) (apiserver.ListLogtanksResponseObject, error) {
	page, err := h.service.Logtanks(ctx, callerOf(ctx).project, deref(req.Params.Marker), int(deref(req.Params.Limit)))
	if err != nil {
		return nil, err
	}
	answer := apiserver.ListLogtanks200JSONResponse{
		Logtanks:  make([]api.LogtankDetail, 0, len(page.Logtanks)),
		PageInfo:  api.PageInfo{CurrentCount: int32(len(page.Logtanks)), NextMarker: optional(page.Next)},
		RequestID: requestIDOf(ctx),
	}
	for _, logtank := range page.Logtanks {
		answer.Logtanks = append(answer.Logtanks, h.detail(ctx, logtank))
	}
	return answer, nil
}

func (h logtankHandlers) ShowLogtank(ctx context.Context, req apiserver.ShowLogtankRequestObject) (apiserver.ShowLogtankResponseObject, error) {
	logtank, err := h.service.Logtank(ctx, callerOf(ctx).project, req.LogtankID)
	if err != nil {
		return nil, err
	}
	return apiserver.ShowLogtank200JSONResponse(h.answer(ctx, logtank)), nil
}

func (h logtankHandlers) UpdateLogtank(ctx context.Context, req apiserver.UpdateLogtankRequestObject) (apiserver.UpdateLogtankResponseObject, error) {
	to := req.Body.Logtank
	logtank, err := h.service.UpdateLogtank(ctx, callerOf(ctx).project, req.LogtankID, to.LogGroupID, to.LogStreamID)
	if err != nil {
		return nil, err
	}
	return apiserver.UpdateLogtank200JSONResponse(h.answer(ctx, logtank)), nil
}

func (h logtankHandlers) DeleteLogtank(ctx context.Context, req apiserver.DeleteLogtankRequestObject) (apiserver.DeleteLogtankResponseObject, error) {
	if err := h.service.DeleteLogtank(ctx, callerOf(ctx).project, req.LogtankID); err != nil {
		return nil, err
	}
	return apiserver.DeleteLogtank204Response{}, nil
}

func (h logtankHandlers) answer(ctx context.Context, logtank lts.Logtank) api.LogtankResponse {
	return api.LogtankResponse{Logtank: h.detail(ctx, logtank), RequestID: requestIDOf(ctx)}
}

func (h logtankHandlers) detail(ctx context.Context, logtank lts.Logtank) api.LogtankDetail {
	who := callerOf(ctx)
	return api.LogtankDetail{
		ID:           logtank.ID,
		DomainID:     who.domain.ID,
		ProjectID:    who.project,
		ResourceType: logtank.ResourceType,
		ResourceID:   logtank.ResourceID,
		LogGroupID:   logtank.GroupID,
		LogStreamID:  logtank.StreamID,
		Status:       api.LogtankDetailStatus(h.service.LogtankStatus(logtank)),
		CreatedAt:    logtank.CreatedAt.UTC().Truncate(time.Second),
		UpdatedAt:    logtank.UpdatedAt.UTC().Truncate(time.Second),
	}
}
