package client_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/conformance/clientcheck"
	"github.com/ltskit/ltskit/lts"
)

// The client keeps the contract in every scenario, whoever calls and whatever
// the edition, and calls every operation.
func TestConformance(t *testing.T) {
	for name, options := range map[string]clientcheck.Options{
		"password":              {Auth: clientcheck.Password},
		"token":                 {Auth: clientcheck.Token},
		"signature":             {Auth: clientcheck.AccessKey},
		"password, one by one":  {Auth: clientcheck.Password, Parallelism: 1},
		"password, in 2024-03":  {Auth: clientcheck.Password, Edition: "2024-03"},
		"signature, in 2022-08": {Auth: clientcheck.AccessKey, Edition: "2022-08"},
	} {
		t.Run(name, func(t *testing.T) {
			r := check(t, driver{}, options)
			r.Tell(t)
			for _, part := range r.Coverage.Operations {
				if !part.Reached && (options.Auth == clientcheck.Password || part.Name != "CreateToken") {
					t.Errorf("%s: %s", part.Name, part.Why)
				}
			}
		})
	}
}

// A use calls an operation of the client.
type use struct {
	operation string
	call      func(context.Context, *client.Client, clientcheck.Session) error
}

// uses call every operation. They need nothing of each other: a session has a
// group, a stream, a transfer and a logtank.
var uses = []use{
	{"CreateToken", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		_, err := c.Tokens.Create(ctx, lts.Credentials{
			UserName: s.User, Password: s.Password, Domain: lts.Reference{Name: s.Domain}, ProjectScope: &lts.Reference{ID: s.ProjectID},
		})
		return err
	}},
	{"ListProjects", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		_, err := c.Tokens.Projects(ctx, "a project & more")
		return err
	}},
	{"ListDomains", func(ctx context.Context, c *client.Client, _ clientcheck.Session) error {
		_, err := c.Tokens.Domains(ctx)
		return err
	}},
	{"CreateLogGroup", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		group, err := c.Groups.Create(ctx, groupSpec)
		return want(err, "group", group.ID, s.GroupID)
	}},
	{"ListLogGroups", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		groups, err := c.Groups.List(ctx)
		return want(err, "groups", fmt.Sprint(len(groups), " ", firstOf(groups).ID), "1 "+s.GroupID)
	}},
	{"UpdateLogGroup", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		group, err := c.Groups.Update(ctx, s.GroupID, lts.GroupChange{TTLDays: 7})
		return want(err, "group", group.ID, s.GroupID)
	}},
	{"DeleteLogGroup", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		return c.Groups.Delete(ctx, s.GroupID)
	}},
	{"CreateLogStream", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		stream, err := c.Streams.Create(ctx, s.GroupID, lts.StreamSpec{Name: "access", TTLDays: 7})
		return want(err, "stream", stream.ID, s.StreamID)
	}},
	{"ListLogStreams", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		streams, err := c.Streams.List(ctx, s.GroupID)
		return want(err, "streams", fmt.Sprint(len(streams), " ", firstOf(streams).ID), "1 "+s.StreamID)
	}},
	{"DeleteLogStream", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		return c.Streams.Delete(ctx, s.GroupID, s.StreamID)
	}},
	{"UpdateLogStreamTTL", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		stream, err := c.Streams.Update(ctx, s.GroupID, s.StreamID, lts.StreamChange{TTLDays: 7})
		return want(err, "stream", stream.ID, s.StreamID)
	}},
	{"ListProjectLogStreams", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		streams, err := c.Streams.ListAll(ctx, lts.StreamFilter{GroupName: "web & shop", StreamName: "access/1"})
		return want(err, "streams", fmt.Sprint(len(streams), " ", firstOf(streams).ID), "1 "+s.StreamID)
	}},
	{"ListLogs", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		at := time.Unix(0, s.TimeNS)
		query := client.Query{Stream: streamOf(s), From: at.Add(-time.Second), To: at.Add(time.Second), Keywords: "log", PageSize: 4}
		records, err := collect(c.Records.Query(ctx, query))
		if err := want(err, "records", fmt.Sprint(len(records), " ", firstOf(records).LineNum), fmt.Sprint("10 ", s.TimeNS)); err != nil {
			return err
		}
		query.Descending = true
		records, err = collect(c.Records.Query(ctx, query))
		if err := want(err, "records, newest first", fmt.Sprint(len(records), " ", firstOf(records).LineNum), fmt.Sprint("10 ", s.TimeNS+9)); err != nil {
			return err
		}
		count, err := c.Records.Count(ctx, query)
		return want(err, "count", count, 10)
	}},
	{"ListLogContext", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		around, err := c.Records.Context(ctx, streamOf(s), s.TimeNS+4, 2, 3)
		return want(err, "records around the fifth", fmt.Sprint(len(around.Records), around.Before, around.After), "6 2 3")
	}},
	{"CountKeyword", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		at := time.Unix(0, s.TimeNS)
		_, err := c.Records.Histogram(ctx, client.Query{Stream: streamOf(s), From: at.Add(-time.Second), To: at.Add(time.Second), Keywords: "log"}, time.Second)
		return err
	}},
	{"ReportLogs", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		return c.Records.WriteLines(ctx, streamOf(s), map[string]string{"host": "a"}, s.TimeNS, "GET / 200", "GET /login 500")
	}},
	{"ReportLogsHighAccuracy", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		return c.Records.Write(ctx, streamOf(s), map[string]string{"host": "a"}, lts.NewRecord{TimeNS: s.TimeNS, Content: "GET / 200"})
	}},
	{"CreateOBSTransfer", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		transfer, err := c.Transfers.Create(ctx, lts.TransferSpec{
			GroupID: s.GroupID, StreamIDs: []string{s.StreamID}, Bucket: s.Bucket, Period: fiveMinutes, Prefix: "prefix",
		})
		return want(err, "transfer", transfer.ID, s.TransferID)
	}},
	{"ListTransfers", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		transfers, err := collect(c.Transfers.All(ctx, lts.TransferFilter{GroupName: "web & shop", Limit: 5}))
		return want(err, "transfer", firstOf(transfers).ID, s.TransferID)
	}},
	{"UpdateTransfer", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		off := false
		transfer, err := c.Transfers.Update(ctx, s.TransferID, lts.TransferChange{Enabled: &off})
		return want(err, "transfer", fmt.Sprint(transfer.ID, transfer.Enabled), s.TransferID+"false")
	}},
	{"DeleteTransfer", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		transfer, err := c.Transfers.Delete(ctx, s.TransferID)
		return want(err, "transfer", transfer.ID, s.TransferID)
	}},
	{"CreateLogtank", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		tank, err := c.Logtanks.Create(ctx, lts.LogtankSpec{
			ResourceType: "LISTENER", ResourceID: listenerSpec.ResourceID, GroupID: s.GroupID, StreamID: s.StreamID,
		})
		return want(err, "logtank", tank.ID, s.LogtankID)
	}},
	{"ListLogtanks", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		tanks, err := collect(c.Logtanks.All(ctx))
		return want(err, "logtank", firstOf(tanks).ID, s.LogtankID)
	}},
	{"ShowLogtank", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		tank, err := c.Logtanks.Get(ctx, s.LogtankID)
		return want(err, "logtank", tank.ID, s.LogtankID)
	}},
	{"UpdateLogtank", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		tank, err := c.Logtanks.Update(ctx, s.LogtankID, s.GroupID, s.StreamID)
		return want(err, "logtank", tank.ID, s.LogtankID)
	}},
	{"DeleteLogtank", func(ctx context.Context, c *client.Client, s clientcheck.Session) error {
		return c.Logtanks.Delete(ctx, s.LogtankID)
	}},
}

