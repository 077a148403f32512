-- Rulebooks in the life of an office: what somebody writes, another approves, and an office takes as its own from a day
-- on. Those that come with the service are nobody's, and approved from the start. The texts of the ancestors are kept
-- beside the text, so that an approved version says for ever what it said when it was approved.
CREATE TABLE rulebook_versions (
    code TEXT NOT NULL,
    version TEXT NOT NULL,
    office_id BLOB REFERENCES offices (id),
    state TEXT NOT NULL,
    body TEXT NOT NULL,
    ancestors TEXT NOT NULL,
    author_id BLOB,
    decided_by_id BLOB,
    reason TEXT,
    revision INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (code, version)
) STRICT;
CREATE INDEX rulebook_versions_by_office ON rulebook_versions (office_id);
CREATE TABLE rulebook_activations (
    office_id BLOB NOT NULL REFERENCES offices (id),
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    version TEXT NOT NULL,
    begins_at TEXT NOT NULL,
    numbers TEXT NOT NULL,
    activated_by_id BLOB,
    begun INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (code, version) REFERENCES rulebook_versions (code, version)
) STRICT;
CREATE INDEX rulebook_activations_by_version ON rulebook_activations (code, version);
CREATE INDEX rulebook_activations_to_begin ON rulebook_activations (begins_at) WHERE NOT begun;
