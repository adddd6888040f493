package conformance

import (
	"fmt"
	"net/http"
)

// highlightCases: tags stand around what matched, and nothing else changes.
func (c *contract) highlightCases() []testCase {
	return []testCase{
		c.queryCase("highlight/words", "ListLogs", highlightWords),
		c.queryCase("highlight/off", "ListLogs", highlightOff),
	}
}

// highlightWords compares highlighted contents with tags put in by hand.
func highlightWords(t *trial) {
	place := t.place()
	records := corpus(t.rand, 80)
	for i, content := range []string{"disk", "disk disk", " disk,disk\n", "Disk=DISK", "disks disk", "error disk full", "a <b> disk & \"c\"", "disk full disk full", "disk \t ", "full disk\r\n"} {
		records = append(records, record{timeNS: records[0].timeNS + int64(i), content: content, labels: map[string]string{}})
	}
	all := t.fill(place, records...)
	word := func(pattern string) term { return term{words: []string{pattern}} }
	for _, k := range []keywords{
		{terms: []term{word("disk")}},
		{terms: []term{word("ERR*")}},
		{terms: []term{word("d?s?")}},
		{terms: []term{word("日*")}},
		{terms: []term{word("error"), word("disk")}},
		{any: true, terms: []term{word("error"), word("naïve"), word("abc")}},
		{terms: []term{word("error"), {words: []string{"disk"}, negated: true}}},
		{terms: []term{{words: []string{"disk", "full"}, phrase: true}}},
	} {
		p := t.page(place, search{keywords: k.text(true), limit: maxPage})
		t.checkHighlights(p, all, k)
	}
	p := t.page(place, search{limit: maxPage})
	t.checkHighlights(p, all, keywords{})
}

// checkHighlights compares the contents of a page, record by record.
func (t *trial) checkHighlights(p page, all []record, k keywords) {
	written := make(map[int64]string, len(all))
	for _, r := range all {
		written[r.lineNum] = r.content
	}
	want := chosen(all, func(r record) bool { return k.match(r.content) })
	t.checkRecords(p.answer, "highlighting changes nothing about what is found", want, p.records)
	for _, r := range p.records {
		whole, single := k.highlighted(written[r.lineNum], true), k.highlighted(written[r.lineNum], false)
		t.check(r.content == whole || r.content == single, p.answer, "/logs", "the content is "+show(whole), r.content)
	}
}

// highlightOff asks for contents as they were written.
func highlightOff(t *trial) {
	place := t.place()
	records := corpus(t.rand, 40)
	for i, content := range []string{"error <HighLightTag>error</HighLightTag>", "<HighLightTag>a"} { // written so, not marked
		records = append(records, record{timeNS: records[0].timeNS + int64(i), content: content + fmt.Sprintf(" no9%03d", i), labels: map[string]string{}})
	}
	all := t.fill(place, records...)
	k := keywords{any: true, terms: []term{{words: []string{"error"}}, {words: []string{"a*"}}, {words: []string{"no*"}}}}
	for _, value := range []any{false, "false"} {
		body := search{keywords: k.text(false), limit: maxPage}.body()
		body["highlight"] = value
		a := t.ask(question{operation: "ListLogs", ids: place, body: body})
		t.checkStatus(a, http.StatusOK)
		d := difference(all, recordsOf(a), byContentOnly)
		t.check(d == "", a, "/logs", "without highlighting the contents are as they were written", d)
	}
	body := search{keywords: k.text(false), limit: maxPage}.body()
	body["highlight"] = true
	t.checkHighlights(page{answer: t.ask(question{operation: "ListLogs", ids: place, body: body})}.read(), all, k)
}

// read reads the records of the answer.
func (p page) read() page { return page{answer: p.answer, records: recordsOf(p.answer)} }
