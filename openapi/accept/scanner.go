package accept

import "bytes"

// maxDepth is how deep values may nest. What is deeper is undecided.
const maxDepth = 64

// A scanner reads the tokens of a JSON text. Where a method reports that it has
// not read what it is for, the text is undecided.
type scanner struct {
	data  []byte
	at    int
	depth int
	names [][]byte // of the members of the objects around, see others
}

// forget lets go of the text.
func (s *scanner) forget() {
	clear(s.names[:cap(s.names)])
	*s = scanner{names: s.names[:0]}
}

// space skips white space.
func (s *scanner) space() {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\n', '\r', '\t':
			s.at++
		default:
			return
		}
	}
}

// peek gives the next byte, or 0 at the end, which begins no value.
func (s *scanner) peek() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

// take reads one byte.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

// literal reads true, false or null.
func (s *scanner) literal(word string) bool {
	if !bytes.HasPrefix(s.data[s.at:], []byte(word)) {
		return false
	}
	s.at += len(word)
	return true
}

// boolean reads true or false.
func (s *scanner) boolean() bool { return s.literal("true") || s.literal("false") }

// open reads the bracket or brace that begins an array or object. Who opens
// closes, by [scanner.closed].
func (s *scanner) open(c byte) bool {
	s.depth++
	return s.depth <= maxDepth && s.take(c)
}

// next moves to the next element of an array or member of an object; first says
// that there has been none yet. It reports more when there is one, and ok when
// the text goes on as it should.
func (s *scanner) next(closing byte, first bool) (more, ok bool) {
	s.space()
	if s.take(closing) {
		s.depth--
		return false, true
	}
	if !first && !s.take(',') {
		return false, false
	}
	s.space()
	return true, true
}

// name reads the name of a member and the colon behind it. One with an escape
// is undecided.
func (s *scanner) name() (name []byte, ok bool) {
	text, ok := s.text()
	if !ok || text.escaped {
		return nil, false
	}
	s.space()
	if !s.take(':') {
		return nil, false
	}
	s.space()
	return text.raw, true
}

// greatest is the greatest magnitude of a number that is decided: the last one
// below 2^63 that a float64 holds, so that comparing it as a float64 does not
// take it for one that needs more bits.
const greatest = 1<<63 - 1024

// integer reads a whole number that is written as one. What follows the digits
// is for others to judge: nothing that could make another number of them is
// accepted there.
func (s *scanner) integer() (n int64, ok bool) {
	negative := s.take('-')
	start := s.at
	var value uint64
	for c := s.peek(); '0' <= c && c <= '9'; c = s.peek() {
		value = value*10 + uint64(c-'0')
		s.at++
	}
	digits := s.at - start
	switch {
	case digits == 0 || digits > 19 || value > greatest:
		return 0, false
	case s.data[start] == '0' && (digits > 1 || negative):
		return 0, false
	case negative:
		return -int64(value), true
	default:
		return int64(value), true
	}
}
