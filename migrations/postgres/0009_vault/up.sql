-- The vault: what people wrote and who they are, sealed under a key for each case. A key is wrapped by a master key that
-- never stands here; master_key is its name, a hash of it.
CREATE TABLE case_keys (
    office_id uuid NOT NULL,
    case_id uuid NOT NULL,
    master_key text COLLATE "C" NOT NULL,
    wrapped bytea NOT NULL,
    PRIMARY KEY (office_id, case_id)
);
-- Those that a change of the master key has not come to yet.
CREATE INDEX case_keys_by_master ON case_keys (master_key);

-- Keys of the installation, wrapped in the same way: the one under which people are found again.
CREATE TABLE vault_keys (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    master_key text COLLATE "C" NOT NULL,
    wrapped bytea NOT NULL
);

-- Texts from before there was a vault: the service seals them at its next start, before it serves, and leaves this empty.
ALTER TABLE case_texts RENAME TO case_texts_unsealed;
ALTER TABLE case_texts_unsealed RENAME CONSTRAINT case_texts_pkey TO case_texts_unsealed_pkey;

-- Every text that a person wrote, and who the complainant is: its salt and words, under the case's key.
CREATE TABLE case_texts (
    office_id uuid NOT NULL,
    case_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, case_id, id)
);
-- What is sealed cannot be made smaller.
ALTER TABLE case_texts ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- What complainants are found by: keyed hashes of their numbers.
CREATE TABLE complainant_marks (
    office_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    case_id uuid NOT NULL,
    PRIMARY KEY (office_id, kind, hash, case_id)
);
CREATE INDEX complainant_marks_by_case ON complainant_marks (office_id, case_id);

-- What was erased; when, by whom and under which clause is in the case's own record.
CREATE TABLE erasures (
    office_id uuid NOT NULL,
    case_id uuid NOT NULL,
    texts integer NOT NULL,
    marks integer NOT NULL,
    PRIMARY KEY (office_id, case_id)
);
