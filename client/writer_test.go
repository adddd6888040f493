package client_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/s2"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
)

var someStream = lts.Stream{GroupID: "g", ID: "s"}

// records are n records "record 0" to "record n-1" of increasing times.
func records(n int) []lts.NewRecord {
	all := make([]lts.NewRecord, n)
	for i := range all {
		all[i] = lts.NewRecord{TimeNS: base.UnixNano() + int64(i), Content: fmt.Sprintf("record %d", i)}
	}
	return all
}

// A sink plays a stream that keeps what it acknowledges, and may answer
// otherwise.
type sink struct {
	refuse func(lines []string) (*http.Response, error) // nil response: accept

	mu    sync.Mutex
	lines []string
	sizes []int
}

func (s *sink) answer(req *http.Request, _ int) (*http.Response, error) {
	lines, err := linesOf(req)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sizes = append(s.sizes, len(lines))
	if s.refuse != nil {
		if response, err := s.refuse(lines); response != nil || err != nil {
			return response, err
		}
	}
	s.lines = append(s.lines, lines...)
	return respond(200, written)
}

func (s *sink) kept() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lines)
}

func linesOf(req *http.Request) ([]string, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	switch req.Header.Get("Content-Encoding") {
	case "gzip":
		r, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		if body, err = io.ReadAll(r); err != nil {
			return nil, err
		}
	case "snappy":
		if body, err = s2.Decode(nil, body); err != nil {
			return nil, err
		}
	}
	var report struct {
		Contents []struct {
			Log string `json:"log"`
		} `json:"contents"`
	}
	if err := json.Unmarshal(body, &report); err != nil {
		return nil, err
	}
	var lines []string
	for _, element := range report.Contents {
		lines = append(lines, element.Log)
	}
	return lines, nil
}

func (s *sink) writer(tb testing.TB, options client.WriterOptions) *client.Writer {
	tb.Helper()
	return peerClient(tb, &peer{answer: s.answer}).Records.Writer(someStream, options)
}

func TestWriterOnTheServer(t *testing.T) {
	c := serve(t).client(t)
	for _, compression := range []client.Compression{"", client.Gzip, client.Snappy, client.Plain} {
		t.Run("compression "+string(compression), func(t *testing.T) {
			group := must(c.Groups.Create(t.Context(), lts.GroupSpec{Name: "g" + string(compression), TTLDays: 7}))(t)
			stream := must(c.Streams.Create(t.Context(), group.ID, lts.StreamSpec{Name: "s"}))(t)
			labels := map[string]string{"host": `"ä"`}
			w := c.Records.Writer(stream, client.WriterOptions{Labels: labels, Compression: compression, BatchRecords: 100, Senders: 3})
			odd := lts.NewRecord{TimeNS: base.UnixNano() - 1, Content: "\x00 <tag> \"q\" \\ \t \r\n \u2028 ü \xff"}
			if err := errors.Join(w.Add(t.Context(), odd), w.Add(t.Context(), records(1050)...), w.Close(t.Context())); err != nil {
				t.Fatal(err)
			}
			got := must(collect(c.Records.Query(t.Context(), client.Query{Stream: stream})))(t)
			if len(got) != 1051 {
				t.Fatalf("%d records, want 1051", len(got))
			}
			want := lts.Record{LineNum: odd.TimeNS, Content: strings.ToValidUTF8(odd.Content, "\ufffd"), Labels: labels}
			if diff := cmp.Diff(want, got[0]); diff != "" {
				t.Errorf("the odd record (-want +got):\n%s", diff)
			}
			for i, record := range got[1:] {
				if want := records(1050)[i]; record.Content != want.Content || record.LineNum != want.TimeNS {
					t.Fatalf("record %d: %+v, want %+v", i, record, want)
				}
			}
		})
	}
}

