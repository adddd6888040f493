package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/server/embedded"
)

// exampleServer starts a server for an example. Programs have an address.
func exampleServer() (endpoint, projectID string, stop func()) {
	folder, err := os.MkdirTemp("", "lts-example")
	if err != nil {
		log.Fatal(err)
	}
	server, err := embedded.Open(context.Background(), embedded.Options{Data: folder, Directory: embedded.DevDirectory()})
	if err != nil {
		log.Fatal(err)
	}
	listener := httptest.NewServer(server)
	return listener.URL, embedded.DevProjectID, func() {
		listener.Close()
		if err := errors.Join(server.Close(), os.RemoveAll(folder)); err != nil {
			log.Print(err)
		}
	}
}

// exampleClient is a client with a stream, for examples of what follows.
func exampleClient() (c *client.Client, stream lts.Stream, stop func()) {
	endpoint, projectID, stop := exampleServer()
	c, err := client.New(endpoint, projectID, client.WithPassword(client.Password{User: "dev", Domain: "dev", Password: "dev"}))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	group, err := c.Groups.Create(ctx, lts.GroupSpec{Name: "web", TTLDays: 7})
	if err != nil {
		log.Fatal(err)
	}
	if stream, err = c.Streams.Create(ctx, group.ID, lts.StreamSpec{Name: "access"}); err != nil {
		log.Fatal(err)
	}
	return c, stream, stop
}

