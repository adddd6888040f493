package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

// An embeddedServer is the reference server on a free port and a temporary
// folder.
type embeddedServer struct {
	endpoint     string
	expiredToken string
	stop         func() error // also removes the folder
}

func startEmbedded(ctx context.Context, edition string) (embeddedServer, error) {
	folder, err := os.MkdirTemp("", "lts-conform-")
	if err != nil {
		return embeddedServer{}, err
	}
	s, err := embedded.Open(ctx, embedded.Options{Data: folder, Directory: embedded.DevDirectory(), Edition: edition, Faults: true})
	if err != nil {
		return embeddedServer{}, errors.Join(err, os.RemoveAll(folder))
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return embeddedServer{}, errors.Join(err, s.Close(), os.RemoveAll(folder))
	}
	httpServer := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go func() { _ = httpServer.Serve(listener) }() // ends with ErrServerClosed
	e := embeddedServer{
		endpoint: "http://" + listener.Addr().String(),
		stop:     func() error { return errors.Join(httpServer.Close(), s.Close(), os.RemoveAll(folder)) },
	}
	e.expiredToken, err = s.IssueToken(embedded.DevCredentials(), time.Now().Add(-lts.TokenLifetime-time.Hour))
	if err != nil {
		return embeddedServer{}, errors.Join(err, e.stop())
	}
	return e, nil
}

// target describes the server to the suite, with the features and limits that
// were asked for.
func (e embeddedServer) target(asked conformance.Target) conformance.Target {
	return conformance.Target{
		Name:        "embedded reference server",
		Endpoints:   conformance.Endpoints{LTS: e.endpoint},
		Features:    slices.Concat(asked.Features, []string{conformance.FeatureQuotas, conformance.FeatureNames}),
		Limits:      asked.Limits,
		Prefix:      asked.Prefix,
		Bucket:      embedded.DevBucket,
		FaultHeader: server.FaultHeader,
		Account: conformance.Account{
			Domain: embedded.DevDomain, User: embedded.DevUser, Password: embedded.DevPassword,
			Project: embedded.DevProject, ProjectID: embedded.DevProjectID, OtherProjectID: embedded.OtherProjectID,
			ExpiredToken:       e.expiredToken,
			SuspendedAccessKey: embedded.SuspendedAccessKey, SuspendedSecretKey: embedded.SuspendedSecretKey,
			AccessKey: embedded.DevAccessKey, SecretKey: embedded.DevSecretKey,
			OtherAccessKey: embedded.OtherAccessKey, OtherSecretKey: embedded.OtherSecretKey,
		},
	}
}
