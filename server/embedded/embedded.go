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

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/store/bucket"
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
	TokenKey  []byte           // signs tokens; default: one of its own, kept in Data

	// Buckets are where transfers write to, for all projects; the server does not
	// close them. Default: the folders in BucketFolder, with [DevBucket] among
	// them.
	Buckets lts.Buckets
	// BucketFolder is made when it is missing. Default: the folder "buckets" of
	// Data.
	BucketFolder string
	// Gzip compresses the objects of transfers.
	Gzip bool
	// Tick is how often the server looks for transfers that are due. Default: 10
	// seconds.
	Tick         time.Duration
	MaxWindow    time.Duration // see [lts.Config]
	Provisioning time.Duration // see [lts.Config]
	// HTTP has the limits and manners of the server. What Open makes itself, it
	// overwrites.
	HTTP server.Options
	// Wrap puts something around the records, such as metrics. It may be nil.
	Wrap func(lts.Records) lts.Records

	SweepInterval time.Duration // between two sweeps of what has outlived its lifetime; zero: none
}

// A Server is a running service. It is an [http.Handler].
type Server struct {
	http.Handler

	options   Options
	directory *lts.Directory
	tokenKey  []byte
	tokens    *lts.Tokens
	lock      *flock.Flock
	catalog   *catalog.Catalog
	records   *records.Store
	buckets   *bucket.Buckets // nil when they are not the server's own
	transfers *lts.Transferrer
	sweeper   *sweeper // nil when there is none
	stop      func()   // ends what runs in the background, and waits for it
}

// Open starts a service on a data folder. Close it to give the folder free. It
// fails with an [InUseError], and changes nothing, when the folder is in use.
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
	s := &Server{directory: directory}
	if s.lock, err = lockFolder(options.Data); err != nil {
		return nil, err
	}
	s.stop = func() {}
	options.HTTP.Document = doc
	if err := s.open(ctx, options, directory); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.runInBackground(options)
	return s, nil
}

func (s *Server) open(ctx context.Context, options Options, directory *lts.Directory) (err error) {
	if s.catalog, err = catalog.Open(ctx, filepath.Join(options.Data, "catalog.db")); err != nil {
		return err
	}
	s.records, err = records.Open(filepath.Join(options.Data, "records"), records.Options{Now: options.Now, Logger: options.Log})
	if err != nil {
		return err
	}
	if err := s.openBuckets(&options); err != nil {
		return err
	}
	if s.tokenKey, err = s.keyOfTokens(ctx, options); err != nil {
		return err
	}
	if s.tokens, err = lts.NewTokens(directory, s.tokenKey, options.Now); err != nil {
		return err
	}
	s.options = options
	service, o := s.service(options)
	s.transfers = lts.NewTransferrer(service, directory.ProjectIDs(), options.Gzip)
	if options.SweepInterval > 0 {
		s.sweeper = startSweeper(service, options.Log, options.SweepInterval)
	}
	s.Handler, err = server.New(o)
	return err
}

// openBuckets opens the folder of buckets, unless there are others.
func (s *Server) openBuckets(options *Options) error {
	if options.Buckets != nil {
		return nil
	}
	folder := options.BucketFolder
	if folder == "" {
		folder = filepath.Join(options.Data, "buckets")
	}
	if err := bucket.MakeFolder(folder, DevBucket); err != nil {
		return fmt.Errorf("embedded: bucket %s: %w", DevBucket, err)
	}
	s.buckets = bucket.Folder(folder)
	options.Buckets = s.buckets
	return nil
}

// service gives the rules on the stores, and what a server of them needs.
func (s *Server) service(options Options) (*lts.Service, server.Options) {
	o := options.HTTP
	var kept lts.Catalog = s.catalog
	var written lts.Records = s.records
	buckets := options.Buckets
	if options.Wrap != nil {
		written = options.Wrap(written)
	}
	if options.Faults {
		kept, written, buckets = fault.Catalog(kept), fault.Records(written), fault.Buckets(buckets)
		o.InjectFault = fault.InjectNamed
	}
	o.Service = lts.NewService(lts.Config{
		Catalog: kept, Records: written, Buckets: buckets, Now: options.Now, NewID: uuid.NewString, Quotas: options.Quotas,
		MaxWindow: options.MaxWindow, Provisioning: options.Provisioning,
		RememberStreams: !options.Faults, // the folder is ours alone, and a fault must not be hidden
	})
	o.Tokens, o.Directory, o.Now, o.Log = s.tokens, s.directory, options.Now, options.Log
	return o.Service, o
}

// keyOfTokens is the key that signs tokens. One that nobody has given is kept in the
// catalog, so that tokens outlive a restart.
func (s *Server) keyOfTokens(ctx context.Context, options Options) ([]byte, error) {
	if len(options.TokenKey) > 0 {
		return options.TokenKey, nil
	}
	return s.catalog.Secret(ctx, "token key", newKey)
}

func newKey() ([]byte, error) {
	key := make([]byte, 32)
	_, err := rand.Read(key)
	return key, err
}

// IssueToken issues a token as the server would at another time: one that has
// ended by now, for whoever tests that it is refused.
func (s *Server) IssueToken(credentials lts.Credentials, at time.Time) (string, error) {
	tokens, err := lts.NewTokens(s.directory, s.tokenKey, func() time.Time { return at })
	if err != nil {
		return "", err
	}
	token, _, err := tokens.Issue(credentials)
	return token, err
}

// Close ends the service. Requests must have ended before. A transfer that is
// under way is given up; it is due again when the folder is opened the next time.
func (s *Server) Close() error {
	s.stop()
	s.sweeper.stop()
	var problems []error
	if s.records != nil {
		problems = append(problems, s.records.Close())
	}
	if s.catalog != nil {
		problems = append(problems, s.catalog.Close())
	}
	if s.buckets != nil {
		problems = append(problems, s.buckets.Close())
	}
	return errors.Join(append(problems, s.lock.Close())...)
}
