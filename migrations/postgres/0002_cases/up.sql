-- The write path. Every key begins with the office, so that a distributed engine can keep an office together.
-- No foreign keys here: a command writes all of a case's rows in one statement, so they agree by construction,
-- and checking them would lock the same few parent rows for everybody.

-- Case numbers are handed out in blocks, outside the case's transaction: gaps may occur, doubles cannot.
CREATE TABLE case_numbers (
    office_id uuid NOT NULL,
    year integer NOT NULL,
    next bigint NOT NULL,
    PRIMARY KEY (office_id, year)
);

-- The narrow row: what lists, counts and filters read.
CREATE TABLE cases (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    case_no text COLLATE "C",
    rulebook_code text NOT NULL,
    rulebook_version text NOT NULL,
    version bigint NOT NULL,
    sequence bigint NOT NULL,
    status text NOT NULL,
    case_type text,
    channel text NOT NULL,
    source text NOT NULL,
    category text,
    severity text,
    urgency text,
    flags text NOT NULL,
    confidential boolean NOT NULL,
    round smallint NOT NULL,
    lead_unit_id uuid,
    first_receiver_id uuid,
    handler_id uuid,
    received_at timestamptz NOT NULL,
    registered_at timestamptz,
    accepted_at timestamptz,
    replied_at timestamptz,
    closed_at timestamptz,
    archived_at timestamptz,
    next_due_at timestamptz,
    next_due_on date,
    next_due_duty_id uuid,
    next_due_hard boolean NOT NULL,
    next_look_at timestamptz,
    imported boolean NOT NULL,
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, case_no)
) WITH (fillfactor = 90);
CREATE INDEX cases_by_receipt ON cases (office_id, received_at DESC, id DESC);
CREATE INDEX cases_by_status ON cases (office_id, status, received_at, id);
CREATE INDEX cases_by_next_due ON cases (office_id, next_due_at, id) WHERE next_due_at IS NOT NULL;
-- The sweep goes through all offices at once, oldest first.
CREATE INDEX cases_by_next_look ON cases (next_look_at, id) WHERE next_look_at IS NOT NULL;

-- The fat row: everything of a case that a decision reads, so that one lock gives the newest of all of it: the
-- snapshot, the sight as case_sight has it, the hash of the last event. No index but its key, so that an update
-- stays on its page.
CREATE TABLE case_states (
    office_id uuid NOT NULL,
    case_id uuid NOT NULL,
    document text NOT NULL,
    sight text NOT NULL,
    head bytea NOT NULL CHECK (octet_length(head) = 32),
    PRIMARY KEY (office_id, case_id)
) WITH (fillfactor = 80);
DO $$
BEGIN
    ALTER TABLE case_states ALTER COLUMN document SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
    RAISE NOTICE 'this server is built without lz4; case_states.document keeps pglz';
END
$$;

-- The record: body holds the exact bytes that were hashed.
CREATE TABLE events (
    office_id uuid NOT NULL,
    case_id uuid NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    event_type text NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    body bytea NOT NULL,
    previous_hash bytea NOT NULL CHECK (octet_length(previous_hash) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (office_id, case_id, sequence)
);

-- Every text that a person wrote, and who the complainant is, stand here and nowhere else;
-- an event holds only the id and a salted commitment.
CREATE TABLE case_texts (
    office_id uuid NOT NULL,
    case_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    body text NOT NULL,
    salt bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, case_id, id)
);

-- Who owes what, by when: the worklist, the sweep and the accountability record at once.
CREATE TABLE duties (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    rule text NOT NULL,
    clause text NOT NULL,
    owes text NOT NULL,
    source text NOT NULL,
    holder_staff_id uuid,
    holder_unit_id uuid,
    holder_position text,
    case_no text,
    case_type text,
    severity text,
    round smallint NOT NULL,
    unit_id uuid,
    start_on date,
    limit_text text,
    due_on date,
    due_at timestamptz,
    hard boolean NOT NULL,
    provisional boolean NOT NULL,
    calendar_version bigint,
    state text NOT NULL CHECK (state IN ('open', 'discharged', 'lapsed')),
    opened_at timestamptz NOT NULL,
    ended_at timestamptz,
    verdict text CHECK (verdict IN ('on_time', 'late')),
    document text NOT NULL,
    PRIMARY KEY (office_id, id)
) WITH (fillfactor = 90);
CREATE INDEX duties_by_case ON duties (office_id, case_id);
CREATE INDEX open_duties_by_due ON duties (office_id, due_at, id) WHERE state = 'open';
CREATE INDEX open_duties_by_staff ON duties (office_id, holder_staff_id, due_at, id) WHERE state = 'open' AND holder_staff_id IS NOT NULL;
CREATE INDEX open_duties_by_unit ON duties (office_id, holder_unit_id, due_at, id) WHERE state = 'open' AND holder_unit_id IS NOT NULL;
CREATE INDEX open_duties_by_position ON duties (office_id, holder_position, due_at, id) WHERE state = 'open' AND holder_position IS NOT NULL;

-- Who may see a case: keys of its audience, and keys that bar.
CREATE TABLE case_sight (
    office_id uuid NOT NULL,
    case_id uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    barred boolean NOT NULL,
    PRIMARY KEY (office_id, case_id, key, barred)
);
CREATE INDEX case_sight_by_key ON case_sight (office_id, key, case_id);

-- What a command that carried a key led to: the outcome, never a body; refusals are not kept.
CREATE TABLE remembered_answers (
    office_id uuid NOT NULL,
    caller text COLLATE "C" NOT NULL,
    operation text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    outcome text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, caller, operation, key)
);
CREATE INDEX remembered_answers_by_age ON remembered_answers (created_at);
