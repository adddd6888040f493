// Package embedded runs the reference server in one process on one data
// folder, with nothing to install: the rules, the stores and the HTTP of the
// document put together.
package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/store/catalog"
	"github.com/ltskit/ltskit/store/fault"
	"github.com/ltskit/ltskit/store/records"
)

// Options say how to run. Data and Directory are required.
type Options struct {
	Data      string            // folder; made when it is missing
	Directory lts.DirectorySpec // who there is
	Edition   string            // default [openapi.Latest]
	Faults    bool              // see [server.FaultHeader]
	Quotas    lts.Quotas
	Now       func() time.Time // default [time.Now]
	Log       *slog.Logger     // default: nothing is logged
}

// A Server is a running service. It is an [http.Handler].
type Server struct {
	http.Handler

	catalog *catalog.Catalog
	records *records.Store
}

// Open starts a service on a data folder. Close it to give the folder free.
func Open(ctx context.Context, options Options) (*Server, error) {
	if options.Edition == "" {
		options.Edition = openapi.Latest
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	doc, err := openapi.Load(options.Edition, openapi.English)
	if err != nil {
		return nil, err
	}
	directory, err := lts.NewDirectory(options.Directory)
	if err != nil {
		return nil, fmt.Errorf("embedded: directory: %w", err)
	}
	if err := os.MkdirAll(options.Data, 0o700); err != nil {
		return nil, fmt.Errorf("embedded: data folder: %w", err)
	}
	kept, err := catalog.Open(ctx, filepath.Join(options.Data, "catalog.db"))
	if err != nil {
		return nil, err
	}
	written, err := records.Open(filepath.Join(options.Data, "records"), records.Options{Now: options.Now, Logger: options.Log})
	if err != nil {
		return nil, errors.Join(err, kept.Close())
	}
	s := &Server{catalog: kept, records: written}
	if s.Handler, err = s.handler(ctx, options, directory, server.Options{Document: doc}); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) handler(ctx context.Context, options Options, directory *lts.Directory, o server.Options) (http.Handler, error) {
	key, err := s.catalog.Secret(ctx, "token key", newKey)
	if err != nil {
		return nil, err
	}
	if o.Tokens, err = lts.NewTokens(directory, key, options.Now); err != nil {
		return nil, err
	}
	var kept lts.Catalog = s.catalog
	var written lts.Records = s.records
	if options.Faults {
		kept, written = fault.Catalog(kept), fault.Records(written)
	}
	o.Service = lts.NewService(lts.Config{Catalog: kept, Records: written, Now: options.Now, NewID: uuid.NewString, Quotas: options.Quotas})
	o.Directory, o.Now, o.Log, o.Faults = directory, options.Now, options.Log, options.Faults
	return server.New(o)
}

// newKey makes the key of the tokens. It is kept in the catalog, so that tokens
// outlive a restart.
func newKey() ([]byte, error) {
	key := make([]byte, 32)
	_, err := rand.Read(key)
	return key, err
}

// Close ends the service. Requests must have ended before.
func (s *Server) Close() error { return errors.Join(s.records.Close(), s.catalog.Close()) }
