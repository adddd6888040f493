package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/docs/site"
	"github.com/ltskit/ltskit/openapi"
)

func newDocs() *cobra.Command {
	var out string
	var run, bundles bool
	cmd := &cobra.Command{
		Use:   "docs",
		Short: "Write the documentation site and the bundles for other tools",
		Long: "Write a static site: the API reference of every edition in every language, the error\n" +
			"catalogue, the contradictions, the changes between editions, the guides and a search. It works\n" +
			"from its folder, and asks nothing of any other place. Beside it, in the folder bundles, are\n" +
			"OpenAPI 3.0 and 3.1 documents, Arazzo workflows and Postman collections, with checksums.\n\n" +
			"With --conform the suite is run against the reference server first, in every edition, and the\n" +
			"conformance guide shows what it has reached. When a case does not pass, nothing is written.\n" +
			"With --bundles there is no site, only what would be in the folder bundles.\n\n" +
			"A folder that holds an older site or older bundles is replaced; one that holds anything else is\n" +
			"refused.",
		Example: "  lts docs --out site\n  lts docs --bundles --out contract",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return errors.New("--out: name the folder to write to")
			}
			files, err := documentation(cmd.Context(), cmd.ErrOrStderr(), bundles, run)
			if err != nil {
				return err
			}
			if err := files.Write(out); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d files in %s\n", len(files), out)
			return err
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`folder` to write to")
	cmd.Flags().BoolVar(&run, "conform", false, "show the figures of a run of the suite, which takes some seconds")
	cmd.Flags().BoolVar(&bundles, "bundles", false, "write the bundles for other tools alone")
	cmd.MarkFlagsMutuallyExclusive("conform", "bundles")
	return cmd
}

// documentation makes the site, with the figures of a run if there is to be one,
// or the bundles alone.
func documentation(ctx context.Context, progress io.Writer, bundles, run bool) (site.Files, error) {
	if bundles {
		return site.Bundles()
	}
	var options site.Options
	if run {
		var err error
		if options.Runs, err = conformAll(ctx, progress); err != nil {
			return nil, fmt.Errorf("--conform: %w", err)
		}
	}
	return site.Build(options)
}

// conformAll runs the suite against the reference server in every edition, the
// newest first. A run in which not every case passes is an error.
func conformAll(ctx context.Context, progress io.Writer) ([]*conformance.Report, error) {
	all, err := features(nil)
	if err != nil {
		return nil, err
	}
	var runs []*conformance.Report
	for _, edition := range slices.Backward(openapi.Editions()) {
		o := conformOptions{target: conformance.Target{Features: all}, run: conformance.Options{Edition: edition}}
		run, err := conformEdition(ctx, progress, o)
		if err != nil {
			return nil, err
		}
		if run.ExitStatus() != 0 {
			return nil, fmt.Errorf("edition %s: the reference server does not keep the contract; lts conform --edition %s says where", edition, edition)
		}
		runs = append(runs, run)
	}
	return runs, nil
}
