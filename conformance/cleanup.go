package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Cleanup deletes what earlier runs against a target have left behind, such as
// one that was killed: everything that carries the target's prefix, or
// [DefaultPrefix] when it has none. It returns the names of what it deleted.
func Cleanup(ctx context.Context, target Target, edition string) ([]string, error) {
	contract, err := loadContract(edition)
	if err != nil {
		return nil, err
	}
	if err := target.Check(); err != nil {
		return nil, err
	}
	prefix := target.Prefix
	if prefix == "" {
		prefix = DefaultPrefix
	}
	s, err := newSession(ctx, contract, target.withDefaults(contract.features), 1)
	if err != nil {
		return nil, err
	}
	defer s.client.CloseIdleConnections()
	return s.sweep(ctx, prefix)
}

// A kind of thing that a run creates is found by its name.
type kind struct {
	feature   string
	list      string // operationId
	elements  string // member of the answer
	name      func(element any) string
	id        func(element any) ids
	deletedBy string // operationId
	paged     bool   // by marker
}

func kinds() []kind {
	return []kind{
		{
			feature: "transfers", list: "ListTransfers", elements: "log_transfers", deletedBy: "DeleteTransfer",
			name: func(e any) string { return text(e, "log_group_name") },
			id:   func(e any) ids { return ids{transfer: text(e, "log_transfer_id")} },
		},
		{
			feature: "groups", list: "ListLogGroups", elements: "log_groups", deletedBy: "DeleteLogGroup",
			name: func(e any) string { return text(e, "log_group_name") },
			id:   func(e any) ids { return ids{group: text(e, "log_group_id")} },
		},
		{
			feature: "logtanks", list: "ListLogtanks", elements: "logtanks", deletedBy: "DeleteLogtank", paged: true,
			name: func(e any) string { return text(e, "resource_id") },
			id:   func(e any) ids { return ids{logtank: text(e, "id")} },
		},
	}
}

// sweep deletes what carries a prefix, in both projects.
func (s *session) sweep(ctx context.Context, prefix string) (removed []string, err error) {
	for _, c := range []caller{s.own, s.other} {
		if c.projectID == "" || c.anonymous {
			continue
		}
		for _, k := range kinds() {
			if s.target.lacksFeature(k.feature) != "" {
				continue
			}
			names, failed := s.sweepKind(ctx, c, k, prefix)
			removed = append(removed, names...)
			err = errors.Join(err, failed)
		}
	}
	return removed, err
}

func (s *session) sweepKind(ctx context.Context, c caller, k kind, prefix string) (removed []string, err error) {
	query := url.Values{}
	if k.paged {
		query.Set("limit", "500")
	}
	for {
		a, failed := s.send(ctx, question{operation: k.list, ids: ids{project: c.projectID}, query: query, as: c.credentials})
		if failed != nil {
			return removed, errors.Join(err, failed)
		}
		if a.status != http.StatusOK {
			return removed, errors.Join(err, fmt.Errorf("%s: status %d", k.list, a.status))
		}
		elements := list(a.value, k.elements)
		for _, element := range elements {
			name := k.name(element)
			if !strings.HasPrefix(name, prefix) {
				continue
			}
			i := k.id(element)
			i.project = c.projectID
			d, failed := s.send(ctx, question{operation: k.deletedBy, ids: i, as: c.credentials})
			switch {
			case failed != nil:
				err = errors.Join(err, failed)
			case d.status >= http.StatusMultipleChoices:
				err = errors.Join(err, fmt.Errorf("%s of %s: status %d", k.deletedBy, name, d.status))
			default:
				removed = append(removed, name)
			}
		}
		next := text(a.value, "page_info", "next_marker")
		if !k.paged || next == "" || len(elements) == 0 || next == query.Get("marker") {
			return removed, err
		}
		query.Set("marker", next)
	}
}
