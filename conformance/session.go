package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/ltskit/ltskit/openapi"
)

// unknownID stands for a group or stream that does not exist.
const unknownID = "00000000-0000-4000-8000-000000000000"

// A session is a run against a target: the connection, the token and what
// stands for the placeholders of the documents.
type session struct {
	target     Target
	client     *http.Client
	token      string
	operations map[string]openapi.Operation // by operationId
	plan       plan
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
	exchange, err := s.call(ctx, "CreateToken", "", body)
	if err != nil {
		return err
	}
	if s.token = exchange.Header.Get("X-Subject-Token"); exchange.Status != http.StatusCreated || s.token == "" {
		return fmt.Errorf("no token for user %q of domain %q: status %d: %s", a.User, a.Domain, exchange.Status, exchange.Body)
	}
	return nil
}

type object = map[string]any

// call sends a request that is no case of its own. The path is filled from
// pairs of a parameter's name and its value.
func (s *session) call(ctx context.Context, operationID, groupID string, body any, streamID ...string) (*Exchange, error) {
	operation, known := s.operations[operationID]
	if !known {
		return nil, fmt.Errorf("the document has no operation %s", operationID)
	}
	path := fillPath(operation.Path, s.target.Account.ProjectID, groupID, strings.Join(streamID, ""))
	r := request{method: operation.Method, url: s.target.base(operation.Service()) + path, header: http.Header{}}
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

func fillPath(path, projectID, groupID, streamID string) string {
	return strings.NewReplacer(
		"{project_id}", url.PathEscape(projectID),
		"{log_group_id}", url.PathEscape(groupID),
		"{log_stream_id}", url.PathEscape(streamID),
	).Replace(path)
}

// requestFor makes the request of a case, as its recipe says.
func (s *session) requestFor(c testCase, f *fixtures) request {
	projectID, groupID, streamID := s.target.Account.ProjectID, f.groupID, f.streamID
	if c.recipe.Project == "other" {
		projectID = s.target.Account.OtherProjectID
	}
	if c.recipe.Group == "unknown" || groupID == "" {
		groupID = unknownID
	}
	if c.recipe.Stream == "unknown" || streamID == "" {
		streamID = unknownID
	}
	r := request{
		method: c.operation.Method,
		url:    s.target.base(c.operation.Service()) + fillPath(c.operation.Path, projectID, groupID, streamID),
		header: http.Header{},
	}
	s.authorize(r.header, c)
	if c.recipe.Fault != "" {
		r.header.Set(s.target.FaultHeader, c.recipe.Fault)
	}
	if c.request != nil {
		r.body, _ = encode(s.fill(c.operation.OperationID, c.request)) // decoded JSON encodes
		r.shown, _ = encode(s.redacted().fill(c.operation.OperationID, c.request))
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

// fill puts what stands for the placeholders of an operation into a value.
func (s *session) fill(operationID string, v any) any {
	return s.fillAt(s.plan.Placeholders[operationID], "", v)
}

func (s *session) fillAt(placeholders map[string]string, at string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		filled := make(map[string]any, len(v))
		for name, member := range v {
			filled[name] = s.fillAt(placeholders, at+"/"+name, member)
		}
		return filled
	case []any:
		filled := make([]any, len(v))
		for i, element := range v {
			filled[i] = s.fillAt(placeholders, at+"/*", element)
		}
		return filled
	case string:
		if template, ok := placeholders[at]; ok {
			return s.expand(template, v)
		}
	}
	return v
}

// expand replaces the values in {{ }} of a template by those of the target.
func (s *session) expand(template, printed string) string {
	a := s.target.Account
	return strings.NewReplacer(
		"{{user}}", a.User, "{{password}}", a.Password, "{{domain}}", a.Domain,
		"{{project}}", a.Project, "{{prefix}}", s.target.Prefix, "{{printed}}", printed,
	).Replace(template)
}

// redacted is the session with what must not be shown replaced.
func (s *session) redacted() *session {
	c := *s
	c.target.Account.Password = "$LTS_PASSWORD"
	return &c
}

// fixtures are the group and stream that a case needs, and what it creates.
type fixtures struct {
	session  *session
	groupID  string
	streamID string
	created  []string // IDs of groups
}

// create makes the fixtures of a case. What it returns can be removed also
// when it fails half way.
func (s *session) create(ctx context.Context, n needs) (*fixtures, error) {
	f := &fixtures{session: s}
	if n.Group == "" {
		return f, nil
	}
	group := s.fill("CreateLogGroup", object{"log_group_name": n.Group, "ttl_in_days": 7})
	id, err := s.createOne(ctx, "CreateLogGroup", "", group, "log_group_id")
	if err != nil {
		return f, err
	}
	f.groupID = id
	f.created = append(f.created, id)
	if n.Stream != "" {
		f.streamID, err = s.createOne(ctx, "CreateLogStream", id, object{"log_stream_name": n.Stream}, "log_stream_id")
	}
	return f, err
}

func (s *session) createOne(ctx context.Context, operationID, groupID string, body any, idMember string) (string, error) {
	exchange, err := s.call(ctx, operationID, groupID, body)
	if err != nil {
		return "", err
	}
	id := member(exchange.Body, idMember)
	if exchange.Status != http.StatusCreated || id == "" {
		return "", fmt.Errorf("%s: status %d: %s", operationID, exchange.Status, exchange.Body)
	}
	return id, nil
}

// adopt notes a group that the case itself has created.
func (f *fixtures) adopt(operationID string, exchange *Exchange) {
	if operationID == "CreateLogGroup" && exchange.Status == http.StatusCreated {
		f.created = append(f.created, member(exchange.Body, "log_group_id"))
	}
}

// remove deletes what the case has created, also when its context has ended.
func (f *fixtures) remove(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	for _, id := range f.created {
		// What cannot be deleted is gone, or the target is: then the run says so.
		_, _ = f.session.call(ctx, "DeleteLogGroup", id, nil)
	}
}

// member reads a string member of a JSON object, or "".
func member(body []byte, name string) string {
	var v map[string]json.RawMessage
	var text string
	if json.Unmarshal(body, &v) != nil || json.Unmarshal(v[name], &text) != nil {
		return ""
	}
	return text
}
