package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// newRecords gives a server with three records in web/access.
func newRecords(t *testing.T) *running {
	t.Helper()
	s := newStream(t)
	mustRun(t, "write", "web/access", logFile(t, "GET / 200\nGET /login 500\n"), "-l", "host=a")
	mustRun(t, "write", "web/access", logFile(t, "POST /login 200\n"), "-l", "host=b")
	return s
}

func TestQuery(t *testing.T) {
	newRecords(t)
	var log strings.Builder
	for _, args := range [][]string{
		{"query", "web/access"},
		{"query", "web/access", "login"},
		{"query", "web/access", "login", "POST"},
		{"query", "web/access", "login AND NOT POST"},
		{"query", "web/access", "--label", "host=a", "-o", "raw"},
		{"query", "web/access", "--label", "host=a", "--label", "zone=b"},
		{"query", "web/access", "--desc", "--limit", "2", "-o", "raw"},
		{"query", "web/access", "-n", "1", "-o", "json"},
		{"query", "web/access", "none", "-o", "json"},
		{"query", "web/access", "500", "-o", "jsonl"},
		{"query", "web/access", "login", "--count"},
		{"query", "web/access", "login", "--label", "host=b", "--count"},
		{"query", "web/access", "--to", "1h"},
		{"query", "web/access", "--from", "10m", "--to", "now", "--count"},
		{"query", "web/access", "login", "--color", "always"},
		{"query", "web/access", "login", "--color", "always", "--highlight=false", "-o", "raw"},
		{"query", "web/access", "login", "--color", "always", "-o", "jsonl", "-n", "1"},
	} {
		log.WriteString("$ lts " + strings.Join(args, " ") + "\n" + mustRun(t, args...))
	}
	wantGolden(t, "query.txt", strings.ReplaceAll(log.String(), "\x1b", "ESC"))
}

func TestQueryWritesValidJSON(t *testing.T) {
	newRecords(t)
	for args, want := range map[string]int{"": 3, "login": 2, "none": 0} {
		var got []recordView
		text := mustRun(t, "query", "web/access", "-o", "json", "--", args)
		if err := json.Unmarshal([]byte(text), &got); err != nil || len(got) != want {
			t.Errorf("lts query %q -o json: %s, %v; want %d records", args, text, err, want)
		}
	}
}

func TestQueryLooksBackAnHour(t *testing.T) {
	newStream(t)
	root := newRoot(func() time.Time { return time.Now().Add(-2 * time.Hour) }) // writes with the time of then
	var stdout, stderr buffer
	if status := execute(t.Context(), root, []string{"write", "web/access", logFile(t, "old\n")}, &stdout, &stderr); status != 0 {
		t.Fatalf("lts write: %d, %s", status, stderr.String())
	}
	mustRun(t, "write", "web/access", logFile(t, "new\n"))
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "new\n"},
		{[]string{"--since", "3h"}, "old\nnew\n"},
		{[]string{"--since", "1d"}, "old\nnew\n"},
		{[]string{"--from", "3h", "--to", "1h"}, "old\n"},
	} {
		args := append([]string{"query", "web/access", "-o", "raw"}, tt.args...)
		if got := mustRun(t, args...); got != tt.want {
			t.Errorf("lts %q: %q, want %q", args, got, tt.want)
		}
	}
	status, shown := newConsole(t).run(t, nil, "query", "web/access", "nothing", "--color", "never")
	if want := "nothing found since TIME; --since 7d looks further back\n"; status != 0 || masked(shown) != want {
		t.Errorf("lts query without a result, on a terminal: %d, %q; want %q", status, shown, want)
	}
}

func TestQueryThatFails(t *testing.T) {
	newRecords(t)
	tests := map[string]refusal{
		"misspelt stream": {[]string{"query", "web/acces"}, exitBroken, "lts: there is no stream \"acces\"; did you mean access?\n"},
		"no stream":       {[]string{"query"}, exitBroken, "lts: 0 arguments given; the usage is: lts query GROUP/STREAM [KEYWORDS...] [flags]\n"},
		"no duration":     {[]string{"query", "web/access", "--since", "soon"}, exitBroken, "lts: --since: \"soon\" is not a time such as 30s, 15m, 1h30m, 7d or 2w\n"},
		"no moment": {
			[]string{"query", "web/access", "--from", "yesterday"}, exitBroken,
			"lts: --from: \"yesterday\" is not a moment such as 2026-11-22, \"2026-11-22 13:37\", 2026-11-22T13:37:00Z, 13:37 or 2h (ago)\n",
		},
		"end before the beginning": {[]string{"query", "web/access", "--from", "1h", "--to", "2h"}, exitBroken, "lts: --to: the end is not after the beginning\n"},
		"two beginnings": {
			[]string{"query", "web/access", "--from", "1h", "--since", "2h"}, exitBroken,
			"lts: --since and --from exclude each other\n",
		},
		"limit below 0":            {[]string{"query", "web/access", "--limit", "-1"}, exitBroken, "lts: --limit: -1 is less than 0\n"},
		"label without a value":    {[]string{"query", "web/access", "--label", "host"}, exitBroken, "lts: --label: \"host\" is not key=value\n"},
		"colour that there is not": {[]string{"query", "web/access", "--color", "alwys"}, exitBroken, "lts: --color: \"alwys\" is not one of auto, always, never; did you mean always?\n"},
	}
	for name, tt := range tests {
		t.Run(name, tt.check)
	}
}

func TestColoursOnATerminal(t *testing.T) {
	newStream(t)
	mustRun(t, "write", "web/access", logFile(t, "GET /login 500 \x1b[2J\x07\n"))
	const red, plain = "\x1b[1;31m", "\x1b[0m"
	for _, tt := range []struct {
		name, noColor, term string
		want                string
	}{
		{"colours, and nothing that steers the terminal", "", "xterm", `GET /` + red + `login` + plain + ` 500 \x1b[2J\x07` + "\n"},
		{"NO_COLOR", "1", "xterm", `GET /login 500 \x1b[2J\x07` + "\n"},
		{"dumb terminal", "", "dumb", `GET /login 500 \x1b[2J\x07` + "\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("NO_COLOR", tt.noColor)
			t.Setenv("TERM", tt.term)
			if status, shown := newConsole(t).run(t, nil, "query", "web/access", "login", "-o", "raw"); status != 0 || shown != tt.want {
				t.Errorf("lts query on a terminal: %d, %q; want %q", status, shown, tt.want)
			}
		})
	}
	t.Run("what is piped is as it was written", func(t *testing.T) {
		if got, want := mustRun(t, "query", "web/access", "login", "-o", "raw"), "GET /login 500 \x1b[2J\x07\n"; got != want {
			t.Errorf("lts query -o raw: %q, want %q", got, want)
		}
	})
}

// A command whose reader has gone, such as head, ends without a message.
func TestBrokenPipe(t *testing.T) {
	newRecords(t)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = reader.Close()
	var stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), os.Args[0], "query", "web/access")
	cmd.Env = append(os.Environ(), mainVariable+"=1")
	cmd.Stdout, cmd.Stderr = writer, &stderr
	err = cmd.Run()
	if err == nil || err.Error() != "signal: broken pipe" || stderr.String() != "" {
		t.Errorf("lts query into a closed pipe: %v, %q; want the end by SIGPIPE without a word", err, stderr.String())
	}
}
