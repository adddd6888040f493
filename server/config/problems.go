package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A place is where a value or a mistake stands: in a line of a file, in a
// variable or in a flag. The zero place is that of defaults.
type place struct {
	file string
	line int    // zero: the file as a whole
	name string // of the variable or the flag, where there is no file
}

// String gives the place as people write it, such as "lts.yaml:2".
func (p place) String() string {
	switch {
	case p.file != "" && p.line > 0:
		return fmt.Sprintf("%s:%d", p.file, p.line)
	case p == place{}:
		return "default"
	default:
		return p.file + p.name // never both
	}
}

// compare puts flags before variables before files: those come first that win.
func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.file, q.file), cmp.Compare(p.line, q.line), cmp.Compare(p.name, q.name))
}

// A problem is a mistake and where it stands.
type problem struct {
	at   place
	text string
}

// problems collects mistakes. Each names its key, unless it is about a part of a
// file as a whole.
type problems []problem

// report notes a mistake.
func (ps *problems) report(at place, format string, args ...any) {
	*ps = append(*ps, problem{at, fmt.Sprintf(format, args...)})
}

// err is nil where there are no mistakes. Otherwise it lists them by place, each
// once.
func (ps problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	sorted := slices.Clone(ps)
	slices.SortStableFunc(sorted, func(a, b problem) int { return cmp.Or(a.at.compare(b.at), cmp.Compare(a.text, b.text)) })
	sorted = slices.Compact(sorted)
	if len(sorted) == 1 {
		return errors.New("configuration: " + sorted[0].String())
	}
	text := fmt.Sprintf("configuration: %d mistakes", len(sorted))
	for _, p := range sorted {
		text += "\n  " + p.String()
	}
	return errors.New(text)
}

// String gives the mistake with its place in front of it.
func (p problem) String() string { return p.at.String() + ": " + strings.TrimSpace(p.text) }
