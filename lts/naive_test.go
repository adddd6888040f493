package lts_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/ltskit/ltskit/lts"
)

// A naiveQuery is an OR of ANDs of terms.
type naiveQuery [][]naiveTerm

type naiveTerm struct {
	not, phrase bool
	text        string
}

func (q naiveQuery) String() string {
	var clauses []string
	for _, clause := range q {
		var terms []string
		for _, term := range clause {
			terms = append(terms, term.String())
		}
		clauses = append(clauses, strings.Join(terms, " "))
	}
	return strings.Join(clauses, " OR ")
}

func (t naiveTerm) String() string {
	text := t.text
	if t.phrase {
		text = fmt.Sprintf(`#"%s"`, text)
	}
	if t.not {
		return "NOT " + text
	}
	return text
}

func (q naiveQuery) match(content string) bool {
	words := naiveWords(content)
	for _, clause := range q {
		if naiveAll(clause, words) {
			return true
		}
	}
	return false
}

func naiveAll(clause []naiveTerm, words []string) bool {
	for _, term := range clause {
		if term.match(words) == term.not {
			return false
		}
	}
	return true
}

func (t naiveTerm) match(words []string) bool {
	wanted := []string{t.text}
	if t.phrase {
		wanted = naiveWords(t.text)
	}
	for i := range words {
		if i+len(wanted) <= len(words) && naiveSequence(wanted, words[i:], t.phrase) {
			return true
		}
	}
	return false
}

func naiveSequence(wanted, words []string, phrase bool) bool {
	for i, want := range wanted {
		if phrase && !strings.EqualFold(want, words[i]) || !phrase && !naiveWild(want, words[i]) {
			return false
		}
	}
	return true
}

func naiveWild(want, word string) bool {
	expression := regexp.QuoteMeta(want)
	expression = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(expression)
	return regexp.MustCompile(`(?is)^` + expression + `$`).MatchString(word)
}

func naiveWords(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return r < utf8.RuneSelf && strings.ContainsRune(lts.Delimiters, r)
	})
}

func randomQuery(r *rand.Rand) (q naiveQuery) {
	for range 1 + r.IntN(3) {
		var clause []naiveTerm
		for range 1 + r.IntN(3) {
			clause = append(clause, randomTerm(r))
		}
		q = append(q, clause)
	}
	return q
}

func randomTerm(r *rand.Rand) naiveTerm {
	term := naiveTerm{not: r.IntN(4) == 0, phrase: r.IntN(3) == 0}
	if term.phrase {
		term.text = randomWord(r, "abK") + " " + randomText(r, 2)
		return term
	}
	term.text = randomWord(r, "abkſ")
	for r.IntN(3) == 0 {
		term.text += []string{"*", "?", "a", "ä"}[r.IntN(4)]
	}
	return term
}

func randomText(r *rand.Rand, words int) string {
	var b strings.Builder
	for range r.IntN(words + 1) {
		b.WriteString(randomWord(r, "abABkK\u212asſäÄ"))
		b.WriteString([]string{" ", ":", ", ", "\n"}[r.IntN(4)])
	}
	return b.String()
}

func randomWord(r *rand.Rand, alphabet string) string {
	runes := []rune(alphabet)
	var b strings.Builder
	for range 1 + r.IntN(2) {
		b.WriteRune(runes[r.IntN(len(runes))])
	}
	return b.String()
}