// From nothing to a record that is found.
func Example() {
	endpoint, projectID, stop := exampleServer()
	defer stop()
	ctx := context.Background()

	c, err := client.New(endpoint, projectID, client.WithPassword(client.Password{User: "dev", Domain: "dev", Password: "dev"}))
	if err != nil {
		log.Fatal(err)
	}
	group, err := c.Groups.Create(ctx, lts.GroupSpec{Name: "web", TTLDays: 7})
	if err != nil {
		log.Fatal(err)
	}
	stream, err := c.Streams.Create(ctx, group.ID, lts.StreamSpec{Name: "access"})
	if err != nil {
		log.Fatal(err)
	}
	err = c.Records.WriteLines(ctx, stream, map[string]string{"host": "a"}, time.Now().UnixNano(), "GET / 200", "GET /login 500")
	if err != nil {
		log.Fatal(err)
	}
	for record, err := range c.Records.Query(ctx, client.Query{Stream: stream, Keywords: "login"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(record.Labels["host"], record.Content)
	}
	// Output:
	// a GET /login 500
}

func ExampleNew_accessKey() {
	endpoint, projectID, stop := exampleServer()
	defer stop()
	c, err := client.New(endpoint, projectID, client.WithAccessKey(client.AccessKey{
		ID: "DEVACCESSKEY00000000", Secret: "dev-secret-key-not-for-production",
	}))
	if err != nil {
		log.Fatal(err)
	}
	groups, err := c.Groups.List(context.Background())
	fmt.Println(len(groups), err)
	// Output:
	// 0 <nil>
}

func ExampleNewFromEnvironment() {
	endpoint, projectID, stop := exampleServer()
	defer stop()
	for name, value := range map[string]string{
		"LTS_ENDPOINT": endpoint, "LTS_PROJECT_ID": projectID, "LTS_USER": "dev", "LTS_DOMAIN": "dev", "LTS_PASSWORD": "dev",
	} {
		if err := os.Setenv(name, value); err != nil {
			log.Fatal(err)
		}
		defer func() { _ = os.Unsetenv(name) }()
	}
	c, err := client.NewFromEnvironment()
	if err != nil {
		log.Fatal(err)
	}
	groups, err := c.Groups.List(context.Background())
	fmt.Println(len(groups), err)
	// Output:
	// 0 <nil>
}

// A token is got once, and used by other clients.
func ExampleTokens_Create() {
	endpoint, projectID, stop := exampleServer()
	defer stop()
	ctx := context.Background()
	c, err := client.New(endpoint, projectID, client.WithPassword(client.Password{User: "dev", Domain: "dev", Password: "dev"}))
	if err != nil {
		log.Fatal(err)
	}
	token, err := c.Tokens.Create(ctx, lts.Credentials{
		UserName: "dev", Domain: lts.Reference{Name: "dev"}, Password: "dev", ProjectScope: &lts.Reference{ID: projectID},
	})
	if err != nil {
		log.Fatal(err)
	}
	other, err := client.New(endpoint, projectID, client.WithToken(token.Value))
	if err != nil {
		log.Fatal(err)
	}
	projects, err := other.Tokens.Projects(ctx, "")
	fmt.Println(token.User.Name, token.ExpiresAt.Sub(token.IssuedAt), len(projects), err)
	// Output:
	// dev 24h0m0s 2 <nil>
}

// Tokens come from somewhere else, such as a vault.
func ExampleWithTokenSource() {
	endpoint, projectID, stop := exampleServer()
	defer stop()
	vault := func(context.Context) (client.AccessToken, error) {
		return client.AccessToken{}, errors.New("the vault is closed")
	}
	c, err := client.New(endpoint, projectID, client.WithTokenSource(vault))
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Groups.List(context.Background())
	fmt.Println(err)
	// Output:
	// client: ListLogGroups: no credentials: the vault is closed
}

func ExampleGroups() {
	c, _, stop := exampleClient()
	defer stop()
	ctx := context.Background()
	group, err := c.Groups.ByName(ctx, "web")
	if err != nil {
		log.Fatal(err)
	}
	if group, err = c.Groups.Update(ctx, group.ID, lts.GroupChange{TTLDays: 30}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Name, group.TTLDays)
	_, err = c.Groups.Create(ctx, lts.GroupSpec{Name: "web", TTLDays: 7})
	fmt.Println(errors.Is(err, lts.ErrGroupExists))
	fmt.Println(c.Groups.Delete(ctx, group.ID))
	fmt.Println(errors.Is(c.Groups.Delete(ctx, group.ID), client.ErrNotFound))
	// Output:
	// web 30
	// true
	// <nil>
	// true
}

func ExampleStreams() {
	c, stream, stop := exampleClient()
	defer stop()
	ctx := context.Background()
	if _, err := c.Streams.Create(ctx, stream.GroupID, lts.StreamSpec{Name: "errors", TTLDays: 30}); err != nil {
		log.Fatal(err)
	}
	streams, err := c.Streams.List(ctx, stream.GroupID)
	if err != nil {
		log.Fatal(err)
	}
	for _, stream := range streams {
		fmt.Println(stream.Name, stream.TTLDays)
	}
	// Output:
	// access 7
	// errors 30
}

func ExampleTransfers() {
	c, stream, stop := exampleClient()
	defer stop()
	ctx := context.Background()
	transfer, err := c.Transfers.Create(ctx, lts.TransferSpec{
		GroupID: stream.GroupID, StreamIDs: []string{stream.ID}, Bucket: "lts-test", Period: lts.TransferPeriod{Length: 5, Unit: "min"},
	})
	if err != nil {
		log.Fatal(err)
	}
	for transfer, err := range c.Transfers.All(ctx, lts.TransferFilter{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(transfer.GroupName, transfer.Streams[0].Name, "to", transfer.Bucket, transfer.Status())
	}
	_, err = c.Transfers.Delete(ctx, transfer.ID)
	fmt.Println(err)
	// Output:
	// web access to lts-test ENABLE
	// <nil>
}

func ExampleLogtanks() {
	c, stream, stop := exampleClient()
	defer stop()
	ctx := context.Background()
	logtank, err := c.Logtanks.Create(ctx, lts.LogtankSpec{
		ResourceType: "LISTENER", ResourceID: "78d425da-4d5f-422f-b13b-40aa3f49bc55", GroupID: stream.GroupID, StreamID: stream.ID,
	})
	if err != nil {
		log.Fatal(err)
	}
	logtank, err = c.Logtanks.Wait(ctx, logtank.ID, time.Second)
	fmt.Println(logtank.Status, err)
	// Output:
	// ACTIVE <nil>
}

// The newest first, a page at a time: a query goes on after the last record.
func ExampleRecords_Query() {
	c, stream, stop := exampleClient()
	defer stop()
	ctx := context.Background()
	if err := c.Records.WriteLines(ctx, stream, nil, time.Now().UnixNano(), "one", "two", "three", "four", "five"); err != nil {
		log.Fatal(err)
	}
	query := client.Query{Stream: stream, Descending: true}
	for range 2 {
		read := 0
		for record, err := range c.Records.Query(ctx, query) {
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(record.Content)
			query.After = record.LineNum
			if read++; read == 2 {
				break
			}
		}
		fmt.Println("--")
	}
	// Output:
	// five
	// four
	// --
	// three
	// two
	// --
}

// Records with times of their own.
func ExampleRecords_Write() {
	c, stream, stop := exampleClient()
	defer stop()
	ctx := context.Background()
	noon := time.Now().Truncate(time.Hour)
	err := c.Records.Write(ctx, stream, map[string]string{"host": "a"},
		lts.NewRecord{TimeNS: noon.UnixNano(), Content: "GET / 200"},
		lts.NewRecord{TimeNS: noon.Add(time.Millisecond).UnixNano(), Content: "GET /login 500"})
	if err != nil {
		log.Fatal(err)
	}
	for record, err := range c.Records.Query(ctx, client.Query{Stream: stream, Labels: map[string]string{"host": "a"}}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(time.Duration(record.LineNum-noon.UnixNano()), record.Content)
	}
	// Output:
	// 0s GET / 200
	// 1ms GET /login 500
}

// What is missing is told in one way, however the service says it.
func ExampleErrNotFound() {
	c, stream, stop := exampleClient()
	defer stop()
	err := c.Streams.Delete(context.Background(), stream.GroupID, "00000000-0000-4000-8000-000000000000")
	fmt.Println(errors.Is(err, client.ErrNotFound), errors.Is(err, lts.ErrStreamNotFound), errors.Is(err, lts.ErrGroupNotFound))
	// Output:
	// true true false
}

// A server that has signed its own certificate.
func ExampleWithCAFile() {
	_, err := client.New("https://127.0.0.1:8443", embedded.DevProjectID,
		client.WithPassword(client.Password{User: "dev", Domain: "dev", Password: "dev"}),
		client.WithCAFile("lts-data/tls/cert.pem")) // of lts serve --tls-self-signed
	fmt.Println(errors.Is(err, os.ErrNotExist))
	// Output:
	// true
}

func ExampleRecords_Count() {
	c, stream, stop := exampleClient()
	defer stop()
	ctx := context.Background()
	if err := c.Records.WriteLines(ctx, stream, nil, time.Now().UnixNano(), "GET / 200", "GET / 500", "GET /login 200"); err != nil {
		log.Fatal(err)
	}
	count, err := c.Records.Count(ctx, client.Query{Stream: stream, Keywords: "200"})
	fmt.Println(count, err)
	// Output:
	// 2 <nil>
}

func ExampleRecords_Histogram() {
	c, stream, stop := exampleClient()
	defer stop()
	ctx := context.Background()
	noon := time.Now().Truncate(time.Hour).Add(-time.Hour)
	for _, minute := range []time.Duration{1, 7, 8, 25} {
		if err := c.Records.WriteLines(ctx, stream, nil, noon.Add(minute*time.Minute).UnixNano(), "GET / 200"); err != nil {
			log.Fatal(err)
		}
	}
	histogram, err := c.Records.Histogram(ctx, client.Query{Stream: stream, From: noon, To: noon.Add(30 * time.Minute)}, 10*time.Minute)
	if err != nil {
		log.Fatal(err)
	}
	for _, step := range histogram.Steps {
		fmt.Println(time.UnixMilli(step.StartMS).Sub(noon), step.Count)
	}
	// Output:
	// 0s 3
	// 10m0s 0
	// 20m0s 1
}

func ExampleRecords_Context() {
	c, stream, stop := exampleClient()
	defer stop()
	ctx := context.Background()
	first := time.Now().UnixNano()
	if err := c.Records.WriteLines(ctx, stream, nil, first, "start", "panic", "stop"); err != nil {
		log.Fatal(err)
	}
	around, err := c.Records.Context(ctx, stream, first+1, 10, 10)
	if err != nil {
		log.Fatal(err)
	}
	for _, record := range around.Records {
		fmt.Println(record.LineNum-first, record.Content)
	}
	// Output:
	// 0 start
	// 1 panic
	// 2 stop
}

func ExampleRecords_Tail() {
	c, stream, stop := exampleClient()
	defer stop()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	began := time.Now()
	if err := c.Records.WriteLines(ctx, stream, nil, began.UnixNano(), "one", "two"); err != nil {
		log.Fatal(err)
	}
	seen := 0
	for record, err := range c.Records.Tail(ctx, client.TailQuery{Stream: stream, From: began}) {
		if err != nil {
			log.Print(err) // and asks again
			continue
		}
		fmt.Println(record.Content)
		if seen++; seen == 2 {
			break
		}
	}
	// Output:
	// one
	// two
}

func ExampleWriter() {
	c, stream, stop := exampleClient()
	defer stop()
	ctx := context.Background()
	w := c.Records.Writer(stream, client.WriterOptions{Labels: map[string]string{"host": "a"}})
	for i := range 3 {
		if err := w.Add(ctx, lts.NewRecord{Content: fmt.Sprintf("request %d", i)}); err != nil {
			log.Fatal(err)
		}
	}
	err := w.Close(ctx)
	if lost, ok := errors.AsType[*client.LostError](err); ok {
		fmt.Println("not written:", lost.Records)
	}
	count, err := c.Records.Count(ctx, client.Query{Stream: stream})
	fmt.Println(count, err)
	// Output:
	// 3 <nil>
}

func ExampleWriter_Handler() {
	c, stream, stop := exampleClient()
	defer stop()
	ctx := context.Background()
	w := c.Records.Writer(stream, client.WriterOptions{})
	logger := slog.New(w.Handler(&slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{} // the record has it
		}
		return a
	}}))
	logger.Error("no stock", "item", 7)
	if err := w.Close(ctx); err != nil {
		log.Fatal(err)
	}
	for record, err := range c.Records.Query(ctx, client.Query{Stream: stream}) {
		fmt.Println(record.Content, err)
	}
	// Output:
	// {"level":"ERROR","msg":"no stock","item":7} <nil>
}

