package lts

import (
	"context"
	"slices"
)

// A PageSpec says which records of a search to answer: the Limit ones nearest to
// the cursor, without the one at the cursor, always in the order that Descending
// sets. Source: 2022-08 section 5.3.1.
type PageSpec struct {
	After      Cursor // 0: from the beginning, in the direction of the page
	Descending bool   // the newest record comes first
	Backwards  bool   // against the order, instead of on in it
	Limit      int
}

// ReadPage reads a page of the records in a window that the filter wants.
func ReadPage(ctx context.Context, records Records, streamID string, window Window, filter Filter, page PageSpec) ([]Record, error) {
	scan := Scan{Window: window, After: page.After, Descending: page.Descending != page.Backwards, Filter: filter}
	read := make([]Record, 0, min(max(page.Limit, 0), 100))
	if page.Limit <= 0 {
		return read, nil
	}
	for record, err := range records.Scan(ctx, streamID, scan) {
		if err != nil {
			return nil, err
		}
		if read = append(read, record); len(read) == page.Limit {
			break
		}
	}
	if page.Backwards {
		slices.Reverse(read)
	}
	return read, nil
}
