package client

import (
	"bytes"
	"context"
	"log/slog"
	"sync"

	"github.com/ltskit/ltskit/lts"
)

// Handler returns a [slog.Handler] that makes a record of every log record: its
// JSON as [slog.JSONHandler] writes it, with the time of the log record. The
// options are those of that handler; nil means its defaults.
//
// Handling waits while the memory of the writer is full, at most until the
// context of the log record ends. A hook of the client ([WithHook]) must not log
// to the writer of the same client, or every batch would make another one.
func (w *Writer) Handler(options *slog.HandlerOptions) slog.Handler {
	line := new(jsonLine)
	return &handler{writer: w, line: line, json: slog.NewJSONHandler(&line.buffer, options)}
}

// A handler encodes with a JSON handler into a line that all handlers derived
// from the same one share.
type handler struct {
	writer *Writer
	line   *jsonLine
	json   slog.Handler
}

type jsonLine struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

// Enabled implements [slog.Handler].
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.json.Enabled(ctx, level)
}

// WithAttrs implements [slog.Handler].
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &handler{writer: h.writer, line: h.line, json: h.json.WithAttrs(attrs)}
}

// WithGroup implements [slog.Handler].
func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{writer: h.writer, line: h.line, json: h.json.WithGroup(name)}
}

// Handle implements [slog.Handler].
func (h *handler) Handle(ctx context.Context, record slog.Record) error {
	content, err := h.encode(ctx, record)
	if err != nil {
		return err
	}
	added := lts.NewRecord{Content: content}
	if !record.Time.IsZero() {
		added.TimeNS = record.Time.UnixNano()
	}
	return h.writer.Add(ctx, added)
}

func (h *handler) encode(ctx context.Context, record slog.Record) (string, error) {
	h.line.mu.Lock()
	defer h.line.mu.Unlock()
	h.line.buffer.Reset()
	if err := h.json.Handle(ctx, record); err != nil {
		return "", err
	}
	return string(bytes.TrimSuffix(h.line.buffer.Bytes(), []byte{'\n'})), nil
}
