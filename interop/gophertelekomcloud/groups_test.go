package gophertelekomcloud_test

import (
	"testing"

	golangsdk "github.com/opentelekomcloud/gophertelekomcloud"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/common/tags"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/lts/v2/groups"

	"github.com/ltskit/ltskit/interop/check"
)

func TestGroupsFromCreationToDeletion(t *testing.T) {
	client, name := newLTS(t), check.Name(t)
	id, err := groups.Create(client, groups.CreateOpts{
		LogGroupName: name, TTLInDays: 7, Alias: "alias of the group", Tags: []tags.ResourceTag{{Key: "team", Value: "web"}},
	})
	if err != nil {
		t.Fatal(err)
	}

	listed := findGroup(t, client, name)
	if listed == nil {
		t.Fatalf("the list does not show the new group %s", name)
	}
	calls.Answer(t, "CreateLogGroup", listed.LogGroupId, id)
	check.Recent(t, "creation_time", listed.CreationTime)
	want := &groups.LogGroup{
		CreationTime: listed.CreationTime, LogGroupId: id, LogGroupName: name, TTLInDays: 7,
		Tag: map[string]string{"_sys_enterprise_project_id": "0", "team": "web"},
	}
	calls.Answer(t, "ListLogGroups", want, listed)

	updated, err := groups.Update(client, groups.UpdateLogGroupOpts{
		LogGroupId: id, TTLInDays: 30, Tags: []tags.ResourceTag{{Key: "team", Value: "shop"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want.TTLInDays, want.Tag["team"] = 30, "shop"
	calls.Answer(t, "UpdateLogGroup", want, updated)
	calls.Answer(t, "ListLogGroups", want, findGroup(t, client, name))

	calls.Done(t, "DeleteLogGroup", groups.Delete(client, id))
	if left := findGroup(t, client, name); left != nil {
		t.Errorf("the list shows the deleted group %v", *left)
	}
}

func TestRefusedGroups(t *testing.T) {
	client := newLTS(t)
	taken := newGroup(t, client)
	create := func(name string, days int) error {
		_, err := groups.Create(client, groups.CreateOpts{LogGroupName: name, TTLInDays: days})
		return err
	}
	update := func(id string, days int32) error {
		_, err := groups.Update(client, groups.UpdateLogGroupOpts{LogGroupId: id, TTLInDays: days})
		return err
	}
	tests := []struct {
		operation, reason string
		err               error
		want              refusal
	}{
		{"CreateLogGroup", "name taken", create(taken.name, 7), refusal{400, "LTS.0101", "Failed to create log group, the group name has been existed"}},
		{"CreateLogGroup", "name with a blank", create("a b", 7), refusal{400, "LTS.0009", "Failed to validate the request body"}},
		{"CreateLogGroup", "0 days", create(check.Name(t)+"-2", 0), refusal{400, "LTS.0106", "The log group TTL day must be integer and between 1 and 365"}},
		{"UpdateLogGroup", "366 days", update(taken.id, 366), refusal{400, "LTS.0106", "The log group TTL day must be integer and between 1 and 365"}},
		{"UpdateLogGroup", "no such group", update(check.UnknownID, 7), refusal{400, "LTS.0201", "The log group is not existed"}},
		{"DeleteLogGroup", "no such group", groups.Delete(client, check.UnknownID), refusal{400, "LTS.0201", "The log group is not existed"}},
	}
	for _, tt := range tests {
		checkRefusal(t, tt.operation, tt.reason, tt.err, tt.want)
	}
}

// A group is what later calls need of one.
type group struct{ id, name string }

// newGroup creates a group that is deleted after the test.
func newGroup(t *testing.T, client *golangsdk.ServiceClient) group {
	t.Helper()
	name := check.Name(t)
	id, err := groups.Create(client, groups.CreateOpts{LogGroupName: name, TTLInDays: 7})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := groups.Delete(client, id); err != nil {
			t.Errorf("the group of the test cannot be deleted: %v", err)
		}
	})
	return group{id, name}
}

// findGroup looks a group up by name in the list; nil where it is not there.
func findGroup(t *testing.T, client *golangsdk.ServiceClient, name string) *groups.LogGroup {
	t.Helper()
	list, err := groups.List(client)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range list {
		if group.LogGroupName == name {
			return &group
		}
	}
	return nil
}
