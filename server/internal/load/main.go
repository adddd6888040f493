// Command load measures the embedded server through HTTP on the loopback
// interface and prints what it has measured beside what is wanted. It judges
// nothing: the figures depend on the machine and on what else it does.
//
// Server and clients share one process and its cores. What the engine does
// without HTTP is measured by the benchmarks of store/records.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/ltskit/ltskit/server/embedded"
)

// Options say how much to do.
type options struct {
	records int           // in batches
	limit   time.Duration // of writing batches
	writers int           // of batches
	singles time.Duration // of writing single records
	calm    time.Duration // without change after which the disk counts as settled
	settle  time.Duration // to wait for that at most
	data    string        // where to make the data folder; empty: among temporary files
}

func main() {
	var o options
	flag.IntVar(&o.records, "records", 1_000_000, "how many records to write in batches of 1000")
	flag.DurationVar(&o.limit, "limit", time.Minute, "how long to write in batches at most")
	flag.IntVar(&o.writers, "writers", 4, "how many clients write batches at the same time")
	flag.DurationVar(&o.singles, "singles", 5*time.Second, "how long to write single records")
	flag.DurationVar(&o.calm, "calm", 15*time.Second, "how long the size on disk must stay the same to count as settled")
	flag.DurationVar(&o.settle, "settle", 2*time.Minute, "how long to wait for that at most")
	flag.StringVar(&o.data, "data", "", "folder to make the data folder in (default that for temporary files)")
	flag.Parse()
	if err := run(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(o options, out io.Writer) error {
	dir, err := os.MkdirTemp(o.data, "lts-load-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	var r report
	sync, err := syncTime(dir)
	if err != nil {
		return err
	}
	r.add("sync of 4 KiB to this disk (ms)", "", "%.2f", sync.Seconds()*1000)
	if err := measure(o, dir, &r); err != nil {
		return err
	}
	r.add("peak memory with clients (MiB)", "≤ 1024", "%s", peakMemory())
	return r.print(out)
}

// measure runs a server and everything that is asked of it.
func measure(o options, dir string, r *report) error {
	ctx := context.Background()
	service, err := embedded.Open(ctx, embedded.Options{Data: dir, Directory: embedded.DevDirectory()})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, service.Close())
	}
	httpServer := &http.Server{Handler: service, ReadHeaderTimeout: time.Minute}
	go func() { _ = httpServer.Serve(listener) }()
	written, err := ask(o, listener.Addr().String(), r)
	if err == nil {
		var s settling
		s, err = settle(filepath.Join(dir, "records"), o.calm, o.settle)
		s.report(written, r)
	}
	return errors.Join(err, httpServer.Shutdown(ctx), service.Close())
}

// ask takes all measurements from a server at an address.
func ask(o options, address string, r *report) (written int, err error) {
	c, err := dial(address)
	if err != nil {
		return 0, err
	}
	defer c.close()
	if err := measureGroups(c, r); err != nil {
		return 0, err
	}
	stream, err := newStream(c, "load")
	if err != nil {
		return 0, err
	}
	first := firstTime(o.records / batchSize)
	batches, err := measureBatches(o, address, stream, first, r)
	if err != nil {
		return 0, err
	}
	if err := measureQueries(c, stream, first.Add(time.Duration(batches/2)*spacing), batches, r); err != nil {
		return 0, err
	}
	single, err := newStream(c, "single")
	if err != nil {
		return 0, err
	}
	singles, err := measureSingles(o, address, single, r)
	return batches*batchSize + singles, err
}

// A report has the rows of the table that is printed at the end.
type report struct{ rows [][3]string }

func (r *report) add(what, goal, format string, value any) {
	r.rows = append(r.rows, [3]string{what, fmt.Sprintf(format, value), goal})
}

func (r *report) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprint(w, "through HTTP, one process\tmeasured\tgoal\n")
	for _, row := range r.rows {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", row[0], row[1], row[2])
	}
	return w.Flush()
}
