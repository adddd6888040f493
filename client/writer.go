package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/lts"
)

// WriterOptions say how a [Writer] works. The zero value has the defaults.
type WriterOptions struct {
	Labels map[string]string // of every record, at most 100

	BatchRecords int           // records of a batch; default 1000
	BatchBytes   int           // bytes of a batch before it is compressed; default 1 MiB
	Interval     time.Duration // how long a record waits for others; default 1 second
	Compression  Compression   // default Gzip

	// Memory is how many bytes of records the writer holds at most, those that
	// are being sent included. When it is full, Add waits. Default: 16 MiB.
	Memory int
	// Senders is how many batches are sent at a time. Default: 1.
	Senders int
	// Retry says how long the writer tries to get rid of a batch. Attempts 0 means
	// any number. Default: for 2 minutes, with waits of 200 ms to 10 s.
	Retry RetryPolicy
	// OnLost is told at once of records that were not written; see [LostError].
	// It must not call the writer.
	OnLost func(*LostError)
}

// MaxRecord is how many bytes a record has at most.
const MaxRecord = lts.MaxContent

// ErrWriterClosed means that a writer takes no more records.
var ErrWriterClosed = errors.New("client: the writer is closed")

// A Writer collects records and sends them in batches, in the background. It is
// safe for concurrent use.
//
// Delivery is at least once. A batch whose request was cut off, or was answered
// with 5xx, is sent again, and may then be there twice, as a whole. Nothing is
// doubled otherwise. A batch that is refused is halved until the records are
// found that the service does not take; the others are written.
//
// What could not be written is reported by the next Flush or Close, and by
// WriterOptions.OnLost at once. A writer that is given up without Close loses
// what it has not sent.
type Writer struct {
	records *Records
	stream  lts.Stream
	options WriterOptions
	labels  []byte // as JSON; empty: none
	memory  *semaphore.Weighted
	ctx     context.Context // ends when the writer gives up
	giveUp  context.CancelCauseFunc

	mu          sync.Mutex
	closed      bool
	current     *batch // nil or not empty
	timer       *time.Timer
	queue       []*batch
	outstanding []*batch // queued or being sent, in their order
	senders     int      // that are running
	free        []*batch // to be used again
	lost        *LostError
}

// Writer returns a writer to a stream. It has to be closed to be sure that
// everything is written. Negative options count as zero.
func (r *Records) Writer(stream lts.Stream, options WriterOptions) *Writer {
	options = options.orDefault()
	w := &Writer{records: r, stream: stream, options: options, memory: semaphore.NewWeighted(int64(options.Memory))}
	w.ctx, w.giveUp = context.WithCancelCause(context.Background())
	if len(options.Labels) > 0 {
		w.labels, _ = json.Marshal(options.Labels) // strings can always be encoded
	}
	return w
}

func (o WriterOptions) orDefault() WriterOptions {
	setDefault(&o.BatchRecords, 1000)
	setDefault(&o.BatchBytes, 1<<20)
	setDefault(&o.Interval, time.Second)
	setDefault(&o.Memory, 16<<20)
	setDefault(&o.Senders, 1)
	setDefault(&o.Compression, Gzip)
	if o.Retry.check() != nil {
		o.Retry = RetryPolicy{}
	}
	o.Retry = o.Retry.orDefault(RetryPolicy{Wait: 200 * time.Millisecond, MaxWait: 10 * time.Second, Within: 2 * time.Minute})
	return o
}

func setDefault[T int | time.Duration | Compression](option *T, value T) {
	var zero T
	if *option <= zero {
		*option = value
	}
}

// Add takes records, in their order. A record without a time gets that of the
// client's clock. Add waits while the writer's memory is full; then the context
// matters. A record that it does not take is the error: [ErrWriterClosed],
// [lts.ErrInvalidBody] for one that is empty, too long or from before 1970, or the
// cause of the context's end. Those before it have been taken. Bytes of a
// content that are not UTF-8 become U+FFFD, because requests are JSON.
func (w *Writer) Add(ctx context.Context, records ...lts.NewRecord) error {
	for _, record := range records {
		if record.TimeNS == 0 {
			record.TimeNS = w.records.config.now().UnixNano()
		}
		if err := w.add(ctx, record); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) add(ctx context.Context, record lts.NewRecord) error {
	cost := costOf(record)
	if err := w.check(record, cost); err != nil {
		return err
	}
	if err := w.reserve(ctx, cost); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		w.memory.Release(cost)
		return ErrWriterClosed
	}
	if w.current == nil {
		w.begin()
	}
	w.current.add(record)
	if w.current.len() >= w.options.BatchRecords || len(w.current.elements) >= w.options.BatchBytes {
		w.seal()
	}
	return nil
}

