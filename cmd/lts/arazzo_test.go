package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server/embedded"
)

// A runner that shares nothing with this module replays the exported scenarios.
// `make arazzo` installs it and says where it is.
func TestRedoclyReplaysTheScenarios(t *testing.T) {
	redocly := os.Getenv("REDOCLY")
	if redocly == "" {
		t.Skip("REDOCLY does not name the Redocly CLI; make arazzo does")
	}
	for _, edition := range openapi.Editions() {
		t.Run(edition, func(t *testing.T) {
			folder := t.TempDir()
			file := "lts-" + edition + ".arazzo.yaml"
			write(t, folder, file, "conform", "--export", "arazzo", "--edition", edition)
			write(t, folder, "lts-"+edition+"-en.yaml", "document", "--edition", edition)
			s := start(t, "--edition", edition)
			runRedocly(t, redocly, folder, "lint", file)
			args := []string{"respect", file, "--server", "lts=" + s.url, "--execution-timeout", "120000"}
			for name, value := range inputs(s.login(t)) {
				args = append(args, "--input", name+"="+value)
			}
			runRedocly(t, redocly, folder, args...)
		})
	}
}

// write keeps what a command prints in a file.
func write(t *testing.T, folder, file string, args ...string) {
	t.Helper()
	got := runIt(t, args...)
	if got.status != 0 {
		t.Fatalf("lts %q: %d, %s", args, got.status, got.stderr)
	}
	if err := os.WriteFile(filepath.Join(folder, file), []byte(got.stdout), 0o600); err != nil {
		t.Fatal(err)
	}
}

// inputs are those of the workflows for a fresh server.
func inputs(token string) map[string]string {
	now := time.Now()
	return map[string]string{
		"prefix": "arazzo-", "token": token, "bucket": embedded.DevBucket,
		"project_id": embedded.DevProjectID, "project": embedded.DevProject,
		"domain": embedded.DevDomain, "user": embedded.DevUser, "password": embedded.DevPassword,
		"log_time_ns": strconv.FormatInt(now.UnixNano(), 10),
		"start_time":  strconv.FormatInt(now.Add(-time.Minute).UnixMilli(), 10),
		"end_time":    strconv.FormatInt(now.Add(time.Minute).UnixMilli(), 10),
	}
}

// runRedocly runs the CLI in a folder and fails with what it printed.
func runRedocly(t *testing.T, redocly, folder string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, redocly, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", "NO_COLOR=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Errorf("redocly %s: %v\n%s", args[0], err, out.Bytes())
	}
}
