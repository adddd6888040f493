package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/joshdk/go-junit"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/conformance/report"
)

// nasty is a text that every format would take for something of its own.
const nasty = "]]></script><b>&amp; \"'`| % ::error:: *x* _y_ \x1b[31m\x00 \r\n# h\n```\nend"

// given are the reports of two editions with every outcome.
func given() []*conformance.Report {
	result := func(name, operation string, outcome conformance.Outcome) conformance.Result {
		tag := "groups"
		if operation == "" {
			tag = ""
		}
		return conformance.Result{
			Case: conformance.Case{Name: name, Tag: tag, Operation: operation, Sources: []string{"2024-03 table 5-1"}}, Outcome: outcome, Checks: 3,
			Took: 1500 * time.Microsecond,
			Exchanges: []*conformance.Exchange{{
				Operation: operation, Method: "POST", URL: "http://127.0.0.1/v2/p/groups", RequestBody: `{"log_group_name":"a"}`, Status: 201,
				RequestHeader: http.Header{"X-Auth-Token": {"$TOKEN"}}, Body: `{"line_num":9007199254740993}`,
			}},
		}
	}
	failed := result("examples/groups/CreateLogGroup/201/a", "CreateLogGroup", conformance.Failed)
	failed.Problems = []conformance.Problem{
		{Level: conformance.Should, Where: "/error_msg", Rule: "it is worded so", Got: "otherwise"},
		{Level: conformance.Must, Where: "/log_group_id", Rule: nasty, Got: nasty},
	}
	failed.Exchanges[0].Body = nasty
	noticed := result("examples/groups/CreateLogGroup/400/b", "CreateLogGroup", conformance.Passed)
	noticed.Problems = []conformance.Problem{{Level: conformance.Should, Where: "/error_msg", Rule: "it is worded so", Got: "otherwise"}}
	waived := result("examples/groups/DeleteLogGroup/400/c", "DeleteLogGroup", conformance.Waived)
	waived.Reason = "waiver known (me, until 2030-01-01): " + nasty
	waived.Problems = []conformance.Problem{{Level: conformance.Must, Where: "status", Rule: "it is 400", Got: "200"}}
	notSupported := result("examples/groups/DeleteLogGroup/500/d", "DeleteLogGroup", conformance.NotSupported)
	notSupported.Reason, notSupported.Exchanges, notSupported.Checks = "no faults", nil, 0
	couldNot := result("races/groups", "", conformance.CouldNotRun)
	couldNot.Reason, couldNot.Exchanges, couldNot.Checks = "connection refused "+nasty, nil, 0
	passed := result("examples/groups/ListLogGroups/200/e", "ListLogGroups", conformance.Passed)

	coverage := conformance.Coverage{Operations: []conformance.Part{{Name: "CreateLogGroup", Reached: true}, {Name: "ListDomains", Why: nasty}}}
	return []*conformance.Report{
		{Target: "a <target>", Edition: "2024-03", Seed: 18446744073709551615, Took: time.Second, Coverage: coverage, Results: []conformance.Result{failed, noticed, waived, notSupported, couldNot}},
		{Target: "a <target>", Edition: "latest", Seed: 7, Took: time.Second, Results: []conformance.Result{passed}},
	}
}

func write(t *testing.T, format report.Format, runs []*conformance.Report) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := report.Write(&out, format, runs); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A finding is what every format tells of the runs.
type finding struct {
	Counts  map[conformance.Outcome]int
	Failing []string // names of the cases that failed
	Exit    int
}

// want is the finding of the runs themselves.
func want(runs []*conformance.Report) finding {
	f := finding{Counts: make(map[conformance.Outcome]int), Exit: conformance.ExitStatus(runs...)}
	for _, run := range runs {
		for _, result := range run.Results {
			f.Counts[result.Outcome]++
			if result.Outcome == conformance.Failed {
				f.Failing = append(f.Failing, result.Name)
			}
		}
	}
	return f
}

// exitOf is the exit status that counts lead to.
func exitOf(counts map[conformance.Outcome]int) int {
	switch {
	case counts[conformance.Failed] > 0:
		return 1
	case counts[conformance.CouldNotRun] > 0:
		return 2
	default:
		return 0
	}
}

