package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/ltskit/ltskit/conformance"
)

// writeGitHub writes a workflow command for each result that a person has to
// look at: errors for what failed or could not run, warnings for what is
// waived, notices for problems of level should.
func writeGitHub(w io.Writer, runs []*conformance.Report) error {
	var b strings.Builder
	for _, r := range runs {
		for _, result := range r.Results {
			command, message := "", explain(result)
			switch {
			case result.Outcome == conformance.Failed:
				command = "error"
			case result.Outcome == conformance.CouldNotRun:
				command, message = "error", result.Reason
			case result.Outcome == conformance.Waived:
				command, message = "warning", result.Reason
			case len(result.Problems) > 0:
				command = "notice"
			default:
				continue
			}
			title := fmt.Sprintf("%s (%s, edition %s)", result.Name, result.Outcome, r.Edition)
			fmt.Fprintf(&b, "::%s title=%s::%s\n", command, githubProperty(title), githubText(message))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func githubText(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func githubProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
