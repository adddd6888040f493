package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
)

// lastChance is how long an interrupted command goes on trying to write what it
// has read.
const lastChance = 5 * time.Second

// A delivery takes lines to a stream.
type delivery struct {
	writer *client.Writer
	ctx    context.Context // ends when it is of no use to go on
	stop   context.CancelCauseFunc

	adding sync.Mutex // of lines to the writer, which may wait for memory
	added  int
	broken int    // of those, not UTF-8
	source string // what is being read

	mu   sync.Mutex
	lost outcome
	file *os.File // for what was lost; nil: none
}

// An outcome says what has become of lines.
type outcome struct {
	read    int
	lost    int    // of those that were read
	broken  int    // of those that were read, not UTF-8
	err     error  // why, for the first of them
	stopped string // where reading was given up; empty: everything was read
}

func (o outcome) written() int { return o.read - o.lost }

func newDelivery(ctx context.Context, c *client.Client, stream lts.Stream, lostFile string, options client.WriterOptions) (*delivery, error) {
	d := new(delivery)
	if lostFile != "" {
		var err error
		if d.file, err = os.OpenFile(lostFile, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600); err != nil {
			return nil, fmt.Errorf("--lost: %w", err)
		}
	}
	d.ctx, d.stop = context.WithCancelCause(ctx)
	options.OnLost = d.lose
	d.writer = c.Records.Writer(stream, options)
	return d, nil
}

// errStopped ends the reading of lines that would be lost.
var errStopped = errors.New("reading has stopped")

// lose keeps what was not written. Unless it is the records themselves that the
// service does not take, the next ones would be lost too.
func (d *delivery) lose(lost *client.LostError) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lost.lost == 0 {
		d.lost.err = lost.Err
	}
	d.lost.lost += lost.Count
	if d.file != nil {
		for _, record := range lost.Records {
			if _, err := fmt.Fprintln(d.file, record.Content); err != nil {
				d.stop(fmt.Errorf("--lost: %w", err))
				return
			}
		}
	}
	if !errors.Is(lost.Err, lts.ErrInvalidBody) {
		d.stop(errStopped)
	}
}

// read reads the inputs to their end, or until it is of no use to go on. The
// bytes go to a witness as well.
func (d *delivery) read(inputs []input, witness io.Writer) error {
	done := make(chan error, 1)
	go func() { done <- d.addAll(inputs, witness) }()
	select {
	case err := <-done:
		return err
	case <-d.ctx.Done(): // the reader may wait for input that never comes
		return nil
	}
}

func (d *delivery) addAll(inputs []input, witness io.Writer) error {
	for _, in := range inputs {
		for line, err := range lines(io.TeeReader(in, witness)) {
			if err == nil {
				err = d.add(in.name, line)
			}
			if d.ctx.Err() != nil {
				return nil // the cause says more
			}
			if err != nil {
				return fmt.Errorf("%s: %w", in.name, err)
			}
		}
	}
	return nil
}

func (d *delivery) add(source, line string) error {
	d.adding.Lock()
	defer d.adding.Unlock()
	d.source = source
	err := d.writer.Add(d.ctx, lts.NewRecord{Content: line})
	if err == nil {
		d.added++
		if !utf8.ValidString(line) {
			d.broken++
		}
	}
	return err
}

// close writes what has been read, and says what became of it. It fails when
// somebody has interrupted it, or when the file for what was lost is not whole.
func (d *delivery) close(ctx context.Context) (outcome, error) {
	last, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastChance, cancel) })()
	_ = d.writer.Close(last) // lose has been told

	d.adding.Lock()
	defer d.adding.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lost.read, d.lost.broken = d.added, d.broken
	cause := context.Cause(d.ctx)
	if errors.Is(cause, errStopped) {
		d.lost.stopped, cause = d.source, nil
	}
	d.stop(nil)
	if d.file != nil {
		cause = errors.Join(cause, d.file.Close())
	}
	return d.lost, cause
}

// lines are the lines of a text that are not empty, without their ends. One that
// is longer than a record can be becomes several. An error is the last one.
func lines(text io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		scanner := bufio.NewScanner(text)
		scanner.Buffer(nil, 2*client.MaxRecord)
		scanner.Split(splitRecord)
		for scanner.Scan() {
			if line := scanner.Text(); line != "" && !yield(line, nil) {
				return
			}
		}
		if err := scanner.Err(); err != nil {
			yield("", err)
		}
	}
}

// splitRecord is a [bufio.SplitFunc] for lines that cuts those that are too long,
// between two characters.
func splitRecord(data []byte, atEOF bool) (int, []byte, error) {
	advance, line, err := bufio.ScanLines(data, atEOF)
	if len(line) <= client.MaxRecord && (advance > 0 || len(data) <= client.MaxRecord) {
		return advance, line, err
	}
	cut := client.MaxRecord
	for cut > client.MaxRecord-utf8.UTFMax && !utf8.RuneStart(data[cut]) {
		cut--
	}
	return cut, data[:cut], nil
}
