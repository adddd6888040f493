package clientcheck

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/ltskit/ltskit/openapi"
)

// records is how many records the stream of a session holds.
const records = 10

// A page is the answer to a request for a part of a list.
type page struct {
	body any
	last bool // the client has come to the end of the list
}

// lines gives the records of the session, in ascending order: those that the
// documents print, at times of the session.
func (p *service) lines() []object {
	schema := successSchema(p.contract.operation("ListLogs"))
	list := flatten(schema).Properties["logs"].Value.Items.Value
	printed, _ := p.writer.success(p.contract.operation("ListLogs")).(object)
	examples, _ := printed["logs"].([]any)
	all := make([]object, records)
	for i := range all {
		line, _ := p.writer.sample(list, "", "logs").(object)
		if i < len(examples) {
			line = maps.Clone(examples[i].(object))
		}
		line["line_num"] = p.lineNum(i)
		all[i] = line
	}
	return all
}

// lineNum gives the number of a record. Neighbours differ in the last digit.
func (p *service) lineNum(i int) string { return fmt.Sprintf("%019d", p.session.TimeNS+int64(i)) }

// knowsLine reports whether a record has a number.
func (p *service) knowsLine(lineNum string) bool {
	for i := range records {
		if p.lineNum(i) == lineNum {
			return true
		}
	}
	return false
}

// query answers ListLogs: the records of the window in their order, from the
// cursor on.
func (p *service) query(body object) page {
	from, to := integer(body["start_time"]), integer(body["end_time"])
	lines := slices.DeleteFunc(p.lines(), func(line object) bool {
		millis := integer(line["line_num"]) / 1e6
		return millis < from || millis > to
	})
	count := len(lines)
	if isTrue(body["is_desc"]) {
		slices.Reverse(lines)
	}
	limit := int(integer(body["limit"]))
	if limit <= 0 {
		limit = 50 // the default of the document
	}
	if p.scenario.Pages > 0 {
		limit = min(limit, p.scenario.Pages)
	}
	start, end := 0, len(lines)
	if at := slices.IndexFunc(lines, func(line object) bool { return line["line_num"] == body["line_num"] }); at >= 0 {
		start = at + 1
		if body["search_type"] == "backwards" {
			start, end = max(0, at-limit), at
		}
	}
	end = min(end, start+limit)
	complete := end == len(lines)
	last := complete
	answer := object{"logs": anys(lines[start:end])}
	if isTrue(body["is_count"]) {
		answer["count"] = count
		last = last || p.ended["ListLogs"] // a client that counts does not want the records
	}
	if p.scenario.Pages > 0 {
		answer["isQueryComplete"] = complete
	}
	return page{answer, last}
}

// context answers ListLogContext.
func (p *service) context(body object) any {
	lines := p.lines()
	at := slices.IndexFunc(lines, func(line object) bool { return line["line_num"] == body["line_num"] })
	before, after := sizeOr(body["backwards_size"]), sizeOr(body["forwards_size"])
	from, to := max(0, at-before), min(len(lines), max(at, 0)+after+1)
	return object{
		"logs": anys(lines[from:to]), "total_count": to - from,
		"backwards_count": max(at, 0) - from, "forwards_count": to - max(at, 0) - 1,
	}
}

func sizeOr(v any) int {
	if v == nil {
		return 100 // the default of the document
	}
	return int(integer(v))
}

// transfers answers ListTransfers: offset and limit make the page.
func (p *service) transfers(operation openapi.Operation, query map[string]string) page {
	body, _ := p.writer.success(operation).(object)
	entries, _ := body["log_transfers"].([]any)
	limit := int64(100) // the default of the document
	if query["limit"] != "" {
		limit = integer(query["limit"])
	}
	total := int64(len(entries))
	if p.scenario.Pages > 0 {
		total = limit + 1 // a full page, and one more
	}
	offset := integer(query["offset"])
	listed := make([]any, 0, limit)
	for i := offset; i < min(total, offset+limit); i++ {
		listed = append(listed, entries[0])
	}
	body["log_transfers"] = listed
	return page{body, offset+limit >= total}
}

// marker names the second page of logtanks. It has to be escaped in a query.
const marker = "after 3 & more"

// logtanks answers ListLogtanks: the answer names the next page.
func (p *service) logtanks(operation openapi.Operation, query map[string]string) page {
	body, _ := p.writer.success(operation).(object)
	entries, _ := body["logtanks"].([]any)
	info := object{"current_count": len(entries)}
	more := p.scenario.Pages > 0 && query["marker"] == ""
	if more {
		info["next_marker"] = marker
	}
	body["page_info"] = info
	return page{body, !more}
}

func anys(lines []object) []any {
	all := make([]any, len(lines))
	for i, line := range lines {
		all[i] = line
	}
	return all
}

// integer reads a number, or a string of digits; 0 when it is neither.
func integer(v any) int64 {
	var digits string
	switch v := v.(type) {
	case json.Number:
		digits = v.String()
	case string:
		digits = v
	}
	n, _ := strconv.ParseInt(digits, 10, 64)
	return n
}

// isTrue reads a Boolean, or its string.
func isTrue(v any) bool { return v == true || v == "true" }
