package lts_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
)

func TestTheFormatsOfObjects(t *testing.T) {
	const raw = "one\ntwo\n\nthree <&>\nlines\n"
	const json = `{"time":1709121600001,"line_num":"1709121600001000000","content":"one","labels":{"host":"a"}}
{"time":1709121600001,"line_num":"1709121600001000001","content":"two\n","labels":{"host":"a"}}
{"time":1709121600001,"line_num":"1709121600001000002","content":"","labels":{"host":"a"}}
{"time":1709121600001,"line_num":"1709121600001000003","content":"three <&>\nlines","labels":{"host":"a"}}
`
	for _, tt := range []struct {
		name   string
		format lts.TransferFormat
		zipped bool
		want   string
	}{
		{"RAW", lts.FormatRAW, false, raw},
		{"JSON", lts.FormatJSON, false, json},
		{"RAW, compressed", lts.FormatRAW, true, raw},
		{"JSON, compressed", lts.FormatJSON, true, json},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := newJob(t, tt.zipped)
			j.transferAs(t, func(x *lts.TransferSpec) { x.Format, x.Dir, x.Prefix = tt.format, "/a/b/", "pre-" })
			from := j.clock.at()
			j.clock.forward(time.Millisecond)
			j.report(t, map[string]string{"host": "a"}, 0, "one", "two\n", "", "three <&>\nlines")
			j.clock.forward(2*time.Minute - time.Millisecond)
			j.run(t)
			want := fmt.Sprintf("a/b/group/stream/2024/02/28/pre-%d-%d-%s", from, j.clock.at(), j.streams[0].ID)
			if tt.zipped {
				want += ".gz"
			}
			if got := j.objects(t, someBucket); !cmp.Equal(got, map[string]string{want: tt.want}) {
				t.Errorf("objects %q, want %q under %s", got, tt.want, want)
			}
		})
	}
}

func TestNothingIsWrittenBeforeItIsDueAndWithoutRecords(t *testing.T) {
	j := newJob(t, false)
	j.report(t, nil, 0, "before the transfer")
	j.clock.forward(time.Millisecond)
	j.transferAs(t, func(*lts.TransferSpec) {})
	j.clock.forward(2 * time.Minute)
	j.run(t)
	j.wantLines(t) // nothing came
	j.report(t, nil, 0, "new")
	j.clock.forward(2*time.Minute - time.Millisecond)
	j.run(t)
	j.wantLines(t) // not due
	j.clock.forward(time.Millisecond)
	j.run(t)
	j.wantLines(t, "new")
	j.run(t)
	j.clock.forward(2 * time.Minute)
	j.run(t)
	j.wantLines(t, "new") // once
}

func TestLateRecordsAreTransferredOnce(t *testing.T) {
	j := newJob(t, false)
	j.transferAs(t, func(*lts.TransferSpec) {})
	for i, reports := range [][]report{
		{{"first", 0}, {"older than the transfer", -time.Hour}},
		{{"into the first window", -3 * time.Minute}, {"again older than all", -2 * time.Hour}, {"second", 0}},
		{{"at a time that is taken", -4 * time.Minute}, {"of the future", 3 * time.Minute}},
		{{"fourth", 0}},
		{},
	} {
		before := j.lines(t)
		for _, r := range reports {
			j.report(t, nil, r.shift, r.content)
		}
		j.clock.forward(2 * time.Minute)
		j.run(t)
		for _, r := range reports {
			if r.shift <= 0 && !slices.Contains(j.lines(t), r.content) {
				t.Errorf("run %d: %q is not there, but %q", i, r.content, slices.DeleteFunc(j.lines(t), func(x string) bool { return slices.Contains(before, x) }))
			}
		}
	}
	j.wantAll(t)
}

func TestABatchThatIsLateInPartIsTransferredOnce(t *testing.T) {
	j := newJob(t, false)
	j.transferAs(t, func(*lts.TransferSpec) {})
	j.reportAt(t, nil,
		lts.NewRecord{TimeNS: j.clock.at() - 1, Content: "late"},
		lts.NewRecord{TimeNS: j.clock.at(), Content: "timely"},
		lts.NewRecord{TimeNS: j.clock.at() + int64(5*time.Minute), Content: "of the future"})
	for range 4 {
		j.clock.forward(2 * time.Minute)
		j.run(t)
	}
	j.wantAll(t)
}

