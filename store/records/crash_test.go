package records_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/records"
)

// The environment of the crash test: the folder in which a child process
// appends, the number of the child, and how many are to be killed.
const (
	crashDirEnv    = "LTS_RECORDS_CRASH_DIR"
	crashRoundEnv  = "LTS_RECORDS_CRASH_ROUND"
	crashRoundsEnv = "LTS_RECORDS_CRASH_ROUNDS" // 3 by default
)

// crashOptions seal often, so that children die while they do.
var crashOptions = records.Options{SealRows: 128, Sealers: 2, MemTableBytes: 1 << 20}

// TestKilledProcessLosesNothing kills a process that appends, again and again:
// every record that it has acknowledged is there, once, in order.
func TestKilledProcessLosesNothing(t *testing.T) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(uint64(os.Getpid()), 0))
	acknowledged := map[string]bool{}
	for round := range crashRounds() {
		maps.Copy(acknowledged, runAndKill(t, dir, round, 50+random.IntN(1500)))
		checkAfterCrash(t, dir, acknowledged)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d records acknowledged in %d rounds", len(acknowledged), crashRounds())
}

func crashRounds() int {
	if n, err := strconv.Atoi(os.Getenv(crashRoundsEnv)); err == nil {
		return n
	}
	return 3
}

// runAndKill starts a child, kills it after some appends and gives the contents
// that it has acknowledged.
func runAndKill(t *testing.T, dir string, round, appends int) map[string]bool {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), crashDirEnv+"="+dir, fmt.Sprint(crashRoundEnv, "=", round))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatalf("start: %v", err)
	}
	acknowledged := map[string]bool{}
	lines := bufio.NewReader(out)
	for i := 0; ; i++ {
		line, err := lines.ReadString('\n')
		if err != nil {
			break
		}
		takeAcknowledged(t, acknowledged, line)
		if i == appends {
			if err := child.Process.Kill(); err != nil {
				t.Fatalf("kill: %v", err)
			}
		}
	}
	if err := child.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	return acknowledged
}

func takeAcknowledged(t *testing.T, acknowledged map[string]bool, line string) {
	t.Helper()
	var name string
	var size int
	if _, err := fmt.Sscan(line, &name, &size); err != nil {
		t.Fatalf("the child says %q: %v", line, err)
	}
	for i := range size {
		acknowledged[fmt.Sprint(name, "/", i)] = true
	}
}

func checkAfterCrash(t *testing.T, dir string, acknowledged map[string]bool) {
	t.Helper()
	s := open(t, dir, crashOptions)
	defer closeStore(t, s)
	seen := map[string]bool{}
	last := int64(0)
	for record, err := range s.Scan(context.Background(), "stream", lts.Scan{Window: lts.Always}) {
		if err != nil {
			t.Fatalf("Scan: %v", err)
		}
		if seen[record.Content] || record.LineNum <= last {
			t.Fatalf("record %d %q is doubled or out of order", record.LineNum, record.Content)
		}
		seen[record.Content], last = true, record.LineNum
	}
	lost := 0
	for content := range acknowledged {
		if !seen[content] {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d acknowledged records are lost", lost, len(acknowledged))
	}
	checkCount(t, s, int64(len(seen)))
}

func checkCount(t *testing.T, s *records.Store, want int64) {
	t.Helper()
	got, err := s.Count(context.Background(), "stream", lts.Always, lts.Filter{})
	if err != nil || got != want {
		t.Errorf("Count = %d, %v; a scan gave %d", got, err, want)
	}
}

// crashDir is set in a child only.
func crashDir() string { return os.Getenv(crashDirEnv) }

// appendUntilKilled is the child: writers of batches whose times are new, equal
// and late, all in one stream. It ends when it is killed or its reader is.
func appendUntilKilled(dir string) {
	s, err := records.Open(dir, crashOptions)
	if err != nil {
		log.Fatal(err)
	}
	var out sync.Mutex
	var writers sync.WaitGroup
	for w := range 6 {
		writers.Go(func() {
			if err := appendForever(s, &out, fmt.Sprint(os.Getenv(crashRoundEnv), "/", w), w); err != nil {
				log.Fatal(err)
			}
		})
	}
	writers.Wait()
}

func appendForever(s *records.Store, out *sync.Mutex, name string, seed int) error {
	random := rand.New(rand.NewPCG(uint64(os.Getpid()), uint64(seed)))
	clock := int64(1_000_000)
	for batch := 0; ; batch++ {
		var entries []lts.NewRecord
		for i := range 1 + random.IntN(40) {
			clock += random.Int64N(3)
			time := clock
			if seed%2 == 0 {
				time -= random.Int64N(2000)
			}
			entries = append(entries, lts.NewRecord{TimeNS: time, Content: fmt.Sprint(name, "/", batch, "/", i)})
		}
		if err := s.Append(context.Background(), "stream", map[string]string{"writer": name}, entries); err != nil {
			return err
		}
		if err := acknowledge(out, fmt.Sprint(name, "/", batch), len(entries)); err != nil {
			return err
		}
	}
}

func acknowledge(out *sync.Mutex, name string, size int) error {
	out.Lock()
	defer out.Unlock()
	_, err := io.WriteString(os.Stdout, fmt.Sprintln(name, size))
	return err
}
