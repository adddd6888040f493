package conformance

import (
	"slices"
	"strings"
)

// An exactText is one that something on its way may change.
type exactText struct {
	what, text string
}

// exactTexts come back as they were sent, byte for byte.
var exactTexts = []exactText{
	{"letters of many scripts", "Grüße, Ελλάδα, 日志, العربية, हिन्दी"},
	{"an emoji", "fire 🔥 and family 👨‍👩‍👧"},
	{"a combining accent", "e\u0301 is not é"},
	{"quotes and backslashes", `she said "C:\new\table" and 'left'`},
	{"white space around", "  \t two spaces and a tab \t  "},
	{"line breaks", "one\ntwo\r\nthree\r"},
	{"control characters", "bell \a, escape \x1b[31m, unit \x1f, delete \x7f"},
	{"spaces that do not break", "1\u00a0000\u202f000 and\u3000wide"},
	{"separators of lines", "line\u2028paragraph\u2029next\u0085"},
	{"a byte order mark", "\ufeffbegins with one"},
	{"the replacement character", "lost \ufffd found"},
	{"the last character", "end \U0010ffff"},
	{"JSON", `{"error_code":"LTS.0101","list":[1,2.50,null,true],"id":9007199254740993}`},
	{"JSON as text", `{\"a\":\"\\u0041\"}`},
	{"HTML", `<script>alert("x & y")</script>&lt;&amp;`},
	{"percent signs", "100% of %s and %20 and %00"},
	{"a plus sign", "a+b=c&d=e?f#g"},
	{"a number", "007"},
	{"a large number", "9007199254740993"},
	{"null", "null"},
	{"SQL", `'; DROP TABLE "groups"; --`},
	{"a template", "${HOME} {{.Name}} $(id) `id`"},
}

// recordTexts are lines of logs that come back as they were sent. The longest
// is as long as answers of the edition may hold, up to a limit.
func recordTexts(longest int) []exactText {
	const enough = 100_000
	long := strings.Repeat("long line ", enough/10)[:min(longest, enough)]
	return append(slices.Clip(exactTexts),
		exactText{"a NUL", "before\x00after"},
		exactText{"a highlight tag", "<HighLightTag>not a match</HighLightTag>"},
		exactText{"a long line", long},
		exactText{"one character", "x"},
		exactText{"only white space", " \t "},
	)
}
