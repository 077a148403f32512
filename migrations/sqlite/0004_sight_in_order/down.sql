DROP INDEX case_sight_by_key;
ALTER TABLE case_sight DROP COLUMN received_at;
CREATE INDEX case_sight_by_key ON case_sight (office_id, key, case_id);
