package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/ltskit/ltskit/conformance"
)

//go:embed report.html.tmpl
var pageText string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"sections": func(r *conformance.Report) []section { return sections(r.Results) },
	"outcomes": conformance.Outcomes,
	"verdict":  verdict,
	"pretty":   pretty,
	"statusText": func(status int) string {
		return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
	},
	"round": func(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) },
	"class": func(outcome conformance.Outcome) string { return strings.ReplaceAll(string(outcome), " ", "-") },
	"short": func(r conformance.Result, section string) string {
		return strings.Replace(r.Name, section+"/", "", 1)
	},
	"told":    told,
	"headers": headers,
	"percent": func(s conformance.Section) int { return 100 * s.Reached() / max(1, len(s.Parts)) },
	"percentOf": func(n, all int) string {
		return fmt.Sprintf("%.2f%%", 100*float64(n)/float64(max(1, all)))
	},
}).Parse(pageText))

// maxTold bounds the exchanges of a passed case that the page shows.
const maxTold = 8

// told are the exchanges of a result that the page shows: all of those of a
// case that a person has to look at, the first ones of others.
func told(r conformance.Result) []*conformance.Exchange {
	if r.Outcome == conformance.Passed && len(r.Problems) == 0 && len(r.Exchanges) > maxTold {
		return r.Exchanges[:maxTold]
	}
	return r.Exchanges
}

// headers are those of an answer, a line each, where a person has to look at the
// case: the others need none.
func headers(r conformance.Result, header http.Header) (string, error) {
	if r.Outcome == conformance.Passed && len(r.Problems) == 0 {
		return "", nil
	}
	var out bytes.Buffer
	err := header.Write(&out)
	return out.String(), err
}

// writeHTML writes one page that needs nothing else: every case with its
// requests and answers, what differs, who says so, and how to see it again.
func writeHTML(w io.Writer, runs []*conformance.Report) error {
	return page.Execute(w, struct {
		Runs       []*conformance.Report
		ExitStatus int
	}{runs, conformance.ExitStatus(runs...)})
}

// pretty indents a body that is JSON.
func pretty(body string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(body), "", "  ") != nil {
		return body
	}
	return out.String()
}
