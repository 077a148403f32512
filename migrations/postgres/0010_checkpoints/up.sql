-- Cases with entries that no checkpoint covers yet: a row for each command, written with its events. No key and no
-- index, so that it costs a command a few bytes at the end of a file and nobody ever waits here: a command only adds,
-- and whoever makes a checkpoint takes the rows that are committed. What is committed later comes with the next one.
CREATE TABLE checkpoint_backlog (
    office_id uuid NOT NULL,
    case_id uuid NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- What an office's chains had come to at an instant, signed. `statement` holds the exact text that was signed; the
-- columns beside it only serve to find it.
CREATE TABLE checkpoints (
    office_id uuid NOT NULL,
    number bigint NOT NULL CHECK (number > 0),
    made_at timestamptz NOT NULL,
    statement text NOT NULL,
    signature bytea NOT NULL CHECK (octet_length(signature) = 64),
    PRIMARY KEY (office_id, number)
);

-- The head of each chain that a checkpoint covers: kept, so that a case that was removed whole can be named.
CREATE TABLE checkpoint_entries (
    office_id uuid NOT NULL,
    case_id uuid NOT NULL,
    number bigint NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    head bytea NOT NULL CHECK (octet_length(head) = 32),
    PRIMARY KEY (office_id, case_id, number)
);

-- The keys that have signed, for people; whoever verifies trusts only those that he was given.
CREATE TABLE checkpoint_keys (
    name text COLLATE "C" PRIMARY KEY,
    public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
    first_used_at timestamptz NOT NULL
);

-- One row: when checkpoints were made last. Whoever changes it has the turn until his commit.
CREATE TABLE checkpoint_turns (
    number integer PRIMARY KEY CHECK (number = 1),
    at timestamptz NOT NULL
);
INSERT INTO checkpoint_turns (number, at) VALUES (1, '1970-01-01T00:00:00Z');
-- From before there were checkpoints.
INSERT INTO checkpoint_backlog (office_id, case_id) SELECT office_id, id FROM cases;
