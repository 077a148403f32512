-- What the sweep did: a row for each run and office in which anything was due. A run that finds nothing leaves nothing.
CREATE TABLE sweeps (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    oldest_due_at timestamptz NOT NULL,
    cases bigint NOT NULL,
    steps bigint NOT NULL,
    failed bigint NOT NULL,
    PRIMARY KEY (office_id, id)
);
CREATE INDEX sweeps_by_start ON sweeps (started_at, id, office_id);

-- Cases that are due and could not be looked at. Such a case is due again when it is tried again, by cases.next_look_at,
-- so that until then no replica meets it; due_at says since when something has been due on it. A row whose retry_at is no
-- more the case's own next_look_at is over: somebody has decided on the case since.
CREATE TABLE sweep_failures (
    office_id uuid NOT NULL,
    case_id uuid NOT NULL,
    due_at timestamptz NOT NULL,
    failures integer NOT NULL CHECK (failures > 0),
    first_failed_at timestamptz NOT NULL,
    last_failed_at timestamptz NOT NULL,
    retry_at timestamptz NOT NULL,
    fault text NOT NULL,
    PRIMARY KEY (office_id, case_id)
);
CREATE INDEX sweep_failures_by_due ON sweep_failures (due_at, case_id);
