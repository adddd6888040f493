package conformance

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"
)

// filterCases: labels and keywords choose what filtering by hand chooses.
func (c *contract) filterCases() []testCase {
	one := func(patterns ...string) keywords {
		var k keywords
		for _, pattern := range patterns {
			k.terms = append(k.terms, term{words: []string{pattern}})
		}
		return k
	}
	either := func(patterns ...string) keywords {
		k := one(patterns...)
		k.any = true
		return k
	}
	without := func(k keywords, patterns ...string) keywords {
		for _, pattern := range patterns {
			k.terms = append(k.terms, term{words: []string{pattern}, negated: true})
		}
		return k
	}
	phrase := func(words ...string) keywords {
		return keywords{terms: []term{{words: words, phrase: true}}}
	}
	var cases []testCase
	for _, group := range []struct {
		name string
		all  []keywords
	}{
		{"word", []keywords{one("disk"), one("time"), one("out"), one("a"), one("order"), one("NOTE"), one("no0003"), one("err"), one("isk"), one("fullness"),
			one("farthest"), one("internationalization-of-things"), one("internationalization-of-thing")}},
		{"case", []keywords{one("ERROR"), one("error"), one("eRRoR"), one("DISK"), one("Android"), one("note"), one("NO0004"), one("NAÏVE"), one("ω")}},
		{"characters", []keywords{one("10.0.0.1"), one("user_id"), one("user-id"), one("error-code"), one("naïve"), one("日志"), one("Ω"), one("日"), one("😀ok")}},
		{"wildcard-end", []keywords{one("err*"), one("error*"), one("10.0*"), one("日*"), one("full*"), one("no00*"), one("errors*")}},
		{"wildcard-middle", []keywords{one("e*r"), one("d*k"), one("t*o*t"), one("10*2"), one("n*ve"), one("user*id"), one("err*or"), one("d*i*s*k")}},
		{"one-character", []keywords{one("dis?"), one("d?sk"), one("erro?"), one("日?"), one("na?ve"), one("a?"), one("a??"), one("user?id"), one("no000?"), one("error?"), one("di*?")}},
		{"several-words", []keywords{one("error", "disk"), one("disk", "error"), one("a", "ab"), one("error", "timeout", "disk"), one("error", "nowhere"),
			one("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")}},
		{"and", []keywords{one("error", "disk"), one("time", "out"), one("full", "a*"), one("error", "nowhere")}},
		{"or", []keywords{either("disk", "disc"), either("disk", "nowhere"), either("nowhere", "full"), either("time", "out", "abc"), either("nowhere", "nothing")}},
		{"not", []keywords{without(one("error"), "disk"), without(one("a*"), "abc", "ab"), without(one("time"), "nowhere"), without(one("full"), "f*"), without(one("no*"), "error")}},
		{"phrase", []keywords{phrase("pump", "station"), phrase("station", "pump"), phrase("station", "seven", "ok"), phrase("pump", "seven"), phrase("PUMP", "Station"),
			{terms: []term{{words: []string{"station"}}, {words: []string{"pump", "station"}, phrase: true, negated: true}}},
			{any: true, terms: []term{{words: []string{"disk"}}, {words: []string{"pump", "station"}, phrase: true}}}}},
	} {
		explicit := group.name == "and" || group.name == "not"
		cases = append(cases, c.queryCase("keywords/"+group.name, "ListLogs", func(t *trial) { t.lookFor(group.all, explicit) }))
	}
	return append(cases,
		c.queryCase("keywords/delimiters", "ListLogs", lookBetweenDelimiters),
		c.queryCase("keywords/none", "ListLogs", lookForNothing),
		c.queryCase("keywords/leading-wildcard", "ListLogs", refuseLeadingWildcards),
		c.queryCase("keywords/random", "ListLogs", lookForRandom),
		c.queryCase("labels/pairs", "ListLogs", filterByLabels),
		c.queryCase("filters/random", "ListLogs", filterAtRandom),
	)
}