func TestALateRecordShowsNoLabelOfOurs(t *testing.T) {
	j := newJob(t, false)
	j.transferAs(t, func(x *lts.TransferSpec) { x.Format = lts.FormatJSON })
	j.report(t, map[string]string{"host": "a"}, -time.Minute, "late")
	page, err := j.service.QueryLogs(t.Context(), ours, j.group.ID, j.streams[0].ID, lts.Query{
		StartMS: j.clock.at()/1e6 - 120_000, EndMS: j.clock.at() / 1e6, Labels: map[string]string{"host": "a"},
	})
	if err != nil || len(page.Records) != 1 || !cmp.Equal(page.Records[0].Labels, map[string]string{"host": "a"}) {
		t.Errorf("QueryLogs gives %+v, %v, want the record with its label", page, err)
	}
	j.clock.forward(2 * time.Minute)
	j.run(t)
	for _, content := range j.objects(t, someBucket) {
		if !strings.Contains(content, `"labels":{"host":"a"}`) {
			t.Errorf("object %s, want the label of the caller only", content)
		}
	}
	const reserved = "__lts_transfer_window__"
	err = j.service.ReportLogs(t.Context(), ours, j.group.ID, j.streams[0].ID, map[string]string{reserved: "x"}, []lts.NewRecord{{TimeNS: 1, Content: "x"}})
	wantError(t, "ReportLogs with the reserved label", err, lts.ErrInvalidBody)
	_, err = j.service.QueryLogs(t.Context(), ours, j.group.ID, j.streams[0].ID, lts.Query{StartMS: 1, EndMS: 2, Labels: map[string]string{reserved: "x"}})
	wantError(t, "QueryLogs with the reserved label", err, lts.ErrInvalidBody)
}

func TestSwitchedOffNothingMovesAndThenItGoesOn(t *testing.T) {
	j := newJob(t, false)
	transfer := j.transferAs(t, func(x *lts.TransferSpec) { x.Disabled = true })
	j.report(t, nil, 0, "while it was off")
	j.report(t, nil, -time.Hour, "late, while it was off")
	j.clock.forward(time.Hour)
	j.run(t)
	j.wantLines(t)
	j.wantStatus(t, lts.TransferDisabled)
	on := true
	_, err := j.service.UpdateTransfer(t.Context(), ours, transfer.ID, lts.TransferChange{Enabled: &on})
	wantError(t, "UpdateTransfer", err, nil)
	j.report(t, nil, 0, "while it was on")
	j.run(t)
	j.clock.forward(2 * time.Minute)
	j.run(t)
	j.wantAll(t)
}

func TestAnotherPeriodCountsFromTheLastAttempt(t *testing.T) {
	j := newJob(t, false)
	transfer := j.transferAs(t, func(x *lts.TransferSpec) { x.Period = lts.TransferPeriod{Length: 1, Unit: "hour"} })
	j.report(t, nil, 0, "line")
	j.clock.forward(5 * time.Minute)
	j.run(t)
	j.wantLines(t)
	five, minutes := 5, "min"
	_, err := j.service.UpdateTransfer(t.Context(), ours, transfer.ID, lts.TransferChange{PeriodLength: &five, PeriodUnit: &minutes})
	wantError(t, "UpdateTransfer", err, nil)
	j.run(t)
	j.wantAll(t)
}

func TestAFailureIsAnExceptionUntilItWorksAgain(t *testing.T) {
	for name, fail := range map[string]error{
		"the bucket is gone": lts.ErrBucketNotFound, "no permission": lts.ErrBucketForbidden, "the disk is full": errors.New("disk full"),
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t, false)
			j.transferAs(t, func(*lts.TransferSpec) {})
			j.report(t, nil, 0, "line")
			j.clock.forward(2 * time.Minute)
			j.failPut = func(bool) error { return fail }
			wantError(t, "RunDue", j.transferrer.RunDue(t.Context()), fail)
			j.wantStatus(t, lts.TransferException)
			j.report(t, nil, 0, "next line")
			j.failPut = nil
			j.clock.forward(time.Minute)
			j.run(t)
			j.wantLines(t) // due with the next period
			j.clock.forward(time.Minute)
			j.run(t)
			j.wantStatus(t, lts.TransferEnabled)
			j.wantAll(t)
		})
	}
}

func TestAMissingBucketIsAnExceptionAlsoWithoutRecords(t *testing.T) {
	j := newJob(t, false)
	j.transferAs(t, func(*lts.TransferSpec) {})
	j.gone = true
	j.clock.forward(2 * time.Minute)
	wantError(t, "RunDue", j.transferrer.RunDue(t.Context()), lts.ErrBucketNotFound)
	j.wantStatus(t, lts.TransferException)
}

