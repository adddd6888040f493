package conformance_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server/embedded"
)

// A liberty is what the documents leave to an implementation: a server that
// takes it keeps the contract, and no case may fail.
type liberty struct {
	name     string
	response func(*http.Request, *answer)
	wrap     func(http.Handler) http.Handler
}

func liberties() []liberty {
	return []liberty{
		{name: "JSON in many lines, with other escapes", response: func(_ *http.Request, a *answer) { a.body = otherText(a.body) }},
		{name: "other headers, each in small letters", response: otherHeaders},
		{name: "answers in pieces, each connection for one of them", wrap: inPieces},
		{name: "lists in another order", response: func(_ *http.Request, a *answer) { a.edit(otherOrder) }},
		{name: "other words in messages", response: otherWords},
		{name: "behind a path of a gateway", wrap: func(inner http.Handler) http.Handler { return http.StripPrefix("/gateway/lts", inner) }},
	}
}

func TestLibertiesAreNoFaults(t *testing.T) {
	inner := startServer(t, openapi.Latest)
	for _, l := range liberties() {
		t.Run(l.name, func(t *testing.T) {
			handler := http.Handler(&faulty{inner: inner, response: l.response})
			if l.wrap != nil {
				handler = l.wrap(inner)
			}
			target := listen(t, handler)
			if strings.Contains(l.name, "gateway") {
				target.Endpoints.LTS += "/gateway/lts/"
				withoutKeys(&target.Account) // the path is signed, which this gateway changes
			}
			mustKeepTheContract(t, target)
		})
	}
}

func withoutKeys(account *conformance.Account) {
	account.AccessKey, account.OtherAccessKey, account.SuspendedAccessKey = "", "", ""
}

// mustKeepTheContract fails the test with every case that fails.
func mustKeepTheContract(t *testing.T, target conformance.Target) {
	t.Helper()
	target.Limits.Timeout = time.Minute // a busy machine is no finding
	report, err := conformance.Run(t.Context(), target, conformance.Options{Shuffle: true, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range report.Results {
		if result.Outcome == conformance.Failed || result.Outcome == conformance.CouldNotRun {
			t.Errorf("%s: %s %s %v", result.Name, result.Outcome, result.Reason, result.Problems)
		}
	}
}

// otherText writes JSON with members in another order, in several lines, with
// each letter beyond ASCII and each slash escaped.
func otherText(body []byte) []byte {
	var v any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&v) != nil {
		return body
	}
	text, err := json.MarshalIndent(v, " ", "\t")
	if err != nil {
		return body
	}
	var out strings.Builder
	for _, r := range string(text) {
		switch {
		case r == '/':
			out.WriteString(`\/`)
		case r < 0x80:
			out.WriteRune(r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&out, `\u%04X`, unit)
			}
		}
	}
	return []byte("\r\n" + out.String() + "\n")
}

func otherHeaders(_ *http.Request, a *answer) {
	plain := http.Header{"server": {"gateway"}, "strict-transport-security": {"max-age=1"}, "set-cookie": {"a=b", "c=d"}, "vary": {"*"}}
	for name, values := range a.header {
		plain[strings.ToLower(name)] = values
	}
	if len(a.header["Content-Type"]) > 0 {
		plain["content-type"] = []string{`Application/JSON;charset="UTF-8"`}
	}
	a.header = plain
}

// inPieces sends answers without their length and ends the connection.
func inPieces(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		inner.ServeHTTP(pieces{w}, r)
	})
}

type pieces struct{ http.ResponseWriter }

func (p pieces) Write(data []byte) (int, error) {
	written := 0
	for piece := range slices.Chunk(data, 7+len(data)/3) {
		n, err := p.ResponseWriter.Write(piece)
		written += n
		if err != nil {
			return written, err
		}
		if err := http.NewResponseController(p.ResponseWriter).Flush(); err != nil {
			return written, err
		}
	}
	return written, nil
}

func (p pieces) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// otherOrder sorts the lists whose order no document tells by the second half
// of what identifies their elements.
func otherOrder(o map[string]any) {
	for list, member := range map[string]string{
		"log_groups": "log_group_id", "log_streams": "log_stream_id", "log_transfers": "log_transfer_id", "projects": "id", "domains": "id",
	} {
		elements, _ := o[list].([]any)
		key := func(element any) string {
			object, _ := element.(map[string]any)
			id, _ := object[member].(string)
			return id[len(id)/2:]
		}
		slices.SortStableFunc(elements, func(a, b any) int { return cmp.Compare(key(a), key(b)) })
	}
}

// otherWords changes the messages of errors.
func otherWords(_ *http.Request, a *answer) {
	a.edit(func(o map[string]any) {
		for _, member := range []string{"error_msg", "errorMessage"} {
			if text, is := o[member].(string); is && a.status >= http.StatusBadRequest && text != "" {
				o[member] = "Sorry: " + text
			}
		}
		if keystone, is := o["error"].(map[string]any); is {
			keystone["message"] = fmt.Sprint("Sorry: ", keystone["message"])
		}
	})
}

// Other people use the project while the suite runs.
func TestOtherPeopleAreNoFaults(t *testing.T) {
	target := listen(t, startServer(t, openapi.Latest))
	target.Features = slices.DeleteFunc(slices.Clone(built), func(feature string) bool { return feature == conformance.FeatureQuotas })
	c, err := client.New(target.Endpoints.LTS, embedded.DevProjectID, client.WithPassword(client.Password{
		User: target.Account.User, Domain: target.Account.Domain, Password: target.Account.Password,
	}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var others sync.WaitGroup
	rounds := make([]int, 2)
	for i := range rounds {
		others.Go(func() {
			for ctx.Err() == nil {
				useTheService(ctx, t, c, fmt.Sprint("somebody-", i, "-", rounds[i]))
				rounds[i]++
			}
		})
	}
	mustKeepTheContract(t, target)
	stop()
	others.Wait()
	if slices.Contains(rounds, 0) {
		t.Errorf("rounds of the others: %v, want some of each", rounds)
	}
	left, err := c.Groups.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range left {
		if !strings.HasPrefix(group.Name, "somebody-") {
			t.Errorf("the run left %q behind", group.Name)
		}
	}
}

// useTheService makes a group with a stream, writes to it and deletes them.
func useTheService(ctx context.Context, t *testing.T, c *client.Client, name string) {
	fail := func(err error) bool {
		if err != nil && ctx.Err() == nil {
			t.Errorf("somebody else: %v", err)
		}
		return err != nil
	}
	group, err := c.Groups.Create(ctx, lts.GroupSpec{Name: name, TTLDays: 7})
	if fail(err) {
		return
	}
	stream, err := c.Streams.Create(ctx, group.ID, lts.StreamSpec{Name: name})
	if fail(err) {
		return
	}
	fail(c.Records.WriteLines(ctx, stream, map[string]string{"by": name}, time.Now().UnixNano(), "one", "two"))
	fail(c.Streams.Delete(ctx, group.ID, stream.ID))
	fail(c.Groups.Delete(ctx, group.ID))
}
