package main

import (
	"strings"
	"testing"
)

const listener = "3b1d2f4a-5c6e-4f70-8192-a3b4c5d6e7f8"

func TestLogtanks(t *testing.T) {
	loggedIn(t)
	mustRun(t, "groups", "create", "web")
	mustRun(t, "streams", "create", "web/access")
	mustRun(t, "streams", "create", "web/error")
	id := strings.TrimSpace(mustRun(t, "logtanks", "create", "web/access", "--resource", listener, "--wait", "-o", "raw"))
	var log strings.Builder
	for _, args := range [][]string{
		{"logtanks", "list"},
		{"logtanks", "show", id, "-o", "json"},
		{"logtanks", "update", id, "web/error"},
		{"logtanks", "delete", id, "--dry-run"},
		{"logtanks", "delete", id},
		{"logtanks", "ls", "-o", "raw"},
	} {
		log.WriteString("$ lts " + strings.Join(args, " ") + "\n" + mustRun(t, args...))
	}
	wantGolden(t, "logtanks.txt", log.String())
}

func TestLogtanksThatFail(t *testing.T) {
	loggedIn(t)
	mustRun(t, "groups", "create", "web")
	mustRun(t, "streams", "create", "web/access")
	tests := map[string]refusal{
		"no resource": {
			[]string{"logtanks", "create", "web/access"}, exitBroken, "lts: --resource is missing: ID of the listener\n",
		},
		"logtank that there is not": {
			[]string{"logtanks", "show", listener}, exitBroken, "lts: ShowLogtank: 404 GA.9002: Not found: ID (request ID)\n",
		},
		"stream that there is not": {
			[]string{"logtanks", "update", listener, "web/acces"}, exitBroken, "lts: there is no stream \"acces\"; did you mean access?\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, tt.check)
	}
}
