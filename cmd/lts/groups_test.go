package main

import (
	"strings"
	"testing"
)

func TestGroups(t *testing.T) {
	loggedIn(t)
	var log strings.Builder
	for _, args := range [][]string{
		{"groups", "list"},
		{"groups", "list", "-o", "json"},
		{"groups", "create", "web"},
		{"groups", "create", "shop", "--ttl", "30", "--tag", "team=shop", "-o", "json"},
		{"groups", "list"},
		{"groups", "ls", "-o", "raw"},
		{"groups", "show", "shop", "-o", "jsonl"},
		{"groups", "update", "web", "--ttl", "14"},
		{"groups", "update", "shop", "--tag", "team=web", "-o", "json"},
		{"groups", "delete", "web", "--dry-run"},
		{"groups", "delete", "web"},
		{"groups", "list", "-o", "json"},
	} {
		log.WriteString("$ lts " + strings.Join(args, " ") + "\n" + mustRun(t, args...))
	}
	wantGolden(t, "groups.txt", log.String())
}

func TestAGroupIsFoundByItsID(t *testing.T) {
	loggedIn(t)
	id := strings.TrimSpace(mustRun(t, "groups", "create", "web", "-o", "raw"))
	if got := mustRun(t, "groups", "show", id, "-o", "raw"); strings.TrimSpace(got) != id {
		t.Errorf("lts groups show %s -o raw: %q, want the same", id, got)
	}
}

func TestGroupsThatFail(t *testing.T) {
	loggedIn(t)
	mustRun(t, "groups", "create", "web")
	mustRun(t, "streams", "create", "web/access")
	tests := map[string]refusal{
		"name taken": {
			[]string{"groups", "create", "web"}, exitBroken,
			"lts: CreateLogGroup: 400 LTS.0101: Failed to create log group, the group name has been existed (request ID); lts groups list shows it\n",
		},
		"misspelt name": {
			[]string{"groups", "show", "wep"}, exitBroken, "lts: there is no group \"wep\"; did you mean web?\n",
		},
		"name like none": {
			[]string{"groups", "update", "payments", "--ttl", "3"}, exitBroken,
			"lts: there is no group \"payments\"; lts groups list shows those that there are\n",
		},
		"nothing to change": {
			[]string{"groups", "update", "web"}, exitBroken, "lts: one of --ttl and --tag is needed\n",
		},
		"days that are no number": {
			[]string{"groups", "create", "a", "--ttl", "abc"}, exitBroken, "lts: --ttl: \"abc\" is not a whole number\n",
		},
		"days beyond all numbers": {
			[]string{"groups", "create", "a", "--ttl", "99999999999999999999"}, exitBroken, "lts: --ttl: \"99999999999999999999\" is too large or too small\n",
		},
		"neither true nor false": {
			[]string{"groups", "delete", "web", "--yes=perhaps"}, exitBroken, "lts: --yes: \"perhaps\" is not true or false\n",
		},
		"tag without a value": {
			[]string{"groups", "create", "a", "--tag", "team"}, exitBroken, "lts: --tag: \"team\" is not key=value\n",
		},
		"tag twice": {
			[]string{"groups", "create", "a", "--tag", "a=1", "--tag", "a=2"}, exitBroken, "lts: --tag: \"a\" is given twice\n",
		},
		"no name": {
			[]string{"groups", "show"}, exitBroken, "lts: 0 arguments given; the usage is: lts groups show GROUP [flags]\n",
		},
		"format that there is not": {
			[]string{"groups", "list", "-o", "jsn"}, exitBroken,
			"lts: --output: \"jsn\" is not one of table, json, jsonl, raw; did you mean json?\n",
		},
		"verb that there is not": {
			[]string{"groups", "lits"}, exitBroken, "lts: unknown command \"lits\" for \"lts groups\"; did you mean list?\n",
		},
		"deletion of several things": {
			[]string{"groups", "delete", "web"}, exitBroken,
			"lts: this would delete group web with 1 stream, and nobody can be asked; --yes deletes without asking, --dry-run only looks\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, tt.check)
	}
	if got := mustRun(t, "streams", "list", "web", "-o", "raw"); got == "" {
		t.Error("the group has lost its stream, want it kept by what failed")
	}
}

func TestDeletionOfSeveralThingsAsks(t *testing.T) {
	loggedIn(t)
	mustRun(t, "groups", "create", "web")
	mustRun(t, "streams", "create", "web/access")
	const question = "Delete group web with 1 stream? [y/N] "
	for _, tt := range []struct {
		name, answer string
		status       int
		want         string
		left         bool
	}{
		{"no", "n", exitFailed, question + "n\nlts: nothing was deleted\n", true},
		{"nothing", "", exitFailed, question + "\nlts: nothing was deleted\n", true},
		{"yes", "y", 0, question + "y\ndeleted group web with 1 stream\n", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, shown := newConsole(t).run(t, [][2]string{{question, tt.answer}}, "groups", "delete", "web")
			if status != tt.status || shown != tt.want {
				t.Errorf("lts groups delete web, answered with %q: %d, %q; want %d, %q", tt.answer, status, shown, tt.status, tt.want)
			}
			if left := mustRun(t, "groups", "list", "-o", "raw") != ""; left != tt.left {
				t.Errorf("the group is there: %t, want %t", left, tt.left)
			}
		})
	}
}

func TestYesDeletesWithoutAsking(t *testing.T) {
	loggedIn(t)
	mustRun(t, "groups", "create", "web")
	mustRun(t, "groups", "create", "shop")
	mustRun(t, "groups", "delete", "web", "shop", "--yes")
	if got := mustRun(t, "groups", "list", "-o", "raw"); got != "" {
		t.Errorf("groups that are left: %q, want none", got)
	}
}

func TestWrongCredentialsOfTheEnvironment(t *testing.T) {
	s := loggedIn(t)
	t.Setenv("LTS_ENDPOINT", s.url)
	t.Setenv("LTS_PROJECT_ID", "0123456789abcdef0123456789abcdef")
	t.Setenv("LTS_TOKEN", "none")
	refusal{
		[]string{"groups", "list"}, exitBroken,
		"lts: ListLogGroups: 401 LTS.0003: Invalid token (request ID); the credentials come from the environment, because LTS_ENDPOINT is set; --profile chooses a profile\n",
	}.check(t)
	mustRun(t, "groups", "list", "--profile", "dev")
}
