package gophertelekomcloud_test

import (
	"testing"

	golangsdk "github.com/opentelekomcloud/gophertelekomcloud"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/lts/v2/transfers"

	"github.com/ltskit/ltskit/interop/check"
	"github.com/ltskit/ltskit/interop/reference"
)

func TestTransfersFromCreationToDeletion(t *testing.T) {
	client := newLTS(t)
	group := newGroup(t, client)
	stream := newStream(t, client, group, "access")
	on := true
	id, err := transfers.CreateLogDumpObs(client, transfers.CreateLogDumpObsOpts{
		LogGroupId: group.id, LogStreamIds: []string{stream}, ObsBucketName: reference.Bucket, Type: "cycle", StorageFormat: "RAW",
		SwitchOn: &on, PrefixName: "web-", DirPrefixName: "logs/web", Period: 5, PeriodUnit: "min",
	})
	if err != nil {
		t.Fatal(err)
	}

	listed := findTransfer(t, client, group.id)
	if listed == nil {
		t.Fatal("the list does not show the new transfer")
	}
	calls.Answer(t, "CreateOBSTransfer", listed.LogTransferId, id)
	check.Recent(t, "log_create_time", int64(listed.LogTransferInfo.LogCreateTime))
	detail := &transfers.TransferDetailResponse{
		ObsPeriod: 5, ObsPeriodUnit: "min", ObsBucketName: reference.Bucket, ObsPrefixName: "web-", ObsDirPreFixName: "logs/web",
		ObsTransferPath: listed.LogTransferInfo.LogTransferDetail.ObsTransferPath,
	}
	want := &transfers.Transfer{
		LogGroupId: group.id, LogGroupName: group.name, LogTransferId: id,
		LogStreams: []transfers.LogStreamsResponse{{LogStreamId: stream, LogStreamName: "access"}},
		LogTransferInfo: transfers.LogTransferInfoResponse{
			LogCreateTime: listed.LogTransferInfo.LogCreateTime, LogStorageFormat: "RAW", LogTransferDetail: detail,
			LogTransferMode: "cycle", LogTransferStatus: "ENABLE", LogTransferType: "OBS",
		},
	}
	calls.Answer(t, "ListTransfers", want, listed)

	updated, err := transfers.Update(client, transfers.UpdateTransferOpts{TransferId: id, TransferInfo: &transfers.TransferInfoUpdate{
		StorageFormat: "JSON", TransferStatus: "DISABLE",
		TransferDetail: &transfers.TransferDetail{ObsPeriod: 3, ObsPeriodUnit: "hour", ObsBucketName: reference.Bucket},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want.LogTransferInfo.LogStorageFormat, want.LogTransferInfo.LogTransferStatus = "JSON", "DISABLE"
	detail.ObsPeriod, detail.ObsPeriodUnit = 3, "hour"
	calls.Answer(t, "UpdateTransfer", &transfers.TransferResponse{
		LogGroupId: group.id, LogGroupName: group.name, LogStreams: want.LogStreams, LogTransferId: id, LogTransferInfo: &want.LogTransferInfo,
	}, updated)
	calls.Answer(t, "ListTransfers", want, findTransfer(t, client, group.id))

	filtered, err := transfers.List(client, transfers.ListTransfersOpts{LogGroupName: "no-such-group"})
	if err != nil || len(filtered) == 0 {
		t.Errorf("the list for another group has %d transfers, %v; if the library sends the filter now, docs/interop.md is out of date", len(filtered), err)
	}

	calls.Done(t, "DeleteTransfer", transfers.Delete(client, id))
	if left := findTransfer(t, client, group.id); left != nil {
		t.Errorf("the list shows the deleted transfer %v", *left)
	}
}

func TestRefusedTransfers(t *testing.T) {
	client := newLTS(t)
	group := newGroup(t, client)
	stream := newStream(t, client, group, "access")
	create := func(change func(*transfers.CreateLogDumpObsOpts)) error {
		opts := transfers.CreateLogDumpObsOpts{
			LogGroupId: group.id, LogStreamIds: []string{stream}, ObsBucketName: reference.Bucket, Type: "cycle", StorageFormat: "RAW",
			Period: 5, PeriodUnit: "min",
		}
		change(&opts)
		_, err := transfers.CreateLogDumpObs(client, opts)
		return err
	}
	_, updated := transfers.Update(client, transfers.UpdateTransferOpts{TransferId: check.UnknownID, TransferInfo: &transfers.TransferInfoUpdate{
		StorageFormat: "JSON", TransferStatus: "ENABLE",
		TransferDetail: &transfers.TransferDetail{ObsPeriod: 3, ObsPeriodUnit: "hour", ObsBucketName: reference.Bucket},
	}})
	_, unknown := transfers.List(stranger(t), transfers.ListTransfersOpts{})
	_, failed := transfers.List(failing(t), transfers.ListTransfersOpts{})
	tests := []struct {
		operation, reason string
		err               error
		want              refusal
	}{
		{"CreateOBSTransfer", "no such bucket", create(func(o *transfers.CreateLogDumpObsOpts) { o.ObsBucketName = "no-such-bucket" }),
			refusal{400, "LTS.0416", "obs bucket does not exist: no-such-bucket"}},
		{"CreateOBSTransfer", "1 min", create(func(o *transfers.CreateLogDumpObsOpts) { o.Period = 1 }),
			refusal{400, "LTS.1901", "period+period_unit is not in the list [2min, 5min, 30min, 1hour, 3hour, 6hour, 12hour]"}},
		{"CreateOBSTransfer", "no such group", create(func(o *transfers.CreateLogDumpObsOpts) { o.LogGroupId = check.UnknownID }),
			refusal{400, "LTS.0201", "The log group does not existed"}},
		{"UpdateTransfer", "no such transfer", updated, refusal{400, "LTS.0405", "The log transfer does not existed"}},
		{"DeleteTransfer", "no such transfer", transfers.Delete(client, check.UnknownID), refusal{400, "LTS.0405", "The log transfer does not existed"}},
		{"ListTransfers", "a token that is none", unknown, refusal{401, "LTS.0003", "Invalid token"}},
		{"ListTransfers", "broken catalog", failed, refusal{500, "LTS.0010", "The system encountered an internal error"}},
	}
	for _, tt := range tests {
		checkRefusal(t, tt.operation, tt.reason, tt.err, tt.want)
	}
}

// findTransfer looks for the transfer of a group; nil where there is none. The
// library does not send the filters of this list.
func findTransfer(t *testing.T, client *golangsdk.ServiceClient, groupID string) *transfers.Transfer {
	t.Helper()
	list, err := transfers.List(client, transfers.ListTransfersOpts{})
	if err != nil {
		t.Fatal(err)
	}
	for _, transfer := range list {
		if transfer.LogGroupId == groupID {
			return &transfer
		}
	}
	return nil
}
