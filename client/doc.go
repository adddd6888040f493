// Package client calls the Log Tank Service: groups, streams, records,
// transfers, logtanks and tokens, in the terms of package [lts].
//
// # Quick start
//
//	c, err := client.New("https://lts.region.example.com", projectID,
//		client.WithPassword(client.Password{User: "name", Domain: "account", Password: secret}))
//	if err != nil {
//		return err
//	}
//	group, err := c.Groups.Create(ctx, lts.GroupSpec{Name: "web", TTLDays: 7})
//	...
//	stream, err := c.Streams.Create(ctx, group.ID, lts.StreamSpec{Name: "access"})
//	...
//	w := c.Records.Writer(stream, client.WriterOptions{Labels: map[string]string{"host": "a"}})
//	err = w.Add(ctx, lts.NewRecord{Content: "GET /login 500"})
//	...
//	err = w.Close(ctx)
//	...
//	for record, err := range c.Records.Query(ctx, client.Query{Stream: stream, Keywords: "login"}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(record.Content)
//	}
//
// # Who calls
//
// One option of [New] says who calls: a password, of which the client makes
// tokens by itself ([WithPassword]), a token ([WithToken]), a function that has
// tokens ([WithTokenSource]), a pair of keys that signs requests
// ([WithAccessKey]), or the environment ([WithEnvironment]).
//
// # Errors
//
// An answer that is not a success is an [Error] with status, code, message and
// the ID of the request. It wraps the row of the error table:
//
//	if errors.Is(err, lts.ErrGroupExists) { ... }
//
// [ErrNotFound] matches whatever is missing, however the service says it.
//
// # Repeating
//
// A throttled request (429) is sent again. One that met an unavailable service
// (502, 503, 504), a slow one or a cut connection is sent again only where twice
// does no more than once: not when it creates something or writes records. A
// [Writer] repeats them all the same, and says what that means. [RetryPolicy] has
// the waits; Retry-After and the context of the call are honoured. A deletion
// that is repeated and finds nothing has succeeded.
//
// # Logs, metrics, traces
//
// [WithHook] is told of every attempt. [WithTransport] takes the transport of a
// tracing library: with OpenTelemetry,
//
//	client.WithTransport(otelhttp.NewTransport(http.DefaultTransport))
//
// makes a span of every request. This package depends on no such library.
package client
