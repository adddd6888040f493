package conformance

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/ltskit/ltskit/openapi"
)

// object is a JSON object.
type object = map[string]any

// A question is a request about an operation of the document.
type question struct {
	operation string // operationId
	ids       ids
	query     url.Values  // beside what the operation needs
	header    http.Header // beside what the operation needs
	body      any         // JSON value; nil for none
	raw       []byte      // body as it is sent, in place of body; nil for none
	mediaType string      // of the body; empty means JSON, "-" none
	as        credentials // nil means the account's
	fault     string      // the store that shall fail
	behind    door        // where it is asked; empty for the endpoint of the service
	stalled   bool        // only the first bytes of the body are sent

	method string // in place of the operation's
	path   string // escaped, in place of the operation's
}

// jsonMediaType is what the documents print.
const jsonMediaType = "application/json;charset=UTF-8"

// unknownID stands for a group, stream or transfer that does not exist.
const unknownID = "00000000-0000-4000-8000-000000000000"

// ids are what the parameters of a request stand for. Empty ones are of
// something that does not exist, the project the account's.
type ids struct {
	project  string
	group    string
	stream   string
	logtank  string
	transfer string
	bucket   string
}

// path fills the path of an operation.
func (i ids) path(operation openapi.Operation) string {
	return strings.NewReplacer(
		"{project_id}", url.PathEscape(i.project),
		"{log_group_id}", url.PathEscape(orUnknown(i.group)),
		"{log_stream_id}", url.PathEscape(orUnknown(i.stream)),
		"{logtank_id}", url.PathEscape(orUnknown(i.logtank)),
	).Replace(operation.Path)
}

func orUnknown(id string) string {
	if id == "" {
		return unknownID
	}
	return id
}

// a request is a question as it is sent.
type request struct {
	method string
	url    string
	header http.Header
	body   []byte // nil for none
	as     credentials

	stalled bool // only the beginning of the body is sent
}

// requestFor makes the request of a question. The answer goes to the caller
// that the question names, or else to the account's.
func (s *session) requestFor(q question) (request, error) {
	operation, known := s.contract.byID[q.operation]
	if !known {
		return request{}, fmt.Errorf("the document has no operation %s", q.operation)
	}
	if q.ids.project == "" {
		q.ids.project = s.target.Account.ProjectID
	}
	r := request{method: operation.Method, header: http.Header{}, as: q.as, stalled: q.stalled}
	if q.method != "" {
		r.method = q.method
	}
	path := q.path
	if path == "" {
		path = q.ids.path(operation)
	}
	query := url.Values{}
	if operation.Parameters.GetByInAndName("query", "log_transfer_id") != nil {
		query.Set("log_transfer_id", orUnknown(q.ids.transfer))
	}
	maps.Copy(query, q.query)
	base := s.target.base(operation.Service(), operation.OperationID)
	if q.behind != "" {
		base = strings.TrimSuffix(s.target.Endpoints.behind(q.behind), "/")
	}
	r.url = base + path
	if len(query) > 0 {
		r.url += "?" + query.Encode()
	}
	r.body = q.raw
	if r.body == nil && q.body != nil {
		data, err := encode(q.body)
		if err != nil {
			return request{}, err
		}
		r.body = data
	}
	if r.body != nil && q.mediaType != "-" {
		r.header.Set("Content-Type", jsonMediaType)
		if q.mediaType != "" {
			r.header.Set("Content-Type", q.mediaType)
		}
	}
	if q.fault != "" {
		r.header.Set(s.target.FaultHeader, q.fault)
	}
	for name, values := range q.header {
		r.header[http.CanonicalHeaderKey(name)] = values
	}
	if r.as == nil {
		r.as = anonymous
		if needsToken(operation) {
			if s.own.tokenless != nil {
				return request{}, s.own.tokenless
			}
			r.as = s.own.credentials
		}
	}
	return r, nil
}