func TestBatchesBySizeAndTime(t *testing.T) {
	tests := map[string]struct {
		options client.WriterOptions
		records int
		want    []int // records of each request
	}{
		"by number":      {client.WriterOptions{BatchRecords: 4}, 10, []int{4, 4, 2}},
		"by bytes":       {client.WriterOptions{BatchBytes: 120}, 7, []int{3, 3, 1}}, // of some 50 bytes each
		"by time":        {client.WriterOptions{}, 7, []int{7}},
		"bigger records": {client.WriterOptions{BatchBytes: 1}, 3, []int{1, 1, 1}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := new(sink)
				w := s.writer(t, tt.options)
				if err := w.Add(t.Context(), records(tt.records)...); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if got := len(s.kept()); got != tt.records-tt.want[len(tt.want)-1] && name != "bigger records" {
					t.Errorf("%d records are written before their time, want all but the last batch", got)
				}
				time.Sleep(time.Second) // on the clock of the bubble: it takes no time
				synctest.Wait()
				if diff := cmp.Diff(tt.want, s.sizes); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
				if err := w.Close(t.Context()); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
		})
	}
}

func TestFlushWaitsForWhatWasAdded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{refuse: func([]string) (*http.Response, error) { time.Sleep(2 * time.Second); return nil, nil }}
		w := s.writer(t, client.WriterOptions{BatchRecords: 2})
		if err := w.Add(t.Context(), records(5)...); err != nil {
			t.Fatal(err)
		}
		impatient, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		wantError(t, "an impatient Flush", w.Flush(impatient), context.DeadlineExceeded)
		if err := w.Flush(t.Context()); err != nil || len(s.kept()) != 5 {
			t.Errorf("Flush: %v with %d records, want all 5", err, len(s.kept()))
		}
		began := time.Now()
		if err := errors.Join(w.Flush(t.Context()), w.Close(t.Context())); err != nil || time.Since(began) != 0 {
			t.Errorf("with nothing to write: %v after %s", err, time.Since(began))
		}
	})
}

func TestAFullWriterWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		s := &sink{refuse: func([]string) (*http.Response, error) { <-gate; return nil, nil }}
		// A record counts its content and 64 bytes: ten of them fit.
		w := s.writer(t, client.WriterOptions{Memory: 10 * (64 + len("record 0")), BatchRecords: 4})
		if err := w.Add(t.Context(), records(10)...); err != nil {
			t.Fatal(err)
		}
		waiting, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		err := w.Add(waiting, lts.NewRecord{Content: "record x"})
		wantError(t, "Add to a full writer", err, context.DeadlineExceeded)
		if took := time.Since(began); took != time.Minute {
			t.Errorf("Add waited for %s, want until the context ended", took)
		}
		close(gate)
		if err := errors.Join(w.Add(t.Context(), lts.NewRecord{Content: "record y"}), w.Close(t.Context())); err != nil {
			t.Error(err)
		}
		want := append(numbered(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), "record y")
		if diff := cmp.Diff(want, s.kept()); diff != "" {
			t.Errorf("written (-want +got):\n%s", diff)
		}
	})
}