// lookFor compares what queries for keywords find with what they match by hand.
func (t *trial) lookFor(looked []keywords, explicit bool) {
	place := t.place()
	records := corpus(t.rand, 80)
	for i, content := range []string{
		"pump station seven ok", "station pump seven ok", "pump seven station ok", "Pump STATION", "pump stations", "station", "pump",
		"one two three four five six seven eight nine ten", "one two three four five six seven eight nine", "two three four five six seven eight nine ten",
		strings.Repeat("long ", 1500) + "farthest", "internationalization-of-things",
	} {
		last := records[len(records)-1]
		records = append(records, record{timeNS: last.timeNS + 1, content: fmt.Sprintf("%s no9%03d", content, i), labels: last.labels})
	}
	for _, word := range vocabulary { // each stands somewhere, in some cases of letters
		last := records[len(records)-1]
		records = append(records, record{timeNS: last.timeNS + 1, content: fmt.Sprintf("%s no8%03d", word, len(records)), labels: last.labels})
	}
	all := t.fill(place, records...)
	for _, k := range looked {
		t.checkKeywords(place, all, k, explicit)
	}
}

func (t *trial) checkKeywords(place ids, all []record, k keywords, explicit bool) {
	s := search{keywords: k.text(explicit), limit: maxPage, plain: true, count: true}
	p := t.page(place, s)
	want := chosen(all, func(r record) bool { return k.match(r.content) })
	t.checkRecords(p.answer, "the keywords "+s.keywords+" find what they match", want, p.records)
	t.checkEqual(p.answer, "/count", len(want), at(p.answer.value, "count"))
}

// lookBetweenDelimiters puts a word between each of the delimiters, and between
// characters that are none.
func lookBetweenDelimiters(t *trial) {
	place := t.place()
	var records []record
	add := func(content string) {
		base := time.Now().Add(-time.Minute).UnixNano()
		records = append(records, record{timeNS: base + int64(len(records)), content: content, labels: map[string]string{}})
	}
	for i, d := range delimiters {
		add(fmt.Sprintf("x%02d%cneedle%cy", i, d, d))
	}
	for i, other := range []rune("-_.*+#%$!^~`|0é、") {
		add(fmt.Sprintf("z%02d%cneedle%cy", i, other, other))
	}
	add("needle")
	add("needleneedle")
	add("Needle\n")
	all := t.fill(place, records...)
	needle := keywords{terms: []term{{words: []string{"needle"}}}}
	t.checkKeywords(place, all, needle, false)
	texts := []string{"(needle", "needle)", "y/needle", "[needle]=y", "{needle:y}", "<needle>y"}
	for _, d := range delimiters {
		if d != '"' && d != '?' { // which mean something else in keywords
			texts = append(texts, fmt.Sprintf("needle%cy", d))
		}
	}
	for _, text := range texts {
		k := needle
		if len(text) > len("needle")+1 {
			k = keywords{terms: []term{{words: []string{"needle"}}, {words: []string{"y"}}}}
		}
		p := t.page(place, search{keywords: text, limit: maxPage, plain: true})
		want := chosen(all, func(r record) bool { return k.match(r.content) })
		t.checkRecords(p.answer, "a delimiter inside "+text+" splits it into words that must all match", want, p.records)
	}
}

// lookForNothing sends keywords that hold no word.
func lookForNothing(t *trial) {
	place := t.place()
	all := t.fill(place, corpus(t.rand, 20)...)
	body := search{limit: maxPage, plain: true}.body()
	body["keywords"] = ""
	a := t.ask(question{operation: "ListLogs", ids: place, body: body})
	t.checkStatus(a, http.StatusOK)
	t.checkRecords(a, "without keywords every record matches", all, recordsOf(a))
}

// refuseLeadingWildcards sends words that begin with a wildcard.
func refuseLeadingWildcards(t *trial) {
	place := t.place()
	for _, text := range []string{"*error", "?rror", "*", "error *out", "disk OR ?ull"} {
		a := t.ask(question{operation: "ListLogs", ids: place, body: search{keywords: text}.body()})
		t.refused(a, "LTS.0301")
	}
}

// lookForRandom looks for keywords that nobody thought of.
func lookForRandom(t *trial) {
	place := t.place()
	all := t.fill(place, corpus(t.rand, 200)...)
	for range 25 {
		t.checkKeywords(place, all, randomKeywords(t.rand), t.rand.IntN(2) == 0)
	}
}

