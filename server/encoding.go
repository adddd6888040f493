package server

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/klauspost/compress/s2"

	"github.com/ltskit/ltskit/lts"
)

const encodingHeader = "Content-Encoding"

// maxPlain is how many bytes a compressed body may stand for.
const maxPlain = 64 << 20

// isEncoding tells the parameter by which the document lets the body of an
// operation be compressed.
func isEncoding(parameter *openapi3.Parameter) bool {
	return parameter.In == openapi3.ParameterInHeader && parameter.Name == encodingHeader
}

// decompress gives the body that a compressed one stands for, at most limit
// bytes of it: a small body may stand for a very large one.
func decompress(raw []byte, encoding string, limit int64) ([]byte, error) {
	var plain []byte
	var err error
	switch encoding {
	case "":
		return raw, nil
	case "gzip":
		plain, err = gunzip(raw, limit)
	case "snappy":
		plain, err = unsnap(raw, limit)
	}
	if errors.Is(err, errTooLong) {
		return nil, lts.ErrInvalidBody.WithDetails(lts.Detail{Rule: fmt.Sprintf("the body must have at most %d bytes when it is decompressed", limit)})
	}
	if err != nil {
		return nil, lts.ErrNotJSON.WithDetails(lts.Detail{Field: encodingHeader, Rule: "the body is not " + encoding})
	}
	return plain, nil
}

var errTooLong = errors.New("too long")

func gunzip(raw []byte, limit int64) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return readLimited(reader, limit)
}

// snappyStream is how the framed form of snappy begins; clients send both.
var snappyStream = []byte("\xff\x06\x00\x00sNaPpY")

func unsnap(raw []byte, limit int64) ([]byte, error) {
	if bytes.HasPrefix(raw, snappyStream) {
		return readLimited(s2.NewReader(bytes.NewReader(raw)), limit)
	}
	length, err := s2.DecodedLen(raw)
	if err != nil {
		return nil, err
	}
	if int64(length) > limit {
		return nil, errTooLong
	}
	return s2.Decode(nil, slices.Clip(raw))
}

func readLimited(r io.Reader, limit int64) ([]byte, error) {
	plain, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(plain)) > limit {
		err = errTooLong
	}
	return plain, err
}
