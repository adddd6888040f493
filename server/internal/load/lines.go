package main

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
)

// batchSize is how many records a batch has.
const batchSize = 1000

const (
	commonWord = "GET" // in three of five lines
	rareWord   = "needle-in-haystack"
)

const labels = `"labels":{"hostName":"ecs-kwxtest","hostIP":"192.168.0.156","category":"LTS"}}`

// bodies is how many batches are made before the server is measured, so that
// making them is not. They are sent again and again with other times. The
// engine packs some 4096 records together and does not see that.
const bodies = 100

// A lineMaker makes lines of some 170 bytes as services write them.
type lineMaker struct{ *rand.Rand }

func newLineMaker() lineMaker { return lineMaker{rand.New(rand.NewPCG(1, 0))} } // no secret

// batches gives the bodies without the time, which stands at the beginning.
func (m lineMaker) batches(n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = batchOf(m.lines(batchSize))
	}
	return all
}

func (m lineMaker) lines(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = m.line()
	}
	return lines
}

// batchOf gives a body without the time.
func batchOf(lines []string) []byte {
	contents, err := json.Marshal(lines)
	if err != nil {
		panic(err) // strings can be written
	}
	return append(append([]byte(`,"contents":`), contents...), ","+labels...)
}

// appendBody appends a whole body.
func appendBody(to []byte, timeNS int64, batch []byte) []byte {
	to = append(to, `{"log_time_ns":`...)
	to = strconv.AppendInt(to, timeNS, 10)
	return append(to, batch...)
}

func (m lineMaker) line() string {
	b := make([]byte, 0, 192)
	b = append(b, "2026-01-02T15:04:05."...)
	b = strconv.AppendInt(b, 100_000+m.Int64N(900_000), 10)
	b = append(b, "Z "...)
	b = append(b, m.pick("INFO", "INFO", "INFO", "WARN", "ERROR", "DEBUG")...)
	b = append(b, " api-server-"...)
	b = strconv.AppendInt(b, m.Int64N(12), 10)
	b = append(b, ' ')
	b = append(b, m.pick("request done", "request failed", "cache miss", "token renewed", "upstream answered")...)
	b = append(b, " method="...)
	b = append(b, m.pick("GET", "GET", "GET", "POST", "DELETE")...)
	b = append(b, " path=/v2/projects/"...)
	b = strconv.AppendInt(b, m.Int64N(500), 10)
	b = append(b, "/groups status="...)
	b = append(b, m.pick("200", "200", "200", "201", "404", "500")...)
	b = append(b, " duration_ms="...)
	b = strconv.AppendInt(b, m.Int64N(2000), 10)
	b = append(b, " trace="...)
	return string(strconv.AppendUint(b, m.Uint64(), 16)) + "\n"
}

func (m lineMaker) pick(from ...string) string { return from[m.IntN(len(from))] }
