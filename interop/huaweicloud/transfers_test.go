package huaweicloud_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	lts "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2/model"

	"github.com/ltskit/ltskit/interop/reference"
)

func TestTransfersFromCreationToDeletion(t *testing.T) {
	client := lts.NewLtsClient(signing(t))
	group := newGroup(t, client)
	stream := newStream(t, client, group, "access")
	prefix, dir := "web-", "logs/web"

	created, err := client.CreateLogDumpObs(&model.CreateLogDumpObsRequest{Body: &model.CreateLogDumpObsRequestBody{
		LogGroupId: group.id, LogStreamIds: []string{stream}, ObsBucketName: reference.Bucket, Type: "cycle", StorageFormat: "RAW",
		SwitchOn: new(true), PrefixName: &prefix, DirPrefixName: &dir, Period: 5, PeriodUnit: "min",
	}})
	if err != nil {
		t.Fatal(err)
	}
	checkStatus(t, "CreateLogDumpObs", created.HttpStatusCode, 201)
	id := value(created.LogDumpObsId)

	listed := findTransfer(t, client, group.name)
	if listed == nil {
		t.Fatalf("ListTransfers does not show the new transfer %s", id)
	}
	checkRecent(t, "log_create_time", listed.LogTransferInfo.LogCreateTime)
	want := model.CreateTransferResponseBody{
		LogGroupId: group.id, LogGroupName: group.name, LogTransferId: id,
		LogStreams: []model.CreateTransferResponseBodyLogStreams{{LogStreamId: stream, LogStreamName: "access"}},
		LogTransferInfo: &model.CreateTransferResponseBodyLogTransferInfo{
			LogCreateTime:     listed.LogTransferInfo.LogCreateTime,
			LogStorageFormat:  model.GetCreateTransferResponseBodyLogTransferInfoLogStorageFormatEnum().RAW,
			LogTransferMode:   model.GetCreateTransferResponseBodyLogTransferInfoLogTransferModeEnum().CYCLE,
			LogTransferStatus: model.GetCreateTransferResponseBodyLogTransferInfoLogTransferStatusEnum().ENABLE,
			LogTransferType:   model.GetCreateTransferResponseBodyLogTransferInfoLogTransferTypeEnum().OBS,
			LogTransferDetail: &model.TransferDetail{
				ObsPeriod: model.GetTransferDetailObsPeriodEnum().E_5, ObsPeriodUnit: "min", ObsBucketName: reference.Bucket,
				ObsPrefixName: &prefix, ObsDirPreFixName: &dir, ObsTransferPath: listed.LogTransferInfo.LogTransferDetail.ObsTransferPath,
			},
		},
	}
	if diff := cmp.Diff(want, *listed, enumerations); diff != "" {
		t.Errorf("ListTransfers differs from what was sent (-want +got):\n%s", diff)
	}

	_, err = client.DeleteLogGroup(&model.DeleteLogGroupRequest{LogGroupId: group.id})
	checkRefusal(t, "deletion of a group in transfer", err, refusal{400, "LTS.0105", "Log group is associated by transfer"})
	_, err = client.DeleteLogStream(&model.DeleteLogStreamRequest{LogGroupId: group.id, LogStreamId: stream})
	checkRefusal(t, "deletion of a stream in transfer", err, refusal{400, "LTS.0207", "Log stream is associated by transfer"})

	updated, err := client.UpdateTransfer(&model.UpdateTransferRequest{Body: &model.UpdateTransferRequestBody{
		LogTransferId: id, LogTransferInfo: &model.UpdateTransferRequestBodyLogTransferInfo{
			LogStorageFormat:  model.GetUpdateTransferRequestBodyLogTransferInfoLogStorageFormatEnum().JSON,
			LogTransferStatus: model.GetUpdateTransferRequestBodyLogTransferInfoLogTransferStatusEnum().DISABLE,
			LogTransferDetail: &model.LogTransferDetail{ObsPeriod: 3, ObsPeriodUnit: "hour", ObsBucketName: reference.Bucket},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want.LogTransferInfo.LogStorageFormat = model.GetCreateTransferResponseBodyLogTransferInfoLogStorageFormatEnum().JSON
	want.LogTransferInfo.LogTransferStatus = model.GetCreateTransferResponseBodyLogTransferInfoLogTransferStatusEnum().DISABLE
	want.LogTransferInfo.LogTransferDetail.ObsPeriod = model.GetTransferDetailObsPeriodEnum().E_3
	want.LogTransferInfo.LogTransferDetail.ObsPeriodUnit = "hour"
	if diff := cmp.Diff(model.UpdateTransferResponse{
		LogGroupId: &want.LogGroupId, LogGroupName: &want.LogGroupName, LogStreams: &want.LogStreams, LogTransferId: &id,
		LogTransferInfo: want.LogTransferInfo, HttpStatusCode: 200,
	}, *updated, enumerations); diff != "" {
		t.Errorf("UpdateTransfer (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&want, findTransfer(t, client, group.name), enumerations); diff != "" {
		t.Errorf("ListTransfers after the update (-want +got):\n%s", diff)
	}

	deleted, err := client.DeleteTransfer(&model.DeleteTransferRequest{LogTransferId: id})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(model.DeleteTransferResponse{
		LogGroupId: &want.LogGroupId, LogGroupName: &want.LogGroupName, LogStreams: &want.LogStreams, LogTransferId: &id,
		LogTransferInfo: want.LogTransferInfo, HttpStatusCode: 200,
	}, *deleted, enumerations); diff != "" {
		t.Errorf("DeleteTransfer (-want +got):\n%s", diff)
	}
	if left := findTransfer(t, client, group.name); left != nil {
		t.Errorf("ListTransfers shows the deleted transfer %v", *left)
	}
}

func TestRefusedTransfers(t *testing.T) {
	client := lts.NewLtsClient(signing(t))
	group := newGroup(t, client)
	stream := newStream(t, client, group, "access")
	create := func(change func(*model.CreateLogDumpObsRequestBody)) error {
		body := model.CreateLogDumpObsRequestBody{
			LogGroupId: group.id, LogStreamIds: []string{stream}, ObsBucketName: reference.Bucket, Type: "cycle", StorageFormat: "RAW",
			Period: 5, PeriodUnit: "min",
		}
		change(&body)
		_, err := client.CreateLogDumpObs(&model.CreateLogDumpObsRequest{Body: &body})
		return err
	}
	_, unknownUpdate := client.UpdateTransfer(&model.UpdateTransferRequest{Body: &model.UpdateTransferRequestBody{
		LogTransferId: unknownID, LogTransferInfo: &model.UpdateTransferRequestBodyLogTransferInfo{
			LogStorageFormat:  model.GetUpdateTransferRequestBodyLogTransferInfoLogStorageFormatEnum().JSON,
			LogTransferStatus: model.GetUpdateTransferRequestBodyLogTransferInfoLogTransferStatusEnum().ENABLE,
			LogTransferDetail: &model.LogTransferDetail{ObsPeriod: 3, ObsPeriodUnit: "hour", ObsBucketName: reference.Bucket},
		},
	}})
	_, unknownDeletion := client.DeleteTransfer(&model.DeleteTransferRequest{LogTransferId: unknownID})
	tests := []struct {
		name string
		err  error
		want refusal
	}{
		{"creation: no such bucket", create(func(b *model.CreateLogDumpObsRequestBody) { b.ObsBucketName = "no-such-bucket" }),
			refusal{400, "LTS.0416", "obs bucket does not exist: no-such-bucket"}},
		{"creation: 1 min", create(func(b *model.CreateLogDumpObsRequestBody) { b.Period = 1 }),
			refusal{400, "LTS.1901", "period+period_unit is not in the list [2min, 5min, 30min, 1hour, 3hour, 6hour, 12hour]"}},
		{"creation: slash in the prefix", create(func(b *model.CreateLogDumpObsRequestBody) { b.PrefixName = new("a/b") }),
			refusal{400, "LTS.1902", "prefix_name is invalid, please verify if it's provided as required"}},
		{"creation: no such stream", create(func(b *model.CreateLogDumpObsRequestBody) { b.LogStreamIds = []string{unknownID} }),
			refusal{400, "LTS.0208", "Log stream id does not exist: " + unknownID}},
		{"update: no such transfer", unknownUpdate, refusal{400, "LTS.0405", "The log transfer does not existed"}},
		{"deletion: no such transfer", unknownDeletion, refusal{400, "LTS.0405", "The log transfer does not existed"}},
	}
	for _, tt := range tests {
		checkRefusal(t, tt.name, tt.err, tt.want)
	}
}

// findTransfer looks for the transfer of a group; nil where there is none.
func findTransfer(t *testing.T, client *lts.LtsClient, groupName string) *model.CreateTransferResponseBody {
	t.Helper()
	obs := model.GetListTransfersRequestLogTransferTypeEnum().OBS
	list, err := client.ListTransfers(&model.ListTransfersRequest{LogTransferType: &obs, LogGroupName: &groupName, LogStreamName: new("access")})
	if err != nil {
		t.Fatal(err)
	}
	checkStatus(t, "ListTransfers", list.HttpStatusCode, 200)
	for _, transfer := range value(list.LogTransfers) {
		return &transfer
	}
	return nil
}
