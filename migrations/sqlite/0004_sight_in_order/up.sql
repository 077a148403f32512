-- Whoever sees only some of the office's cases is shown the newest of them without the others being read: the keys that
-- open a case stand in the order in which cases are listed.
CREATE TABLE case_sight_in_order (
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    key TEXT NOT NULL,
    barred INTEGER NOT NULL,
    received_at TEXT NOT NULL,
    PRIMARY KEY (office_id, case_id, key, barred)
) STRICT, WITHOUT ROWID;
INSERT INTO case_sight_in_order
SELECT t.office_id, t.case_id, t.key, t.barred, c.received_at
FROM case_sight t JOIN cases c ON c.office_id = t.office_id AND c.id = t.case_id;
DROP TABLE case_sight;
ALTER TABLE case_sight_in_order RENAME TO case_sight;
CREATE INDEX case_sight_by_key ON case_sight (office_id, key, barred, received_at, case_id);
