package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/openapi"
)

func newDocument() *cobra.Command {
	var edition, language, format string
	cmd := &cobra.Command{
		Use:   "document",
		Short: "Print the OpenAPI document of an edition",
		Long: "Print the OpenAPI document of an edition as one file: overlays applied, validated, every\n" +
			"example checked. The same edition gives the same bytes every time.",
		Example: "  lts document > lts.yaml\n" +
			"  lts document --edition 2024-03 -o json\n" +
			"  lts document --language zh",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			data, err := openapi.Bundle(edition, language, format)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(data)
			return err
		},
	}
	cmd.Flags().StringVar(&edition, "edition", openapi.Latest, "edition: "+strings.Join(openapi.Editions(), ", "))
	cmd.Flags().StringVar(&language, "language", openapi.English, "language of the texts: "+strings.Join(openapi.Languages(), ", "))
	cmd.Flags().StringVarP(&format, "output", "o", "yaml", "format: yaml, json")
	return cmd
}

// checkEdition refuses what is no edition. Where nothing means the newest one
// in Go, on a command line it is an empty variable.
func checkEdition(edition string) error {
	if !slices.Contains(openapi.Editions(), edition) {
		return fmt.Errorf("unknown edition %q: the editions are %s", edition, strings.Join(openapi.Editions(), ", "))
	}
	return nil
}
