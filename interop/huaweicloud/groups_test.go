package huaweicloud_test

import (
	"testing"

	lts "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2/model"

	"github.com/ltskit/ltskit/interop/check"
)

func TestGroupsFromCreationToDeletion(t *testing.T) {
	client := lts.NewLtsClient(signing(t))
	name, alias, team := check.Name(t), "alias of the group", "web"

	created, err := client.CreateLogGroup(&model.CreateLogGroupRequest{Body: &model.CreateLogGroupParams{
		LogGroupName: name, TtlInDays: 7, LogGroupNameAlias: &alias, Tags: &[]model.TagsBody{{Key: "team", Value: &team}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	listed := findGroup(t, client, name)
	if listed == nil {
		t.Fatalf("ListLogGroups does not show the new group %s", name)
	}
	id := listed.LogGroupId
	calls.Answer(t, "CreateLogGroup", &model.CreateLogGroupResponse{LogGroupId: &id, HttpStatusCode: 201}, created)
	check.Recent(t, "creation_time", listed.CreationTime)
	want := &model.LogGroup{
		CreationTime: listed.CreationTime, LogGroupId: id, LogGroupName: name, LogGroupNameAlias: &alias, TtlInDays: 7,
		Tag: map[string]string{"_sys_enterprise_project_id": "0", "team": "web"},
	}
	calls.Answer(t, "ListLogGroups", want, listed)

	updated, err := client.UpdateLogGroup(&model.UpdateLogGroupRequest{
		LogGroupId: id, Body: &model.UpdateLogGroupParams{TtlInDays: 30},
	})
	if err != nil {
		t.Fatal(err)
	}
	days := int32(30)
	calls.Answer(t, "UpdateLogGroup", &model.UpdateLogGroupResponse{
		CreationTime: &listed.CreationTime, LogGroupId: &id, LogGroupName: &name, TtlInDays: &days, HttpStatusCode: 200,
	}, updated)
	want.TtlInDays = 30
	calls.Answer(t, "ListLogGroups", want, findGroup(t, client, name))

	deleted, err := client.DeleteLogGroup(&model.DeleteLogGroupRequest{LogGroupId: id})
	if err != nil {
		t.Fatal(err)
	}
	calls.Answer(t, "DeleteLogGroup", &model.DeleteLogGroupResponse{Body: new(""), HttpStatusCode: 204}, deleted)
	if left := findGroup(t, client, name); left != nil {
		t.Errorf("ListLogGroups shows the deleted group %v", *left)
	}
}

func TestRefusedGroups(t *testing.T) {
	client := lts.NewLtsClient(signing(t))
	taken := newGroup(t, client)
	create := func(name string, days int32) error {
		_, err := client.CreateLogGroup(&model.CreateLogGroupRequest{
			Body: &model.CreateLogGroupParams{LogGroupName: name, TtlInDays: days},
		})
		return err
	}
	update := func(id string, days int32) error {
		_, err := client.UpdateLogGroup(&model.UpdateLogGroupRequest{
			LogGroupId: id, Body: &model.UpdateLogGroupParams{TtlInDays: days},
		})
		return err
	}
	remove := func(id string) error {
		_, err := client.DeleteLogGroup(&model.DeleteLogGroupRequest{LogGroupId: id})
		return err
	}
	_, failed := lts.NewLtsClient(failing(t, "catalog")).ListLogGroups(&model.ListLogGroupsRequest{})
	tests := []struct {
		operation, reason string
		err               error
		want              refusal
	}{
		{"CreateLogGroup", "name taken", create(taken.name, 7), refusal{400, "LTS.0101", "Failed to create log group, the group name has been existed"}},
		{"CreateLogGroup", "name with a blank", create("a b", 7), refusal{400, "LTS.0009", "Failed to validate the request body"}},
		{"CreateLogGroup", "no name", create("", 7), refusal{400, "LTS.0009", "Failed to validate the request body"}},
		{"CreateLogGroup", "366 days", create(check.Name(t)+"-2", 366), refusal{400, "LTS.0106", "The log group TTL day must be integer and between 1 and 365"}},
		{"UpdateLogGroup", "0 days", update(taken.id, 0), refusal{400, "LTS.0106", "The log group TTL day must be integer and between 1 and 365"}},
		{"UpdateLogGroup", "no such group", update(check.UnknownID, 7), refusal{400, "LTS.0201", "The log group is not existed"}},
		{"DeleteLogGroup", "no such group", remove(check.UnknownID), refusal{400, "LTS.0201", "The log group is not existed"}},
		{"ListLogGroups", "broken catalog", failed, refusal{500, "LTS.0010", "The system encountered an internal error"}},
	}
	for _, tt := range tests {
		checkRefusal(t, tt.operation, tt.reason, tt.err, tt.want)
	}
}

// A group is what later calls need of one.
type group struct{ id, name string }

// newGroup creates a group that is deleted after the test.
func newGroup(t *testing.T, client *lts.LtsClient) group {
	t.Helper()
	name := check.Name(t)
	created, err := client.CreateLogGroup(&model.CreateLogGroupRequest{
		Body: &model.CreateLogGroupParams{LogGroupName: name, TtlInDays: 7},
	})
	if err != nil {
		t.Fatal(err)
	}
	id := value(created.LogGroupId)
	t.Cleanup(func() {
		if _, err := client.DeleteLogGroup(&model.DeleteLogGroupRequest{LogGroupId: id}); err != nil {
			t.Errorf("the group of the test cannot be deleted: %v", err)
		}
	})
	return group{id, name}
}

// findGroup looks a group up by name in the list; nil where it is not there.
func findGroup(t *testing.T, client *lts.LtsClient, name string) *model.LogGroup {
	t.Helper()
	list, err := client.ListLogGroups(&model.ListLogGroupsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	checkStatus(t, "ListLogGroups", list.HttpStatusCode, 200)
	for _, group := range value(list.LogGroups) {
		if group.LogGroupName == name {
			return &group
		}
	}
	return nil
}
