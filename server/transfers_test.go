package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server/embedded"
)

func TestLifeOfTransfer(t *testing.T) {
	inEveryEdition(t, func(t *testing.T, edition string) {
		clock := newClock()
		s := start(t, config{edition: edition, now: clock.Now})
		group := s.createGroup(t, devProject, "group")
		stream, second := s.createStream(t, devProject, group, "stream"), s.createStream(t, devProject, group, "second")
		id := s.createTransfer(t, devProject, group, stream)
		want := transferOnWire{ID: id, Group: group, GroupName: "group"}
		want.Streams = append(want.Streams, streamOnWire{stream, "stream"})
		want.Info.Created, want.Info.Format, want.Info.Mode, want.Info.Status, want.Info.Type = clock.Now().UnixMilli(), "RAW", "cycle", "ENABLE", "OBS"
		want.Info.Detail.Period, want.Info.Detail.Unit, want.Info.Detail.Bucket, want.Info.Detail.Path = 2, "min", embedded.DevBucket, "group"
		s.wantTransfers(t, "", want)

		s.do(t, request{op: "DeleteLogStream", group: group, stream: stream}).wantError(t, 400, "LTS.0207", "Log stream is associated by transfer")
		s.do(t, request{op: "DeleteLogGroup", group: group}).wantError(t, 400, "LTS.0105", "Log group is associated by transfer")

		change := `{"log_transfer_id":` + quote(id) + `,"log_transfer_info":{"log_transfer_status":"DISABLE","log_storage_format":"JSON","log_transfer_detail":{"obs_period":3,"obs_period_unit":"hour","obs_prefix_name":"p-","obs_dir_pre_fix_name":"/d/"}}}`
		want.Info.Format, want.Info.Status = "JSON", "DISABLE"
		want.Info.Detail.Period, want.Info.Detail.Unit, want.Info.Detail.Path = 3, "hour", "d/group"
		want.Info.Detail.Prefix, want.Info.Detail.Dir = "p-", "/d/"
		a := s.do(t, request{op: "UpdateTransfer", body: change}).want(t, http.StatusOK)
		if got := decode[transferOnWire](t, a); !got.equal(want) {
			t.Errorf("UpdateTransfer gives %+v, want %+v", got, want)
		}
		s.wantTransfers(t, "log_transfer_type=OBS&log_group_name=group&log_stream_name=stream&offset=0&limit=1", want)
		s.wantTransfers(t, "log_group_name=other")
		s.wantTransfers(t, "offset=1")

		s.wantRefusedTransfers(t, edition, group, second, stream)

		gone := s.do(t, request{op: "DeleteTransfer", query: "log_transfer_id=" + id}).want(t, http.StatusOK)
		if got := decode[transferOnWire](t, gone); !got.equal(want) {
			t.Errorf("DeleteTransfer gives %+v, want %+v", got, want)
		}
		s.wantTransfers(t, "")
		s.do(t, request{op: "DeleteTransfer", query: "log_transfer_id=" + id}).wantError(t, 400, "LTS.0405", "The log transfer does not existed")
		s.do(t, request{op: "UpdateTransfer", body: change}).wantError(t, 400, "LTS.0405", "The log transfer does not existed")
		s.do(t, request{op: "DeleteLogGroup", group: group}).want(t, http.StatusNoContent)
	})
}

// wantRefusedTransfers asks for transfers that cannot be. The older editions
// answer 200 with the error.
func (s *service) wantRefusedTransfers(t *testing.T, edition, group, free, taken string) {
	t.Helper()
	status := http.StatusOK
	if edition == openapi.Latest {
		status = http.StatusBadRequest
	}
	for _, tt := range []struct {
		group, stream, bucket, unit string
		code, message               string
	}{
		{unknownID, free, embedded.DevBucket, "min", "LTS.0201", "The log group does not existed"},
		{group, unknownID, embedded.DevBucket, "min", "LTS.0208", "Log stream id does not exist: " + unknownID},
		{group, taken, embedded.DevBucket, "min", "LTS.0207", "Log stream id is associated by transfer: " + taken},
		{group, free, "zhuanchu", "min", "LTS.0416", "obs bucket does not exist: zhuanchu"},
		{group, free, embedded.DevBucket, "hour", "LTS.1901", "period+period_unit is not in the list [2min, 5min, 30min, 1hour, 3hour, 6hour, 12hour]"},
		{group, free, embedded.DevBucket, "day", "LTS.1901", "period_unit is not in the list [min, hour]"},
	} {
		body := fmt.Sprintf(`{"log_group_id":%q,"log_stream_ids":[%q],"obs_bucket_name":%q,"type":"cycle","storage_format":"RAW","period":5,"period_unit":%q}`,
			tt.group, tt.stream, tt.bucket, tt.unit)
		s.do(t, request{op: "CreateOBSTransfer", body: body}).wantError(t, status, tt.code, tt.message)
	}
	s.do(t, request{op: "CreateOBSTransfer", body: `{}`}).wantError(t, 400, "LTS.0009", invalidBody)
}

type streamOnWire struct {
	ID   string `json:"log_stream_id"`
	Name string `json:"log_stream_name"`
}

// transferOnWire is a transfer as lists have it.
type transferOnWire struct {
	ID        string         `json:"log_transfer_id"`
	Group     string         `json:"log_group_id"`
	GroupName string         `json:"log_group_name"`
	Streams   []streamOnWire `json:"log_streams"`
	Info      struct {
		Created int64  `json:"log_create_time"`
		Format  string `json:"log_storage_format"`
		Mode    string `json:"log_transfer_mode"`
		Status  string `json:"log_transfer_status"`
		Type    string `json:"log_transfer_type"`
		Detail  struct {
			Period int    `json:"obs_period"`
			Unit   string `json:"obs_period_unit"`
			Bucket string `json:"obs_bucket_name"`
			Path   string `json:"obs_transfer_path"`
			Prefix string `json:"obs_prefix_name"`
			Dir    string `json:"obs_dir_pre_fix_name"`
		} `json:"log_transfer_detail"`
	} `json:"log_transfer_info"`
}

func (x transferOnWire) equal(y transferOnWire) bool {
	return x.ID == y.ID && x.Group == y.Group && x.GroupName == y.GroupName && slices.Equal(x.Streams, y.Streams) && x.Info == y.Info
}

// wantTransfers reports when a list is another.
func (s *service) wantTransfers(t *testing.T, query string, want ...transferOnWire) {
	t.Helper()
	a := s.do(t, request{op: "ListTransfers", query: query}).want(t, http.StatusOK)
	got := decode[struct {
		Transfers []transferOnWire `json:"log_transfers"`
	}](t, a).Transfers
	if !slices.EqualFunc(got, want, transferOnWire.equal) {
		t.Errorf("ListTransfers ?%s gives %+v, want %+v", query, got, want)
	}
}
