package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
)

// errMediaType is the answer to a body that does not claim to be JSON.
var errMediaType = &lts.Error{Code: lts.ErrNotJSON.Code, Status: http.StatusUnsupportedMediaType, Message: lts.ErrNotJSON.Message}

// An operation is what the server knows of an operation of the document,
// worked out once.
type operation struct {
	openapi.Operation

	body  *openapi3.Schema // nil where there is none
	codes map[string][]int // statuses under which each error code is listed
}

func newOperation(documented openapi.Operation) (*operation, error) {
	codes, err := codesOf(documented)
	if err != nil {
		return nil, err
	}
	o := &operation{Operation: documented, codes: codes}
	if documented.RequestBody != nil {
		media := documented.RequestBody.Value.Content.Get("application/json")
		if media == nil {
			return nil, errors.New("the request body has no JSON form")
		}
		o.body = media.Schema.Value
	}
	return o, nil
}

// validate checks parameters and body against the document. The body is read
// and decoded once; the handler gets the decoded value.
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

func (o *operation) checkParameters(c echo.Context) error {
	var details []lts.Detail
	for _, ref := range o.AllParameters() {
		parameter := ref.Value
		text, present := parameterText(c, parameter)
		if !present {
			if parameter.Required {
				details = append(details, lts.Detail{Field: parameter.Name, Rule: "is required"})
			}
			continue
		}
		if rule := checkParameter(parameter, text); rule != "" {
			details = append(details, lts.Detail{Field: parameter.Name, Rule: rule})
		}
	}
	if len(details) > 0 {
		return lts.ErrInvalidBody.WithDetails(details...)
	}
	return nil
}

func parameterText(c echo.Context, parameter *openapi3.Parameter) (text string, present bool) {
	switch parameter.In {
	case openapi3.ParameterInPath:
		return c.Param(parameter.Name), true
	case openapi3.ParameterInQuery:
		values, present := c.QueryParams()[parameter.Name]
		return first(values), present
	default:
		values := c.Request().Header.Values(parameter.Name)
		return first(values), len(values) > 0
	}
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// checkParameter gives the rule that the text of a parameter breaks, or "".
func checkParameter(parameter *openapi3.Parameter, text string) string {
	schema := parameter.Schema.Value
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

// checkBody reads the body, decodes it and checks it against its schema.
func (o *operation) checkBody(r *http.Request) error {
	if !openapi.IsJSON(r.Header.Get(echo.HeaderContentType)) {
		return errMediaType
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return unreadable(err)
	}
	value, err := decodeJSON(raw)
	if err != nil {
		return lts.ErrNotJSON.WithDetails(lts.Detail{Rule: err.Error()})
	}
	if err := o.body.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsRequest()); err != nil {
		return violation(o.body, err)
	}
	r.Body = validatedBody{io.NopCloser(bytes.NewReader(raw)), value}
	// Any JSON media type is right; the generated code looks for one.
	r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	return nil
}

// unreadable tells a body that is too long from one that broke off.
func unreadable(err error) error {
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return lts.ErrInvalidBody.WithDetails(lts.Detail{Rule: fmt.Sprintf("the body must have at most %d bytes", tooLong.Limit)})
	}
	return lts.ErrNotJSON.CausedBy(err)
}

// validatedBody hands the decoded body to the generated code, which asks for
// it by this method.
type validatedBody struct {
	io.ReadCloser
	value any
}

func (b validatedBody) ValidatedValue() any { return b.value }

// decodeJSON decodes one JSON value, exactly: numbers keep their digits, and
// what some decoders let pass (text behind the value, a name twice in an
// object) is refused, because two readers of it would not read the same.
func decodeJSON(raw []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	value, err := decodeValue(decoder)
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errors.New("the body ends before its value does")
		}
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("there is more behind the value, at byte %d", decoder.InputOffset())
	}
	return value, nil
}

func decodeValue(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return decodeObject(decoder)
	case json.Delim('['):
		return decodeArray(decoder)
	default:
		return token, nil
	}
}

func decodeObject(decoder *json.Decoder) (any, error) {
	object := make(map[string]any)
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string) // the decoder gives nothing else for a name
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("the name %q stands twice in an object", name)
		}
		if object[name], err = decodeValue(decoder); err != nil {
			return nil, err
		}
	}
	_, err := decoder.Token() // the closing brace
	return object, err
}

func decodeArray(decoder *json.Decoder) (any, error) {
	array := []any{}
	for decoder.More() {
		value, err := decodeValue(decoder)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	_, err := decoder.Token() // the closing bracket
	return array, err
}
