package gophertelekomcloud_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	golangsdk "github.com/opentelekomcloud/gophertelekomcloud"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/lts/v2/transfers"

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

	listed := findTransfer(t, client, id)
	if listed == nil {
		t.Fatalf("the list does not show the new transfer %s", id)
	}
	checkRecent(t, "log_create_time", int64(listed.LogTransferInfo.LogCreateTime))
	detail := &transfers.TransferDetailResponse{
		ObsPeriod: 5, ObsPeriodUnit: "min", ObsBucketName: reference.Bucket, ObsPrefixName: "web-", ObsDirPreFixName: "logs/web",
		ObsTransferPath: listed.LogTransferInfo.LogTransferDetail.ObsTransferPath,
	}
	want := transfers.Transfer{
		LogGroupId: group.id, LogGroupName: group.name, LogTransferId: id,
		LogStreams: []transfers.LogStreamsResponse{{LogStreamId: stream, LogStreamName: "access"}},
		LogTransferInfo: transfers.LogTransferInfoResponse{
			LogCreateTime: listed.LogTransferInfo.LogCreateTime, LogStorageFormat: "RAW", LogTransferDetail: detail,
			LogTransferMode: "cycle", LogTransferStatus: "ENABLE", LogTransferType: "OBS",
		},
	}
	if diff := cmp.Diff(want, *listed); diff != "" {
		t.Errorf("the listed transfer differs from what was sent (-want +got):\n%s", diff)
	}

	updated, err := transfers.Update(client, transfers.UpdateTransferOpts{TransferId: id, TransferInfo: &transfers.TransferInfoUpdate{
		StorageFormat: "JSON", TransferStatus: "DISABLE",
		TransferDetail: &transfers.TransferDetail{ObsPeriod: 3, ObsPeriodUnit: "hour", ObsBucketName: reference.Bucket},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want.LogTransferInfo.LogStorageFormat, want.LogTransferInfo.LogTransferStatus = "JSON", "DISABLE"
	detail.ObsPeriod, detail.ObsPeriodUnit = 3, "hour"
	changed := &transfers.TransferResponse{
		LogGroupId: group.id, LogGroupName: group.name, LogStreams: want.LogStreams, LogTransferId: id, LogTransferInfo: &want.LogTransferInfo,
	}
	if diff := cmp.Diff(changed, updated); diff != "" {
		t.Errorf("the answer of the update (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&want, findTransfer(t, client, id)); diff != "" {
		t.Errorf("the list after the update (-want +got):\n%s", diff)
	}

	filtered, err := transfers.List(client, transfers.ListTransfersOpts{LogGroupName: "no-such-group"})
	if err != nil || len(filtered) == 0 {
		t.Errorf("the list for another group has %d transfers, %v; if the library sends the filter now, docs/interop.md is out of date", len(filtered), err)
	}

	if err := transfers.Delete(client, id); err != nil {
		t.Fatal(err)
	}
	if left := findTransfer(t, client, id); left != nil {
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
	_, updated := transfers.Update(client, transfers.UpdateTransferOpts{TransferId: unknownID, TransferInfo: &transfers.TransferInfoUpdate{
		StorageFormat: "JSON", TransferStatus: "ENABLE",
		TransferDetail: &transfers.TransferDetail{ObsPeriod: 3, ObsPeriodUnit: "hour", ObsBucketName: reference.Bucket},
	}})
	tests := []struct {
		name string
		err  error
		want refusal
	}{
		{"creation: no such bucket", create(func(o *transfers.CreateLogDumpObsOpts) { o.ObsBucketName = "no-such-bucket" }),
			refusal{400, "LTS.0416", "obs bucket does not exist: no-such-bucket"}},
		{"creation: 1 min", create(func(o *transfers.CreateLogDumpObsOpts) { o.Period = 1 }),
			refusal{400, "LTS.1901", "period+period_unit is not in the list [2min, 5min, 30min, 1hour, 3hour, 6hour, 12hour]"}},
		{"creation: no such group", create(func(o *transfers.CreateLogDumpObsOpts) { o.LogGroupId = unknownID }),
			refusal{400, "LTS.0201", "The log group does not existed"}},
		{"update: no such transfer", updated, refusal{400, "LTS.0405", "The log transfer does not existed"}},
		{"deletion: no such transfer", transfers.Delete(client, unknownID), refusal{400, "LTS.0405", "The log transfer does not existed"}},
	}
	for _, tt := range tests {
		checkRefusal(t, tt.name, tt.err, tt.want)
	}
}

// findTransfer looks a transfer up in the list; nil where it is not there. The
// library does not send the filters of this list.
func findTransfer(t *testing.T, client *golangsdk.ServiceClient, id string) *transfers.Transfer {
	t.Helper()
	list, err := transfers.List(client, transfers.ListTransfersOpts{})
	if err != nil {
		t.Fatal(err)
	}
	for _, transfer := range list {
		if transfer.LogTransferId == id {
			return &transfer
		}
	}
	return nil
}
