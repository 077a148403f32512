-- The vault: what people wrote and who they are, sealed under a key for each case. A key is wrapped by a master key that
-- never stands here; master_key is its name, a hash of it.
CREATE TABLE case_keys (
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    master_key TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (office_id, case_id)
) STRICT;
-- Those that a change of the master key has not come to yet.
CREATE INDEX case_keys_by_master ON case_keys (master_key);

-- Keys of the installation, wrapped in the same way: the one under which people are found again.
CREATE TABLE vault_keys (
    name TEXT NOT NULL PRIMARY KEY,
    master_key TEXT NOT NULL,
    wrapped BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Texts from before there was a vault: the service seals them at its next start, before it serves, and leaves this empty.
ALTER TABLE case_texts RENAME TO case_texts_unsealed;

-- Every text that a person wrote, and who the complainant is: its salt and words, under the case's key.
CREATE TABLE case_texts (
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (office_id, case_id, id)
) STRICT;

-- What complainants are found by: keyed hashes of their numbers.
CREATE TABLE complainant_marks (
    office_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    case_id BLOB NOT NULL,
    PRIMARY KEY (office_id, kind, hash, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX complainant_marks_by_case ON complainant_marks (office_id, case_id);

-- What was erased; when, by whom and under which clause is in the case's own record.
CREATE TABLE erasures (
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    texts INTEGER NOT NULL,
    marks INTEGER NOT NULL,
    PRIMARY KEY (office_id, case_id)
) STRICT, WITHOUT ROWID;
