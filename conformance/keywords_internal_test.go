package conformance

import "testing"

func TestKeywordsByHand(t *testing.T) {
	word := func(pattern string) term { return term{words: []string{pattern}} }
	not := func(pattern string) term { return term{words: []string{pattern}, negated: true} }
	for name, tt := range map[string]struct {
		keywords keywords
		content  string
		text     string
		match    bool
		tagged   string
	}{
		"a word":                  {keywords{terms: []term{word("log")}}, "this Log, yes", "log", true, "this <HighLightTag>Log</HighLightTag>, yes"},
		"a part of a word":        {keywords{terms: []term{word("log")}}, "catalog logs", "log", false, "catalog logs"},
		"both words":              {keywords{terms: []term{word("a"), word("b")}}, "b a", "a b", true, "<HighLightTag>b</HighLightTag> <HighLightTag>a</HighLightTag>"},
		"one of both":             {keywords{terms: []term{word("a"), word("b")}}, "b c", "a b", false, "<HighLightTag>b</HighLightTag> c"},
		"either":                  {keywords{any: true, terms: []term{word("a"), word("b")}}, "b c", "a OR b", true, "<HighLightTag>b</HighLightTag> c"},
		"not there":               {keywords{terms: []term{word("a"), not("b")}}, "a c", "a NOT b", true, "<HighLightTag>a</HighLightTag> c"},
		"there":                   {keywords{terms: []term{word("a"), not("b")}}, "a b", "a NOT b", false, "<HighLightTag>a</HighLightTag> b"},
		"any run":                 {keywords{terms: []term{word("e*r")}}, "error", "e*r", true, "<HighLightTag>error</HighLightTag>"},
		"an empty run":            {keywords{terms: []term{word("err*")}}, "err", "err*", true, "<HighLightTag>err</HighLightTag>"},
		"one character":           {keywords{terms: []term{word("日?")}}, "日志", "日?", true, "<HighLightTag>日志</HighLightTag>"},
		"a character too many":    {keywords{terms: []term{word("d?")}}, "disk", "d?", false, "disk"},
		"a phrase":                {keywords{terms: []term{{words: []string{"a", "b"}, phrase: true}}}, "x a b", `#"a b"`, true, "x <HighLightTag>a b</HighLightTag>"},
		"a phrase in other order": {keywords{terms: []term{{words: []string{"a", "b"}, phrase: true}}}, "b a", `#"a b"`, false, "b a"},
		"nothing":                 {keywords{}, "anything", "", true, "anything"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.keywords.text(false); got != tt.text {
				t.Errorf("text %q, want %q", got, tt.text)
			}
			if got := tt.keywords.match(tt.content); got != tt.match {
				t.Errorf("match of %q is %t, want %t", tt.content, got, tt.match)
			}
			if got := tt.keywords.highlighted(tt.content, true); got != tt.tagged {
				t.Errorf("highlighted %q, want %q", got, tt.tagged)
			}
		})
	}
}
