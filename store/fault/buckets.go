package fault

import (
	"context"
	"io"

	"github.com/ltskit/ltskit/lts"
)

// Buckets returns buckets that fail under a context made by [Inject], and
// otherwise do what inner does.
func Buckets(inner lts.Buckets) lts.Buckets { return buckets{inner} }

type buckets struct{ inner lts.Buckets }

// Exists implements [lts.Buckets].
func (b buckets) Exists(ctx context.Context, bucket string) (bool, error) {
	if err := check(ctx, BucketStore); err != nil {
		return false, err
	}
	return b.inner.Exists(ctx, bucket)
}

// Put implements [lts.Buckets].
func (b buckets) Put(ctx context.Context, bucket, key string, write func(io.Writer) error) error {
	if err := check(ctx, BucketStore); err != nil {
		return err
	}
	return b.inner.Put(ctx, bucket, key, write)
}
