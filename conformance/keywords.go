package conformance

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// delimiters stand between words (2022-08 section 5.3.1).
const delimiters = ", \t\n\r'\";=()[]{}@&<>/:\\?"

// keywords are what a query looks for, as the document describes it: a record
// matches when it has every one of the terms or, with any, one of them. The
// document does not say how operators mix, so no case mixes AND with OR where
// that would make a difference.
type keywords struct {
	any   bool
	terms []term
}

// A term is a word, or a phrase of several.
type term struct {
	words   []string // patterns; one unless it is a phrase
	negated bool
	phrase  bool
}

// text writes keywords as a query has them. explicit puts AND where it may be
// left out.
func (k keywords) text(explicit bool) string {
	var b strings.Builder
	for i, one := range k.terms {
		switch {
		case i > 0 && k.any:
			b.WriteString(" OR ")
		case i > 0 && explicit:
			b.WriteString(" AND ")
		case i > 0:
			b.WriteString(" ")
		}
		if one.negated {
			b.WriteString("NOT ")
		}
		if one.phrase {
			b.WriteString(`#"` + strings.Join(one.words, " ") + `"`)
		} else {
			b.WriteString(one.words[0])
		}
	}
	return b.String()
}

// match filters by hand.
func (k keywords) match(content string) bool {
	holds := func(one term) bool { return (len(one.places(content)) > 0) != one.negated }
	if k.any {
		return slices.ContainsFunc(k.terms, holds)
	}
	return !slices.ContainsFunc(k.terms, func(one term) bool { return !holds(one) })
}

// A span is a part of a text, in bytes.
type span struct{ from, to int }

// words finds the words of a text.
func words(content string) []span {
	var spans []span
	from := -1
	for i, r := range content {
		switch delimits := strings.ContainsRune(delimiters, r); {
		case delimits && from >= 0:
			spans = append(spans, span{from, i})
			from = -1
		case !delimits && from < 0:
			from = i
		}
	}
	if from >= 0 {
		spans = append(spans, span{from, len(content)})
	}
	return spans
}

// places finds where a term stands in a text: the words of each place.
func (one term) places(content string) [][]span {
	var places [][]span
	all := words(content)
	for i := 0; i+len(one.words) <= len(all); i++ {
		at := all[i : i+len(one.words)]
		matches := true
		for j, pattern := range one.words {
			matches = matches && wild(strings.ToLower(pattern), strings.ToLower(content[at[j].from:at[j].to]))
		}
		if matches {
			places = append(places, at)
		}
	}
	return places
}

// wild compares a word with a pattern: * is any run, ? one character.
func wild(pattern, word string) bool {
	if pattern == "" {
		return word == ""
	}
	want, n := utf8.DecodeRuneInString(pattern)
	got, m := utf8.DecodeRuneInString(word)
	switch {
	case want == '*':
		return wild(pattern[n:], word) || word != "" && wild(pattern, word[m:])
	case word == "":
		return false
	default:
		return (want == '?' || want == got) && wild(pattern[n:], word[m:])
	}
}

const (
	tagOpen  = "<HighLightTag>"
	tagClose = "</HighLightTag>"
)

// highlighted puts tags around what matches. The document does not say whether
// they stand around a phrase or around each of its words: whole says.
func (k keywords) highlighted(content string, whole bool) string {
	tagged := make(map[span]bool)
	for _, one := range k.terms {
		if one.negated {
			continue
		}
		for _, place := range one.places(content) {
			if whole {
				tagged[span{place[0].from, place[len(place)-1].to}] = true
				continue
			}
			for _, word := range place {
				tagged[word] = true
			}
		}
	}
	var b strings.Builder
	for i := 0; i <= len(content); i++ {
		for s := range tagged {
			if s.to == i {
				b.WriteString(tagClose)
			}
		}
		for s := range tagged {
			if s.from == i {
				b.WriteString(tagOpen)
			}
		}
		if i < len(content) {
			b.WriteByte(content[i])
		}
	}
	return b.String()
}
