package lts_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/lts"
)

func TestKeywordsMatch(t *testing.T) {
	const documented = "2020-07-25/14:44:42 this log is Error NO 1\n"
	tests := []struct {
		name     string
		keywords string
		content  string
		want     bool
	}{
		{"a documented word", "log", documented, true},
		{"another case", "LOG", documented, true},
		{"part of a word", "lo", documented, false},
		{"nothing", "", documented, true},
		{"nothing but delimiters", " ,:()", documented, true},
		{"several words in any order", "error this", documented, true},
		{"one of several words missing", "error that", documented, false},
		{"a delimiter in a keyword splits it", "07-25/14:44", "14 44 07-25", true},
		{"a hyphen is part of a word", "2020", documented, false},
		{"a run at the end", "2020*", documented, true},
		{"a run of nothing", "log*", documented, true},
		{"a run in the middle", "e*r", documented, true},
		{"a run ends with the word", "th*log", documented, false},
		{"two runs", "2*-*5", documented, true},
		{"one character", "l?g", documented, true},
		{"one character is not none", "log?", documented, false},
		{"one character is not two", "l?", documented, false},
		{"one character outside ASCII", "gr?n", "grün", true},
		{"or", "absent OR log", documented, true},
		{"neither", "absent OR missing", documented, false},
		{"and", "this AND log", documented, true},
		{"not", "log NOT absent", documented, true},
		{"not, but there", "log NOT error", documented, false},
		{"and not", "log AND NOT error", documented, false},
		{"not alone", "NOT absent", documented, true},
		{"not twice", "NOT NOT log", documented, true},
		{"and binds closer than or", "log OR absent AND missing", documented, true},
		{"and binds closer than or, on the right", "absent AND missing OR log", documented, true},
		{"parentheses group nothing", "(log OR absent) missing", documented, true},
		{"an operator in lower case is a word", "log or absent", documented, false},
		{"an operator at the start is a word", "AND log", documented, false},
		{"an operator at the end is a word", "log NOT", "log not", true},
		{"operators side by side", "a AND OR b", "a or b", true},
		{"a phrase", `#"is error no"`, documented, true},
		{"a phrase over other delimiters", `#"this log"`, "this=[log]", true},
		{"a phrase in another order", `#"error is"`, documented, false},
		{"a phrase with a gap", `#"this is"`, documented, false},
		{"a phrase after a false start", `#"a a b"`, "a a a b", true},
		{"a phrase that does not end", `#"error no`, documented, true},
		{"a phrase under not", `log NOT #"is error"`, documented, false},
		{"two phrases do not run together", `#"a b" #"c d"`, "a b x c d", true},
		{"phrases do not borrow words", `#"a b" #"c d"`, "a c d b", false},
		{"a star in a phrase is a character", `#"a*"`, "abc", false},
		{"an empty phrase", `#""`, documented, true},
		{"quotes alone are delimiters", `"log this"`, documented, true},
		{"a letter with cases of different size", "Kelvin", "\u212aelvin", true},
		{"the long s", "los", "loſ", true},
		{"a word outside ASCII", "ÄRGER", "ärger", true},
		{"Chinese", "日志", "a 日志 b", true},
		{"part of a Chinese word", "日", "日志", false},
		{"an operator within a word", "ORDER", "order", true},
		{"empty content", "log", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := parse(t, tt.keywords).Match(tt.content); got != tt.want {
				t.Errorf("ParseKeywords(%q).Match(%q) = %v, want %v", tt.keywords, tt.content, got, tt.want)
			}
		})
	}
}

func TestParseKeywordsRefuses(t *testing.T) {
	tests := []struct {
		name     string
		keywords string
		want     error
	}{
		{"a run first", "*log", lts.ErrLeadingWildcard},
		{"a character first", "?log", lts.ErrLeadingWildcard},
		{"a wildcard alone", "log *", lts.ErrLeadingWildcard},
		{"a wildcard after a delimiter in a keyword", "key=*", lts.ErrLeadingWildcard},
		{"a wildcard under not", "log NOT *x", lts.ErrLeadingWildcard},
		{"a text that is too long", strings.Repeat("a", lts.MaxKeywordsLength+1), lts.ErrInvalidBody},
		{"too many words", strings.Repeat("a ", lts.MaxKeywords+1), lts.ErrInvalidBody},
		{"too many words in a phrase", `#"` + strings.Repeat("a ", lts.MaxKeywords+1) + `"`, lts.ErrInvalidBody},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := lts.ParseKeywords(tt.keywords); !errors.Is(err, tt.want) {
				t.Errorf("ParseKeywords(%q) = %v, want %v", tt.keywords, err, tt.want)
			}
		})
	}
}

func TestLeadingWildcardSaysWhatTheDocumentsSay(t *testing.T) {
	const want = "'*' and '?' not allowed as first character"
	if got := lts.ErrLeadingWildcard.Message; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
}

