package huaweicloud_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	lts "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2/model"

	"github.com/ltskit/ltskit/interop/check"
)

func TestStreamsFromCreationToDeletion(t *testing.T) {
	client := lts.NewLtsClient(signing(t))
	group := newGroup(t, client)
	name, alias, site, days := check.Name(t)+"-stream", "alias of the stream", "north", int32(14)

	created, err := client.CreateLogStream(&model.CreateLogStreamRequest{LogGroupId: group.id, Body: &model.CreateLogStreamParams{
		LogStreamName: name, TtlInDays: &days, LogStreamNameAlias: &alias, Tags: &[]model.TagsBody{{Key: "site", Value: &site}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	listed := findStream(t, client, group.id, name)
	if listed == nil {
		t.Fatalf("ListLogStream does not show the new stream %s", name)
	}
	id := value(listed.LogStreamId)
	calls.Answer(t, "CreateLogStream", &model.CreateLogStreamResponse{LogStreamId: &id, HttpStatusCode: 201}, created)
	check.Recent(t, "creation_time", value(listed.CreationTime))
	filters, favorite := int32(0), false
	want := &model.LogStreamResBody{
		CreationTime: listed.CreationTime, LogStreamId: &id, LogStreamName: &name, LogStreamNameAlias: &alias, TtlInDays: &days,
		FilterCount: &filters, IsFavorite: &favorite, Tag: map[string]string{"_sys_enterprise_project_id": "0", "site": "north"},
	}
	calls.Answer(t, "ListLogStreams", want, listed)

	updated, err := client.UpdateLogStream(&model.UpdateLogStreamRequest{
		LogGroupId: group.id, LogStreamId: id, Body: &model.UpdateLogStreamParams{TtlInDays: 7},
	})
	if err != nil {
		t.Fatal(err)
	}
	calls.Answer(t, "UpdateLogStreamTTL", &model.UpdateLogStreamResponse{
		CreationTime: listed.CreationTime, LogTopicId: &id, LogTopicName: &name, HttpStatusCode: 200,
		TtlInDays: new(model.GetUpdateLogStreamResponseTtlInDaysEnum().E_7),
	}, updated, enumerations)
	days = 7
	calls.Answer(t, "ListLogStreams", want, findStream(t, client, group.id, name))

	deleted, err := client.DeleteLogStream(&model.DeleteLogStreamRequest{LogGroupId: group.id, LogStreamId: id})
	if err != nil {
		t.Fatal(err)
	}
	calls.Answer(t, "DeleteLogStream", &model.DeleteLogStreamResponse{Body: new(""), HttpStatusCode: 204}, deleted)
	if left := findStream(t, client, group.id, name); left != nil {
		t.Errorf("ListLogStream shows the deleted stream %v", *left)
	}
}

// The list over all groups looks for the names of a group and of a stream.
func TestStreamsOfAllGroups(t *testing.T) {
	client := lts.NewLtsClient(signing(t))
	group := newGroup(t, client)
	access, errors := newStream(t, client, group, "access"), newStream(t, client, group, "errors")
	elsewhere := "no-such-name"
	tests := []struct {
		name   string
		filter model.ListLogStreamsRequest
		want   []string
	}{
		{"group", model.ListLogStreamsRequest{LogGroupName: &group.name}, []string{access, errors}},
		{"stream", model.ListLogStreamsRequest{LogGroupName: &group.name, LogStreamName: new("errors")}, []string{errors}},
		{"other group", model.ListLogStreamsRequest{LogGroupName: &elsewhere}, nil},
		{"other stream", model.ListLogStreamsRequest{LogGroupName: &group.name, LogStreamName: &elsewhere}, nil},
	}
	for _, tt := range tests {
		list, err := client.ListLogStreams(&tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		checkStatus(t, "ListLogStreams", list.HttpStatusCode, 200)
		var got []string
		for _, stream := range value(list.LogStreams) {
			got = append(got, stream.LogStreamId)
		}
		if diff := cmp.Diff(tt.want, got, cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
			t.Errorf("ListLogStreams, %s (-want +got):\n%s", tt.name, diff)
		}
	}

	list, err := client.ListLogStreams(&model.ListLogStreamsRequest{LogGroupName: &group.name, LogStreamName: new("errors")})
	if err != nil || len(value(list.LogStreams)) != 1 {
		t.Fatalf("ListLogStreams: %v, %v, want one stream", list, err)
	}
	got := (*list.LogStreams)[0]
	check.Recent(t, "creation_time", got.CreationTime)
	want := model.ListLogStreamsResponseBody1LogStreams{
		CreationTime: got.CreationTime, LogStreamId: errors, LogStreamName: "errors", LogGroupId: &group.id,
		IsFavorite: new(false), TtlInDays: new(int32(7)), Tag: map[string]string{"_sys_enterprise_project_id": "0"},
	}
	calls.Answer(t, "ListProjectLogStreams", want, got)
}

func TestRefusedStreams(t *testing.T) {
	client := lts.NewLtsClient(signing(t))
	group := newGroup(t, client)
	taken := newStream(t, client, group, "taken")
	create := func(groupID, name string) error {
		_, err := client.CreateLogStream(&model.CreateLogStreamRequest{
			LogGroupId: groupID, Body: &model.CreateLogStreamParams{LogStreamName: name},
		})
		return err
	}
	update := func(id string, days int32) error {
		_, err := client.UpdateLogStream(&model.UpdateLogStreamRequest{
			LogGroupId: group.id, LogStreamId: id, Body: &model.UpdateLogStreamParams{TtlInDays: days},
		})
		return err
	}
	list := func(groupID string) error {
		_, err := client.ListLogStream(&model.ListLogStreamRequest{LogGroupId: groupID})
		return err
	}
	remove := func(id string) error {
		_, err := client.DeleteLogStream(&model.DeleteLogStreamRequest{LogGroupId: group.id, LogStreamId: id})
		return err
	}
	_, unsigned := lts.NewLtsClient(stranger(t)).ListLogStreams(&model.ListLogStreamsRequest{})
	_, failed := lts.NewLtsClient(failing(t, "catalog")).ListLogStreams(&model.ListLogStreamsRequest{})
	tests := []struct {
		operation, reason string
		err               error
		want              refusal
	}{
		{"CreateLogStream", "name taken", create(group.id, "taken"), refusal{400, "LTS.0205", "The log stream name has been existed"}},
		{"CreateLogStream", "no name", create(group.id, ""), refusal{400, "LTS.0009", "Failed to validate the request body"}},
		{"CreateLogStream", "no such group", create(check.UnknownID, "a"), refusal{400, "LTS.0201", "The log group is not existed"}},
		{"UpdateLogStreamTTL", "366 days", update(taken, 366), refusal{400, "LTS.0009", "Failed to validate the request body"}},
		{"UpdateLogStreamTTL", "no such stream", update(check.UnknownID, 7), refusal{400, "LTS.0208", "The log stream does not existed"}},
		{"ListLogStreams", "no such group", list(check.UnknownID), refusal{400, "LTS.0201", "The log group is not existed"}},
		{"DeleteLogStream", "no such stream", remove(check.UnknownID), refusal{400, "LTS.0208", "The log stream does not existed"}},
		{"ListProjectLogStreams", "unknown access key", unsigned, refusal{401, "LTS.0003", "Invalid token"}},
		{"ListProjectLogStreams", "broken catalog", failed, refusal{500, "LTS.0010", "The system encountered an internal error"}},
	}
	for _, tt := range tests {
		checkRefusal(t, tt.operation, tt.reason, tt.err, tt.want)
	}
}

// newStream creates a stream, which goes with its group, and gives its ID.
func newStream(t *testing.T, client *lts.LtsClient, group group, name string) string {
	t.Helper()
	created, err := client.CreateLogStream(&model.CreateLogStreamRequest{
		LogGroupId: group.id, Body: &model.CreateLogStreamParams{LogStreamName: name},
	})
	if err != nil {
		t.Fatal(err)
	}
	return value(created.LogStreamId)
}

// findStream looks a stream up by name in the list of its group; nil where it is
// not there.
func findStream(t *testing.T, client *lts.LtsClient, groupID, name string) *model.LogStreamResBody {
	t.Helper()
	list, err := client.ListLogStream(&model.ListLogStreamRequest{LogGroupId: groupID})
	if err != nil {
		t.Fatal(err)
	}
	checkStatus(t, "ListLogStream", list.HttpStatusCode, 200)
	for _, stream := range value(list.LogStreams) {
		if value(stream.LogStreamName) == name {
			return &stream
		}
	}
	return nil
}
