package huaweicloud_test

import (
	"testing"

	lts "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2/model"

	"github.com/ltskit/ltskit/interop/check"
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
	listed := findTransfer(t, client, group.name)
	if listed == nil {
		t.Fatalf("ListTransfers does not show the new transfer of the group %s", group.name)
	}
	id := listed.LogTransferId
	calls.Answer(t, "CreateOBSTransfer", &model.CreateLogDumpObsResponse{LogDumpObsId: &id, HttpStatusCode: 201}, created)
	check.Recent(t, "log_create_time", listed.LogTransferInfo.LogCreateTime)
	want := &model.CreateTransferResponseBody{
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
	calls.Answer(t, "ListTransfers", want, listed, enumerations)

	_, err = client.DeleteLogGroup(&model.DeleteLogGroupRequest{LogGroupId: group.id})
	checkRefusal(t, "DeleteLogGroup", "in transfer", err, refusal{400, "LTS.0105", "Log group is associated by transfer"})
	_, err = client.DeleteLogStream(&model.DeleteLogStreamRequest{LogGroupId: group.id, LogStreamId: stream})
	checkRefusal(t, "DeleteLogStream", "in transfer", err, refusal{400, "LTS.0207", "Log stream is associated by transfer"})

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
	calls.Answer(t, "UpdateTransfer", &model.UpdateTransferResponse{
		LogGroupId: &want.LogGroupId, LogGroupName: &want.LogGroupName, LogStreams: &want.LogStreams, LogTransferId: &id,
		LogTransferInfo: want.LogTransferInfo, HttpStatusCode: 200,
	}, updated, enumerations)
	calls.Answer(t, "ListTransfers", want, findTransfer(t, client, group.name), enumerations)

	deleted, err := client.DeleteTransfer(&model.DeleteTransferRequest{LogTransferId: id})
	if err != nil {
		t.Fatal(err)
	}
	calls.Answer(t, "DeleteTransfer", &model.DeleteTransferResponse{
		LogGroupId: &want.LogGroupId, LogGroupName: &want.LogGroupName, LogStreams: &want.LogStreams, LogTransferId: &id,
		LogTransferInfo: want.LogTransferInfo, HttpStatusCode: 200,
	}, deleted, enumerations)
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
		LogTransferId: check.UnknownID, LogTransferInfo: &model.UpdateTransferRequestBodyLogTransferInfo{
			LogStorageFormat:  model.GetUpdateTransferRequestBodyLogTransferInfoLogStorageFormatEnum().JSON,
			LogTransferStatus: model.GetUpdateTransferRequestBodyLogTransferInfoLogTransferStatusEnum().ENABLE,
			LogTransferDetail: &model.LogTransferDetail{ObsPeriod: 3, ObsPeriodUnit: "hour", ObsBucketName: reference.Bucket},
		},
	}})
	_, unknownDeletion := client.DeleteTransfer(&model.DeleteTransferRequest{LogTransferId: check.UnknownID})
	dms := model.GetListTransfersRequestLogTransferTypeEnum().DMS
	_, otherKind := client.ListTransfers(&model.ListTransfersRequest{LogTransferType: &dms})
	_, unsigned := lts.NewLtsClient(stranger(t)).ListTransfers(&model.ListTransfersRequest{})
	_, failed := lts.NewLtsClient(failing(t, "catalog")).ListTransfers(&model.ListTransfersRequest{})
	tests := []struct {
		operation, reason string
		err               error
		want              refusal
	}{
		{"CreateOBSTransfer", "no such bucket", create(func(b *model.CreateLogDumpObsRequestBody) { b.ObsBucketName = "no-such-bucket" }),
			refusal{400, "LTS.0416", "obs bucket does not exist: no-such-bucket"}},
		{"CreateOBSTransfer", "1 min", create(func(b *model.CreateLogDumpObsRequestBody) { b.Period = 1 }),
			refusal{400, "LTS.1901", "period+period_unit is not in the list [2min, 5min, 30min, 1hour, 3hour, 6hour, 12hour]"}},
		{"CreateOBSTransfer", "slash in the prefix", create(func(b *model.CreateLogDumpObsRequestBody) { b.PrefixName = new("a/b") }),
			refusal{400, "LTS.1902", "prefix_name is invalid, please verify if it's provided as required"}},
		{"CreateOBSTransfer", "no such stream", create(func(b *model.CreateLogDumpObsRequestBody) { b.LogStreamIds = []string{check.UnknownID} }),
			refusal{400, "LTS.0208", "Log stream id does not exist: " + check.UnknownID}},
		{"UpdateTransfer", "no such transfer", unknownUpdate, refusal{400, "LTS.0405", "The log transfer does not existed"}},
		{"DeleteTransfer", "no such transfer", unknownDeletion, refusal{400, "LTS.0405", "The log transfer does not existed"}},
		{"ListTransfers", "another kind", otherKind, refusal{400, "LTS.0009", "Failed to validate the request body"}},
		{"ListTransfers", "unknown access key", unsigned, refusal{401, "LTS.0003", "Invalid token"}},
		{"ListTransfers", "broken catalog", failed, refusal{500, "LTS.0010", "The system encountered an internal error"}},
	}
	for _, tt := range tests {
		checkRefusal(t, tt.operation, tt.reason, tt.err, tt.want)
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
