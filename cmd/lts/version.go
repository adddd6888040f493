package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/openapi"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of the program and the editions that it knows",
		Long: "Print the version of the program, the commit that it was built from, the version of Go that\n" +
			"built it, and the editions of the document that it knows.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(cmd.OutOrStdout(), version())
			return err
		},
	}
}

// version describes the running program.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok { // built without modules
		info = new(debug.BuildInfo)
	}
	return versionOf(info)
}

// versionOf describes a program by what the toolchain has written into it, a
// line for each part. What it has not written is unknown, such as the commit of
// a program that was built outside its repository.
func versionOf(info *debug.BuildInfo) string {
	settings := make(map[string]string)
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	commit := orUnknown(settings["vcs.revision"])
	if at := settings["vcs.time"]; at != "" {
		commit += " of " + at
	}
	if settings["vcs.modified"] == "true" {
		commit += ", dirty: the tree had changes that are not in it"
	}
	return fmt.Sprintf("lts       %s\ncommit    %s\ngo        %s\neditions  %s\n",
		orUnknown(info.Main.Version), commit, orUnknown(info.GoVersion), strings.Join(openapi.Editions(), ", "))
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}
