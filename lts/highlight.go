package lts

import (
	"math/bits"
	"strings"
)

// What stands around a highlighted word.
const (
	highlightStart = "<HighLightTag>"
	highlightEnd   = "</HighLightTag>"
)

// Highlight gives content with every word that k looks for between
// <HighLightTag> and </HighLightTag>, a phrase as a whole. Words under NOT are
// left as they are.
func (k *Keywords) Highlight(content string) string {
	if k.Empty() {
		return content
	}
	var b strings.Builder
	written := 0
	for _, s := range k.found(content) {
		b.WriteString(content[written:s.start])
		b.WriteString(highlightStart)
		b.WriteString(content[s.start:s.end])
		b.WriteString(highlightEnd)
		written = s.end
	}
	b.WriteString(content[written:])
	return b.String()
}

type span struct{ start, end int }

// found gives the places of what k looks for, ascending, apart from each other.
func (k *Keywords) found(content string) (found []span) {
	var state uint64
	var words [MaxKeywords]int // where the last words began, by number modulo MaxKeywords
	number := 0
	for start, end := NextWord(content, 0); start < end; start, end = NextWord(content, end) {
		words[number%MaxKeywords] = start
		state = (state<<1 | k.starts) & k.equal(content[start:end])
		if hits := state & k.positive; hits != 0 {
			first := number - k.longest(hits) + 1
			found = joinSpan(found, span{words[first%MaxKeywords], end})
		}
		number++
	}
	return found
}

// longest gives the number of words of the longest phrase among those that end
// with the given patterns.
func (k *Keywords) longest(ends uint64) (length int) {
	for ; ends != 0; ends &= ends - 1 {
		end := bits.TrailingZeros64(ends)
		upToEnd := k.starts << (63 - end)
		length = max(length, bits.LeadingZeros64(upToEnd)+1)
	}
	return length
}

// joinSpan appends s, which ends after all others, and makes one of those that
// overlap.
func joinSpan(spans []span, s span) []span {
	for len(spans) > 0 && spans[len(spans)-1].end > s.start {
		s.start = min(s.start, spans[len(spans)-1].start)
		spans = spans[:len(spans)-1]
	}
	return append(spans, s)
}
