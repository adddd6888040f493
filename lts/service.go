package lts

import (
	"context"
	"time"
)

// A Service applies the rules that need state. Its methods are safe for
// concurrent use.
type Service struct {
	catalog Catalog
	records Records
	buckets Buckets
	gates   *windowGates
	now     func() time.Time
	newID   func() string
	quotas  Quotas
	streams *streamCache // nil: none

	maxWindow    time.Duration
	provisioning time.Duration
}

// Config is what a [Service] needs. Catalog, Records, Now and NewID are
// required.
type Config struct {
	Catalog Catalog
	Records Records
	Buckets Buckets // default: there are none
	Now     func() time.Time
	NewID   func() string // gives IDs of 36 characters
	Quotas  Quotas        // zero fields mean [DefaultQuotas]

	// RememberStreams lets the service answer from memory whether a stream is
	// there. It is for a catalog that nobody else changes.
	RememberStreams bool

	// MaxWindow is the longest span of a query. Default: [DefaultMaxWindow].
	MaxWindow time.Duration
	// Provisioning is how long a logtank is PENDING after its creation and
	// DELETING after its deletion. Zero: both take no time.
	Provisioning time.Duration
}

// Quotas say how much a project may hold.
type Quotas struct {
	Groups  int // groups of a project
	Streams int // streams of a group
}

// DefaultQuotas are those of the documents.
var DefaultQuotas = Quotas{Groups: 100, Streams: 100}

// NewService returns a service.
func NewService(config Config) *Service {
	quotas := config.Quotas
	if quotas.Groups == 0 {
		quotas.Groups = DefaultQuotas.Groups
	}
	if quotas.Streams == 0 {
		quotas.Streams = DefaultQuotas.Streams
	}
	maxWindow := config.MaxWindow
	if maxWindow == 0 {
		maxWindow = DefaultMaxWindow
	}
	buckets := config.Buckets
	if buckets == nil {
		buckets = noBuckets{}
	}
	s := &Service{
		catalog: config.Catalog, records: config.Records, buckets: buckets, gates: newWindowGates(), now: config.Now, newID: config.NewID,
		quotas: quotas, maxWindow: maxWindow, provisioning: config.Provisioning,
	}
	if config.RememberStreams {
		s.streams = new(streamCache)
		s.catalog = tellingCatalog{config.Catalog, s.streams}
	}
	return s
}

// A Catalog keeps what there is besides records. Projects are apart: a
// transaction sees and changes one project only.
//
// An error that fn returns is returned as it is, and nothing that fn did stays.
type Catalog interface {
	// View runs fn on a consistent state of the project.
	View(ctx context.Context, projectID string, fn func(CatalogTx) error) error
	// Update runs fn alone on the project: what it checks still holds when
	// what it changes is kept. When Update returns nil, the change is on disk.
	Update(ctx context.Context, projectID string, fn func(CatalogTx) error) error
	// Projects lists the IDs of the projects that have groups, in any order.
	Projects(ctx context.Context) ([]string, error)
}

// A CatalogTx is one transaction on a project. Lists are in the order of
// creation. What is not found is reported by ok, not by an error.
type CatalogTx interface {
	GroupTx
	StreamTx
	LogtankTx
	TransferTx
}
