package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The environment of the crash test: when the clock of a child began, in
// nanoseconds, and how many children are to be killed.
const (
	crashClockEnv  = "LTS_SERVE_CRASH_CLOCK"
	crashRoundsEnv = "LTS_SERVE_CRASH_ROUNDS" // 4 by default
)

// crashSpeed is how much faster than real time the servers go: the shortest
// period of a transfer takes half a second.
const crashSpeed = 240

// fastClock is a clock that all processes agree on.
func fastClock(begin time.Time) func() time.Time {
	return func() time.Time { return begin.Add(crashSpeed * time.Since(begin)) }
}

// TestKilledServerLosesNothing kills a server under load, again and again, with
// SIGKILL, and starts it anew on the same folder. What it has acknowledged is
// there, what it has deleted is not, a token of an earlier one still counts, and
// every record is transferred once.
func TestKilledServerLosesNothing(t *testing.T) {
	c := &crashed{data: t.TempDir(), begin: time.Now().Truncate(time.Millisecond)}
	for w := range 6 {
		c.writers = append(c.writers, newCrashWriter(w, fastClock(c.begin)))
	}
	random := rand.New(rand.NewPCG(uint64(os.Getpid()), 0))
	for range crashRounds() {
		c.writeAndKill(t, 100+random.IntN(900))
		if t.Failed() {
			return
		}
	}
	c.checkEverything(t)
}

func crashRounds() int {
	if n, err := strconv.Atoi(os.Getenv(crashRoundsEnv)); err == nil {
		return n
	}
	return 4
}

// A crashed is a data folder whose servers are killed.
type crashed struct {
	data    string
	begin   time.Time // of the clock
	token   string
	since   time.Time // when the token was given
	writers []*crashWriter
}

// writeAndKill starts a server, checks what it has, writes, and kills it once it
// has acknowledged so many requests.
func (c *crashed) writeAndKill(t *testing.T, requests int) {
	t.Helper()
	child := newChild(t, c.begin, os.Stderr, "--data", c.data, "--quotas-groups", "100000", "--retention-interval", "100ms")
	api := newCrashAPI(startChild(t, child, child.Start), c.token)
	if now := fastClock(c.begin)(); now.Sub(c.since) > 20*time.Hour { // a token lasts 24 hours, many servers long
		api.login(t)
		c.token, c.since = api.token, now
	}
	c.checkCatalog(t, api)
	left := new(atomic.Int64)
	left.Store(int64(requests))
	var all sync.WaitGroup
	for _, writer := range c.writers {
		all.Go(func() {
			for writer.next(t, api) {
				if left.Add(-1) == 0 {
					_ = child.Process.Kill()
				}
			}
		})
	}
	all.Wait()
	_ = child.Process.Kill() // where the writers have ended with a failure
	if err := child.Wait(); err == nil {
		t.Error("the server ended by itself")
	}
	api.close()
}

// newChild is a server to be started, whose clock began at a moment.
func newChild(t *testing.T, begin time.Time, stderr io.Writer, args ...string) *exec.Cmd {
	t.Helper()
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--transfers-interval", "20ms", "--log-level", "error"}, args...)
	child := exec.CommandContext(t.Context(), os.Args[0], args...)
	child.Env = append(os.Environ(), fmt.Sprint(crashClockEnv, "=", begin.UnixNano()))
	child.Stderr = stderr
	return child
}

// startChild starts a server, as start does it, and gives its address once it
// has greeted.
func startChild(t *testing.T, child *exec.Cmd, start func() error) (url string) {
	t.Helper()
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := start(); err != nil {
		t.Fatalf("start: %v", err)
	}
	lines := bufio.NewReader(output)
	url = greeted(t, lines)
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return url
}

// serveUntilKilled is the child: the program on a fast clock.
func serveUntilKilled(begin string) int {
	ns, err := strconv.ParseInt(begin, 10, 64)
	if err != nil {
		panic(err)
	}
	return runAt(context.Background(), fastClock(time.Unix(0, ns)), os.Args[1:], os.Stdout, os.Stderr)
}
