-- An id is a BLOB of 16 bytes; an instant is text of fixed width in UTC (2026-09-17T01:12:00.000000Z), so that
-- the order of the text is the order of time; a boolean is 0 or 1.

-- The register: who runs the desk, and who works there. Text that a cursor compares is ordered by its bytes,
-- which is SQLite's own order,
-- so that a page ends at the same row on either engine.

CREATE TABLE offices (
    id BLOB NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    rulebook_code TEXT NOT NULL,
    rulebook_version TEXT NOT NULL,
    calendar_code TEXT NOT NULL,
    cutover_at TEXT,
    profile TEXT NOT NULL,
    active INTEGER NOT NULL,
    version INTEGER NOT NULL,
    directory_version INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE units (
    office_id BLOB NOT NULL REFERENCES offices (id),
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    parent_id BLOB,
    accountable_officer_id BLOB,
    active INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, code),
    FOREIGN KEY (office_id, parent_id) REFERENCES units (office_id, id),
    FOREIGN KEY (office_id, accountable_officer_id) REFERENCES staff (office_id, id)
) STRICT;
CREATE INDEX units_by_parent ON units (office_id, parent_id);
CREATE INDEX units_by_accountable_officer ON units (office_id, accountable_officer_id);

CREATE TABLE staff (
    office_id BLOB NOT NULL REFERENCES offices (id),
    id BLOB NOT NULL,
    user_name TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    unit_id BLOB,
    positions TEXT NOT NULL,
    administrator INTEGER NOT NULL,
    operator INTEGER NOT NULL,
    active INTEGER NOT NULL,
    password_hash TEXT NOT NULL,
    password_must_change INTEGER NOT NULL,
    failed_attempts INTEGER NOT NULL,
    locked_until TEXT,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, unit_id) REFERENCES units (office_id, id)
) STRICT;
CREATE INDEX staff_by_name ON staff (office_id, name, id);
CREATE INDEX staff_by_unit ON staff (office_id, unit_id);

CREATE TABLE windows (
    office_id BLOB NOT NULL REFERENCES offices (id),
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    unit_id BLOB,
    head_id BLOB,
    active INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, code),
    FOREIGN KEY (office_id, unit_id) REFERENCES units (office_id, id),
    FOREIGN KEY (office_id, head_id) REFERENCES staff (office_id, id)
) STRICT;
CREATE INDEX windows_by_unit ON windows (office_id, unit_id);
CREATE INDEX windows_by_head ON windows (office_id, head_id);

-- One row is one refresh token; the tokens that followed one another since a log-in share a family.
CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    office_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    family_id BLOB NOT NULL,
    refresh_hash BLOB NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    spent_at TEXT,
    ended_at TEXT,
    FOREIGN KEY (office_id, staff_id) REFERENCES staff (office_id, id)
) STRICT;
CREATE INDEX sessions_by_staff ON sessions (office_id, staff_id);
CREATE INDEX sessions_by_family ON sessions (family_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A version, once published, is never changed: due dates name the version they were counted by.
CREATE TABLE calendars (
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (code, version)
) STRICT;
