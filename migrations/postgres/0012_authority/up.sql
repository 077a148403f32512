-- Who acts for whom, and who read what.
--
-- A delegation is never changed but for its end, so that what was done under it stays explained.
CREATE TABLE delegations (
    office_id uuid NOT NULL REFERENCES offices (id),
    id uuid NOT NULL,
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    deeds text NOT NULL,
    recorded_by_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, from_id) REFERENCES staff (office_id, id),
    FOREIGN KEY (office_id, to_id) REFERENCES staff (office_id, id),
    FOREIGN KEY (office_id, recorded_by_id) REFERENCES staff (office_id, id)
);
CREATE INDEX delegations_by_giver ON delegations (office_id, from_id);
CREATE INDEX delegations_by_deputy ON delegations (office_id, to_id);
CREATE INDEX delegations_by_recorder ON delegations (office_id, recorded_by_id);

-- Each reading of what is kept secret, in a chain of its own per office. The head is a row of its own, so that nobody
-- who reads waits for somebody who decides. The words of a reason stand beside what was hashed, sealed under the case's
-- key, and go with it.
CREATE TABLE access_heads (
    office_id uuid NOT NULL PRIMARY KEY REFERENCES offices (id),
    sequence bigint NOT NULL,
    head bytea NOT NULL
);
CREATE TABLE access_log (
    office_id uuid NOT NULL REFERENCES offices (id),
    sequence bigint NOT NULL,
    case_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    sealed bytea,
    body bytea NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (office_id, sequence)
);
CREATE INDEX access_log_by_case ON access_log (office_id, case_id, sequence);
CREATE INDEX access_log_by_reader ON access_log (office_id, staff_id, sequence);