func (w *Writer) check(record lts.NewRecord, cost int64) error {
	rule := ""
	switch {
	case record.Content == "":
		rule = "a record is not empty"
	case len(record.Content) > MaxRecord:
		rule = fmt.Sprintf("a record has at most %d bytes", MaxRecord)
	case record.TimeNS < 0:
		rule = "a record has a time after 1970, in nanoseconds"
	case cost > int64(w.options.Memory):
		rule = fmt.Sprintf("a record of %d bytes does not fit into the writer's memory", len(record.Content))
	default:
		return nil
	}
	return fmt.Errorf("client: %w", lts.ErrInvalidBody.WithDetails(lts.Detail{Field: "log", Rule: rule}).CausedBy(errors.New(rule)))
}

// reserve waits for memory. What is waiting to become a batch is sent now,
// because there may be no more.
func (w *Writer) reserve(ctx context.Context, cost int64) error {
	if w.memory.TryAcquire(cost) {
		return nil
	}
	w.mu.Lock()
	w.seal()
	w.mu.Unlock()
	if err := w.memory.Acquire(ctx, cost); err != nil {
		return fmt.Errorf("client: waiting for the writer: %w", context.Cause(ctx))
	}
	return nil
}

// begin starts a batch, which is sent at the latest when its time is over.
func (w *Writer) begin() {
	if n := len(w.free); n > 0 {
		w.current, w.free = w.free[n-1], w.free[:n-1]
	} else {
		w.current = newBatch()
	}
	started := w.current
	w.timer = time.AfterFunc(w.options.Interval, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.current == started {
			w.seal()
		}
	})
}

// seal puts the current batch into the queue, and sees to it that the queue is
// worked off.
func (w *Writer) seal() {
	if w.current == nil {
		return
	}
	w.timer.Stop()
	w.queue = append(w.queue, w.current)
	w.outstanding = append(w.outstanding, w.current)
	w.current = nil
	if w.senders < w.options.Senders {
		w.senders++
		go w.work()
	}
}

// work sends batches until there are none.
func (w *Writer) work() {
	for {
		w.mu.Lock()
		if len(w.queue) == 0 {
			w.senders--
			w.mu.Unlock()
			return
		}
		b := w.queue[0]
		w.queue = slices.Delete(w.queue, 0, 1)
		w.mu.Unlock()
		w.finish(b, w.deliver(b))
	}
}

// finish forgets a batch that was delivered but for some records.
func (w *Writer) finish(b *batch, lost *LostError) {
	if lost != nil && w.options.OnLost != nil {
		w.options.OnLost(lost)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if lost != nil {
		w.lost = w.lost.and(lost, w.options.Memory)
	}
	w.outstanding = slices.DeleteFunc(w.outstanding, func(other *batch) bool { return other == b })
	w.memory.Release(b.cost)
	close(b.done)
	b.reset()
	w.free = append(w.free, b)
}

// Flush sends what was added before and waits until it is written. It fails with
// a [LostError] for all records that were not written since the last report.
// When the context ends first, the writer goes on by itself.
func (w *Writer) Flush(ctx context.Context) error {
	w.mu.Lock()
	w.seal()
	waiting := slices.Clone(w.outstanding)
	dones := make([]chan struct{}, len(waiting))
	for i, b := range waiting {
		dones[i] = b.done
	}
	w.mu.Unlock()
	for _, done := range dones {
		select {
		case <-done:
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("client: records are still being written: %w", context.Cause(ctx)), w.report())
		}
	}
	return w.report()
}

// Close takes no more records, sends what there is, and waits until it is
// written. When the context ends first, the writer gives up what it has not
// sent. It fails with a [LostError] for all records that were not written since
// the last report. Closing once more reports nothing.
func (w *Writer) Close(ctx context.Context) error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { w.giveUp(context.Cause(ctx)) })
	defer stop()
	err := w.Flush(context.Background())
	w.giveUp(ErrWriterClosed)
	return err
}