func ExampleWriter_Lines() {
	c, stream, stop := exampleClient()
	defer stop()
	ctx := context.Background()
	w := c.Records.Writer(stream, client.WriterOptions{})
	lines := w.Lines()
	if _, err := io.WriteString(lines, "one\ntwo\nthree without an end"); err != nil {
		log.Fatal(err)
	}
	if err := errors.Join(lines.Close(), w.Close(ctx)); err != nil {
		log.Fatal(err)
	}
	count, err := c.Records.Count(ctx, client.Query{Stream: stream})
	fmt.Println(count, err)
	// Output:
	// 3 <nil>
}

func ExampleWithHook() {
	endpoint, projectID, stop := exampleServer()
	defer stop()
	c, err := client.New(endpoint, projectID, client.WithToken("wrong"),
		client.WithHook(func(_ context.Context, a client.Attempt) {
			fmt.Println(a.Operation, a.Number, a.Status)
		}))
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Groups.List(context.Background())
	fmt.Println(errors.Is(err, lts.ErrInvalidToken))
	// Output:
	// ListLogGroups 1 401
	// true
}

// traced stands for the transport of a tracing library, such as that of
// go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp.
type traced struct{ next http.RoundTripper }

func (t traced) RoundTrip(req *http.Request) (*http.Response, error) {
	fmt.Println("span of", req.Method, req.URL.Path)
	return t.next.RoundTrip(req)
}

