package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
	"github.com/ltskit/ltskit/store/bucket"
	"github.com/ltskit/ltskit/store/catalog"
	"github.com/ltskit/ltskit/store/fault"
	"github.com/ltskit/ltskit/store/records"
)

const (
	devProject   = embedded.DevProjectID
	otherProject = embedded.OtherProjectID
	unknownID    = "00000000-0000-4000-8000-000000000000"
	jsonType     = "application/json"
)

// A config says what a test wants of its server. The zero value is the latest
// edition for the development credentials.
type config struct {
	edition   string
	directory *lts.DirectorySpec
	quotas    lts.Quotas
	faults    bool
	now       func() time.Time
	catalog   func(real lts.Catalog) lts.Catalog // what to use in place of the real one
	options   server.Options                     // what else there is to say; the fields above win
}

// injector lets stores fail where the server shall allow it.
func (c config) injector() func(context.Context, string) (context.Context, error) {
	if !c.faults {
		return nil
	}
	return fault.InjectNamed
}

// A service is a running server on loopback, with a catalog on disk and a
// client that holds every answer against the document.
type service struct {
	server  *httptest.Server
	handler http.Handler
	edition string
	client  *http.Client

	operations map[string]openapi.Operation // by operationId

	mu     sync.Mutex
	tokens map[string]string // by project
}

// inEveryEdition runs a test for each edition, side by side.
func inEveryEdition(t *testing.T, test func(t *testing.T, edition string)) {
	t.Helper()
	for _, edition := range openapi.Editions() {
		t.Run("edition "+edition, func(t *testing.T) {
			t.Parallel()
			test(t, edition)
		})
	}
}

func start(t testing.TB, c config) *service {
	t.Helper()
	if c.edition == "" {
		c.edition = openapi.Latest
	}
	handler := newHandler(t, c)
	s := &service{
		server:     httptest.NewServer(handler),
		handler:    handler,
		edition:    c.edition,
		operations: make(map[string]openapi.Operation),
		tokens:     make(map[string]string),
	}
	t.Cleanup(s.server.Close)
	for _, operation := range openapi.Operations(document(t, c.edition)) {
		s.operations[operation.OperationID] = operation
	}
	checked := newContract(t, c.edition)
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	checked.next = transport
	s.client = &http.Client{
		Transport:     checked,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s
}

// finish ends the server once the requests have come to their end, and with
// them what is logged and counted of them.
func (s *service) finish() { s.server.Close() }

// newHandler puts a server together on a catalog in a folder of the test.
func newHandler(t testing.TB, c config) http.Handler {
	t.Helper()
	options := newOptions(t, c)
	handler, err := server.New(options)
	if err != nil {
		t.Fatalf("server.New for edition %s: %v", c.edition, err)
	}
	return handler
}

func newOptions(t testing.TB, c config) server.Options {
	t.Helper()
	if c.now == nil {
		c.now = time.Now
	}
	if c.directory == nil {
		dev := embedded.DevDirectory()
		c.directory = &dev
	}
	directory, err := lts.NewDirectory(*c.directory)
	if err != nil {
		t.Fatalf("lts.NewDirectory: %v", err)
	}
	tokens, err := lts.NewTokens(directory, testKey, c.now)
	if err != nil {
		t.Fatalf("lts.NewTokens: %v", err)
	}
	stores := lts.Config{
		Catalog: openCatalog(t, c), Records: openRecords(t, c), Buckets: openBuckets(t, c),
		Now: c.now, NewID: uuid.NewString, Quotas: c.quotas,
	}
	options := c.options
	if options.Document == nil {
		options.Document = document(t, c.edition)
	}
	options.Service, options.Tokens, options.Directory = lts.NewService(stores), tokens, directory
	options.Now, options.InjectFault = c.now, c.injector()
	return options
}

// testKey signs the tokens of every server in these tests.
var testKey = []byte("a key of the tests, 32 bytes long")

func openCatalog(t testing.TB, c config) lts.Catalog {
	t.Helper()
	kept, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatalf("catalog.Open: %v", err)
	}
	closeAfter(t, kept)
	switch {
	case c.catalog != nil:
		return c.catalog(kept)
	case c.faults:
		return fault.Catalog(kept)
	default:
		return kept
	}
}

