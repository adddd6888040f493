package conformance

import (
	"bytes"
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi"
)

//go:embed errors.yaml
var errorData []byte

// A cause says what provokes an error; errors.yaml explains its parts.
type cause struct {
	Token     string            `yaml:"token"`
	Project   string            `yaml:"project"`
	Path      string            `yaml:"path"`
	IDs       map[string]string `yaml:"ids"`
	Query     map[string]string `yaml:"query"`
	Changes   []map[string]any  `yaml:"changes"`
	Raw       string            `yaml:"raw"`
	MediaType string            `yaml:"media_type"`
	Fault     string            `yaml:"fault"`
	Needs     []string          `yaml:"needs"`
	Procedure string            `yaml:"procedure"`
	Requires  []string          `yaml:"requires"`
	Reason    string            `yaml:"reason"`
}

func loadCauses() (map[string]cause, error) {
	var file struct {
		Errors map[string]cause `yaml:"errors"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(errorData))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("conformance: errors.yaml: %w", err)
	}
	for key, c := range file.Errors {
		if _, known := procedures[c.Procedure]; c.Procedure != "" && !known {
			return nil, fmt.Errorf("conformance: errors.yaml: %s: there is no procedure %s", key, c.Procedure)
		}
	}
	return file.Errors, nil
}

// A documentedError is an error that an operation may answer: a status, and a
// code where the status has some.
type documentedError struct {
	operation openapi.Operation
	row       openapi.ErrorRow // Code and Status; Message that of the table
	messages  []string         // that the page of the operation prints
	elsewhere []string         // that pages of other operations print
	cause     cause
	known     bool // whether there is a cause
	plan      *constraintPlan
}

// errorCases makes a case of every error that an operation lists, and of every
// row of the error table that none does.
func (c *contract) errorCases(plan *constraintPlan, causes map[string]cause) []testCase {
	var cases []testCase
	listed := make(map[string]bool)
	for _, operation := range c.operations {
		for _, e := range c.errorsOf(operation) {
			e.plan = plan
			e.cause, e.known = causeOf(causes, e)
			one := e.newCase(c)
			listed[one.row] = true
			cases = append(cases, one)
		}
	}
	for _, row := range c.errors {
		if name := rowName(row); !listed[name] {
			cases = append(cases, testCase{
				name: fmt.Sprintf("errors/%s/%d", row.Code, row.Status), tag: "groups", sources: row.Sources, row: name,
				unaskable: "no operation of this edition lists it",
			})
		}
	}
	return cases
}

// rowName names a row of the error table: 400 LTS.0009.
func rowName(row openapi.ErrorRow) string {
	return strings.TrimSpace(strconv.Itoa(row.Status) + " " + row.Code)
}

// errorsOf lists the errors of an operation by status and code.
func (c *contract) errorsOf(operation openapi.Operation) []documentedError {
	var all []documentedError
	elsewhere := c.printedMessages()
	for _, status := range operation.Statuses() {
		number, err := strconv.Atoi(status)
		response := operation.Responses.Value(status).Value
		codes := openapi.ErrorCodes(response)
		if err == nil && number >= http.StatusBadRequest && len(codes) == 0 {
			codes = []string{""}
		}
		for _, code := range codes {
			e := documentedError{operation: operation, row: c.row(number, code), elsewhere: elsewhere[code]}
			for _, example := range operation.ResponseExamples() {
				if example.Status == status && text(example.Value, "error_code") == code && code != "" {
					e.messages = append(e.messages, text(example.Value, "error_msg"))
				}
			}
			all = append(all, e)
		}
	}
	return all
}

// printedMessages collects the messages of all examples by code.
func (c *contract) printedMessages() map[string][]string {
	messages := make(map[string][]string)
	for _, operation := range c.operations {
		for _, example := range operation.ResponseExamples() {
			code, message := text(example.Value, "error_code"), text(example.Value, "error_msg")
			if message != "" && !slices.Contains(messages[code], message) {
				messages[code] = append(messages[code], message)
			}
		}
	}
	return messages
}

// row finds the row of the error table for a code under a status. Under one that
// the table does not have for it, it is the code's first row.
func (c *contract) row(status int, code string) openapi.ErrorRow {
	row := openapi.ErrorRow{Code: code, Status: status}
	for _, exact := range []bool{false, true} {
		for _, r := range slices.Backward(c.errors) {
			if r.Code == code && (!exact || r.Status == status) {
				row.Message, row.Sources = r.Message, r.Sources
			}
		}
	}
	return row
}

func causeOf(causes map[string]cause, e documentedError) (cause, bool) {
	status, id := strconv.Itoa(e.row.Status), e.operation.OperationID
	keys := []string{e.row.Code + "/" + status + "/" + id, e.row.Code + "/" + id, e.row.Code + "/" + status, e.row.Code}
	if e.row.Code == "" {
		keys = []string{status + "/" + id, status}
	}
	for _, key := range keys {
		if found, ok := causes[key]; ok {
			return found, true
		}
	}
	return cause{}, false
}

func (e documentedError) newCase(c *contract) testCase {
	operation := e.operation
	code := e.row.Code
	if code == "" {
		code = strconv.Itoa(e.row.Status)
	}
	one := testCase{
		name: strings.Join([]string{"errors", code, operation.OperationID}, "/"),
		tag:  operation.Tag(), operation: operation.OperationID, row: e.tableRow(c), run: e.run,
		sources: append(slices.Clone(openapi.SourcesOf(operation.Extensions)), e.row.Sources...),
	}
	if code != strconv.Itoa(e.row.Status) {
		one.name += "/" + strconv.Itoa(e.row.Status)
	}
	one.requires = slices.Concat(requirementsOf(operation), e.cause.Requires)
	if e.cause.Fault != "" {
		one.requires = append(one.requires, needsFaults)
	}
	switch {
	case !e.known:
		one.run = func(t *trial) { t.couldNotRun("nothing says what provokes this error") }
	case e.cause.Reason != "":
		one.requires, one.unaskable = nil, e.cause.Reason
	case e.cause.Procedure == "stall" && operation.RequestBody == nil:
		one.requires, one.unaskable = nil, "the operation has no body that could be late, and a request whose headers do not arrive is none"
	case e.cause.Procedure != "":
		p := procedures[e.cause.Procedure]
		one.alone, one.run = p.alone, func(t *trial) { p.run(e, t) }
	}
	return one
}

// tableRow names the row of the error table that stands behind the error: older
// editions print some under status 200.
func (e documentedError) tableRow(c *contract) string {
	row := e.row
	if row.Status < http.StatusBadRequest {
		for _, r := range c.errors {
			if r.Code == row.Code {
				row.Status = r.Status
				break
			}
		}
	}
	return rowName(row)
}

// run provokes the error, once with each change of the body.
func (e documentedError) run(t *trial) {
	changes := e.cause.Changes
	if len(changes) == 0 {
		changes = []map[string]any{nil}
	}
	of, was := e.site(t)
	for _, change := range changes {
		q := e.question(t, of, change)
		a := t.ask(q)
		t.checkProvoked(a, e)
	}
	if was != "" {
		a, is := t.look(e.operation.Tag(), of)
		t.check(is == was, a, "state", "the request changes nothing; it was "+was, is)
	}
}

// site gives what the request is about, and what a look at it shows when it is
// there for this case alone.
func (e documentedError) site(t *trial) (of site, was string) {
	if len(e.cause.Needs) == 0 {
		return t.shared(), ""
	}
	needs := make(map[string]bool)
	for _, need := range e.cause.Needs {
		needs[need] = true
	}
	of = t.ownSite(needs)
	_, was = t.look(e.operation.Tag(), of)
	return of, was
}

// question makes the request that the error answers.
func (e documentedError) question(t *trial, of site, change map[string]any) question {
	f := t.newFill(of, e.plan)
	q := f.question(e.operation)
	for name, id := range e.cause.IDs {
		if id == "unknown" {
			id = unknownID
		}
		*map[string]*string{
			"group": &q.ids.group, "stream": &q.ids.stream, "transfer": &q.ids.transfer, "logtank": &q.ids.logtank,
		}[name] = id
	}
	for _, name := range sortedByDepth(change) {
		q.body = assign(q.body, strings.Split(name, ".")[1:], f.value(change[name]))
	}
	for name, value := range e.cause.Query {
		q.query = url.Values{name: {value}}
	}
	if e.cause.Raw != "" && q.body != nil {
		q.raw = []byte(e.cause.Raw)
	}
	q.mediaType, q.fault = e.cause.MediaType, e.cause.Fault
	switch e.cause.Token {
	case "none":
		q.as = anonymous
	case "bad":
		q.as = byToken(badToken)
	case "suspended":
		q.as = t.target.Account.suspended()
	}
	if e.cause.Project == "other" {
		q.ids.project = t.target.Account.OtherProjectID
		if !strings.Contains(e.operation.Path, "{project_id}") {
			q.header = http.Header{"X-Project-Id": {q.ids.project}}
		}
	}
	if e.cause.Path == "case" {
		q.path = inOtherLetters(q.ids, e.operation, t.target.Account.ProjectID)
	}
	return q
}

// inOtherLetters gives the path of an operation with a capital in its last fixed
// part.
func inOtherLetters(of ids, operation openapi.Operation, projectID string) string {
	segments := strings.Split(operation.Path, "/")
	for i, segment := range slices.Backward(segments) {
		if segment != "" && !strings.HasPrefix(segment, "{") {
			segments[i] = strings.ToUpper(segment[:1]) + segment[1:]
			break
		}
	}
	operation.Path = strings.Join(segments, "/")
	return of.pathWith(operation, projectID, "", "")
}

// checkProvoked checks status and code of an error, and that its message should
// be one that the documents print.
func (t *trial) checkProvoked(a *answer, e documentedError) {
	what := "the request"
	if !t.checkRefusal(a, refusal{{Status: e.row.Status, Code: e.row.Code}}, what) || e.row.Code == "" {
		return
	}
	messages := slices.Concat(e.messages, e.violationMessages())
	if len(e.messages) == 0 {
		messages = slices.Concat(messages, e.elsewhere, []string{e.row.Message})
	}
	got := errorMessage(a)
	says := func(documented string) bool {
		return saysTheSame(documented, got) || saysTheSame(documented+": %s", got)
	}
	t.judge(Should, slices.ContainsFunc(messages, says), a, "/error_msg", "it is one of "+show(messages), got)
}

// violationMessages are those that the schemas of a body have for the code.
func (e documentedError) violationMessages() []string {
	var messages []string
	for _, p := range placesOf(e.operation) {
		if v, ok := openapi.ViolationOf(p.schema); ok && v.Code == e.row.Code && v.Message != "" {
			messages = append(messages, v.Message)
		}
	}
	return messages
}

// saysTheSame compares a message with a documented one: %s stands for anything,
// and so does what follows a colon, which is a name of the request.
func saysTheSame(documented, got string) bool {
	if head, _, found := strings.Cut(documented, ": "); found && !strings.Contains(documented, "%s") {
		documented = head + ": %s"
		if head == "Incorrect IAM authentication information" {
			documented = head + "%s"
		}
	}
	pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(documented), "%s", ".*") + "$"
	return regexp.MustCompile(pattern).MatchString(got)
}

// A procedure provokes an error that takes more than one request.
type procedure struct {
	alone bool
	run   func(e documentedError, t *trial)
}

var procedures = map[string]procedure{
	"fill-groups":  {true, documentedError.fillGroups},
	"fill-streams": {false, documentedError.fillStreams},
	"flood":        {true, documentedError.flood},
	"throttle":     {false, documentedError.throttle},
	"stall":        {false, documentedError.stall},
	"unready":      {false, documentedError.unready},
}

// fillGroups creates groups until the project has as many as its quota, one
// more, and another in the place of one that was deleted.
func (e documentedError) fillGroups(t *trial) {
	creation := func(i int) question {
		return question{operation: "CreateLogGroup", body: object{"log_group_name": t.prefix + strconv.Itoa(i), "ttl_in_days": 7}}
	}
	a := t.must(question{operation: "ListLogGroups"}, http.StatusOK)
	room := t.target.Quotas.Groups - len(list(a.value, "log_groups"))
	if room < 1 {
		t.couldNotRun("the project has no room for another group")
	}
	e.fillUp(t, room, creation)
	t.discard(creation(0), &answer{status: http.StatusCreated})
	e.fillUp(t, 1, func(i int) question { return creation(room + 2 + i) }) // names that no group has had
}

// fillStreams creates streams until the group has as many as its quota, and one
// more.
func (e documentedError) fillStreams(t *trial) {
	group := t.group("full")
	e.fillUp(t, t.target.Quotas.Streams, func(i int) question {
		return question{operation: "CreateLogStream", ids: ids{group: group}, body: object{"log_stream_name": t.prefix + strconv.Itoa(i)}}
	})
}

// fillUp creates as many things as there is room for, and one more.
func (e documentedError) fillUp(t *trial, room int, creation func(i int) question) {
	for i := range room {
		q := creation(i)
		a, _ := t.send(q)
		if !t.check(a.status == http.StatusCreated, a, "status", fmt.Sprintf("the quota has room for %d more, of which this is number %d", room, i+1), a.status) {
			return
		}
	}
	q := creation(room + 1)
	a := t.ask(q)
	t.checkProvoked(a, e)
}
