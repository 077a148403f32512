-- What was committed and is to be told outside, written with the command: one narrow row for each case of a
-- transaction, which says between which numbers its new events stand. `written` only says in which order the rows of
-- one case were written; that of the commits is found afterwards.
CREATE TABLE outbox_waiting (
    office_id uuid NOT NULL,
    case_id uuid NOT NULL,
    first_sequence bigint NOT NULL,
    last_sequence bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    written bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

-- The same in the order in which everybody reads it: a row that has a position was committed before, and no row ever
-- gets one below it.
CREATE SEQUENCE outbox_position;
CREATE TABLE outbox (
    position bigint PRIMARY KEY,
    office_id uuid NOT NULL,
    case_id uuid NOT NULL,
    first_sequence bigint NOT NULL,
    last_sequence bigint NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX outbox_by_office ON outbox (office_id, position);

-- Up to where it was thrown away: whoever stopped reading before that has missed something.
CREATE TABLE outbox_pruned (
    one smallint PRIMARY KEY CHECK (one = 1),
    through bigint NOT NULL
);
INSERT INTO outbox_pruned (one, through) VALUES (1, 0);

-- Who was told what about a case. No word that a person wrote, and no person's data.
CREATE TABLE notifications (
    office_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL,
    clause text,
    duty_id uuid,
    told_at timestamptz NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (office_id, staff_id, id)
) WITH (fillfactor = 90);
CREATE INDEX unread_notifications ON notifications (office_id, staff_id, id) WHERE read_at IS NULL;