func openRecords(t testing.TB, c config) lts.Records {
	t.Helper()
	written, err := records.Open(filepath.Join(t.TempDir(), "records"), records.Options{Now: c.now})
	if err != nil {
		t.Fatalf("records.Open: %v", err)
	}
	closeAfter(t, written)
	if c.faults {
		return fault.Records(written)
	}
	return written
}

func openBuckets(t testing.TB, c config) lts.Buckets {
	t.Helper()
	dir := t.TempDir()
	if err := bucket.MakeFolder(dir, embedded.DevBucket); err != nil {
		t.Fatalf("bucket.MakeFolder: %v", err)
	}
	buckets := bucket.Folder(dir)
	closeAfter(t, buckets)
	if c.faults {
		return fault.Buckets(buckets)
	}
	return buckets
}

func closeAfter(t testing.TB, store io.Closer) {
	t.Helper()
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close %T: %v", store, err)
		}
	})
}

// A request is a call of an operation, or of a method and a path that may not
// be one.
type request struct {
	op      string // operationId; it gives method and path
	project string // path parameters; defaults: the development project, and
	group   string // an ID that nothing has
	stream  string
	logtank string

	method string // in place of op
	path   string

	query  string
	header map[string]string // in place of the token of the project and the JSON media type; "" leaves one out
	body   string
}

// do sends a request and reads the answer. The contract checks it.
func (s *service) do(t testing.TB, r request) answer {
	t.Helper()
	s.authorize(t, &r)
	a, err := s.send(t.Context(), t, r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.method, r.path, err)
	}
	return a
}

// send is do for goroutines: it leaves failing to the caller. The request must
// have been authorized.
func (s *service) send(ctx context.Context, t testing.TB, r request) (answer, error) {
	s.route(t, &r)
	var body io.Reader
	if r.body != "" {
		body = strings.NewReader(r.body)
	}
	out, err := http.NewRequestWithContext(ctx, r.method, s.server.URL+r.path, body)
	if err != nil {
		return answer{}, err
	}
	out.URL.RawQuery = r.query
	for name, value := range r.header {
		if value != "" {
			out.Header.Set(name, value)
		}
	}
	in, err := s.client.Do(out)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = in.Body.Close() }()
	data, err := io.ReadAll(in.Body)
	if err != nil {
		return answer{}, err
	}
	what := fmt.Sprintf("%s %s", r.method, out.URL.RequestURI())
	if r.body != "" {
		what += fmt.Sprintf(" with %.200s", r.body)
	}
	return answer{what: what, status: in.StatusCode, header: in.Header, body: data}, nil
}

// authorize adds the headers that a request has unless it says otherwise.
func (s *service) authorize(t testing.TB, r *request) {
	t.Helper()
	header := map[string]string{"Content-Type": jsonType}
	if r.op != "CreateToken" {
		if _, own := r.header["X-Auth-Token"]; !own {
			header["X-Auth-Token"] = s.token(t, orElse(r.project, devProject))
		}
	}
	maps.Copy(header, r.header)
	r.header = header
}

// route fills in method and path of an operation.
func (s *service) route(t testing.TB, r *request) {
	if r.op == "" {
		return
	}
	operation, known := s.operations[r.op]
	if !known {
		t.Fatalf("edition %s has no operation %s", s.edition, r.op)
	}
	r.method = operation.Method
	r.path = strings.NewReplacer(
		"{project_id}", orElse(r.project, devProject),
		"{log_group_id}", orElse(r.group, unknownID),
		"{log_stream_id}", orElse(r.stream, unknownID),
		"{logtank_id}", orElse(r.logtank, unknownID),
	).Replace(operation.Path)
}

