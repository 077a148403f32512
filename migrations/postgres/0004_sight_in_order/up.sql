-- Whoever sees only some of the office's cases is shown the newest of them without the others being read: the keys that
-- open a case stand in the order in which cases are listed.
ALTER TABLE case_sight ADD COLUMN received_at timestamptz;
UPDATE case_sight t SET received_at = c.received_at FROM cases c WHERE c.office_id = t.office_id AND c.id = t.case_id;
ALTER TABLE case_sight ALTER COLUMN received_at SET NOT NULL;
DROP INDEX case_sight_by_key;
CREATE INDEX case_sight_by_key ON case_sight (office_id, key, barred, received_at, case_id);
