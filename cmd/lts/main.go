// Command lts serves the Log Tank Service, checks whether an implementation
// keeps its contract, and prints the contract.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// Exit statuses besides 0.
const (
	exitFailed = 1 // the command did its work, and the answer is no
	exitBroken = 2 // the command could not do its work

	exitInterrupted = 130 // somebody has interrupted a command that calls a service; so do shells
)

// errInterrupted is returned by a command that was interrupted.
var errInterrupted = errors.New("interrupted")

// errNo is returned by a command that has already said what it found.
var errNo = errors.New("the answer is no")

// stopping is said once the first signal has come. From then on a signal does
// what it does to any process.
const stopping = "lts: stopping; a second signal ends the process at once"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop()
		_, _ = fmt.Fprintln(os.Stderr, stopping)
	})
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program without the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return runAt(ctx, time.Now, args, stdout, stderr)
}

// runAt is run for a server that goes by a given clock.
func runAt(ctx context.Context, now func() time.Time, args []string, stdout, stderr io.Writer) int {
	return execute(ctx, newRoot(now), args, stdout, stderr)
}

// execute runs a command that has its input already.
func execute(ctx context.Context, root *cobra.Command, args []string, stdout, stderr io.Writer) int {
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errNo):
		return exitFailed
	case errors.Is(err, errInterrupted):
		say(stderr, "lts: %v", err)
		return exitInterrupted
	default:
		say(stderr, "lts: %v", err)
		return exitBroken
	}
}

func newRoot(now func() time.Time) *cobra.Command {
	root := &cobra.Command{
		Use:           "lts",
		Short:         "The contract of the Log Tank Service, made executable",
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE:          helpOrUnknown,

		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return checkFlagRules(cmd) },
	}
	root.SetVersionTemplate("{{.Version}}")
	root.SetFlagErrorFunc(explainFlag)
	root.AddCommand(newClientCommands(now)...)
	root.AddCommand(newServe(now), newConform(), newProxy(), newDocument(), newDocs(), newHashPassword(), newVersion())
	arrange(root)
	// A command that has others does nothing by itself, so flags alone are no use of it.
	const alone = "{{if .Runnable}}"
	root.SetUsageTemplate(strings.Replace(root.UsageTemplate(), alone, "{{if and .Runnable (not .HasAvailableSubCommands)}}", 1))
	return root
}

// headings are those of the list of commands.
var headings = []struct {
	title    string
	commands []string
}{
	{"Records:", []string{"write", "query", "tail", "histogram", "context"}},
	{"What holds and moves them:", []string{"groups", "streams", "transfers", "logtanks"}},
	{"Where the service is and who calls:", []string{"login", "profiles"}},
	{"The server and the contract:", []string{"serve", "hash-password", "conform", "proxy", "document", "docs"}},
}

func init() { cobra.EnableCommandSorting = false } // before there are commands: it holds for all of them

// arrange puts the commands under headings.
func arrange(root *cobra.Command) {
	for _, heading := range headings {
		root.AddGroup(&cobra.Group{ID: heading.title, Title: heading.title})
		for _, name := range heading.commands {
			for _, command := range root.Commands() {
				if command.Name() == name {
					command.GroupID = heading.title
				}
			}
		}
	}
}
