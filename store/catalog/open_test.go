package catalog_test

import (
	"sync"
	"testing"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/catalog"
)

// Programs that are started at the same time make the tables of a new file once.
func TestANewFileMayBeOpenedByManyAtOnce(t *testing.T) {
	const programs = 8
	file := newFile(t)
	opened := make([]*catalog.Catalog, programs)
	var begin, all sync.WaitGroup
	begin.Add(1)
	for i := range opened {
		all.Go(func() {
			begin.Wait()
			c, err := catalog.Open(t.Context(), file)
			if err != nil {
				t.Errorf("Open number %d: %v", i, err)
			}
			opened[i] = c
		})
	}
	begin.Done()
	all.Wait()
	for i, c := range opened {
		if c == nil {
			continue
		}
		if err := c.Update(t.Context(), project, insertNext); err != nil {
			t.Errorf("Update through number %d: %v", i, err)
		}
	}
	err := open(t, file).View(t.Context(), project, func(tx lts.CatalogTx) error {
		n, err := tx.CountGroups()
		if n != programs {
			t.Errorf("there are %d groups, want one of each of the %d programs", n, programs)
		}
		return err
	})
	if err != nil {
		t.Errorf("View: %v", err)
	}
	for _, c := range opened {
		if c != nil {
			_ = c.Close()
		}
	}
}
