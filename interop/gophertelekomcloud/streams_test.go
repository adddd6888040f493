package gophertelekomcloud_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	golangsdk "github.com/opentelekomcloud/gophertelekomcloud"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/common/tags"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/lts/v2/streams"
)

func TestStreamsFromCreationToDeletion(t *testing.T) {
	client := newLTS(t)
	group := newGroup(t, client)
	id, err := streams.Create(client, streams.CreateOpts{
		GroupId: group.id, LogStreamName: "access", Alias: "alias of the stream", EnterpriseProjectName: "shop",
		Tags: []tags.ResourceTag{{Key: "site", Value: "north"}},
	})
	if err != nil {
		t.Fatal(err)
	}

	listed := findStream(t, client, group.id, id)
	if listed == nil {
		t.Fatalf("the list does not show the new stream %s", id)
	}
	checkRecent(t, "creation_time", listed.CreationTime)
	want := streams.LogStream{
		CreationTime: listed.CreationTime, LogStreamId: id, LogStreamName: "access", TTLInDays: 7,
		Tag: map[string]string{"_sys_enterprise_project_id": "0", "site": "north"},
	}
	if diff := cmp.Diff(want, *listed); diff != "" {
		t.Errorf("the listed stream differs from what was sent (-want +got):\n%s", diff)
	}

	updated, err := streams.Update(client, streams.UpdateLogStreamOpts{GroupId: group.id, StreamId: id, TTLInDays: 14})
	if err != nil {
		t.Fatal(err)
	}
	changed := &streams.LogStreamUpdateResponse{CreationTime: want.CreationTime, LogStreamId: id, LogStreamName: "access", TtlInDays: 14}
	if diff := cmp.Diff(changed, updated); diff != "" {
		t.Errorf("the answer of the update (-want +got):\n%s", diff)
	}
	want.TTLInDays = 14
	if diff := cmp.Diff(&want, findStream(t, client, group.id, id)); diff != "" {
		t.Errorf("the list after the update (-want +got):\n%s", diff)
	}

	all, err := streams.ListStreams(client, streams.ListStreamsOpts{GroupName: group.name, StreamName: "access"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]streams.LogStream{want}, all); diff != "" {
		t.Errorf("the list over all groups (-want +got):\n%s", diff)
	}
	none, err := streams.ListStreams(client, streams.ListStreamsOpts{GroupName: group.name, StreamName: "errors"})
	if err != nil || len(none) > 0 {
		t.Errorf("the list over all groups shows %v, %v for another name, want none", none, err)
	}

	if err := streams.Delete(client, streams.DeleteOpts{GroupId: group.id, StreamId: id}); err != nil {
		t.Fatal(err)
	}
	if left := findStream(t, client, group.id, id); left != nil {
		t.Errorf("the list shows the deleted stream %v", *left)
	}
}

func TestRefusedStreams(t *testing.T) {
	client := newLTS(t)
	group := newGroup(t, client)
	newStream(t, client, group, "taken")
	create := func(groupID, name string) error {
		_, err := streams.Create(client, streams.CreateOpts{GroupId: groupID, LogStreamName: name})
		return err
	}
	_, updated := streams.Update(client, streams.UpdateLogStreamOpts{GroupId: group.id, StreamId: unknownID, TTLInDays: 7})
	_, listed := streams.List(client, unknownID)
	deleted := streams.Delete(client, streams.DeleteOpts{GroupId: group.id, StreamId: unknownID})
	tests := []struct {
		name string
		err  error
		want refusal
	}{
		{"creation: name taken", create(group.id, "taken"), refusal{400, "LTS.0205", "The log stream name has been existed"}},
		{"creation: no such group", create(unknownID, "a"), refusal{400, "LTS.0201", "The log group is not existed"}},
		{"update: no such stream", updated, refusal{400, "LTS.0208", "The log stream does not existed"}},
		{"list: no such group", listed, refusal{400, "LTS.0201", "The log group is not existed"}},
		{"deletion: no such stream", deleted, refusal{400, "LTS.0208", "The log stream does not existed"}},
	}
	for _, tt := range tests {
		checkRefusal(t, tt.name, tt.err, tt.want)
	}
}

// newStream creates a stream, which goes with its group, and gives its ID.
func newStream(t *testing.T, client *golangsdk.ServiceClient, group group, name string) string {
	t.Helper()
	id, err := streams.Create(client, streams.CreateOpts{GroupId: group.id, LogStreamName: name})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// findStream looks a stream up in the list of its group; nil where it is not
// there.
func findStream(t *testing.T, client *golangsdk.ServiceClient, groupID, id string) *streams.LogStream {
	t.Helper()
	list, err := streams.List(client, groupID)
	if err != nil {
		t.Fatal(err)
	}
	for _, stream := range list {
		if stream.LogStreamId == id {
			return &stream
		}
	}
	return nil
}
