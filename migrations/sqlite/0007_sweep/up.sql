-- What the sweep did: a row for each run and office in which anything was due. A run that finds nothing leaves nothing.
CREATE TABLE sweeps (
    office_id BLOB NOT NULL,
    id BLOB NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    oldest_due_at TEXT NOT NULL,
    cases INTEGER NOT NULL,
    steps INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    PRIMARY KEY (office_id, id)
) STRICT;
CREATE INDEX sweeps_by_start ON sweeps (started_at, id, office_id);

-- Cases that are due and could not be looked at. Such a case is due again when it is tried again, by cases.next_look_at,
-- so that until then no replica meets it; due_at says since when something has been due on it. A row whose retry_at is no
-- more the case's own next_look_at is over: somebody has decided on the case since.
CREATE TABLE sweep_failures (
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    due_at TEXT NOT NULL,
    failures INTEGER NOT NULL CHECK (failures > 0),
    first_failed_at TEXT NOT NULL,
    last_failed_at TEXT NOT NULL,
    retry_at TEXT NOT NULL,
    fault TEXT NOT NULL,
    PRIMARY KEY (office_id, case_id)
) STRICT;
CREATE INDEX sweep_failures_by_due ON sweep_failures (due_at, case_id);
