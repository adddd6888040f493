package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	"unicode/utf8"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/cmd/lts/internal/terminal"
)

type writeCommand struct {
	*session
	labels []string
	lost   string // file for the lines that were not written; empty: none
	tryFor span
	dryRun bool
}

func newWrite(s *session) *cobra.Command {
	w := &writeCommand{session: s, tryFor: span(2 * time.Minute)}
	cmd := &cobra.Command{
		Use: "write GROUP/STREAM [FILE...]", Args: takes(1, 0), ValidArgsFunction: s.completeWrite,
		Short: "Write lines of files or of the standard input to a stream",
		Long: "Write every line that is not empty as a record, with the time at which it is read. Without a file,\n" +
			"and for the file -, lines come from the standard input, and are written while it is open.\n\n" +
			"Exit status 1 means that some lines were not written; --lost keeps them.",
		Example: "  lts write web/access access.log --label host=a\n" +
			"  tail -f access.log | lts write web/access\n" +
			"  lts write web/access access.log --lost lost.log",
		RunE: s.run(w.run),
	}
	cmd.Flags().StringArrayVarP(&w.labels, "label", "l", nil, "label of every record, `key=value`; may be repeated")
	cmd.Flags().StringVar(&w.lost, "lost", "", "`file` that gets the lines that were not written")
	cmd.Flags().Var(&w.tryFor, "try-for", "how long to try again while the service cannot be reached or has too much to do")
	cmd.Flags().BoolVar(&w.dryRun, "dry-run", false, "read and count the lines, and write nothing")
	return cmd
}

// completeWrite completes a stream and then files.
func (s *session) completeWrite(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return s.complete(cmd, listStreamPaths, word)
}

func (w *writeCommand) run(cmd *cobra.Command, c *client.Client, args []string) error {
	labels, err := pairs("label", w.labels)
	if err != nil {
		return err
	}
	files := args[1:]
	if len(files) == 0 {
		files = []string{"-"}
	}
	inputs, size, err := openAll(cmd, files)
	if err != nil {
		return err
	}
	defer closeAll(inputs)
	p, err := findStream(cmd.Context(), c, args[0])
	if err != nil {
		return err
	}
	if w.dryRun {
		return w.dryWrite(cmd, p, inputs)
	}
	if files[0] == "-" && terminal.Is(cmd.InOrStdin()) {
		w.note(cmd, "type lines for %s; Ctrl-D ends", p)
	}
	bar, clearBar := w.progress(cmd, size)
	out, err := newDelivery(cmd.Context(), c, p.stream, w.lost, client.WriterOptions{
		Labels: labels, Retry: client.RetryPolicy{Within: time.Duration(w.tryFor)},
	})
	if err != nil {
		return err
	}
	readErr := out.read(inputs, bar)
	clearBar()
	result, err := out.close(cmd.Context())
	w.warnOfBroken(cmd, result.broken)
	if err = errors.Join(readErr, err); err != nil {
		return fmt.Errorf("%s written to %s, %d not written: %w", plural(result.written(), "line"), p, result.lost, err)
	}
	if result.lost > 0 {
		return w.reportLost(cmd, result)
	}
	w.note(cmd, "%s written to %s", plural(result.written(), "line"), p)
	return nil
}

// warnOfBroken says that records are not as the lines were.
func (w *writeCommand) warnOfBroken(cmd *cobra.Command, n int) {
	if n > 0 && !w.quiet {
		say(cmd.ErrOrStderr(), "lts: warning: %s not in UTF-8; bytes that are none became U+FFFD", plural(n, "line"))
	}
}

// reportLost says which lines were not written.
func (w *writeCommand) reportLost(cmd *cobra.Command, result outcome) error {
	where := "--lost FILE keeps them"
	if w.lost != "" {
		where = "they are in " + w.lost
	}
	if result.stopped != "" {
		where += "; reading stopped in " + result.stopped
	}
	say(cmd.ErrOrStderr(), "lts: %d of %s not written: %s; %s", result.lost, plural(result.read, "line"), hinted(result.err), where)
	return errNo
}

// progress takes the bytes that were read and shows them to a person who waits
// for files, until the bar is cleared.
func (w *writeCommand) progress(cmd *cobra.Command, size int64) (bar io.Writer, clear func()) {
	out := cmd.ErrOrStderr()
	if w.quiet || !terminal.Is(out) || size == 0 {
		return io.Discard, func() {}
	}
	shown := progressbar.NewOptions64(size,
		progressbar.OptionSetWriter(out), progressbar.OptionShowBytes(true), progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionSetRenderBlankState(true))
	return tolerant{shown}, func() { _ = shown.Clear() } // it only decorates the terminal
}

// A tolerant writer takes everything, whatever the one behind it says: a file
// may grow while it is read, and no bar keeps it from being written.
type tolerant struct{ io.Writer }

// Write implements [io.Writer].
func (t tolerant) Write(p []byte) (int, error) {
	_, _ = t.Writer.Write(p)
	return len(p), nil
}

// An input is a file to be read.
type input struct {
	io.Reader
	name  string
	close func() error
}

// openAll opens files before anything is written. The size is that of all, 0
// where it is not known.
func openAll(cmd *cobra.Command, files []string) (inputs []input, size int64, err error) {
	known := true
	for _, name := range files {
		if name == "-" {
			known = false
			inputs = append(inputs, input{cmd.InOrStdin(), "standard input", func() error { return nil }})
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			closeAll(inputs)
			return nil, 0, err
		}
		inputs = append(inputs, input{f, name, f.Close})
		info, err := f.Stat()
		switch {
		case err != nil:
			closeAll(inputs)
			return nil, 0, err
		case info.IsDir():
			closeAll(inputs)
			return nil, 0, fmt.Errorf("%s is a folder, not a file", name)
		}
		known = known && info.Mode().IsRegular()
		size += info.Size()
	}
	if !known {
		size = 0
	}
	return inputs, size, nil
}

func closeAll(inputs []input) {
	for _, in := range inputs {
		_ = in.close() // it was only read
	}
}

func (w *writeCommand) dryWrite(cmd *cobra.Command, p place, inputs []input) error {
	broken := 0
	for _, in := range inputs {
		n := 0
		for line, err := range lines(in) {
			if err != nil {
				return fmt.Errorf("%s: %w", in.name, err)
			}
			n++
			if !utf8.ValidString(line) {
				broken++
			}
		}
		if _, err := fmt.Fprintf(cmd.OutOrStdout(), "would write %s of %s to %s\n", plural(n, "line"), in.name, terminal.Printable(p.String())); err != nil {
			return err
		}
	}
	w.warnOfBroken(cmd, broken)
	return nil
}
