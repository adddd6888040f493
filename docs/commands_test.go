package docs_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/docs"
	"github.com/ltskit/ltskit/server/embedded"
)

// documentedAddress is the address of the server in the guides.
const documentedAddress = "127.0.0.1:8080"

func TestTheCommandsOfTheQuickstartFindALog(t *testing.T) {
	blocks := commands(t, "quickstart.md")
	server := blocks[1]
	if !server.server || blocks[0].server {
		t.Fatalf("the second block is %q, want the one that starts the server", server.text)
	}
	dir := t.TempDir()
	run(t, dir, blocks[0].text)
	address := serve(t, filepath.Join(dir, "ltskit"), server.text)
	var rest strings.Builder
	for _, b := range blocks[2:] {
		rest.WriteString(b.text)
	}
	got := run(t, dir, strings.ReplaceAll(rest.String(), documentedAddress, address))
	if want := `{"count":1,"isQueryComplete":true,"logs":[{"content":"GET /<HighLightTag>login</HighLightTag> 500",`; !strings.Contains(got, want) {
		t.Errorf("the commands printed\n%s\nwant %s in it", got, want)
	}
}

func TestTheSigningExampleCreatesAGroup(t *testing.T) {
	blocks := commands(t, "authentication.md")
	if len(blocks) != 1 {
		t.Fatalf("the guide has %d blocks of commands, want 1", len(blocks))
	}
	dir := t.TempDir()
	service, err := embedded.Open(t.Context(), embedded.Options{Data: filepath.Join(dir, "data"), Directory: embedded.DevDirectory()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = service.Close() }()
	server := httptest.NewServer(service)
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	got := run(t, dir, strings.ReplaceAll(blocks[0].text, documentedAddress, address))
	if !regexp.MustCompile(`^\{"log_group_id":"[0-9a-f-]{36}"\}$`).MatchString(strings.TrimSpace(got)) {
		t.Errorf("the commands printed %s, want the ID of a group", got)
	}
	forged := strings.ReplaceAll(blocks[0].text, "SK="+embedded.DevSecretKey, "SK=another")
	if forged == blocks[0].text {
		t.Fatal("the example has another secret key than the development server")
	}
	got = run(t, dir, strings.ReplaceAll(forged, documentedAddress, address))
	if strings.Contains(got, "log_group_id") {
		t.Errorf("with another secret key the commands printed %s", got)
	}
}

// Every guide that is translated has the commands of the English one. Comments
// behind them are translated.
func TestTranslationsHaveTheSameCommands(t *testing.T) {
	translations, err := fs.Glob(docs.Files, "*.zh.md")
	if err != nil || len(translations) == 0 {
		t.Fatalf("there are the translations %v, %v", translations, err)
	}
	comment := regexp.MustCompile(`(?m) +# .*$`)
	for _, name := range translations {
		t.Run(name, func(t *testing.T) {
			want, got := commands(t, strings.TrimSuffix(name, ".zh.md")+".md"), commands(t, name)
			all := func(blocks []block) string { return comment.ReplaceAllString(fmt.Sprint(blocks), "") }
			if all(got) != all(want) {
				t.Errorf("it has the commands\n%v\nwant those in English\n%v", got, want)
			}
		})
	}
}

// A block is a fenced block of shell commands.
type block struct {
	text   string
	server bool // whether it runs until it is stopped
}

var fenced = regexp.MustCompile("(?s)```sh( server)?\n(.*?)```")

func commands(t *testing.T, guide string) []block {
	t.Helper()
	data, err := docs.Files.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []block
	for _, match := range fenced.FindAllStringSubmatch(string(data), -1) {
		blocks = append(blocks, block{match[2], match[1] != ""})
	}
	if len(blocks) == 0 {
		t.Fatalf("%s has no commands", guide)
	}
	return blocks
}

// run runs commands in a folder and gives what they print.
func run(t *testing.T, dir, script string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	output, err := shell(ctx, t, dir, script).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\nof\n%s", err, output, script)
	}
	return string(output)
}

// serve runs the command that starts a server, on a port of its own, until the
// test ends. It gives the address.
func serve(t *testing.T, dir, script string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	command := shell(ctx, t, dir, "exec "+strings.TrimSpace(script))
	command.Env = append(command.Env, "LTS_LISTEN=127.0.0.1:0")
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 30 * time.Second
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = io.Discard
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = command.Wait() // it was stopped
	})
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if _, address, found := strings.Cut(lines.Text(), " at http://"); found {
			go func() { _, _ = io.Copy(io.Discard, output) }()
			return address
		}
	}
	t.Fatalf("%s ended without naming its address", script)
	return ""
}

// shell runs a script with the repository in the place of the published one, so
// that a clone is one of the last commit.
func shell(ctx context.Context, t *testing.T, dir, script string) *exec.Cmd {
	command := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script)
	command.Dir = dir
	command.Env = append(os.Environ(), "GIT_CONFIG_COUNT=1",
		"GIT_CONFIG_KEY_0=url."+repositoryFolder(t)+".insteadOf", "GIT_CONFIG_VALUE_0=https://github.com/ltskit/ltskit")
	return command
}

func repositoryFolder(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
