package server

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/oapi-codegen/runtime"

	"github.com/ltskit/ltskit/lts"
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
	switch body := c.Request().Body.(type) {
	case acceptedBody:
		err = json.Unmarshal(body.raw, into)
	case validatedBody:
		if err = runtime.BindJSONValue(body.value, into); err != nil {
			err = cmp.Or(bindText(body.value, into), err)
		}
	default:
		return lts.ErrInternal.CausedBy(errUnchecked)
	}
	if err != nil {
		// The Go type takes less than the schema: there are digits that are no
		// 64-bit number. What err says is not logged, it has the value in it.
		return lts.ErrInvalidBody.WithDetails(lts.Detail{Field: unboundField(err), Rule: "must be of format int64"})
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

// unboundField is the pointer to the field that could not be decoded. It has no
// indexes, which encoding/json does not tell.
func unboundField(err error) string {
	wrong, is := errors.AsType[*json.UnmarshalTypeError](err)
	if !is {
		return ""
	}
	return "/" + strings.ReplaceAll(wrong.Field, ".", "/")
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
