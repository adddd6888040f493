package catalog

import "github.com/ltskit/ltskit/lts"

const selectStreams = `SELECT id, group_id, name, alias, ttl_days, tags, created_ms FROM log_streams WHERE project_id = ? AND group_id = ?`

func scanStream(r row) (lts.Stream, error) {
	var s lts.Stream
	var created int64
	err := r.Scan(&s.ID, &s.GroupID, &s.Name, &s.Alias, &s.TTLDays, (*tags)(&s.Tags), &created)
	s.CreatedAt = fromMillis(created)
	return s, err
}

func (t *tx) Streams(groupID string) ([]lts.Stream, error) {
	return list(t, scanStream, selectStreams+` ORDER BY seq`, t.projectID, groupID)
}

func (t *tx) Stream(groupID, id string) (lts.Stream, bool, error) {
	return one(t, scanStream, selectStreams+` AND id = ?`, t.projectID, groupID, id)
}

func (t *tx) StreamByName(groupID, name string) (lts.Stream, bool, error) {
	return one(t, scanStream, selectStreams+` AND name = ?`, t.projectID, groupID, name)
}

func (t *tx) CountStreams(groupID string) (int, error) {
	return t.count(`SELECT count(*) FROM log_streams WHERE project_id = ? AND group_id = ?`, t.projectID, groupID)
}

func (t *tx) InsertStream(s lts.Stream) error {
	return t.exec(`INSERT INTO log_streams (id, project_id, group_id, name, alias, ttl_days, tags, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		s.ID, t.projectID, s.GroupID, s.Name, s.Alias, s.TTLDays, tags(s.Tags).text(), millis(s.CreatedAt))
}

func (t *tx) UpdateStream(s lts.Stream) error {
	return t.exec(`UPDATE log_streams SET name = ?, alias = ?, ttl_days = ?, tags = ? WHERE project_id = ? AND group_id = ? AND id = ?`,
		s.Name, s.Alias, s.TTLDays, tags(s.Tags).text(), t.projectID, s.GroupID, s.ID)
}

func (t *tx) DeleteStream(groupID, id string) error {
	return t.exec(`DELETE FROM log_streams WHERE project_id = ? AND group_id = ? AND id = ?`, t.projectID, groupID, id)
}
