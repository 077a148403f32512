-- The write path. Every key begins with the office, as on PostgreSQL.
-- No foreign keys here: a command writes all of a case's rows in one statement, so they agree by construction.

-- Case numbers are handed out in blocks, outside the case's transaction: gaps may occur, doubles cannot.
CREATE TABLE case_numbers (
    office_id BLOB NOT NULL,
    year INTEGER NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (office_id, year)
) STRICT, WITHOUT ROWID;

-- The narrow row: what lists, counts and filters read.
CREATE TABLE cases (
    office_id BLOB NOT NULL,
    id BLOB NOT NULL,
    case_no TEXT,
    rulebook_code TEXT NOT NULL,
    rulebook_version TEXT NOT NULL,
    version INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    status TEXT NOT NULL,
    case_type TEXT,
    channel TEXT NOT NULL,
    source TEXT NOT NULL,
    category TEXT,
    severity TEXT,
    urgency TEXT,
    flags TEXT NOT NULL,
    confidential INTEGER NOT NULL,
    round INTEGER NOT NULL,
    lead_unit_id BLOB,
    first_receiver_id BLOB,
    handler_id BLOB,
    received_at TEXT NOT NULL,
    registered_at TEXT,
    accepted_at TEXT,
    replied_at TEXT,
    closed_at TEXT,
    archived_at TEXT,
    next_due_at TEXT,
    next_due_on TEXT,
    next_due_duty_id BLOB,
    next_due_hard INTEGER NOT NULL,
    next_look_at TEXT,
    imported INTEGER NOT NULL,
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, case_no)
) STRICT;
CREATE INDEX cases_by_receipt ON cases (office_id, received_at DESC, id DESC);
CREATE INDEX cases_by_status ON cases (office_id, status, received_at, id);
CREATE INDEX cases_by_next_due ON cases (office_id, next_due_at, id) WHERE next_due_at IS NOT NULL;
-- The sweep goes through all offices at once, oldest first.
CREATE INDEX cases_by_next_look ON cases (next_look_at, id) WHERE next_look_at IS NOT NULL;

-- The fat row: everything of a case that a decision reads, so that one lock gives the newest of all of it: the
-- snapshot, the sight as case_sight has it, the hash of the last event. No index but its key, so that an update
-- touches nothing else.
CREATE TABLE case_states (
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    document TEXT NOT NULL,
    sight TEXT NOT NULL,
    head BLOB NOT NULL CHECK (length(head) = 32),
    PRIMARY KEY (office_id, case_id)
) STRICT;

-- The record: body holds the exact bytes that were hashed.
CREATE TABLE events (
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    event_type TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    body BLOB NOT NULL,
    previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (office_id, case_id, sequence)
) STRICT;

-- Every text that a person wrote, and who the complainant is, stand here and nowhere else;
-- an event holds only the id and a salted commitment.
CREATE TABLE case_texts (
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    salt BLOB NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (office_id, case_id, id)
) STRICT;

-- Who owes what, by when: the worklist, the sweep and the accountability record at once.
CREATE TABLE duties (
    office_id BLOB NOT NULL,
    id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    rule TEXT NOT NULL,
    clause TEXT NOT NULL,
    owes TEXT NOT NULL,
    source TEXT NOT NULL,
    holder_staff_id BLOB,
    holder_unit_id BLOB,
    holder_position TEXT,
    case_no TEXT,
    case_type TEXT,
    severity TEXT,
    round INTEGER NOT NULL,
    unit_id BLOB,
    start_on TEXT,
    limit_text TEXT,
    due_on TEXT,
    due_at TEXT,
    hard INTEGER NOT NULL,
    provisional INTEGER NOT NULL,
    calendar_version INTEGER,
    state TEXT NOT NULL CHECK (state IN ('open', 'discharged', 'lapsed')),
    opened_at TEXT NOT NULL,
    ended_at TEXT,
    verdict TEXT CHECK (verdict IN ('on_time', 'late')),
    document TEXT NOT NULL,
    PRIMARY KEY (office_id, id)
) STRICT;
CREATE INDEX duties_by_case ON duties (office_id, case_id);
CREATE INDEX open_duties_by_due ON duties (office_id, due_at, id) WHERE state = 'open';
CREATE INDEX open_duties_by_staff ON duties (office_id, holder_staff_id, due_at, id) WHERE state = 'open' AND holder_staff_id IS NOT NULL;
CREATE INDEX open_duties_by_unit ON duties (office_id, holder_unit_id, due_at, id) WHERE state = 'open' AND holder_unit_id IS NOT NULL;
CREATE INDEX open_duties_by_position ON duties (office_id, holder_position, due_at, id) WHERE state = 'open' AND holder_position IS NOT NULL;

-- Who may see a case: keys of its audience, and keys that bar.
CREATE TABLE case_sight (
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    key TEXT NOT NULL,
    barred INTEGER NOT NULL,
    PRIMARY KEY (office_id, case_id, key, barred)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_sight_by_key ON case_sight (office_id, key, case_id);

-- What a command that carried a key led to: the outcome, never a body; refusals are not kept.
CREATE TABLE remembered_answers (
    office_id BLOB NOT NULL,
    caller TEXT NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
    outcome TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (office_id, caller, operation, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX remembered_answers_by_age ON remembered_answers (created_at);
