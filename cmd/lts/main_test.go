package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
)

func TestUsage(t *testing.T) {
	tests := map[string]struct {
		args   []string
		status int
		stdout string // part of it
		stderr string // part of it
	}{
		"help":                        {[]string{"--help"}, 0, "The contract of the Log Tank Service", ""},
		"nothing":                     {nil, 0, "The contract of the Log Tank Service", ""},
		"help of a command":           {[]string{"serve", "--help"}, 0, "--listen", ""},
		"unknown command":             {[]string{"sreve"}, exitBroken, "", `unknown command "sreve"`},
		"unknown flag":                {[]string{"--verbose"}, exitBroken, "", "unknown flag: --verbose"},
		"unknown flag of serve":       {[]string{"serve", "--port", "80"}, exitBroken, "", "unknown flag: --port; the port is part of the address, as in --listen 127.0.0.1:8080\n"},
		"upstream that is missing":    {[]string{"proxy"}, exitBroken, "", "lts: --upstream is missing: base URL of the implementation\n"},
		"folder by another name":      {[]string{"serve", "--data-dir", "x"}, exitBroken, "", "unknown flag: --data-dir; the data folder is --data\n"},
		"unknown flag of conform":     {[]string{"conform", "--password", "x"}, exitBroken, "", "unknown flag: --password; the password comes from the variable LTS_PASSWORD\n"},
		"unknown flag of document":    {[]string{"document", "--format", "yaml"}, exitBroken, "", "unknown flag: --format; the format is --output, as in -o json\n"},
		"misspelt flag":               {[]string{"serve", "--listn", ":80"}, exitBroken, "", "unknown flag: --listn; did you mean --listen?\n"},
		"beginning of a flag":         {[]string{"conform", "--other-project", "x"}, exitBroken, "", "unknown flag: --other-project; did you mean --other-project-id?\n"},
		"flag like none":              {[]string{"document", "--colour"}, exitBroken, "", "unknown flag: --colour\n"},
		"unknown letter":              {[]string{"document", "-x"}, exitBroken, "", "unknown shorthand flag: 'x' in -x\n"},
		"flag without its value":      {[]string{"document", "--edition"}, exitBroken, "", "flag needs an argument: --edition"},
		"argument too many":           {[]string{"document", "lts.yaml"}, exitBroken, "", `unknown command "lts.yaml" for "lts document"`},
		"argument too many, serve":    {[]string{"serve", "8080"}, exitBroken, "", `unknown command "8080" for "lts serve"`},
		"argument too many, conform":  {[]string{"conform", "http://127.0.0.1"}, exitBroken, "", `unknown command "http://127.0.0.1" for "lts conform"`},
		"edition that there is not":   {[]string{"serve", "--data", "x", "--edition", "2023"}, exitBroken, "", "2022-08, 2024-03, latest"},
		"flag with a value too many":  {[]string{"serve", "--faults=maybe"}, exitBroken, "", `lts: --faults: "maybe" is not true or false`},
		"beginning of an edition":     {[]string{"serve", "--edition", "2022"}, exitBroken, "", `lts: --edition: "2022" is not one of 2022-08, 2024-03, latest; did you mean 2022-08?`},
		"beginning of it, conform":    {[]string{"conform", "--edition", "2022"}, exitBroken, "", `lts: --edition: unknown edition "2022": the editions are 2022-08, 2024-03, latest; did you mean 2022-08?`},
		"feature that there is not":   {[]string{"conform", "--features", "groups,streems"}, exitBroken, "", `unknown feature "streems": the features are tokens, groups, streams, logs, transfers, logtanks, quotas, names, throttling; did you mean streams?`},
		"edition of conform that not": {[]string{"conform", "--edition", "2023"}, exitBroken, "", "2022-08, 2024-03, latest"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := runIt(t, tt.args...)
			if got.status != tt.status || !strings.Contains(got.stdout, tt.stdout) || !strings.Contains(got.stderr, tt.stderr) {
				t.Errorf("lts %q:\n got %d, %.300q, %.300q\nwant %d, %q, %q", tt.args, got.status, got.stdout, got.stderr, tt.status, tt.stdout, tt.stderr)
			}
			if tt.status != 0 && !strings.HasPrefix(got.stderr, "lts: ") {
				t.Errorf("lts %q wrote %q, want a message that begins with the program", tt.args, got.stderr)
			}
			if tt.status != 0 && got.stdout != "" {
				t.Errorf("lts %q wrote %q to the standard output, want nothing", tt.args, got.stdout)
			}
		})
	}
}

func TestOutputThatCannotBeWritten(t *testing.T) {
	for _, args := range [][]string{{"document"}, {"conform", "--features", "tokens"}} {
		t.Run(args[0], func(t *testing.T) {
			var stderr bytes.Buffer
			if status := run(t.Context(), args, brokenPipe{}, &stderr); status != exitBroken || !strings.Contains(stderr.String(), errPipe.Error()) {
				t.Errorf("lts %q into a broken pipe: %d, %q; want %d and the reason", args, status, stderr.String(), exitBroken)
			}
		})
	}
}

var errPipe = errors.New("the pipe is broken")

// A brokenPipe takes nothing.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errPipe }

// A result is what a run of the program left behind.
type result struct {
	status         int
	stdout, stderr string
}

// runIt runs the program to its end.
func runIt(t *testing.T, args ...string) result {
	t.Helper()
	return runWith(t.Context(), args...)
}

func runWith(ctx context.Context, args ...string) result {
	var stdout, stderr buffer
	status := run(ctx, args, &stdout, &stderr)
	return result{status, stdout.String(), stderr.String()}
}

// A buffer can be written to and read at the same time.
type buffer struct {
	mu   sync.Mutex
	data bytes.Buffer
}

// Write implements [io.Writer].
func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.String()
}
