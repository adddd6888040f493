// Package lenient holds the Go side of the document's lenient schemas: fields
// that the tables of the documents give one type and their examples another.
// A value decodes from both and encodes as the type that the tables name.
//
// It needs the standard library only, because the generated models import it.
package lenient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
)

// A Boolean decodes from true, false, "true" and "false" (schema
// LenientBoolean). It encodes as a Boolean.
type Boolean bool

// UnmarshalJSON implements [json.Unmarshaler].
func (b *Boolean) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case `true`, `"true"`:
		*b = true
	case `false`, `"false"`:
		*b = false
	default:
		return fmt.Errorf("lenient: %s is neither true nor false", shorten(data))
	}
	return nil
}

// An Integer decodes from a 64-bit integer and from a string of its decimal
// digits, both exactly (schemas LenientInteger, LenientMillis and others). It
// encodes as a number.
type Integer int64

// UnmarshalJSON implements [json.Unmarshaler].
func (i *Integer) UnmarshalJSON(data []byte) error {
	digits := bytes.TrimSuffix(bytes.TrimPrefix(data, []byte{'"'}), []byte{'"'})
	v, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		// encoding/json adds the field to errors of this type.
		return &json.UnmarshalTypeError{Value: string(shorten(data)), Type: reflect.TypeFor[int64]()}
	}
	*i = Integer(v)
	return nil
}

// Strings decodes from an array of strings and from a single string (schema
// LenientStringArray). It encodes as an array.
type Strings []string

// UnmarshalJSON implements [json.Unmarshaler].
func (s *Strings) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		var one string
		if err := json.Unmarshal(data, &one); err != nil {
			return err
		}
		*s = Strings{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(s))
}

// MarshalJSON implements [json.Marshaler]: a nil slice is an empty array, not
// null, which no schema allows.
func (s Strings) MarshalJSON() ([]byte, error) {
	if s == nil {
		return []byte("[]"), nil
	}
	return json.Marshal([]string(s))
}

// shorten keeps an offending value from filling a log.
func shorten(data []byte) []byte {
	const most = 40
	if len(data) <= most {
		return data
	}
	return append(append([]byte(nil), data[:most]...), "..."...)
}
