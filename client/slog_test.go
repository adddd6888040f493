package client_test

import (
	"encoding/json"
	"log/slog"
	"sync"
	"testing"
	"testing/slogtest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
)

func TestHandlerKeepsTheRulesOfSlog(t *testing.T) {
	s := new(sink)
	w := s.writer(t, client.WriterOptions{})
	err := slogtest.TestHandler(w.Handler(nil), func() []map[string]any {
		if err := w.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		var all []map[string]any
		for _, line := range s.kept() {
			var fields map[string]any
			if err := json.Unmarshal([]byte(line), &fields); err != nil {
				t.Fatal(err)
			}
			all = append(all, fields)
		}
		return all
	})
	if err != nil {
		t.Error(err)
	}
}

func TestHandlerOnTheServer(t *testing.T) {
	c := serve(t).client(t)
	stream := newStream(t, c)
	w := c.Records.Writer(stream, client.WriterOptions{})
	handler := w.Handler(&slog.HandlerOptions{Level: slog.LevelWarn})
	at := base
	for _, level := range []slog.Level{slog.LevelInfo, slog.LevelError} {
		if handler.Enabled(t.Context(), level) {
			record := slog.NewRecord(at, level, "no stock", 0)
			record.Add("item", 7)
			if err := handler.Handle(t.Context(), record); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := must(collect(c.Records.Query(t.Context(), client.Query{Stream: stream})))(t)
	want := []lts.Record{{
		LineNum: at.UnixNano(),
		Content: `{"time":"` + at.Format(time.RFC3339Nano) + `","level":"ERROR","msg":"no stock","item":7}`,
		Labels:  map[string]string{},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestHandlersShareALine(t *testing.T) {
	s := new(sink)
	w := s.writer(t, client.WriterOptions{})
	var loggers sync.WaitGroup
	root := slog.New(w.Handler(nil))
	for i := range 8 {
		logger := root.With("i", i)
		loggers.Go(func() {
			for j := range 100 {
				logger.Info("message", "j", j)
			}
		})
	}
	loggers.Wait()
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	different := map[[2]int]bool{}
	for _, line := range s.kept() {
		var fields struct{ I, J int }
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		different[[2]int{fields.I, fields.J}] = true
	}
	if len(different) != 800 {
		t.Errorf("%d different records, want 800", len(different))
	}
}
