package server

import (
	"context"

	"github.com/oapi-codegen/nullable"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/gen/apiserver"
	"github.com/ltskit/ltskit/lts"
)

type transferHandlers struct{ service *lts.Service }

func (h transferHandlers) CreateOBSTransfer(ctx context.Context, req apiserver.CreateOBSTransferRequestObject) (apiserver.CreateOBSTransferResponseObject, error) {
	body := req.Body
	transfer, err := h.service.CreateTransfer(ctx, req.ProjectID, lts.TransferSpec{
		GroupID:   body.LogGroupID,
		StreamIDs: body.LogStreamIds,
		Bucket:    body.OBSBucketName,
		Format:    lts.TransferFormat(body.StorageFormat),
		Period:    lts.TransferPeriod{Length: int(body.Period), Unit: string(body.PeriodUnit)},
		Prefix:    deref(body.PrefixName),
		Dir:       deref(body.DirPrefixName),
		Disabled:  body.SwitchOn != nil && !bool(*body.SwitchOn),
	})
	if err != nil {
		return nil, err
	}
	return apiserver.CreateOBSTransfer201JSONResponse{LogDumpOBSID: transfer.ID}, nil
}

func (h transferHandlers) ListTransfers(ctx context.Context, req apiserver.ListTransfersRequestObject) (apiserver.ListTransfersResponseObject, error) {
	transfers, err := h.service.Transfers(ctx, req.ProjectID, lts.TransferFilter{
		GroupName:  deref(req.Params.LogGroupName),
		StreamName: deref(req.Params.LogStreamName),
		Offset:     int(deref(req.Params.Offset)),
		Limit:      int(deref(req.Params.Limit)),
	})
	if err != nil {
		return nil, err
	}
	answer := apiserver.ListTransfers200JSONResponse{LogTransfers: make([]api.Transfer, 0, len(transfers))}
	for _, transfer := range transfers {
		answer.LogTransfers = append(answer.LogTransfers, toTransfer(transfer))
	}
	return answer, nil
}

func (h transferHandlers) UpdateTransfer(ctx context.Context, req apiserver.UpdateTransferRequestObject) (apiserver.UpdateTransferResponseObject, error) {
	transfer, err := h.service.UpdateTransfer(ctx, req.ProjectID, req.Body.LogTransferID, fromTransferInfo(req.Body.LogTransferInfo))
	if err != nil {
		return nil, err
	}
	return apiserver.UpdateTransfer200JSONResponse(toTransfer(transfer)), nil
}

func (h transferHandlers) DeleteTransfer(ctx context.Context, req apiserver.DeleteTransferRequestObject) (apiserver.DeleteTransferResponseObject, error) {
	transfer, err := h.service.DeleteTransfer(ctx, req.ProjectID, req.Params.LogTransferID)
	if err != nil {
		return nil, err
	}
	return apiserver.DeleteTransfer200JSONResponse(toTransfer(transfer)), nil
}

func fromTransferInfo(info api.UpdateTransferInfo) lts.TransferChange {
	detail := deref(info.LogTransferDetail)
	change := lts.TransferChange{
		Format:     (*lts.TransferFormat)(info.LogStorageFormat),
		PeriodUnit: (*string)(detail.OBSPeriodUnit),
		Bucket:     detail.OBSBucketName,
		Prefix:     detail.OBSPrefixName,
		Dir:        detail.OBSDirPreFixName,
	}
	if info.LogTransferStatus != nil {
		enabled := *info.LogTransferStatus == api.UpdateTransferInfoLogTransferStatusENABLE
		change.Enabled = &enabled
	}
	if detail.OBSPeriod != nil {
		length := int(*detail.OBSPeriod)
		change.PeriodLength = &length
	}
	return change
}

func toTransfer(transfer lts.Transfer) api.Transfer {
	path := transfer.Path()
	streams := make([]api.TransferStream, len(transfer.Streams))
	for i, stream := range transfer.Streams {
		streams[i] = api.TransferStream{LogStreamID: stream.ID, LogStreamName: stream.Name}
	}
	return api.Transfer{
		LogGroupID:    transfer.GroupID,
		LogGroupName:  transfer.GroupName,
		LogStreams:    streams,
		LogTransferID: transfer.ID,
		LogTransferInfo: api.TransferInfo{
			LogAgencyTransfer: nullable.NewNullNullable[map[string]any](),
			LogCreateTime:     creationTime(transfer.CreatedAt),
			LogStorageFormat:  api.TransferInfoLogStorageFormat(transfer.Format),
			LogTransferMode:   api.TransferInfoLogTransferModeCycle,
			LogTransferStatus: api.TransferInfoLogTransferStatus(transfer.Status()),
			LogTransferType:   api.TransferInfoLogTransferTypeOBS,
			LogTransferDetail: api.TransferDetail{
				OBSPeriod:        int32(transfer.Period.Length),
				OBSPeriodUnit:    api.TransferDetailOBSPeriodUnit(transfer.Period.Unit),
				OBSBucketName:    transfer.Bucket,
				OBSTransferPath:  &path,
				OBSPrefixName:    &transfer.Prefix,
				OBSDirPreFixName: &transfer.Dir,
			},
		},
	}
}
