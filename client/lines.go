package client

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/ltskit/ltskit/lts"
)

// Lines returns an [io.Writer] that makes a record of every line that is written
// to it, with the time at which its end came. Empty lines are left out, because
// the service does not take them; a line that is longer than a record becomes
// several. Close makes a record of what has no end of line yet; the Writer stays
// open.
//
// A write waits while the memory of the Writer is full.
func (w *Writer) Lines() io.WriteCloser { return &lines{writer: w} }

type lines struct {
	writer *Writer

	mu   sync.Mutex
	rest []byte // of a line without end
}

// Write implements [io.Writer].
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	written := 0
	for written < len(p) {
		line, _, ended := bytes.Cut(p[written:], []byte{'\n'})
		l.rest = append(l.rest, line...)
		written += len(line)
		if err := l.shorten(); err != nil {
			return written, err
		}
		if !ended {
			break
		}
		written++
		if err := l.end(); err != nil {
			return written, err
		}
	}
	return written, nil
}

// Close implements [io.Closer].
func (l *lines) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.end()
}

// shorten makes records of what is longer than one can be.
func (l *lines) shorten() error {
	for len(l.rest) > MaxRecord {
		cut := MaxRecord
		for cut > MaxRecord-utf8.UTFMax && !utf8.RuneStart(l.rest[cut]) {
			cut--
		}
		content := string(l.rest[:cut])
		l.rest = l.rest[:copy(l.rest, l.rest[cut:])]
		if err := l.add(content); err != nil {
			return err
		}
	}
	return nil
}

func (l *lines) end() error {
	content := strings.TrimSuffix(string(l.rest), "\r")
	l.rest = l.rest[:0]
	if content == "" {
		return nil
	}
	return l.add(content)
}

func (l *lines) add(content string) error {
	return l.writer.Add(context.Background(), lts.NewRecord{Content: content})
}
