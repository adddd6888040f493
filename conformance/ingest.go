package conformance

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// ingest brings records into a stream with the command of the target.
func (t *trial) ingest(at ids, records []record) {
	var lines bytes.Buffer
	for _, r := range records {
		line, err := encode(object{"log_time_ns": strconv.FormatInt(r.timeNS, 10), "log": r.content, "labels": r.labels})
		if err != nil {
			t.couldNotRun("%s", err)
		}
		lines.Write(line)
		lines.WriteByte('\n')
	}
	project := at.project
	if project == "" {
		project = t.target.Account.ProjectID
	}
	ctx, cancel := context.WithTimeout(t.ctx, t.target.Limits.Timeout)
	defer cancel()
	command := exec.CommandContext(ctx, t.target.Ingest[0], t.target.Ingest[1:]...)
	command.Env = append(os.Environ(),
		"LTS_ENDPOINT="+t.target.Endpoints.LTS, "LTS_PROJECT_ID="+project,
		"LTS_LOG_GROUP_ID="+at.group, "LTS_LOG_STREAM_ID="+at.stream)
	command.Stdin = &lines
	if output, err := command.CombinedOutput(); err != nil {
		t.couldNotRun("%s: %v: %s", t.target.Ingest[0], err, t.secrets.hide(strings.TrimSpace(string(output))))
	}
}
