package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

// allEditions is the value of --edition that runs one edition after the other.
const allEditions = "all"

type conformOptions struct {
	edition string
	target  conformance.Target
}

func newConform() *cobra.Command {
	var o conformOptions
	cmd := &cobra.Command{
		Use:   "conform",
		Short: "Check whether an implementation keeps the contract",
		Long: "Replay the documented examples against an implementation and compare every answer with the\n" +
			"document. Without --endpoint the reference server is started in a temporary folder and checked.\n" +
			"Another server must have been started with the same edition.\n\n" +
			"Exit status: 0 the contract is kept, 1 it is not, 2 the question could not be asked.",
		Example: "  lts conform\n" +
			"  lts conform --edition all\n" +
			"  LTS_PASSWORD=... lts conform --endpoint http://127.0.0.1:8080 --domain dev --user dev \\\n" +
			"    --project dev --project-id 0123456789abcdef0123456789abcdef \\\n" +
			"    --other-project-id fedcba9876543210fedcba9876543210",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("features") && len(o.target.Features) == 0 {
				return errors.New("--features: without a feature there is nothing to ask")
			}
			if err := endpointNamed(cmd.Flags()); err != nil {
				return err
			}
			o.target.Account.Password = os.Getenv("LTS_PASSWORD")
			return conform(cmd.Context(), cmd, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.edition, "edition", openapi.Latest, "edition: "+strings.Join(openapi.Editions(), ", ")+", or "+allEditions)
	flags.StringVar(&o.target.Endpoints.LTS, "endpoint", "", "base URL of the implementation; default the embedded reference server")
	flags.StringVar(&o.target.Endpoints.IAM, "iam-endpoint", "", "base URL of IAM; default --endpoint")
	flags.StringVar(&o.target.Account.Domain, "domain", "", "name of the domain")
	flags.StringVar(&o.target.Account.User, "user", "", "name of the user; the password comes from the variable LTS_PASSWORD")
	flags.StringVar(&o.target.Account.Project, "project", "", "name of the project")
	flags.StringVar(&o.target.Account.ProjectID, "project-id", "", "ID of the project")
	flags.StringVar(&o.target.Account.OtherProjectID, "other-project-id", "", "ID of a project that the token is not for")
	flags.StringVar(&o.target.Bucket, "bucket", conformance.DefaultBucket, "bucket that transfers may write to")
	flags.StringVar(&o.target.FaultHeader, "fault-header", "", "header that makes a store fail; without one the 500 answers are not asked for")
	flags.StringSliceVar(&o.target.Features, "features", nil, "tags of the document that the implementation has; default all of them")
	return cmd
}

func conform(ctx context.Context, cmd *cobra.Command, o conformOptions) error {
	editions := []string{o.edition}
	if o.edition == allEditions {
		editions = openapi.Editions()
	} else if err := checkEdition(o.edition); err != nil {
		return err
	}
	var err error
	if o.target.Features, err = features(o.target.Features); err != nil {
		return err
	}
	if err := checkFlags(o.target); err != nil {
		return err
	}
	status := 0
	for _, edition := range editions {
		report, err := conformEdition(ctx, o.target, edition)
		if err != nil {
			return err
		}
		if err := report.WriteText(cmd.OutOrStdout()); err != nil {
			return err
		}
		status = max(status, report.ExitStatus())
	}
	switch status {
	case 0:
		return nil
	case exitFailed:
		return errNo
	default:
		return errors.New("not every case could be asked")
	}
}

// features gives the tags of the document that are declared, all of them when
// none is. A tag that the document does not have is refused: a misspelt one
// would silently leave its cases out.
func features(declared []string) ([]string, error) {
	doc, err := openapi.Load(openapi.Latest, openapi.English)
	if err != nil {
		return nil, err
	}
	var known []string
	for _, tag := range doc.Tags {
		known = append(known, tag.Name)
	}
	for _, feature := range declared {
		if !slices.Contains(known, feature) {
			return nil, fmt.Errorf("--features: unknown feature %q: the features are %s", feature, strings.Join(known, ", "))
		}
	}
	if len(declared) == 0 {
		return known, nil
	}
	return declared, nil
}

// endpointNamed refuses flags that speak of another implementation when none is
// named, as with a variable that is not set: a report about the embedded server
// would be taken for one about the other.
func endpointNamed(flags *pflag.FlagSet) error {
	if endpoint, _ := flags.GetString("endpoint"); endpoint != "" {
		return nil
	}
	for _, name := range []string{"endpoint", "iam-endpoint", "domain", "user", "project", "project-id", "other-project-id", "bucket", "fault-header"} {
		if flags.Changed(name) {
			return fmt.Errorf("--%s is about another implementation, and --endpoint does not name one", name)
		}
	}
	return nil
}

// checkFlags asks for what another implementation than the embedded one needs,
// by the names under which it is given here.
func checkFlags(target conformance.Target) error {
	if target.Endpoints.LTS == "" {
		return nil
	}
	a := target.Account
	var missing []string
	for _, needed := range []struct{ flag, value string }{
		{"--domain", a.Domain}, {"--user", a.User}, {"the variable LTS_PASSWORD", a.Password},
		{"--project", a.Project}, {"--project-id", a.ProjectID}, {"--other-project-id", a.OtherProjectID},
	} {
		if needed.value == "" {
			missing = append(missing, needed.flag)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("--endpoint needs %s", strings.Join(missing, ", "))
	}
	return nil
}

func conformEdition(ctx context.Context, target conformance.Target, edition string) (*conformance.Report, error) {
	options := conformance.Options{Edition: edition}
	if target.Endpoints.LTS != "" {
		target.Name = target.Endpoints.LTS
		return conformance.Run(ctx, target, options)
	}
	endpoint, stop, err := startEmbedded(ctx, edition)
	if err != nil {
		return nil, err
	}
	report, err := conformance.Run(ctx, embeddedTarget(endpoint, target.Features), options)
	return report, errors.Join(err, stop())
}

func embeddedTarget(endpoint string, features []string) conformance.Target {
	return conformance.Target{
		Name:        "embedded reference server",
		Endpoints:   conformance.Endpoints{LTS: endpoint},
		Features:    features,
		Bucket:      embedded.DevBucket,
		FaultHeader: server.FaultHeader,
		Account: conformance.Account{
			Domain: embedded.DevDomain, User: embedded.DevUser, Password: embedded.DevPassword,
			Project: embedded.DevProject, ProjectID: embedded.DevProjectID,
			OtherProjectID: embedded.OtherProjectID,
		},
	}
}

// startEmbedded starts the reference server on a free port and a temporary
// folder, which stop removes.
func startEmbedded(ctx context.Context, edition string) (endpoint string, stop func() error, err error) {
	folder, err := os.MkdirTemp("", "lts-conform-")
	if err != nil {
		return "", nil, err
	}
	s, err := embedded.Open(ctx, embedded.Options{Data: folder, Directory: embedded.DevDirectory(), Edition: edition, Faults: true})
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(folder))
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, errors.Join(err, s.Close(), os.RemoveAll(folder))
	}
	httpServer := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go func() { _ = httpServer.Serve(listener) }() // ends with ErrServerClosed
	stop = func() error { return errors.Join(httpServer.Close(), s.Close(), os.RemoveAll(folder)) }
	return "http://" + listener.Addr().String(), stop, nil
}
