package lts

import (
	"strings"
	"unicode/utf8"
)

// What stands for wildcards among the runes of a pattern.
const (
	anyOne rune = -1 - iota // ?
	anyRun                  // *
)

// A pattern is what a word of a record is compared with.
type pattern struct {
	text  string // folded; what the runes say, when nothing is wild
	runes []rune // folded
	wild  bool   // runes has wildcards
	long  bool   // a word with more bytes than text can be equal to it
}

// exactPattern compares with the word as it is.
func exactPattern(word string) pattern {
	text := string(AppendFold(nil, word))
	return pattern{text: text, runes: []rune(text), long: !isASCII(text) || strings.ContainsAny(text, otherCases)}
}

// otherCases are the ASCII letters that have another case outside ASCII: the
// Kelvin sign and the long s.
const otherCases = "ks"

// wildPattern compares with the word, in which * and ? are wildcards.
func wildPattern(word string) pattern {
	p := exactPattern(word)
	for i, r := range p.runes {
		switch r {
		case '*':
			p.runes[i], p.wild = anyRun, true
		case '?':
			p.runes[i], p.wild = anyOne, true
		}
	}
	return p
}

// mayBeginWith tells whether a word that matches can have c as its first byte.
func (p *pattern) mayBeginWith(c byte) bool {
	first := p.runes[0]
	if c < utf8.RuneSelf {
		return first == rune(lowered[c])
	}
	return first >= utf8.RuneSelf || strings.ContainsRune(otherCases, first)
}

func (p *pattern) match(word string) bool {
	switch {
	case p.wild:
		return p.matchWild(word)
	case p.long && len(word) != len(p.text):
		return p.matchRunes(word)
	default:
		return p.matchBytes(word)
	}
}

// matchBytes is decisive unless the case of a rune changes its size.
func (p *pattern) matchBytes(word string) bool {
	if len(word) != len(p.text) {
		return false
	}
	for i := range len(word) {
		if lowered[word[i]] != p.text[i] {
			return p.long && p.matchRunes(word)
		}
	}
	return true
}

func (p *pattern) matchRunes(word string) bool {
	at := 0
	for _, want := range p.runes {
		if at == len(word) {
			return false
		}
		got, size := foldedRune(word[at:])
		if got != want {
			return false
		}
		at += size
	}
	return at == len(word)
}

// matchWild goes back to the last * only, which is enough: its time is at most
// the product of the lengths.
func (p *pattern) matchWild(word string) bool {
	at, next := 0, 0     // in word, in p.runes
	star, retry := -1, 0 // the last *, and where what follows it was tried
	for at < len(word) {
		got, size := foldedRune(word[at:])
		switch {
		case next < len(p.runes) && p.runes[next] == anyRun:
			star, retry = next, at
			next++
		case next < len(p.runes) && (p.runes[next] == got || p.runes[next] == anyOne):
			at += size
			next++
		case star >= 0:
			_, skip := foldedRune(word[retry:])
			retry += skip
			at, next = retry, star+1
		default:
			return false
		}
	}
	return onlyRuns(p.runes[next:])
}

func onlyRuns(runes []rune) bool {
	for _, r := range runes {
		if r != anyRun {
			return false
		}
	}
	return true
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
