package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
)

func TestTailOfTheServer(t *testing.T) {
	c := serve(t).client(t)
	stream := newStream(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	write := func(lines ...string) {
		if err := c.Records.WriteLines(ctx, stream, nil, time.Now().UnixNano(), lines...); err != nil {
			t.Error(err)
		}
	}
	write("before")
	began := time.Now()
	write("first", "second")
	var got []string
	for record, err := range c.Records.Tail(ctx, client.TailQuery{Stream: stream, From: began, Interval: time.Millisecond}) {
		if err != nil {
			wantError(t, "the last error", err, context.Canceled)
			break
		}
		switch got = append(got, record.Content); len(got) {
		case 2:
			write("third")
		case 3:
			cancel()
		}
	}
	if diff := cmp.Diff([]string{"first", "second", "third"}, got); diff != "" {
		t.Errorf("followed (-want +got):\n%s", diff)
	}
}

// A feed plays a stream whose records come in over time.
type feed struct {
	records []lts.Record // in order of arrival
	arrives []time.Time
	fail    func() error // may be nil
}

func (f *feed) add(at time.Time, late time.Duration, content string) {
	f.records = append(f.records, lts.Record{LineNum: at.UnixNano(), Content: content})
	f.arrives = append(f.arrives, at.Add(late))
}

func (f *feed) answer(req *http.Request, _ int) (*http.Response, error) {
	if f.fail != nil {
		if err := f.fail(); err != nil {
			return nil, err
		}
	}
	window, cursor := windowOf(req)
	var logs []string
	for i, record := range f.records {
		if !f.arrives[i].After(time.Now()) && window.Contains(record.LineNum) && record.LineNum > cursor {
			logs = append(logs, fmt.Sprintf(`{"content":%q,"labels":{},"line_num":"%019d"}`, record.Content, record.LineNum))
		}
	}
	return respond(200, `{"logs":[`+strings.Join(logs, ",")+`],"isQueryComplete":true}`)
}

func TestTail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		at := start.Add
		f := new(feed)
		f.add(at(-time.Second), 0, "too old")
		f.add(at(500*time.Millisecond), 0, "one")
		f.add(at(600*time.Millisecond), 3*time.Second, "late")
		f.add(at(2500*time.Millisecond), 0, "two")
		f.add(at(20*time.Second), 0, "after a pause")
		f.add(at(10*time.Second), 30*time.Second, "too late")
		f.add(at(50*time.Second), -40*time.Second, "ahead of its time")
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		type seen struct {
			Content string
			After   time.Duration
		}
		var got []seen
		var last error
		for record, err := range peerClient(t, &peer{answer: f.answer}).Records.Tail(ctx, client.TailQuery{}) {
			if last = err; err == nil {
				got = append(got, seen{record.Content, time.Since(start)})
			}
		}
		want := []seen{
			{"one", time.Second}, {"two", 3 * time.Second}, {"late", 4 * time.Second},
			{"ahead of its time", 10 * time.Second}, {"after a pause", 20 * time.Second},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("followed (-want +got):\n%s", diff)
		}
		wantError(t, "the last error", last, context.DeadlineExceeded)
	})
}

func TestATailOutlivesErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		f := new(feed)
		f.add(start.Add(time.Second), 0, "during the failure")
		f.fail = func() error {
			if time.Since(start) < 3*time.Second {
				return errCut
			}
			return nil
		}
		failures := 0
		for record, err := range peerClient(t, &peer{answer: f.answer}, once).Records.Tail(t.Context(), client.TailQuery{}) {
			if err == nil {
				if record.Content != "during the failure" {
					t.Errorf("got %q", record.Content)
				}
				break
			}
			if failures++; !errors.Is(err, errCut) || failures > 10 {
				t.Fatalf("failure %d: %v, want a cut connection", failures, err)
			}
		}
		if failures != 3 {
			t.Errorf("%d failures, want one each second", failures)
		}
	})
}
