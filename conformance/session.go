package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ltskit/ltskit/openapi"
)

// unknownID stands for a group, stream or transfer that does not exist.
const unknownID = "00000000-0000-4000-8000-000000000000"

// A session is a run against a target: the connection, the token and what
// stands for the placeholders of the documents.
type session struct {
	target     Target
	client     *http.Client
	token      string
	operations map[string]openapi.Operation // by operationId
	plan       plan

	contradictions map[string][]string // IDs, by operationId

	shift   time.Duration     // from the printed times to those of the run
	cursors map[string]string // printed line_num to that of the target
}

// login gets the token that the cases use.
func (s *session) login(ctx context.Context) error {
	a := s.target.Account
	body := object{"auth": object{
		"identity": object{
			"methods": []string{"password"},
			"password": object{"user": object{
				"name": a.User, "password": a.Password, "domain": object{"name": a.Domain},
			}},
		},
		"scope": object{"project": object{"id": a.ProjectID}},
	}}
	exchange, err := s.call(ctx, "CreateToken", ids{}, body)
	if err != nil {
		return err
	}
	if s.token = exchange.Header.Get("X-Subject-Token"); exchange.Status != http.StatusCreated || s.token == "" {
		return fmt.Errorf("no token for user %q of domain %q: status %d: %s", a.User, a.Domain, exchange.Status, bytes.TrimSpace(exchange.Body))
	}
	return nil
}

type object = map[string]any

// ids are what the parameters and placeholders of a request stand for.
type ids struct {
	project  string // empty means the account's
	group    string
	stream   string
	logtank  string
	transfer string
	bucket   string
}

// target gives path and query of an operation.
func (i ids) target(operation openapi.Operation) string {
	target := strings.NewReplacer(
		"{project_id}", url.PathEscape(i.project),
		"{log_group_id}", url.PathEscape(i.group),
		"{log_stream_id}", url.PathEscape(i.stream),
		"{logtank_id}", url.PathEscape(i.logtank),
	).Replace(operation.Path)
	if operation.Parameters.GetByInAndName("query", "log_transfer_id") != nil {
		target += "?log_transfer_id=" + url.QueryEscape(i.transfer)
	}
	return target
}

// call sends a request that is no case of its own.
func (s *session) call(ctx context.Context, operationID string, i ids, body any) (*Exchange, error) {
	operation, known := s.operations[operationID]
	if !known {
		return nil, fmt.Errorf("the document has no operation %s", operationID)
	}
	i.project = s.target.Account.ProjectID
	r := request{method: operation.Method, url: s.target.base(operation.Service()) + i.target(operation), header: http.Header{}}
	if s.token != "" {
		r.header.Set("X-Auth-Token", s.token)
	}
	if body != nil {
		data, err := encode(body)
		if err != nil {
			return nil, err
		}
		r.body = data
		r.header.Set("Content-Type", "application/json")
	}
	return send(ctx, s.client, r)
}

// idsFor gives what a case asks about, as its recipe says.
func (s *session) idsFor(c testCase, f *fixtures) ids {
	i := ids{
		project: s.target.Account.ProjectID, group: unknownID, stream: unknownID, logtank: unknownID, transfer: unknownID,
		bucket: s.target.Bucket,
	}
	if f.ids.group != "" && c.recipe.Group != "unknown" {
		i.group = f.ids.group
	}
	if f.ids.stream != "" && c.recipe.Stream != "unknown" {
		i.stream = f.ids.stream
	}
	if f.ids.logtank != "" {
		i.logtank = f.ids.logtank
	}
	if f.ids.transfer != "" {
		i.transfer = f.ids.transfer
	}
	if c.recipe.Bucket == "unknown" {
		i.bucket = s.target.Prefix + "unknown"
	}
	if c.recipe.Project == "other" {
		i.project = s.target.Account.OtherProjectID
	}
	return i
}

// requestFor makes the request of a case.
func (s *session) requestFor(c testCase, i ids) request {
	r := request{method: c.operation.Method, header: http.Header{}}
	if c.recipe.Project == "other" && !strings.Contains(c.operation.Path, "{project_id}") {
		r.header.Set("X-Project-Id", i.project)
	}
	r.url = s.target.base(c.operation.Service()) + i.target(c.operation)
	s.authorize(r.header, c)
	if c.recipe.Fault != "" {
		r.header.Set(s.target.FaultHeader, c.recipe.Fault)
	}
	switch {
	case c.recipe.Raw != "":
		r.body, r.shown = []byte(c.recipe.Raw), []byte(c.recipe.Raw)
	case c.request != nil:
		r.body, _ = encode(s.fill(c.operation.OperationID, i, c.request)) // decoded JSON encodes
		r.shown, _ = encode(s.redacted().fill(c.operation.OperationID, i, c.request))
	}
	if r.body != nil {
		r.header.Set("Content-Type", "application/json;charset=UTF-8")
	}
	return r
}

func (s *session) authorize(header http.Header, c testCase) {
	switch {
	case c.recipe.Token == "none", c.operation.Security != nil && len(*c.operation.Security) == 0:
	case c.recipe.Token == "bad":
		header.Set("X-Auth-Token", strings.Repeat("bad", 400)) // of a token's length
	default:
		header.Set("X-Auth-Token", s.token)
	}
}

// expected is the example of a case as it has to be for what was sent.
func (s *session) expected(c testCase, i ids) any {
	v := s.fill(c.operation.OperationID, i, c.example.Value)
	object, ok := v.(map[string]any)
	if !ok {
		return v
	}
	for name, member := range object {
		text, _ := member.(string)
		for printed, template := range c.recipe.Replace {
			if before, ok0 := strings.CutSuffix(text, printed); ok0 {
				object[name] = before + s.expand(template, printed, i)
			}
		}
	}
	return object
}

