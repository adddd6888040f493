package catalog

import (
	"database/sql"
	"time"

	"github.com/ltskit/ltskit/lts"
)

const selectLogtanks = `SELECT id, resource_type, resource_id, group_id, stream_id, created_ms, updated_ms, deleted_ms FROM logtanks WHERE project_id = ?`

func scanLogtank(r row) (lts.Logtank, error) {
	var l lts.Logtank
	var created, updated int64
	var deleted sql.NullInt64
	err := r.Scan(&l.ID, &l.ResourceType, &l.ResourceID, &l.GroupID, &l.StreamID, &created, &updated, &deleted)
	l.CreatedAt, l.UpdatedAt = fromMillis(created), fromMillis(updated)
	if deleted.Valid {
		l.DeletedAt = fromMillis(deleted.Int64)
	}
	return l, err
}

func (t *tx) Logtanks(after string, deletedUntil time.Time, limit int) ([]lts.Logtank, error) {
	query, args := selectLogtanks, []any{t.projectID}
	if after != "" {
		query += ` AND seq > (SELECT seq FROM logtanks WHERE project_id = ? AND id = ?)`
		args = append(args, t.projectID, after)
	}
	query += ` AND (deleted_ms IS NULL OR deleted_ms > ?) ORDER BY seq LIMIT ?`
	return list(t, scanLogtank, query, append(args, millis(deletedUntil), limit)...)
}

func (t *tx) RemoveLogtanks(deletedUntil time.Time) error {
	return t.exec(`DELETE FROM logtanks WHERE project_id = ? AND deleted_ms <= ?`, t.projectID, millis(deletedUntil))
}

func (t *tx) Logtank(id string) (lts.Logtank, bool, error) {
	return one(t, scanLogtank, selectLogtanks+` AND id = ?`, t.projectID, id)
}

func (t *tx) LogtankOf(resourceType, resourceID string) (lts.Logtank, bool, error) {
	return one(t, scanLogtank, selectLogtanks+` AND resource_type = ? AND resource_id = ?`, t.projectID, resourceType, resourceID)
}

func (t *tx) InsertLogtank(l lts.Logtank) error {
	return t.exec(`INSERT INTO logtanks (id, project_id, resource_type, resource_id, group_id, stream_id, created_ms, updated_ms, deleted_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		l.ID, t.projectID, l.ResourceType, l.ResourceID, l.GroupID, l.StreamID, millis(l.CreatedAt), millis(l.UpdatedAt), optionalMillis(l.DeletedAt))
}

func (t *tx) UpdateLogtank(l lts.Logtank) error {
	return t.exec(`UPDATE logtanks SET group_id = ?, stream_id = ?, updated_ms = ?, deleted_ms = ? WHERE project_id = ? AND id = ?`,
		l.GroupID, l.StreamID, millis(l.UpdatedAt), optionalMillis(l.DeletedAt), t.projectID, l.ID)
}

func (t *tx) DeleteLogtank(id string) error {
	return t.exec(`DELETE FROM logtanks WHERE project_id = ? AND id = ?`, t.projectID, id)
}

// optionalMillis keeps the zero time as NULL.
func optionalMillis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return millis(t)
}
