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
