package server_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/lts"
)

func TestLifeOfStream(t *testing.T) {
	t.Parallel()
	inEveryEdition(t, func(t *testing.T, edition string) {
		now := time.Date(2026, 11, 22, 9, 30, 15, 123456789, time.UTC)
		s := start(t, config{edition: edition, now: func() time.Time { return now }})
		group := s.createGroup(t, devProject, "parent")
		if streams := s.streams(t, group); len(streams) != 0 {
			t.Fatalf("streams of a new group: %+v, want none", streams)
		}
		id := s.createStream(t, devProject, group, "lts-stream-02kh")
		s.createStream(t, devProject, group, "second")

		stream := s.streams(t, group)[0]
		want := streamItem{ID: id, Name: "lts-stream-02kh", Created: now.UnixMilli(), TTL: 7, Tag: stream.Tag}
		if !equalStreams(stream, want) {
			t.Errorf("first stream %+v, want %+v", stream, want)
		}
		a := s.do(t, request{op: "UpdateLogStreamTTL", group: group, stream: id, body: `{"ttl_in_days":30}`}).want(t, http.StatusOK)
		updated := decode[struct {
			ID   string `json:"log_topic_id"`
			Name string `json:"log_topic_name"`
			TTL  int    `json:"ttl_in_days"`
		}](t, a)
		if updated.ID != id || updated.Name != "lts-stream-02kh" || updated.TTL != 30 || s.streams(t, group)[0].TTL != 30 {
			t.Errorf("%s: %+v, list %+v, want 30 days in both", a.what, updated, s.streams(t, group)[0])
		}
		s.do(t, request{op: "DeleteLogStream", group: group, stream: id}).want(t, http.StatusNoContent)
		if names := namesOf(s.streams(t, group)); !slices.Equal(names, []string{"second"}) {
			t.Errorf("streams after the first was deleted: %q, want second", names)
		}
		for _, op := range []string{"DeleteLogStream", "UpdateLogStreamTTL"} {
			s.do(t, request{op: op, group: group, stream: id, body: `{"ttl_in_days":7}`}).wantError(t, 400, "LTS.0208", "The log stream does not existed")
		}
	})
}

func TestStreamOfUnknownGroup(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	gone := s.createGroup(t, devProject, "gone")
	stream := s.createStream(t, devProject, gone, "gone")
	s.do(t, request{op: "DeleteLogGroup", group: gone}).want(t, http.StatusNoContent)
	calls := map[string]string{
		"CreateLogStream":    `{"log_stream_name":"a"}`,
		"ListLogStreams":     ``,
		"UpdateLogStreamTTL": `{"ttl_in_days":7}`,
		"DeleteLogStream":    ``,
	}
	for op, body := range calls {
		for name, group := range map[string]string{"that never was": unknownID, "that was deleted": gone} {
			t.Run(op+" in a group "+name, func(t *testing.T) {
				s.do(t, request{op: op, group: group, stream: stream, body: body}).wantError(t, 400, "LTS.0201", "The log group is not existed")
			})
		}
	}
	t.Run("a deleted group takes its streams along", func(t *testing.T) {
		a := s.do(t, request{op: "ListProjectLogStreams"}).want(t, http.StatusOK)
		if streams := decode[streamList](t, a).Streams; len(streams) != 0 {
			t.Errorf("%s: %+v, want no streams", a.what, streams)
		}
	})
}

func TestStreamIsFoundInItsGroupOnly(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	group, other := s.createGroup(t, devProject, "a"), s.createGroup(t, devProject, "b")
	stream := s.createStream(t, devProject, group, "s")
	for _, op := range []string{"DeleteLogStream", "UpdateLogStreamTTL"} {
		s.do(t, request{op: op, group: other, stream: stream, body: `{"ttl_in_days":7}`}).wantError(t, 400, "LTS.0208", "The log stream does not existed")
	}
	if names := namesOf(s.streams(t, group)); !slices.Equal(names, []string{"s"}) {
		t.Errorf("streams of the group after calls through another one: %q, want s", names)
	}
}

