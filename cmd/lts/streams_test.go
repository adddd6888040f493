package main

import (
	"strings"
	"testing"
)

func TestStreams(t *testing.T) {
	loggedIn(t)
	mustRun(t, "groups", "create", "web")
	mustRun(t, "groups", "create", "shop")
	var log strings.Builder
	for _, args := range [][]string{
		{"streams", "list", "web"},
		{"streams", "create", "web/access"},
		{"streams", "create", "web/error", "--ttl", "3", "-o", "json"},
		{"streams", "create", "shop/orders"},
		{"streams", "list", "web"},
		{"streams", "list"},
		{"streams", "ls", "web", "-o", "raw"},
		{"streams", "show", "web/access"},
		{"streams", "update", "web/access", "--ttl", "5"},
		{"streams", "delete", "web/access"},
		{"streams", "delete", "web/error", "shop/orders", "--dry-run"},
		{"streams", "delete", "web/error", "shop/orders", "--yes"},
		{"streams", "list", "-o", "json"},
	} {
		log.WriteString("$ lts " + strings.Join(args, " ") + "\n" + mustRun(t, args...))
	}
	wantGolden(t, "streams.txt", log.String())
}

func TestStreamsThatFail(t *testing.T) {
	loggedIn(t)
	mustRun(t, "groups", "create", "web")
	mustRun(t, "streams", "create", "web/access")
	tests := map[string]refusal{
		"name taken": {
			[]string{"streams", "create", "web/access"}, exitBroken,
			"lts: CreateLogStream: 400 LTS.0205: The log stream name has been existed (request ID); lts streams list shows it\n",
		},
		"misspelt stream": {
			[]string{"streams", "show", "web/acess"}, exitBroken, "lts: there is no stream \"acess\"; did you mean access?\n",
		},
		"misspelt group": {
			[]string{"streams", "delete", "wep/access"}, exitBroken, "lts: there is no group \"wep\"; did you mean web?\n",
		},
		"stream like none": {
			[]string{"streams", "show", "web/orders"}, exitBroken,
			"lts: there is no stream \"orders\"; lts streams list web shows those that there are\n",
		},
		"no group": {
			[]string{"streams", "show", "access"}, exitBroken, "lts: \"access\" is not GROUP/STREAM, such as web/access\n",
		},
		"lifetime out of range": {
			[]string{"streams", "update", "web/access", "--ttl", "0"}, exitBroken,
			"lts: UpdateLogStreamTTL: 400 LTS.0009: Failed to validate the request body; /ttl_in_days: must be at least 1 (request ID)\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, tt.check)
	}
}
