package records_test

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/records"
)

// All benchmarks write to TMPDIR: put it on the disk that you want to measure.
// Where a figure has a goal, its unit says so.

func BenchmarkAppendBatchesOf1000(b *testing.B) {
	s := open(b, b.TempDir(), records.Options{})
	defer closeStore(b, s)
	g := newGenerator(1)
	b.ResetTimer()
	for range b.N {
		g.append(b, s, "stream", 1000)
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "records/s(goal:400000)")
}

func BenchmarkAppendFrom64Writers(b *testing.B) {
	s := open(b, b.TempDir(), records.Options{})
	defer closeStore(b, s)
	g := newGenerator(1)
	lines := g.batch(4096)
	var next atomic.Int64
	b.ResetTimer()
	var wait sync.WaitGroup
	for range 64 {
		wait.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				record := lts.NewRecord{TimeNS: time.Now().UnixNano(), Content: lines[i%4096].Content}
				if err := s.Append(context.Background(), "stream", hostLabels, []lts.NewRecord{record}); err != nil {
					b.Errorf("Append: %v", err)
					return
				}
			}
		})
	}
	wait.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s(goal:80000)")
}

// BenchmarkStreams appends to 10,000 streams in turn.
func BenchmarkStreams(b *testing.B) {
	const streams = 10_000
	s := open(b, b.TempDir(), records.Options{})
	defer closeStore(b, s)
	g := newGenerator(1)
	b.ResetTimer()
	for i := range max(b.N, streams) {
		g.append(b, s, fmt.Sprint("stream ", i%streams), 10)
	}
	b.ReportMetric(float64(max(b.N, streams))*10/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(peakMemory()/(1<<20), "MiB-peak(goal:1024)")
}

// BenchmarkStream fills one stream with LTS_BENCH_RECORDS records of some 170
// bytes (1 million by default) and asks it questions. Latencies are medians of
// 11 after one to warm up.
func BenchmarkStream(b *testing.B) {
	dir := b.TempDir()
	s := open(b, dir, records.Options{})
	g := newGenerator(1)
	total := benchRecords()
	b.ResetTimer()
	for g.number < total {
		g.append(b, s, "stream", 1000)
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "records/s(goal:400000)")
	if err := s.Tidy(context.Background()); err != nil {
		b.Fatalf("Tidy: %v", err)
	}
	closeStore(b, s)
	b.ReportMetric(folderSize(b, dir)/float64(total), "B/record(goal:60)")
	b.ReportMetric(float64(g.bytes)/float64(total), "B/content")
	s = open(b, dir, records.Options{})
	defer closeStore(b, s)
	b.ReportMetric(median(func() { pageOf(b, s, g, "needle-in-haystack", false) }), "ms-rare(goal:50)")
	b.ReportMetric(median(func() { pageOf(b, s, g, "absent-everywhere", false) }), "ms-absent")
	b.ReportMetric(median(func() { pageOf(b, s, g, "", true) }), "ms-page-newest(goal:5)")
	b.ReportMetric(median(func() { pageOf(b, s, g, "status 500", true) }), "ms-page-words(goal:5)")
	b.ReportMetric(median(func() { pageOf(b, s, g, "", false) }), "ms-page-middle(goal:5)")
	b.ReportMetric(median(func() { countOf(b, s, "GET") }), "ms-count-common(goal:100)")
	b.ReportMetric(median(func() { countOf(b, s, "500") }), "ms-count-500")
	b.ReportMetric(median(func() { countOf(b, s, "") }), "ms-count-all")
	b.ReportMetric(once(func() { countOf(b, s, "timeout") }), "ms-count-seldom")
	b.ReportMetric(once(func() { countOf(b, s, "GET 500") }), "ms-count-two")
	b.ReportMetric(peakMemory()/(1<<20), "MiB-peak(goal:1024)")
}

func benchRecords() int {
	if n, err := strconv.Atoi(os.Getenv("LTS_BENCH_RECORDS")); err == nil {
		return n
	}
	return 1_000_000
}

func pageOf(b *testing.B, s *records.Store, g *generator, keywords string, descending bool) {
	scan := lts.Scan{Window: lts.Always, Filter: keywordFilter(b, keywords), Descending: descending}
	if keywords == "" && !descending {
		scan.After = lts.Cursor((g.start + g.clock) / 2)
	}
	n := 0
	for _, err := range s.Scan(context.Background(), "stream", scan) {
		if err != nil {
			b.Fatalf("Scan: %v", err)
		}
		if n++; n == 50 {
			break
		}
	}
}

func countOf(b *testing.B, s *records.Store, keywords string) {
	if _, err := s.Count(context.Background(), "stream", lts.Always, keywordFilter(b, keywords)); err != nil {
		b.Fatalf("Count: %v", err)
	}
}

func keywordFilter(b *testing.B, keywords string) lts.Filter {
	k, err := lts.ParseKeywords(keywords)
	if err != nil {
		b.Fatalf("ParseKeywords(%q): %v", keywords, err)
	}
	return lts.Filter{Keywords: k}
}

// median gives milliseconds.
func median(ask func()) float64 {
	ask()
	var times []float64
	for range 11 {
		times = append(times, once(ask))
	}
	slices.Sort(times)
	return times[len(times)/2]
}

func once(ask func()) float64 {
	start := time.Now()
	ask()
	return float64(time.Since(start).Microseconds()) / 1000
}

// peakMemory gives the greatest resident size of the process, in bytes.
func peakMemory() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseFloat(fields[0], 64)
	return kib * 1024
}

