package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/pflag"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/conformance/clientcheck"
	"github.com/ltskit/ltskit/openapi"
)

// clientOptions are those of lts conform --client.
type clientOptions struct {
	on       bool
	auth     string
	patience time.Duration
	listen   string
	waivers  string   // file; empty means none
	command  []string // empty: clients are started by somebody else
}

func (o *clientOptions) flags(flags *pflag.FlagSet) {
	flags.BoolVar(&o.on, "client", false, "check a client in place of a server: the command behind --, or whatever calls the addresses that are printed")
	flags.StringVar(&o.auth, "client-auth", string(clientcheck.Password), "how the client says who calls: password, token or key")
	flags.DurationVar(&o.patience, "client-timeout", time.Minute, "how long the command may take for one case")
	flags.StringVar(&o.waivers, "client-waivers", "", "YAML file with the key waivers: what is known to be wrong with the client, as in the file of a target")
	flags.StringVar(&o.listen, "client-listen", "127.0.0.1:0", "without a command: the first address to listen on; the next ports follow, port 0 takes free ones")
}

// check refuses flags and arguments that do not go with each other.
func (o *clientOptions) check(flags *pflag.FlagSet, arguments []string) error {
	o.command = arguments
	if !o.on {
		for _, name := range []string{"client-auth", "client-timeout", "client-listen", "client-waivers"} {
			if flags.Changed(name) {
				return fmt.Errorf("--%s: is about a client; add --client", name)
			}
		}
		return nil
	}
	for _, name := range append([]string{"target", "prefix", "features", "rate", "timeout", "total-timeout", "seed", "shuffle", "dry-run", "cleanup", "export", "output"}, aboutTarget...) {
		if flags.Changed(name) {
			return fmt.Errorf("--%s: is about a server, and --client checks a client", name)
		}
	}
	return nil
}

// conformClient checks a client.
func conformClient(ctx context.Context, stdout, stderr io.Writer, o conformOptions) error {
	outputs, err := parseReports(o.reports)
	if err != nil {
		return err
	}
	if err := openapi.CheckEdition(o.edition); err != nil { // one at a time: a client speaks one
		return fmt.Errorf("--edition: %w", err)
	}
	options := clientcheck.Options{
		Edition: o.edition, Only: o.run.Only, Skip: o.run.Skip, Auth: clientcheck.Auth(o.client.auth),
		Parallelism: o.target.Limits.Parallelism, Patience: o.client.patience,
	}
	if o.client.waivers != "" {
		if options.Waivers, err = conformance.ReadWaiversFile(o.client.waivers); err != nil {
			return fmt.Errorf("--client-waivers: %w", err)
		}
	}
	if o.list {
		return listClientCases(stdout, options)
	}
	var run *conformance.Report
	if len(o.client.command) == 0 {
		run, err = watchClients(ctx, stderr, o.client.listen, options)
	} else {
		run, err = driveClient(ctx, stderr, o.client.command, options)
	}
	if run == nil {
		return err
	}
	if err := errors.Join(err, writeReports(stdout, outputs, []*conformance.Report{run})); err != nil {
		return err
	}
	switch run.ExitStatus() {
	case 0:
		return nil
	case exitFailed:
		return errNo
	default:
		return errors.New("not every case could be asked")
	}
}

func listClientCases(stdout io.Writer, options clientcheck.Options) error {
	cases, err := clientcheck.List(options)
	for _, one := range cases {
		if _, err := fmt.Fprintln(stdout, one.Name); err != nil {
			return err
		}
	}
	return err
}

// driveClient runs the command once for each case.
func driveClient(ctx context.Context, stderr io.Writer, command []string, options clientcheck.Options) (*conformance.Report, error) {
	show := newProgress(stderr, options.Edition)
	defer show.end()
	options.Name, options.Progress = command[0], show.result
	return clientcheck.Run(ctx, clientcheck.Program(command[0], command[1:]...), options)
}

// watchClients plays the scenarios until it is stopped.
func watchClients(ctx context.Context, stderr io.Writer, address string, options clientcheck.Options) (*conformance.Report, error) {
	stage, err := clientcheck.OpenStage(ctx, address, options)
	if err != nil {
		return nil, err
	}
	printSessions(stderr, stage.Sessions())
	<-ctx.Done()
	return stage.Report(), stage.Close()
}

// printSessions says how to reach the services.
func printSessions(w io.Writer, sessions []clientcheck.Session) {
	_, _ = fmt.Fprintln(w, "lts: point the client at one of these addresses, for all services; Ctrl-C ends it and writes the report")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, session := range sessions {
		_, _ = fmt.Fprintf(table, "  %s\t%s\n", session.Scenario, session.Endpoint)
	}
	_ = table.Flush() // to the terminal
	first := sessions[0]
	_, _ = fmt.Fprintf(w, "lts: project %s (ID %s)\n", first.Project, first.ProjectID)
	switch first.Auth {
	case clientcheck.AccessKey:
		_, _ = fmt.Fprintf(w, "lts: access key %s, secret key %s\n", first.AccessKey, first.SecretKey)
	case clientcheck.Token:
		_, _ = fmt.Fprintf(w, "lts: token %s\n", first.Token)
	case clientcheck.Password:
		_, _ = fmt.Fprintf(w, "lts: user %s of the domain %s, password %s\n", first.User, first.Domain, first.Password)
	}
}
