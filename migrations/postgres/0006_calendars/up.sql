-- An office's calendar lies over a national one: which version of that, and what the office says of its own. A version is
-- never changed; each new one of the national calendar gives those over it a new one.
ALTER TABLE calendars ADD COLUMN office_id uuid REFERENCES offices (id);
ALTER TABLE calendars ADD COLUMN base_code text COLLATE "C";
ALTER TABLE calendars ADD COLUMN base_version bigint;
ALTER TABLE calendars ADD COLUMN layer text;
CREATE INDEX calendars_by_base ON calendars (base_code) WHERE base_code IS NOT NULL;
CREATE INDEX calendars_by_office ON calendars (office_id);
CREATE INDEX offices_by_calendar ON offices (calendar_code, id);
-- A change of a calendar: tried first, then applied. How far either has come stands here, so that any replica can go on
-- where one has died.
CREATE TABLE calendar_imports (
    id uuid NOT NULL PRIMARY KEY,
    office_id uuid NOT NULL REFERENCES offices (id),
    requested_by_id uuid NOT NULL,
    calendar_code text COLLATE "C" NOT NULL,
    change text NOT NULL,
    basis text NOT NULL,
    state text NOT NULL CHECK (state IN ('trying', 'tried', 'applying', 'applied')),
    version bigint NOT NULL,
    since timestamptz NOT NULL,
    total bigint,
    checked bigint NOT NULL,
    moved bigint NOT NULL,
    failed bigint NOT NULL,
    at_office_id uuid,
    at_due_at timestamptz,
    at_duty_id uuid,
    held_by uuid,
    held_until timestamptz,
    created_at timestamptz NOT NULL,
    finished_at timestamptz
);
CREATE INDEX calendar_imports_by_office ON calendar_imports (office_id);
CREATE INDEX calendar_imports_under_way ON calendar_imports (created_at, id) WHERE state IN ('trying', 'applying');
-- What the trial found: duty by duty, from when to when, and why.
CREATE TABLE calendar_import_moves (
    import_id uuid NOT NULL REFERENCES calendar_imports (id),
    office_id uuid NOT NULL,
    duty_id uuid NOT NULL,
    case_id uuid NOT NULL,
    case_no text,
    rule text NOT NULL,
    clause text NOT NULL,
    from_on date NOT NULL,
    from_at timestamptz NOT NULL,
    from_provisional boolean NOT NULL,
    to_on date,
    to_at timestamptz,
    to_provisional boolean NOT NULL,
    why text NOT NULL,
    PRIMARY KEY (import_id, office_id, duty_id)
);
