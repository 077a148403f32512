-- Rulebooks in the life of an office: what somebody writes, another approves, and an office takes as its own from a day
-- on. Those that come with the service are nobody's, and approved from the start. The texts of the ancestors are kept
-- beside the text, so that an approved version says for ever what it said when it was approved.
CREATE TABLE rulebook_versions (
    code text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    office_id uuid REFERENCES offices (id),
    state text NOT NULL,
    body text NOT NULL,
    ancestors text NOT NULL,
    author_id uuid,
    decided_by_id uuid,
    reason text,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (code, version)
);
CREATE INDEX rulebook_versions_by_office ON rulebook_versions (office_id);
CREATE TABLE rulebook_activations (
    office_id uuid NOT NULL REFERENCES offices (id),
    id uuid NOT NULL,
    code text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    begins_at timestamptz NOT NULL,
    numbers text NOT NULL,
    activated_by_id uuid,
    begun boolean NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (code, version) REFERENCES rulebook_versions (code, version)
);
CREATE INDEX rulebook_activations_by_version ON rulebook_activations (code, version);
CREATE INDEX rulebook_activations_to_begin ON rulebook_activations (begins_at) WHERE NOT begun;
