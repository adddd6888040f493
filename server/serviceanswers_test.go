package server_test

import (
	"encoding/json"
	"net/http"
	"testing"
)

type groupList struct {
	Groups []groupItem `json:"log_groups"`
}

type groupItem struct {
	ID      string            `json:"log_group_id"`
	Name    string            `json:"log_group_name"`
	Alias   string            `json:"log_group_name_alias"`
	Created int64             `json:"creation_time"`
	TTL     int               `json:"ttl_in_days"`
	Tag     map[string]string `json:"tag"`
}

type streamList struct {
	Streams []streamItem `json:"log_streams"`
}

type streamItem struct {
	ID      string            `json:"log_stream_id"`
	GroupID string            `json:"log_group_id"`
	Name    string            `json:"log_stream_name"`
	Alias   string            `json:"log_stream_name_alias"`
	Created int64             `json:"creation_time"`
	TTL     int               `json:"ttl_in_days"`
	Tag     map[string]string `json:"tag"`
}

// An answer is what came back for a request.
type answer struct {
	what   string // the request, for messages
	status int
	header http.Header
	body   []byte
}

// want demands a status.
func (a answer) want(t testing.TB, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("%s: status %d, want %d; body %.500s", a.what, a.status, status, a.body)
	}
	return a
}

// wantError demands an error of the log service, with exactly this message.
func (a answer) wantError(t testing.TB, status int, code, message string) errorBody {
	t.Helper()
	var e errorBody
	err := json.Unmarshal(a.body, &e)
	if err != nil || a.status != status || e.Code != code || e.Message != message {
		t.Errorf("%s:\n got %d %.500s\nwant %d %s %s", a.what, a.status, a.body, status, code, message)
	}
	return e
}

type errorBody struct {
	Code      string   `json:"error_code"`
	Message   string   `json:"error_msg"`
	RequestID string   `json:"request_id"`
	Details   []detail `json:"details"`
}

type detail struct {
	Field string `json:"field"`
	Rule  string `json:"rule"`
}

// wantIdentityError demands an error of IAM and gives its message.
func (a answer) wantIdentityError(t testing.TB, status int) string {
	t.Helper()
	e := decode[struct {
		Error struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
			Title   string `json:"title"`
		} `json:"error"`
	}](t, a.want(t, status)).Error
	if e.Code != status || e.Title != http.StatusText(status) || e.Message == "" {
		t.Errorf("%s: error %+v, want code %d, title %q and a message", a.what, e, status, http.StatusText(status))
	}
	return e.Message
}

// decode decodes the body of an answer.
func decode[T any](t testing.TB, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%s: %v; body %.500s", a.what, err, a.body)
	}
	return v
}
