package main

import (
	"strings"
	"testing"
	"time"
)

// writeAt writes lines with the time of a clock.
func writeAt(t *testing.T, at time.Time, lines string) {
	t.Helper()
	got := runAtTime(t, at, "write", "web/access", logFile(t, lines))
	if got.status != 0 {
		t.Fatalf("lts write: %d, %s", got.status, got.stderr)
	}
}

// runAtTime runs the program with a clock that stands still.
func runAtTime(t *testing.T, at time.Time, args ...string) result {
	t.Helper()
	var stdout, stderr buffer
	status := runAt(t.Context(), func() time.Time { return at }, args, &stdout, &stderr)
	return result{status, stdout.String(), stderr.String()}
}

func TestHistogram(t *testing.T) {
	newStream(t)
	hour := time.Now().Truncate(time.Hour)
	writeAt(t, hour.Add(-40*time.Minute), "GET / 200\nGET /login 500\n")
	writeAt(t, hour.Add(-11*time.Minute), "POST /login 200\n")
	writeAt(t, hour.Add(-11*time.Minute+time.Second), "GET / 200\n")
	var log strings.Builder
	for _, args := range [][]string{
		{"histogram", "web/access", "--step", "15m"},
		{"histogram", "web/access", "login", "--step", "20m", "-o", "raw"},
		{"histogram", "web/access", "POST", "--since", "30m", "--step", "15m", "-o", "json"},
		{"histogram", "web/access", "--from", "11m", "--to", "9m", "--step", "90s", "-o", "jsonl"},
		{"histogram", "web/access", "none", "--since", "2h", "--step", "1h", "-o", "raw"},
	} {
		got := runAtTime(t, hour, args...)
		if got.status != 0 || got.stderr != "" {
			t.Fatalf("lts %q: %d, %q; want 0 without a message", args, got.status, got.stderr)
		}
		log.WriteString("$ lts " + strings.Join(args, " ") + "\n" + got.stdout)
	}
	wantGolden(t, "histogram.txt", log.String())
}

// What no flag says begins and ends with a whole step, what a flag says does as it
// says.
func TestStepsOfAHistogramAreWhole(t *testing.T) {
	newStream(t)
	now := time.Now().Truncate(time.Hour).Add(7*time.Minute + 8*time.Second)
	got := runAtTime(t, now, "histogram", "web/access", "--since", "10m", "--step", "5m", "-o", "jsonl")
	for line, want := range map[int]time.Duration{0: -5 * time.Minute, 2: 5 * time.Minute} {
		from := now.Truncate(time.Hour).Add(want).UTC().Format(time.RFC3339)
		if lines := strings.Split(got.stdout, "\n"); len(lines) != 4 || !strings.HasPrefix(lines[line], `{"from":"`+from+`"`) {
			t.Errorf("line %d of\n%s%swant it to begin at %s, and three lines", line, got.stdout, got.stderr, from)
		}
	}
	got = runAtTime(t, now, "histogram", "web/access", "--from", "3m", "--to", "1m", "--step", "5m", "-o", "jsonl")
	want := now.Add(-3 * time.Minute).UTC().Format(time.RFC3339)
	if !strings.HasPrefix(got.stdout, `{"from":"`+want+`"`) || strings.Count(got.stdout, "\n") != 1 {
		t.Errorf("from a moment on: %s%swant one step that begins at %s", got.stdout, got.stderr, want)
	}
}

func TestHandySteps(t *testing.T) {
	const day = 24 * time.Hour
	for span, want := range map[time.Duration]time.Duration{
		time.Millisecond: time.Second, 30 * time.Second: time.Second, 31 * time.Second: 2 * time.Second, time.Hour: 2 * time.Minute,
		day: time.Hour, 7 * day: 6 * time.Hour, 15 * day: 12 * time.Hour, 16 * day: day, 30 * day: day, 31 * day: 2 * day, 365 * day: 13 * day,
	} {
		if got := handyStep(span); got != want {
			t.Errorf("a span of %s has steps of %s, want %s", span, got, want)
		}
	}
}

func TestStepsBeginWithTheLocalDay(t *testing.T) {
	local := time.Local
	time.Local = time.FixedZone("five and a half hours east", 5*60*60+30*60)
	defer func() { time.Local = local }()
	at := time.Date(2026, 11, 22, 13, 37, 42, 0, time.Local)
	for step, want := range map[time.Duration]time.Time{
		24 * time.Hour: time.Date(2026, 11, 22, 0, 0, 0, 0, time.Local), time.Hour: time.Date(2026, 11, 22, 13, 0, 0, 0, time.Local),
	} {
		if got := stepBegin(at, step); !got.Equal(want) {
			t.Errorf("the step of %s begins at %s, want %s", step, got, want)
		}
	}
}

func TestBarsOnATerminal(t *testing.T) {
	newStream(t)
	mustRun(t, "write", "web/access", logFile(t, "a\na\na\nb\n"))
	for words, want := range map[string]string{"": "    4  █", "a": "    3  █", "c": "nothing found since "} {
		status, shown := newConsole(t).run(t, nil, "histogram", "web/access", "--step", "1h", "--", words)
		if status != 0 || !strings.Contains(shown, want) {
			t.Errorf("lts histogram %q on a terminal: %d,\n%swant %q in it", words, status, shown, want)
		}
	}
	for _, tt := range []struct {
		count, most int64
		width, want int
	}{{0, 4, 60, 0}, {4, 4, 60, 60}, {2, 4, 60, 30}, {1, 1000, 60, 1}, {4, 4, 0, 0}} {
		if got := len([]rune(bar(tt.count, tt.most, tt.width))); got != tt.want {
			t.Errorf("the bar of %d of %d in %d columns has %d, want %d", tt.count, tt.most, tt.width, got, tt.want)
		}
	}
}

func TestHistogramsThatFail(t *testing.T) {
	newStream(t)
	for name, tt := range map[string]refusal{
		"no step": {
			[]string{"histogram", "web/access", "--step", "0s"}, exitBroken,
			"lts: --step: \"0s\" is not a time such as 30s, 15m, 1h30m, 7d or 2w\n",
		},
		"a step that is too fine": {
			[]string{"histogram", "web/access", "--step", "1us"}, exitBroken,
			"lts: a step of 1µs: want whole milliseconds, at most 720h0m0s\n",
		},
		"labels": {
			[]string{"histogram", "web/access", "--label", "host=a"}, exitBroken,
			"lts: unknown flag: --label; a histogram counts by keywords alone\n",
		},
		"misspelt stream": {
			[]string{"histogram", "web/acess"}, exitBroken, "lts: there is no stream \"acess\"; did you mean access?\n",
		},
	} {
		t.Run(name, tt.check)
	}
}
