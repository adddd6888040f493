package check_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/interop/check"
)

const page = `
### other

| operation | call | answer | refused with | differs |
|---|---|---|---|---|
| ListLogs | – | | | |

### client

| operation | call | answer | refused with | differs |
|---|---|---|---|---|
| CreateLogGroup | create | compared | LTS.0009, LTS.0101 | Names |
| DeleteLogGroup | delete | not shown | LTS.0201 | |
| ListLogs | – | | | |

- **Names.** They differ.
`

func TestTableSaysWhatWasChecked(t *testing.T) {
	operations := []string{"ListLogs", "CreateLogGroup", "DeleteLogGroup"}
	tests := map[string]struct {
		old, new string // what is replaced in the page
		more     func(*check.Calls)
		want     string // part of the error; empty: none
	}{
		"as it is":             {},
		"a missing operation":  {old: "| ListLogs | – | | | |\n\n-", new: "\n-", want: "want those of the document"},
		"an unknown operation": {old: "| ListLogs | – | | | |\n\n-", new: "| ListAll | – | | | |\n\n-", want: "want those of the document"},
		"another refusal":      {old: "LTS.0101 |", new: "LTS.0102 |", want: "want | CreateLogGroup | create | compared | LTS.0009, LTS.0101 | Names |"},
		"another answer":       {old: "not shown", new: "compared", want: "want | DeleteLogGroup | delete | not shown | LTS.0201 | |"},
		"an unexplained note":  {old: "- **Names.**", new: "- **Others.**", want: `the note "Names" is not explained`},
		"a call without test":  {old: "| ListLogs | – | | | |\n\n-", new: "| ListLogs | list | compared | LTS.0201 | |\n\n-", want: "ListLogs has a call and no test"},
		"a test without call":  {old: "| delete |", new: "| – |", want: "DeleteLogGroup is checked otherwise"},
		"a success alone": {more: func(c *check.Calls) { c.Answer(t, "ListLogs", 1, 1) },
			want: "ListLogs: the answer is compared, the refusals are untested"},
		"a refusal alone": {more: func(c *check.Calls) { c.Refused("ListLogs", "LTS.0201") },
			want: "ListLogs: the answer is untested, the refusals are LTS.0201"},
		"a test of something else": {more: func(c *check.Calls) { c.Refused("ListAll", "LTS.0201") }, want: "ListAll, which is no operation"},
		"no table":                 {old: "### client", new: "### clients", want: "the table has the operations []"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var calls check.Calls
			calls.Answer(t, "CreateLogGroup", "a", "a")
			calls.Refused("CreateLogGroup", "LTS.0101")
			calls.Refused("CreateLogGroup", "LTS.0009")
			calls.Done(t, "DeleteLogGroup", nil)
			calls.Refused("DeleteLogGroup", "LTS.0201")
			if tt.more != nil {
				tt.more(&calls)
			}
			text := strings.Replace(page, tt.old, tt.new, 1)
			if tt.old != "" && text == page {
				t.Fatalf("the page has no %q", tt.old)
			}
			file := filepath.Join(t.TempDir(), "page.md")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			err := calls.Table(file, "client", operations)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Table: %v, want %q in it", err, tt.want)
			}
		})
	}
}
