package server_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"
)

// encodings are the forms in which clients send reports.
var encodings = map[string]struct {
	name     string // as in Content-Encoding
	compress func(plain []byte) []byte
}{
	"gzip": {"gzip", func(plain []byte) []byte {
		return through(plain, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	}},
	"gzip in two members": {"gzip", func(plain []byte) []byte {
		member := func(part []byte) []byte {
			return through(part, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
		}
		return slices.Concat(member(plain[:5]), member(plain[5:]))
	}},
	"a snappy block": {"snappy", func(plain []byte) []byte { return s2.EncodeSnappy(nil, plain) }},
	"framed snappy": {"snappy", func(plain []byte) []byte {
		return through(plain, func(w io.Writer) io.WriteCloser { return s2.NewWriter(w, s2.WriterSnappyCompat()) })
	}},
}

func through(plain []byte, writer func(io.Writer) io.WriteCloser) []byte {
	var out bytes.Buffer
	w := writer(&out)
	_, _ = w.Write(plain) // a buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

// reports are bodies of both operations that write one line.
var reports = map[string]string{
	"ReportLogs":             `{"log_time_ns":1795339393707000000,"contents":["LINE"],"labels":{"a":"b"}}`,
	"ReportLogsHighAccuracy": `{"contents":[{"log_time_ns":1795339393707000000,"log":"LINE"}],"labels":{"a":"b"}}`,
}

func TestCompressedReportsAreWritten(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := start(t, config{now: clock.Now})
	of := s.populate(t, devProject, "compressed")
	for op, body := range reports {
		for name, encoding := range encodings {
			t.Run(op+" in "+name, func(t *testing.T) {
				line := strings.ReplaceAll(op+" in "+name, " ", "-")
				compressed := string(encoding.compress([]byte(strings.ReplaceAll(body, "LINE", line))))
				r := request{op: op, group: of.group, stream: of.stream, header: map[string]string{"Content-Encoding": encoding.name}, body: compressed}
				s.do(t, r).want(t, http.StatusOK)
				query := fmt.Sprintf(`{"start_time":1795339393000,"end_time":1795339394000,"keywords":%q,"is_count":true}`, line)
				a := s.do(t, request{op: "ListLogs", group: of.group, stream: of.stream, body: query}).want(t, http.StatusOK)
				if !strings.Contains(string(a.body), `"count":1,`) {
					t.Errorf("after a report %s: %s, want the line %s once", name, a.body, line)
				}
			})
		}
	}
	t.Run("a signature is about the compressed bytes", func(t *testing.T) {
		body := encodings["gzip"].compress([]byte(reports["ReportLogs"]))
		r := s.sign(t, request{op: "ReportLogs", group: of.group, stream: of.stream, body: string(body)}, clock.Now())
		r.header["Content-Encoding"] = "gzip"
		s.do(t, r).want(t, http.StatusOK)
	})
}

func TestCompressedBodiesThatAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t, config{now: newClock().Now})
	of := s.populate(t, devProject, "compressed")
	whole := encodings["gzip"].compress([]byte(reports["ReportLogs"]))
	tests := map[string]struct {
		encoding string
		body     []byte
		code     string
		message  string
		want     detail
	}{
		"not gzip":                  {"gzip", []byte(reports["ReportLogs"]), "LTS.0007", notJSON, detail{"Content-Encoding", "the body is not gzip"}},
		"gzip that is cut off":      {"gzip", whole[:len(whole)-4], "LTS.0007", notJSON, detail{"Content-Encoding", "the body is not gzip"}},
		"not snappy":                {"snappy", []byte(reports["ReportLogs"]), "LTS.0007", notJSON, detail{"Content-Encoding", "the body is not snappy"}},
		"an encoding that is not":   {"deflate", whole, "LTS.0009", invalidBody, detail{"Content-Encoding", `must be one of ["gzip","snappy"]`}},
		"gzip of what is no JSON":   {"gzip", encodings["gzip"].compress([]byte("{")), "LTS.0007", notJSON, detail{"", "the body ends before its value does, at byte 1"}},
		"gzip of more than 64 MiB":  {"gzip", encodings["gzip"].compress(make([]byte, 64<<20+1)), "LTS.0009", invalidBody, detail{"", "the body must have at most 67108864 bytes when it is decompressed"}},
		"snappy that says 4 GiB":    {"snappy", []byte("\xff\xff\xff\xff\x0f"), "LTS.0009", invalidBody, detail{"", "the body must have at most 67108864 bytes when it is decompressed"}},
		"framed snappy of too much": {"snappy", encodings["framed snappy"].compress(make([]byte, 64<<20+1)), "LTS.0009", invalidBody, detail{"", "the body must have at most 67108864 bytes when it is decompressed"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := request{op: "ReportLogs", group: of.group, stream: of.stream, header: map[string]string{"Content-Encoding": tt.encoding}, body: string(tt.body)}
			if e := s.do(t, r).wantError(t, 400, tt.code, tt.message); !slices.Equal(e.Details, []detail{tt.want}) {
				t.Errorf("details %q, want %q", e.Details, tt.want)
			}
		})
	}
	t.Run("where bodies are not compressed", func(t *testing.T) {
		body := string(encodings["gzip"].compress([]byte(`{"log_group_name":"a","ttl_in_days":7}`)))
		s.do(t, request{op: "CreateLogGroup", header: map[string]string{"Content-Encoding": "gzip"}, body: body}).wantError(t, 400, "LTS.0007", notJSON)
	})
}
