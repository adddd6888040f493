package lts

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
)

// gzipSuffix ends the keys of objects that are compressed.
const gzipSuffix = ".gz"

// objectKey is the key of a window's object:
//
//	<dir>/<group>/<stream>/<yyyy>/<mm>/<dd>/<prefix><from>-<to>-<stream ID>[.gz]
//
// The date is that of the window's end, in UTC; from and to are its line numbers,
// 19 digits each. Characters of names that mean something in a path or URL are
// escaped as in a URL (2022-08 lets names have slashes), and so are names of dots
// only. The ID keeps streams apart that have, or had, the same name: no two
// windows ever have the same key.
func objectKey(transfer Transfer, stream TransferStream, window TransferWindow, compressed bool) string {
	key := strings.Join([]string{
		transfer.Path(), escapeName(stream.Name),
		time.Unix(0, window.To).UTC().Format("2006/01/02"),
		fmt.Sprintf("%s%s-%s-%s", transfer.Prefix, FormatLineNum(window.From), FormatLineNum(window.To), stream.ID),
	}, "/")
	if compressed {
		key += gzipSuffix
	}
	return key
}

// Path is what the keys of all objects begin with that the transfer writes from
// now on: <dir>/<group>.
func (t Transfer) Path() string {
	var parts []string
	for part := range strings.SplitSeq(t.Dir, "/") {
		if part != "" {
			parts = append(parts, escapeName(part))
		}
	}
	return strings.Join(append(parts, escapeName(t.GroupName)), "/")
}

// escapeName makes one part of a path of a name.
func escapeName(name string) string {
	if strings.Trim(name, ".") == "" {
		return strings.ReplaceAll(name, ".", "%2E")
	}
	return url.PathEscape(name)
}

// An objectWriter writes records as the format of a window says.
type objectWriter struct {
	buffer *bufio.Writer
	zip    *gzip.Writer // nil for none
	json   *json.Encoder
	format TransferFormat
}

func newObjectWriter(out io.Writer, window TransferWindow) *objectWriter {
	w := &objectWriter{format: window.Format}
	if strings.HasSuffix(window.Key, gzipSuffix) {
		w.zip = gzip.NewWriter(out)
		out = w.zip
	}
	w.buffer = bufio.NewWriterSize(out, 64<<10)
	w.json = json.NewEncoder(w.buffer)
	w.json.SetEscapeHTML(false)
	return w
}

// objectLine is a record in an object of the format JSON.
type objectLine struct {
	Time    int64             `json:"time"` // milliseconds since the epoch
	LineNum string            `json:"line_num"`
	Content string            `json:"content"`
	Labels  map[string]string `json:"labels"`
}

// write adds a record: in RAW its content as it is, ended by a newline unless it
// has one, in JSON an object on a line.
func (w *objectWriter) write(record Record) error {
	if w.format == FormatJSON {
		return w.json.Encode(objectLine{
			Time:    record.LineNum / int64(time.Millisecond),
			LineNum: FormatLineNum(record.LineNum),
			Content: record.Content,
			Labels:  withoutWindowLabel(record.Labels),
		})
	}
	if _, err := w.buffer.WriteString(record.Content); err != nil {
		return err
	}
	if strings.HasSuffix(record.Content, "\n") {
		return nil
	}
	return w.buffer.WriteByte('\n')
}

// close writes what is still held back. The writer below stays open.
func (w *objectWriter) close() error {
	if err := w.buffer.Flush(); err != nil || w.zip == nil {
		return err
	}
	return w.zip.Close()
}
