package main

import (
	"errors"
	"fmt"

	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ltskit/ltskit/openapi/suggest"
)

// otherNames says what does here what a flag of another name does elsewhere.
var otherNames = map[string]string{
	"serve --data-dir":   "the data folder is --data",
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
		return fmt.Errorf("--%s: %w", wrong.GetFlag().Name, explainValue(wrong))
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

// explainValue says what is wrong with a value. What package strconv says is not
// for people.
func explainValue(wrong *pflag.InvalidValueError) error {
	number, ok := errors.AsType[*strconv.NumError](wrong.Unwrap())
	switch {
	case !ok:
		return wrong.Unwrap()
	case wrong.GetFlag().Value.Type() == "bool":
		return fmt.Errorf("%q is not true or false", wrong.GetValue())
	case errors.Is(number, strconv.ErrRange):
		return fmt.Errorf("%q is too large or too small", wrong.GetValue())
	default:
		return fmt.Errorf("%q is not a whole number", wrong.GetValue())
	}
}

// The annotations with which cobra marks the flags of a group. Each value has the
// names of a group. Cobra has names of its own for them, and does not show them.
const (
	oneRequired = "cobra_annotation_one_required"
	exclusive   = "cobra_annotation_mutually_exclusive"
)

// checkFlagRules finds flags that are missing or contradict each other. Cobra finds
// the same afterwards, and says it less well.
func checkFlagRules(cmd *cobra.Command) error {
	var err error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if err == nil {
			err = errors.Join(checkRequired(f), checkExclusive(cmd, f), checkOneRequired(cmd, f))
		}
	})
	return err
}

func checkRequired(f *pflag.Flag) error {
	if f.Changed || !slices.Equal(f.Annotations[cobra.BashCompOneRequiredFlag], []string{"true"}) {
		return nil
	}
	_, usage := pflag.UnquoteUsage(f)
	return fmt.Errorf("--%s is missing: %s", f.Name, usage)
}

func checkExclusive(cmd *cobra.Command, f *pflag.Flag) error {
	for _, group := range f.Annotations[exclusive] {
		if given := slices.DeleteFunc(strings.Fields(group), func(name string) bool { return !cmd.Flags().Changed(name) }); len(given) > 1 {
			return fmt.Errorf("%s exclude each other", andList(given))
		}
	}
	return nil
}

func checkOneRequired(cmd *cobra.Command, f *pflag.Flag) error {
	for _, group := range f.Annotations[oneRequired] {
		if names := strings.Fields(group); !slices.ContainsFunc(names, cmd.Flags().Changed) {
			return fmt.Errorf("one of %s is needed", andList(names))
		}
	}
	return nil
}

// andList lists flags: --a, --b and --c.
func andList(names []string) string {
	last := len(names) - 1
	return "--" + strings.Join(names[:last], ", --") + " and --" + names[last]
}
