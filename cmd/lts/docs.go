package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/docs/site"
)

func newDocs() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "docs",
		Short: "Write the documentation site and the bundles for other tools",
		Long: "Write a static site: the API reference of every edition in every language, the error\n" +
			"catalogue, the contradictions, the changes between editions, the guides and a search. It works\n" +
			"from its folder, and asks nothing of any other place. Beside it, in the folder bundles, are\n" +
			"OpenAPI 3.0 and 3.1 documents and Postman collections, with checksums.\n\n" +
			"A folder that holds an older site is replaced; one that holds anything else is refused.",
		Example: "  lts docs --out site",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return errors.New("--out: name the folder to write to")
			}
			files, err := site.Build(site.Options{})
			if err != nil {
				return err
			}
			if err := files.Write(out); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d files in %s; open index.html\n", len(files), out)
			return err
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`folder` to write to")
	return cmd
}
