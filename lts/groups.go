package lts

import (
	"context"
	"time"
)

// A Group is a log group.
type Group struct {
	ID        string
	Name      string // unique in its project
	Alias     string
	TTLDays   int
	Tags      []Tag
	CreatedAt time.Time // in whole milliseconds
}

// A Tag is a name and a value that a caller hangs on a group or stream.
type Tag struct {
	Key   string
	Value string
}

// A GroupSpec says what a new group shall be. Its form has been checked
// against the document.
type GroupSpec struct {
	Name    string
	Alias   string
	TTLDays int
	Tags    []Tag
}

// A GroupTx is the part of a transaction that concerns groups.
type GroupTx interface {
	Groups() ([]Group, error)
	Group(id string) (group Group, ok bool, err error)
	GroupByName(name string) (group Group, ok bool, err error)
	CountGroups() (int, error)
	InsertGroup(Group) error
	UpdateGroup(Group) error
	DeleteGroup(id string) error // with its streams
}

// CreateGroup creates a group. It fails with [ErrGroupExists] when the name is
// taken, with [ErrGroupQuota] when the project is full, and with
// [ErrCreateGroupFailed] when the group cannot be stored.
func (s *Service) CreateGroup(ctx context.Context, projectID string, spec GroupSpec) (Group, error) {
	group := Group{
		ID:        s.newID(),
		Name:      spec.Name,
		Alias:     spec.Alias,
		TTLDays:   spec.TTLDays,
		Tags:      spec.Tags,
		CreatedAt: s.now().Truncate(time.Millisecond),
	}
	err := s.catalog.Update(ctx, projectID, func(tx CatalogTx) error {
		if _, taken, err := tx.GroupByName(group.Name); err != nil {
			return err
		} else if taken {
			return ErrGroupExists
		}
		if n, err := tx.CountGroups(); err != nil {
			return err
		} else if n >= s.quotas.Groups {
			return ErrGroupQuota
		}
		return tx.InsertGroup(group)
	})
	if err != nil {
		return Group{}, orFailure(err, ErrCreateGroupFailed)
	}
	return group, nil
}

// Groups lists the groups of a project in the order of their creation.
func (s *Service) Groups(ctx context.Context, projectID string) ([]Group, error) {
	var groups []Group
	err := s.catalog.View(ctx, projectID, func(tx CatalogTx) (err error) {
		groups, err = tx.Groups()
		return err
	})
	return groups, orFailure(err, errListFailed)
}

// A GroupChange says what a group shall become. Nil tags stay as they are.
type GroupChange struct {
	TTLDays int
	Tags    []Tag
}

// UpdateGroup changes a group and returns what it is now. It fails with
// [ErrGroupNotFound] and, when the change cannot be stored, with
// [ErrUpdateGroupFailed].
func (s *Service) UpdateGroup(ctx context.Context, projectID, id string, change GroupChange) (Group, error) {
	var group Group
	err := s.catalog.Update(ctx, projectID, func(tx CatalogTx) (err error) {
		if group, err = findGroup(tx, id); err != nil {
			return err
		}
		group.TTLDays = change.TTLDays
		if change.Tags != nil {
			group.Tags = change.Tags
		}
		return tx.UpdateGroup(group)
	})
	if err != nil {
		return Group{}, orFailure(err, ErrUpdateGroupFailed)
	}
	return group, nil
}

// DeleteGroup deletes a group with its streams and their records. It fails with
// [ErrGroupNotFound], with [ErrGroupInTransfer] while a transfer reads one of the
// streams and, when it cannot be deleted, with [ErrDeleteGroupFailed].
func (s *Service) DeleteGroup(ctx context.Context, projectID, id string) error {
	var streams []Stream
	err := s.catalog.Update(ctx, projectID, func(tx CatalogTx) (err error) {
		if _, err = findGroup(tx, id); err != nil {
			return err
		}
		if err = groupIsFree(tx, id); err != nil {
			return err
		}
		if streams, err = tx.Streams(id); err != nil {
			return err
		}
		return tx.DeleteGroup(id)
	})
	if err != nil {
		return orFailure(err, ErrDeleteGroupFailed)
	}
	for _, stream := range streams {
		s.drop(ctx, stream.ID)
	}
	return nil
}

func findGroup(tx GroupTx, id string) (Group, error) {
	group, ok, err := tx.Group(id)
	if err == nil && !ok {
		err = ErrGroupNotFound
	}
	return group, err
}
