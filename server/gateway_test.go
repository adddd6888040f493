package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const noSuchAPI = "The API does not exist or has not been published in the environment"

func TestWhatIsNoAPI(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	group := s.createGroup(t, devProject, "there")
	stream := s.createStream(t, devProject, group, "there")
	groups, streams := "/v2/"+devProject+"/groups", "/v2/"+devProject+"/groups/"+group+"/streams"
	tests := map[string]struct{ method, path string }{
		"root":                              {"GET", "/"},
		"unknown path":                      {"GET", "/v2/" + devProject + "/nothing"},
		"unknown version":                   {"GET", "/v9/" + devProject + "/groups"},
		"version alone":                     {"GET", "/v2"},
		"path in capitals":                  {"GET", "/v2/" + devProject + "/Groups"},
		"version in capitals":               {"GET", "/V2/" + devProject + "/groups"},
		"path of IAM in capitals":           {"POST", "/v3/auth/Tokens"},
		"trailing slash":                    {"GET", groups + "/"},
		"trailing slash of IAM":             {"POST", "/v3/auth/tokens/"},
		"trailing slash behind an ID":       {"DELETE", groups + "/" + group + "/"},
		"trailing slash behind the last ID": {"DELETE", streams + "/" + stream + "/"},
		"trailing slash behind a TTL":       {"PUT", groups + "/" + group + "/streams-ttl/" + stream + "/"},
		"trailing slash of a logtank":       {"GET", "/v1/logtanks/"},
		"trailing slash behind a logtank":   {"GET", "/v1/logtanks/x/"},
		"slash at the start doubled":        {"GET", "/" + groups},
		"slash doubled":                     {"GET", "/v2/" + devProject + "//groups"},
		"slash doubled before an ID":        {"DELETE", groups + "//" + group},
		"slash doubled behind the project":  {"GET", "/v2//groups"},
		"slash doubled, streams":            {"GET", "/v2//log-streams"},
		"no group":                          {"GET", groups + "//streams"},
		"no stream":                         {"DELETE", streams + "/"},
		"a segment more":                    {"GET", groups + "/" + group + "/streams/" + stream + "/more"},
		"a segment more behind a TTL":       {"PUT", groups + "/" + group + "/streams-ttl/" + stream + "/more"},
		"36 characters in two segments":     {"PUT", groups + "/" + group + "/streams-ttl/" + stream[:17] + "/" + stream[18:]},
		"a segment more behind a logtank":   {"GET", "/v1/logtanks/a/b"},
		"a segment less":                    {"GET", "/v2/" + devProject},
		"an operation as an ID":             {"POST", groups + "/" + group + "%2Fstreams"},
		"slash of a path encoded":           {"GET", "/v2/" + devProject + "%2Fgroups"},
		"letter of a path encoded":          {"GET", "/v2/" + devProject + "/%67roups"},
		"dots":                              {"GET", groups + "/../groups"},
		"dots at the end":                   {"GET", groups + "/.."},
		"a dot":                             {"GET", "/v2/./" + devProject + "/groups"},
		"parameter of a segment":            {"GET", groups + ";x=1"},
		"wrong method":                      {"PUT", groups},
		"method of another path":            {"GET", groups + "/" + group},
		"wrong method of IAM":               {"GET", "/v3/auth/tokens"},
		"method that nobody knows":          {"BREW", groups},
		"method in small letters":           {"get", groups},
		"PATCH":                             {"PATCH", groups},
		"TRACE":                             {"TRACE", groups},
		"OPTIONS":                           {"OPTIONS", groups},
		"OPTIONS of an unknown path":        {"OPTIONS", "/nothing"},
		"OPTIONS of IAM":                    {"OPTIONS", "/v3/auth/tokens"},
	}
	for name, tt := range tests {
		for _, token := range []string{s.token(t, devProject), ""} {
			t.Run(fmt.Sprintf("%s, %d characters of token", name, len(token)), func(t *testing.T) {
				r := request{method: tt.method, path: tt.path, header: withToken(nil, token), body: `{"ttl_in_days":7}`}
				if strings.Contains(tt.path, "%2Fstreams") {
					s.do(t, r).wantNoStream(t, token)
					return
				}
				e := s.do(t, r).wantError(t, 404, "APIGW.0101", noSuchAPI)
				if e.RequestID == "" || e.Details != nil {
					t.Errorf("%s %s: %+v, want the ID of the request and nothing else", tt.method, tt.path, e)
				}
			})
		}
	}
	if streams := s.streams(t, group); len(streams) != 1 {
		t.Errorf("streams after calls of what is no API: %+v, want one", streams)
	}
}