// randomKeywords makes one to four terms of the vocabulary.
func randomKeywords(random *rand.Rand) keywords {
	k := keywords{any: random.IntN(3) == 0}
	for i := range 1 + random.IntN(4) {
		one := term{words: []string{randomPattern(random)}}
		if random.IntN(8) == 0 {
			one = term{words: []string{vocabulary[random.IntN(len(vocabulary))], vocabulary[random.IntN(len(vocabulary))]}, phrase: true}
		}
		one.negated = i > 0 && !k.any && random.IntN(4) == 0
		k.terms = append(k.terms, one)
	}
	return k
}

// randomPattern is a word of the vocabulary, sometimes with a wildcard in it or
// behind it.
func randomPattern(random *rand.Rand) string {
	runes := []rune(vocabulary[random.IntN(len(vocabulary))])
	at := 1 + random.IntN(len(runes))
	switch random.IntN(4) {
	case 0:
		return string(runes[:at]) + "*"
	case 1:
		if at < len(runes) {
			runes[at] = '?'
		}
	}
	return string(runes)
}

// filterByLabels asks by one pair and by several, that match and that do not.
func filterByLabels(t *trial) {
	place := t.place()
	records := corpus(t.rand, 40)
	for i, labels := range labelSets { // none is missing
		records = append(records, record{timeNS: records[0].timeNS + int64(i), content: fmt.Sprintf("no9%03d", i), labels: labels})
	}
	all := t.fill(place, records...)
	for _, labels := range append(slices.Clip(labelSets),
		map[string]string{"app": "web"},
		map[string]string{"host": "a"},
		map[string]string{"app": "WEB"},
		map[string]string{"App": "web"},
		map[string]string{"app": "we"},
		map[string]string{"app": "web*"},
		map[string]string{"app": ""},
		map[string]string{"other": ""},
		map[string]string{"app": "web", "other": "x"},
		map[string]string{"host.name": "a b, c"},
		map[string]string{"app": "nowhere"},
	) {
		p := t.page(place, search{labels: labels, limit: maxPage, count: true})
		want := chosen(all, func(r record) bool { return labelled(r, labels) })
		t.checkRecords(p.answer, "the labels "+show(labels)+" choose the records that have every pair", want, p.records)
		t.checkEqual(p.answer, "/count", len(want), at(p.answer.value, "count"))
	}
}

// filterAtRandom puts windows, labels, keywords, cursors, orders and limits
// together.
func filterAtRandom(t *trial) {
	place := t.place()
	all := t.fill(place, corpus(t.rand, 200)...)
	for range 30 {
		k := randomKeywords(t.rand)
		s := search{keywords: k.text(true), desc: t.rand.IntN(2) == 0, limit: 1 + t.rand.IntN(40), count: true, plain: true}
		if t.rand.IntN(3) == 0 {
			k, s.keywords = keywords{}, ""
		}
		if t.rand.IntN(2) == 0 {
			s.labels = []map[string]string{{"app": "web"}, {"host": "a"}, {"app": "db"}, {}}[t.rand.IntN(4)]
		}
		i, j := t.rand.IntN(len(all)), t.rand.IntN(len(all))
		if from, to := min(i, j), max(i, j); t.rand.IntN(2) == 0 && all[from].millis() < all[to].millis() {
			s.start, s.end = all[from].millis(), all[to].millis()
			if t.rand.IntN(2) == 0 {
				s.cursor, s.kind = all[from+t.rand.IntN(to-from+1)].lineNum, []string{"forwards", "backwards", "init"}[t.rand.IntN(3)]
			}
		}
		start, end := s.window()
		matching := chosen(all, func(r record) bool {
			return start <= r.millis() && r.millis() <= end && labelled(r, s.labels) && k.match(r.content)
		})
		p := t.page(place, s)
		t.checkRecords(p.answer, "the records are those that filtering by hand gives", nearest(matching, s), p.records)
		t.checkEqual(p.answer, "/count", len(matching), at(p.answer.value, "count"))
	}
}
