package client

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/lts"
)

// Logtanks send the access logs of Global Accelerator to streams. The service
// is one of its own; see [WithGAEndpoint].
type Logtanks struct{ *core }

// A Logtank is a logtank with the state that the service reports.
type Logtank struct {
	lts.Logtank

	Status    lts.LogtankStatus
	ProjectID string
	DomainID  string
}

// LogtankError is the state of a logtank that could not be created.
const LogtankError lts.LogtankStatus = "ERROR"

// Create creates a logtank. It may be [lts.LogtankPending] at first; see
// [Logtanks.Wait]. It fails with [lts.ErrLogtankExists] when the resource has one,
// and with [lts.ErrLogtankInvalid] or [lts.ErrInvalidBody] for a specification
// that breaks a rule.
func (l *Logtanks) Create(ctx context.Context, spec lts.LogtankSpec) (Logtank, error) {
	return oneLogtank(l.ga.CreateLogtank(as(ctx, "CreateLogtank", 0), &api.CreateLogtankParams{XProjectID: &l.project}, api.CreateLogtankRequest{
		Logtank: api.CreateLogtankOption{
			ResourceType: api.CreateLogtankOptionResourceType(spec.ResourceType),
			ResourceID:   spec.ResourceID,
			LogGroupID:   spec.GroupID,
			LogStreamID:  spec.StreamID,
		},
	}))
}

// Get returns a logtank. It fails with [lts.ErrLogtankNotFound].
func (l *Logtanks) Get(ctx context.Context, id string) (Logtank, error) {
	return oneLogtank(l.ga.ShowLogtank(as(ctx, "ShowLogtank", repeatable), id, &api.ShowLogtankParams{XProjectID: &l.project}))
}

// Wait asks for a logtank every interval until it is active, and returns it. It
// fails when the logtank cannot become active any more.
func (l *Logtanks) Wait(ctx context.Context, id string, interval time.Duration) (Logtank, error) {
	for {
		logtank, err := l.Get(ctx, id)
		switch {
		case err != nil || logtank.Status == lts.LogtankActive:
			return logtank, err
		case logtank.Status != lts.LogtankPending:
			return logtank, fmt.Errorf("client: logtank %s is %s", id, logtank.Status)
		}
		if err := sleep(ctx, interval); err != nil {
			return logtank, err
		}
	}
}

// A LogtankPage is a part of the list of logtanks.
type LogtankPage struct {
	Logtanks []Logtank
	Next     string // marker of the next page; empty on the last
}

// List lists the logtanks after the one that marker names (empty: from the
// first), at most limit (0: as many as the service likes).
func (l *Logtanks) List(ctx context.Context, marker string, limit int) (LogtankPage, error) {
	answer, err := decode[api.ListLogtanksResponse](l.ga.ListLogtanks(as(ctx, "ListLogtanks", repeatable), &api.ListLogtanksParams{
		Limit:      optional(int32(limit)),
		Marker:     optional(marker),
		XProjectID: &l.project,
	}))
	if err != nil {
		return LogtankPage{}, err
	}
	page := LogtankPage{Logtanks: make([]Logtank, len(answer.Logtanks)), Next: deref(answer.PageInfo.NextMarker)}
	for i, logtank := range answer.Logtanks {
		page.Logtanks[i] = fromLogtank(logtank)
	}
	return page, nil
}

// All goes through all logtanks of the project, page by page. After an error it
// ends.
func (l *Logtanks) All(ctx context.Context) iter.Seq2[Logtank, error] {
	return func(yield func(Logtank, error) bool) {
		for marker := ""; ; {
			page, err := l.List(ctx, marker, 0)
			if err != nil {
				yield(Logtank{}, err)
				return
			}
			for _, logtank := range page.Logtanks {
				if !yield(logtank, nil) {
					return
				}
			}
			if page.Next == "" || page.Next == marker {
				return
			}
			marker = page.Next
		}
	}
}

// Update lets a logtank send to another stream. It fails with
// [lts.ErrLogtankNotFound] and, while the logtank is not active, with
// [lts.ErrLogtankState].
func (l *Logtanks) Update(ctx context.Context, id, groupID, streamID string) (Logtank, error) {
	return oneLogtank(l.ga.UpdateLogtank(as(ctx, "UpdateLogtank", repeatable), id, &api.UpdateLogtankParams{XProjectID: &l.project}, api.UpdateLogtankRequest{
		Logtank: api.UpdateLogtankOption{LogGroupID: groupID, LogStreamID: streamID},
	}))
}

// Delete deletes a logtank. It fails with [lts.ErrLogtankNotFound] and, while the
// logtank is not active, with [lts.ErrLogtankState].
func (l *Logtanks) Delete(ctx context.Context, id string) error {
	return gone(l.ga.DeleteLogtank(as(ctx, "DeleteLogtank", repeatable), id, &api.DeleteLogtankParams{XProjectID: &l.project}))
}

var decodeLogtank = decodeWith(func(a api.LogtankResponse) bool { return a.Logtank.ID != "" }, "logtank.id")

func oneLogtank(response *http.Response, err error) (Logtank, error) {
	answer, err := decodeLogtank(response, err)
	if err != nil {
		return Logtank{}, err
	}
	return fromLogtank(answer.Logtank), nil
}

func fromLogtank(logtank api.LogtankDetail) Logtank {
	return Logtank{
		Logtank: lts.Logtank{
			ID:           logtank.ID,
			ResourceType: logtank.ResourceType,
			ResourceID:   logtank.ResourceID,
			GroupID:      logtank.LogGroupID,
			StreamID:     logtank.LogStreamID,
			CreatedAt:    logtank.CreatedAt,
			UpdatedAt:    logtank.UpdatedAt,
		},
		Status:    lts.LogtankStatus(logtank.Status),
		ProjectID: logtank.ProjectID,
		DomainID:  logtank.DomainID,
	}
}

// sleep waits, or ends early with the context.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
