package gophertelekomcloud_test

import (
	"testing"

	golangsdk "github.com/opentelekomcloud/gophertelekomcloud"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/common/tags"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/lts/v2/streams"

	"github.com/ltskit/ltskit/interop/check"
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

	listed := findStream(t, client, group.id, "access")
	if listed == nil {
		t.Fatal("the list does not show the new stream")
	}
	calls.Answer(t, "CreateLogStream", listed.LogStreamId, id)
	check.Recent(t, "creation_time", listed.CreationTime)
	want := streams.LogStream{
		CreationTime: listed.CreationTime, LogStreamId: id, LogStreamName: "access", TTLInDays: 7,
		Tag: map[string]string{"_sys_enterprise_project_id": "0", "site": "north"},
	}
	calls.Answer(t, "ListLogStreams", &want, listed)

	updated, err := streams.Update(client, streams.UpdateLogStreamOpts{GroupId: group.id, StreamId: id, TTLInDays: 14})
	if err != nil {
		t.Fatal(err)
	}
	calls.Answer(t, "UpdateLogStreamTTL", &streams.LogStreamUpdateResponse{
		CreationTime: want.CreationTime, LogStreamId: id, LogStreamName: "access", TtlInDays: 14,
	}, updated)
	want.TTLInDays = 14
	calls.Answer(t, "ListLogStreams", &want, findStream(t, client, group.id, "access"))

	all, err := streams.ListStreams(client, streams.ListStreamsOpts{GroupName: group.name, StreamName: "access"})
	if err != nil {
		t.Fatal(err)
	}
	calls.Answer(t, "ListProjectLogStreams", []streams.LogStream{want}, all)
	none, err := streams.ListStreams(client, streams.ListStreamsOpts{GroupName: group.name, StreamName: "errors"})
	if err != nil || len(none) > 0 {
		t.Errorf("the list over all groups shows %v, %v for another name, want none", none, err)
	}

	calls.Done(t, "DeleteLogStream", streams.Delete(client, streams.DeleteOpts{GroupId: group.id, StreamId: id}))
	if left := findStream(t, client, group.id, "access"); left != nil {
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
	_, updated := streams.Update(client, streams.UpdateLogStreamOpts{GroupId: group.id, StreamId: check.UnknownID, TTLInDays: 7})
	_, listed := streams.List(client, check.UnknownID)
	deleted := streams.Delete(client, streams.DeleteOpts{GroupId: group.id, StreamId: check.UnknownID})
	_, unknown := streams.ListStreams(stranger(t), streams.ListStreamsOpts{})
	_, failed := streams.ListStreams(failing(t), streams.ListStreamsOpts{})
	tests := []struct {
		operation, reason string
		err               error
		want              refusal
	}{
		{"CreateLogStream", "name taken", create(group.id, "taken"), refusal{400, "LTS.0205", "The log stream name has been existed"}},
		{"CreateLogStream", "no such group", create(check.UnknownID, "a"), refusal{400, "LTS.0201", "The log group is not existed"}},
		{"UpdateLogStreamTTL", "no such stream", updated, refusal{400, "LTS.0208", "The log stream does not existed"}},
		{"ListLogStreams", "no such group", listed, refusal{400, "LTS.0201", "The log group is not existed"}},
		{"DeleteLogStream", "no such stream", deleted, refusal{400, "LTS.0208", "The log stream does not existed"}},
		{"ListProjectLogStreams", "a token that is none", unknown, refusal{401, "LTS.0003", "Invalid token"}},
		{"ListProjectLogStreams", "broken catalog", failed, refusal{500, "LTS.0010", "The system encountered an internal error"}},
	}
	for _, tt := range tests {
		checkRefusal(t, tt.operation, tt.reason, tt.err, tt.want)
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

// findStream looks a stream up by name in the list of its group; nil where it is
// not there.
func findStream(t *testing.T, client *golangsdk.ServiceClient, groupID, name string) *streams.LogStream {
	t.Helper()
	list, err := streams.List(client, groupID)
	if err != nil {
		t.Fatal(err)
	}
	for _, stream := range list {
		if stream.LogStreamName == name {
			return &stream
		}
	}
	return nil
}
