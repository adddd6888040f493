-- +goose Up
CREATE TABLE log_groups (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    alias      TEXT NOT NULL,
    ttl_days   INTEGER NOT NULL,
    tags       TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    UNIQUE (project_id, name),
    UNIQUE (project_id, id)
);

CREATE TABLE log_streams (
    seq                INTEGER PRIMARY KEY AUTOINCREMENT,
    id                 TEXT NOT NULL UNIQUE,
    project_id         TEXT NOT NULL,
    group_id           TEXT NOT NULL,
    name               TEXT NOT NULL,
    alias              TEXT NOT NULL,
    ttl_days           INTEGER NOT NULL,
    enterprise_project TEXT NOT NULL,
    tags               TEXT NOT NULL,
    created_ms         INTEGER NOT NULL,
    UNIQUE (group_id, name),
    FOREIGN KEY (project_id, group_id) REFERENCES log_groups (project_id, id) ON DELETE CASCADE
);

-- Secrets that every process on this catalog shares, such as the key of the tokens.
CREATE TABLE secrets (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
);

-- +goose Down
DROP TABLE secrets;
DROP TABLE log_streams;
DROP TABLE log_groups;
