package conformance

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// scriptHead has the functions of every script.
//
//go:embed script.sh
var scriptHead string

// A script is a history as a program for a POSIX shell.
type script struct {
	t         *trial
	variables *strings.Replacer // what differs from run to run, to what stands for it
	names     map[string]string // variables of IDs
	b         strings.Builder
}

// creations are the operations that give an ID: the member it stands under, what
// begins the variable, and the operation that deletes what it is of.
var creations = map[string]struct {
	member, variable, deletedBy string
}{
	"CreateLogGroup":    {"log_group_id", "GROUP", "DeleteLogGroup"},
	"CreateLogStream":   {"log_stream_id", "STREAM", ""}, // goes with its group
	"CreateOBSTransfer": {"log_dump_obs_id", "TRANSFER", "DeleteTransfer"},
	"CreateLogtank":     {"logtank.id", "LOGTANK", "DeleteLogtank"},
}

// script writes a replayed history.
func (t *trial) script(r replayed) string {
	s := &script{t: t, names: make(map[string]string)}
	bases := []struct{ variable, value string }{
		{"LTS", t.target.base("lts", "")}, {"GA", t.target.base("ga", "")}, {"INGEST", t.target.base("lts", "ReportLogs")},
	}
	s.b.WriteString("#!/bin/sh\n")
	var pairs []string
	for _, base := range bases {
		if !slices.Contains(pairs, base.value) {
			fmt.Fprintf(&s.b, "%s=${%s:-%s}\n", base.variable, base.variable, shellQuote(base.value))
			pairs = append(pairs, base.value, "${"+base.variable+"}")
		}
	}
	project := t.target.Account.ProjectID
	fmt.Fprintf(&s.b, "PROJECT=${PROJECT:-%s}\nRUN=${RUN:-%s$$-}\n", project, t.target.Prefix)
	pairs = append(pairs, project, "${PROJECT}", r.name, "${RUN}")
	w := world{now: r.now}
	pairs = append(pairs, w.from(), "${FROM}", w.to(), "${TO}", strconv.FormatInt(r.now, 10), "${NOW}")
	for _, d := range r.all {
		if id := d.created(); id != "" {
			s.names[id] = creations[d.asked.operation].variable + strconv.Itoa(len(s.names)+1)
			pairs = append(pairs, id, "${"+s.names[id]+"}")
		}
	}
	s.variables = strings.NewReplacer(pairs...)
	s.b.WriteString(scriptHead)
	s.clients(r.all)
	return s.b.String()
}

// created is the ID that a step was given.
func (d done) created() string {
	if d.where != "" || d.code != "" {
		return ""
	}
	return plain(member(d.answer.value, creations[d.asked.operation].member))
}

// clients writes a function for each client, and what runs them at once.
func (s *script) clients(all []done) {
	last := -1
	var run []string
	for _, d := range all {
		if d.client != last {
			if last >= 0 {
				s.b.WriteString("}\n\n")
			}
			last = d.client
			fmt.Fprintf(&s.b, "client%d() {\nCLIENT=%d\n", last, last)
			run = append(run, fmt.Sprintf("client%d", last))
		}
		s.step(d)
	}
	s.b.WriteString("}\n\n")
	if len(run) == 1 {
		s.b.WriteString(run[0] + "\n")
		return
	}
	s.b.WriteString(strings.Join(run, " &\n") + " &\nwait\n")
}

// step writes the request of a step, and what its answer is compared with.
func (s *script) step(d done) {
	fmt.Fprintf(&s.b, "\n# %s\n", d.asked.operation)
	s.ask(d.asked)
	if d.code != "" {
		fmt.Fprintf(&s.b, "want %d %s\n", s.t.statusOf(d.asked.operation, d.code), d.code)
		return
	}
	fmt.Fprintf(&s.b, "want %d\n", d.status)
	if d.sees != nil {
		s.table(d.sees)
	}
	if id := d.created(); id != "" {
		fmt.Fprintf(&s.b, "%s=$(member %s)\n", s.names[id], creations[d.asked.operation].member)
		s.keep(d, id)
	}
	if d.asked.operation == "DeleteLogtank" {
		fmt.Fprintf(&s.b, "until_is %s error_code GA.9002\n", s.url(question{operation: "ShowLogtank", ids: d.asked.ids}))
	}
}

// ask writes a request.
func (s *script) ask(q question) {
	r, err := s.t.requestFor(q)
	if err != nil {
		s.t.couldNotRun("%s", err)
	}
	fmt.Fprintf(&s.b, "ask %s %s ", r.method, s.quoted(r.url))
	if r.body == nil {
		s.b.WriteString("</dev/null\n")
		return
	}
	fmt.Fprintf(&s.b, "<<EOF\n%s\nEOF\n", s.variables.Replace(string(r.body)))
}

// keep writes how what was created is deleted at the end, and waits until it is
// there.
func (s *script) keep(d done, id string) {
	operationID := creations[d.asked.operation].deletedBy
	if operationID == "" {
		return
	}
	deletion := question{operation: operationID}
	switch operationID {
	case "DeleteLogGroup":
		deletion.ids.group = id
	case "DeleteTransfer":
		deletion.ids.transfer = id
	case "DeleteLogtank":
		deletion.ids.logtank = id
		fmt.Fprintf(&s.b, "until_is %s logtank.status ACTIVE\n", s.url(question{operation: "ShowLogtank", ids: deletion.ids}))
	}
	fmt.Fprintf(&s.b, "made %s %s\n", s.t.operation(operationID).Method, s.url(deletion))
}

// url gives the quoted URL of a question.
func (s *script) url(q question) string {
	r, err := s.t.requestFor(q)
	if err != nil {
		s.t.couldNotRun("%s", err)
	}
	return s.quoted(r.url)
}

// quoted puts a text with variables between double quotes. URLs and the names
// of histories have nothing that a shell reads between them.
func (s *script) quoted(text string) string { return `"` + s.variables.Replace(text) + `"` }

// table writes the comparison of a view.
func (s *script) table(v *view) {
	pipe := fmt.Sprintf("rows '%s' %s", v.array, strings.Join(v.columns, " "))
	if v.prefix != "" {
		pipe += " | grep " + s.quoted("^"+v.prefix)
	}
	lines := v.lines(v.rows)
	if !v.ordered {
		pipe += " | sort" // the IDs are others than when the script was written
		fmt.Fprintf(&s.b, "same \"$(sort <<EOF\n%s\nEOF\n)\" \"$(%s)\"\n", s.variables.Replace(strings.Join(lines, "\n")), pipe)
		return
	}
	fmt.Fprintf(&s.b, "same %s \"$(%s)\"\n", s.quoted(strings.Join(lines, "\n")), pipe)
}
