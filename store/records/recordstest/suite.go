package recordstest

import (
	"testing"

	"github.com/ltskit/ltskit/lts"
)

// A Reopener can be closed and opened again with what it has stored.
type Reopener interface {
	Reopen(t *testing.T)
}

// An Upkeeper does in the background what a test wants done now.
type Upkeeper interface {
	Upkeep(t *testing.T)
}

// Run runs the suite. open gives an empty implementation, which t ends. What it
// gives may be a Reopener and an Upkeeper too; then it is reopened and kept up
// in between.
func Run(t *testing.T, open func(t *testing.T) lts.Records) {
	tests := []struct {
		name string
		run  func(*testing.T, lts.Records)
	}{
		{"a record gets its time as line number", ownTime},
		{"a taken line number moves a record to the next free one", takenNumber},
		{"equal times keep the order of the slice", equalTimes},
		{"a batch is taken in the order of time", outOfOrder},
		{"a late record takes its place in the order", lateRecord},
		{"a time before 1 counts as 1", earlyTime},
		{"a time without a free line number is refused and leaves nothing", noPlace},
		{"an empty append changes nothing", emptyAppend},
		{"content is kept byte by byte", contentIsKept},
		{"streams are apart", streamsAreApart},
		{"an unknown stream is empty", unknownStream},
		{"a scan goes in both directions from a cursor", directions},
		{"a scan ends when its reader does", scanStops},
		{"a scan sees what there was when it began", scanIsStable},
		{"a scan may append", scanMayAppend},
		{"a canceled context ends a scan", canceled},
		{"labels filter", labelsFilter},
		{"keywords filter", keywordsFilter},
		{"steps are counted from the start of the window", steps},
		{"too many steps are refused", tooManySteps},
		{"a dropped stream is empty and can be written again", drop},
		{"a drop before a line number keeps that line", dropBefore},
		{"dropped line numbers are free again", droppedNumbersAreFree},
		{"a drop before a line number with nothing before it changes nothing", dropBeforeAll},
		{"streams are listed until they are dropped", streamsAreListed},
		{"concurrent appends get line numbers of their own", concurrentAppends},
		{"a long history agrees with Memory", modelSmall},
		{"a history of many late records agrees with Memory", modelLate},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, open(t)) })
	}
}

const stream = "9787ef31-fd7b-4eff-ba71-72d580f11f55"

var labels = map[string]string{"hostName": "ecs-kwxtest", "category": "LTS"}