func TestOneTransferThatFailsHindersNoOther(t *testing.T) {
	j := newJob(t, false)
	j.streams = append(j.streams, createStream(t, j.service, j.group, "second"))
	createTransfer(t, j.service, j.streams[0])
	spec := transferOf(j.streams[1])
	spec.Bucket = otherBucket
	_, err := j.service.CreateTransfer(t.Context(), ours, spec)
	wantError(t, "CreateTransfer", err, nil)
	for i := range j.streams {
		j.reportTo(t, i, nil, lts.NewRecord{TimeNS: j.clock.at(), Content: fmt.Sprint("line of ", i)})
	}
	j.clock.forward(2 * time.Minute)
	j.failPut = func(bool) error { j.failPut = nil; return errCrash }
	wantError(t, "RunDue", j.transferrer.RunDue(t.Context()), errCrash)
	if got := j.objects(t, someBucket); len(got) != 0 {
		t.Errorf("objects %v in the bucket that fails", got)
	}
	if got := j.objects(t, otherBucket); len(got) != 1 {
		t.Errorf("objects %v in the other bucket, want one", got)
	}
}

func TestManyStreams(t *testing.T) {
	j := newJob(t, false)
	for i := range 20 {
		j.streams = append(j.streams, createStream(t, j.service, j.group, fmt.Sprintf("stream/%d", i)))
	}
	createTransfer(t, j.service, j.streams...)
	for i := range j.streams {
		j.reportTo(t, i, nil, lts.NewRecord{TimeNS: j.clock.at(), Content: fmt.Sprint("line of ", i)})
	}
	j.clock.forward(2 * time.Minute)
	j.run(t)
	j.wantAll(t)
	if got := len(j.objects(t, someBucket)); got != 21 {
		t.Errorf("%d objects, want one for each of 21 streams", got)
	}
	for key := range j.objects(t, someBucket) {
		if got := strings.Count(key, "/"); got != 5 {
			t.Errorf("key %s has %d slashes, want 5: those of names are escaped", key, got)
		}
	}
}

// errCrash ends a step of the job as the end of the process would.
var errCrash = errors.New("crash")

// The process ends at each step in turn, before and after it took effect. Before
// the next attempt the transfer is changed, and records come late.
func TestACrashNeitherLosesNorDoubles(t *testing.T) {
	for _, tt := range []struct {
		name  string
		arm   func(*job)
		wants int // records that are in the bucket already
	}{
		{"before the window is closed", func(j *job) { j.crashUpdate(0, false) }, 0},
		{"when the window is closed", func(j *job) { j.crashUpdate(0, true) }, 0},
		{"before the put", func(j *job) { j.failPut = failOnce(j, false) }, 0},
		{"after the put", func(j *job) { j.failPut = failOnce(j, true) }, 2},
		{"before the position advances", func(j *job) { j.crashUpdate(1, false) }, 2},
		{"when the position has advanced", func(j *job) { j.crashUpdate(1, true) }, 2},
		{"before the attempt is noted", func(j *job) { j.crashUpdate(2, false) }, 2},
		{"when the attempt is noted", func(j *job) { j.crashUpdate(2, true) }, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := newJob(t, false)
			transfer := j.transferAs(t, func(*lts.TransferSpec) {})
			j.report(t, nil, 0, "timely")
			j.report(t, nil, -time.Minute, "late")
			j.clock.forward(2 * time.Minute)
			tt.arm(j)
			wantError(t, "RunDue", j.transferrer.RunDue(t.Context()), errCrash)
			j.failUpdate, j.failPut = nil, nil
			if got := j.lines(t); len(got) != tt.wants {
				t.Errorf("after the crash there are %q, want %d lines", got, tt.wants)
			}
			j.report(t, nil, -time.Minute, "late, after the crash")
			j.report(t, nil, 0, "timely, after the crash")
			prefix, dir, format := "changed-", "changed", lts.FormatRAW
			_, err := j.service.UpdateTransfer(t.Context(), ours, transfer.ID, lts.TransferChange{Prefix: &prefix, Dir: &dir, Format: &format})
			wantError(t, "UpdateTransfer", err, nil)
			j.transferrer = lts.NewTransferrer(j.service, []string{ours, theirs}, true) // now compressed
			for range 2 {
				j.clock.forward(2 * time.Minute)
				j.run(t)
			}
			j.wantAll(t)
			j.wantStatus(t, lts.TransferEnabled)
		})
	}
}

// Random histories of reports, runs, failures and switches: in the end every
// record is in the bucket once.
func TestRandomHistoriesNeitherLoseNorDouble(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			j := newJob(t, seed%2 == 0)
			transfer := j.transferAs(t, func(*lts.TransferSpec) {})
			for i := range 60 {
				switch random.IntN(8) {
				case 0, 1, 2, 3:
					var batch []lts.NewRecord
					for k := range 1 + random.IntN(3) {
						shift := time.Duration(random.IntN(600)-500) * time.Second
						batch = append(batch, lts.NewRecord{TimeNS: j.clock.at() + int64(shift), Content: fmt.Sprintf("line %d.%d", i, k)})
					}
					j.reportAt(t, nil, batch...)
				case 4:
					on := random.IntN(4) > 0
					_, err := j.service.UpdateTransfer(t.Context(), ours, transfer.ID, lts.TransferChange{Enabled: &on})
					wantError(t, "UpdateTransfer", err, nil)
				case 5:
					j.crashUpdate(random.IntN(4), random.IntN(2) == 0)
					_ = j.transferrer.RunDue(t.Context())
					j.failUpdate = nil
				case 6:
					j.failPut = failOnce(j, random.IntN(2) == 0)
					_ = j.transferrer.RunDue(t.Context())
					j.failPut = nil
				default:
					j.run(t)
				}
				j.clock.forward(time.Duration(random.IntN(90)) * time.Second)
			}
			on := true
			_, err := j.service.UpdateTransfer(t.Context(), ours, transfer.ID, lts.TransferChange{Enabled: &on})
			wantError(t, "UpdateTransfer", err, nil)
			for range 3 {
				j.clock.forward(10 * time.Minute)
				j.run(t)
			}
			j.wantAll(t)
		})
	}
}

// Windows are closed while many write: no record falls between two of them.
func TestRecordsThatComeDuringARunNeitherGetLostNorDoubled(t *testing.T) {
	j := newJob(t, false)
	j.transferAs(t, func(*lts.TransferSpec) {})
	const writers, reports = 8, 60
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range reports {
				shift := time.Duration(i%5-3) * time.Minute
				j.reportAt(t, nil, lts.NewRecord{TimeNS: j.clock.at() + int64(shift), Content: fmt.Sprintf("line %d of %d", i, w)})
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
			j.clock.forward(2 * time.Minute)
			j.run(t)
		}
	}
	for range 3 {
		j.clock.forward(2 * time.Minute)
		j.run(t)
	}
	j.wantAll(t)
}

// A window is written while it is read: what is held in memory does not grow
// with it.
func TestBigWindowsAreStreamed(t *testing.T) {
	j := newJob(t, false)
	j.transferAs(t, func(*lts.TransferSpec) {})
	const number, content = 200_000, "a line of some length, as lines are in practice"
	j.records.generate, j.records.line = number, content
	j.clock.forward(2 * time.Minute)
	var written, most int64
	j.watch = func(n int) {
		written += int64(n)
		most = max(most, j.records.given.Load()*int64(len(content)+1)-written)
	}
	j.run(t)
	if want := int64(number * (len(content) + 1)); written != want {
		t.Errorf("%d bytes written, want %d", written, want)
	}
	if const128 := int64(128 << 10); most > const128 {
		t.Errorf("%d bytes read ahead of what was written, want at most %d", most, const128)
	}
}

// A clock that stands still or is set back must not make two windows of one key.
func TestAClockThatDoesNotGoOn(t *testing.T) {
	j := newJob(t, false)
	j.transferAs(t, func(*lts.TransferSpec) {})
	j.clock.forward(4 * time.Minute)
	j.crashUpdate(1, true)
	wantError(t, "RunDue", j.transferrer.RunDue(t.Context()), errCrash)
	for _, step := range []time.Duration{0, 0, -time.Minute, -time.Minute / 2, 0} { // still later than when it was due
		j.failUpdate = nil
		j.clock.forward(step)
		j.report(t, nil, -time.Second, fmt.Sprint("line at ", j.clock.Now()))
		j.crashUpdate(2, false) // so that it is due again
		wantError(t, "RunDue", j.transferrer.RunDue(t.Context()), errCrash)
	}
	j.wantAll(t)
}

func TestACancelledRunStaysDue(t *testing.T) {
	j := newJob(t, false)
	j.transferAs(t, func(*lts.TransferSpec) {})
	j.report(t, nil, 0, "line")
	j.clock.forward(2 * time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	j.failPut = func(bool) error { cancel(); return ctx.Err() }
	wantError(t, "RunDue", j.transferrer.RunDue(ctx), context.Canceled)
	j.failPut = nil
	j.wantStatus(t, lts.TransferEnabled)
	j.run(t)
	j.wantAll(t)
}

func TestAnotherTransferOfTheStreamTakesNothingOfTheFirst(t *testing.T) {
	j := newJob(t, false)
	first := j.transferAs(t, func(*lts.TransferSpec) {})
	j.report(t, nil, -time.Minute, "late in the first")
	deleteTransfer(t, j.service, first)
	j.clock.forward(time.Second)
	j.transferAs(t, func(*lts.TransferSpec) {})
	j.report(t, nil, -time.Minute, "late in the second")
	j.clock.forward(2 * time.Minute)
	j.run(t)
	j.wantLines(t, "late in the second")
}
