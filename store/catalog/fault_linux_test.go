package catalog_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/catalog"
)

// Each update writes so much that some fall into the moment at which SQLite
// moves its log into the database.
const (
	updatesBefore = 20
	updatesDuring = 40
	bytesOfUpdate = 100 << 10
)

// Whatever write a disk fails from, an update that is acknowledged is there
// whole, one that fails is not there at all, what is there can be read, and the
// catalog works again without being asked to.
func TestDiskFaults(t *testing.T) {
	useBrokenDisk(t)
	faults := []struct {
		name  string
		errno syscall.Errno
	}{
		{"disk full", syscall.ENOSPC},
		{"read-only file system", syscall.EROFS},
		{"quota exceeded", syscall.EDQUOT},
		{"broken", syscall.EIO},
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			for after := 0; after < 3000; after = 3*after + 1 {
				t.Run(fmt.Sprint("from write ", after, " on"), func(t *testing.T) { testFault(t, f.errno, after) })
			}
		})
	}
}

func testFault(t *testing.T, errno syscall.Errno, after int) {
	file := newFile(t)
	h := &faultHistory{t: t, catalog: open(t, file)}
	h.updateSome(updatesBefore)
	breakAfter(after, errno)
	defer healDisk()
	h.updateSome(updatesDuring)
	h.check()
	if h.failed == 0 {
		t.Errorf("no update has failed, want the fault to be felt")
	}
	healDisk()
	failed := h.failed
	h.updateSome(updatesBefore)
	if h.failed != failed {
		t.Errorf("%d updates fail although the disk is whole again", h.failed-failed)
	}
	h.check()
	h.catalog = open(t, file)
	h.check()
}

// A faultHistory knows what was acknowledged.
type faultHistory struct {
	t            *testing.T
	catalog      *catalog.Catalog
	tried        int
	failed       int
	acknowledged []string
}

// updateSome makes groups of one stream each, in one transaction.
func (h *faultHistory) updateSome(n int) {
	h.t.Helper()
	for range n {
		h.tried++
		name := fmt.Sprint("number ", h.tried)
		err := h.catalog.Update(h.t.Context(), project, func(tx lts.CatalogTx) error {
			return errors.Join(
				tx.InsertGroup(lts.Group{ID: name, Name: name}),
				tx.InsertStream(lts.Stream{ID: name, GroupID: name, Name: name, Alias: strings.Repeat("x", bytesOfUpdate)}),
			)
		})
		if err != nil {
			h.failed++
			continue
		}
		h.acknowledged = append(h.acknowledged, name)
	}
}

func (h *faultHistory) check() {
	h.t.Helper()
	var groups, streams []string
	err := h.catalog.View(h.t.Context(), project, func(tx lts.CatalogTx) error {
		all, err := tx.Groups()
		for _, group := range all {
			groups = append(groups, group.Name)
			of, err := tx.Streams(group.ID)
			if err != nil {
				return err
			}
			for _, stream := range of {
				streams = append(streams, stream.Name)
			}
		}
		return err
	})
	if err != nil {
		h.t.Fatalf("View: %v", err)
	}
	if diff := cmp.Diff(h.acknowledged, groups); diff != "" {
		h.t.Errorf("groups (-acknowledged +there):\n%s", diff)
	}
	if diff := cmp.Diff(h.acknowledged, streams); diff != "" {
		h.t.Errorf("streams (-acknowledged +there):\n%s", diff)
	}
}
