package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// The smallest load there is: every measurement runs and gives a row.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	o := options{records: 3 * batchSize, limit: time.Minute, writers: 2, singles: 50 * time.Millisecond,
		calm: 50 * time.Millisecond, settle: time.Minute, data: t.TempDir()}
	if err := run(o, &out); err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{"batches of 1000 (", "64 writers", "page of 50", "rare word", "in 3000 records", "ratio", "at once", "disk per record, settled", "until settled", "memory", "≥ 100000"} {
		if !strings.Contains(out.String(), row) {
			t.Errorf("the table has no %q:\n%s", row, out.String())
		}
	}
}
