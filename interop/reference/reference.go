// Package reference starts the reference server for clients that were written
// elsewhere: the program lts itself, on a free port of loopback, with its
// development credentials.
package reference

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/ltskit/ltskit/interop/check"
)

// Credentials that `lts serve` prints when it has no directory of users.
const (
	Region         = "dev"
	Domain         = "dev"
	DomainID       = "d0000000000000000000000000000001"
	User           = "dev"
	UserID         = "a0000000000000000000000000000001"
	Password       = "dev"
	Project        = "dev"
	ProjectID      = "0123456789abcdef0123456789abcdef"
	AccessKey      = "DEVACCESSKEY00000000"
	SecretKey      = "dev-secret-key-not-for-production"
	OtherProjectID = "fedcba9876543210fedcba9876543210"
)

// Bucket is the bucket that `lts serve` makes.
const Bucket = "lts-test"

// FaultHeader names a store that fails during a request.
const FaultHeader = "X-Lts-Fault"

// brokenAnswer is what the server logs of an answer that is not as the document
// says.
const brokenAnswer = "answer breaks the document"

// patience is how long the server may take to start, and to stop.
const patience = 30 * time.Second

// A Server is a running `lts serve`. Close it.
type Server struct {
	URL string // without a slash at its end

	path    string // of the program
	folder  string
	program *exec.Cmd
	stderr  bytes.Buffer
}

// ProgramVariable names a program that has been built already.
const ProgramVariable = "LTS_PROGRAM"

// Start starts the program on an empty data folder. Unless [ProgramVariable]
// names the program, it is built first in root, the root folder of the project.
func Start(ctx context.Context, root string) (_ *Server, err error) {
	s := new(Server)
	if s.folder, err = os.MkdirTemp("", "lts-interop"); err != nil {
		return nil, err
	}
	if err := s.start(ctx, root); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.folder))
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, root string) error {
	program := os.Getenv(ProgramVariable)
	if program == "" {
		program = filepath.Join(s.folder, "lts")
		if err := build(ctx, root, program); err != nil {
			return err
		}
	}
	s.path = program
	s.program = exec.CommandContext(ctx, program, "serve",
		"--listen", "127.0.0.1:0", "--data", filepath.Join(s.folder, "data"), "--region", Region,
		"--provisioning", "100ms", "--faults", "--validate-responses", "--log-level", "warn")
	s.program.Env = withoutSettings(os.Environ())
	s.program.Cancel = func() error { return s.program.Process.Signal(os.Interrupt) }
	s.program.WaitDelay = patience
	s.program.Stderr = &s.stderr
	stdout, err := s.program.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.program.Start(); err != nil {
		return err
	}
	if s.URL, err = address(stdout); err != nil {
		_ = s.program.Process.Kill()
		_ = s.program.Wait()
		return fmt.Errorf("lts serve: %w\n%s", err, s.stderr.String())
	}
	return nil
}

// build makes the program with the versions of the project's own go.mod; those
// of the clients have no part in it.
func build(ctx context.Context, root, program string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/lts")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build ./cmd/lts: %w\n%s", err, out)
	}
	return nil
}

// withoutSettings leaves out the variables that configure `lts serve`.
func withoutSettings(environ []string) []string {
	var kept []string
	for _, variable := range environ {
		if !strings.HasPrefix(variable, "LTS_") {
			kept = append(kept, variable)
		}
	}
	return kept
}

// address reads the URL from the first line, and the rest so that the program
// can go on writing.
func address(stdout io.Reader) (string, error) {
	r := bufio.NewReader(stdout)
	line, err := r.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("no address: %w", err)
	}
	_, url, found := strings.Cut(strings.TrimSpace(line), " at ")
	if !found {
		return "", fmt.Errorf("no address in %q", line)
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	return url, nil
}

// Close stops the server and removes its data. It fails when the server ended
// badly, or found that an answer broke the document.
func (s *Server) Close() error {
	problems := []error{s.program.Process.Signal(os.Interrupt), s.program.Wait()}
	for line := range strings.Lines(s.stderr.String()) {
		if strings.Contains(line, brokenAnswer) {
			problems = append(problems, errors.New(strings.TrimSpace(line)))
		}
	}
	return errors.Join(append(problems, os.RemoveAll(s.folder))...)
}

// operations lists the operations of the document.
func (s *Server) operations(ctx context.Context) ([]string, error) {
	data, err := exec.CommandContext(ctx, s.path, "document", "-o", "json").Output()
	if err != nil {
		return nil, fmt.Errorf("lts document: %w", err)
	}
	var document struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("lts document: %w", err)
	}
	var operations []string
	for _, members := range document.Paths {
		for _, member := range members {
			var operation struct {
				ID string `json:"operationId"`
			}
			if json.Unmarshal(member, &operation) == nil && operation.ID != "" { // parameters are a list
				operations = append(operations, operation.ID)
			}
		}
	}
	return operations, nil
}

// root is the root folder of the project, seen from the tests of a client.
var root = filepath.Join("..", "..")

// Run starts a server, lends it to the tests of a client and reports how they and
// the server ended, and whether the page about the clients says what they have
// checked when all of them were asked for. It is the body of a TestMain in a
// folder two below the root.
func Run(tests interface{ Run() int }, client string, calls *check.Calls, lend func(*Server)) (status int) {
	ctx := context.Background()
	s, err := Start(ctx, root)
	if err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		return 1
	}
	lend(s)
	if status = tests.Run(); status == 0 && flag.Lookup("test.run").Value.String() == "" {
		err = s.checkPage(ctx, client, calls)
	}
	if err := errors.Join(err, s.Close()); err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		return 1
	}
	return status
}

func (s *Server) checkPage(ctx context.Context, client string, calls *check.Calls) error {
	operations, err := s.operations(ctx)
	if err != nil {
		return err
	}
	return calls.Table(filepath.Join(root, "docs", "interop.md"), client, operations)
}
