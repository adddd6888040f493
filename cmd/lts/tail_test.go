package main

import (
	"context"
	"strings"
	"testing"
)

// A following is a tail that runs.
type following struct {
	stdout, stderr buffer
	stop           context.CancelFunc
	ended          chan int
}

func follow(t *testing.T, args ...string) *following {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	f := &following{stop: cancel, ended: make(chan int, 1)}
	go func() { f.ended <- run(ctx, append([]string{"tail", "-f"}, args...), &f.stdout, &f.stderr) }()
	return f
}

func TestTail(t *testing.T) {
	newRecords(t)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "GET / 200\nGET /login 500\nPOST /login 200\n"},
		{[]string{"-n", "1"}, "POST /login 200\n"},
		{[]string{"-n", "0"}, ""},
		{[]string{"-n", "1", "GET"}, "GET /login 500\n"},
		{[]string{"--since", "1h", "--label", "host=b"}, "POST /login 200\n"},
	} {
		args := append([]string{"tail", "web/access", "-o", "raw"}, tt.args...)
		if got := mustRun(t, args...); got != tt.want {
			t.Errorf("lts %q: %q, want %q", args, got, tt.want)
		}
	}
}

func TestTailFollows(t *testing.T) {
	newRecords(t)
	f := follow(t, "web/access", "-n", "1", "-o", "raw", "login")
	waitFor(t, &f.stdout, "POST /login 200\n")
	mustRun(t, "write", "web/access", logFile(t, "GET /logout 200\nPUT /login 201\n"))
	waitFor(t, &f.stdout, "PUT /login 201\n")
	f.stop()
	if status, want := <-f.ended, "lts: interrupted\n"; status != exitInterrupted || f.stderr.String() != want {
		t.Errorf("lts tail -f, interrupted: %d, %q; want %d, %q", status, f.stderr.String(), exitInterrupted, want)
	}
	if got, want := f.stdout.String(), "POST /login 200\nPUT /login 201\n"; got != want {
		t.Errorf("lts tail -f: %q, want %q", got, want)
	}
}

func TestTailOutlivesAnOutage(t *testing.T) {
	var out outage
	newRecords(t).between(t, out.fail)
	f := follow(t, "web/access", "-n", "1", "-o", "raw")
	waitFor(t, &f.stdout, "POST /login 200\n")
	out.on.Store(true)
	waitFor(t, &f.stderr, "going on\n")
	out.on.Store(false)
	mustRun(t, "write", "web/access", logFile(t, "after\n"))
	waitFor(t, &f.stdout, "after\n")
	f.stop()
	<-f.ended
	if got, want := f.stderr.String(), "lts: warning: ListLogs: 500 Internal Server Error; going on\n"; !strings.HasPrefix(got, want) {
		t.Errorf("lts tail -f in an outage said %q, want %q at first", got, want)
	}
}

func TestTailEndsWithItsStream(t *testing.T) {
	newRecords(t)
	f := follow(t, "web/access", "-o", "raw")
	waitFor(t, &f.stdout, "POST /login 200\n")
	mustRun(t, "streams", "delete", "web/access")
	if status := <-f.ended; status != exitBroken || !strings.Contains(f.stderr.String(), "LTS.0208") {
		t.Errorf("lts tail -f of a stream that was deleted: %d, %q; want %d and the reason", status, f.stderr.String(), exitBroken)
	}
}

func TestTailThatFails(t *testing.T) {
	newStream(t)
	tests := map[string]refusal{
		"misspelt stream": {[]string{"tail", "web/acces"}, exitBroken, "lts: there is no stream \"acces\"; did you mean access?\n"},
		"list without an end": {
			[]string{"tail", "-f", "web/access", "-o", "json"}, exitBroken, "lts: --output: json has an end, and --follow has none; use jsonl\n",
		},
		"fewer than none": {[]string{"tail", "web/access", "-n", "-1"}, exitBroken, "lts: --lines: -1 is less than 0\n"},
	}
	for name, tt := range tests {
		t.Run(name, tt.check)
	}
}

func TestTailIntoABrokenPipe(t *testing.T) {
	newRecords(t)
	var stderr buffer
	if status := run(t.Context(), []string{"tail", "-f", "web/access"}, brokenPipe{}, &stderr); status != exitBroken {
		t.Errorf("lts tail -f into a broken pipe: %d, %q; want %d", status, stderr.String(), exitBroken)
	}
}
