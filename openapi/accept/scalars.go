package accept

import (
	"regexp"
	"slices"
	"unicode/utf8"
)

// A stringRule accepts strings.
type stringRule struct {
	minLength, maxLength int      // in characters
	enum                 []string // empty: any
	pattern              *regexp.Regexp
}

func (r *stringRule) accepts(s *scanner) bool {
	t, ok := s.text()
	if !ok || !r.acceptsLength(t) {
		return false
	}
	if len(r.enum) == 0 && r.pattern == nil {
		return true
	}
	return !t.escaped && r.acceptsContent(t.raw)
}

// longestEscape is how many bytes a character has at most: \u0000.
const longestEscape = 6

// acceptsLength counts the characters only where the bytes do not tell.
func (r *stringRule) acceptsLength(t text) bool {
	if len(t.raw) <= r.maxLength && len(t.raw)/longestEscape >= r.minLength {
		return true
	}
	n := t.characters()
	return r.minLength <= n && n <= r.maxLength
}

func (r *stringRule) acceptsContent(content []byte) bool {
	if len(r.enum) > 0 && !slices.ContainsFunc(r.enum, func(one string) bool { return one == string(content) }) {
		return false
	}
	return r.pattern == nil || r.pattern.Match(content)
}

// acceptsText is accepts for what is in no JSON text.
func (r *stringRule) acceptsText(value string) bool {
	if n := utf8.RuneCountInString(value); n < r.minLength || n > r.maxLength {
		return false
	}
	if len(r.enum) > 0 && !slices.Contains(r.enum, value) {
		return false
	}
	return r.pattern == nil || r.pattern.MatchString(value)
}

// An integerRule accepts whole numbers. It compares as kin-openapi does.
type integerRule struct {
	minimum, maximum float64
	enum             []float64 // empty: any
}

func (r *integerRule) accepts(s *scanner) bool {
	n, ok := s.integer()
	value := float64(n)
	return ok && r.minimum <= value && value <= r.maximum &&
		(len(r.enum) == 0 || slices.Contains(r.enum, value))
}

// booleanRule accepts true and false.
type booleanRule struct{}

func (booleanRule) accepts(s *scanner) bool { return s.boolean() }

// A nullable accepts null and what its rule accepts.
type nullable struct{ rule rule }

func (r nullable) accepts(s *scanner) bool { return s.literal("null") || r.rule.accepts(s) }