func streamOf(s clientcheck.Session) lts.Stream {
	return lts.Stream{GroupID: s.GroupID, ID: s.StreamID}
}

func firstOf[T any](list []T) T {
	if len(list) == 0 {
		var zero T
		return zero
	}
	return list[0]
}

// want is the error of a call, or one for a result that is not as expected.
func want[T comparable](err error, what string, got, expected T) error {
	if err == nil && got != expected {
		return fmt.Errorf("%s: %v, want %v", what, got, expected)
	}
	return err
}

// A driver drives a client, which may have a fault.
type driver struct {
	transport func(http.RoundTripper, clientcheck.Session) http.RoundTripper // nil: as it is
	options   []client.Option
	called    func(call func() error) error // stands around every call; nil: nothing does
}

// run calls what a session is about.
func (d driver) run(dial func(context.Context, string, string) (net.Conn, error)) clientcheck.Driver {
	return func(ctx context.Context, s clientcheck.Session) error {
		transport := &http.Transport{DialContext: dial}
		defer transport.CloseIdleConnections()
		var through http.RoundTripper = transport
		if d.transport != nil {
			through = d.transport(transport, s)
		}
		c, err := client.New(s.Endpoint, s.ProjectID, append([]client.Option{
			client.WithTransport(through), client.WithTimeout(s.Timeout), identityOf(s),
		}, d.options...)...)
		if err != nil {
			return err
		}
		var failed []error
		for _, use := range uses {
			if s.Operation != "" && s.Operation != use.operation || use.operation == "CreateToken" && s.Auth != clientcheck.Password {
				continue
			}
			call := func() error { return use.call(ctx, c, s) }
			if d.called != nil {
				plain := call
				call = func() error { return d.called(plain) }
			}
			if err := call(); err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", use.operation, err))
			}
		}
		return errors.Join(failed...)
	}
}

