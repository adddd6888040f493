package server

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/oapi-codegen/runtime"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
)

// An acceptedBody has been found valid by [accept.Check]: encoding/json reads
// it like everybody else.
type acceptedBody struct {
	io.ReadCloser
	raw []byte
}

// A validatedBody has been decoded and found valid by its schema.
type validatedBody struct {
	io.ReadCloser
	value any
}

// A bodyBinder gives the generated code the bodies that validate has checked,
// and no others. Names of members have to be exactly those of the fields, what
// encoding/json alone does not see to.
type bodyBinder struct{}

var errUnchecked = errors.New("the body has not been validated")

// Bind implements [echo.Binder].
func (bodyBinder) Bind(into any, c echo.Context) error {
	var err error
	var value any // what has been decoded of the body
	switch body := c.Request().Body.(type) {
	case acceptedBody:
		if err = json.Unmarshal(body.raw, into); err != nil {
			value, _ = decodeJSON(body.raw) // which is valid
		}
	case validatedBody:
		value = body.value
		if err = runtime.BindJSONValue(value, into); err != nil {
			err = cmp.Or(bindText(value, into), err)
		}
	default:
		return lts.ErrInternal.CausedBy(errUnchecked)
	}
	if err != nil {
		// The Go type takes less than the schema: there are digits that are no
		// 64-bit number. What err says is not logged, it has the value in it.
		return lts.ErrInvalidBody.WithDetails(lts.Detail{Field: unboundField(value, err), Rule: "must be of format int64"})
	}
	return nil
}

// bindText fails like [runtime.BindJSONValue], but says for which field.
func bindText(value, into any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// unboundField is the pointer to the field of a body that could not be decoded,
// or "". The error names the fields on the way to it, but no indexes.
func unboundField(body any, err error) string {
	wrong, is := errors.AsType[*json.UnmarshalTypeError](err)
	if !is {
		return ""
	}
	names := strings.Split(wrong.Field, ".")
	if at, found := firstNot64Bits(body, names); found {
		names = at
	}
	return openapi.Pointer(names...)
}

// firstNot64Bits finds the first digits under these names, in whichever elements
// of arrays, that are no 64-bit number.
func firstNot64Bits(value any, names []string) (at []string, found bool) {
	switch value := value.(type) {
	case map[string]any:
		if len(names) == 0 {
			return nil, false
		}
		at, found = firstNot64Bits(value[names[0]], names[1:])
		return append([]string{names[0]}, at...), found
	case []any:
		for i, element := range value {
			if at, found = firstNot64Bits(element, names); found {
				return append([]string{strconv.Itoa(i)}, at...), true
			}
		}
		return nil, false
	case string:
		_, err := strconv.ParseInt(value, 10, 64)
		return nil, err != nil && len(names) == 0
	case json.Number:
		_, err := value.Int64()
		return nil, err != nil && len(names) == 0
	default:
		return nil, false
	}
}

// maxTrust is how many bytes are made ready for a body because its sender says
// that it is that long.
const maxTrust = 4 << 20

// readBody reads the body of a request.
func readBody(r *http.Request) ([]byte, error) {
	var buffer bytes.Buffer
	if length := min(r.ContentLength, maxTrust); length > 0 {
		buffer.Grow(int(length) + bytes.MinRead) // ReadFrom wants that much room to see the end
	}
	_, err := buffer.ReadFrom(r.Body)
	return buffer.Bytes(), err
}