func TestHighlight(t *testing.T) {
	tests := []struct {
		name     string
		keywords string
		content  string
		want     string
	}{
		{"the documented example", "log", "this log is Error NO 1\n", "this <HighLightTag>log</HighLightTag> is Error NO 1\n"},
		{"nothing to look for", "", "this log", "this log"},
		{"every place", "a", "a b A", "<HighLightTag>a</HighLightTag> b <HighLightTag>A</HighLightTag>"},
		{"a whole word for a wildcard", "er*", "Error", "<HighLightTag>Error</HighLightTag>"},
		{"no part of a word", "log", "login", "login"},
		{"words on both sides of or", "a OR b", "b a", "<HighLightTag>b</HighLightTag> <HighLightTag>a</HighLightTag>"},
		{"not what is excluded", "a OR NOT b", "a b", "<HighLightTag>a</HighLightTag> b"},
		{"a phrase as a whole", `#"a b"`, "x a, b x b", "x <HighLightTag>a, b</HighLightTag> x b"},
		{"overlapping phrases as one", `#"a b" #"b c"`, "a b c", "<HighLightTag>a b c</HighLightTag>"},
		{"a word within a phrase", `b #"a b c"`, "a b c", "<HighLightTag>a b c</HighLightTag>"},
		{"a phrase and its last word", `c #"a b c"`, "a b c c", "<HighLightTag>a b c</HighLightTag> <HighLightTag>c</HighLightTag>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := parse(t, tt.keywords).Highlight(tt.content); got != tt.want {
				t.Errorf("ParseKeywords(%q).Highlight(%q)\n got %q\nwant %q", tt.keywords, tt.content, got, tt.want)
			}
		})
	}
}

func TestKeywordsWord(t *testing.T) {
	tests := []struct {
		name     string
		keywords string
		word     string
		ok       bool
	}{
		{"one word, folded", "LOG", "log", true},
		{"a phrase of one word", `#"Log"`, "log", true},
		{"two words", "a b", "", false},
		{"a wildcard", "a*", "", false},
		{"not a word", "NOT a", "", false},
		{"nothing", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if word, ok := parse(t, tt.keywords).Word(); word != tt.word || ok != tt.ok {
				t.Errorf("ParseKeywords(%q).Word() = %q, %v, want %q, %v", tt.keywords, word, ok, tt.word, tt.ok)
			}
		})
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	k := parse(t, `err* OR #"grün log" NOT absent`)
	const content = "2020-07-25/14:44:42 this grün log is Error NO 1\n"
	if n := testing.AllocsPerRun(100, func() { k.Match(content) }); n != 0 {
		t.Errorf("Match allocates %v times, want 0", n)
	}
}

func TestLongWildcardMatchEnds(t *testing.T) {
	k := parse(t, "a"+strings.Repeat("*a", 500)+"*b")
	if k.Match(strings.Repeat("a", 20_000)) {
		t.Error("Match found a b where there is none")
	}
}

// TestSearchAgainstNaive compares with a matcher that splits, folds and runs
// regular expressions, on small alphabets in which much matches.
func TestSearchAgainstNaive(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		query := randomQuery(random)
		content := randomText(random, 8)
		k := parse(t, query.String())
		want := query.match(content)
		if got := k.Match(content); got != want {
			t.Fatalf("ParseKeywords(%q).Match(%q) = %v, want %v", query, content, got, want)
		}
		if want && !k.MayMatch(hasWord(content)) {
			t.Fatalf("ParseKeywords(%q).MayMatch says no to %q, which matches", query, content)
		}
		checkHighlight(t, k, content)
	}
}

// FuzzParseKeywords: whatever the text, parsing ends with keywords or a
// published error; what matches may match by its words; highlighting adds tags
// and changes nothing else; matching does not depend on case.
func FuzzParseKeywords(f *testing.F) {
	f.Add(`log NOT #"a phrase" OR l?g*`, "this log is a phrase")
	f.Add(`a:b "c" AND AND`, "a b C and")
	f.Add("\xff\u212a*", "\xfek ſ")
	f.Fuzz(func(t *testing.T, text, content string) {
		k, err := lts.ParseKeywords(text)
		if err != nil {
			if _, published := errors.AsType[*lts.Error](err); !published {
				t.Fatalf("ParseKeywords(%q) = %v, which is no published error", text, err)
			}
			return
		}
		matches := k.Match(content)
		if matches && !k.MayMatch(hasWord(content)) {
			t.Errorf("MayMatch(%q) says no to %q, which matches", text, content)
		}
		if folded := string(lts.AppendFold(nil, content)); k.Match(folded) != matches {
			t.Errorf("Match(%q) of %q is %v, of its folded form it is not", text, content, matches)
		}
		checkHighlight(t, k, content)
	})
}

func BenchmarkMatch(b *testing.B) {
	content := "2026-11-22T10:11:12.131415Z INFO api-server-7 request done method=GET path=/v2/projects/42/groups status=200 duration_ms=17 trace=4bf92f3577b34da6a3ce929d0e0e4736"
	for _, query := range []string{"absent", "status", "status 200 done", "stat*", `#"request done"`, "a OR b OR c NOT d"} {
		b.Run(query, func(b *testing.B) {
			k := parse(b, query)
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				k.Match(content)
			}
		})
	}
}

func parse(t testing.TB, text string) *lts.Keywords {
	t.Helper()
	k, err := lts.ParseKeywords(text)
	if err != nil {
		t.Fatalf("ParseKeywords(%q): %v", text, err)
	}
	return k
}

// hasWord is what a store knows of a record: its folded words.
func hasWord(content string) func(string) bool {
	words := map[string]bool{}
	folded := lts.AppendFold(nil, content)
	for start, end := lts.NextWord(folded, 0); start < end; start, end = lts.NextWord(folded, end) {
		words[string(folded[start:end])] = true
	}
	return func(word string) bool { return words[word] }
}

func checkHighlight(t *testing.T, k *lts.Keywords, content string) {
	t.Helper()
	if strings.Contains(content, "HighLightTag>") {
		return
	}
	plain := strings.NewReplacer("<HighLightTag>", "", "</HighLightTag>", "").Replace(k.Highlight(content))
	if plain != content {
		t.Errorf("Highlight(%q) without its tags is %q", content, plain)
	}
}
