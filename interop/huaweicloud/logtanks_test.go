package huaweicloud_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdktime"
	ga "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ga/v1"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ga/v1/model"

	"github.com/ltskit/ltskit/interop/check"
	"github.com/ltskit/ltskit/interop/reference"
)

const listener = "2a3b4c5d-0000-4000-8000-000000000001"

func TestLogtanksFromCreationToDeletion(t *testing.T) {
	client := ga.NewGaClient(signing(t))
	group, stream := "a1b2c3d4-0000-4000-8000-000000000001", "a1b2c3d4-0000-4000-8000-000000000002"
	kind := model.GetLogtankResourceTypeEnum().LISTENER

	created, err := client.CreateLogtank(&model.CreateLogtankRequest{Body: &model.CreateLogtankRequestBody{Logtank: &model.CreateLogtankOption{
		ResourceType: &kind, ResourceId: listener, LogGroupId: group, LogStreamId: stream,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	checkRequestID(t, "CreateLogtank", created.RequestId)
	logtank := created.Logtank
	if logtank == nil {
		t.Fatal("CreateLogtank answers no logtank")
	}
	id := value(logtank.Id)
	check.Recent(t, "created_at", time.Time(value(logtank.CreatedAt)).UnixMilli())
	want := &model.LogtankDetail{
		Id: &id, DomainId: new(reference.DomainID), ProjectId: new(reference.ProjectID),
		ResourceType: &kind, ResourceId: new(listener), LogGroupId: &group, LogStreamId: &stream,
		Status: logtank.Status, CreatedAt: logtank.CreatedAt, UpdatedAt: logtank.UpdatedAt,
	}
	calls.Answer(t, "CreateLogtank", &model.CreateLogtankResponse{Logtank: want, RequestId: created.RequestId, HttpStatusCode: 201}, created, enumerations, times)

	shown := awaitActive(t, client, id)
	active := model.GetConfigStatusEnum().ACTIVE
	want.Status = &active
	calls.Answer(t, "ShowLogtank", want, shown, enumerations, times)

	list, err := client.ListLogtanks(&model.ListLogtanksRequest{Limit: new(int32(10)), ResourceIds: &[]string{listener}})
	if err != nil {
		t.Fatal(err)
	}
	checkRequestID(t, "ListLogtanks", list.RequestId)
	calls.Answer(t, "ListLogtanks", &model.ListLogtanksResponse{
		Logtanks: &[]model.LogtankDetail{*want}, PageInfo: &model.PageInfo{CurrentCount: 1}, RequestId: list.RequestId, HttpStatusCode: 200,
	}, list, enumerations, times)

	stream = "a1b2c3d4-0000-4000-8000-000000000003"
	updated, err := client.UpdateLogtank(&model.UpdateLogtankRequest{LogtankId: id, Body: &model.UpdateLogtankRequestBody{
		Logtank: &model.UpdateLogtankOption{LogGroupId: group, LogStreamId: stream},
	}})
	if err != nil {
		t.Fatal(err)
	}
	checkRequestID(t, "UpdateLogtank", updated.RequestId)
	want.UpdatedAt = updated.Logtank.UpdatedAt
	calls.Answer(t, "UpdateLogtank", &model.UpdateLogtankResponse{Logtank: want, RequestId: updated.RequestId, HttpStatusCode: 200}, updated, enumerations, times)
	calls.Answer(t, "ShowLogtank", want, awaitActive(t, client, id), enumerations, times)

	deleted, err := client.DeleteLogtank(&model.DeleteLogtankRequest{LogtankId: id})
	if err != nil {
		t.Fatal(err)
	}
	calls.Answer(t, "DeleteLogtank", &model.DeleteLogtankResponse{HttpStatusCode: 204}, deleted)
	checkRefusal(t, "ShowLogtank", "a deleted logtank", awaitGone(client, id), refusal{404, "GA.9002", "Not found: " + id})
}

func TestRefusedLogtanks(t *testing.T) {
	client := ga.NewGaClient(signing(t))
	const taken = "2a3b4c5d-0000-4000-8000-000000000002"
	kind := model.GetLogtankResourceTypeEnum().LISTENER
	create := func(resource string) (*model.CreateLogtankResponse, error) {
		return client.CreateLogtank(&model.CreateLogtankRequest{Body: &model.CreateLogtankRequestBody{Logtank: &model.CreateLogtankOption{
			ResourceType: &kind, ResourceId: resource, LogGroupId: check.UnknownID, LogStreamId: check.UnknownID,
		}}})
	}
	first, err := create(taken)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		awaitActive(t, client, value(first.Logtank.Id))
		if _, err := client.DeleteLogtank(&model.DeleteLogtankRequest{LogtankId: value(first.Logtank.Id)}); err != nil {
			t.Error(err)
		}
	})
	_, again := create(taken)
	_, shown := client.ShowLogtank(&model.ShowLogtankRequest{LogtankId: check.UnknownID})
	_, updated := client.UpdateLogtank(&model.UpdateLogtankRequest{LogtankId: check.UnknownID, Body: &model.UpdateLogtankRequestBody{
		Logtank: &model.UpdateLogtankOption{LogGroupId: check.UnknownID, LogStreamId: check.UnknownID},
	}})
	_, deleted := client.DeleteLogtank(&model.DeleteLogtankRequest{LogtankId: check.UnknownID})
	_, listed := client.ListLogtanks(&model.ListLogtanksRequest{Marker: new("no-such-marker")})
	tests := []struct {
		operation, reason string
		err               error
		want              refusal
	}{
		{"CreateLogtank", "resource taken", again, refusal{400, "GA.9104", "Resource " + taken + " is already exists"}},
		{"ShowLogtank", "no such logtank", shown, refusal{404, "GA.9002", "Not found: " + check.UnknownID}},
		{"UpdateLogtank", "no such logtank", updated, refusal{404, "GA.9002", "Not found: " + check.UnknownID}},
		{"DeleteLogtank", "no such logtank", deleted, refusal{404, "GA.9002", "Not found: " + check.UnknownID}},
		{"ListLogtanks", "no such marker", listed, refusal{400, "GA.9001", "Invalid marker: there is no such logtank"}},
	}
	for _, tt := range tests {
		checkRefusal(t, tt.operation, tt.reason, tt.err, tt.want)
	}
}

// times lets the library's times be compared.
var times = cmp.Comparer(func(a, b sdktime.SdkTime) bool { return time.Time(a).Equal(time.Time(b)) })

// patience is how long a logtank may take to come and to go, and pause how long a
// client waits before it looks again.
const patience, pause = 20 * time.Second, 20 * time.Millisecond

// awaitActive shows a logtank until it is active, as clients do.
func awaitActive(t *testing.T, client *ga.GaClient, id string) *model.LogtankDetail {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(pause) {
		shown, err := client.ShowLogtank(&model.ShowLogtankRequest{LogtankId: id})
		if err != nil {
			t.Fatal(err)
		}
		checkStatus(t, "ShowLogtank", shown.HttpStatusCode, 200)
		checkRequestID(t, "ShowLogtank", shown.RequestId)
		if value(shown.Logtank.Status) == model.GetConfigStatusEnum().ACTIVE {
			return shown.Logtank
		}
		if time.Now().After(deadline) {
			t.Fatalf("the logtank stays %s", shown.Logtank.Status.Value())
		}
	}
}

// awaitGone shows a logtank until that is refused, and gives the refusal.
func awaitGone(client *ga.GaClient, id string) error {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(pause) {
		if _, err := client.ShowLogtank(&model.ShowLogtankRequest{LogtankId: id}); err != nil {
			return err
		}
	}
	return nil
}

func checkRequestID(t *testing.T, call string, id *string) {
	t.Helper()
	if value(id) == "" {
		t.Errorf("%s answers no request_id", call)
	}
}