// token gives a token for a project of the development user.
func (s *service) token(t testing.TB, project string) string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens[project] == "" {
		a := s.do(t, request{op: "CreateToken", query: "nocatalog", body: loginBody(embedded.DevPassword, `{"project":{"id":"`+project+`"}}`)})
		s.tokens[project] = a.want(t, http.StatusCreated).header.Get("X-Subject-Token")
	}
	return s.tokens[project]
}

// loginBody is the body of a token request of the development user. The scope
// is JSON, or "" for none.
func loginBody(password, scope string) string {
	return loginBodyOf(embedded.DevUser, embedded.DevDomain, password, scope)
}

func loginBodyOf(user, domain, password, scope string) string {
	if scope != "" {
		scope = `,"scope":` + scope
	}
	return `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":` + quote(user) +
		`,"password":` + quote(password) + `,"domain":{"name":` + quote(domain) + `}}}}` + scope + `}}`
}

// createGroup creates a group and gives its ID.
func (s *service) createGroup(t testing.TB, project, name string) string {
	t.Helper()
	a := s.do(t, request{op: "CreateLogGroup", project: project, body: `{"log_group_name":` + quote(name) + `,"ttl_in_days":7}`})
	return decode[struct {
		ID string `json:"log_group_id"`
	}](t, a.want(t, http.StatusCreated)).ID
}

// createStream creates a stream and gives its ID.
func (s *service) createStream(t testing.TB, project, group, name string) string {
	t.Helper()
	a := s.do(t, request{op: "CreateLogStream", project: project, group: group, body: `{"log_stream_name":` + quote(name) + `}`})
	return decode[struct {
		ID string `json:"log_stream_id"`
	}](t, a.want(t, http.StatusCreated)).ID
}

// createLogtank creates a logtank and gives its ID.
func (s *service) createLogtank(t testing.TB, project, resource string) string {
	t.Helper()
	body := `{"logtank":{"resource_type":"LISTENER","resource_id":` + quote(resource) + `,"log_group_id":"g","log_stream_id":"s"}}`
	a := s.do(t, request{op: "CreateLogtank", project: project, body: body})
	return decode[struct {
		Logtank struct {
			ID string `json:"id"`
		} `json:"logtank"`
	}](t, a.want(t, http.StatusCreated)).Logtank.ID
}

// createTransfer creates a transfer of a stream and gives its ID.
func (s *service) createTransfer(t testing.TB, project, group, stream string) string {
	t.Helper()
	a := s.do(t, request{op: "CreateOBSTransfer", project: project, body: encode(map[string]any{
		"log_group_id": group, "log_stream_ids": []string{stream}, "obs_bucket_name": embedded.DevBucket,
		"type": "cycle", "storage_format": "RAW", "period": 2, "period_unit": "min",
	})})
	return decode[struct {
		ID string `json:"log_dump_obs_id"`
	}](t, a.want(t, http.StatusCreated)).ID
}

// possessions are the IDs of one of everything that a project can have. The
// transfer is of a stream of its own, so that it keeps nothing from being
// deleted.
type possessions struct{ project, group, stream, logtank, transfer string }

var nobodys = possessions{project: devProject, group: unknownID, stream: unknownID, logtank: unknownID, transfer: unknownID}

// populate gives a project one of everything, under names with a prefix.
func (s *service) populate(t testing.TB, project, prefix string) possessions {
	t.Helper()
	of := possessions{project: project, group: s.createGroup(t, project, prefix+"-group")}
	of.stream = s.createStream(t, project, of.group, prefix+"-stream")
	of.logtank = s.createLogtank(t, project, prefix+"-resource")
	transferred := s.createGroup(t, project, prefix+"-transferred")
	of.transfer = s.createTransfer(t, project, transferred, s.createStream(t, project, transferred, prefix+"-transferred"))
	s.do(t, request{
		op: "ReportLogs", project: project, group: of.group, stream: of.stream,
		body: `{"log_time_ns":"1795339393707000000","contents":["` + prefix + `-line"],"labels":{"of":"` + prefix + `"}}`,
	}).want(t, http.StatusOK)
	return of
}

