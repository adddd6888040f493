package server

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/openapi/accept"
)

// errMediaType is the answer to a body that does not claim to be JSON.
var errMediaType = &lts.Error{Code: lts.ErrNotJSON.Code, Status: http.StatusUnsupportedMediaType, Message: lts.ErrNotJSON.Message}

// errSlow is the answer to a body that does not arrive in time.
var errSlow = (&lts.Error{Code: lts.ErrInvalidBody.Code, Status: http.StatusRequestTimeout, Message: lts.ErrInvalidBody.Message}).
	WithDetails(lts.Detail{Rule: "the body must arrive in time"})

// An operation is what the server knows of an operation of the document,
// worked out once.
type operation struct {
	openapi.Operation

	body       *openapi3.Schema // nil where there is none
	accepts    *accept.Check    // of body
	compressed bool             // whether body may be
	parameters []parameter

	codes    map[string][]int // statuses under which each error code is listed
	keystone map[int]bool     // statuses whose body has the form of IAM
}

func newOperation(doc *openapi3.T, documented openapi.Operation) (*operation, error) {
	codes, err := codesOf(documented)
	if err != nil {
		return nil, err
	}
	keystone, err := keystoneStatuses(doc, documented)
	if err != nil {
		return nil, err
	}
	o := &operation{Operation: documented, codes: codes, keystone: keystone}
	for _, ref := range documented.AllParameters() {
		o.parameters = append(o.parameters, newParameter(ref.Value))
		o.compressed = o.compressed || isEncoding(ref.Value)
	}
	if documented.RequestBody != nil {
		media := documented.RequestBody.Value.Content.Get("application/json")
		if media == nil {
			return nil, errors.New("the request body has no JSON form")
		}
		o.body = media.Schema.Value
		o.accepts = accept.Compile(o.body)
	}
	return o, nil
}

// isPublic reports whether the operation needs no authentication.
func (o *operation) isPublic() bool { return o.Security != nil && len(*o.Security) == 0 }

// validate checks parameters and body against the document. The body is read
// once; the handler gets it from [bodyBinder].
func (s *Server) validate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		o := s.operationOf(c)
		if err := o.checkParameters(c); err != nil {
			return err
		}
		if o.body != nil {
			if err := o.checkBody(c.Request()); err != nil {
				return err
			}
		}
		return next(c)
	}
}

// A parameter is what the server knows of a parameter of an operation.
type parameter struct {
	*openapi3.Parameter

	header  string // canonical name, for one that is a header
	accepts *accept.Check
}

func newParameter(documented *openapi3.Parameter) parameter {
	return parameter{
		Parameter: documented,
		header:    http.CanonicalHeaderKey(documented.Name),
		accepts:   accept.Compile(documented.Schema.Value),
	}
}

func (o *operation) checkParameters(c echo.Context) error {
	var details []lts.Detail
	var answer *lts.Error
	for _, p := range o.parameters {
		text, present := p.text(c)
		rule := ""
		switch {
		case present:
			rule = p.check(text)
		case p.Required:
			rule = "is required"
		}
		if rule != "" {
			details = append(details, lts.Detail{Field: p.Name, Rule: rule})
			answer = worse(answer, errorOfField(p.Schema.Value, !present))
		}
	}
	if answer == nil {
		return nil
	}
	return answer.WithDetails(details...)
}

// text gives a parameter as the handler gets it. Of one that is sent several
// times the first counts; the others are dropped, because the generated code
// refuses them with a status that no list documents.
func (p parameter) text(c echo.Context) (text string, present bool) {
	switch p.In {
	case openapi3.ParameterInPath:
		return pathText(c, p.Name), true
	case openapi3.ParameterInQuery:
		return onlyFirst(c.QueryParams(), p.Name)
	default:
		return onlyFirst(c.Request().Header, p.header)
	}
}

// pathText gives a parameter of the path. Echo routes on the path as sent where
// that has escapes that it need not have, and then gives the parameter escaped.
func pathText(c echo.Context, name string) string {
	text := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return text
	}
	unescaped, err := url.PathUnescape(text)
	if err != nil {
		return text
	}
	return unescaped
}

func onlyFirst(all map[string][]string, name string) (text string, present bool) {
	if len(all[name]) == 0 {
		return "", false
	}
	all[name] = all[name][:1]
	return all[name][0], true
}

// check gives the rule that the text of a parameter breaks, or "".
func (p parameter) check(text string) string {
	if p.accepts.Text(text) {
		return ""
	}
	schema := p.Schema.Value
	var value any = text
	if schema.Type.Is(openapi3.TypeInteger) {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return "must be an integer"
		}
		value = float64(n)
	}
	return firstRule(schema.VisitJSON(value, openapi3.MultiErrors()))
}

// checkBody reads the body and checks it against its schema. Only one that is
// not plainly valid is decoded for that.
func (o *operation) checkBody(r *http.Request) error {
	if !openapi.IsJSON(r.Header.Get(echo.HeaderContentType)) {
		return errMediaType
	}
	raw, err := readBody(r)
	if err != nil {
		return unreadable(err)
	}
	if o.compressed {
		if raw, err = decompress(raw, r.Header.Get(encodingHeader), maxPlain); err != nil {
			return err
		}
	}
	if o.accepts.JSON(raw) {
		r.Body = acceptedBody{r.Body, raw}
		return nil
	}
	value, err := decodeJSON(raw)
	if err != nil {
		return undecodable(err)
	}
	if err := o.checkValue(value, len(raw)); err != nil {
		return violation(o.body, err)
	}
	r.Body = validatedBody{r.Body, value}
	return nil
}

// maxThorough is the length of bodies, in bytes, up to which every broken rule
// is looked for. Each costs time and memory, and a long body can break one with
// every second byte, so that of longer ones only the first counts.
const maxThorough = 16 << 10

// checkValue checks a decoded body that had a number of bytes.
func (o *operation) checkValue(value any, length int) error {
	err := o.body.VisitJSON(value, openapi3.VisitAsRequest())
	if err != nil && length <= maxThorough {
		err = o.body.VisitJSON(value, openapi3.VisitAsRequest(), openapi3.MultiErrors())
	}
	return err
}

// undecodable tells a body that is not JSON from one that is more than anybody
// needs.
func undecodable(err error) error {
	answer := lts.ErrNotJSON
	if errors.Is(err, errTooDeep) {
		answer = lts.ErrInvalidBody
	}
	return answer.WithDetails(lts.Detail{Rule: err.Error()})
}

// unreadable tells a body that is too long or too slow from one that broke off.
func unreadable(err error) error {
	if tooLong, is := errors.AsType[*http.MaxBytesError](err); is {
		return lts.ErrInvalidBody.WithDetails(lts.Detail{Rule: fmt.Sprintf("the body must have at most %d bytes", tooLong.Limit)})
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errSlow
	}
	return lts.ErrNotJSON.CausedBy(err)
}