func TestReportsTellTheSame(t *testing.T) {
	// JUnit has one word for two outcomes, SARIF and workflow commands are
	// silent about those that nobody has to look at.
	merge := func(f finding, from, to conformance.Outcome) finding {
		f.Counts[to] += f.Counts[from]
		delete(f.Counts, from)
		return f
	}
	without := func(f finding, outcomes ...conformance.Outcome) finding {
		for _, outcome := range outcomes {
			delete(f.Counts, outcome)
		}
		return f
	}
	for format, tt := range map[report.Format]struct {
		read func(*testing.T, []byte) finding
		want func(finding) finding
	}{
		report.JSON:     {readJSON, func(f finding) finding { return f }},
		report.JUnit:    {readJUnit, func(f finding) finding { return merge(f, conformance.Waived, conformance.NotSupported) }},
		report.SARIF:    {readSARIF, func(f finding) finding { f.Counts[conformance.Passed] = 1; return without(f, conformance.NotSupported) }},
		report.GitHub:   {readGitHub, func(f finding) finding { f.Counts[conformance.Passed] = 1; return without(f, conformance.NotSupported) }},
		report.Markdown: {readMarkdown, func(f finding) finding { return f }},
		report.HTML:     {readHTML, func(f finding) finding { return f }},
		report.Text:     {readText, func(f finding) finding { return f }},
	} {
		t.Run(string(format), func(t *testing.T) {
			got := tt.read(t, write(t, format, given()))
			if diff := cmp.Diff(tt.want(want(given())), got); diff != "" {
				t.Errorf("what was read back (-want +got):\n%s", diff)
			}
		})
	}
}

// A history that fails is shown again by a script, in every report, and not by
// its last request alone.
func TestReportsHaveTheScript(t *testing.T) {
	runs := given()[:1]
	runs[0].Results[0].Problems[1].Script = "#!/bin/sh\nclient0\n"
	for _, format := range report.Formats() {
		t.Run(string(format), func(t *testing.T) {
			if got := write(t, format, runs); !bytes.Contains(got, []byte("client0")) {
				t.Errorf("no script:\n%s", got)
			}
		})
	}
}

func TestPageHasTheHeadersOfAnswers(t *testing.T) {
	runs := given()
	runs[0].Results[0].Exchanges[0].Header = http.Header{"Retry-After": {"soon"}} // of a case that failed
	runs[1].Results[0].Exchanges[0].Header = http.Header{"Retry-After": {"later"}}
	page := write(t, report.HTML, runs)
	if !bytes.Contains(page, []byte("Retry-After: soon")) || bytes.Contains(page, []byte("later")) {
		t.Error("the page must have the headers of the case that failed, and no others")
	}
}

func TestNoRuns(t *testing.T) {
	for _, format := range report.Formats() {
		t.Run(string(format), func(t *testing.T) { write(t, format, nil) })
	}
}

func TestUnknownFormatListsTheKnown(t *testing.T) {
	_, err := report.ParseFormat("pdf")
	if err == nil || !strings.Contains(err.Error(), "junit") {
		t.Errorf("error %v, want the known formats", err)
	}
	if err := report.Write(&bytes.Buffer{}, "pdf", nil); err == nil {
		t.Error("an unknown format was written")
	}
}

func readJSON(t *testing.T, data []byte) finding {
	t.Helper()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.Schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", schema); err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.MustCompile("schema.json").Validate(document); err != nil {
		t.Errorf("the report breaks its schema: %v", err)
	}
	var d struct {
		ExitStatus int                         `json:"exitStatus"`
		Counts     map[conformance.Outcome]int `json:"counts"`
		Runs       []struct {
			Seed    string `json:"seed"`
			Results []struct {
				Name    string              `json:"name"`
				Outcome conformance.Outcome `json:"outcome"`
			} `json:"results"`
		} `json:"runs"`
	}
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Runs) > 0 && d.Runs[0].Seed != "18446744073709551615" {
		t.Errorf("seed %s, want every digit", d.Runs[0].Seed)
	}
	f := finding{Counts: d.Counts, Exit: d.ExitStatus}
	for _, run := range d.Runs {
		for _, result := range run.Results {
			if result.Outcome == conformance.Failed {
				f.Failing = append(f.Failing, result.Name)
			}
		}
	}
	return f
}

func readJUnit(t *testing.T, data []byte) finding {
	t.Helper()
	suites, err := junit.Ingest(data)
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[junit.Status]conformance.Outcome{
		junit.StatusPassed: conformance.Passed, junit.StatusSkipped: conformance.NotSupported,
		junit.StatusFailed: conformance.Failed, junit.StatusError: conformance.CouldNotRun,
	}
	f := finding{Counts: make(map[conformance.Outcome]int)}
	for _, suite := range suites {
		for _, test := range suite.Tests {
			f.Counts[outcomes[test.Status]]++
			if test.Status == junit.StatusFailed {
				f.Failing = append(f.Failing, test.Name)
			}
		}
		totals := suite.Totals
		if totals.Tests != len(suite.Tests) {
			t.Errorf("suite %s says %d tests and has %d", suite.Name, totals.Tests, len(suite.Tests))
		}
	}
	f.Exit = exitOf(f.Counts)
	return f
}

func readSARIF(t *testing.T, data []byte) finding {
	t.Helper()
	log, err := sarif.FromBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	f := finding{Counts: make(map[conformance.Outcome]int)}
	for _, run := range log.Runs {
		for _, result := range run.Results {
			outcome := conformance.Failed
			switch {
			case len(result.Suppressions) > 0:
				outcome = conformance.Waived
			case result.Kind == "open":
				outcome = conformance.CouldNotRun
			case result.Level == "note":
				outcome = conformance.Passed
			}
			f.Counts[outcome]++
			if outcome == conformance.Failed {
				f.Failing = append(f.Failing, *result.RuleID)
			}
		}
		f.Exit = max(f.Exit, *run.Invocations[0].ExitCode)
	}
	return f
}

