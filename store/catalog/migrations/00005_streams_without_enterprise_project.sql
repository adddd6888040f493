-- +goose Up
-- No answer shows it.
ALTER TABLE log_streams DROP COLUMN enterprise_project;

-- +goose Down
ALTER TABLE log_streams ADD COLUMN enterprise_project TEXT NOT NULL DEFAULT '';