// fill puts what stands for the placeholders of an operation into a value.
func (s *session) fill(operationID string, i ids, v any) any {
	return s.fillAt(s.plan.Placeholders[operationID], "", i, v)
}

func (s *session) fillAt(placeholders map[string]string, at string, i ids, v any) any {
	switch v := v.(type) {
	case map[string]any:
		filled := make(map[string]any, len(v))
		for name, member := range v {
			filled[name] = s.fillAt(placeholders, at+"/"+name, i, member)
		}
		return filled
	case []any:
		filled := make([]any, len(v))
		for j, element := range v {
			filled[j] = s.fillAt(placeholders, at+"/*", i, element)
		}
		return filled
	case string:
		if template, ok := placeholders[at]; ok {
			return s.expand(template, v, i)
		}
	case float64: // exact for milliseconds
		if placeholders[at] == "{{shifted}}" {
			return int64(v) + s.shift.Milliseconds()
		}
	}
	return v
}

// expand replaces the values in {{ }} of a template by those of the target and
// of what a request is about.
func (s *session) expand(template, printed string, i ids) string {
	a := s.target.Account
	return strings.NewReplacer(
		"{{user}}", a.User, "{{password}}", a.Password, "{{domain}}", a.Domain,
		"{{project}}", a.Project, "{{other_project}}", a.OtherProjectID, "{{prefix}}", s.target.Prefix, "{{printed}}", printed,
		"{{cursor}}", s.cursors[printed], "{{group}}", i.group, "{{stream}}", i.stream,
		"{{transfer}}", i.transfer, "{{bucket}}", i.bucket,
	).Replace(template)
}

// redacted is the session with what must not be shown replaced.
func (s *session) redacted() *session {
	c := *s
	c.target.Account.Password = "$LTS_PASSWORD"
	return &c
}

// fixtures are what a case needs, and what it creates.
type fixtures struct {
	session *session
	ids     ids
	created []created
}

// created is something to delete, and how.
type created struct {
	deletedBy string // operationId
	ids       ids
}

// create makes the fixtures of a case. What it returns can be removed also
// when it fails half way.
func (s *session) create(ctx context.Context, n needs) (*fixtures, error) {
	f := &fixtures{session: s, ids: ids{bucket: s.target.Bucket}}
	for _, step := range []struct {
		needed    string
		operation string
		body      object
		idMember  []string
		id        *string
	}{
		{n.Group, "CreateLogGroup", object{"log_group_name": n.Group, "ttl_in_days": 7}, []string{"log_group_id"}, &f.ids.group},
		{n.Stream, "CreateLogStream", object{"log_stream_name": n.Stream}, []string{"log_stream_id"}, &f.ids.stream},
		{n.Logtank, "CreateLogtank", object{"logtank": object{
			"resource_type": "LISTENER", "resource_id": n.Logtank, "log_group_id": unknownID, "log_stream_id": unknownID,
		}}, []string{"logtank", "id"}, &f.ids.logtank},
		{n.Transfer, "CreateOBSTransfer", object{
			"log_group_id": "printed", "log_stream_ids": []any{"printed"}, "obs_bucket_name": "printed",
			"type": "cycle", "storage_format": "RAW", "period": 12, "period_unit": "hour", "prefix_name": n.Transfer,
		}, []string{"log_dump_obs_id"}, &f.ids.transfer},
	} {
		if step.needed == "" {
			continue
		}
		exchange, err := s.call(ctx, step.operation, f.ids, s.fill(step.operation, f.ids, step.body))
		if err != nil {
			return f, err
		}
		f.adopt(step.operation, exchange)
		if *step.id = member(exchange.Body, step.idMember...); exchange.Status != http.StatusCreated || *step.id == "" {
			return f, fmt.Errorf("%s: status %d: %s", step.operation, exchange.Status, exchange.Body)
		}
	}
	if n.Logs == "" {
		return f, nil
	}
	return f, f.writeLogs(ctx, n.Logs)
}

// adopt notes what an answer says was created. Streams go with their group.
func (f *fixtures) adopt(operationID string, exchange *Exchange) {
	if exchange.Status != http.StatusCreated {
		return
	}
	switch operationID {
	case "CreateLogGroup":
		f.created = append(f.created, created{"DeleteLogGroup", ids{group: member(exchange.Body, "log_group_id")}})
	case "CreateOBSTransfer":
		f.created = append(f.created, created{"DeleteTransfer", ids{transfer: member(exchange.Body, "log_dump_obs_id")}})
	case "CreateLogtank":
		f.created = append(f.created, created{"DeleteLogtank", ids{logtank: member(exchange.Body, "logtank", "id")}})
	}
}

// remove deletes what the case has created, the last first, also when its
// context has ended.
func (f *fixtures) remove(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	for _, c := range slices.Backward(f.created) {
		// What cannot be deleted is gone, or the target is: then the run says so.
		_, _ = f.session.call(ctx, c.deletedBy, c.ids, nil)
	}
}

// member reads a string that stands under names in a JSON object, or "".
func member(body []byte, names ...string) string {
	for _, name := range names {
		var v map[string]json.RawMessage
		if json.Unmarshal(body, &v) != nil {
			return ""
		}
		body = v[name]
	}
	var text string
	if json.Unmarshal(body, &text) != nil {
		return ""
	}
	return text
}