func identityOf(s clientcheck.Session) client.Option {
	switch s.Auth {
	case clientcheck.AccessKey:
		return client.WithAccessKey(client.AccessKey{ID: s.AccessKey, Secret: s.SecretKey})
	case clientcheck.Token:
		return client.WithToken(s.Token)
	default:
		return client.WithPassword(client.Password{User: s.User, Domain: s.Domain, Password: s.Password})
	}
}

// check drives a client on a clock and a network of its own, on which waits take
// no time.
func check(t *testing.T, d driver, options clientcheck.Options) *conformance.Report {
	t.Helper()
	var r *conformance.Report
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		options.Listen = n.listen
		var err error
		if r, err = clientcheck.Run(t.Context(), d.run(n.dial), options); err != nil {
			t.Fatal(err)
		}
		// A request for a token goes on when its caller gives up, and tries again for
		// a minute.
		time.Sleep(2 * time.Minute) // on the clock of the bubble: it takes no time
	})
	return r
}

// A network is in memory.
type network struct {
	listeners chan map[string]*listener // one value: the lock
}

func newNetwork() *network {
	n := &network{make(chan map[string]*listener, 1)}
	n.listeners <- make(map[string]*listener)
	return n
}

func (n *network) listen(context.Context) (net.Listener, error) {
	all := <-n.listeners
	defer func() { n.listeners <- all }()
	l := &listener{address: fmt.Sprintf("service-%d.test:80", len(all)), connections: make(chan net.Conn), closed: make(chan struct{})}
	all[l.address] = l
	return l, nil
}

func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	all := <-n.listeners
	l := all[address]
	n.listeners <- all
	if l == nil {
		return nil, errors.New("nobody listens at " + address)
	}
	ours, theirs := net.Pipe()
	select {
	case l.connections <- theirs:
		return ours, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A listener takes connections of a network. It is its own address.
type listener struct {
	address     string
	connections chan net.Conn
	closed      chan struct{}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.connections:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	close(l.closed)
	return nil
}

func (l *listener) Addr() net.Addr { return l }
func (*listener) Network() string  { return "memory" }
func (l *listener) String() string { return l.address }
