package conformance

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// lines are the rows of a view as text.
func (v *view) lines(rows [][]string) []string {
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = strings.Join(row, " ")
	}
	if !v.ordered {
		slices.Sort(lines)
	}
	return lines
}

// of reduces an answer to the rows that the view has of it.
func (v *view) of(value any) [][]string {
	elements := []any{value}
	if v.array != "" {
		elements = list(value, v.array)
	}
	var rows [][]string
	for _, element := range elements {
		row := make([]string, len(v.columns))
		for i, column := range v.columns {
			row[i] = plain(member(element, column))
		}
		if strings.HasPrefix(row[0], v.prefix) {
			rows = append(rows, row)
		}
	}
	return rows
}

// without gives the view without its last column when the target leaves that
// out.
func (v *view) without(got [][]string) *view {
	last := len(v.columns) - 1
	if !v.optional || len(got) == 0 || slices.ContainsFunc(got, func(row []string) bool { return row[last] != "" }) {
		return v
	}
	cut := *v
	cut.columns, cut.rows = v.columns[:last], nil
	for _, row := range v.rows {
		cut.rows = append(cut.rows, row[:last])
	}
	return &cut
}

// member finds what stands under names with dots between them; a number is the
// place in an array.
func member(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		if array, ok := v.([]any); ok {
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(array) {
				return nil
			}
			v = array[i]
			continue
		}
		v = at(v, name)
	}
	return v
}

// plain gives a string or number as text.
func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	default:
		return ""
	}
}