// What waits to become a batch would never be sent otherwise.
func TestMemoryLessThanABatch(t *testing.T) {
	s := new(sink)
	w := s.writer(t, client.WriterOptions{Memory: 200, Interval: time.Hour})
	if err := errors.Join(w.Add(t.Context(), records(100)...), w.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got := len(s.kept()); got != 100 {
		t.Errorf("%d records, want 100", got)
	}
}

func TestAnEndedContextMattersOnlyWhileWaiting(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	s := new(sink)
	w := s.writer(t, client.WriterOptions{})
	if err := errors.Join(w.Add(ended, records(3)...), w.Close(t.Context())); err != nil || len(s.kept()) != 3 {
		t.Errorf("Add with an ended context: %v with %d records, want 3", err, len(s.kept()))
	}
}

func TestRecordsThatAWriterDoesNotTake(t *testing.T) {
	w := new(sink).writer(t, client.WriterOptions{})
	for name, record := range map[string]lts.NewRecord{
		"empty":                 {TimeNS: 1},
		"too long":              {Content: strings.Repeat("x", client.MaxRecord+1)},
		"too long by its bytes": {Content: strings.Repeat("ü", client.MaxRecord/2+1)},
		"before 1970":           {TimeNS: -1, Content: "x"},
	} {
		err := w.Add(t.Context(), record)
		wantError(t, name, err, lts.ErrInvalidBody)
	}
	if err := w.Add(t.Context(), lts.NewRecord{Content: strings.Repeat("ü", client.MaxRecord/2)}); err != nil {
		t.Errorf("a record of %d bytes: %v", client.MaxRecord, err)
	}
	small := new(sink).writer(t, client.WriterOptions{Memory: 1000})
	wantError(t, "more than there is space", small.Add(t.Context(), lts.NewRecord{Content: strings.Repeat("x", 1000)}), lts.ErrInvalidBody)
	if err := w.Close(t.Context()); err != nil {
		t.Error(err)
	}
	wantError(t, "after Close", w.Add(t.Context(), lts.NewRecord{Content: "x"}), client.ErrWriterClosed)
	if err := w.Close(t.Context()); err != nil {
		t.Errorf("closing once more: %v", err)
	}
}

func TestAWriterOutlivesAnOutage(t *testing.T) {
	for name, outage := range map[string]func() (*http.Response, error){
		"throttled":   func() (*http.Response, error) { return respond(429, throttled) },
		"unavailable": func() (*http.Response, error) { return respond(503, "no upstream") },
		"failing": func() (*http.Response, error) {
			return respond(500, `{"error_code":"LTS.0010","error_msg":"Internal Server Error"}`)
		},
		"no connection":     func() (*http.Response, error) { return nil, errCut },
		"a request timeout": func() (*http.Response, error) { return respond(408, "") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				back := time.Now().Add(time.Minute)
				s := &sink{refuse: func([]string) (*http.Response, error) {
					if time.Now().Before(back) {
						return outage()
					}
					return nil, nil
				}}
				w := s.writer(t, client.WriterOptions{BatchRecords: 3})
				if err := errors.Join(w.Add(t.Context(), records(10)...), w.Close(t.Context())); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(numbered(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), s.kept()); diff != "" {
					t.Errorf("written (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A batch that was written and whose answer was lost is the one case in which
// records are doubled: as a whole batch.
func TestALostAnswerDoublesABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(sink)
		lose := true
		p := &peer{answer: func(req *http.Request, n int) (*http.Response, error) {
			response, err := s.answer(req, n)
			if lose {
				lose = false
				return nil, errCut
			}
			return response, err
		}}
		w := peerClient(t, p).Records.Writer(someStream, client.WriterOptions{BatchRecords: 2})
		if err := errors.Join(w.Add(t.Context(), records(4)...), w.Close(t.Context())); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(numbered(0, 1, 0, 1, 2, 3), s.kept()); diff != "" {
			t.Errorf("written (-want +got):\n%s", diff)
		}
	})
}

func TestAnOutageThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{refuse: func([]string) (*http.Response, error) { return respond(503, "no upstream") }}
		var told []int
		w := s.writer(t, client.WriterOptions{BatchRecords: 4, OnLost: func(lost *client.LostError) { told = append(told, lost.Count) }})
		if err := w.Add(t.Context(), records(10)...); err != nil {
			t.Fatal(err)
		}
		err := w.Close(t.Context())
		lost, ok := errors.AsType[*client.LostError](err)
		if !ok || lost.Count != 10 || !cmp.Equal(lost.Records, records(10)) {
			t.Fatalf("Close: %v, want all ten records", err)
		}
		if failed, ok := errors.AsType[*client.Error](err); !ok || failed.Status != 503 {
			t.Errorf("Close: %v, want the last answer", err)
		}
		if diff := cmp.Diff([]int{4, 4, 2}, told); diff != "" {
			t.Errorf("OnLost was told (-want +got):\n%s", diff)
		}
		if err := w.Flush(t.Context()); err != nil {
			t.Errorf("the loss was reported twice: %v", err)
		}
	})
}

