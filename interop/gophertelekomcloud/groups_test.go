package gophertelekomcloud_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	golangsdk "github.com/opentelekomcloud/gophertelekomcloud"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/common/tags"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/lts/v2/groups"
)

// unknownID is the ID of nothing.
const unknownID = "00000000-0000-4000-8000-000000000000"

func TestGroupsFromCreationToDeletion(t *testing.T) {
	client, name := newLTS(t), nameOf(t)
	id, err := groups.Create(client, groups.CreateOpts{
		LogGroupName: name, TTLInDays: 7, Alias: "alias of the group", Tags: []tags.ResourceTag{{Key: "team", Value: "web"}},
	})
	if err != nil {
		t.Fatal(err)
	}

	listed := findGroup(t, client, id)
	if listed == nil {
		t.Fatalf("the list does not show the new group %s", id)
	}
	checkRecent(t, "creation_time", listed.CreationTime)
	want := groups.LogGroup{
		CreationTime: listed.CreationTime, LogGroupId: id, LogGroupName: name, TTLInDays: 7,
		Tag: map[string]string{"_sys_enterprise_project_id": "0", "team": "web"},
	}
	if diff := cmp.Diff(want, *listed); diff != "" {
		t.Errorf("the listed group differs from what was sent (-want +got):\n%s", diff)
	}

	updated, err := groups.Update(client, groups.UpdateLogGroupOpts{
		LogGroupId: id, TTLInDays: 30, Tags: []tags.ResourceTag{{Key: "team", Value: "shop"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if updated.LogGroupId != id || updated.LogGroupName != name || updated.TTLInDays != 30 || updated.CreationTime != want.CreationTime {
		t.Errorf("the update answers %+v, want the group with 30 days", *updated)
	}
	want.TTLInDays, want.Tag["team"] = 30, "shop"
	if diff := cmp.Diff(&want, findGroup(t, client, id)); diff != "" {
		t.Errorf("the list after the update (-want +got):\n%s", diff)
	}

	if err := groups.Delete(client, id); err != nil {
		t.Fatal(err)
	}
	if left := findGroup(t, client, id); left != nil {
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
		name string
		err  error
		want refusal
	}{
		{"creation: name taken", create(taken.name, 7), refusal{400, "LTS.0101", "Failed to create log group, the group name has been existed"}},
		{"creation: name with a blank", create("a b", 7), refusal{400, "LTS.0009", "Failed to validate the request body"}},
		{"creation: 0 days", create(nameOf(t)+"-2", 0), refusal{400, "LTS.0106", "The log group TTL day must be integer and between 1 and 365"}},
		{"update: 366 days", update(taken.id, 366), refusal{400, "LTS.0106", "The log group TTL day must be integer and between 1 and 365"}},
		{"update: no such group", update(unknownID, 7), refusal{400, "LTS.0201", "The log group is not existed"}},
		{"deletion: no such group", groups.Delete(client, unknownID), refusal{400, "LTS.0201", "The log group is not existed"}},
	}
	for _, tt := range tests {
		checkRefusal(t, tt.name, tt.err, tt.want)
	}
}

// A group is what later calls need of one.
type group struct{ id, name string }

// newGroup creates a group that is deleted after the test.
func newGroup(t *testing.T, client *golangsdk.ServiceClient) group {
	t.Helper()
	name := nameOf(t)
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

// findGroup looks a group up in the list; nil where it is not there.
func findGroup(t *testing.T, client *golangsdk.ServiceClient, id string) *groups.LogGroup {
	t.Helper()
	list, err := groups.List(client)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range list {
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