func TestNameOfStream(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	group, other := s.createGroup(t, devProject, "a"), s.createGroup(t, devProject, "b")
	for _, name := range []string{"a", strings.Repeat("a", 64), strings.Repeat("志", 64), ".a b/c?%_", "a\u0000b\n", `"<&>"`, "𝕒"} {
		t.Run("accepted "+quote(name), func(t *testing.T) {
			s.createStream(t, devProject, group, name)
			if names := namesOf(s.streams(t, group)); !slices.Contains(names, name) {
				t.Errorf("streams %q, want %q among them", names, name)
			}
		})
	}
	for _, name := range []string{"", strings.Repeat("a", 65), strings.Repeat("志", 65)} {
		t.Run("refused "+quote(name), func(t *testing.T) {
			e := s.do(t, request{op: "CreateLogStream", group: group, body: `{"log_stream_name":` + quote(name) + `}`}).
				wantError(t, 400, "LTS.0009", "Failed to validate the request body")
			if len(e.Details) != 1 || e.Details[0].Field != "/log_stream_name" {
				t.Errorf("name %q: details %v, want one about /log_stream_name", name, e.Details)
			}
		})
	}
	t.Run("taken in the group", func(t *testing.T) {
		s.do(t, request{op: "CreateLogStream", group: group, body: `{"log_stream_name":"a"}`}).
			wantError(t, 400, "LTS.0205", "The log stream name has been existed")
	})
	t.Run("taken in another group", func(t *testing.T) {
		s.createStream(t, devProject, other, "a")
	})
}

func TestLifetimeOfStream(t *testing.T) {
	t.Parallel()
	inEveryEdition(t, func(t *testing.T, edition string) {
		s := start(t, config{edition: edition})
		group := s.createGroup(t, devProject, "g")
		for i, days := range []string{"1", "365", "30.0", "3e1"} {
			name := string(rune('a' + i))
			s.do(t, request{op: "CreateLogStream", group: group, body: `{"log_stream_name":"` + name + `","ttl_in_days":` + days + `}`}).want(t, http.StatusCreated)
			want, err := lenientDays(days)
			if got := s.streams(t, group)[i].TTL; err != nil || got != want {
				t.Errorf("a stream created with %s days keeps records for %d, want %d (%v)", days, got, want, err)
			}
		}
		for _, days := range []string{"0", "366", "-1", `"7"`, "null", "7.5", "true", "2147483648", "4294967303"} {
			e := s.do(t, request{op: "CreateLogStream", group: group, body: `{"log_stream_name":"refused","ttl_in_days":` + days + `}`}).
				wantError(t, 400, "LTS.0009", "Failed to validate the request body")
			if len(e.Details) == 0 || e.Details[0].Field != "/ttl_in_days" {
				t.Errorf("%s days: details %v, want one about /ttl_in_days", days, e.Details)
			}
		}
	})
	t.Run("a stream without a number of days follows its group", func(t *testing.T) {
		s := start(t, config{})
		group := s.createGroup(t, devProject, "g")
		s.createStream(t, devProject, group, "s")
		s.do(t, request{op: "UpdateLogGroup", group: group, body: `{"ttl_in_days":90}`}).want(t, http.StatusOK)
		if got := s.streams(t, group)[0].TTL; got != 90 {
			t.Errorf("the stream keeps records for %d days, want the 90 of its group", got)
		}
	})
}

func TestQuotaOfStreams(t *testing.T) {
	t.Parallel()
	s := start(t, config{quotas: lts.Quotas{Streams: 2}})
	group, other := s.createGroup(t, devProject, "a"), s.createGroup(t, devProject, "b")
	first := s.createStream(t, devProject, group, "first")
	s.createStream(t, devProject, group, "second")
	full := request{op: "CreateLogStream", group: group, body: `{"log_stream_name":"third"}`}
	s.do(t, full).wantError(t, 400, "LTS.0206", "Failed to create log stream, the number of Log streams exceeds the quota")
	s.createStream(t, devProject, other, "elsewhere")
	s.do(t, request{op: "DeleteLogStream", group: group, stream: first}).want(t, http.StatusNoContent)
	s.do(t, full).want(t, http.StatusCreated)
}

