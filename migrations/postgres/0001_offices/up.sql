-- The register: who runs the desk, and who works there. Text that a cursor compares is ordered by its bytes,
-- so that a page ends at the same row on either engine.

CREATE TABLE offices (
    id uuid NOT NULL PRIMARY KEY,
    code text COLLATE "C" NOT NULL UNIQUE,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    rulebook_code text NOT NULL,
    rulebook_version text NOT NULL,
    calendar_code text NOT NULL,
    cutover_at timestamptz,
    profile text NOT NULL,
    active boolean NOT NULL,
    version bigint NOT NULL,
    directory_version bigint NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE units (
    office_id uuid NOT NULL REFERENCES offices (id),
    id uuid NOT NULL,
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    level text NOT NULL,
    parent_id uuid,
    accountable_officer_id uuid,
    active boolean NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, code),
    FOREIGN KEY (office_id, parent_id) REFERENCES units (office_id, id)
);
CREATE INDEX units_by_parent ON units (office_id, parent_id);
CREATE INDEX units_by_accountable_officer ON units (office_id, accountable_officer_id);

CREATE TABLE staff (
    office_id uuid NOT NULL REFERENCES offices (id),
    id uuid NOT NULL,
    user_name text COLLATE "C" NOT NULL UNIQUE,
    name text COLLATE "C" NOT NULL,
    unit_id uuid,
    positions text NOT NULL,
    administrator boolean NOT NULL,
    operator boolean NOT NULL,
    active boolean NOT NULL,
    password_hash text NOT NULL,
    password_must_change boolean NOT NULL,
    failed_attempts integer NOT NULL,
    locked_until timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, unit_id) REFERENCES units (office_id, id)
);
CREATE INDEX staff_by_name ON staff (office_id, name, id);
CREATE INDEX staff_by_unit ON staff (office_id, unit_id);

ALTER TABLE units
    ADD FOREIGN KEY (office_id, accountable_officer_id) REFERENCES staff (office_id, id);

CREATE TABLE windows (
    office_id uuid NOT NULL REFERENCES offices (id),
    id uuid NOT NULL,
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    unit_id uuid,
    head_id uuid,
    active boolean NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, code),
    FOREIGN KEY (office_id, unit_id) REFERENCES units (office_id, id),
    FOREIGN KEY (office_id, head_id) REFERENCES staff (office_id, id)
);
CREATE INDEX windows_by_unit ON windows (office_id, unit_id);
CREATE INDEX windows_by_head ON windows (office_id, head_id);

-- One row is one refresh token; the tokens that followed one another since a log-in share a family.
CREATE TABLE sessions (
    id uuid NOT NULL PRIMARY KEY,
    office_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    family_id uuid NOT NULL,
    refresh_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    spent_at timestamptz,
    ended_at timestamptz,
    FOREIGN KEY (office_id, staff_id) REFERENCES staff (office_id, id)
);
CREATE INDEX sessions_by_staff ON sessions (office_id, staff_id);
CREATE INDEX sessions_by_family ON sessions (family_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A version, once published, is never changed: due dates name the version they were counted by.
CREATE TABLE calendars (
    code text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    document text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (code, version)
);
