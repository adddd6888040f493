package records

import (
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Options of a store. The zero value of a field stands for its default.
type Options struct {
	// FS is where the folder is. Default: the operating system's file system.
	FS vfs.FS
	// Logger takes faults and repairs. Default: slog.Default().
	Logger *slog.Logger
	// Now tells how long a stream has been quiet. Default: time.Now.
	Now func() time.Time
	// SealRows is the number of records of a full block. Default: 4096.
	SealRows int
	// SealBytes is the content that makes a block full with fewer records.
	// Default: 4 MiB.
	SealBytes int
	// SealAge is how long a stream must be quiet for a block that is not full.
	// Default: 5 minutes.
	SealAge time.Duration
	// TidyAge is how long hardly anything must have been written for the store to
	// give back the disk space that was of use for writing only. Default: 5
	// seconds.
	TidyAge time.Duration
	// Sealers is the number of goroutines that seal. Default: 1; negative: none,
	// Seal, Sweep and Tidy are left to the caller.
	Sealers int
	// MemTableBytes is the size of one memtable. Default: 32 MiB.
	MemTableBytes int
	// CacheBytes is the size of the block cache. Default: 96 MiB.
	CacheBytes int
}

func (o Options) withDefaults() Options {
	if o.FS == nil {
		o.FS = vfs.Default
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.SealRows = min(orDefault(o.SealRows, 4096), maxBlockRecords/2)
	o.SealBytes = orDefault(o.SealBytes, 4<<20)
	o.SealAge = orDefault(o.SealAge, 5*time.Minute)
	o.TidyAge = orDefault(o.TidyAge, 5*time.Second)
	o.Sealers = orDefault(o.Sealers, 1)
	o.MemTableBytes = orDefault(o.MemTableBytes, 32<<20)
	o.CacheBytes = orDefault(o.CacheBytes, 96<<20)
	return o
}

func orDefault[T comparable](value, standard T) T {
	var zero T
	if value == zero {
		return standard
	}
	return value
}

// fewRows is how many rows are worth a block of their own, or worth writing the
// block anew in which they lie.
func (o Options) fewRows() int { return max(o.SealRows/16, 1) }
