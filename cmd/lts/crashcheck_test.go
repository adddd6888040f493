package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/server/embedded"
)

// checkCatalog holds groups, streams and transfers against what the writers
// know.
func (c *crashed) checkCatalog(t *testing.T, api *crashAPI) {
	t.Helper()
	groups := list(t, api, crashProject+"/groups", "log_groups", "log_group_id")
	streams := list(t, api, crashProject+"/log-streams", "log_streams", "log_stream_id")
	transfers := map[string]bool{}
	for offset, more := 0, true; more; offset += 100 {
		page := list(t, api, fmt.Sprint(crashProject, "/transfers?offset=", offset), "log_transfers", "log_transfer_id")
		for id := range page {
			transfers[id] = true
		}
		more = len(page) == 100
	}
	for _, l := range c.lanes() {
		wantFate(t, "group", l.name, l.groupFate, l.group, groups)
		wantFate(t, "stream", l.name, l.streamFate, l.stream, streams)
		wantFate(t, "transfer", l.name, l.transferFate, l.transfer, transfers)
		if l.groupFate == unclear && l.group != "" && groups[l.group] != streams[l.stream] {
			t.Errorf("group %s is there: %t; its stream: %t; want both or none", l.name, groups[l.group], streams[l.stream])
		}
	}
}

func (c *crashed) lanes() []*crashLane {
	var all []*crashLane
	for _, writer := range c.writers {
		all = append(all, writer.lanes...)
	}
	return all
}

// list gives the IDs in a list.
func list(t *testing.T, api *crashAPI, path, member, id string) map[string]bool {
	t.Helper()
	answer, ok := api.send(t, http.MethodGet, path, "", http.StatusOK)
	if !ok {
		t.Fatalf("GET %s gives no list", path)
	}
	var lists map[string][]map[string]any
	if err := json.Unmarshal([]byte(answer.body), &lists); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	ids := make(map[string]bool)
	for _, item := range lists[member] {
		ids[fmt.Sprint(item[id])] = true
	}
	return ids
}

func wantFate(t *testing.T, what, name string, want fate, id string, there map[string]bool) {
	t.Helper()
	if want == present && !there[id] {
		t.Errorf("the %s of %s is lost", what, name)
	}
	if want == missing && there[id] {
		t.Errorf("the %s of %s has come back", what, name)
	}
}

// checkEverything lets all transfers run to their end and holds records and
// objects against what the writers know.
func (c *crashed) checkEverything(t *testing.T) {
	t.Helper()
	later := fastClock(c.begin)().Add(time.Hour)
	s, err := embedded.Open(t.Context(), embedded.Options{Data: c.data, Directory: embedded.DevDirectory(), Now: func() time.Time { return later }})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	defer func() { _ = s.Close() }()
	if err := s.RunTransfers(t.Context()); err != nil {
		t.Errorf("RunTransfers: %v", err)
	}
	server := httptest.NewServer(s)
	defer server.Close()
	api := newCrashAPI(server.URL, c.token)
	defer api.close()
	c.checkCatalog(t, api)
	var acknowledged, objects, transferred int
	for _, l := range c.lanes() {
		lines, files := objectsOf(t, c.data, l)
		objects, transferred = objects+files, transferred+len(lines)
		if l.whole() || l.deletedTransfer {
			kept := c.recordsOf(t, api, l)
			acknowledged += l.check(t, kept)
			l.checkTransferred(t, kept, lines)
		}
	}
	if objects == 0 || transferred == 0 || acknowledged == 0 {
		t.Errorf("%d records, %d of them in %d objects, want some", acknowledged, transferred, objects)
	}
	t.Logf("%d kills: %d groups tried, %d records acknowledged, %d transferred in %d objects",
		crashRounds(), len(c.lanes()), acknowledged, transferred, objects)
}

// recordsOf reads all records of a lane, page by page.
func (c *crashed) recordsOf(t *testing.T, api *crashAPI, l *crashLane) []string {
	t.Helper()
	path := crashProject + "/groups/" + l.group + "/streams/" + l.stream + "/content/query"
	window := fmt.Sprintf(`"start_time":%d,"end_time":%d,"limit":5000`, c.begin.Add(-time.Hour).UnixMilli(), fastClock(c.begin)().Add(time.Hour).UnixMilli())
	var contents []string
	for last := ""; ; {
		body := "{" + window + "}"
		if last != "" {
			body = "{" + window + `,"search_type":"forwards","line_num":"` + last + `"}`
		}
		answer, ok := api.send(t, http.MethodPost, path, body, http.StatusOK)
		var page struct {
			Logs []struct {
				Content string `json:"content"`
				LineNum string `json:"line_num"`
			} `json:"logs"`
		}
		if err := json.Unmarshal([]byte(answer.body), &page); !ok || err != nil {
			t.Fatalf("the records of %s cannot be read: %v", l.name, err)
		}
		if len(page.Logs) == 0 {
			return contents
		}
		for _, record := range page.Logs {
			if record.LineNum <= last {
				t.Errorf("record %s of %s comes after %s", record.LineNum, l.name, last)
			}
			l.checkLine(t, record.Content, record.LineNum)
			contents, last = append(contents, record.Content), record.LineNum
		}
	}
}

