-- An office's calendar lies over a national one: which version of that, and what the office says of its own. A version is
-- never changed; each new one of the national calendar gives those over it a new one.
ALTER TABLE calendars ADD COLUMN office_id BLOB REFERENCES offices (id);
ALTER TABLE calendars ADD COLUMN base_code TEXT;
ALTER TABLE calendars ADD COLUMN base_version INTEGER;
ALTER TABLE calendars ADD COLUMN layer TEXT;
CREATE INDEX calendars_by_base ON calendars (base_code) WHERE base_code IS NOT NULL;
CREATE INDEX calendars_by_office ON calendars (office_id);
CREATE INDEX offices_by_calendar ON offices (calendar_code, id);
-- A change of a calendar: tried first, then applied. How far either has come stands here, so that any replica can go on
-- where one has died.
CREATE TABLE calendar_imports (
    id BLOB NOT NULL PRIMARY KEY,
    office_id BLOB NOT NULL REFERENCES offices (id),
    requested_by_id BLOB NOT NULL,
    calendar_code TEXT NOT NULL,
    change TEXT NOT NULL,
    basis TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('trying', 'tried', 'applying', 'applied')),
    version INTEGER NOT NULL,
    since TEXT NOT NULL,
    total INTEGER,
    checked INTEGER NOT NULL,
    moved INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    at_office_id BLOB,
    at_due_at TEXT,
    at_duty_id BLOB,
    held_by BLOB,
    held_until TEXT,
    created_at TEXT NOT NULL,
    finished_at TEXT
) STRICT;
CREATE INDEX calendar_imports_by_office ON calendar_imports (office_id);
CREATE INDEX calendar_imports_under_way ON calendar_imports (created_at, id) WHERE state IN ('trying', 'applying');
-- What the trial found: duty by duty, from when to when, and why.
CREATE TABLE calendar_import_moves (
    import_id BLOB NOT NULL REFERENCES calendar_imports (id),
    office_id BLOB NOT NULL,
    duty_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    case_no TEXT,
    rule TEXT NOT NULL,
    clause TEXT NOT NULL,
    from_on TEXT NOT NULL,
    from_at TEXT NOT NULL,
    from_provisional INTEGER NOT NULL,
    to_on TEXT,
    to_at TEXT,
    to_provisional INTEGER NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (import_id, office_id, duty_id)
) STRICT;