// With OpenTelemetry, the transport is otelhttp.NewTransport(http.DefaultTransport).
func ExampleWithTransport() {
	endpoint, projectID, stop := exampleServer()
	defer stop()
	c, err := client.New(endpoint, projectID, client.WithToken("wrong"), client.WithTransport(traced{http.DefaultTransport}))
	if err != nil {
		log.Fatal(err)
	}
	_, _ = c.Tokens.Domains(context.Background())
	// Output:
	// span of GET /v3/auth/domains
}

func ExampleWithRetry() {
	endpoint, projectID, stop := exampleServer()
	stop() // nobody is there
	attempts := 0
	c, err := client.New(endpoint, projectID, client.WithToken("t"),
		client.WithRetry(client.RetryPolicy{Attempts: 3, Wait: time.Millisecond}),
		client.WithHook(func(context.Context, client.Attempt) { attempts++ }))
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Groups.List(context.Background())
	fmt.Println(attempts, err != nil)
	// Output:
	// 3 true
}

// An error says what, and with which request.
func ExampleError() {
	c, stream, stop := exampleClient()
	defer stop()
	_, err := c.Streams.Create(context.Background(), stream.GroupID, lts.StreamSpec{Name: "access"})
	if failed, ok := errors.AsType[*client.Error](err); ok {
		fmt.Println(failed.Operation, failed.Status, failed.Code, failed.RequestID != "")
	}
	// Output:
	// CreateLogStream 400 LTS.0205 true
}
