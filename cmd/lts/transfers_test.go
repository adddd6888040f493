package main

import (
	"strings"
	"testing"
)

func TestTransfers(t *testing.T) {
	loggedIn(t)
	mustRun(t, "groups", "create", "web")
	mustRun(t, "streams", "create", "web/access")
	mustRun(t, "streams", "create", "web/error")
	mustRun(t, "streams", "create", "web/slow")
	id := strings.TrimSpace(mustRun(t, "transfers", "create", "web/access", "web/error", "--bucket", "lts-test", "--period", "5min", "-o", "raw"))
	var log strings.Builder
	for _, args := range [][]string{
		{"transfers", "list"},
		{"transfers", "create", "web/slow", "--bucket", "lts-test", "--format", "json", "--disabled"},
		{"transfers", "ls", "--stream", "error", "-o", "json"},
		{"transfers", "show", id},
		{"transfers", "update", id, "--period", "30min", "--prefix", "p", "--dir", "logs"},
		{"transfers", "update", id, "--disable"},
		{"transfers", "update", id, "--enable", "--format", "JSON", "--bucket", "lts-test", "-o", "jsonl"},
		{"transfers", "delete", id, "--dry-run"},
		{"transfers", "delete", id},
		{"transfers", "list", "--group", "web"},
	} {
		log.WriteString("$ lts " + strings.Join(args, " ") + "\n" + mustRun(t, args...))
	}
	wantGolden(t, "transfers.txt", log.String())
}

func TestTransfersThatFail(t *testing.T) {
	loggedIn(t)
	mustRun(t, "groups", "create", "web")
	mustRun(t, "groups", "create", "shop")
	mustRun(t, "streams", "create", "web/access")
	mustRun(t, "streams", "create", "shop/orders")
	tests := map[string]refusal{
		"bucket that there is not": {
			[]string{"transfers", "create", "web/access", "--bucket", "none"}, exitBroken,
			"lts: CreateOBSTransfer: 400 LTS.0416: obs bucket does not exist: none (request ID)\n",
		},
		"period without a unit": {
			[]string{"transfers", "create", "web/access", "--bucket", "lts-test", "--period", "5"}, exitBroken,
			"lts: --period: \"5\" is not a period such as 5min or 1hour\n",
		},
		"no bucket": {
			[]string{"transfers", "create", "web/access"}, exitBroken, "lts: --bucket is missing: name of the bucket that it writes to\n",
		},
		"streams of two groups": {
			[]string{"transfers", "create", "web/access", "shop/orders", "--bucket", "lts-test"}, exitBroken,
			"lts: the streams of a transfer are all of one group\n",
		},
		"transfer that there is not": {
			[]string{"transfers", "show", "none"}, exitBroken,
			"lts: there is no transfer \"none\"; lts transfers list shows those that there are\n",
		},
		"on and off": {
			[]string{"transfers", "update", "none", "--enable", "--disable"}, exitBroken,
			"lts: --enable and --disable exclude each other\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, tt.check)
	}
}

func TestAGroupInATransferIsKept(t *testing.T) {
	loggedIn(t)
	mustRun(t, "groups", "create", "web")
	mustRun(t, "streams", "create", "web/access")
	mustRun(t, "transfers", "create", "web/access", "--bucket", "lts-test")
	refusal{
		[]string{"groups", "delete", "web", "-y"}, exitBroken,
		"lts: group web with 1 stream: DeleteLogGroup: 400 LTS.0105: Log group is associated by transfer (request ID); lts transfers list shows the transfer\n",
	}.check(t)
}
