-- What was committed and is to be told outside, written with the command: one narrow row for each case of a
-- transaction, which says between which numbers its new events stand. One transaction at a time writes here, so that
-- positions are given as rows are written; a position is never used again.
CREATE TABLE outbox (
    position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    first_sequence INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_by_office ON outbox (office_id, position);

-- Up to where it was thrown away: whoever stopped reading before that has missed something.
CREATE TABLE outbox_pruned (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    through INTEGER NOT NULL
) STRICT;
INSERT INTO outbox_pruned (one, through) VALUES (1, 0);

-- Who was told what about a case. No word that a person wrote, and no person's data.
CREATE TABLE notifications (
    office_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    clause TEXT,
    duty_id BLOB,
    told_at TEXT NOT NULL,
    read_at TEXT,
    PRIMARY KEY (office_id, staff_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX unread_notifications ON notifications (office_id, staff_id, id) WHERE read_at IS NULL;