// everything writes down all that a project has.
func (s *service) everything(t testing.TB, of possessions) string {
	t.Helper()
	var all strings.Builder
	for _, r := range []request{
		{op: "ListLogGroups"}, {op: "ListProjectLogStreams"}, {op: "ListLogtanks"}, {op: "ListTransfers"},
		{op: "ListLogs", body: `{"start_time":1795339000000,"end_time":1795340000000}`},
	} {
		r.project, r.group, r.stream = of.project, of.group, of.stream
		body := decode[map[string]json.RawMessage](t, s.do(t, r).want(t, http.StatusOK))
		delete(body, "request_id")
		all.WriteString(encode(body) + "\n")
	}
	return all.String()
}

// stateful lists the operations on what a project owns.
func stateful(t testing.TB) []openapi.Operation {
	t.Helper()
	missing := map[string]int{"groups": 4, "streams": 5, "logs": 5, "transfers": 4, "logtanks": 5}
	var list []openapi.Operation
	for _, operation := range openapi.Operations(document(t, openapi.Latest)) {
		if operation.Tag() != "tokens" {
			list = append(list, operation)
			missing[operation.Tag()]--
		}
	}
	for tag, n := range missing {
		if n != 0 {
			t.Errorf("the document has %d operations more or fewer under %s than these tests know", n, tag)
		}
	}
	return list
}

// callOn is a right call of an operation on what a project has.
func callOn(t testing.TB, operation openapi.Operation, of possessions) request {
	t.Helper()
	r := request{op: operation.OperationID, project: of.project, group: of.group, stream: of.stream, logtank: of.logtank}
	if operation.OperationID == "DeleteTransfer" {
		r.query = "log_transfer_id=" + of.transfer
	}
	if operation.RequestBody != nil {
		r.body = encode(rightBody(t, operation, of))
	}
	return r
}

// rightBody makes a body that breaks neither a rule of its schema nor one that
// a schema cannot hold, with every member that the schema describes. Its times
// are around that of [newClock].
func rightBody(t testing.TB, operation openapi.Operation, of possessions) map[string]any {
	t.Helper()
	body := sample(t, operation.RequestBody.Value.Content[jsonType].Schema.Value)
	return withValues(body, map[string]any{
		"log_group_name": "call-" + of.group, "log_stream_name": "call-" + of.group, "resource_id": "call-" + of.group,
		"start_time": 1795339000000, "end_time": 1795340000000, "line_num": "1795339393707000000", "step_interval": 60000,
		"group_id": of.group, "log_group_id": of.group, "stream_id": of.stream, "log_stream_id": of.stream,
		"log_stream_ids": []any{of.stream}, "log_transfer_id": of.transfer, "tenant_project_id": of.project,
		"obs_bucket_name": embedded.DevBucket, "period": 2, "obs_period": 2,
	}).(map[string]any)
}

// withValues puts values in place of the members of their names, however deep
// they stand.
func withValues(v any, values map[string]any) any {
	object, ok := v.(map[string]any)
	if !ok {
		return v
	}
	for name := range object {
		if value, given := values[name]; given {
			object[name] = value
		} else {
			object[name] = withValues(object[name], values)
		}
	}
	return object
}

// groupNames lists the names of the groups of a project.
func (s *service) groupNames(t testing.TB, project string) []string {
	t.Helper()
	a := s.do(t, request{op: "ListLogGroups", project: project}).want(t, http.StatusOK)
	names := []string{}
	for _, group := range decode[groupList](t, a).Groups {
		names = append(names, group.Name)
	}
	return names
}

// A clock stands still until it is told to go on.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 22, 9, 30, 15, 0, time.UTC)} }

// Now gives the time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the time on.
func (c *clock) Advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// quote writes a text as JSON.
func quote(text string) string { return encode(text) }

// encode writes a value as JSON.
func encode(v any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // for what JSON cannot say
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func orElse(value, other string) string {
	if value == "" {
		return other
	}
	return value
}
