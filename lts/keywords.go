package lts

import (
	"fmt"
	"strings"
)

// ParseKeywords reads the text of a search.
//
//	disk full            both words, in any order, in any case
//	disk AND full        the same
//	disk OR full         one of them
//	disk NOT full        the first without the second
//	err* f?ll            * is any run of characters, ? is one character
//	#"disk full"         the words one after the other, nothing but delimiters between
//
// NOT binds closer than AND, AND closer than OR; parentheses are delimiters and
// group nothing. Operators are in upper case; where none can stand, they are
// ordinary words. Delimiters within a word split it into words that must all
// match. A phrase that does not end ends with the text; in it, * is a character
// and ? a delimiter.
//
// A word that begins with a wildcard is ErrLeadingWildcard. A text over
// MaxKeywordsLength or with more than MaxKeywords words is ErrInvalidBody. A
// text without words gives Keywords that match everything.
func ParseKeywords(text string) (*Keywords, error) {
	if len(text) > MaxKeywordsLength {
		return nil, ErrInvalidBody.WithDetails(Detail{Rule: fmt.Sprintf("must have at most %d bytes", MaxKeywordsLength)})
	}
	p := keywordParser{tokens: keywordTokens(text)}
	if err := p.parse(); err != nil {
		return nil, err
	}
	p.keywords.index()
	return &p.keywords, nil
}

// A keywordToken is a word as it was written, or the text of a phrase.
type keywordToken struct {
	text   string
	phrase bool
}

func keywordTokens(text string) (tokens []keywordToken) {
	for text != "" {
		var token keywordToken
		token, text = nextToken(text)
		if strings.Trim(token.text, Delimiters) != "" || !token.phrase && token.text != "" {
			tokens = append(tokens, token)
		}
	}
	return tokens
}

// nextToken takes the first token off text. It is empty when text begins with a
// delimiter.
func nextToken(text string) (token keywordToken, rest string) {
	if quoted, ok := strings.CutPrefix(text, `#"`); ok {
		phrase, rest, _ := strings.Cut(quoted, `"`)
		return keywordToken{text: phrase, phrase: true}, rest
	}
	end := 0
	for end < len(text) && (text[end] == '?' || !isDelimiter[text[end]]) {
		end++
	}
	return keywordToken{text: text[:end]}, text[min(max(end, 1), len(text)):]
}

type keywordParser struct {
	tokens   []keywordToken
	at       int
	keywords Keywords
}

func (p *keywordParser) parse() error {
	var current clause
	for p.at < len(p.tokens) {
		if err := p.operand(&current); err != nil {
			return err
		}
		if p.operator("OR") {
			p.endClause(&current)
		} else {
			p.operator("AND")
		}
	}
	p.endClause(&current)
	return nil
}

func (p *keywordParser) endClause(c *clause) {
	if *c != (clause{}) {
		p.keywords.clauses = append(p.keywords.clauses, *c)
	}
	*c = clause{}
}

// operand adds the word or phrase that comes next to the clause.
func (p *keywordParser) operand(c *clause) error {
	negated := false
	for p.operator("NOT") {
		negated = !negated
	}
	phrase, err := p.tokens[p.at].patterns()
	if err != nil {
		return err
	}
	p.at++
	bit, err := p.keywords.addPhrase(phrase)
	if err != nil {
		return err
	}
	if negated {
		c.mustNot |= bit
	} else {
		c.must |= bit
		p.keywords.positive |= bit
	}
	return nil
}

// operator takes an operator that has something to stand before.
func (p *keywordParser) operator(name string) bool {
	if p.at+1 >= len(p.tokens) || p.tokens[p.at] != (keywordToken{text: name}) {
		return false
	}
	p.at++
	return true
}

func (t keywordToken) patterns() ([]pattern, error) {
	if t.phrase {
		return phrasePatterns(t.text), nil
	}
	if t.text[0] == '*' || t.text[0] == '?' {
		return nil, ErrLeadingWildcard
	}
	return []pattern{wildPattern(t.text)}, nil
}

func phrasePatterns(text string) (phrase []pattern) {
	for start, end := NextWord(text, 0); start < end; start, end = NextWord(text, end) {
		phrase = append(phrase, exactPattern(text[start:end]))
	}
	return phrase
}
