-- Who proves how who they are. What can be guessed is counted under a keyed hash of the name that was given, whether or
-- not anybody has that name, so that a lock says nothing about it.
CREATE TABLE log_in_guards (
    name_hash bytea NOT NULL PRIMARY KEY,
    tries integer NOT NULL,
    tried_at timestamptz NOT NULL,
    locked_until timestamptz
);
CREATE INDEX log_in_guards_by_last_try ON log_in_guards (tried_at);

-- A session of a machine says what it may do; one that an outside provider vouched for names it. A session goes back to a
-- log-in, and that began at one instant.
ALTER TABLE sessions ADD COLUMN began_at timestamptz;
ALTER TABLE sessions ADD COLUMN provider text;
ALTER TABLE sessions ADD COLUMN scopes text;

-- A machine acts as a member of staff of its own, whose id it has.
CREATE TABLE clients (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    scopes text NOT NULL,
    secret_hash bytea NOT NULL,
    secret_since timestamptz NOT NULL,
    former_hash bytea,
    former_until timestamptz,
    active boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, id) REFERENCES staff (office_id, id)
);
CREATE UNIQUE INDEX clients_by_id ON clients (id);

-- As whom an outside provider's subject signs in.
CREATE TABLE sign_in_links (
    issuer text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    office_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    id uuid NOT NULL UNIQUE,
    linked_by_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject),
    FOREIGN KEY (office_id, staff_id) REFERENCES staff (office_id, id)
);
CREATE INDEX sign_in_links_by_staff ON sign_in_links (office_id, staff_id);
