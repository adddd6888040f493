package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/cmd/lts/internal/profile"
	"github.com/ltskit/ltskit/cmd/lts/internal/terminal"
	"github.com/ltskit/ltskit/lts"
)

// A session is what the commands that call a service share: whom they call, and
// the manners.
type session struct {
	now     func() time.Time
	profile string // flag; empty: see package profile
	caFile  string // flag
	quiet   bool
	verbose bool
}

// newClientCommands are the commands that call a service, and those that prepare
// it.
func newClientCommands(now func() time.Time) []*cobra.Command {
	s := &session{now: now}
	commands := []*cobra.Command{
		newWrite(s), newQuery(s), newTail(s), newHistogram(s), newContext(s), newGroups(s), newStreams(s), newTransfers(s), newLogtanks(s), newLogin(s),
	}
	for _, command := range commands {
		flags := command.PersistentFlags()
		flags.StringVar(&s.profile, "profile", "", "`name` of the profile that says where the service is and who calls")
		flags.StringVar(&s.caFile, "ca-file", "", "`file` with certificates in PEM to trust besides those of the system; or the variable LTS_CA_FILE")
		flags.BoolVarP(&s.verbose, "verbose", "v", false, "say on standard error what is asked of the service")
		_ = command.RegisterFlagCompletionFunc("profile", completeProfiles) // fails for unknown flags only
	}
	commands = append(commands, newProfiles(s), newMan(s))
	for _, command := range commands {
		command.PersistentFlags().BoolVarP(&s.quiet, "quiet", "q", false, "write nothing but results and errors")
	}
	return commands
}

// connect makes a client of the service that is chosen.
func (s *session) connect(cmd *cobra.Command) (*client.Client, error) {
	c, err := profile.Connect(s.profile, s.options(cmd)...)
	if err != nil {
		return nil, hinted(err)
	}
	return c, nil
}

func (s *session) options(cmd *cobra.Command) []client.Option {
	opts := []client.Option{client.WithUserAgent("lts"), client.WithClock(s.now)}
	if s.caFile != "" {
		opts = append(opts, client.WithCAFile(s.caFile))
	}
	if s.verbose {
		opts = append(opts, client.WithHook(func(_ context.Context, a client.Attempt) { reportAttempt(cmd, a) }))
	}
	return opts
}

func reportAttempt(cmd *cobra.Command, a client.Attempt) {
	result := http.StatusText(a.Status)
	if a.Status == 0 {
		result = fmt.Sprint(a.Err)
	}
	say(cmd.ErrOrStderr(), "lts: %s: %s %s: %d %s, attempt %d, %s",
		a.Operation, a.Method, a.URL, a.Status, result, a.Number, a.Duration.Round(time.Millisecond))
}

// A task is the work of a command that calls a service.
type task func(cmd *cobra.Command, c *client.Client, args []string) error

// run connects, does a task, and says what may help when it fails.
func (s *session) run(do task) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c, err := s.connect(cmd)
		if err != nil {
			return err
		}
		err = do(cmd, c, args)
		if s.profile == "" && profile.FromEnvironment() {
			err = blameEnvironment(err)
		}
		return interruptible(cmd.Context(), err)
	}
}

// interruptible is the error of a command that somebody may have interrupted.
func interruptible(ctx context.Context, err error) error {
	switch {
	case err == nil || ctx.Err() == nil:
		return hinted(err)
	case err == context.Cause(ctx): //nolint:errorlint // an error that says more than that is told
		return errInterrupted
	default:
		return fmt.Errorf("%w: %w", errInterrupted, hinted(err))
	}
}

// note tells a person something that is not a result.
func (s *session) note(cmd *cobra.Command, format string, args ...any) {
	if !s.quiet && terminal.Is(cmd.ErrOrStderr()) {
		say(cmd.ErrOrStderr(), format, args...)
	}
}

// errEnvironment means that credentials that are refused are not of a profile.
var errEnvironment = errors.New("the environment says who calls")

// blameEnvironment notes on an error that logging in again would not help.
func blameEnvironment(err error) error {
	if errors.Is(err, lts.ErrBadCredentials) || errors.Is(err, lts.ErrInvalidToken) {
		return &worded{err.Error(), errors.Join(err, errEnvironment)}
	}
	return err
}

// hints say what may help against an error, the first one that matches.
var hints = []struct {
	err  error
	hint string
}{
	{profile.ErrNone, "log in with lts login, or lts login --dev for the server that lts serve runs"},
	{errEnvironment, "the credentials come from the environment, because LTS_ENDPOINT is set; --profile chooses a profile"},
	{lts.ErrBadCredentials, "log in again with lts login"},
	{lts.ErrInvalidToken, "log in again with lts login"},
	{lts.ErrGroupExists, "lts groups list shows it"},
	{lts.ErrStreamExists, "lts streams list shows it"},
	{lts.ErrGroupInTransfer, "lts transfers list shows the transfer"},
	{lts.ErrStreamInTransfer, "lts transfers list shows the transfer"},
	{syscall.ECONNREFUSED, "nothing listens there; lts serve starts a server of your own"},
}

// hinted is an error in the words of the command line.
func hinted(err error) error {
	if err == nil || errors.Is(err, errNo) {
		return err
	}
	text := inShort(err)
	if hint := hintFor(err); hint != "" {
		text += "; " + hint
	}
	return &worded{text, err}
}

// inShort is the text of an error without what is of no use to a person: on which
// way a service could not be reached.
func inShort(err error) string {
	asked, isURL := errors.AsType[*url.Error](err)
	dial, isOp := errors.AsType[*net.OpError](err)
	if isURL && isOp && dial.Op == "dial" {
		if address, err := url.Parse(asked.URL); err == nil {
			return "cannot reach " + address.Host + ": " + dial.Err.Error()
		}
	}
	return strings.TrimPrefix(err.Error(), "client: ")
}

func hintFor(err error) string {
	for _, h := range hints {
		if errors.Is(err, h.err) {
			return h.hint
		}
	}
	if _, unknown := errors.AsType[x509.UnknownAuthorityError](err); unknown {
		return "if this is your server, --ca-file names its certificate: lts serve --tls-self-signed keeps it in tls/cert.pem of its data folder"
	}
	return ""
}

// A worded is an error in other words.
type worded struct {
	text string
	err  error
}

func (w *worded) Error() string { return w.text }

func (w *worded) Unwrap() error { return w.err }
