package conformance

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ltskit/ltskit/openapi"
)

// isolationCases look from one project into the other, and try to change what
// is there.
func (c *contract) isolationCases() []testCase {
	var cases []testCase
	for _, operation := range c.operations {
		find, known := strangers[operation.OperationID]
		if !known {
			continue
		}
		cases = append(cases, testCase{
			name: strings.Join([]string{"isolation", operation.Tag(), operation.OperationID}, "/"),
			tag:  operation.Tag(), operation: operation.OperationID,
			sources:  slices.Concat(projectSources, openapi.SourcesOf(operation.Extensions)),
			requires: []string{needsOtherAccount, "groups"},
			run:      func(t *trial) { t.isolated(operation, find) },
		})
	}
	return append(cases, testCase{
		name: "isolation/groups/names-are-of-a-project", tag: "groups", operation: "CreateLogGroup",
		sources: []string{"2022-08 table 5-3", "2024-03 table 5-3"}, requires: []string{needsOtherAccount},
		run: (*trial).namesAreOfAProject,
	})
}

// A stranger is told that there is nothing, or does not find it.
type stranger struct {
	status int
	code   string // of the error
	list   string // member of the answer that must not have anything of the home
}

// strangers say what another project is told of a home, by operationId.
var strangers = map[string]stranger{
	"ListLogGroups":          {status: 200, list: "log_groups"},
	"UpdateLogGroup":         {status: 400, code: "LTS.0201"},
	"DeleteLogGroup":         {status: 400, code: "LTS.0201"},
	"CreateLogStream":        {status: 400, code: "LTS.0201"},
	"ListLogStreams":         {status: 400, code: "LTS.0201"},
	"ListProjectLogStreams":  {status: 200, list: "log_streams"},
	"UpdateLogStreamTTL":     {status: 400, code: "LTS.0201"},
	"DeleteLogStream":        {status: 400, code: "LTS.0201"},
	"ListLogs":               {status: 400, code: "LTS.0201"},
	"ListLogContext":         {status: 400, code: "LTS.0201"},
	"CountKeyword":           {status: 400, code: "LTS.0201"},
	"ReportLogs":             {status: 400, code: "LTS.0201"},
	"ReportLogsHighAccuracy": {status: 400, code: "LTS.0201"},
	"CreateOBSTransfer":      {status: 400, code: "LTS.0201"}, // 200 in older editions
	"ListTransfers":          {status: 200, list: "log_transfers"},
	"UpdateTransfer":         {status: 400, code: "LTS.0405"},
	"DeleteTransfer":         {status: 400, code: "LTS.0405"},
	"ListLogtanks":           {status: 200, list: "logtanks"},
	"ShowLogtank":            {status: 404, code: "GA.9002"},
	"UpdateLogtank":          {status: 404, code: "GA.9002"},
	"DeleteLogtank":          {status: 404, code: "GA.9002"},
}

// isolated lets the other project ask for a home in its own name, with the IDs
// of the home.
func (t *trial) isolated(operation openapi.Operation, want stranger) {
	h := t.settle()
	before := t.state(h)
	q := h.question(t, operation)
	q.as, q.ids.project = t.other.credentials, t.other.projectID
	a := t.ask(q)
	if want.list == "" {
		t.checkStatus(a, statusOf(operation, want))
		t.checkEqual(a, "/error_code", want.code, text(a.value, "error_code"))
	} else {
		t.checkStatus(a, want.status)
		t.checkNotIn(a, want.list, h)
		t.isUnseen(operation, want)
	}
	t.checkUnchanged(h, before)
}

// statusOf finds the status under which the edition has an error: the older
// ones answer failed transfers with 200.
func statusOf(operation openapi.Operation, want stranger) int {
	if ok := operation.Responses.Value("200"); ok != nil && slices.Contains(openapi.ErrorCodes(ok.Value), want.code) {
		return http.StatusOK
	}
	return want.status
}

// checkNotIn compares a list of one project with the IDs of what belongs to the
// other.
func (t *trial) checkNotIn(a *answer, list string, h home) {
	data, err := encode(at(a.value, list))
	whole := string(data)
	for _, id := range []string{h.ids.group, h.ids.stream, h.ids.transfer, h.ids.logtank, h.dumped.group, h.dumped.stream} {
		if id != "" {
			t.check(err == nil && !strings.Contains(whole, id), a, "/"+list, "it has nothing of another project", id)
		}
	}
}

// isUnseen turns round who looks: the account's project does not see what the
// other one has.
func (t *trial) isUnseen(operation openapi.Operation, want stranger) {
	id := t.foreign(operation.Tag())
	a := t.ask(question{operation: operation.OperationID})
	data, err := encode(at(a.value, want.list))
	t.check(err == nil && !strings.Contains(string(data), id), a, "/"+want.list, "it has nothing of another project", id)
}

// foreign creates something of a tag in the other project and returns its ID.
func (t *trial) foreign(tag string) string {
	as, project := t.other.credentials, ids{project: t.other.projectID}
	if tag == "logtanks" {
		return t.fixture(question{operation: "CreateLogtank", ids: project, body: logtankBody(t.prefix + "foreign"), as: as}, "logtank", "id")
	}
	group := t.fixture(question{
		operation: "CreateLogGroup", ids: project, as: as, body: object{"log_group_name": t.prefix + "foreign", "ttl_in_days": 7},
	}, "log_group_id")
	if tag == "groups" {
		return group
	}
	project.group = group
	stream := t.fixture(question{operation: "CreateLogStream", ids: project, as: as, body: object{"log_stream_name": "foreign"}}, "log_stream_id")
	if tag == "streams" {
		return stream
	}
	return t.fixture(question{operation: "CreateOBSTransfer", ids: project, as: as, body: t.transferBody(group, stream, "foreign")}, "log_dump_obs_id")
}

// namesAreOfAProject gives the same name to a group of each project.
func (t *trial) namesAreOfAProject() {
	name := t.prefix + "shared"
	body := object{"log_group_name": name, "ttl_in_days": 7}
	for _, c := range []caller{t.own, t.other} {
		q := question{operation: "CreateLogGroup", ids: ids{project: c.projectID}, as: c.credentials, body: body}
		a := t.ask(q)
		t.checkStatus(a, http.StatusCreated)
	}
}
