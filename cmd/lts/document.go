package main

import (
	"fmt"
	"path/filepath"
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
				return fmt.Errorf("%w%s", err, fileHint(format))
			}
			_, err = cmd.OutOrStdout().Write(data)
			return err
		},
	}
	cmd.Flags().StringVar(&edition, "edition", openapi.Latest, "edition: "+strings.Join(openapi.Editions(), ", "))
	cmd.Flags().StringVar(&language, "language", openapi.English, "language of the texts: "+strings.Join(openapi.Languages(), ", "))
	cmd.Flags().StringVarP(&format, "output", "o", "yaml", "format: "+strings.Join(openapi.Formats(), ", ")+"; the document goes to the standard output")
	return cmd
}

// fileHint says how to write a file to somebody who names one in place of a
// format.
func fileHint(format string) string {
	extension := strings.TrimPrefix(filepath.Ext(format), ".")
	if extension == "" && !strings.ContainsRune(format, filepath.Separator) {
		return ""
	}
	if !slices.Contains(openapi.Formats(), extension) {
		extension = openapi.Formats()[0]
	}
	return fmt.Sprintf("; to write a file: lts document -o %s > %s", extension, format)
}
