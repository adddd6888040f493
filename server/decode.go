package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds how deep values may nest: decoding one takes stack for each
// level, and a process does not survive the end of its stack.
const maxDepth = 1000

var errTooDeep = fmt.Errorf("the body must nest at most %d levels deep", maxDepth)

// decodeJSON decodes one JSON value, exactly: numbers keep their digits, and
// what some decoders let pass (text behind the value, a name twice in an
// object, bytes that are not UTF-8) is refused, because two readers of it would
// not read the same. The error gives the byte of a mistake, counted from 0.
func decodeJSON(raw []byte) (any, error) {
	if at := firstNotUTF8(raw); at < len(raw) {
		return nil, fmt.Errorf("the body is not UTF-8, at byte %d", at)
	}
	d := bodyDecoder{json.NewDecoder(bytes.NewReader(raw)), raw}
	d.UseNumber()
	value, err := d.value(maxDepth)
	if err != nil {
		return nil, located(err, raw)
	}
	at := d.behind(space)
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("there is more behind the value, at byte %d", at)
	}
	return value, nil
}

// firstNotUTF8 finds the first byte that is not UTF-8; the length where all are.
func firstNotUTF8(raw []byte) int {
	if utf8.Valid(raw) {
		return len(raw)
	}
	at := 0
	for {
		r, size := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && size <= 1 {
			return at
		}
		at += size
	}
}

// located says where a mistake in the syntax is. What a decoder of tokens says
// about that is not reliable, so that the text is scanned again as a whole.
func located(err error, raw []byte) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the body ends before its value does, at byte %d", len(raw))
	}
	if _, is := errors.AsType[*json.SyntaxError](err); !is {
		return err
	}
	syntax, found := errors.AsType[*json.SyntaxError](json.Unmarshal(raw, new(json.RawMessage)))
	if !found {
		return err
	}
	return fmt.Errorf("%w, at byte %d", syntax, syntax.Offset-1) // Offset is how many bytes had been read
}

// A bodyDecoder decodes the value in a text.
type bodyDecoder struct {
	*json.Decoder

	raw []byte
}

const space = " \t\r\n"

// behind is the first byte behind the last token that is none of some others.
func (d bodyDecoder) behind(others string) int {
	return len(d.raw) - len(bytes.TrimLeft(d.raw[d.InputOffset():], others))
}

// value decodes the next value, in which at most so many levels nest.
func (d bodyDecoder) value(levels int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Number:
		return plainNumber(token), nil
	case json.Delim:
		if levels == 0 {
			return nil, errTooDeep
		}
		if token == '{' {
			return d.object(levels - 1)
		}
		return d.array(levels - 1)
	default:
		return token, nil
	}
}

func (d bodyDecoder) object(levels int) (any, error) {
	object := make(map[string]any)
	for d.More() {
		at := d.behind(space + ",")
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string) // the decoder gives nothing else for a name
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("the name %.40q stands twice in an object, at byte %d", name, at)
		}
		if object[name], err = d.value(levels); err != nil {
			return nil, err
		}
	}
	_, err := d.Token() // the closing brace
	return object, err
}

func (d bodyDecoder) array(levels int) (any, error) {
	array := []any{}
	for d.More() {
		value, err := d.value(levels)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	_, err := d.Token() // the closing bracket
	return array, err
}

// plainNumber writes a whole number without fraction and exponent: 7.0 and 7e0
// are the integer 7 to a schema, but not to the types of the generated code.
// What has more digits or a larger exponent than any field takes stays as it is.
func plainNumber(number json.Number) json.Number {
	const longest, largest = 40, 30
	if len(number) > longest || !strings.ContainsAny(string(number), ".eE") {
		return number
	}
	if i := strings.IndexAny(string(number), "eE"); i >= 0 {
		if exponent, err := strconv.Atoi(string(number[i+1:])); err != nil || max(exponent, -exponent) > largest {
			return number
		}
	}
	value, ok := new(big.Rat).SetString(string(number))
	if !ok || !value.IsInt() {
		return number
	}
	return json.Number(value.Num().String())
}