// checkLine compares the number of a line with the time that it was sent with.
func (l *crashLane) checkLine(t *testing.T, content, lineNum string) {
	t.Helper()
	sent, ok := l.records[l.number(t, content)]
	line, err := strconv.ParseInt(lineNum, 10, 64)
	if !ok || err != nil || line < sent.timeNS {
		t.Errorf("%s has the line number %s, want one from its time %d on", content, lineNum, sent.timeNS)
	}
}

// number is the number of a record in its lane.
func (l *crashLane) number(t *testing.T, content string) int {
	t.Helper()
	rest, ok := strings.CutPrefix(content, l.name+"/")
	number, err := strconv.Atoi(rest)
	if !ok || err != nil {
		t.Fatalf("%s has the record %q of another", l.name, content)
	}
	return number
}

// check holds the records of a lane against what was sent, and gives how many
// were acknowledged.
func (l *crashLane) check(t *testing.T, kept []string) int {
	t.Helper()
	wantOnce(t, l.name, kept)
	there := make(map[int]int, len(kept)) // number to place
	for place, content := range kept {
		there[l.number(t, content)] = place
	}
	acknowledged, lost := 0, 0
	last := map[int64]int{} // place of the last record of a time
	for number := range len(l.records) {
		place, ok := there[number]
		sent := l.records[number]
		if sent.acknowledged {
			acknowledged++
		}
		if !ok {
			if sent.acknowledged {
				lost++
			}
			continue
		}
		if before, ok := last[sent.timeNS]; ok && before > place {
			t.Errorf("%s/%d comes before an earlier record of the same time", l.name, number)
		}
		last[sent.timeNS] = place
	}
	if lost > 0 {
		t.Errorf("%d of %d acknowledged records of %s are lost", lost, acknowledged, l.name)
	}
	return acknowledged
}

// checkTransferred holds the lines of all objects of a lane against its records.
func (l *crashLane) checkTransferred(t *testing.T, kept, lines []string) {
	t.Helper()
	wantOnce(t, "the bucket for "+l.name, lines)
	if l.format == "" || l.deletedTransfer {
		return
	}
	kept, lines = slices.Sorted(slices.Values(kept)), slices.Sorted(slices.Values(lines))
	if !slices.Equal(kept, lines) {
		t.Errorf("%s has %d records, the bucket %d of them, want all", l.name, len(kept), len(lines))
	}
}

func wantOnce(t *testing.T, where string, contents []string) {
	t.Helper()
	seen := make(map[string]bool, len(contents))
	for _, content := range contents {
		if seen[content] {
			t.Errorf("%s has %q twice", where, content)
		}
		seen[content] = true
	}
}

// objectsOf reads what a lane has in the bucket. Only a transfer that did not
// get another chance may have left an unfinished file.
func objectsOf(t *testing.T, data string, l *crashLane) (lines []string, files int) {
	t.Helper()
	if l.format == "" {
		return nil, 0
	}
	folder := filepath.Join(data, "buckets", embedded.DevBucket, l.name)
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return filepath.SkipAll // nothing has been transferred
		}
		if err != nil || entry.IsDir() {
			return err
		}
		if strings.HasSuffix(path, ".tmp") {
			if !l.deletedTransfer {
				t.Errorf("%s is left unfinished", path)
			}
			return nil
		}
		files++
		text, err := os.ReadFile(path) // a file of the test
		for line := range strings.Lines(string(text)) {
			lines = append(lines, contentOf(t, l.format, line))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines, files
}

// contentOf is the content of a record in an object.
func contentOf(t *testing.T, format, line string) string {
	t.Helper()
	if format == "RAW" {
		return strings.TrimSuffix(line, "\n")
	}
	var record struct {
		Content string `json:"content"`
	}
	if err := json.Unmarshal([]byte(line), &record); err != nil {
		t.Fatalf("the line %q of an object: %v", line, err)
	}
	return record.Content
}
