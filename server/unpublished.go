package server

import (
	"context"

	"github.com/ltskit/ltskit/gen/apiserver"
	"github.com/ltskit/ltskit/lts"
)

// unpublished answers the operations that this server does not have yet, in
// the words of the gateway: the API "has not been published".
type unpublished struct{}

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
