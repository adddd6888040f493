// Package config reads how a server shall run: from flags, from environment
// variables and from a YAML file, in this order of precedence, over defaults.
//
// A setting has one key. The key tls.cert_file is the flag --tls-cert-file, the
// variable LTS_TLS_CERT_FILE and, in the file, cert_file in the section tls.
// Who there is (the directory) is a part of the file, or a file of its own.
package config

import (
	"log/slog"
	"time"

	"github.com/ltskit/ltskit/lts"
)

// A Config is everything that can be configured, with defaults where nothing
// is.
type Config struct {
	Listen    string
	Data      string
	Edition   string
	Region    string
	PublicURL string
	TokenKey  string // empty: one that the server makes and keeps

	Directory *lts.DirectorySpec // nil: there is none

	TLS               TLS
	Admin             Admin
	Log               Log
	Quotas            lts.Quotas
	Limits            Limits
	RateLimit         RateLimit
	Timeouts          Timeouts
	Transfers         Transfers
	Buckets           Buckets
	RetentionInterval time.Duration // zero: no sweeps
	Provisioning      time.Duration

	Docs              bool
	Faults            bool
	ValidateResponses bool

	directoryFile string
	directoryAt   place // where the directory stands

	settings []*setting
	file     *file // nil: there is none
}

// TLS says how connections are encrypted: not at all, with a certificate from
// files, or with one that signs itself.
type TLS struct {
	CertFile   string
	KeyFile    string
	SelfSigned bool
}

// Admin is the server for operators.
type Admin struct{ Listen string } // empty: there is none

// Log says what is logged and how.
type Log struct {
	Level  slog.Level
	Format string // text or json
}

// Limits bound single requests.
type Limits struct {
	MaxWindow time.Duration
	MaxBody   int64 // bytes
}

// RateLimit bounds the requests of a caller.
type RateLimit struct {
	Requests float64 // a second; zero: no limit
	Burst    int
}

// Transfers say how logs are transferred to buckets.
type Transfers struct {
	Interval time.Duration // between two looks for transfers that are due
	Gzip     bool
}

// Timeouts say how long things may take.
type Timeouts struct {
	Headers  time.Duration
	Request  time.Duration // headers and body
	Idle     time.Duration
	Shutdown time.Duration
}
