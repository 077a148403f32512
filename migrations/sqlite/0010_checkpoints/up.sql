-- Cases with entries that no checkpoint covers yet: a row for each command, written with its events. No key, as on
-- PostgreSQL: a command only adds at the end.
CREATE TABLE checkpoint_backlog (
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL
) STRICT;

-- What an office's chains had come to at an instant, signed. `statement` holds the exact text that was signed; the
-- columns beside it only serve to find it.
CREATE TABLE checkpoints (
    office_id BLOB NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    made_at TEXT NOT NULL,
    statement TEXT NOT NULL,
    signature BLOB NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (office_id, number)
) STRICT;

-- The head of each chain that a checkpoint covers: kept, so that a case that was removed whole can be named.
CREATE TABLE checkpoint_entries (
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    PRIMARY KEY (office_id, case_id, number)
) STRICT, WITHOUT ROWID;

-- The keys that have signed, for people; whoever verifies trusts only those that he was given.
CREATE TABLE checkpoint_keys (
    name TEXT NOT NULL PRIMARY KEY,
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    first_used_at TEXT NOT NULL
) STRICT;

-- One row: when checkpoints were made last. Whoever changes it has the turn until his commit.
CREATE TABLE checkpoint_turns (
    number INTEGER NOT NULL PRIMARY KEY CHECK (number = 1),
    at TEXT NOT NULL
) STRICT;
INSERT INTO checkpoint_turns (number, at) VALUES (1, '1970-01-01T00:00:00.000000Z');
-- From before there were checkpoints.
INSERT INTO checkpoint_backlog (office_id, case_id) SELECT office_id, id FROM cases;