func TestTagsOfStream(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	group := s.createGroup(t, devProject, "g")
	s.do(t, request{op: "CreateLogStream", group: group, body: `{"log_stream_name":"a","log_stream_name_alias":"Ä","enterprise_project_name":"h2","tags":[{"key":"k","value":"v"}]}`}).want(t, http.StatusCreated)
	stream := s.streams(t, group)[0]
	if want := map[string]string{"_sys_enterprise_project_id": "0", "k": "v"}; stream.Alias != "Ä" || !maps.Equal(stream.Tag, want) {
		t.Errorf("stream %+v, want the alias Ä and the tags %v", stream, want)
	}
	s.do(t, request{op: "UpdateLogStreamTTL", group: group, stream: stream.ID, body: `{"ttl_in_days":1,"tags":[]}`}).want(t, http.StatusOK)
	if got := s.streams(t, group)[0].Tag; len(got) != 1 {
		t.Errorf("tags after they were replaced by none: %v, want only the enterprise project", got)
	}
}

func TestListProjectLogStreams(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	a, b := s.createGroup(t, devProject, "a"), s.createGroup(t, devProject, "b.c")
	s.createStream(t, devProject, a, "x")
	s.createStream(t, devProject, b, "x")
	s.createStream(t, devProject, b, "y")
	tests := map[string]struct {
		query string
		want  []string
	}{
		"no filter":                            {"", []string{"x", "x", "y"}},
		"by group":                             {"log_group_name=a", []string{"x"}},
		"by group, encoded":                    {"log_group_name=b%2Ec", []string{"x", "y"}},
		"by stream":                            {"log_stream_name=x", []string{"x", "x"}},
		"by both":                              {"log_group_name=a&log_stream_name=x", []string{"x"}},
		"by both, without a match":             {"log_group_name=a&log_stream_name=y", []string{}},
		"by a name in another case":            {"log_group_name=A", []string{}},
		"by a part of a name":                  {"log_stream_name=", []string{"x", "x", "y"}},
		"by an encoding that is none":          {"log_stream_name=%zz", []string{"x", "x", "y"}},
		"twice by stream, the first counts":    {"log_stream_name=y&log_stream_name=x", []string{"y"}},
		"by a parameter that is not described": {"color=red", []string{"x", "x", "y"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do(t, request{op: "ListProjectLogStreams", query: tt.query}).want(t, http.StatusOK)
			if got := namesOf(decode[streamList](t, a).Streams); !slices.Equal(got, tt.want) {
				t.Errorf("%s: streams %q, want %q", a.what, got, tt.want)
			}
		})
	}
}

// Whoever finds a stream in the list of all groups can ask for it.
func TestListProjectLogStreamsTellsTheGroup(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	a, b := s.createGroup(t, devProject, "a"), s.createGroup(t, devProject, "b")
	s.createStream(t, devProject, a, "x")
	s.createStream(t, devProject, b, "y")
	var got []string
	for _, stream := range decode[streamList](t, s.do(t, request{op: "ListProjectLogStreams"}).want(t, http.StatusOK)).Streams {
		got = append(got, stream.GroupID)
	}
	if want := []string{a, b}; !slices.Equal(got, want) {
		t.Errorf("groups of the listed streams %q, want %q", got, want)
	}
	if got := s.streams(t, a)[0].GroupID; got != "" {
		t.Errorf("the list of one group tells the group %q, which no document prints", got)
	}
}

// streams lists the streams of a group of the development project.
func (s *service) streams(t testing.TB, group string) []streamItem {
	t.Helper()
	return decode[streamList](t, s.do(t, request{op: "ListLogStreams", group: group}).want(t, http.StatusOK)).Streams
}

func namesOf(streams []streamItem) []string {
	names := []string{}
	for _, stream := range streams {
		names = append(names, stream.Name)
	}
	return names
}

func equalStreams(a, b streamItem) bool {
	return maps.Equal(a.Tag, b.Tag) && a.ID == b.ID && a.Name == b.Name && a.Alias == b.Alias && a.Created == b.Created && a.TTL == b.TTL
}
