package huaweicloud_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	lts "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2/model"
)

// unknownID is the ID of nothing.
const unknownID = "00000000-0000-4000-8000-000000000000"

func TestGroupsFromCreationToDeletion(t *testing.T) {
	client := lts.NewLtsClient(signing(t))
	name, alias, team := nameOf(t), "alias of the group", "web"

	created, err := client.CreateLogGroup(&model.CreateLogGroupRequest{Body: &model.CreateLogGroupParams{
		LogGroupName: name, TtlInDays: 7, LogGroupNameAlias: &alias, Tags: &[]model.TagsBody{{Key: "team", Value: &team}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	checkStatus(t, "CreateLogGroup", created.HttpStatusCode, 201)
	id := value(created.LogGroupId)

	listed := findGroup(t, client, id)
	if listed == nil {
		t.Fatalf("ListLogGroups does not show the new group %s", id)
	}
	checkRecent(t, "creation_time", listed.CreationTime)
	want := model.LogGroup{
		CreationTime: listed.CreationTime, LogGroupId: id, LogGroupName: name, LogGroupNameAlias: &alias, TtlInDays: 7,
		Tag: map[string]string{"_sys_enterprise_project_id": "0", "team": "web"},
	}
	if diff := cmp.Diff(want, *listed); diff != "" {
		t.Errorf("ListLogGroups differs from what was sent (-want +got):\n%s", diff)
	}

	updated, err := client.UpdateLogGroup(&model.UpdateLogGroupRequest{
		LogGroupId: id, Body: &model.UpdateLogGroupParams{TtlInDays: 30},
	})
	if err != nil {
		t.Fatal(err)
	}
	days := int32(30)
	changed := model.UpdateLogGroupResponse{
		CreationTime: &listed.CreationTime, LogGroupId: &id, LogGroupName: &name, TtlInDays: &days, HttpStatusCode: 200,
	}
	if diff := cmp.Diff(changed, *updated); diff != "" {
		t.Errorf("UpdateLogGroup (-want +got):\n%s", diff)
	}
	want.TtlInDays = 30
	if diff := cmp.Diff(&want, findGroup(t, client, id)); diff != "" {
		t.Errorf("ListLogGroups after the update (-want +got):\n%s", diff)
	}

	deleted, err := client.DeleteLogGroup(&model.DeleteLogGroupRequest{LogGroupId: id})
	if err != nil {
		t.Fatal(err)
	}
	checkStatus(t, "DeleteLogGroup", deleted.HttpStatusCode, 204)
	if left := findGroup(t, client, id); left != nil {
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
	tests := []struct {
		name string
		err  error
		want refusal
	}{
		{"creation: name taken", create(taken.name, 7), refusal{400, "LTS.0101", "Failed to create log group, the group name has been existed"}},
		{"creation: name with a blank", create("a b", 7), refusal{400, "LTS.0009", "Failed to validate the request body"}},
		{"creation: no name", create("", 7), refusal{400, "LTS.0009", "Failed to validate the request body"}},
		{"creation: 366 days", create(nameOf(t)+"-2", 366), refusal{400, "LTS.0106", "The log group TTL day must be integer and between 1 and 365"}},
		{"update: 0 days", update(taken.id, 0), refusal{400, "LTS.0106", "The log group TTL day must be integer and between 1 and 365"}},
		{"update: no such group", update(unknownID, 7), refusal{400, "LTS.0201", "The log group is not existed"}},
		{"deletion: no such group", remove(unknownID), refusal{400, "LTS.0201", "The log group is not existed"}},
	}
	for _, tt := range tests {
		checkRefusal(t, tt.name, tt.err, tt.want)
	}
}

// A group is what later calls need of one.
type group struct{ id, name string }

// newGroup creates a group that is deleted after the test.
func newGroup(t *testing.T, client *lts.LtsClient) group {
	t.Helper()
	name := nameOf(t)
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

// findGroup looks a group up in the list; nil where it is not there.
func findGroup(t *testing.T, client *lts.LtsClient, id string) *model.LogGroup {
	t.Helper()
	list, err := client.ListLogGroups(&model.ListLogGroupsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	checkStatus(t, "ListLogGroups", list.HttpStatusCode, 200)
	for _, group := range value(list.LogGroups) {
		if group.LogGroupId == id {
			return &group
		}
	}
	return nil
}

// checkRecent checks that a time in milliseconds is one of this run.
func checkRecent(t *testing.T, field string, millis int64) {
	t.Helper()
	if age := time.Since(time.UnixMilli(millis)); age < 0 || age > time.Hour {
		t.Errorf("%s is %d, which is %v ago, want a time of this run", field, millis, age)
	}
}
