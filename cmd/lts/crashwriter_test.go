package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/server/embedded"
)

const crashProject = "/v2/" + embedded.DevProjectID

// A fate is what is known of something.
type fate int

const (
	missing fate = iota // it has never been asked for, or its deletion is acknowledged
	present             // its creation is acknowledged
	unclear             // the server was killed before it could say
)

// A crashLane is a group with one stream, and perhaps a transfer of it.
type crashLane struct {
	name                    string // of the group; names are never used twice
	format                  string // of the transfer
	group, stream, transfer string // IDs

	groupFate, streamFate, transferFate fate

	deletedTransfer bool // a deletion has been asked for
	records         map[int]crashRecord
	clock           int64
}

// A crashRecord is one that has been sent.
type crashRecord struct {
	timeNS       int64
	acknowledged bool
}

// whole tells that all parts have been acknowledged, and no deletion asked for.
func (l *crashLane) whole() bool {
	return l.groupFate == present && l.streamFate == present && (l.format == "" || l.transferFate == present)
}

// A crashWriter sends one request after the other and remembers what became of
// each. Its lanes are its own.
type crashWriter struct {
	name   string
	now    func() time.Time
	random *rand.Rand
	lanes  []*crashLane
}

func newCrashWriter(number int, now func() time.Time) *crashWriter {
	return &crashWriter{name: fmt.Sprint("w", number), now: now, random: rand.New(rand.NewPCG(uint64(now().UnixNano()), uint64(number)))}
}

// next sends a request. It gives false when there was no answer.
func (w *crashWriter) next(t *testing.T, api *crashAPI) bool {
	lane := w.lane()
	switch choice := w.random.IntN(100); {
	case lane == nil || choice < 4:
		return w.createLane(t, api)
	case choice < 5:
		return w.deleteSomething(t, api, lane)
	case choice < 7:
		return api.getToken(t)
	default:
		return w.report(t, api, lane)
	}
}

// lane chooses one that is whole, rather a new one.
func (w *crashWriter) lane() *crashLane {
	var whole []*crashLane
	for _, lane := range w.lanes {
		if lane.whole() {
			whole = append(whole, lane)
		}
	}
	if len(whole) == 0 {
		return nil
	}
	return whole[max(w.random.IntN(len(whole)), w.random.IntN(len(whole)))]
}

func (w *crashWriter) createLane(t *testing.T, api *crashAPI) bool {
	l := &crashLane{
		name: fmt.Sprint(w.name, "-", len(w.lanes)), format: []string{"RAW", "JSON", ""}[len(w.lanes)%3],
		records: make(map[int]crashRecord), clock: w.now().UnixNano(),
	}
	w.lanes = append(w.lanes, l)
	if !api.create(t, &l.groupFate, &l.group, crashProject+"/groups", "log_group_id", fmt.Sprintf(`{"log_group_name":%q,"ttl_in_days":7}`, l.name)) {
		return false
	}
	if !api.create(t, &l.streamFate, &l.stream, crashProject+"/groups/"+l.group+"/streams", "log_stream_id", fmt.Sprintf(`{"log_stream_name":%q}`, l.name)) {
		return false
	}
	return l.format == "" || api.create(t, &l.transferFate, &l.transfer, crashProject+"/log-dump/obs", "log_dump_obs_id", fmt.Sprintf(
		`{"log_group_id":%q,"log_stream_ids":[%q],"obs_bucket_name":%q,"type":"cycle","storage_format":%q,"period":2,"period_unit":"min","dir_prefix_name":%q}`,
		l.group, l.stream, embedded.DevBucket, l.format, l.name))
}

// deleteSomething deletes a transfer, or else a group.
func (w *crashWriter) deleteSomething(t *testing.T, api *crashAPI, l *crashLane) bool {
	if l.format == "" {
		l.streamFate = unclear
		return api.remove(t, &l.groupFate, crashProject+"/groups/"+l.group)
	}
	l.deletedTransfer = true
	return api.remove(t, &l.transferFate, crashProject+"/transfers?log_transfer_id="+l.transfer)
}

// report writes some records through one of the two operations. Their times are
// new, equal, or so late that the window of their time is closed.
func (w *crashWriter) report(t *testing.T, api *crashAPI, l *crashLane) bool {
	at := w.now().UnixNano()
	switch w.random.IntN(4) {
	case 0:
		at = max(l.clock, at-w.random.Int64N(int64(10*time.Minute)))
	case 1:
		at = l.clock
	}
	size, first := 1+w.random.IntN(30), len(l.records)
	accurate := w.random.IntN(2) == 0
	var contents []string
	for i := range size {
		timeNS, number := at, first+i
		if !accurate {
			timeNS += int64(i) // as the operation has it
		}
		l.records[number] = crashRecord{timeNS: timeNS}
		content := fmt.Sprintf("%q", fmt.Sprint(l.name, "/", number))
		if accurate {
			content = fmt.Sprintf(`{"log_time_ns":%d,"log":%s}`, timeNS, content)
		}
		contents = append(contents, content)
	}
	path, times := "/tenant/contents", fmt.Sprintf(`"log_time_ns":%d,`, at)
	if accurate {
		path, times = "/tenant/contents/high-accuracy", ""
	}
	body := "{" + times + `"contents":[` + strings.Join(contents, ",") + `],"labels":{"of":"` + w.name + `"}}`
	if _, ok := api.send(t, http.MethodPost, crashProject+"/lts/groups/"+l.group+"/streams/"+l.stream+path, body, http.StatusOK); !ok {
		return false
	}
	for i := range size {
		l.records[first+i] = crashRecord{timeNS: l.records[first+i].timeNS, acknowledged: true}
	}
	return true
}
