package conformance

import (
	"bufio"
	"context"
	"io"
	"net"
	"testing"
)

// An upstream that keeps its connection open when the client has gone, as one
// that has changed to another protocol may, must not hold up a proxy that stops.
func TestProxyStopsThoughTheUpstreamStays(t *testing.T) {
	upstream, front := listenLocal(t), listenLocal(t)
	t.Cleanup(func() { _ = upstream.Close() })
	p, err := NewProxy("http://"+upstream.Addr().String(), ProxyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p.drainTime = 0
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- p.Serve(ctx, front) }()

	client, err := (&net.Dialer{}).DialContext(ctx, "tcp", front.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	kept, err := upstream.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = kept.Close() }()
	if _, err := io.WriteString(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: b\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(kept, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: b\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(client).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	_ = client.Close()
	stop()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v, want none", err)
	}
}

func listenLocal(t *testing.T) net.Listener {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}
