package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan(s *session) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use: "man", Args: cobra.NoArgs,
		Short: "Write the manual pages",
		Long: "Write a manual page for every command into a folder, which is made when it is missing. With\n" +
			"SOURCE_DATE_EPOCH in the environment their date is fixed.",
		Example: "  lts man --dir ~/.local/share/man/man1",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return fmt.Errorf("--dir: %w", err)
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			if err := doc.GenManTree(root, &doc.GenManHeader{Section: "1", Manual: "ltskit"}, dir); err != nil {
				return fmt.Errorf("--dir: %w", err)
			}
			s.note(cmd, "the manual pages are in %s", dir)
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "`folder` for the pages")
	_ = cmd.MarkFlagRequired("dir") // fails for unknown flags only
	return cmd
}
