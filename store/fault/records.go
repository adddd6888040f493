package fault

import (
	"context"
	"iter"

	"github.com/ltskit/ltskit/lts"
)

// Records returns records that fail under a context made by [Inject], and
// otherwise do what inner does. They list their streams where inner does.
func Records(inner lts.Records) lts.Records {
	if lister, ok := inner.(lts.StreamLister); ok {
		return listingRecords{records{inner}, lister}
	}
	return records{inner}
}

type records struct{ lts.Records }

type listingRecords struct {
	records

	lister lts.StreamLister
}

// StreamIDs implements [lts.StreamLister].
func (r listingRecords) StreamIDs(ctx context.Context) ([]string, error) {
	if err := check(ctx, RecordsStore); err != nil {
		return nil, err
	}
	return r.lister.StreamIDs(ctx)
}

// Append implements [lts.Records].
func (r records) Append(ctx context.Context, streamID string, labels map[string]string, batch []lts.NewRecord) error {
	if err := check(ctx, RecordsStore); err != nil {
		return err
	}
	return r.Records.Append(ctx, streamID, labels, batch)
}

// Scan implements [lts.Records].
func (r records) Scan(ctx context.Context, streamID string, scan lts.Scan) iter.Seq2[lts.Record, error] {
	if err := check(ctx, RecordsStore); err != nil {
		return func(yield func(lts.Record, error) bool) { yield(lts.Record{}, err) }
	}
	return r.Records.Scan(ctx, streamID, scan)
}

// Count implements [lts.Records].
func (r records) Count(ctx context.Context, streamID string, window lts.Window, filter lts.Filter) (int64, error) {
	if err := check(ctx, RecordsStore); err != nil {
		return 0, err
	}
	return r.Records.Count(ctx, streamID, window, filter)
}

// CountSteps implements [lts.Records].
func (r records) CountSteps(ctx context.Context, streamID string, window lts.Window, stepNS int64, filter lts.Filter) ([]int64, error) {
	if err := check(ctx, RecordsStore); err != nil {
		return nil, err
	}
	return r.Records.CountSteps(ctx, streamID, window, stepNS, filter)
}

// Drop implements [lts.Records].
func (r records) Drop(ctx context.Context, streamID string) error {
	if err := check(ctx, RecordsStore); err != nil {
		return err
	}
	return r.Records.Drop(ctx, streamID)
}

// DropBefore implements [lts.Records].
func (r records) DropBefore(ctx context.Context, streamID string, lineNum int64) error {
	if err := check(ctx, RecordsStore); err != nil {
		return err
	}
	return r.Records.DropBefore(ctx, streamID, lineNum)
}
