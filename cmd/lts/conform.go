package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/conformance/report"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/openapi/suggest"
)

// allEditions is the value of --edition that runs one edition after the other.
const allEditions = "all"

type conformOptions struct {
	edition    string
	targetFile string
	target     conformance.Target
	run        conformance.Options
	reports    []string // FORMAT or FORMAT=FILE
	list       bool
	dryRun     bool
	cleanup    bool
	export     string // what to write in place of a run
	output     string // file to write it to; empty means standard output
	client     clientOptions
}

func newConform() *cobra.Command {
	var o conformOptions
	cmd := &cobra.Command{
		Use:   "conform [--client [-- COMMAND ARGUMENTS...]]",
		Short: "Check whether an implementation keeps the contract",
		Long: "Ask an implementation everything that the document says, and compare every answer with it.\n" +
			"Without --endpoint or --target the reference server is started in a temporary folder and checked.\n" +
			"Another server must have been started with the same edition.\n\n" +
			"Names of cases are like paths. --only and --skip take patterns such as examples/groups or\n" +
			"queries/*/ListLogs; --list shows the names.\n\n" +
			"With --client a client is checked: the command behind -- runs once for each case, finds the service\n" +
			"in the environment (LTS_ENDPOINT, LTS_PROJECT_ID, LTS_USER, LTS_DOMAIN, LTS_PASSWORD, LTS_SCENARIO,\n" +
			"LTS_OPERATION, ...), calls every operation that it has, and fails when a call fails.\n\n" +
			"Exit status: 0 the contract is kept, 1 it is not, 2 the question could not be asked.",
		Example: "  lts conform\n" +
			"  lts conform --edition all --report html=report.html\n" +
			"  lts conform --only examples/groups\n" +
			"  lts conform --target my-gateway.yaml --report junit=conformance.xml\n" +
			"  LTS_PASSWORD=... lts conform --endpoint http://127.0.0.1:8080 --domain dev --user dev \\\n" +
			"    --project dev --project-id 0123456789abcdef0123456789abcdef \\\n" +
			"    --other-project-id fedcba9876543210fedcba9876543210\n" +
			"  lts conform --client -- python3 use_every_operation.py",
		Args: func(cmd *cobra.Command, arguments []string) error {
			if o.client.on {
				return nil // they are the command of a client
			}
			return cobra.NoArgs(cmd, arguments)
		},
		RunE: func(cmd *cobra.Command, arguments []string) error {
			if err := o.client.check(cmd.Flags(), arguments); err != nil {
				return err
			}
			if o.client.on {
				return conformClient(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
			}
			if o.export != "" {
				return export(cmd.OutOrStdout(), o)
			}
			if o.output != "" {
				return errors.New("--output is for --export")
			}
			if cmd.Flags().Changed("features") && len(o.target.Features) == 0 {
				return errors.New("--features: without a feature there is nothing to ask")
			}
			if err := o.readTarget(cmd.Flags()); err != nil {
				return err
			}
			return conform(cmd.Context(), cmd, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.edition, "edition", openapi.Latest, "edition: "+strings.Join(openapi.Editions(), ", ")+", or "+allEditions)
	flags.StringVar(&o.targetFile, "target", "", "YAML file about the implementation; flags beside it override what it says")
	flags.StringVar(&o.target.Endpoints.LTS, "endpoint", "", "base URL of the implementation; default the embedded reference server")
	flags.StringVar(&o.target.Endpoints.IAM, "iam-endpoint", "", "base URL of IAM; default --endpoint")
	flags.StringVar(&o.target.Endpoints.GA, "ga-endpoint", "", "base URL of Global Accelerator; default --endpoint")
	flags.StringVar(&o.target.Account.Domain, "domain", "", "name of the domain")
	flags.StringVar(&o.target.Account.User, "user", "", "name of the user; the password comes from the variable LTS_PASSWORD,\n"+
		"or else tokens from LTS_TOKEN and LTS_OTHER_TOKEN")
	flags.StringVar(&o.target.Account.Project, "project", "", "name of the project")
	flags.StringVar(&o.target.Account.ProjectID, "project-id", "", "ID of the project")
	flags.StringVar(&o.target.Account.OtherProjectID, "other-project-id", "", "ID of a project that the token is not for")
	flags.StringVar(&o.target.Account.AccessKey, "access-key", "", "access key of the project; its secret comes from the variable LTS_SECRET_KEY")
	flags.StringVar(&o.target.Account.OtherAccessKey, "other-access-key", "", "access key of the other project; its secret comes from the variable LTS_OTHER_SECRET_KEY")
	flags.StringVar(&o.target.Bucket, "bucket", conformance.DefaultBucket, "bucket that transfers may write to")
	flags.StringVar(&o.target.FaultHeader, "fault-header", "", "header that makes a store fail; without one the 500 answers are not asked for")
	flags.StringVar(&o.target.Prefix, "prefix", conformance.DefaultPrefix, "start of the names of everything that is created")
	flags.StringSliceVar(&o.target.Features, "features", nil, "features that the implementation has; default the tags of the document")
	flags.IntVar(&o.target.Limits.Parallelism, "parallel", 0, "cases at the same time (default 8)")
	flags.Float64Var(&o.target.Limits.RequestsPerSecond, "rate", 0, "requests per second; default as many as it takes")
	flags.DurationVar(&o.target.Limits.Timeout, "timeout", 0, "of one request (default 10s)")
	flags.DurationVar(&o.target.Limits.Total, "total-timeout", 0, "of the whole run (default 10m)")
	flags.StringSliceVar(&o.run.Only, "only", nil, "patterns of the cases to run")
	flags.StringSliceVar(&o.run.Skip, "skip", nil, "patterns of the cases to leave out")
	flags.Uint64Var(&o.run.Seed, "seed", 0, "of what cases choose at random; default another one each time, and the report says which")
	flags.IntVar(&o.run.Histories, "histories", 0, "random histories to compare with a model (default 10)")
	flags.BoolVar(&o.run.Shuffle, "shuffle", false, "run the cases in an order that the seed gives")
	flags.StringArrayVar(&o.reports, "report", nil, "FORMAT=FILE, or FORMAT for standard output: "+formats()+" (default text)")
	flags.BoolVar(&o.list, "list", false, "list the cases and send nothing")
	flags.BoolVar(&o.dryRun, "dry-run", false, "say which cases would run, and of the others why not, and send nothing")
	flags.BoolVar(&o.cleanup, "cleanup", false, "delete what a killed run has left behind: whatever begins with the prefix")
	flags.StringVar(&o.export, "export", "", "write the scenarios in a format that other runners replay, and send nothing: arazzo")
	flags.StringVarP(&o.output, "output", "o", "", "file for --export; default standard output")
	o.client.flags(flags)
	cmd.MarkFlagsMutuallyExclusive("list", "dry-run", "cleanup", "export")
	return cmd
}

func formats() string {
	var names []string
	for _, format := range report.Formats() {
		names = append(names, string(format))
	}
	return strings.Join(names, ", ")
}

// aboutTarget are the flags that speak of an implementation.
var aboutTarget = []string{
	"endpoint", "iam-endpoint", "ga-endpoint", "domain", "user", "project", "project-id", "other-project-id",
	"access-key", "other-access-key", "bucket", "fault-header",
}

// readTarget completes the target from its file and the environment.
func (o *conformOptions) readTarget(flags *pflag.FlagSet) error {
	if o.targetFile == "" {
		o.target.Account = withSecrets(o.target.Account)
		return endpointNamed(flags)
	}
	target, err := conformance.ReadTargetFile(o.targetFile)
	if err != nil {
		return fmt.Errorf("--target: %w", err)
	}
	if err := o.override(target, flags); err != nil {
		return err
	}
	return o.target.Check()
}

// override puts the target of a file in the place of that of the flags, but for
// what the flags say themselves.
func (o *conformOptions) override(target conformance.Target, flags *pflag.FlagSet) error {
	declared := o.target.Features
	said := make(map[string]string)
	for _, name := range slices.Concat(aboutTarget, []string{"prefix", "parallel", "rate", "timeout", "total-timeout"}) {
		if flag := flags.Lookup(name); flag.Changed {
			said[name] = flag.Value.String()
		}
	}
	o.target = target // which the flags write to
	for name, value := range said {
		if err := flags.Set(name, value); err != nil {
			return err
		}
	}
	if !flags.Changed("features") {
		return nil
	}
	var err error
	o.target.Features, err = features(declared)
	return err
}

// withSecrets adds what no command line should show.
func withSecrets(a conformance.Account) conformance.Account {
	a.Password = os.Getenv("LTS_PASSWORD")
	a.Token, a.OtherToken = os.Getenv("LTS_TOKEN"), os.Getenv("LTS_OTHER_TOKEN")
	a.ExpiredToken = os.Getenv("LTS_EXPIRED_TOKEN")
	a.SecretKey, a.OtherSecretKey = os.Getenv("LTS_SECRET_KEY"), os.Getenv("LTS_OTHER_SECRET_KEY")
	return a
}

func conform(ctx context.Context, cmd *cobra.Command, o conformOptions) error {
	editions := []string{o.edition}
	if o.edition == allEditions {
		editions = openapi.Editions()
	} else if err := openapi.CheckEdition(o.edition); err != nil { // where nothing means the newest one in Go, here it is an empty variable
		return fmt.Errorf("--edition: %w", err)
	}
	outputs, err := parseReports(o.reports)
	if err != nil {
		return err
	}
	if o.targetFile == "" {
		if o.target.Features, err = features(o.target.Features); err != nil {
			return err
		}
		if err := checkFlags(o.target); err != nil {
			return err
		}
	}
	switch {
	case o.list:
		return listCases(cmd.OutOrStdout(), editions, o)
	case o.dryRun:
		return dryRun(cmd.OutOrStdout(), editions, o)
	case o.cleanup:
		return cleanup(ctx, cmd.OutOrStdout(), editions[0], o)
	}
	var runs []*conformance.Report
	for _, edition := range editions {
		o.run.Edition = edition
		run, err := conformEdition(ctx, cmd.ErrOrStderr(), o)
		if err != nil && run == nil {
			return err
		}
		runs = append(runs, run)
		if err != nil { // it was interrupted, and what was found is worth telling
			if failed := writeReports(cmd.OutOrStdout(), outputs, runs); failed != nil {
				return errors.Join(err, failed)
			}
			return whatCame(err, runs)
		}
	}
	if err := writeReports(cmd.OutOrStdout(), outputs, runs); err != nil {
		return err
	}
	switch conformance.ExitStatus(runs...) {
	case 0:
		return nil
	case exitFailed:
		return errNo
	default:
		return errors.New("not every case could be asked")
	}
}

// whatCame is the error of runs that were interrupted: what was found before that
// is an answer.
func whatCame(interrupted error, runs []*conformance.Report) error {
	if conformance.ExitStatus(runs...) == exitFailed {
		return errNo
	}
	return interrupted
}

// features gives the tags of the document that are declared, all of them when
// none is. A tag that the document does not have is refused: a misspelt one
// would silently leave its cases out.
func features(declared []string) ([]string, error) {
	doc, err := openapi.Load(openapi.Latest, openapi.English)
	if err != nil {
		return nil, err
	}
	var tags []string
	for _, tag := range doc.Tags {
		tags = append(tags, tag.Name)
	}
	known := slices.Concat(tags, []string{conformance.FeatureQuotas, conformance.FeatureNames, conformance.FeatureThrottling})
	for _, feature := range declared {
		if !slices.Contains(known, feature) {
			return nil, fmt.Errorf("--features: unknown feature %q: the features are %s%s", feature, strings.Join(known, ", "), suggest.DidYouMean(feature, known))
		}
	}
	if len(declared) == 0 {
		return tags, nil
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
	for _, name := range aboutTarget {
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
	for _, endpoint := range []struct{ flag, url string }{{"endpoint", target.Endpoints.LTS}, {"iam-endpoint", target.Endpoints.IAM}} {
		if err := checkBaseURL(endpoint.flag, endpoint.url); err != nil {
			return err
		}
	}
	a := target.Account
	type setting struct{ flag, value string }
	needed := []setting{{"--project-id", a.ProjectID}, {"--other-project-id", a.OtherProjectID}}
	if a.Password != "" || a.Token == "" && a.AccessKey == "" {
		needed = append([]setting{
			{"--domain", a.Domain}, {"--user", a.User}, {"the variable LTS_PASSWORD", a.Password}, {"--project", a.Project},
		}, needed...)
	}
	if a.AccessKey != "" {
		needed = append(needed, setting{"the variable LTS_SECRET_KEY", a.SecretKey})
	}
	if a.OtherAccessKey != "" {
		needed = append(needed, setting{"the variable LTS_OTHER_SECRET_KEY", a.OtherSecretKey})
	}
	var missing []string
	for _, s := range needed {
		if s.value == "" {
			missing = append(missing, s.flag)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("--endpoint needs %s", strings.Join(missing, ", "))
	}
	return nil
}

// checkBaseURL refuses what is not the base URL of a service. Nothing at all is
// none, and all right. A password in a URL is not shown.
func checkBaseURL(flag, text string) error {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return nil
	case err != nil: // which has the whole text in it
		return fmt.Errorf("--%s: must be an http or https URL with a host, such as http://127.0.0.1:8080", flag)
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("--%s: %q must be an http or https URL with a host, such as http://127.0.0.1:8080", flag, u.Redacted())
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("--%s: %q must be a base URL: without user, query and fragment", flag, u.Redacted())
	default:
		return nil
	}
}

// conformEdition runs the cases of an edition. The report is there, as far as it
// came, when the run was interrupted.
func conformEdition(ctx context.Context, progress io.Writer, o conformOptions) (*conformance.Report, error) {
	show := newProgress(progress, o.run.Edition)
	defer show.end()
	o.run.Progress = show.result
	if o.target.Endpoints.LTS != "" {
		if o.target.Name == "" {
			o.target.Name = o.target.Endpoints.LTS
		}
		return conformance.Run(ctx, o.target, o.run)
	}
	e, err := startEmbedded(ctx, o.run.Edition)
	if err != nil {
		return nil, err
	}
	run, err := conformance.Run(ctx, e.target(o.target), o.run)
	return run, errors.Join(err, e.stop())
}
