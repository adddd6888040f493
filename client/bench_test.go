package client_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"testing"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/server/embedded"
)

// A line of 169 bytes, as those of an access log.
const benchLine = `10.1.2.3 - alice [22/Nov/2026:10:11:12 +0000] "GET /catalogue/items/4711?colour=blue HTTP/1.1" 200 5316 "https://shop.example.test/start" "Mozilla/5.0 (X11)" 0.012 up-7`

// acknowledges takes every report without looking at it.
type acknowledges struct{}

func (acknowledges) RoundTrip(req *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, req.Body)
	_ = req.Body.Close()
	return respond(200, written)
}

// BenchmarkWriter is what a writer itself costs: encoding, batching, compressing.
func BenchmarkWriter(b *testing.B) {
	for _, compression := range []client.Compression{client.Plain, client.Snappy, client.Gzip} {
		b.Run(string(compression), func(b *testing.B) {
			c := newClient(b, "https://lts.example.test", client.WithToken("t"), client.WithTransport(acknowledges{}))
			write(b, c.Records.Writer(someStream, client.WriterOptions{Compression: compression}))
		})
	}
}

// BenchmarkWriterToServer writes to an embedded server through the loopback; the
// server shares the processors, and every batch is synced to disk.
func BenchmarkWriterToServer(b *testing.B) {
	for _, compression := range []client.Compression{client.Plain, client.Snappy, client.Gzip} {
		b.Run(string(compression), func(b *testing.B) {
			c := serve(b, func(o *embedded.Options) { o.Faults = false }).client(b)
			write(b, c.Records.Writer(newStream(b, c), client.WriterOptions{Compression: compression, Senders: 2}))
		})
	}
}

// write adds b.N records and reports how many there are a second and what each
// allocates.
func write(b *testing.B, w *client.Writer) {
	ctx := b.Context()
	record := lts.NewRecord{TimeNS: base.UnixNano(), Content: benchLine}
	b.SetBytes(int64(len(benchLine)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b.ResetTimer()
	for range b.N {
		record.TimeNS++
		if err := w.Add(ctx, record); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(ctx); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(b.N), "allocs/record")
}

// BenchmarkQuery reads b.N records, in pages of the default size, from an
// embedded server.
func BenchmarkQuery(b *testing.B) {
	c := serve(b, func(o *embedded.Options) { o.Faults = false }).client(b)
	stream := newStream(b, c)
	const stored = 20_000
	w := c.Records.Writer(stream, client.WriterOptions{})
	for i := range stored {
		if err := w.Add(b.Context(), lts.NewRecord{TimeNS: base.UnixNano() + int64(i), Content: benchLine}); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(benchLine)))
	b.ReportAllocs()
	b.ResetTimer()
	for read := 0; read < b.N; {
		for _, err := range c.Records.Query(b.Context(), client.Query{Stream: stream}) {
			if err != nil {
				b.Fatal(err)
			}
			if read++; read == b.N {
				break
			}
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkWrite writes a record at a time, without a writer.
func BenchmarkWrite(b *testing.B) {
	c := newClient(b, "https://lts.example.test", client.WithToken("t"), client.WithTransport(acknowledges{}))
	b.ReportAllocs()
	var problems error
	for i := range b.N {
		err := c.Records.Write(b.Context(), someStream, nil, lts.NewRecord{TimeNS: int64(i + 1), Content: benchLine})
		problems = errors.Join(problems, err)
	}
	if problems != nil {
		b.Fatal(fmt.Errorf("%w", problems))
	}
}
