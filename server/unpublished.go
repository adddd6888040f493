package server

import (
	"context"

	"github.com/ltskit/ltskit/gen/apiserver"
	"github.com/ltskit/ltskit/lts"
)

// unpublished answers the operations that this server does not have yet, in
// the words of the gateway: the API "has not been published".
type unpublished struct{}

func (unpublished) ListLogs(context.Context, apiserver.ListLogsRequestObject) (apiserver.ListLogsResponseObject, error) {
	return nil, lts.ErrNoSuchAPI
}

func (unpublished) ListLogContext(context.Context, apiserver.ListLogContextRequestObject) (apiserver.ListLogContextResponseObject, error) {
	return nil, lts.ErrNoSuchAPI
}

func (unpublished) CountKeyword(context.Context, apiserver.CountKeywordRequestObject) (apiserver.CountKeywordResponseObject, error) {
	return nil, lts.ErrNoSuchAPI
}

func (unpublished) ReportLogs(context.Context, apiserver.ReportLogsRequestObject) (apiserver.ReportLogsResponseObject, error) {
	return nil, lts.ErrNoSuchAPI
}

func (unpublished) ReportLogsHighAccuracy(context.Context, apiserver.ReportLogsHighAccuracyRequestObject) (apiserver.ReportLogsHighAccuracyResponseObject, error) {
	return nil, lts.ErrNoSuchAPI
}

func (unpublished) CreateOBSTransfer(context.Context, apiserver.CreateOBSTransferRequestObject) (apiserver.CreateOBSTransferResponseObject, error) {
	return nil, lts.ErrNoSuchAPI
}

func (unpublished) ListTransfers(context.Context, apiserver.ListTransfersRequestObject) (apiserver.ListTransfersResponseObject, error) {
	return nil, lts.ErrNoSuchAPI
}

func (unpublished) UpdateTransfer(context.Context, apiserver.UpdateTransferRequestObject) (apiserver.UpdateTransferResponseObject, error) {
	return nil, lts.ErrNoSuchAPI
}

func (unpublished) DeleteTransfer(context.Context, apiserver.DeleteTransferRequestObject) (apiserver.DeleteTransferResponseObject, error) {
	return nil, lts.ErrNoSuchAPI
}

func (unpublished) CreateLogtank(context.Context, apiserver.CreateLogtankRequestObject) (apiserver.CreateLogtankResponseObject, error) {
	return nil, lts.ErrNoSuchAPI
}

func (unpublished) ListLogtanks(context.Context, apiserver.ListLogtanksRequestObject) (apiserver.ListLogtanksResponseObject, error) {
	return nil, lts.ErrNoSuchAPI
}

func (unpublished) ShowLogtank(context.Context, apiserver.ShowLogtankRequestObject) (apiserver.ShowLogtankResponseObject, error) {
	return nil, lts.ErrNoSuchAPI
}

func (unpublished) UpdateLogtank(context.Context, apiserver.UpdateLogtankRequestObject) (apiserver.UpdateLogtankResponseObject, error) {
	return nil, lts.ErrNoSuchAPI
}

func (unpublished) DeleteLogtank(context.Context, apiserver.DeleteLogtankRequestObject) (apiserver.DeleteLogtankResponseObject, error) {
	return nil, lts.ErrNoSuchAPI
}
