// Package bucket keeps the objects of transfers in the buckets of an object
// store: folders on disk, or a service that speaks S3, such as OBS. It stands on
// gocloud.dev/blob.
package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/ltskit/ltskit/lts"
)

// Buckets are the buckets of one object store. They are safe for concurrent use.
type Buckets struct {
	open func(ctx context.Context, name string) (*blob.Bucket, error)
	has  func(ctx context.Context, name string, b *blob.Bucket) (bool, error)
	put  func(ctx context.Context, b *blob.Bucket, key string, write func(io.Writer) error) error
	// keep makes sure that an object which is there stays there. It is nil where
	// the store does so itself.
	keep func(ctx context.Context, b *blob.Bucket, key string) error

	mu     sync.Mutex
	opened map[string]*blob.Bucket
}

var _ lts.Buckets = (*Buckets)(nil)

// Exists implements [lts.Buckets].
func (b *Buckets) Exists(ctx context.Context, name string) (bool, error) {
	bucket, err := b.bucket(ctx, name)
	if errors.Is(err, lts.ErrBucketNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	ok, err := b.has(ctx, name, bucket)
	return ok, published(name, err)
}

// Put implements [lts.Buckets].
func (b *Buckets) Put(ctx context.Context, name, key string, write func(io.Writer) error) error {
	if ok, err := b.Exists(ctx, name); err != nil || !ok {
		return errors.Join(err, notFound(name, !ok && err == nil))
	}
	bucket, err := b.bucket(ctx, name)
	if err != nil {
		return err
	}
	there, err := bucket.Exists(ctx, key)
	if err == nil && !there {
		err = b.put(ctx, bucket, key, write)
	}
	if gcerrors.Code(err) == gcerrors.FailedPrecondition { // another has been faster
		err = nil
	}
	if err == nil && b.keep != nil {
		err = b.keep(ctx, bucket, key)
	}
	return published(name, err)
}

// put writes an object.
func put(ctx context.Context, bucket *blob.Bucket, key string, write func(io.Writer) error) error {
	return putWith(ctx, bucket, key, blob.WriterOptions{}, write)
}

// putWith writes an object. Ending its context before closing it is how gocloud
// is told not to keep what was written.
func putWith(ctx context.Context, bucket *blob.Bucket, key string, options blob.WriterOptions, write func(io.Writer) error) error {
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	options.IfNotExist, options.ContentType = true, "application/octet-stream"
	w, err := bucket.NewWriter(ctx, key, &options)
	if err != nil {
		return err
	}
	if err := write(w); err != nil {
		abandon()
		_ = w.Close() // fails because the context has ended
		return err
	}
	return w.Close()
}

// Keys lists the keys of a bucket that begin with a prefix, in their order.
func (b *Buckets) Keys(ctx context.Context, name, prefix string) ([]string, error) {
	bucket, err := b.bucket(ctx, name)
	if err != nil {
		return nil, err
	}
	var keys []string
	for list := bucket.List(&blob.ListOptions{Prefix: prefix}); ; {
		object, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return keys, nil
		}
		if err != nil {
			return nil, published(name, err)
		}
		keys = append(keys, object.Key)
	}
}

// Read gives the content of an object.
func (b *Buckets) Read(ctx context.Context, name, key string) ([]byte, error) {
	bucket, err := b.bucket(ctx, name)
	if err != nil {
		return nil, err
	}
	data, err := bucket.ReadAll(ctx, key)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fmt.Errorf("bucket %s: there is no object %q: %w", name, key, err)
	}
	return data, published(name, err)
}

// Close ends the connections.
func (b *Buckets) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var problems []error
	for _, bucket := range b.opened {
		problems = append(problems, bucket.Close())
	}
	b.opened = nil
	return errors.Join(problems...)
}

// bucket opens a bucket, once.
func (b *Buckets) bucket(ctx context.Context, name string) (*blob.Bucket, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if bucket, ok := b.opened[name]; ok {
		return bucket, nil
	}
	bucket, err := b.open(ctx, name)
	if err != nil {
		return nil, published(name, err)
	}
	if b.opened == nil {
		b.opened = make(map[string]*blob.Bucket)
	}
	b.opened[name] = bucket
	return bucket, nil
}

// notFound is the error for a bucket that does not exist.
func notFound(name string, missing bool) error {
	if !missing {
		return nil
	}
	return lts.ErrBucketNotFound.Worded(lts.ErrBucketNotFound.Message + ": " + name)
}

// published turns what an object store says into the errors of the port.
func published(name string, err error) error {
	var known *lts.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case gcerrors.Code(err) == gcerrors.NotFound:
		return lts.ErrBucketNotFound.Worded(lts.ErrBucketNotFound.Message + ": " + name).CausedBy(err)
	case gcerrors.Code(err) == gcerrors.PermissionDenied || forbidden(err):
		return lts.ErrBucketForbidden.CausedBy(err)
	default:
		return fmt.Errorf("bucket %s: %w", name, err)
	}
}
