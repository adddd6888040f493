package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ltskit/ltskit/openapi/suggest"
)

// otherNames says what does here what a flag of another name does elsewhere.
var otherNames = map[string]string{
	"serve --port":       "the port is part of the address, as in --listen 127.0.0.1:8080",
	"serve --host":       "the host is part of the address, as in --listen 127.0.0.1:8080",
	"serve --addr":       "the address is --listen, as in --listen 127.0.0.1:8080",
	"serve --address":    "the address is --listen, as in --listen 127.0.0.1:8080",
	"serve --bind":       "the address is --listen, as in --listen 127.0.0.1:8080",
	"histogram --label":  "a histogram counts by keywords alone",
	"document --format":  "the format is --output, as in -o json",
	"conform --url":      "the base URL is --endpoint, as in --endpoint http://127.0.0.1:8080",
	"conform --password": "the password comes from the variable LTS_PASSWORD",
}

// explainFlag says what is wrong with a flag in the form of all messages, the
// flag before the rule, and what may have been meant by an unknown one.
func explainFlag(cmd *cobra.Command, err error) error {
	if wrong, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return fmt.Errorf("--%s: %w", wrong.GetFlag().Name, wrong.Unwrap())
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok || unknown.GetSpecifiedShortnames() != "" {
		return err
	}
	if hint, known := otherNames[cmd.Name()+" --"+unknown.GetSpecifiedName()]; known {
		return fmt.Errorf("%w; %s", err, hint)
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if meant := suggest.Nearest(unknown.GetSpecifiedName(), names); meant != "" {
		return fmt.Errorf("%w; did you mean --%s?", err, meant)
	}
	return err
}