func folderSize(b *testing.B, dir string) (size float64) {
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		size += float64(info.Size())
		return err
	})
	if err != nil {
		b.Fatalf("size of %s: %v", dir, err)
	}
	return size
}

var hostLabels = map[string]string{"hostName": "ecs-kwxtest", "hostIP": "192.168.0.156", "category": "LTS"}

// A generator makes lines as services write them, with a word that comes once.
type generator struct {
	random *rand.Rand
	start  int64
	clock  int64
	number int
	bytes  int
}

func newGenerator(seed uint64) *generator {
	const start = 1_700_000_000_000_000_000
	return &generator{random: rand.New(rand.NewPCG(seed, 0)), start: start, clock: start}
}

func (g *generator) batch(n int) []lts.NewRecord {
	batch := make([]lts.NewRecord, n)
	for i := range batch {
		g.clock += 1 + g.random.Int64N(2_000_000)
		batch[i] = lts.NewRecord{TimeNS: g.clock, Content: g.line()}
		g.bytes += len(batch[i].Content)
	}
	return batch
}

func (g *generator) append(b testing.TB, s *records.Store, stream string, n int) {
	if err := s.Append(context.Background(), stream, hostLabels, g.batch(n)); err != nil {
		b.Fatalf("Append: %v", err)
	}
}

func (g *generator) line() string {
	g.number++
	b := make([]byte, 0, 192)
	b = time.Unix(0, g.clock).UTC().AppendFormat(b, "2006-01-02T15:04:05.000000Z ")
	b = append(b, pick(g.random, "INFO", "INFO", "INFO", "WARN", "ERROR", "DEBUG")...)
	b = append(b, " api-server-"...)
	b = strconv.AppendInt(b, g.random.Int64N(12), 10)
	b = append(b, " "...)
	b = append(b, pick(g.random, "request done", "request failed", "cache miss", "token renewed", "upstream answered")...)
	b = append(b, " method="...)
	b = append(b, pick(g.random, "GET", "GET", "GET", "POST", "DELETE")...)
	b = append(b, " path=/v2/projects/"...)
	b = strconv.AppendInt(b, g.random.Int64N(500), 10)
	b = append(b, "/groups status="...)
	b = append(b, pick(g.random, "200", "200", "200", "201", "404", "500")...)
	b = append(b, " duration_ms="...)
	b = strconv.AppendInt(b, g.random.Int64N(2000), 10)
	b = append(b, " trace="...)
	b = strconv.AppendUint(b, g.random.Uint64(), 16)
	if g.number%5000 == 77 {
		b = append(b, " timeout"...)
	}
	if g.number == 300_000 {
		b = append(b, " needle-in-haystack"...)
	}
	return string(append(b, '\n'))
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }
