package conformance

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// vocabulary are the words of generated records: some differ by case, by an
// ending, by a letter in the middle, by a character that is no delimiter.
var vocabulary = []string{
	"error", "Error", "ERROR", "errors", "error-code", "disk", "disc", "full", "fully", "timeout", "time", "out",
	"10.0.0.1", "10.0.0.12", "user_id", "user-id", "naïve", "日志", "日本", "Ω", "😀ok", "a", "ab", "abc", "NOTE", "android", "order",
}

// separators stand between the words of generated records.
var separators = []string{" ", " ", " ", ", ", "\t", "\n", "\r\n", "; ", "=", ":", " (", ") ", " [", "] ", "/", "\\", "\"", "'", "@", "&", "<", ">", "? ", "{", "}"}

// labelSets are the labels of generated records: some differ by case, by an
// ending, by one pair more.
var labelSets = []map[string]string{
	{"app": "web", "host": "a"},
	{"app": "web", "host": "b"},
	{"app": "db", "host": "a"},
	{"app": "Web"},
	{"app": "web1", "host.name": "a b, c"},
	{"空": "值", "app": ""},
	{},
}

// corpus generates n records, in the order in which they are to be written.
// Their contents differ. The times lie within the last minutes; some are equal,
// some share a millisecond, and some are late: written after younger ones.
func corpus(random *rand.Rand, n int) []record {
	base := time.Now().Add(-10 * time.Minute).Truncate(time.Millisecond).UnixNano()
	records := make([]record, n)
	run := 0
	labels := labelSets[0]
	for i := range records {
		switch random.IntN(6) {
		case 0: // of the same time
		case 1:
			base++
		default:
			base += int64(time.Millisecond) * int64(1+random.IntN(400)) / 2
		}
		if run--; run < 0 {
			run = max(n/4, 5)
			labels = labelSets[random.IntN(len(labelSets))]
		}
		records[i] = record{timeNS: base, content: sentence(random, i), labels: labels}
		if random.IntN(10) == 0 {
			records[i].timeNS -= int64(random.IntN(int(20 * time.Hour)))
		}
	}
	return records
}

// sentence generates a line that no other number gives.
func sentence(random *rand.Rand, number int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "no%04d", number)
	for range 1 + random.IntN(6) {
		b.WriteString(separators[random.IntN(len(separators))])
		b.WriteString(vocabulary[random.IntN(len(vocabulary))])
	}
	if random.IntN(5) == 0 {
		b.WriteString("\n")
	}
	return b.String()
}

// numbered makes n plain records, a millisecond apart.
func numbered(n int) []record {
	base := time.Now().Add(-10 * time.Minute).Truncate(time.Millisecond).UnixNano()
	records := make([]record, n)
	for i := range records {
		records[i] = record{timeNS: base + int64(i)*int64(time.Millisecond), content: fmt.Sprintf("no%04d", i), labels: map[string]string{}}
	}
	return records
}

// chosen filters records by hand.
func chosen(records []record, wanted func(record) bool) []record {
	var kept []record
	for _, r := range records {
		if wanted(r) {
			kept = append(kept, r)
		}
	}
	return kept
}

// labelled tells whether a record has every one of some labels.
func labelled(r record, labels map[string]string) bool {
	for name, value := range labels {
		if got, ok := r.labels[name]; !ok || got != value {
			return false
		}
	}
	return true
}