// report gives what was lost since the last report.
func (w *Writer) report() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	lost := w.lost
	w.lost = nil
	if lost == nil {
		return nil
	}
	return lost
}

// maxRefusals is how many parts of one batch may be refused before the rest of
// it is given up. It is enough to find several records that the service does not
// take among thousands.
const maxRefusals = 64

// deliver sends a batch. It returns what the service does not take, or nil.
func (w *Writer) deliver(b *batch) *LostError {
	var lost *LostError
	refusals := 0
	parts := [][2]int{{0, b.len()}}
	for len(parts) > 0 {
		i, j := parts[len(parts)-1][0], parts[len(parts)-1][1]
		parts = parts[:len(parts)-1]
		err := w.send(b, i, j)
		if err == nil {
			continue
		}
		refusals++
		if j-i > 1 && refusals <= maxRefusals && concernsRecords(err) {
			middle := (i + j) / 2
			parts = append(parts, [2]int{middle, j}, [2]int{i, middle})
			continue
		}
		lost = lost.and(b.lose(i, j, err), w.options.Memory)
	}
	return lost
}

// concernsRecords tells whether a part of a refused request may be taken.
func concernsRecords(err error) bool {
	failed, ok := asAnswer(err)
	if !ok {
		return false
	}
	if slices.ContainsFunc(failed.Details, func(d lts.Detail) bool { return strings.HasPrefix(d.Field, "/labels") }) {
		return false
	}
	return failed.Status == http.StatusRequestEntityTooLarge || errors.Is(failed.row, lts.ErrInvalidBody)
}

var buffers = sync.Pool{New: func() any { return new([2][]byte) }}

// send sends the elements of a batch from i to j.
func (w *Writer) send(b *batch, i, j int) error {
	buffer := buffers.Get().(*[2][]byte)
	defer buffers.Put(buffer)
	buffer[0] = b.appendBody(buffer[0][:0], w.labels, i, j)
	body := buffer[0]
	var params api.ReportLogsHighAccuracyParams
	if compression := w.options.Compression; compression != Plain {
		var err error
		if buffer[1], err = compression.compress(buffer[1], body); err != nil {
			return err
		}
		body = buffer[1]
		encoding := api.ReportLogsHighAccuracyParamsContentEncoding(compression)
		params.ContentEncoding = &encoding
	}
	ctx := call{operation: "ReportLogsHighAccuracy", traits: repeatable | persistent, retry: &w.options.Retry}.in(w.ctx)
	return reported(w.records.lts.ReportLogsHighAccuracyWithBody(
		ctx, w.records.project, w.stream.GroupID, w.stream.ID, &params, jsonType, bytes.NewReader(body)))
}

// A LostError says which records a [Writer] has not written. Those whose last
// request was cut off may be there all the same.
type LostError struct {
	// Records are those that were not written, as many of them as fit into the
	// writer's memory.
	Records []lts.NewRecord
	Count   int   // of all that were not written
	Err     error // why, for the first of them

	cost int64
}

// Error gives the number and the reason.
func (e *LostError) Error() string {
	what := "records were"
	if e.Count == 1 {
		what = "record was"
	}
	return fmt.Sprintf("client: %d %s not written: %s", e.Count, what, strings.TrimPrefix(e.Err.Error(), "client: "))
}

// Unwrap gives the reason.
func (e *LostError) Unwrap() error { return e.Err }

// lose gives up the elements from i to j.
func (b *batch) lose(i, j int, reason error) *LostError {
	lost := &LostError{Count: j - i, Err: reason}
	for ; i < j; i++ {
		record := b.record(i)
		lost.Records = append(lost.Records, record)
		lost.cost += costOf(record)
	}
	return lost
}

// and adds what was lost later, keeping records as long as they fit.
func (e *LostError) and(later *LostError, memory int) *LostError {
	if e == nil {
		return later
	}
	sum := &LostError{Records: slices.Clip(e.Records), Count: e.Count + later.Count, Err: e.Err, cost: e.cost}
	for _, record := range later.Records {
		if sum.cost += costOf(record); sum.cost > int64(memory) {
			break
		}
		sum.Records = append(sum.Records, record)
	}
	return sum
}
