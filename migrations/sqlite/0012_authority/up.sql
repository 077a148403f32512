-- Who acts for whom, and who read what.
--
-- A delegation is never changed but for its end, so that what was done under it stays explained.
CREATE TABLE delegations (
    office_id BLOB NOT NULL REFERENCES offices (id),
    id BLOB NOT NULL,
    from_id BLOB NOT NULL,
    to_id BLOB NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    deeds TEXT NOT NULL,
    recorded_by_id BLOB NOT NULL,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, from_id) REFERENCES staff (office_id, id),
    FOREIGN KEY (office_id, to_id) REFERENCES staff (office_id, id),
    FOREIGN KEY (office_id, recorded_by_id) REFERENCES staff (office_id, id)
) STRICT;
CREATE INDEX delegations_by_giver ON delegations (office_id, from_id);
CREATE INDEX delegations_by_deputy ON delegations (office_id, to_id);
CREATE INDEX delegations_by_recorder ON delegations (office_id, recorded_by_id);

-- Each reading of what is kept secret, in a chain of its own per office. The head is a row of its own, so that nobody
-- who reads waits for somebody who decides. The words of a reason stand beside what was hashed, sealed under the case's
-- key, and go with it.
CREATE TABLE access_heads (
    office_id BLOB NOT NULL PRIMARY KEY REFERENCES offices (id),
    sequence INTEGER NOT NULL,
    head BLOB NOT NULL
) STRICT;
CREATE TABLE access_log (
    office_id BLOB NOT NULL REFERENCES offices (id),
    sequence INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    sealed BLOB,
    body BLOB NOT NULL,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (office_id, sequence)
) STRICT;
CREATE INDEX access_log_by_case ON access_log (office_id, case_id, sequence);
CREATE INDEX access_log_by_reader ON access_log (office_id, staff_id, sequence);
