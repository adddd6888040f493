package client

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
)

// A Compression is how a [Writer] compresses what it sends.
type Compression string

// The compressions that the service takes (parameter Content-Encoding of the
// operations that write logs).
const (
	Gzip   Compression = "gzip"   // smallest
	Snappy Compression = "snappy" // fastest
	Plain  Compression = "plain"  // none
)

var gzipWriters = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // only for levels that do not exist
	}
	return w
}}

// compress compresses a body into the memory of dst, or into more.
func (c Compression) compress(dst, body []byte) ([]byte, error) {
	switch c {
	case Plain:
		return append(dst[:0], body...), nil
	case Snappy:
		return s2.EncodeSnappy(dst[:cap(dst)], body), nil
	case Gzip:
		w := gzipWriters.Get().(*gzip.Writer)
		defer gzipWriters.Put(w)
		out := bytes.NewBuffer(dst[:0])
		w.Reset(out)
		if _, err := w.Write(body); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		return out.Bytes(), nil
	default:
		return nil, fmt.Errorf("client: unknown compression %q", string(c))
	}
}
