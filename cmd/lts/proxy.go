package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
)

type proxyOptions struct {
	upstream string
	insecure bool
	listen   string
	har      string
	harLimit int
	reports  []string
	proxy    conformance.ProxyOptions
}

func newProxy() *cobra.Command {
	var o proxyOptions
	cmd := &cobra.Command{
		Use:   "proxy --upstream URL",
		Short: "Check live traffic against the contract in passing",
		Long: "Stand between clients and an implementation, pass every byte as it is, and hold each answer\n" +
			"against the document. The report comes when the proxy is stopped (Ctrl-C).\n\n" +
			"Exit status: 0 the contract was kept, 1 it was not, 2 nothing passed that could be checked.",
		Example: "  lts proxy --upstream http://127.0.0.1:8080\n" +
			"  lts proxy --upstream https://lts.example.com --report html=traffic.html --har traffic.har\n" +
			"  lts proxy --upstream http://127.0.0.1:8080 --enforce",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return proxy(cmd, o) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.upstream, "upstream", "", "base URL of the implementation")
	flags.BoolVar(&o.insecure, "insecure", false, "accept any certificate of the upstream")
	flags.StringVar(&o.listen, "listen", "127.0.0.1:8081", "address to listen on; port 0 chooses a free one")
	flags.StringVar(&o.proxy.Edition, "edition", openapi.Latest, "edition: "+strings.Join(openapi.Editions(), ", "))
	flags.BoolVar(&o.proxy.Enforce, "enforce", false, "answer 502 in place of what breaks the contract")
	flags.StringVar(&o.har, "har", "", "file for an HTTP archive of what passed, without secrets")
	flags.IntVar(&o.harLimit, "har-limit", 10_000, "how many exchanges the archive holds, the first ones")
	flags.StringArrayVar(&o.reports, "report", nil, "FORMAT=FILE, or FORMAT for standard output: "+formats()+" (default text)")
	_ = cmd.MarkFlagRequired("upstream") // it is there
	return cmd
}

func proxy(cmd *cobra.Command, o proxyOptions) error {
	if err := openapi.CheckEdition(o.proxy.Edition); err != nil {
		return err
	}
	outputs, err := parseReports(o.reports)
	if err != nil {
		return err
	}
	if o.har != "" {
		o.proxy.HAR = o.harLimit
	}
	if o.insecure {
		o.proxy.TLS = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true}
	}
	p, err := conformance.NewProxy(o.upstream, o.proxy)
	if err != nil {
		return fmt.Errorf("--upstream: %w", err)
	}
	ctx := cmd.Context()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "lts: listening on http://%s for %s; Ctrl-C ends it and writes the report\n", listener.Addr(), o.upstream)
	if err := p.Serve(ctx, listener); err != nil {
		return err
	}
	return finishProxy(cmd, p, o, outputs)
}

// finishProxy writes what came of the traffic.
func finishProxy(cmd *cobra.Command, p *conformance.Proxy, o proxyOptions, outputs []output) error {
	report, err := p.Report()
	if err != nil {
		return err
	}
	err = writeReports(cmd.OutOrStdout(), outputs, []*conformance.Report{report})
	if o.har != "" {
		err = errors.Join(err, writeHAR(p, o.har))
	}
	n := p.Count()
	_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "lts: %d answers passed, %d of them to requests that are no operation, %d not checked; %d withheld; %d connections the upstream did not take\n",
		n.Answers, n.Unknown, n.Unchecked, n.Withheld, n.Unreachable)
	switch {
	case err != nil:
		return err
	case report.ExitStatus() == exitFailed:
		return errNo
	case report.ExitStatus() != 0:
		return errors.New("nothing passed that could be checked")
	default:
		return nil
	}
}

func writeHAR(p *conformance.Proxy, path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) // what passed is nobody else's business
	if err != nil {
		return fmt.Errorf("--har: %w", err)
	}
	if err := errors.Join(p.WriteHAR(file), file.Close()); err != nil {
		return fmt.Errorf("--har: %w", err)
	}
	return nil
}
