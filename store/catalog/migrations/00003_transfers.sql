-- +goose Up
CREATE TABLE transfers (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    project_id  TEXT NOT NULL,
    group_id    TEXT NOT NULL,
    bucket      TEXT NOT NULL,
    format      TEXT NOT NULL,
    period      INTEGER NOT NULL,
    period_unit TEXT NOT NULL,
    prefix      TEXT NOT NULL,
    dir         TEXT NOT NULL,
    enabled     INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    created_ms  INTEGER NOT NULL,
    ran_ms      INTEGER NOT NULL, -- when the last attempt began
    UNIQUE (project_id, id),
    FOREIGN KEY (project_id, group_id) REFERENCES log_groups (project_id, id) ON DELETE CASCADE
);

CREATE TABLE transfer_streams (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id    TEXT NOT NULL,
    transfer_id   TEXT NOT NULL,
    stream_id     TEXT NOT NULL UNIQUE REFERENCES log_streams (id) ON DELETE CASCADE,
    window_number INTEGER NOT NULL,
    window_from   INTEGER NOT NULL, -- line number
    window_to     INTEGER NOT NULL, -- line number; 0 while the window is open
    object_key    TEXT NOT NULL,    -- of the object that a closed window becomes
    object_format TEXT NOT NULL,
    FOREIGN KEY (project_id, transfer_id) REFERENCES transfers (project_id, id) ON DELETE CASCADE
);

CREATE INDEX transfer_streams_of_transfer ON transfer_streams (project_id, transfer_id);

-- +goose Down
DROP TABLE transfer_streams;
DROP TABLE transfers;
