-- +goose Up
-- An index ends with the row's seq, so that a page is read in its order.
CREATE INDEX logtanks_of_project ON logtanks (project_id);
CREATE INDEX logtanks_deleted ON logtanks (project_id, deleted_ms) WHERE deleted_ms IS NOT NULL;

-- +goose Down
DROP INDEX logtanks_deleted;
DROP INDEX logtanks_of_project;
