DROP TABLE calendar_import_moves;
DROP TABLE calendar_imports;
DROP INDEX offices_by_calendar;
ALTER TABLE calendars DROP COLUMN layer, DROP COLUMN base_version, DROP COLUMN base_code, DROP COLUMN office_id;
