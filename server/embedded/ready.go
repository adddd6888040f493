package embedded

import (
	"context"
	"fmt"

	"github.com/ltskit/ltskit/lts"
)

// Ready reports whether requests can be answered: both stores can be read.
func (s *Server) Ready(ctx context.Context) error {
	if err := s.catalog.View(ctx, "", func(tx lts.CatalogTx) error {
		_, err := tx.CountGroups()
		return err
	}); err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	if _, err := s.records.Count(ctx, "", lts.Always, lts.Filter{}); err != nil {
		return fmt.Errorf("records: %w", err)
	}
	return nil
}