// Of the batches, some are taken and others are not.
func TestHalfOfTheBatchesAreRefused(t *testing.T) {
	s := &sink{refuse: func(lines []string) (*http.Response, error) {
		if slices.Contains(lines, "record 2") || slices.Contains(lines, "record 6") {
			return respond(403, `{"error_code":"LTS.0001","error_msg":"Invalid projectId"}`)
		}
		return nil, nil
	}}
	w := s.writer(t, client.WriterOptions{BatchRecords: 2})
	err := errors.Join(w.Add(t.Context(), records(8)...), w.Flush(t.Context()))
	lost, ok := errors.AsType[*client.LostError](err)
	if !ok || lost.Count != 4 {
		t.Fatalf("Flush: %v, want four lost records", err)
	}
	if diff := cmp.Diff(slices.Concat(records(8)[2:4], records(8)[6:8]), lost.Records); diff != "" {
		t.Errorf("lost (-want +got):\n%s", diff)
	}
	wantError(t, "Flush", err, lts.ErrWrongProject)
	if diff := cmp.Diff(numbered(0, 1, 4, 5), s.kept()); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
	if err := errors.Join(w.Add(t.Context(), lts.NewRecord{Content: "later"}), w.Close(t.Context())); err != nil {
		t.Errorf("the writer goes on: %v", err)
	}
}

// A record that the service does not take does not take others with it.
func TestARefusedRecordIsFound(t *testing.T) {
	for name, answer := range map[string]func() (*http.Response, error){
		"an invalid body": func() (*http.Response, error) { return respond(400, badBody) },
		"too large":       func() (*http.Response, error) { return respond(413, "too large", "Content-Type", "text/plain") },
	} {
		t.Run(name, func(t *testing.T) {
			s := &sink{refuse: func(lines []string) (*http.Response, error) {
				if slices.Contains(lines, "record 333") || slices.Contains(lines, "record 700") {
					return answer()
				}
				return nil, nil
			}}
			w := s.writer(t, client.WriterOptions{})
			err := errors.Join(w.Add(t.Context(), records(1000)...), w.Close(t.Context()))
			lost, ok := errors.AsType[*client.LostError](err)
			if !ok || !cmp.Equal(lost.Records, []lts.NewRecord{records(1000)[333], records(1000)[700]}) {
				t.Fatalf("Close: %v, want the two records", err)
			}
			seen := map[string]int{}
			for _, line := range s.kept() {
				seen[line]++
			}
			if len(seen) != 998 || len(s.kept()) != 998 {
				t.Errorf("%d records written, %d different; want 998", len(s.kept()), len(seen))
			}
			if len(s.sizes) > 50 {
				t.Errorf("%d requests to find them, want some forty", len(s.sizes))
			}
		})
	}
}

func TestARefusalOfEverythingIsNotSearchedForever(t *testing.T) {
	s := &sink{refuse: func([]string) (*http.Response, error) { return respond(400, badBody) }}
	w := s.writer(t, client.WriterOptions{})
	err := errors.Join(w.Add(t.Context(), records(1000)...), w.Close(t.Context()))
	if lost, ok := errors.AsType[*client.LostError](err); !ok || lost.Count != 1000 || len(s.sizes) > 200 {
		t.Errorf("Close: %v after %d requests, want 1000 lost records after fewer than 200", err, len(s.sizes))
	}
}

func TestWrongLabelsAreNotSearchedForInRecords(t *testing.T) {
	s := &sink{refuse: func([]string) (*http.Response, error) {
		return respond(400, `{"error_code":"LTS.0009","error_msg":"bad","details":[{"field":"/labels","rule":"at most 100"}]}`)
	}}
	w := s.writer(t, client.WriterOptions{})
	if err := errors.Join(w.Add(t.Context(), records(10)...), w.Close(t.Context())); err == nil || len(s.sizes) != 1 {
		t.Errorf("Close: %v after %d requests, want a loss after one", err, len(s.sizes))
	}
}

func TestAMissingStreamOfTheServer(t *testing.T) {
	c := serve(t).client(t)
	stream := newStream(t, c)
	stream.ID = missing
	w := c.Records.Writer(stream, client.WriterOptions{})
	err := errors.Join(w.Add(t.Context(), records(3)...), w.Close(t.Context()))
	wantError(t, "Close", err, lts.ErrStreamNotFound)
	if lost, ok := errors.AsType[*client.LostError](err); !ok || lost.Count != 3 {
		t.Errorf("Close: %v, want three lost records", err)
	}
}

func TestCloseGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{answer: func(req *http.Request, _ int) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		}}
		w := peerClient(t, p, client.WithTimeout(time.Hour)).Records.Writer(someStream, client.WriterOptions{BatchRecords: 2})
		if err := w.Add(t.Context(), records(5)...); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		began := time.Now()
		err := w.Close(ctx)
		lost, ok := errors.AsType[*client.LostError](err)
		if !ok || !cmp.Equal(lost.Records, records(5)) || time.Since(began) != 10*time.Second {
			t.Errorf("Close: %v after %s, want five lost records after 10 s", err, time.Since(began))
		}
		wantError(t, "Close", err, context.DeadlineExceeded)
	})
}

// However much is lost, the report keeps no more than fits into the memory.
func TestTheReportOfALossIsBounded(t *testing.T) {
	s := &sink{refuse: func([]string) (*http.Response, error) { return respond(403, "") }}
	w := s.writer(t, client.WriterOptions{Memory: 800, BatchRecords: 4})
	err := errors.Join(w.Add(t.Context(), records(100)...), w.Close(t.Context()))
	lost, ok := errors.AsType[*client.LostError](err)
	if !ok || lost.Count != 100 || len(lost.Records) != 11 || !cmp.Equal(lost.Records, records(11)) {
		t.Errorf("Close: %v, want 100 lost records, of which the first 11 are kept", err)
	}
}

func TestConcurrentWriters(t *testing.T) {
	c := serve(t).client(t)
	stream := newStream(t, c)
	w := c.Records.Writer(stream, client.WriterOptions{BatchRecords: 50, Senders: 3, Memory: 10_000})
	var writers sync.WaitGroup
	for i := range 8 {
		writers.Go(func() {
			for j := range 250 {
				if err := w.Add(t.Context(), lts.NewRecord{Content: fmt.Sprintf("%d of %d", j, i)}); err != nil {
					t.Error(err)
				}
				if j%100 == 99 {
					if err := w.Flush(t.Context()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	writers.Wait()
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	different := map[string]bool{}
	all := must(collect(c.Records.Query(t.Context(), client.Query{Stream: stream})))(t)
	for _, record := range all {
		different[record.Content] = true
	}
	if len(all) != 2000 || len(different) != 2000 {
		t.Errorf("%d records, %d different; want 2000", len(all), len(different))
	}
}

func TestAWriterThatIsNotClosedLeavesNoGoroutine(t *testing.T) {
	// synctest fails when a goroutine of the bubble is left blocked.
	synctest.Test(t, func(t *testing.T) {
		s := new(sink)
		w := s.writer(t, client.WriterOptions{})
		if err := w.Add(t.Context(), records(3)...); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute) // on the clock of the bubble
		if got := len(s.kept()); got != 3 {
			t.Errorf("%d records, want 3", got)
		}
	})
}

func TestTimesOfRecordsAreExact(t *testing.T) {
	var body []byte
	p := &peer{answer: func(req *http.Request, _ int) (*http.Response, error) {
		body, _ = io.ReadAll(req.Body)
		return respond(200, written)
	}}
	w := peerClient(t, p).Records.Writer(someStream, client.WriterOptions{Compression: client.Plain})
	if err := errors.Join(w.Add(t.Context(), lts.NewRecord{TimeNS: math.MaxInt64, Content: "x"}), w.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if want := `{"contents":[{"log_time_ns":9223372036854775807,"log":"x"}]}`; string(body) != want {
		t.Errorf("sent %s, want %s", body, want)
	}
}

func TestAnUnknownCompression(t *testing.T) {
	w := new(sink).writer(t, client.WriterOptions{Compression: "zip"})
	err := errors.Join(w.Add(t.Context(), records(1)...), w.Close(t.Context()))
	if lost, ok := errors.AsType[*client.LostError](err); !ok || lost.Count != 1 || !strings.Contains(err.Error(), `1 record was not written: unknown compression "zip"`) {
		t.Errorf("Close: %v, want a loss that names the compression", err)
	}
}
