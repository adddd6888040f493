package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

// An embeddedServer is the reference server on free ports and a temporary
// folder.
type embeddedServer struct {
	endpoints    conformance.Endpoints
	expiredToken string
	stop         func() error // also removes the folder
}

// forbiddenBucket is one that the embedded server may not write to.
const forbiddenBucket = "lts-forbidden"

func startEmbedded(ctx context.Context, edition string) (_ embeddedServer, err error) {
	folder, err := os.MkdirTemp("", "lts-conform-")
	if err != nil {
		return embeddedServer{}, err
	}
	var stops []func() error
	stop := func() error {
		var problems []error
		for _, one := range slices.Backward(stops) {
			problems = append(problems, one())
		}
		return errors.Join(append(problems, os.RemoveAll(folder))...)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, stop())
		}
	}()
	buckets := filepath.Join(folder, "buckets")
	if err := errors.Join(os.Mkdir(buckets, 0o700), os.Mkdir(filepath.Join(buckets, forbiddenBucket), 0o500)); err != nil {
		return embeddedServer{}, err
	}
	s, err := embedded.Open(ctx, embedded.Options{
		Data: folder, Directory: embedded.DevDirectory(), Edition: edition, Faults: true, BucketFolder: buckets,
	})
	if err != nil {
		return embeddedServer{}, err
	}
	stops = append(stops, s.Close)
	e := embeddedServer{stop: stop}
	// What would be in the way of most cases has an endpoint of its own: a request
	// a minute, and a logtank that is ready in an hour.
	throttled, err := s.OpenDoor(embedded.Door{RateLimit: server.RateLimit{PerSecond: 1.0 / 60, Burst: 1}})
	if err != nil {
		return embeddedServer{}, err
	}
	provisioning, err := s.OpenDoor(embedded.Door{Provisioning: time.Hour})
	if err != nil {
		return embeddedServer{}, err
	}
	for _, service := range []struct {
		endpoint *string
		server   *http.Server
	}{
		{&e.endpoints.LTS, &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}},
		{&e.endpoints.Throttled, &http.Server{Handler: throttled, ReadHeaderTimeout: time.Minute}},
		{&e.endpoints.Impatient, &http.Server{Handler: s, ReadHeaderTimeout: time.Minute, ReadTimeout: 20 * time.Millisecond}},
		{&e.endpoints.Provisioning, &http.Server{Handler: provisioning, ReadHeaderTimeout: time.Minute}},
	} {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return embeddedServer{}, err
		}
		*service.endpoint = "http://" + listener.Addr().String()
		stops = append(stops, service.server.Close)
		go func() { _ = service.server.Serve(listener) }() // ends with ErrServerClosed
	}
	e.expiredToken, err = s.IssueToken(embedded.DevCredentials(), time.Now().Add(-lts.TokenLifetime-time.Hour))
	return e, err
}

// target describes the server to the suite, with the features and limits that
// were asked for.
func (e embeddedServer) target(asked conformance.Target) conformance.Target {
	return conformance.Target{
		Name:        "embedded reference server",
		Endpoints:   e.endpoints,
		Features:    slices.Concat(asked.Features, []string{conformance.FeatureQuotas, conformance.FeatureNames, conformance.FeatureThrottling}),
		Limits:      asked.Limits,
		Prefix:      asked.Prefix,
		Bucket:      embedded.DevBucket,
		FaultHeader: server.FaultHeader,

		ForbiddenBucket: forbiddenBucket,
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
