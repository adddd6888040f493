package lts

import (
	"context"
	"fmt"
	"time"
)

// A Logtank sends the access log of a Global Accelerator resource to a stream.
type Logtank struct {
	ID           string
	ResourceType string // "LISTENER"
	ResourceID   string // at most one logtank of a project has it
	GroupID      string
	StreamID     string
	CreatedAt    time.Time // in whole milliseconds
	UpdatedAt    time.Time // in whole milliseconds
	DeletedAt    time.Time // when its deletion began; zero while it is not deleted
}

// A LogtankStatus is the state of provisioning (2025-10 table 5).
type LogtankStatus string

// The states that a logtank passes through here; a server may also report
// ERROR.
const (
	LogtankPending  LogtankStatus = "PENDING"
	LogtankActive   LogtankStatus = "ACTIVE"
	LogtankDeleting LogtankStatus = "DELETING"
)

// A LogtankSpec says what a new logtank shall be. Its form has been checked
// against the document.
type LogtankSpec struct {
	ResourceType string
	ResourceID   string
	GroupID      string
	StreamID     string
}

// A LogtankTx is the part of a transaction that concerns logtanks.
type LogtankTx interface {
	// Logtanks lists at most limit logtanks after the one of an ID; with an empty
	// one from the first on. Those whose deletion began at deletedUntil or before
	// are left out; at the zero time none is. It is empty where there is no
	// logtank of the ID.
	Logtanks(after string, deletedUntil time.Time, limit int) ([]Logtank, error)
	// RemoveLogtanks deletes those whose deletion began at deletedUntil or before.
	RemoveLogtanks(deletedUntil time.Time) error
	Logtank(id string) (logtank Logtank, ok bool, err error)
	LogtankOf(resourceType, resourceID string) (logtank Logtank, ok bool, err error)
	InsertLogtank(Logtank) error
	UpdateLogtank(Logtank) error
	DeleteLogtank(id string) error
}

// LogtankStatus tells the state of a logtank now. Provisioning and deletion
// take the time that the service was configured with.
func (s *Service) LogtankStatus(logtank Logtank) LogtankStatus {
	switch now := s.now(); {
	case !logtank.DeletedAt.IsZero():
		return LogtankDeleting
	case now.Before(logtank.CreatedAt.Add(s.provisioning)):
		return LogtankPending
	default:
		return LogtankActive
	}
}

// CreateLogtank creates a logtank. It fails with [ErrLogtankExists] when the
// resource has one.
func (s *Service) CreateLogtank(ctx context.Context, projectID string, spec LogtankSpec) (Logtank, error) {
	now := s.now().Truncate(time.Millisecond)
	logtank := Logtank{
		ID:           s.newID(),
		ResourceType: spec.ResourceType,
		ResourceID:   spec.ResourceID,
		GroupID:      spec.GroupID,
		StreamID:     spec.StreamID,
		CreatedAt:    now,
		UpdatedAt:    now,
	}
	err := s.catalog.Update(ctx, projectID, func(tx CatalogTx) error {
		if err := tx.RemoveLogtanks(s.goneUntil()); err != nil {
			return err
		}
		if _, taken, err := tx.LogtankOf(spec.ResourceType, spec.ResourceID); err != nil {
			return err
		} else if taken {
			return ErrLogtankExists.Worded(fmt.Sprintf(ErrLogtankExists.Message, spec.ResourceID))
		}
		return tx.InsertLogtank(logtank)
	})
	if err != nil {
		return Logtank{}, orFailure(err, errListFailed)
	}
	return logtank, nil
}

// A LogtankPage is a part of a list.
type LogtankPage struct {
	Logtanks []Logtank
	Next     string // marker of the next page; empty on the last
}

// MaxLogtankPage is how many logtanks a page has at most.
const MaxLogtankPage = 500