// wantNoStream demands that an ID with an encoded slash was taken for an ID.
func (a answer) wantNoStream(t *testing.T, token string) {
	t.Helper()
	if token == "" {
		a.wantError(t, 401, "LTS.0002", notAuthenticated)
		return
	}
	e := a.wantError(t, 400, "LTS.0009", invalidBody)
	if len(e.Details) != 1 || e.Details[0].Field != "log_group_id" {
		t.Errorf("%s: details %v, want one about log_group_id", a.what, e.Details)
	}
}

func TestHEAD(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	for _, path := range []string{"/v2/" + devProject + "/groups", "/v3/projects", "/nothing"} {
		t.Run(path, func(t *testing.T) {
			a := s.do(t, request{method: "HEAD", path: path, header: withToken(nil, s.token(t, devProject))}).want(t, http.StatusNotFound)
			if len(a.body) != 0 {
				t.Errorf("%s: body %s, want none", a.what, a.body)
			}
		})
	}
}

// Whether a character of an ID is percent-encoded makes no difference.
func TestEncodedIDs(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	group := s.createGroup(t, devProject, "there")
	stream := s.createStream(t, devProject, group, "there")
	encoded := func(id string) string { return fmt.Sprintf("%%%02x", id[0]) + id[1:] }
	doubly := func(id string) string { return fmt.Sprintf("%%25%02x", id[0]) + id[1:] }
	t.Run("an encoded ID is the ID", func(t *testing.T) {
		s.do(t, request{op: "ListLogStreams", group: encoded(group)}).want(t, http.StatusOK)
		s.do(t, request{op: "UpdateLogStreamTTL", group: encoded(group), stream: encoded(stream), body: `{"ttl_in_days":7}`}).want(t, http.StatusOK)
	})
	t.Run("a doubly encoded one is not", func(t *testing.T) {
		e := s.do(t, request{op: "ListLogStreams", group: doubly(group)}).wantError(t, 400, "LTS.0009", invalidBody)
		if len(e.Details) != 1 || e.Details[0].Field != "log_group_id" {
			t.Errorf("details %v, want one about log_group_id", e.Details)
		}
	})
	t.Run("the length of an ID is that of the decoded one", func(t *testing.T) {
		for _, id := range []string{"%61" + strings.Repeat("a", 33), strings.Repeat("%61", 12)} {
			s.do(t, request{op: "DeleteLogGroup", group: id}).wantError(t, 400, "LTS.0009", invalidBody)
		}
	})
	t.Run("a slash in an ID is a part of the ID", func(t *testing.T) {
		id := group[:17] + "%2F" + group[18:]
		s.do(t, request{op: "DeleteLogGroup", group: id}).wantError(t, 400, "LTS.0201", "The log group is not existed")
		s.do(t, request{op: "UpdateLogStreamTTL", group: group, stream: stream[:17] + "%2f" + stream[18:], body: `{"ttl_in_days":7}`}).
			wantError(t, 400, "LTS.0208", "The log stream does not existed")
	})
	t.Run("bytes that are not UTF-8 are an ID that nothing has", func(t *testing.T) {
		s.do(t, request{op: "DeleteLogGroup", group: "%ff" + group[1:]}).wantError(t, 400, "LTS.0201", "The log group is not existed")
		s.do(t, request{op: "DeleteLogGroup", group: "%00" + group[1:]}).wantError(t, 400, "LTS.0201", "The log group is not existed")
	})
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	t.Run("the caller's does not count", func(t *testing.T) {
		a := s.do(t, request{op: "ListLogGroups", header: map[string]string{"X-Request-Id": "mine"}}).want(t, http.StatusOK)
		if got := a.header.Get("X-Request-Id"); got == "mine" || got == "" {
			t.Errorf("%s: X-Request-Id %q, want one of the server", a.what, got)
		}
	})
	t.Run("the body of an error has it only from the gateway", func(t *testing.T) {
		a := s.do(t, request{op: "DeleteLogGroup"})
		if e := a.wantError(t, 400, "LTS.0201", "The log group is not existed"); e.RequestID != "" {
			t.Errorf("%s: request_id %q, want none", a.what, e.RequestID)
		}
	})
}

// Each operation of each edition is there under its path and method.
func TestEveryOperationIsThere(t *testing.T) {
	t.Parallel()
	inEveryEdition(t, func(t *testing.T, edition string) {
		s := start(t, config{edition: edition, now: newClock().Now})
		of := s.populate(t, devProject, "given")
		for _, operation := range stateful(t) {
			operation = s.operations[operation.OperationID]
			t.Run(operation.OperationID, func(t *testing.T) {
				wantSuccess(t, s.do(t, callOn(t, operation, of)))
			})
			if strings.HasPrefix(operation.OperationID, "Delete") {
				of = s.populate(t, devProject, operation.OperationID)
			}
		}
	})
}
