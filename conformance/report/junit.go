package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ltskit/ltskit/conformance"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"` // seconds
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	Time      string        `xml:"time,attr"`
	Failure   *junitMessage `xml:"failure"`
	Error     *junitMessage `xml:"error"`
	Skipped   *junitMessage `xml:"skipped"`
	Out       string        `xml:"system-out,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes a suite for each edition and operation. What failed is a
// failure, what could not run an error; what is waived or not supported is
// skipped, with the reason.
func writeJUnit(w io.Writer, runs []*conformance.Report) error {
	var suites junitSuites
	var total time.Duration
	for _, r := range runs {
		for _, s := range sections(r.Results) {
			suite := junitSuiteOf(r.Edition, s)
			suites.Tests += suite.Tests
			suites.Failures += suite.Failures
			suites.Errors += suite.Errors
			suites.Skipped += suite.Skipped
			suites.Suites = append(suites.Suites, suite)
		}
		total += r.Took
	}
	suites.Time = seconds(total)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", " ")
	if err := encoder.Encode(suites); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitSuiteOf(edition string, s section) junitSuite {
	suite := junitSuite{
		Name: edition + "/" + s.Name, Tests: len(s.Results),
		Failures: s.Count(conformance.Failed), Errors: s.Count(conformance.CouldNotRun),
		Skipped: s.Count(conformance.Waived) + s.Count(conformance.NotSupported),
	}
	var total time.Duration
	for _, r := range s.Results {
		total += r.Took
		suite.Cases = append(suite.Cases, junitCaseOf(suite.Name, r))
	}
	suite.Time = seconds(total)
	return suite
}

func junitCaseOf(suite string, r conformance.Result) junitCase {
	c := junitCase{Name: r.Name, ClassName: strings.ReplaceAll(suite, "/", "."), Time: seconds(r.Took)}
	switch r.Outcome {
	case conformance.Failed:
		c.Failure = &junitMessage{Message: summary(r), Type: string(conformance.Must), Text: xmlText(explain(r))}
	case conformance.CouldNotRun:
		c.Error = &junitMessage{Message: xmlText(r.Reason), Type: string(r.Outcome)}
	case conformance.Waived, conformance.NotSupported:
		c.Skipped = &junitMessage{Message: xmlText(string(r.Outcome) + ": " + r.Reason)}
	case conformance.Passed:
		if len(r.Problems) > 0 {
			c.Out = xmlText(explain(r))
		}
	}
	return c
}

// summary is one line about a failed result.
func summary(r conformance.Result) string {
	for _, p := range r.Problems {
		if p.Level == conformance.Must {
			return xmlText(p.String())
		}
	}
	return string(r.Outcome)
}

// xmlText replaces what XML cannot hold. encoding/xml would do so too, with a
// character that tells nothing.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' {
			return 0x2400 + r // the control picture of it
		}
		return r
	}, s)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
