package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/ltskit/ltskit/server/admin"
	"github.com/ltskit/ltskit/server/config"
	"github.com/ltskit/ltskit/server/selfsigned"
)

// A door is where the server can be reached.
type door struct {
	net.Listener

	url         string
	fingerprint string // of a certificate that signs itself
}

// listen listens on the address of a setting.
func listen(ctx context.Context, key, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s: %w: another program listens there, perhaps another lts serve; "+
			"stop it or choose another address with --%s (port 0 is a free one)", key, err, strings.ReplaceAll(key, ".", "-"))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return listener, nil
}

// openDoor puts TLS on a listener where the configuration says so.
func openDoor(listener net.Listener, c *config.Config) (*door, error) {
	d := &door{Listener: listener, url: "http://" + listener.Addr().String()}
	if c.TLS.CertFile == "" && !c.TLS.SelfSigned {
		return d, nil
	}
	cert, err := certificate(c)
	if err != nil {
		return nil, err
	}
	d.url = "https://" + listener.Addr().String()
	if c.TLS.SelfSigned {
		d.fingerprint = selfsigned.Fingerprint(cert)
	}
	d.Listener = tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{cert},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2", "http/1.1"},
	})
	return d, nil
}

func certificate(c *config.Config) (tls.Certificate, error) {
	if c.TLS.SelfSigned {
		host, _, _ := net.SplitHostPort(c.Listen) // the configuration has been checked
		if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
			host = ""
		}
		return selfsigned.Load(tlsFolder(c), host, time.Now())
	}
	cert, err := tls.LoadX509KeyPair(c.TLS.CertFile, c.TLS.KeyFile)
	if err != nil {
		return cert, fmt.Errorf("tls.cert_file, tls.key_file: %w", err)
	}
	return cert, nil
}

// tlsFolder keeps the certificate that signs itself.
func tlsFolder(c *config.Config) string { return filepath.Join(c.Data, "tls") }

// listenAdmin listens on the address for operators; nil where there is none.
func listenAdmin(ctx context.Context, c *config.Config) (net.Listener, error) {
	if c.Admin.Listen == "" {
		return nil, nil
	}
	return listen(ctx, "admin.listen", c.Admin.Listen)
}

// serveAdmin starts the server for operators. It gives the address, and what
// ends it; both are empty without a listener.
func serveAdmin(listener net.Listener, c *config.Config, options admin.Options) (address string, end func() error) {
	if listener == nil {
		return "", func() error { return nil }
	}
	s := &http.Server{Handler: admin.NewHandler(options), ReadHeaderTimeout: c.Timeouts.Headers}
	go func() { _ = s.Serve(listener) }() // ends with ErrServerClosed
	return listener.Addr().String(), s.Close
}
