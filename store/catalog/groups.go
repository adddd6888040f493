package catalog

import "github.com/ltskit/ltskit/lts"

const selectGroups = `SELECT id, name, alias, ttl_days, tags, created_ms FROM log_groups WHERE project_id = ?`

func scanGroup(r row) (lts.Group, error) {
	var g lts.Group
	var created int64
	err := r.Scan(&g.ID, &g.Name, &g.Alias, &g.TTLDays, (*tags)(&g.Tags), &created)
	g.CreatedAt = fromMillis(created)
	return g, err
}

func (t *tx) Groups() ([]lts.Group, error) {
	return list(t, scanGroup, selectGroups+` ORDER BY seq`, t.projectID)
}

func (t *tx) Group(id string) (lts.Group, bool, error) {
	return one(t, scanGroup, selectGroups+` AND id = ?`, t.projectID, id)
}

func (t *tx) GroupByName(name string) (lts.Group, bool, error) {
	return one(t, scanGroup, selectGroups+` AND name = ?`, t.projectID, name)
}

func (t *tx) CountGroups() (int, error) {
	return t.count(`SELECT count(*) FROM log_groups WHERE project_id = ?`, t.projectID)
}

func (t *tx) InsertGroup(g lts.Group) error {
	return t.exec(`INSERT INTO log_groups (id, project_id, name, alias, ttl_days, tags, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		g.ID, t.projectID, g.Name, g.Alias, g.TTLDays, tags(g.Tags).text(), millis(g.CreatedAt))
}

func (t *tx) UpdateGroup(g lts.Group) error {
	return t.exec(`UPDATE log_groups SET name = ?, alias = ?, ttl_days = ?, tags = ? WHERE project_id = ? AND id = ?`,
		g.Name, g.Alias, g.TTLDays, tags(g.Tags).text(), t.projectID, g.ID)
}

func (t *tx) DeleteGroup(id string) error {
	return t.exec(`DELETE FROM log_groups WHERE project_id = ? AND id = ?`, t.projectID, id)
}
