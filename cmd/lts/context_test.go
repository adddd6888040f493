package main

import (
	"regexp"
	"strings"
	"testing"
)

func TestContext(t *testing.T) {
	newStream(t)
	mustRun(t, "write", "web/access", logFile(t, "one\ntwo\nthree\nfour\nfive\n"), "-l", "host=a")
	numbered := mustRun(t, "query", "web/access", "three", "--line-num")
	lineNum := regexp.MustCompile(`^\d{19}`).FindString(numbered)
	if lineNum == "" {
		t.Fatalf("lts query --line-num: %q, want the number of the record before its time", numbered)
	}
	var log strings.Builder
	for _, args := range [][]string{
		{"context", "web/access", lineNum},
		{"context", "web/access", lineNum, "-B", "1", "-A", "0", "-o", "raw"},
		{"context", "web/access", lineNum, "--before", "0", "--after", "1", "-o", "json"},
		{"context", "web/access", lineNum, "-B", "1", "-A", "1", "--line-num"},
		{"context", "web/access", lineNum, "-B", "1", "-A", "0", "--color", "always"},
	} {
		log.WriteString("$ lts " + strings.Join(args, " ") + "\n" + mustRun(t, args...))
	}
	wantGolden(t, "context.txt", strings.ReplaceAll(log.String(), "\x1b", "ESC"))
}

func TestContextsThatFail(t *testing.T) {
	newStream(t)
	for name, tt := range map[string]refusal{
		"no number": {
			[]string{"context", "web/access", "three"}, exitBroken,
			"lts: \"three\" is no line number; lts query --line-num shows those of the records that it finds\n",
		},
		"too many": {
			[]string{"context", "web/access", "1", "-A", "501"}, exitBroken, "lts: --after: 501 is not between 0 and 500\n",
		},
		"too few": {
			[]string{"context", "web/access", "1", "--before", "-1"}, exitBroken, "lts: --before: -1 is not between 0 and 500\n",
		},
		"no line number": {
			[]string{"context", "web/access"}, exitBroken,
			"lts: 1 argument given; the usage is: lts context GROUP/STREAM LINE_NUM [flags]\n",
		},
		"misspelt stream": {
			[]string{"context", "web/acess", "1"}, exitBroken, "lts: there is no stream \"acess\"; did you mean access?\n",
		},
	} {
		t.Run(name, tt.check)
	}
}