// Logtanks lists the logtanks of a project in the order of their creation,
// after the one that marker names (empty: from the first), at most limit (0:
// [MaxLogtankPage]). It fails with [ErrLogtankInvalid] for a marker that names
// none.
func (s *Service) Logtanks(ctx context.Context, projectID, marker string, limit int) (LogtankPage, error) {
	if limit == 0 || limit > MaxLogtankPage {
		limit = MaxLogtankPage
	}
	var page LogtankPage
	err := s.catalog.View(ctx, projectID, func(tx CatalogTx) (err error) {
		if err := checkMarker(tx, marker); err != nil {
			return err
		}
		page.Logtanks, err = tx.Logtanks(marker, s.goneUntil(), limit+1) // one more tells whether there is a next page
		return err
	})
	if len(page.Logtanks) > limit {
		page.Logtanks = page.Logtanks[:limit]
		page.Next = page.Logtanks[limit-1].ID
	}
	return page, orFailure(err, errListFailed)
}

// checkMarker refuses the marker of a page that names no logtank. One that is
// gone still marks a place.
func checkMarker(tx LogtankTx, marker string) error {
	if marker == "" {
		return nil
	}
	_, ok, err := tx.Logtank(marker)
	if err == nil && !ok {
		err = invalidLogtank("marker", "there is no such logtank")
	}
	return err
}

// Logtank returns a logtank. It fails with [ErrLogtankNotFound].
func (s *Service) Logtank(ctx context.Context, projectID, id string) (Logtank, error) {
	var logtank Logtank
	err := s.catalog.View(ctx, projectID, func(tx CatalogTx) (err error) {
		logtank, err = s.findLogtank(tx, id)
		return err
	})
	return logtank, orFailure(err, errListFailed)
}

// UpdateLogtank lets a logtank send to another stream. It fails with
// [ErrLogtankNotFound] and, while the logtank is not active, with
// [ErrLogtankState].
func (s *Service) UpdateLogtank(ctx context.Context, projectID, id, groupID, streamID string) (Logtank, error) {
	var logtank Logtank
	err := s.catalog.Update(ctx, projectID, func(tx CatalogTx) (err error) {
		if logtank, err = s.findActiveLogtank(tx, id); err != nil {
			return err
		}
		logtank.GroupID, logtank.StreamID = groupID, streamID
		logtank.UpdatedAt = s.now().Truncate(time.Millisecond)
		return tx.UpdateLogtank(logtank)
	})
	if err != nil {
		return Logtank{}, orFailure(err, errListFailed)
	}
	return logtank, nil
}

// DeleteLogtank deletes a logtank. It fails with [ErrLogtankNotFound] and,
// while the logtank is not active, with [ErrLogtankState].
func (s *Service) DeleteLogtank(ctx context.Context, projectID, id string) error {
	err := s.catalog.Update(ctx, projectID, func(tx CatalogTx) error {
		logtank, err := s.findActiveLogtank(tx, id)
		if err != nil {
			return err
		}
		if s.provisioning == 0 {
			return tx.DeleteLogtank(id)
		}
		logtank.DeletedAt = s.now().Truncate(time.Millisecond)
		return tx.UpdateLogtank(logtank)
	})
	return orFailure(err, errListFailed)
}

// goneUntil is when the deletion of a logtank must have begun for it to have
// come to its end by now.
func (s *Service) goneUntil() time.Time { return s.now().Add(-s.provisioning) }

// isGone reports whether the deletion of a logtank has come to its end.
func (s *Service) isGone(logtank Logtank) bool {
	return !logtank.DeletedAt.IsZero() && !logtank.DeletedAt.After(s.goneUntil())
}

func (s *Service) findLogtank(tx LogtankTx, id string) (Logtank, error) {
	logtank, ok, err := tx.Logtank(id)
	if err == nil && (!ok || s.isGone(logtank)) {
		err = ErrLogtankNotFound.Worded(fmt.Sprintf(ErrLogtankNotFound.Message, id))
	}
	return logtank, err
}

func (s *Service) findActiveLogtank(tx LogtankTx, id string) (Logtank, error) {
	logtank, err := s.findLogtank(tx, id)
	if err == nil && s.LogtankStatus(logtank) != LogtankActive {
		err = ErrLogtankState.Worded(fmt.Sprintf(ErrLogtankState.Message, id))
	}
	return logtank, err
}

func invalidLogtank(field, rule string) error {
	return ErrLogtankInvalid.Worded(fmt.Sprintf(ErrLogtankInvalid.Message, field, rule)).
		WithDetails(Detail{Field: field, Rule: rule})
}
