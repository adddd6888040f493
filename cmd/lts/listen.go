package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
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

// openDoor listens on the address of the configuration, with TLS where it says
// so.
func openDoor(ctx context.Context, c *config.Config) (*door, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return nil, err
	}
	d := &door{Listener: listener, url: "http://" + listener.Addr().String()}
	if c.TLS.CertFile == "" && !c.TLS.SelfSigned {
		return d, nil
	}
	cert, err := certificate(c)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
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
		return selfsigned.Load(filepath.Join(c.Data, "tls"), host, time.Now())
	}
	cert, err := tls.LoadX509KeyPair(c.TLS.CertFile, c.TLS.KeyFile)
	if err != nil {
		return cert, fmt.Errorf("tls.cert_file, tls.key_file: %w", err)
	}
	return cert, nil
}

// openAdmin starts the server for operators. It gives the address, and what
// ends it; both are empty without one.
func openAdmin(ctx context.Context, c *config.Config, options admin.Options) (address string, end func() error, err error) {
	if c.Admin.Listen == "" {
		return "", func() error { return nil }, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Admin.Listen)
	if err != nil {
		return "", nil, fmt.Errorf("admin.listen: %w", err)
	}
	s := &http.Server{Handler: admin.NewHandler(options), ReadHeaderTimeout: c.Timeouts.Headers}
	go func() { _ = s.Serve(listener) }() // ends with ErrServerClosed
	return listener.Addr().String(), s.Close, nil
}
