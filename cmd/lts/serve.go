package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

// shutdownTime is how long requests have to end once the server is told to.
const shutdownTime = 20 * time.Second

type serveOptions struct {
	listen  string
	data    string
	edition string
	faults  bool
}

func newServe() *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the reference server",
		Long: "Run the reference server on one data folder, with development credentials that it prints.\n" +
			"They are public, so it listens on loopback addresses only.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serve(cmd.Context(), o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8080", "address to listen on; port 0 chooses a free one")
	cmd.Flags().StringVar(&o.data, "data", "./lts-data", "data folder")
	cmd.Flags().StringVar(&o.edition, "edition", openapi.Latest, "edition: "+strings.Join(openapi.Editions(), ", "))
	cmd.Flags().BoolVar(&o.faults, "faults", false, "let the header "+server.FaultHeader+" make a store fail, to test clients")
	return cmd
}

func serve(ctx context.Context, o serveOptions, stdout, stderr io.Writer) error {
	if err := errors.Join(loopbackOnly(o.listen), checkEdition(o.edition)); err != nil {
		return err
	}
	s, err := embedded.Open(ctx, embedded.Options{
		Data:      o.data,
		Directory: embedded.DevDirectory(),
		Edition:   o.edition,
		Faults:    o.faults,
		Log:       slog.New(slog.NewTextHandler(stderr, nil)),
	})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	greet(stdout, listener.Addr().String(), o)
	err = serveUntilDone(ctx, listener, s)
	return errors.Join(err, s.Close())
}

// loopbackOnly refuses addresses that other machines can reach: the
// development credentials are known to everybody.
func loopbackOnly(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("--listen %q: %w", listen, err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("--listen %q: the development credentials are public, so the address must be a loopback one such as 127.0.0.1:8080", listen)
}

// serveUntilDone answers requests until ctx ends, and then lets those that have
// begun come to their end.
func serveUntilDone(ctx context.Context, listener net.Listener, handler http.Handler) error {
	httpServer := &http.Server{
		Handler:                      handler,
		ReadHeaderTimeout:            10 * time.Second,
		DisableGeneralOptionsHandler: true, // net/http would answer OPTIONS * itself, without an ID
	}
	failed := make(chan error, 1)
	go func() { failed <- httpServer.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	return httpServer.Shutdown(grace)
}

func greet(out io.Writer, address string, o serveOptions) {
	_, _ = fmt.Fprintf(out, `lts serves edition %s at http://%s
data folder    %s
credentials    for development only; everybody knows them
  domain       %s   user %s   password %s
  project      %s   id %s   access key %s / %s
  project      %s id %s   access key %s / %s
`, o.edition, address, o.data,
		embedded.DevDomain, embedded.DevUser, embedded.DevPassword,
		embedded.DevProject, embedded.DevProjectID, embedded.DevAccessKey, embedded.DevSecretKey,
		embedded.OtherProject, embedded.OtherProjectID, embedded.OtherAccessKey, embedded.OtherSecretKey)
}
