package client

import (
	"context"
	"iter"
	"time"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi/lenient"
)

// Transfers copy the records of streams to buckets.
type Transfers struct{ *core }

// Create creates a transfer of the records that come from now on. The answer of
// the service has nothing but the ID, so that the transfer is returned as it was
// asked for, without names and times. It fails with [lts.ErrGroupNotFound],
// [lts.ErrStreamNotFound], [lts.ErrStreamInTransfer], [lts.ErrBucketNotFound],
// [lts.ErrBucketForbidden], with [lts.ErrNotInList] for a period that there is
// none of and with [lts.ErrInvalidName] for a prefix that breaks its rule.
//
// Older editions of the API answer a failure with status 200; it is the same
// error here.
func (t *Transfers) Create(ctx context.Context, spec lts.TransferSpec) (lts.Transfer, error) {
	if spec.Format == "" {
		spec.Format = lts.FormatRAW
	}
	on := lenient.Boolean(!spec.Disabled)
	created, err := createdTransfer(t.lts.CreateOBSTransfer(as(ctx, "CreateOBSTransfer", 0), t.project, api.CreateOBSTransferRequest{
		LogGroupID:    spec.GroupID,
		LogStreamIds:  spec.StreamIDs,
		OBSBucketName: spec.Bucket,
		Type:          api.CreateOBSTransferRequestTypeCycle,
		StorageFormat: api.CreateOBSTransferRequestStorageFormat(spec.Format),
		SwitchOn:      &on,
		Period:        int32(spec.Period.Length),
		PeriodUnit:    api.CreateOBSTransferRequestPeriodUnit(spec.Period.Unit),
		PrefixName:    optional(spec.Prefix),
		DirPrefixName: optional(spec.Dir),
	}))
	if err != nil {
		return lts.Transfer{}, err
	}
	transfer := lts.Transfer{
		ID: created.LogDumpOBSID, GroupID: spec.GroupID, Bucket: spec.Bucket, Format: spec.Format, Period: spec.Period,
		Prefix: spec.Prefix, Dir: spec.Dir, Enabled: !spec.Disabled,
	}
	for _, id := range spec.StreamIDs {
		transfer.Streams = append(transfer.Streams, lts.TransferStream{ID: id})
	}
	return transfer, nil
}

var createdTransfer = decodeWith(func(a api.CreateOBSTransferResponse) bool { return a.LogDumpOBSID != "" }, "log_dump_obs_id")

// List lists one page of the transfers that a filter chooses.
func (t *Transfers) List(ctx context.Context, filter lts.TransferFilter) ([]lts.Transfer, error) {
	obs := api.ListTransfersParamsLogTransferTypeOBS
	answer, err := decode[api.ListTransfersResponse](t.lts.ListTransfers(as(ctx, "ListTransfers", repeatable), t.project, &api.ListTransfersParams{
		LogTransferType: &obs,
		LogGroupName:    optional(filter.GroupName),
		LogStreamName:   optional(filter.StreamName),
		Offset:          optional(int32(filter.Offset)),
		Limit:           optional(int32(filter.Limit)),
	}))
	if err != nil {
		return nil, err
	}
	transfers := make([]lts.Transfer, len(answer.LogTransfers))
	for i, transfer := range answer.LogTransfers {
		transfers[i] = fromTransfer(transfer)
	}
	return transfers, nil
}

// All goes through all transfers that a filter chooses, a page of filter.Limit
// at a time, from filter.Offset on. After an error it ends.
func (t *Transfers) All(ctx context.Context, filter lts.TransferFilter) iter.Seq2[lts.Transfer, error] {
	return func(yield func(lts.Transfer, error) bool) {
		for {
			page, err := t.List(ctx, filter)
			if err != nil {
				yield(lts.Transfer{}, err)
				return
			}
			for _, transfer := range page {
				if !yield(transfer, nil) {
					return
				}
			}
			if len(page) == 0 {
				return
			}
			filter.Offset += len(page)
		}
	}
}

// Update changes a transfer and returns what it is now. It fails with
// [lts.ErrTransferNotFound], [lts.ErrBucketNotFound], [lts.ErrBucketForbidden],
// and with [lts.ErrNotInList] for a period that there is none of.
func (t *Transfers) Update(ctx context.Context, id string, change lts.TransferChange) (lts.Transfer, error) {
	answer, err := decode[api.Transfer](t.lts.UpdateTransfer(as(ctx, "UpdateTransfer", repeatable), t.project, api.UpdateTransferRequest{
		LogTransferID:   id,
		LogTransferInfo: toTransferInfo(change),
	}))
	if err != nil {
		return lts.Transfer{}, err
	}
	return fromTransfer(answer), nil
}

// Delete ends a transfer and returns it as it was. What it has written stays.
// It fails with [lts.ErrTransferNotFound]. Where the connection was cut and the
// service had deleted it all the same, only the ID is returned.
func (t *Transfers) Delete(ctx context.Context, id string) (lts.Transfer, error) {
	response, err := t.lts.DeleteTransfer(as(ctx, "DeleteTransfer", repeatable), t.project, &api.DeleteTransferParams{LogTransferID: id})
	if err != nil {
		return lts.Transfer{ID: id}, gone(response, err)
	}
	answer, err := decode[api.Transfer](response, nil)
	if err != nil {
		return lts.Transfer{}, err
	}
	return fromTransfer(answer), nil
}

func toTransferInfo(change lts.TransferChange) api.UpdateTransferInfo {
	info := api.UpdateTransferInfo{
		LogStorageFormat: (*api.UpdateTransferInfoLogStorageFormat)(change.Format),
		LogTransferDetail: &api.UpdateTransferDetail{
			OBSBucketName:    change.Bucket,
			OBSPrefixName:    change.Prefix,
			OBSDirPreFixName: change.Dir,
			OBSPeriodUnit:    (*api.UpdateTransferDetailOBSPeriodUnit)(change.PeriodUnit),
		},
	}
	if change.PeriodLength != nil {
		length := int32(*change.PeriodLength)
		info.LogTransferDetail.OBSPeriod = &length
	}
	if change.Enabled != nil {
		status := api.UpdateTransferInfoLogTransferStatusDISABLE
		if *change.Enabled {
			status = api.UpdateTransferInfoLogTransferStatusENABLE
		}
		info.LogTransferStatus = &status
	}
	return info
}

func fromTransfer(transfer api.Transfer) lts.Transfer {
	info := transfer.LogTransferInfo
	detail := info.LogTransferDetail
	created := time.UnixMilli(info.LogCreateTime).UTC()
	streams := make([]lts.TransferStream, len(transfer.LogStreams))
	for i, stream := range transfer.LogStreams {
		streams[i] = lts.TransferStream{ID: stream.LogStreamID, Name: stream.LogStreamName}
	}
	return lts.Transfer{
		ID:        transfer.LogTransferID,
		GroupID:   transfer.LogGroupID,
		GroupName: transfer.LogGroupName,
		Streams:   streams,
		Bucket:    detail.OBSBucketName,
		Format:    lts.TransferFormat(info.LogStorageFormat),
		Period:    lts.TransferPeriod{Length: int(detail.OBSPeriod), Unit: string(detail.OBSPeriodUnit)},
		Prefix:    deref(detail.OBSPrefixName),
		Dir:       deref(detail.OBSDirPreFixName),
		Enabled:   info.LogTransferStatus != api.TransferInfoLogTransferStatusDISABLE,
		Failed:    info.LogTransferStatus == api.TransferInfoLogTransferStatusEXCEPTION,
		CreatedAt: created,
	}
}
