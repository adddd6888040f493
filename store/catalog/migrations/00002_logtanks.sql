-- +goose Up
CREATE TABLE logtanks (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    project_id    TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id   TEXT NOT NULL,
    group_id      TEXT NOT NULL,
    stream_id     TEXT NOT NULL,
    created_ms    INTEGER NOT NULL,
    updated_ms    INTEGER NOT NULL,
    deleted_ms    INTEGER, -- when the deletion began
    UNIQUE (project_id, resource_type, resource_id)
);

-- +goose Down
DROP TABLE logtanks;
