package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/cmd/lts/internal/profile"
	"github.com/ltskit/ltskit/docs/site"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/admin"
	"github.com/ltskit/ltskit/server/config"
	"github.com/ltskit/ltskit/server/embedded"
	"github.com/ltskit/ltskit/server/metrics"
	"github.com/ltskit/ltskit/server/selfsigned"
	"github.com/ltskit/ltskit/store/bucket"
)

// configVariable names the configuration file where no flag does.
const configVariable = config.EnvironmentPrefix + "CONFIG"

func newServe(now func() time.Time) *cobra.Command {
	var file string
	var printOnly bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the reference server",
		Long: "Run the reference server on one data folder. Without a directory of users it has development\n" +
			"credentials, which it prints. They are public, so it then listens on loopback addresses only.\n\n" +
			"A setting comes from its flag, else from its variable (--log-level is LTS_LOG_LEVEL), else from\n" +
			"the YAML file (level in the section log), else it has its default. A directory makes a server\n" +
			"for others; its passwords are hashed with: lts hash-password\n\n" +
			"SIGINT or SIGTERM lets the requests that have begun come to their end; a second one does not.",
		Example: "  lts serve\n" +
			"  lts serve --listen 127.0.0.1:0 --data /tmp/lts --edition 2024-03\n" +
			"  lts serve --config lts.yaml --print-config\n" +
			"  LTS_LISTEN=:8443 lts serve --config lts.yaml --tls-self-signed",
		Args: cobra.NoArgs,
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&file, "config", "", "YAML `file` with settings; or the variable "+configVariable)
	cmd.Flags().BoolVar(&printOnly, "print-config", false, "print the configuration that holds, with the origin of each value and without secrets, and end")
	c := config.New(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		source := config.Source{File: file, Environ: os.Environ()}
		if file == "" {
			source.File = os.Getenv(configVariable)
		}
		for _, warning := range c.Misspelt(source.Environ) {
			_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "lts: warning: %s\n", warning)
		}
		if err := c.Load(source); err != nil {
			return err
		}
		if printOnly {
			return c.Print(cmd.OutOrStdout())
		}
		return serve(cmd.Context(), c, now, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return cmd
}

// serve runs the server until ctx ends. It listens before it opens, and perhaps
// makes, the data folder: an address that is taken leaves no trace.
func serve(ctx context.Context, c *config.Config, now func() time.Time, stdout, stderr io.Writer) (err error) {
	listener, err := listen(ctx, "listen", c.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }() // does nothing after the server has closed it
	operators, err := listenAdmin(ctx, c)
	if err != nil {
		return err
	}
	if operators != nil {
		defer func() { _ = operators.Close() }()
	}

	log := newLog(c.Log, stderr)
	counted := metrics.New()
	options := embeddedOptions(c, log)
	options.Now = now
	options.HTTP.Monitor, options.Wrap = counted, counted.Records
	if c.Buckets.S3.Endpoint != "" {
		buckets := bucket.S3(bucket.S3Config(c.Buckets.S3))
		defer func() { err = errors.Join(err, buckets.Close()) }() // after the server, which uses them
		options.Buckets = buckets
	}
	s, err := embedded.Open(ctx, options)
	if err != nil {
		return err
	}
	ready := func(r context.Context) error { return errors.Join(ctx.Err(), s.Ready(r)) } // not while it stops
	adminAddress, endAdmin := serveAdmin(operators, c, admin.Options{Metrics: counted.Handler(), Ready: ready, Log: log})
	d, err := openDoor(listener, c)
	if err == nil {
		greet(stdout, c, d, adminAddress)
		err = serveUntilDone(ctx, d, newHTTPServer(withDocs(c, s), c.Timeouts, log), c.Timeouts.Shutdown)
	}
	return errors.Join(err, endAdmin(), s.Close())
}

// docsPrefix is where a server shows the documentation.
const docsPrefix = "/docs"

// withDocs shows the documentation beside the service, unless it is switched
// off.
func withDocs(c *config.Config, service http.Handler) http.Handler {
	if !c.Docs {
		return service
	}
	return site.Handler(docsPrefix, site.Server{Edition: c.Edition, Development: c.Directory == nil}, service)
}

func newLog(c config.Log, out io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.Level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}

func embeddedOptions(c *config.Config, log *slog.Logger) embedded.Options {
	directory := embedded.DevDirectory()
	if c.Directory != nil {
		directory = *c.Directory
	}
	return embedded.Options{
		Data: c.Data, Directory: directory, Edition: c.Edition, Faults: c.Faults, Quotas: c.Quotas, Log: log,
		TokenKey:  []byte(c.TokenKey),
		MaxWindow: c.Limits.MaxWindow, Provisioning: c.Provisioning, SweepInterval: c.RetentionInterval,
		Tick: c.Transfers.Interval, Gzip: c.Transfers.Gzip, BucketFolder: c.Buckets.Folder,
		HTTP: server.Options{
			Region: c.Region, PublicURL: c.PublicURL, MaxBody: c.Limits.MaxBody, ValidateResponses: c.ValidateResponses,
			RateLimit: server.RateLimit{PerSecond: c.RateLimit.Requests, Burst: c.RateLimit.Burst},
		},
	}
}

// greet says where the server is and, with development credentials, how to get
// in.
func greet(out io.Writer, c *config.Config, d *door, adminAddress string) {
	_, _ = fmt.Fprintf(out, "lts serves edition %s at %s\ndata folder    %s\n", c.Edition, d.url, c.Data)
	if c.Docs {
		_, _ = fmt.Fprintf(out, "documentation  %s%s/\n", d.url, docsPrefix)
	}
	if buckets := c.Buckets.S3.Endpoint + c.Buckets.Folder; buckets != "" { // never both
		_, _ = fmt.Fprintf(out, "buckets        %s\n", buckets)
	}
	if d.fingerprint != "" {
		_, _ = fmt.Fprintf(out, "certificate    signs itself: %s; SHA-256 %s\n", selfsigned.CertFile(tlsFolder(c)), d.fingerprint)
	}
	if adminAddress != "" {
		_, _ = fmt.Fprintf(out, "for operators  http://%s/metrics /healthz /readyz /debug/pprof/\n", adminAddress)
	}
	if c.Directory != nil {
		return
	}
	_, _ = fmt.Fprintf(out, `credentials    for development only; everybody knows them
  domain       %s   user %s   password %s
  project      %s   id %s   access key %s / %s
  project      %s id %s   access key %s / %s
`,
		embedded.DevDomain, embedded.DevUser, embedded.DevPassword,
		embedded.DevProject, embedded.DevProjectID, embedded.DevAccessKey, embedded.DevSecretKey,
		embedded.OtherProject, embedded.OtherProjectID, embedded.OtherAccessKey, embedded.OtherSecretKey)
	login := devLogin(d.url)
	if d.fingerprint != "" {
		login += " --ca-file " + selfsigned.CertFile(tlsFolder(c))
	}
	_, _ = fmt.Fprintf(out, "go on with     %s; then: lts groups create web\n", login)
}

// devLogin is the command that logs in to a server with development credentials.
func devLogin(url string) string {
	if url == profile.DevEndpoint {
		return "lts login --dev"
	}
	return "lts login --dev --endpoint " + url
}
