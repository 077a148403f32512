-- Who proves how who they are. What can be guessed is counted under a keyed hash of the name that was given, whether or
-- not anybody has that name, so that a lock says nothing about it.
CREATE TABLE log_in_guards (
    name_hash BLOB NOT NULL PRIMARY KEY,
    tries INTEGER NOT NULL,
    tried_at TEXT NOT NULL,
    locked_until TEXT
) STRICT;
CREATE INDEX log_in_guards_by_last_try ON log_in_guards (tried_at);

-- A session of a machine says what it may do; one that an outside provider vouched for names it. A session goes back to a
-- log-in, and that began at one instant.
ALTER TABLE sessions ADD COLUMN began_at TEXT;
ALTER TABLE sessions ADD COLUMN provider TEXT;
ALTER TABLE sessions ADD COLUMN scopes TEXT;

-- A machine acts as a member of staff of its own, whose id it has.
CREATE TABLE clients (
    office_id BLOB NOT NULL,
    id BLOB NOT NULL,
    scopes TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    secret_since TEXT NOT NULL,
    former_hash BLOB,
    former_until TEXT,
    active INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, id) REFERENCES staff (office_id, id)
) STRICT;
CREATE UNIQUE INDEX clients_by_id ON clients (id);

-- As whom an outside provider's subject signs in.
CREATE TABLE sign_in_links (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    office_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    id BLOB NOT NULL UNIQUE,
    linked_by_id BLOB NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (issuer, subject),
    FOREIGN KEY (office_id, staff_id) REFERENCES staff (office_id, id)
) STRICT;
CREATE INDEX sign_in_links_by_staff ON sign_in_links (office_id, staff_id);
