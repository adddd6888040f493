package check

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// A row of the table of a client: an operation, the call, what is checked of its
// answer, what it was refused with, and what differs.
type row [5]string

const (
	absent   = "–" // in place of a call that the client does not have
	untested = "untested"
)

// Table checks that the table of a client in a Markdown file, below a heading of
// its name, says what was checked: a row for each operation of the document, and
// what differs explained in a list.
func (c *Calls) Table(file, client string, operations []string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	rows := table(string(text), client)
	var problems []error
	if got, want := slices.Sorted(slices.Values(names(rows))), slices.Sorted(slices.Values(operations)); !slices.Equal(got, want) {
		problems = append(problems, fmt.Errorf("the table has the operations %v, want those of the document %v", got, want))
	}
	for _, row := range rows {
		if err := c.compare(row); err != nil {
			problems = append(problems, err)
		}
		if note := row[4]; note != "" && !strings.Contains(string(text), "\n- **"+note+".**") {
			problems = append(problems, fmt.Errorf("%s: the note %q is not explained in the list", row[0], note))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.operations)) {
		if !slices.Contains(operations, name) {
			problems = append(problems, fmt.Errorf("a test checks %s, which is no operation of the document", name))
		}
	}
	if len(problems) > 0 {
		return fmt.Errorf("%s, table of %s:\n%w", file, client, errors.Join(problems...))
	}
	return nil
}

// compare checks a row.
func (c *Calls) compare(row row) error {
	checked := c.operations[row[0]]
	if checked == nil {
		if row[1] != absent {
			return fmt.Errorf("%s has a call and no test", row[0])
		}
		return nil
	}
	want := row
	want[2], want[3] = checked.answer(), checked.refused()
	if want[2] == untested || want[3] == untested {
		return fmt.Errorf("%s: the answer is %s, the refusals are %s", row[0], want[2], want[3])
	}
	if row != want || row[1] == absent {
		return fmt.Errorf("%s is checked otherwise, want | %s |", row[0], strings.TrimSpace(strings.Join(want[:], " | ")))
	}
	return nil
}

// table gives the rows of the first table below a heading.
func table(text, heading string) []row {
	_, text, _ = strings.Cut(text, "\n### "+heading+"\n")
	var rows []row
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) == 1 && len(rows) > 0 || strings.HasPrefix(line, "#") {
			break
		}
		if len(cells) != len(row{})+2 {
			continue
		}
		var r row
		for i := range r {
			r[i] = strings.TrimSpace(cells[i+1])
		}
		rows = append(rows, r)
	}
	return rows[min(2, len(rows)):] // below the titles and the line under them
}

func names(rows []row) []string {
	var names []string
	for _, row := range rows {
		names = append(names, row[0])
	}
	return names
}
