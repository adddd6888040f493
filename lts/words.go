package lts

import (
	"unicode"
	"unicode/utf8"
)

// Delimiters are the characters that stand between words. None of them is part
// of a word.
const Delimiters = ", \t\n\r'\";=()[]{}@&<>/:\\?"

var (
	isDelimiter = delimiterTable()
	lowered     = lowerTable()
)

func delimiterTable() (table [256]bool) {
	for i := range len(Delimiters) {
		table[Delimiters[i]] = true
	}
	return table
}

func lowerTable() (table [256]byte) {
	for i := range table {
		table[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			table[i] += 'a' - 'A'
		}
	}
	return table
}

// NextWord finds the first word of text at or after from: text[start:end].
// When there is none, start and end are len(text).
func NextWord[T string | []byte](text T, from int) (start, end int) {
	start = from
	for start < len(text) && isDelimiter[text[start]] {
		start++
	}
	end = start
	for end < len(text) && !isDelimiter[text[end]] {
		end++
	}
	return start, end
}

// AppendFold appends text to dst in the form in which words are compared: two
// words are the same, whatever their case, when their folded forms are equal.
// Delimiters stay where they are. Case is Unicode's simple folding, as in
// strings.EqualFold; bytes that are not UTF-8 fold to U+FFFD.
func AppendFold(dst []byte, text string) []byte {
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			dst = append(dst, lowered[c])
			i++
			continue
		}
		r, size := foldedRune(text[i:])
		dst = utf8.AppendRune(dst, r)
		i += size
	}
	return dst
}

// foldedRune gives the folded form of the first rune of text, and its size
// before folding.
func foldedRune(text string) (rune, int) {
	if c := text[0]; c < utf8.RuneSelf {
		return rune(lowered[c]), 1
	}
	r, size := utf8.DecodeRuneInString(text)
	return foldRune(r), size
}

// foldRune gives the one rune that stands for r and all its other cases: the
// least of them, in lower case if it is ASCII.
func foldRune(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	if least < utf8.RuneSelf {
		return rune(lowered[least])
	}
	return least
}
