package lts

import (
	"fmt"
	"math/bits"
)

// Limits of one search: more is ErrInvalidBody.
const (
	MaxKeywordsLength = 1024 // bytes
	MaxKeywords       = 64   // words, those of phrases included
)

// Keywords are the words that a search looks for in the content of records. A
// nil *Keywords looks for nothing and matches everything. Keywords do not
// change and may be used concurrently.
//
// A record's words and the words of a phrase are compared in one pass with bits:
// bit i belongs to patterns[i], the patterns of a phrase stand side by side,
// and a single word is a phrase of one.
type Keywords struct {
	patterns []pattern
	starts   uint64      // first patterns of phrases
	ends     uint64      // last patterns of phrases
	positive uint64      // last patterns of phrases that are not under a NOT
	clauses  []clause    // matches when one of them does
	first    [256]uint64 // by first byte: the patterns that a word can match
}

// A clause matches when all phrases in must were seen and none in mustNot. The
// bits are those of last patterns.
type clause struct {
	must, mustNot uint64
}

// Empty tells whether k matches everything because it looks for nothing.
func (k *Keywords) Empty() bool { return k == nil || len(k.clauses) == 0 }

// Match tells whether content has the words that k looks for. It does not
// allocate.
func (k *Keywords) Match(content string) bool {
	if k.Empty() {
		return true
	}
	var state, seen uint64
	enough := k.enough()
	for start, end := NextWord(content, 0); start < end; start, end = NextWord(content, end) {
		state = (state<<1 | k.starts) & k.equal(content[start:end])
		seen |= state & k.ends
		if enough != 0 && seen == enough {
			return true
		}
	}
	return k.holds(seen)
}

// enough is the state of seen that decides for a match at once, 0 if only the
// end of the content decides.
func (k *Keywords) enough() uint64 {
	if len(k.clauses) == 1 && k.clauses[0].mustNot == 0 {
		return k.clauses[0].must
	}
	return 0
}

// equal gives the patterns that word matches.
func (k *Keywords) equal(word string) uint64 {
	var matched uint64
	for rest := k.first[word[0]]; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros64(rest)
		if k.patterns[i].match(word) {
			matched |= 1 << i
		}
	}
	return matched
}

func (k *Keywords) holds(seen uint64) bool {
	for _, c := range k.clauses {
		if seen&c.must == c.must && seen&c.mustNot == 0 {
			return true
		}
	}
	return false
}

// MayMatch tells whether a record can match whose words are all among those
// that has reports; has is asked for folded words (AppendFold) and may say yes
// too often. It lets a store skip what cannot match.
func (k *Keywords) MayMatch(has func(word string) bool) bool {
	if k.Empty() {
		return true
	}
	var absent uint64
	for i := range k.patterns {
		if p := &k.patterns[i]; !p.wild && !has(p.text) {
			absent |= k.phrase(i)
		}
	}
	for _, c := range k.clauses {
		if c.must&absent == 0 {
			return true
		}
	}
	return false
}

// phrase gives the last pattern of the phrase to which pattern i belongs.
func (k *Keywords) phrase(i int) uint64 {
	fromI := k.ends >> i << i
	return fromI & -fromI
}

// Word gives the folded word that k looks for, if that is all it does: then a
// record matches exactly when it has this word.
func (k *Keywords) Word() (word string, ok bool) {
	if k.Empty() || len(k.patterns) != 1 || k.patterns[0].wild || k.enough() == 0 {
		return "", false
	}
	return k.patterns[0].text, true
}

// index fills first, when all patterns are there.
func (k *Keywords) index() {
	for c := range k.first {
		for i := range k.patterns {
			if k.patterns[i].mayBeginWith(byte(c)) {
				k.first[c] |= 1 << i
			}
		}
	}
}

// addPhrase adds patterns that must stand one after the other, and gives the
// bit of the last one.
func (k *Keywords) addPhrase(phrase []pattern) (uint64, error) {
	if len(k.patterns)+len(phrase) > MaxKeywords {
		return 0, ErrInvalidBody.WithDetails(Detail{Rule: fmt.Sprintf("must have at most %d words", MaxKeywords)})
	}
	k.starts |= 1 << len(k.patterns)
	k.patterns = append(k.patterns, phrase...)
	last := uint64(1) << (len(k.patterns) - 1)
	k.ends |= last
	return last, nil
}