// readGitHub reads workflow commands as the runner does: a line each, a title,
// and a message whose percent-encoding is undone.
func readGitHub(t *testing.T, data []byte) finding {
	t.Helper()
	f := finding{Counts: make(map[conformance.Outcome]int)}
	for line := range strings.Lines(string(data)) {
		command, message, ok := strings.Cut(strings.TrimSuffix(line, "\n")[2:], "::")
		kind, title, titled := strings.Cut(command, " title=")
		if !strings.HasPrefix(line, "::") || !ok || !titled || message == "" || strings.ContainsAny(message, "\r\n") {
			t.Errorf("no workflow command: %q", line)
		}
		title = strings.NewReplacer("%3A", ":", "%2C", ",").Replace(title)
		name, rest, _ := strings.Cut(title, " (")
		outcome, _, _ := strings.Cut(rest, ",")
		want := map[conformance.Outcome]string{
			conformance.Failed: "error", conformance.CouldNotRun: "error", conformance.Waived: "warning", conformance.Passed: "notice",
		}[conformance.Outcome(outcome)]
		if kind != want {
			t.Errorf("%s is a %q, want %q", title, kind, want)
		}
		f.Counts[conformance.Outcome(outcome)]++
		if outcome == string(conformance.Failed) {
			f.Failing = append(f.Failing, name)
		}
	}
	f.Exit = exitOf(f.Counts)
	return f
}

// readMarkdown has the report turned into HTML, and reads the rows of all cases
// and the headings.
func readMarkdown(t *testing.T, data []byte) finding {
	t.Helper()
	var out bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert(data, &out); err != nil {
		t.Fatal(err)
	}
	root := parseHTML(t, out.Bytes())
	f := finding{Counts: make(map[conformance.Outcome]int)}
	var heading string
	for node := range root.Descendants() {
		switch {
		case isElement(node, "h2"):
			heading = textOf(node)
		case isElement(node, "h3") && heading == "Failed":
			f.Failing = append(f.Failing, textOf(node))
		case isElement(node, "tr") && strings.HasPrefix(textOf(node), "all"):
			cells := elements(node, "td")
			for i, outcome := range conformance.Outcomes() {
				f.Counts[outcome] += number(t, textOf(cells[i+1]))
			}
		}
	}
	f.Exit = exitOf(f.Counts)
	return f
}

func readHTML(t *testing.T, data []byte) finding {
	t.Helper()
	root := parseHTML(t, data)
	f := finding{Counts: make(map[conformance.Outcome]int)}
	for _, node := range elements(root, "details") {
		class := attribute(node, "class")
		outcome, isCase := strings.CutPrefix(class, "case ")
		if !isCase {
			continue
		}
		o := conformance.Outcome(strings.ReplaceAll(outcome, "-", " "))
		f.Counts[o]++
		if o == conformance.Failed {
			f.Failing = append(f.Failing, attribute(node, "data-name"))
		}
	}
	if got := len(elements(root, "script")); got != 1 {
		t.Errorf("%d scripts, want the page's own only", got)
	}
	for node := range root.Descendants() {
		for _, a := range node.Attr {
			if (a.Key == "src" || a.Key == "href") && strings.HasPrefix(a.Val, "http") {
				t.Errorf("the page asks for %s", a.Val)
			}
		}
	}
	f.Exit = exitOf(f.Counts)
	return f
}

// readText reads the summaries and the headings.
func readText(t *testing.T, data []byte) finding {
	t.Helper()
	f := finding{Counts: make(map[conformance.Outcome]int)}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "FAILED "); ok {
			f.Failing = append(f.Failing, name)
		}
		_, sum, ok := strings.Cut(line, " cases = ")
		if !ok {
			continue
		}
		sum, _, _ = strings.Cut(sum, ";")
		for part := range strings.SplitSeq(sum, " + ") {
			count, outcome, _ := strings.Cut(part, " ")
			f.Counts[conformance.Outcome(outcome)] += number(t, count)
		}
	}
	f.Exit = exitOf(f.Counts)
	return f
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func parseHTML(t *testing.T, data []byte) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func isElement(node *html.Node, name string) bool {
	return node.Type == html.ElementNode && node.Data == name
}

func elements(root *html.Node, name string) []*html.Node {
	var found []*html.Node
	for node := range root.Descendants() {
		if isElement(node, name) {
			found = append(found, node)
		}
	}
	return found
}

func textOf(root *html.Node) string {
	var b strings.Builder
	for node := range root.Descendants() {
		if node.Type == html.TextNode {
			b.WriteString(node.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

func attribute(node *html.Node, key string) string {
	i := slices.IndexFunc(node.Attr, func(a html.Attribute) bool { return a.Key == key })
	if i < 0 {
		return fmt.Sprintf("no %s", key)
	}
	return node.Attr[i].Val
}
